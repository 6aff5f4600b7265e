//! What ref updates would add: the commits, the sessions, and what lands where.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Gatherer;
use crate::diff::changes;
use crate::error::{Error, Result};
use crate::evidence::MarkedCommit;
use crate::facts::{Facts, Kind, Part, Predecessor, ProofBase, Subject, Touch, UpdateFacts, UpdateKind};
use crate::gather::contributions::{Brought, on_each, sessions, works};
use crate::gather::merge_renames::{Edit, MergeOf, carried};
use crate::gather::place;
use crate::gather::subject::Change;
use crate::gather::touches::touches;
use crate::gather::verification::base_tree;
use crate::git::tree_diff::{Carried, Walk};
use crate::git::{Commit, Doing, range, tree_diff};
use crate::identity::Actor;
use crate::model::{FileChange, Oid, RepoPath};
use crate::policy::Stage;

/// One ref update, or one branch that is checked.
#[derive(Clone, Debug, Default)]
pub struct Landing {
    /// The ref's full name, raw bytes.
    pub reference: Option<Vec<u8>>,
    /// The newest commit; `None`: a deletion, or a ref whose commits aren't judged (evidence).
    pub tip: Option<Oid>,
    /// What already is there: these commits' history isn't judged.
    pub hidden: Vec<Oid>,
    /// The tip of what the session is measured against.
    pub base: Option<Oid>,
    /// At which stage.
    pub stage: Stage,
    /// What lands in place of the tip (`--merge`): the name of what it is merged with, and the merge's tree.
    pub merge: Option<(String, Oid)>,
    /// The update itself, in a push.
    pub update: Option<UpdateFacts>,
    /// The ref that a push really changes, raw bytes: where `reference` is symbolic, another.
    pub target: Option<Vec<u8>>,
    /// What that held, where it goes on from there.
    pub continues: Option<Oid>,
    /// It is work space, where few rules judge.
    pub free: bool,
}

/// A commit of the case and on which landings it is.
#[derive(Clone)]
pub(super) struct Judged {
    pub(super) commit: Commit,
    pub(super) actor: Actor,
    stage: Stage,
    pub(super) on: BTreeSet<usize>,
    lone: bool,
    /// Who brought it, and whether nobody had before.
    pub(super) brought: Brought,
}

/// All landings of one push (or the one that is checked), judged together.
///
/// # Errors
/// Anything that can't be read, or is over a bound.
pub fn landing_facts<'g>(g: &'g Gatherer<'_>, landings: &[Landing]) -> Result<Facts<'g>> {
    let stage = highest(landings.iter().map(|l| l.stage));
    g.repo.deadline.doing(Doing::Walking);
    let commits = commits(g, landings)?;
    let marked = Marked::of(g, &commits);
    let (judged, mut subjects) = change_sets(g, landings, commits, &marked)?;
    for subject in &mut subjects {
        g.waive(subject)?;
    }
    let window = g.window(landings)?;
    let work = works(g, landings, &judged, &subjects, &window)?;
    if !g.bootstrap {
        let sessions = sessions(g, landings, &judged, &work, (&marked, &window), stage)?;
        let landed = landed(g, landings, &judged, &subjects, &marked)?;
        subjects.extend(sessions);
        subjects.extend(landed);
    }
    place::find_head(g.repo, &g.place, landings, &judged, &mut subjects)?;
    let mut facts = g.facts(stage, subjects)?;
    facts.work = work.into_iter().map(|(_, work)| work).collect();
    Ok(facts)
}

