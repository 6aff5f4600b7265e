//! The model's verdict: the contract's sentences, one by one.

use std::collections::BTreeSet;

use super::graph::{Amount, Change, POLICY, between, folder};
use super::push::{Push, Update};
use super::session::Work;
use super::world::{Person, World};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Create,
    Forward,
    Rewind,
    Delete,
}

/// What one update would do.
pub struct Landing {
    pub target: String,
    pub kind: Kind,
    pub old: Option<usize>,
    pub tip: Option<usize>,
    pub protected: bool,
    pub free: bool,
    /// What it is measured against.
    pub base: usize,
    /// The commits that are judged.
    pub range: Vec<usize>,
}

/// A commit that is judged.
pub struct Judged {
    pub commit: usize,
    pub whose: Person,
    pub owner: bool,
    pub own: Vec<Change>,
    pub free: bool,
    pub lone: bool,
    /// What a limit lets in all the same.
    pub exempt: bool,
}

#[derive(Default)]
pub struct Verdict {
    pub rules: BTreeSet<String>,
    pub landings: Vec<Landing>,
    pub judged: Vec<Judged>,
    pub works: Vec<Work>,
    /// Whose whole session returns to a proven tree.
    pub returned: BTreeSet<Person>,
}

impl Verdict {
    fn reject(&mut self, rule: &str, if_so: bool) {
        if if_so {
            self.rules.insert(rule.to_owned());
        }
    }
}

pub fn judge(world: &World, push: &Push) -> Verdict {
    let mut verdict = Verdict::default();
    if push.account == Some("Dev") {
        // A named account's name but for case is `identity`, whatever else there is.
        verdict.reject("identity", true);
        return verdict;
    }
    verdict.landings = push.updates.iter().map(|update| landing(world, update)).collect();
    let pusher = world.person(push.account);
    verdict.reject("known-specialist", pusher.name.is_none());
    for (update, index) in push.updates.iter().zip(0..) {
        let wrong = ref_is_wrong(world, push, update, &verdict.landings[index]);
        verdict.reject("protected-ref", wrong);
    }
    verdict.judged = judged(world, &verdict.landings, &pusher);
    let proven = proven(world, &verdict.judged);
    for place in 0..verdict.judged.len() {
        let base = verdict.landings.iter().find(|landing| landing.range.contains(&verdict.judged[place].commit)).unwrap().base;
        verdict.judged[place].exempt = returns(world, verdict.judged[place].commit, base, &proven);
        commit(world, &mut verdict, place);
    }
    verdict.works = super::session::works(world, push, &verdict);
    super::session::sessions(world, push, &mut verdict, &proven);
    for index in 0..verdict.landings.len() {
        landed(world, &mut verdict, index, &proven);
    }
    verdict
}

fn landing(world: &World, update: &Update) -> Landing {
    let graph = &world.graph;
    let target = world.target(&update.reference).to_owned();
    let protected = world.is_protected(&target);
    let kind = match (update.old, update.new) {
        (_, None) => Kind::Delete,
        (None, Some(_)) => Kind::Create,
        (Some(old), Some(new)) if graph.holds(new, old) => Kind::Forward,
        (Some(_), Some(_)) => Kind::Rewind,
    };
    let held = update.old.filter(|_| protected);
    let hidden = world.protected().into_values().chain(held).chain([world.base()]);
    Landing {
        free: world.is_free(&target),
        kind,
        old: update.old,
        tip: update.new,
        base: held.unwrap_or(world.base()),
        range: update.new.map_or_else(Vec::new, |tip| graph.range(tip, hidden)),
        protected,
        target,
    }
}

fn ref_is_wrong(world: &World, push: &Push, update: &Update, landing: &Landing) -> bool {
    let graph = &world.graph;
    let owner = push.account == Some("boss");
    let immutable = update.reference.starts_with("refs/tags/v") && landing.kind != Kind::Create && !owner;
    if !landing.protected {
        return immutable;
    }
    let others: Vec<(&str, usize)> = world.protected().into_iter().filter(|(name, _)| *name != landing.target).collect();
    let moved = |name: &str| push.updates.iter().any(|one| world.target(&one.reference) == name);
    let held = |old: usize| others.iter().any(|(name, tip)| !moved(name) && graph.holds(*tip, old));
    let new_root = |tip: usize, start: usize| !graph.roots(tip).is_subset(&graph.roots(start));
    match (landing.kind, landing.old, landing.tip) {
        (Kind::Delete, Some(old), _) => !(owner && !world.is_base(&landing.target) && held(old)),
        (Kind::Create, _, Some(tip)) => {
            let unrelated = others.iter().all(|(_, start)| graph.bases(*start, tip).is_empty());
            unrelated || !owner
        }
        (Kind::Forward, Some(old), Some(tip)) => {
            let moves = world.is_base(&landing.target) && graph.first_root(old) != graph.first_root(tip);
            moves || (!owner && new_root(tip, old))
        }
        _ => true,
    }
}

