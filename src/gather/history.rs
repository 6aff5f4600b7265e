//! A commit of long ago, alone, and what it brought to the first-parent line: for the audit.
//!
//! The change set is judged as in any landing. Whose it is follows from what is still known: its signature, and who it says wrote it,
//! which is believed of an owner, too, since no account is on record. Evidence is looked at as it stood when the commit was made.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::Gatherer;
use crate::diff::changes;
use crate::error::{Error, Result};
use crate::evidence::MarkedCommit;
use crate::facts::{Facts, Kind, Part, Predecessor, ProofBase, Proofs, Subject};
use crate::gather::merge_renames::{Edit, MergeOf, carried};
use crate::gather::subject::Change;
use crate::git::tree_diff::{Carried, Delta};
use crate::git::{Commit, History, Step, tree_diff};
use crate::identity::Actor;
use crate::model::{FileChange, Oid, RepoPath};
use crate::policy::Stage;

/// A commit of a history.
#[derive(Clone, Copy, Debug)]
pub struct Ancestor<'h> {
    /// The history that it is in.
    pub history: &'h History,
    /// Its place there.
    pub place: usize,
    /// What is there.
    pub step: &'h Step,
    /// What it is.
    pub commit: &'h Commit,
}

impl Ancestor<'_> {
    /// Whether it came to the first-parent line with no other, as far as a ledger says what came together.
    pub fn came_alone(&self) -> bool {
        let Self { history, place, step, commit } = *self;
        step.landing == place && history.begins(place) == place && commit.parents.len() < 2
    }

    /// Whether it is a landing of a single commit, as the doors know it: a root commit makes the branch.
    fn is_lone(&self) -> bool {
        self.came_alone() && self.commit.parents.len() == 1
    }
}

/// What a commit brought to the first-parent line.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The change sets that came with it, its own included.
    pub parts: Vec<Part>,
    /// Commits with the very tree that it has, itself included.
    pub marked: Vec<MarkedCommit>,
    /// The first commit of the line that came with it: itself, where it came alone or is a merge.
    pub first: Oid,
}