/// The change set of every commit, then what their merges carry; beside each, whose it is and where.
fn change_sets(
    g: &Gatherer<'_>,
    landings: &[Landing],
    mut judged: Vec<Judged>,
    marked: &Marked,
) -> Result<(Vec<Judged>, Vec<Subject>)> {
    let mut subjects: Vec<Subject> = Vec::new();
    let mut arrived: Vec<(Judged, Subject)> = Vec::new();
    for one in &judged {
        g.repo.deadline.doing(Doing::Commit(one.commit.oid));
        let walk = g.commit_walk(&one.commit)?;
        let moved = walk.carried.clone();
        let subject = commit_subject(g, landings, one, walk, marked)?;
        if !moved.is_empty() {
            let made = judged.iter().zip(&subjects).chain(arrived.iter().map(|(one, edit)| (one, edit)));
            let carried = carried_by(g, one, &subject, &moved, &made.collect::<Vec<_>>())?;
            arrived.extend(carried);
        }
        subjects.push(subject);
    }
    g.repo.deadline.doing(Doing::Summing);
    for (one, edit) in arrived {
        judged.push(one);
        subjects.push(edit);
    }
    Ok((judged, subjects))
}

/// What one commit itself introduces.
fn commit_subject(g: &Gatherer<'_>, landings: &[Landing], one: &Judged, walk: Walk, marked: &Marked) -> Result<Subject> {
    let Judged { stage, lone, .. } = *one;
    let Commit { oid, tree, .. } = one.commit;
    let before = Predecessor::of(one.commit.parents.len());
    let change = Change { stage, commit: Some(oid), tree, actor: one.actor.clone(), before, parents: &one.commit.parents };
    let mut subject = g.change_set(change, walk, |set| Kind::Commit { set, lone })?;
    subject.free = one.on.iter().all(|i| landings.get(*i).is_some_and(|landing| landing.free));
    subject.base = one.on.iter().find_map(|i| landings.get(*i)?.base);
    let from = ProofBase::Shared { base: subject.base, tip: Some(oid) };
    subject.proofs = g.evidence_of(g.question(tree, from, &[&one.actor], marked.on(tree)));
    Ok(subject)
}

/// What a merge carries of these edits; proven by what proves the merge.
fn carried_by(
    g: &Gatherer<'_>,
    one: &Judged,
    merge: &Subject,
    moved: &[Carried],
    made: &[(&Judged, &Subject)],
) -> Result<Vec<(Judged, Subject)>> {
    let Commit { oid, parents, tree, .. } = &one.commit;
    let of = MergeOf { commit: Some(*oid), parents, tree: *tree, stage: one.stage };
    let edits: Vec<Edit<'_>> = made.iter().map(|(one, subject)| (one.commit.oid, &one.actor, subject.changes.as_slice())).collect();
    let arrive = |edit: Subject| {
        let actor = edit.actor.clone().unwrap_or_else(|| one.actor.clone());
        let maker = made.iter().find(|(one, _)| one.actor == actor);
        let brought = Brought::Carried(maker.and_then(|(one, _)| one.brought.account().cloned()));
        (Judged { actor, brought, ..one.clone() }, Subject { proofs: merge.proofs.clone(), ..edit })
    };
    Ok(carried(g, of, moved, &edits)?.into_iter().map(arrive).collect())
}

fn highest(stages: impl Iterator<Item = Stage>) -> Stage {
    stages.fold(Stage::Commit, |top, stage| match (top, stage) {
        (Stage::Land, _) | (_, Stage::Land) => Stage::Land,
        (Stage::Branch, _) | (_, Stage::Branch) => Stage::Branch,
        (Stage::Commit, Stage::Commit) => Stage::Commit,
    })
}