/// Every commit of every landing, once, and whose it is.
fn judged(world: &World, landings: &[Landing], pusher: &Person) -> Vec<Judged> {
    let there = world.there();
    let all: BTreeSet<usize> = landings.iter().flat_map(|landing| landing.range.iter().copied()).collect();
    let one = |commit: usize| {
        let on: Vec<&Landing> = landings.iter().filter(|landing| landing.range.contains(&commit)).collect();
        let single = |landing: &&Landing| landing.protected && landing.kind == Kind::Forward && landing.range.len() == 1;
        let whose = world.whose.get(&commit).cloned();
        assert!(whose.is_some() || !there.contains(&commit), "everything that is there came by a push");
        let whose = whose.unwrap_or_else(|| pusher.clone());
        Judged {
            commit,
            owner: whose.name.as_deref() == Some("boss"),
            whose,
            own: world.graph.own(commit),
            free: on.iter().all(|landing| landing.free),
            lone: world.graph.commits[commit].parents.len() < 2 && on.iter().any(single),
            exempt: false,
        }
    };
    all.into_iter().map(one).collect()
}

/// The trees on which the suite is said to have passed.
fn proven(world: &World, judged: &[Judged]) -> Vec<usize> {
    judged.iter().map(|one| one.commit).filter(|commit| world.graph.commits[*commit].marked).collect()
}

pub fn is_proven(world: &World, commit: usize, proven: &[usize]) -> bool {
    proven.iter().any(|one| world.graph.tree(*one) == world.graph.tree(commit))
}

/// Whether a commit's tree is proven and stands in the base's history: the one that its first parents tell, for what a merge brought
/// along never was the base's tree.
pub fn returns(world: &World, commit: usize, base: usize, proven: &[usize]) -> bool {
    let stood = world.graph.first_parents(base).iter().any(|one| world.graph.tree(*one) == world.graph.tree(commit));
    stood && is_proven(world, commit, proven)
}

/// What is asked of a commit alone.
fn commit(world: &World, verdict: &mut Verdict, place: usize) {
    let one = &verdict.judged[place];
    if one.free {
        return;
    }
    let sum = one.own.iter().map(|change| world.graph.amount(change)).fold(Amount::default(), Amount::plus);
    let (files, lines) = (one.own.len() as u64, sum.lines);
    let closed = one.whose.name.as_deref() == Some("web") && one.own.iter().any(|change| folder(change.path) == "closed");
    let policy = !one.owner && one.own.iter().any(|change| change.path == POLICY);
    let limits = world.limits_of(&one.whose).copied().filter(|_| !one.lone && !one.exempt);
    let unknown = one.whose.name.is_none();
    verdict.reject("scope", closed);
    verdict.reject("policy-change", policy);
    verdict.reject("known-specialist", unknown);
    verdict.reject("file-limit", limits.is_some_and(|limits| files > limits.commit_files));
    verdict.reject("line-limit", limits.is_some_and(|limits| lines > limits.commit_lines));
}

/// What is asked of all that a protected branch gets.
fn landed(world: &World, verdict: &mut Verdict, index: usize, proven: &[usize]) {
    let landing = &verdict.landings[index];
    let Some(tip) = landing.tip.filter(|_| landing.protected) else { return };
    let here: Vec<&Judged> = verdict.judged.iter().filter(|one| landing.range.contains(&one.commit)).collect();
    let people: BTreeSet<&Option<String>> = here.iter().filter(|one| !one.own.is_empty()).map(|one| &one.whose.name).collect();
    let guarded = |changes: &[Change]| changes.iter().any(|change| folder(change.path) == "guarded");
    let (graph, tree) = (&world.graph, world.graph.tree(tip));
    let starts = graph.bases(landing.base, tip);
    let together = starts.iter().any(|start| guarded(&between(graph.tree(*start), tree)));
    let out_of_nothing = starts.is_empty() && guarded(&between(&super::graph::Tree::new(), tree));
    let touched = together || out_of_nothing || here.iter().any(|one| guarded(&one.own));
    // Of a tip that is new to nobody its own message tells.
    let is_proven = if here.is_empty() { graph.commits[tip].marked } else { is_proven(world, tip, proven) };
    let (combined, unproven) = (people.len() > 1, !is_proven);
    verdict.reject("guarded-area", touched && unproven);
    verdict.reject("combined-change", combined && unproven);
}
