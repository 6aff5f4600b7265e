//! Sessions: what of somebody's work still stands, on the refs of a push and on what they pushed before.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Amount, Change, Tree, between, folder, is_held};
use super::judge::{Judged, Kind, Landing, Verdict, returns};
use super::push::Push;
use super::world::{Layer, Person, World};

type Standing = BTreeMap<u8, (Change, Amount)>;
/// What somebody did at each path, one after the other, and whether it counts here.
type Done = BTreeMap<u8, Vec<(Change, bool)>>;

/// What one person did on one ref of a push.
pub struct Work {
    pub landing: usize,
    pub whose: Person,
    pub standing: Standing,
    /// It counts among what they push themselves. Else the paths at which it already did.
    pub spends: Result<(), BTreeSet<u8>>,
}

impl Amount {
    pub fn plus(self, other: Self) -> Self {
        Self { lines: self.lines + other.lines, bytes: self.bytes + other.bytes }
    }

    fn at_most(self, other: Self) -> Self {
        Self { lines: self.lines.min(other.lines), bytes: self.bytes.min(other.bytes) }
    }
}

fn people(judged: &[Judged]) -> BTreeSet<&Person> {
    judged.iter().map(|one| &one.whose).collect()
}

pub fn works(world: &World, push: &Push, verdict: &Verdict) -> Vec<Work> {
    let pusher = world.person(push.account);
    let mut works = Vec::new();
    for whose in people(&verdict.judged) {
        // Each change set counts once, on however many refs it stands.
        let mut counted = BTreeSet::new();
        for (landing, index) in verdict.landings.iter().zip(0..) {
            let own: Vec<&Judged> =
                verdict.judged.iter().filter(|one| one.whose == *whose && landing.range.contains(&one.commit)).collect();
            let Some(tip) = landing.tip.filter(|_| !own.is_empty()) else { continue };
            let others = push.account.is_some() && pusher != *whose && !landing.protected;
            let mut work = Work { landing: index, whose: whose.clone(), standing: Standing::new(), spends: Ok(()) };
            if others {
                work.spends = Err(spent_on(world, landing, whose));
            }
            if !landing.free {
                let mut done: Done = BTreeMap::new();
                for one in &own {
                    let first = counted.insert(one.commit);
                    for change in &one.own {
                        done.entry(change.path).or_default().push((change.clone(), first));
                    }
                }
                work.standing = standing(world, landing, tip, &done);
            }
            works.push(work);
        }
    }
    works
}

/// The paths at which somebody's work already counted on a ref that goes on.
fn spent_on(world: &World, landing: &Landing, whose: &Person) -> BTreeSet<u8> {
    let goes_on = |layer: &&Layer| landing.kind == Kind::Forward && Some(layer.tip) == landing.old && recent(world, layer.minutes);
    let layer = world.layers.get(&landing.target).into_iter().flatten().rev().find(goes_on);
    layer.and_then(|layer| layer.work.get(whose)).into_iter().flat_map(|work| work.keys().copied()).collect()
}

fn recent(world: &World, minutes: i64) -> bool {
    world.window > 0 && minutes >= world.minutes - world.window
}

/// What still differs at these paths, and no more of it than the own change sets add up to.
fn standing(world: &World, landing: &Landing, tip: usize, done: &Done) -> Standing {
    let graph = &world.graph;
    let mut against = vec![landing.base];
    if landing.protected {
        // Of another protected branch that it brings commits of, what takes its work back counts, too.
        let brings = |other: &usize| graph.bases(*other, tip).iter().any(|shared| !graph.holds(landing.base, *shared));
        against.extend(world.protected().into_values().filter(|other| *other != landing.base && brings(other)));
    }
    let mut all = Standing::new();
    for base in against {
        let apart = !matches!(graph.bases(base, tip).as_slice(), [] | [_]) || graph.bases(base, tip).iter().any(|one| *one != base);
        for change in differing(world, base, tip, done) {
            let own = &done[&change.path];
            let landed = if apart { landed_first(own, graph.tree(base).get(&change.path).copied()) } else { 0 };
            if landed == own.len() {
                continue;
            }
            let charged = own[landed..].iter().filter(|(_, first)| *first).map(|(change, _)| graph.amount(change));
            let amount = graph.amount(&change).at_most(charged.fold(Amount::default(), Amount::plus));
            let more = |known: &(Change, Amount)| (amount.lines, amount.bytes) > (known.1.lines, known.1.bytes);
            if all.get(&change.path).is_none_or(more) {
                all.insert(change.path, (change, amount));
            }
        }
    }
    all
}