/// Every commit of every landing, once, parents before children.
fn commits(g: &Gatherer<'_>, landings: &[Landing]) -> Result<Vec<Judged>> {
    let mut order = Vec::new();
    let mut found: BTreeMap<Oid, Judged> = BTreeMap::new();
    let most = g.settings.max_message.saturating_mul(64).max(64 << 20);
    let mut room = most;
    for (index, landing) in landings.iter().enumerate() {
        let Some(tip) = landing.tip else { continue };
        let max = g.settings.max_commits;
        let range = match range::at_most(g.repo, &[tip], &landing.hidden, max)? {
            Ok(range) => range,
            Err(first) => return Err(place::in_parts(g.repo, &g.place, landing, (first, max))),
        };
        let new = g.new_commits(&range, &[tip], &landing.hidden)?;
        // A ref that git may yet refuse to make, since another name is in its way, is no landing that everything else could hang on.
        let stands = landing.update.as_ref().is_none_or(|update| update.kind == UpdateKind::Forward);
        let alone = landing.stage == Stage::Land && range.len() == 1 && stands;
        let branch = landing.reference.as_deref().and_then(|name| name.strip_prefix(b"refs/heads/"));
        for oid in range {
            if let Some(seen) = found.get_mut(&oid) {
                seen.on.insert(index);
                seen.stage = highest([seen.stage, landing.stage].into_iter());
                // What it lands as counts; whatever else points to it then points to what has landed.
                seen.lone |= alone && seen.commit.parents.len() < 2;
                continue;
            }
            // Predecessor it is read: a pack of a few megabytes unpacks to more than there is memory.
            room = room.checked_sub(g.repo.header(oid)?.1).ok_or_else(|| {
                Error::new(format!("the commits to be judged have more than {most} bytes together (64 times `guard.maxMessage`)"))
            })?;
            let commit = g.repo.commit(oid)?;
            let actor = g.author(landing.stage, &commit, branch, new.contains(&oid))?;
            let brought = Brought::of(g, oid, new.contains(&oid))?;
            // A squash is one change set. A merge is what it holds beyond others' work, however many commits come with it.
            let lone = alone && commit.parents.len() < 2;
            order.push(oid);
            found.insert(oid, Judged { commit, actor, stage: landing.stage, on: BTreeSet::from([index]), lone, brought });
        }
    }
    Ok(order.into_iter().filter_map(|oid| found.remove(&oid)).collect())
}

/// The messages that may carry a marker for a tree: those of commits that have it.
#[derive(Default)]
pub(super) struct Marked(BTreeMap<Oid, Arc<[MarkedCommit]>>);

impl Marked {
    fn of(g: &Gatherer<'_>, commits: &[Judged]) -> Self {
        if g.proves_nothing() {
            return Self::default();
        }
        let mut on: BTreeMap<Oid, Vec<MarkedCommit>> = BTreeMap::new();
        for Judged { commit: Commit { oid, tree, message, .. }, .. } in commits {
            let marked = MarkedCommit { commit: Some(*oid), tree: *tree, message: message.clone() };
            on.entry(*tree).or_default().push(marked);
        }
        Self(on.into_iter().map(|(tree, marked)| (tree, marked.into())).collect())
    }

    /// That of one commit.
    fn by(g: &Gatherer<'_>, commit: Oid) -> Result<Arc<[MarkedCommit]>> {
        let Commit { oid, tree, message, .. } = g.repo.commit(commit)?;
        Ok(Arc::from([MarkedCommit { commit: Some(oid), tree, message }]))
    }

    /// Those of this tree.
    pub(super) fn on(&self, tree: Oid) -> Arc<[MarkedCommit]> {
        self.0.get(&tree).cloned().unwrap_or_default()
    }
}

/// What each ref gets.
fn landed(
    g: &Gatherer<'_>,
    landings: &[Landing],
    judged: &[Judged],
    subjects: &[Subject],
    marked: &Marked,
) -> Result<Vec<Subject>> {
    let mut landed = Vec::new();
    for (landing, here) in landings.iter().zip(on_each(landings, judged, subjects)) {
        let mut subject = named_landing(g, landing);
        let mut actors: Vec<&Actor> = Vec::new();
        for (one, source) in here {
            subject.parts.extend(source.parts.iter().cloned());
            if !actors.iter().any(|a| a.name == one.actor.name) {
                actors.push(&one.actor);
            }
        }
        subject.actor = match actors.as_slice() {
            [] => Some(g.pusher()),
            [one] => Some((*one).clone()),
            _ => None,
        };
        if let Some(tip) = landing.tip {
            look_at_tip(g, &mut subject, (landing, tip), &actors, marked)?;
        }
        g.waive(&mut subject)?;
        landed.push(subject);
    }
    Ok(landed)
}

