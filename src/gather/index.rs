//! The index, about to become a commit.

use super::Gatherer;
use super::session::{Line, session_subject, standing_on};
use crate::diff::merge;
use crate::error::Result;
use crate::evidence::MarkedCommit;
use crate::facts::{Facts, Kind, Predecessor, Subject, SubjectKind};
use crate::gather::merge_renames::{Edit, MergeOf, carried};
use crate::gather::subject::Change;
use crate::gather::verification::base_tree;
use crate::git::{Head, range, staged, tree_diff};
use crate::identity::Actor;
use crate::model::{FileChange, Oid};
use crate::policy::Stage;

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
pub fn index_case(
    g: &Gatherer<'_>,
    stage: Stage,
    parents: &IndexParents,
    base: Option<Oid>,
    message: Option<&[u8]>,
) -> Result<Facts> {
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
    let walk = match parents.as_slice() {
        [] => tree_diff::between(g.repo, None, Some(tree), g.settings.max_paths)?,
        [parent] => tree_diff::between(g.repo, Some(g.repo.commit(*parent)?.tree), Some(tree), g.settings.max_paths)?,
        several => merge::own(g.repo, several, tree, g.settings.max_paths)?,
    };
    let branch = head.branch().and_then(|name| name.strip_prefix(b"refs/heads/"));
    let actor = g.committer(stage, branch)?;
    let moved = walk.carried.clone();
    let mut index = g.change_set(Change { stage, commit: None, tree, actor: actor.clone(), before }, walk, Kind::Index)?;
    let messages: Vec<MarkedCommit> =
        message.into_iter().map(|text| MarkedCommit { commit: None, tree, message: text.to_vec() }).collect();
    let start = base_tree(g.repo, base, parents.first().copied())?;
    index.proofs = g.proofs(tree, start, &[&actor], &messages)?;
    for proof in index.proofs.values_mut() {
        proof.marker_may_come = g.inputs.trailer_may_come && message.is_none();
    }
    g.measure_history(&mut index, base.or(head.commit()))?;
    let mut subjects = Vec::new();
    if !g.bootstrap {
        let hidden: Vec<Oid> = base.into_iter().chain(g.protected_tips()?).collect();
        // Without a base there is nothing to measure commits against: the session is the index alone.
        let commits = if base.is_some() { range::commits(g.repo, &parents, &hidden, g.settings.max_commits)? } else { Vec::new() };
        let new = g.new_commits(&commits, &parents, &hidden)?;
        let mut own: Vec<(Oid, Vec<FileChange>)> = Vec::new();
        for oid in commits {
            let commit = g.repo.commit(oid)?;
            let who = g.author(stage, &commit, branch, new.contains(&oid))?;
            let is_own = who.name == actor.name;
            if !is_own && commit.parents.len() < 2 {
                continue;
            }
            let walk = g.commit_walk(&commit)?;
            // Whoever merges, what is carried stays its author's.
            let merge = MergeOf { commit: Some(oid), parents: &commit.parents, tree: commit.tree, stage };
            for edit in carried(g, merge, &walk.carried, &edits(&own, &actor))? {
                own.push((oid, edit.changes));
            }
            if is_own {
                let before = Predecessor::of(commit.parents.len());
                let change = Change { stage, commit: Some(oid), tree: commit.tree, actor: who, before };
                own.push((oid, g.change_set(change, walk, |set| Kind::Commit { set, lone: false })?.changes));
            }
        }
        let merge = MergeOf { commit: None, parents: &parents, tree, stage };
        for edit in carried(g, merge, &moved, &edits(&own, &actor))? {
            subjects.push(Subject { proofs: index.proofs.clone(), ..edit });
        }
        let own = own.iter().map(|(_, changes)| changes).chain(subjects.iter().map(|s| &s.changes)).flatten();
        let own: Vec<&FileChange> = own.chain(&index.changes).collect();
        let against = base.or_else(|| parents.first().copied());
        let line = Line { tip: parents.first().copied(), tree, base: against };
        let standing = standing_on(g, &line, &own)?;
        subjects.push(session_subject(g, stage, &actor, &[(line, &standing)], Vec::new(), &messages)?);
    }
    subjects.insert(0, index);
    for subject in subjects.iter_mut().filter(|s| s.kind.name() != SubjectKind::Session) {
        g.waive(subject)?;
    }
    Ok(Facts { stage, bootstrap: g.bootstrap, halted: g.halted()?.cloned(), subjects, work: Vec::new() })
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

fn edits<'a>(own: &'a [(Oid, Vec<FileChange>)], actor: &'a Actor) -> Vec<Edit<'a>> {
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