/// How many of the first of somebody's changes of a path the base, which has `there`, holds: together, as they follow one another.
fn landed_first(own: &[(Change, bool)], there: Option<super::graph::File>) -> usize {
    let first = &own[0].0;
    if first.old == there {
        return 0;
    }
    let run = 1 + own.windows(2).take_while(|pair| pair[0].0.new == pair[1].0.old).count();
    let held = |count: &usize| {
        let whole = Change { path: first.path, old: first.old, new: own[count - 1].0.new };
        whole.new != whole.old && is_held(&whole, there)
    };
    (1..=run).rev().find(held).unwrap_or(0)
}

/// With several merge bases it is the one that makes it most.
fn differing(world: &World, base: usize, tip: usize, done: &Done) -> Vec<Change> {
    let graph = &world.graph;
    let bases = graph.bases(base, tip);
    let own = |change: &Change| done.contains_key(&change.path);
    if bases.is_empty() {
        return between(&Tree::new(), graph.tree(tip)).into_iter().filter(own).collect();
    }
    let differs: BTreeSet<u8> = between(graph.tree(base), graph.tree(tip)).into_iter().map(|change| change.path).collect();
    let single = bases == [base];
    let held = |change: &Change| !single && is_held(change, graph.tree(base).get(&change.path).copied());
    let mut most: Option<(u64, Vec<Change>)> = None;
    for start in bases {
        let changes = between(graph.tree(start), graph.tree(tip)).into_iter();
        let changes: Vec<Change> =
            changes.filter(|change| own(change) && differs.contains(&change.path) && !held(change)).collect();
        let lines = changes.iter().map(|change| graph.amount(change).lines).sum();
        if most.as_ref().is_none_or(|(known, _)| lines > *known) {
            most = Some((lines, changes));
        }
    }
    most.unwrap().1
}

pub fn sessions(world: &World, push: &Push, verdict: &mut Verdict, proven: &[usize]) {
    let mut rules = BTreeSet::new();
    let mut returned = BTreeSet::new();
    for whose in people(&verdict.judged) {
        let own: Vec<&Work> =
            verdict.works.iter().filter(|work| work.whose == *whose && !verdict.landings[work.landing].free).collect();
        let Some(limits) = world.limits_of(whose).filter(|_| !own.is_empty()) else { continue };
        let mut all: BTreeMap<(u8, Change), Amount> = BTreeMap::new();
        for (path, (change, amount)) in own.iter().flat_map(|work| &work.standing) {
            all.entry((*path, change.clone())).or_insert(*amount);
        }
        if own.iter().any(|work| work.spends.is_ok()) {
            for (change, amount) in earlier(world, push, verdict, whose, &own) {
                all.entry((change.path, change.clone())).or_insert(amount);
            }
        }
        if exempt(world, verdict, &own, proven) {
            returned.insert(whose.clone());
            continue;
        }
        let sum = all.values().copied().fold(Amount::default(), Amount::plus);
        let files = all.keys().map(|(path, _)| path).collect::<BTreeSet<_>>().len() as u64;
        let areas = all.keys().map(|(path, _)| folder(*path)).filter(|area| !area.is_empty()).collect::<BTreeSet<_>>().len() as u64;
        let over = [
            ("file-limit", files > limits.session_files),
            ("line-limit", sum.lines > limits.session_lines),
            ("byte-limit", sum.bytes > limits.session_bytes),
            ("area-limit", areas > limits.areas),
        ];
        rules.extend(over.into_iter().filter(|(_, over)| *over).map(|(rule, _)| rule.to_owned()));
    }
    verdict.rules.extend(rules);
    verdict.returned = returned;
}

/// What is left of a change once what was exempt is left out: no more than the rest of somebody's commits did at its path.
fn left(world: &World, verdict: &Verdict, whose: &Person, (change, amount): (Change, Amount)) -> Option<(Change, Amount)> {
    if verdict.returned.contains(whose) {
        return None;
    }
    let theirs = || verdict.judged.iter().filter(|one| one.whose == *whose);
    let at_path = |one: &&Judged| one.own.iter().any(|own| own.path == change.path);
    if !theirs().filter(|one| one.exempt).any(|one| at_path(&one)) {
        return Some((change, amount));
    }
    let others: Vec<Amount> = theirs()
        .filter(|one| !one.exempt)
        .flat_map(|one| &one.own)
        .filter(|own| own.path == change.path)
        .map(|own| world.graph.amount(own))
        .collect();
    (!others.is_empty()).then(|| (change, amount.at_most(others.into_iter().fold(Amount::default(), Amount::plus))))
}

/// A session that leads to one tree, which is proven and stands in the base's history.
fn exempt(world: &World, verdict: &Verdict, own: &[&Work], proven: &[usize]) -> bool {
    let landing = |work: &&&Work| &verdict.landings[work.landing];
    let tips: Vec<usize> = own.iter().filter_map(|work| landing(&work).tip).collect();
    let one_tree = tips.iter().all(|tip| world.graph.tree(*tip) == world.graph.tree(tips[0]));
    one_tree && returns(world, tips[0], landing(&&own[0]).base, proven)
}

