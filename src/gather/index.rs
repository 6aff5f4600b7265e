//! The index, about to become a commit.

use std::sync::Arc;

use super::Gatherer;
use super::charge::Charges;
use super::session::{Line, session_subject, standing_on};
use super::window::Before;
use crate::diff::merge;
use crate::error::Result;
use crate::evidence::MarkedCommit;
use crate::facts::{Facts, Kind, Predecessor, ProofBase, ProofQuestion, Subject};
use crate::gather::merge_renames::{Edit, MergeOf, carried};
use crate::gather::subject::Change;
use crate::git::tree_diff::{Carried, Walk};
use crate::git::{Commit, Head, range, staged, tree_diff};
use crate::identity::Actor;
use crate::model::{FileChange, Oid};
use crate::policy::{self, Stage};

/// What the commit's parents will be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IndexParents {
    /// HEAD, and the tips that a merge in progress brings.
    Head {
        /// The other parents.
        merged: Vec<Oid>,
    },
    /// HEAD's own parents: the commit replaces HEAD.
    Amend,
}

/// The index at `stage`: its own change set, and the session of whoever commits, so far. `base`: the base's tip, where there is one.
/// `message`: the message, once it is known.
///
/// # Errors
/// Anything that can't be read, or is over a bound.
pub fn index_facts<'g>(
    g: &'g Gatherer<'_>,
    stage: Stage,
    parents: &IndexParents,
    base: Option<Oid>,
    message: Option<&[u8]>,
) -> Result<Facts<'g>> {
    let next = NextCommit::read(g, stage, parents, base, message)?;
    let walk = next.walk(g)?;
    let moved = walk.carried.clone();
    let mut subjects = vec![next.index(g, walk)?];
    let mut session = None;
    if !g.bootstrap {
        let own = next.edits_before(g)?;
        let carried = next.carried(g, &moved, &own, &subjects)?;
        subjects.extend(carried);
        session = Some(next.session(g, &own, &subjects)?);
    }
    // A session has looked for its waivers itself.
    for subject in &mut subjects {
        g.waive(subject)?;
    }
    subjects.extend(session);
    g.facts(stage, subjects)
}

impl Gatherer<'_> {
    /// Whether the index changes the policy and nothing else, and whoever commits is an owner.
    ///
    /// # Errors
    /// The index, a ref or a tree can't be read.
    pub fn index_corrects_policy(&self, parents: &IndexParents) -> Result<bool> {
        let next = NextCommit::read(self, Stage::Commit, parents, None, None)?;
        Ok(next.actor.owner && is_policy_alone(&next.walk(self)?))
    }
}

/// Whether the policy's file is all that differs.
pub(super) fn is_policy_alone(walk: &Walk) -> bool {
    !walk.deltas.is_empty() && walk.deltas.iter().all(|delta| delta.path.as_bytes() == policy::FILE.as_bytes())
}

/// The commit that the index is about to become.
struct NextCommit {
    stage: Stage,
    /// HEAD's commit.
    head: Option<Oid>,
    /// The branch's short name, raw bytes.
    branch: Option<Vec<u8>>,
    actor: Actor,
    parents: Vec<Oid>,
    before: Predecessor,
    tree: Oid,
    /// The base's tip.
    base: Option<Oid>,
    /// Its message, once it is known.
    marked: Arc<[MarkedCommit]>,
}

/// What a commit of the session changed.
type OwnEdit = (Oid, Vec<FileChange>);

impl NextCommit {
    fn read(g: &Gatherer<'_>, stage: Stage, parents: &IndexParents, base: Option<Oid>, message: Option<&[u8]>) -> Result<Self> {
        let tree = staged::tree(g.repo)?;
        let head = g.repo.head()?;
        let amends = *parents == IndexParents::Amend;
        let parents = parent_commits(g, &head, parents)?;
        let before = match parents.as_slice() {
            [] => Predecessor::Nothing,
            [_] if amends => Predecessor::HeadsParent,
            // An amended merge is restored from what it is.
            [_, _, ..] if !amends => Predecessor::Several,
            [..] => Predecessor::Parent,
        };
        let branch = head.branch().and_then(|name| name.strip_prefix(b"refs/heads/")).map(<[u8]>::to_vec);
        let actor = g.committer(stage, branch.as_deref())?;
        let marked = message.map(|text| MarkedCommit { commit: None, tree, message: text.to_vec() }).into_iter().collect();
        Ok(Self { stage, head: head.commit(), branch, actor, parents, before, tree, base, marked })
    }

    /// What differs from its parents.
    fn walk(&self, g: &Gatherer<'_>) -> Result<Walk> {
        let max = g.settings.max_paths;
        match self.parents.as_slice() {
            [] => tree_diff::between(g.repo, None, Some(self.tree), max),
            [parent] => tree_diff::between(g.repo, Some(g.repo.commit(*parent)?.tree), Some(self.tree), max),
            several => merge::own(g.repo, several, self.tree, max),
        }
    }

    /// The index as a change set, with its evidence.
    fn index(&self, g: &Gatherer<'_>, walk: Walk) -> Result<Subject> {
        let Self { stage, tree, before, .. } = *self;
        let change = Change { stage, commit: None, tree, actor: self.actor.clone(), before, parents: &self.parents };
        let mut index = g.change_set(change, walk, Kind::Index)?;
        let from = ProofBase::Shared { base: self.base, tip: self.parents.first().copied() };
        let question = g.question(tree, from, &[&self.actor], Arc::clone(&self.marked));
        let marker_may_come = g.inputs.trailer_may_come && self.marked.is_empty();
        index.proofs = g.evidence_of(ProofQuestion { marker_may_come, ..question });
        // The tree is judged by its evidence: that it can be read is not left to whether a rule asks for it.
        index.proofs.all(g)?;
        index.base = self.base.or(self.head);
        Ok(index)
    }