impl Gatherer<'_> {
    /// What an ancestor itself introduces, and the edits of others that it, a merge, carries to names which the other side gave.
    ///
    /// # Errors
    /// An object is missing or damaged; a bound is exceeded; its parents aren't here.
    pub fn ancestor(&self, of: Ancestor<'_>) -> Result<Vec<Subject>> {
        let Ancestor { step, commit, .. } = of;
        let marked: Arc<[MarkedCommit]> =
            Arc::from([MarkedCommit { commit: Some(commit.oid), tree: commit.tree, message: commit.message.clone() }]);
        let from = ProofBase::Shared { base: None, tip: commit.parents.first().copied() };
        let complete = |subject: Subject| {
            let mut subject = subject.returning(step.returns);
            let workers: Vec<&Actor> = subject.actor.iter().collect();
            subject.proofs = self.evidence_of(self.question(commit.tree, from, &workers, Arc::clone(&marked)));
            self.waive(&mut subject)?;
            Ok(subject)
        };
        self.introduced(of)?.into_iter().map(complete).collect()
    }

    /// The change sets of an ancestor, as parts of what it came with.
    ///
    /// # Errors
    /// As `ancestor`.
    pub fn parts(&self, of: Ancestor<'_>) -> Result<Vec<Part>> {
        Ok(self.introduced(of)?.into_iter().flat_map(|subject| subject.parts).collect())
    }

    /// Whose an ancestor is.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn whose(&self, commit: &Commit) -> Result<Actor> {
        self.author(Stage::Commit, commit, None, false)
    }

    fn introduced(&self, of: Ancestor<'_>) -> Result<Vec<Subject>> {
        let Ancestor { step, commit, .. } = of;
        if step.cut {
            return Err(
                Error::new("this shallow clone ends here: what the commit changed can't be told").next("git fetch --unshallow")
            );
        }
        self.since.set(Timestamp::from_second(step.time).ok());
        let actor = self.whose(commit)?;
        let mut walk = self.commit_walk(commit)?;
        let moved = std::mem::take(&mut walk.carried);
        let before = Predecessor::of(commit.parents.len());
        let own =
            Change { stage: Stage::Land, commit: Some(commit.oid), tree: commit.tree, actor, before, parents: &commit.parents };
        let lone = of.is_lone();
        let mut all = vec![self.change_set(own, walk, |set| Kind::Commit { set, lone })?];
        if !moved.is_empty() {
            all.extend(self.carried_by(of.history, of.place, commit, &moved)?);
        }
        Ok(all)
    }

    /// What a merge carries of the edits that came with it, by the check's own way. What came with no landing of the range is known to nobody.
    fn carried_by(&self, history: &History, place: usize, merge: &Commit, moved: &[Carried]) -> Result<Vec<Subject>> {
        let names: BTreeSet<&RepoPath> = moved.iter().map(|one| &one.from).collect();
        let mut made: Vec<(Oid, Actor, Vec<FileChange>)> = Vec::new();
        for (at, step) in history.came_before(place).filter(|(_, step)| !step.cut) {
            let commit = self.repo.commit(step.oid)?;
            if !self.changes_one(&commit, &names)? {
                continue;
            }
            let walk = self.commit_walk(&commit)?;
            if !walk.carried.is_empty() {
                let earlier = self.carried_by(history, at, &commit, &walk.carried)?.into_iter();
                made.extend(earlier.filter_map(|edit| Some((commit.oid, edit.actor?, edit.changes))));
            }
            let deltas: Vec<Delta> = walk.deltas.into_iter().filter(|delta| names.contains(&delta.path)).collect();
            made.push((commit.oid, self.whose(&commit)?, changes::file_changes(self.repo, deltas, commit.tree, self.policy)?));
        }
        let edits: Vec<Edit<'_>> = made.iter().map(|(oid, actor, changes)| (*oid, actor, changes.as_slice())).collect();
        let of = MergeOf { commit: Some(merge.oid), parents: &merge.parents, tree: merge.tree, stage: Stage::Land };
        carried(self, of, moved, &edits)
    }

    /// Whether a commit holds something at one of these paths that none of its parents does.
    fn changes_one(&self, commit: &Commit, names: &BTreeSet<&RepoPath>) -> Result<bool> {
        let parents = commit.parents.iter().map(|parent| Ok(self.repo.commit(*parent)?.tree)).collect::<Result<Vec<Oid>>>()?;
        for name in names {
            let here = tree_diff::entry_at(self.repo, commit.tree, name)?;
            let mut inherited = here.is_none() && parents.is_empty();
            for parent in &parents {
                inherited = inherited || tree_diff::entry_at(self.repo, *parent, name)? == here;
            }
            if !inherited {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The same as a session, where it is a landing's one commit: the session's limits judge it.
    pub fn session_alone(&self, of: Ancestor<'_>, own: &Subject) -> Option<Subject> {
        let kind = Kind::Session { earlier: Vec::new(), lines: vec![(0..own.changes.len()).collect()] };
        of.is_lone().then(|| Subject { kind, proofs: Proofs::default(), ..own.clone() })
    }

    /// The same as one commit among others, where it is a landing's one commit: what was waived of it is told, whatever it came with.
    pub fn among_others(&self, own: &Subject) -> Option<Subject> {
        let Kind::Commit { set, lone: true } = &own.kind else { return None };
        let kind = Kind::Commit { set: set.clone(), lone: false };
        (!own.waivers.is_empty()).then(|| Subject { kind, ..own.clone() })
    }

    /// The same as what landed, where nothing else came with it.
    pub fn landed_alone(&self, own: &Subject) -> Subject {
        Subject {
            commit: own.commit,
            tree: own.tree,
            actor: own.actor.clone(),
            parts: own.parts.clone(),
            proofs: own.proofs.clone(),
            // Only what is waived by its paths asks which they are.
            changes: if own.waivers.is_empty() { Vec::new() } else { own.changes.clone() },
            waivers: own.waivers.clone(),
            ..self.landing()
        }
    }

    /// What an ancestor on the first-parent line brought there.
    ///
    /// # Errors
    /// As `ancestor`.
    pub fn brought(&self, step: &Step, commit: &Commit, brought: Brought) -> Result<Subject> {
        self.since.set(Timestamp::from_second(step.time).ok());
        let mut subject = self.landing();
        (subject.commit, subject.tree) = (Some(commit.oid), Some(commit.tree));
        subject.parts = brought.parts;
        let mut actors: Vec<Actor> = Vec::new();
        for part in &subject.parts {
            if !actors.iter().any(|known| known.name == part.actor.name) {
                actors.push(part.actor.clone());
            }
        }
        let before = self.before(&self.repo.commit(brought.first)?)?;
        let workers: Vec<&Actor> = actors.iter().collect();
        let marked = brought.marked.into();
        subject.proofs = self.evidence_of(self.question(commit.tree, ProofBase::Tree(before), &workers, marked));
        // What lands is judged by its evidence: that it can be read is not left to whether a rule asks for it.
        subject.proofs.all(self)?;
        self.waive(&mut subject)?;
        if !subject.waivers.is_empty() {
            let walk = tree_diff::between(self.repo, before, Some(commit.tree), self.settings.max_paths)?;
            let changes = changes::file_changes(self.repo, walk.deltas, commit.tree, self.policy)?;
            self.measure(&mut subject, changes)?;
        }
        subject.actor = if let [one] = actors.as_slice() { Some(one.clone()) } else { None };
        Ok(subject)
    }

    /// A landing of long ago: which ref it was on, and how it came there, is known to nobody.
    fn landing(&self) -> Subject {
        self.subject(Kind::Landing { reference: None, update: None, merges: None }, Stage::Land)
    }

    /// The tree that a commit comes after, whose files of a suite judge it.
    fn before(&self, commit: &Commit) -> Result<Option<Oid>> {
        commit.parents.first().map(|parent| Ok(self.repo.commit(*parent)?.tree)).transpose()
    }

    /// A case of that subject alone. A halt of today says nothing of what was.
    pub fn alone(&self, subject: Subject) -> Facts<'_> {
        Facts::new(self, subject.stage, self.bootstrap, vec![subject])
    }
}