/// What of somebody's earlier pushes counts in.
fn earlier(world: &World, push: &Push, verdict: &Verdict, whose: &Person, own: &[&Work]) -> Vec<(Change, Amount)> {
    let graph = &world.graph;
    let landed: Vec<&Change> =
        world.landed.iter().filter(|(minutes, _)| recent(world, *minutes)).map(|(_, change)| change).collect();
    let mut tips: Vec<usize> = world.protected().into_values().collect();
    if verdict.landings.iter().all(|landing| landing.tip.is_none() || landing.protected) {
        tips.extend(verdict.landings.iter().filter_map(|landing| landing.tip));
    }
    let _whoever = push;
    let mut layers: Vec<(&String, &Layer)> =
        world.layers.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one))).collect();
    layers.sort_by_key(|(_, layer)| -layer.minutes);
    let mut known: BTreeSet<(u8, Option<super::graph::File>)> =
        own.iter().flat_map(|work| work.standing.values()).map(|(change, _)| (change.path, change.new)).collect();
    let mut masked: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::new();
    for work in own {
        masked.entry(&verdict.landings[work.landing].target).or_default().extend(work.standing.keys());
    }
    let mut counted = Vec::new();
    for (name, layer) in layers {
        let goes_on =
            |landing: &Landing| landing.target == *name && landing.kind == Kind::Forward && landing.old == Some(layer.tip);
        if !recent(world, layer.minutes) || verdict.landings.iter().any(goes_on) {
            continue;
        }
        let Some(work) = layer.work.get(whose) else { continue };
        let masked = masked.entry(name).or_default();
        let fresh: Vec<&(Change, Amount)> = work.values().filter(|(change, _)| !masked.contains(&change.path)).collect();
        masked.extend(fresh.iter().map(|(change, _)| change.path));
        for (change, amount) in fresh {
            let held = |tip: &usize| graph.holds(*tip, layer.tip) || is_held(change, graph.tree(*tip).get(&change.path).copied());
            let measured = |work: &&&Work| {
                let tip = verdict.landings[work.landing].tip.unwrap();
                graph.holds(tip, layer.tip) && work.standing.contains_key(&change.path)
            };
            let has_landed = tips.iter().any(held) || landed.iter().any(|one| is_same_edit(one, change));
            if !has_landed && !own.iter().any(|work| measured(&work)) && known.insert((change.path, change.new)) {
                counted.push((change.clone(), *amount));
            }
        }
    }
    counted
}

/// The same content, or the same lines taken out and put in.
fn is_same_edit(one: &Change, other: &Change) -> bool {
    let places = |change: &Change| {
        let at = |file: Option<super::graph::File>, place: usize| file.map_or(0, |file| file[place]);
        let text = |place: usize| (at(change.old, place), at(change.new, place));
        let edits: Vec<(u16, u16)> = (0..3).map(text).map(|(old, new)| if old == new { (0, 0) } else { (old, new) }).collect();
        (change.old.is_some(), change.new.is_some(), edits)
    };
    one.path == other.path && (one.new == other.new || places(one) == places(other))
}

/// Takes a push that was accepted into the model's refs and ledger.
pub fn record(world: &mut World, push: &Push, verdict: &Verdict) {
    let pusher = world.person(push.account);
    for one in &verdict.judged {
        world.whose.entry(one.commit).or_insert_with(|| pusher.clone());
    }
    for (landing, index) in verdict.landings.iter().zip(0..) {
        match landing.tip {
            Some(tip) => world.refs.insert(landing.target.clone(), tip),
            None => world.refs.remove(&landing.target),
        };
        let works = verdict.works.iter().filter(|work| work.landing == index);
        let Some(tip) = landing.tip else { continue };
        let mut layer = Layer { minutes: world.minutes, tip, work: BTreeMap::new() };
        for work in works {
            let spends = |path: &u8| work.spends.as_ref().err().is_none_or(|before| before.contains(path));
            let counts = work.standing.clone().into_iter().filter(|(path, _)| spends(path));
            let kept: Standing = counts.filter_map(|(path, one)| Some((path, left(world, verdict, &work.whose, one)?))).collect();
            if landing.protected {
                world.landed.extend(kept.into_values().map(|(change, _)| (world.minutes, change)));
            } else {
                layer.work.insert(work.whose.clone(), kept);
            }
        }
        let layers = world.layers.entry(landing.target.clone()).or_default();
        if landing.kind == Kind::Forward {
            layers.retain(|layer| Some(layer.tip) != landing.old);
        }
        if !landing.protected {
            layers.push(layer);
        }
    }
}