    /// What of the session the branch holds already, by whoever commits: made by their commits, or carried by a merge of anybody's.
    fn edits_before(&self, g: &Gatherer<'_>) -> Result<Vec<OwnEdit>> {
        let mut own: Vec<OwnEdit> = Vec::new();
        // Without a base there is nothing to measure commits against: the session is the index alone.
        let Some(base) = self.base else { return Ok(own) };
        let hidden: Vec<Oid> = std::iter::once(base).chain(g.protected_tips()?).collect();
        let commits = range::commits(g.repo, &self.parents, &hidden, g.settings.max_commits)?;
        let new = g.new_commits(&commits, &self.parents, &hidden)?;
        for oid in commits {
            let commit = g.repo.commit(oid)?;
            let who = g.author(self.stage, &commit, self.branch.as_deref(), new.contains(&oid))?;
            if who.name == self.actor.name || commit.parents.len() > 1 {
                let made = self.edits_of(g, &commit, who, &own)?;
                own.extend(made.into_iter().map(|changes| (oid, changes)));
            }
        }
        Ok(own)
    }

    /// What one commit of the session did, or, a merge, carries. `earlier`: what came before it.
    fn edits_of(&self, g: &Gatherer<'_>, commit: &Commit, who: Actor, earlier: &[OwnEdit]) -> Result<Vec<Vec<FileChange>>> {
        let Self { stage, .. } = *self;
        let Commit { oid, tree, parents, .. } = commit;
        let is_own = who.name == self.actor.name;
        let walk = g.commit_walk(commit)?;
        // Whoever merges, what is carried stays its author's.
        let merge = MergeOf { commit: Some(*oid), parents, tree: *tree, stage };
        let carried = carried(g, merge, &walk.carried, &edits(earlier, &self.actor))?;
        let mut made: Vec<Vec<FileChange>> = carried.into_iter().map(|edit| edit.changes).collect();
        if is_own {
            let change =
                Change { stage, commit: Some(*oid), tree: *tree, actor: who, before: Predecessor::of(parents.len()), parents };
            made.push(g.change_set(change, walk, |set| Kind::Commit { set, lone: false })?.changes);
        }
        Ok(made)
    }

    /// The edits that the index, a merge, carries, each on the index's own tree. `index`: its change set.
    fn carried(&self, g: &Gatherer<'_>, moved: &[Carried], own: &[OwnEdit], index: &[Subject]) -> Result<Vec<Subject>> {
        let merge = MergeOf { commit: None, parents: &self.parents, tree: self.tree, stage: self.stage };
        let proofs = index.first().map(|index| index.proofs.clone()).unwrap_or_default();
        let carried = carried(g, merge, moved, &edits(own, &self.actor))?;
        Ok(carried.into_iter().map(|edit| Subject { proofs: proofs.clone(), ..edit }).collect())
    }

    /// The session so far. `now`: the index, and what it carries.
    fn session(&self, g: &Gatherer<'_>, own: &[OwnEdit], now: &[Subject]) -> Result<Subject> {
        let own = own.iter().map(|(_, changes)| changes).chain(now.iter().map(|subject| &subject.changes));
        let own: Vec<&FileChange> = own.flatten().collect();
        let parent = self.parents.first().copied();
        let line = Line { tip: parent, tree: self.tree, base: self.base.or(parent) };
        let standing = standing_on(g, &[line], &own, &Charges::of(own.iter().copied()))?;
        session_subject(g, self.stage, &self.actor, &[(line, &standing)], Before::default(), &self.marked)
    }
}

impl Gatherer<'_> {
    /// Whoever would make the next commit, on this branch (short name, raw bytes).
    ///
    /// # Errors
    /// git's configuration can't be read.
    pub fn committer(&self, stage: Stage, branch: Option<&[u8]>) -> Result<Actor> {
        let email = self.author_email()?;
        Ok(self.actor(stage, None, (email.as_deref(), branch), true, None))
    }

    /// The e-mail that the commit will name as its author's.
    fn author_email(&self) -> Result<Option<Vec<u8>>> {
        match &self.context.author_email {
            Some(email) => Ok(Some(email.clone())),
            None => Ok(self.repo.config("user.email")?.map(String::into_bytes)),
        }
    }
}

fn edits<'a>(own: &'a [OwnEdit], actor: &'a Actor) -> Vec<Edit<'a>> {
    own.iter().map(|(commit, changes)| (*commit, actor, changes.as_slice())).collect()
}

/// The parents that the commit will have.
fn parent_commits(g: &Gatherer<'_>, head: &Head, parents: &IndexParents) -> Result<Vec<Oid>> {
    match (parents, head.commit()) {
        (IndexParents::Amend, Some(head)) => Ok(g.repo.commit(head)?.parents),
        (IndexParents::Head { merged }, Some(head)) => Ok(std::iter::once(head).chain(merged.iter().copied()).collect()),
        (IndexParents::Amend | IndexParents::Head { .. }, None) => Ok(Vec::new()),
    }
}