/// A ref and what a push does to it, before anything is known of its commits.
fn named_landing(g: &Gatherer<'_>, landing: &Landing) -> Subject {
    let kind = Kind::Landing {
        reference: landing.reference.clone(),
        update: landing.update.clone().map(Box::new),
        merges: landing.tip.and_then(|_| Some(landing.merge.as_ref()?.0.clone())),
    };
    Subject { commit: landing.tip, free: landing.free, base: landing.base, ..g.subject(kind, landing.stage) }
}

/// The tree that the ref gets, what differs in it, and what is known of it. Where nothing is brought to a branch that isn't protected, only a
/// halt asks; to a protected one another's commits may be new.
fn look_at_tip(
    g: &Gatherer<'_>,
    subject: &mut Subject,
    (landing, tip): (&Landing, Oid),
    actors: &[&Actor],
    marked: &Marked,
) -> Result<()> {
    let tree = match &landing.merge {
        Some((_, tree)) => *tree,
        None => g.repo.commit(tip)?.tree,
    };
    subject.tree = Some(tree);
    if subject.parts.is_empty() && landing.stage != Stage::Land && g.halted()?.is_none() {
        return Ok(());
    }
    let starts = start_trees(g, landing, tip)?;
    // With several merge bases, which suite judges would be whoever's choice who arranges them: the base's own does.
    let start = if let [one] = starts.as_slice() { Some(*one) } else { None };
    let base = start.or(base_tree(g.repo, landing.base, None)?);
    // A tip that is new to nobody says of itself what it was tested with, too.
    let marked = if subject.parts.is_empty() { Marked::by(g, tip)? } else { marked.on(tree) };
    subject.proofs = g.evidence_of(g.question(tree, ProofBase::Tree(base), actors, marked));
    // What lands is judged by its evidence: that it can be read is not left to whether a rule asks for it.
    subject.proofs.all(g)?;
    let from = |start: Option<Oid>| -> Result<Vec<FileChange>> {
        let walk = tree_diff::between(g.repo, start, Some(tree), g.settings.max_paths)?;
        changes::file_changes(g.repo, walk.deltas, tree, g.policy)
    };
    let changes = from(starts.first().copied())?;
    if landing.stage == Stage::Land {
        brought_together(g, subject, &changes);
        // Every merge base counts: what differs from one alone is a combination, too.
        for start in starts.iter().skip(1) {
            brought_together(g, subject, &from(Some(*start))?);
        }
    }
    g.measure(subject, changes)
}

/// What a landing's numbers are measured from: the merge bases' trees, or where a merge is judged, the base's; none: the empty tree.
fn start_trees(g: &Gatherer<'_>, landing: &Landing, tip: Oid) -> Result<Vec<Oid>> {
    let Some(base) = landing.base else { return Ok(Vec::new()) };
    let starts = if landing.merge.is_some() { vec![base] } else { range::merge_bases(g.repo, base, tip)? };
    starts.into_iter().map(|oid| Ok(g.repo.commit(oid)?.tree)).collect()
}

/// What the ref gets beyond what its own commits touch has to be proven on the tip's tree as well: the work of another protected branch
/// that a clean merge brings in, a line of the other side that is gone since a conflict was resolved.
fn brought_together(g: &Gatherer<'_>, subject: &mut Subject, changes: &[FileChange]) {
    let known: BTreeSet<(&String, &RepoPath)> = subject.parts.iter().flat_map(|p| &p.touches).map(|t| (&t.area, &t.path)).collect();
    let touches: Vec<Touch> = touches(g.policy, changes).into_iter().filter(|t| !known.contains(&(&t.area, &t.path))).collect();
    if !touches.is_empty() {
        subject.parts.push(Part { commit: None, actor: g.pusher(), changes: false, touches, suites: Vec::new() });
    }
}
