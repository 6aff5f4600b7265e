//! The one maker of subjects: the index, landings and history call it, and add what only they know.

use std::sync::Arc;

use super::Gatherer;
use crate::diff::{changes, merge};
use crate::error::{Error, Result};
use crate::facts::{ChangeSet, Kind, Part, PolicyEdit, Predecessor, Subject};
use crate::gather::touches::{suite_touches, touches};
use crate::gather::trusted_policy::{self, PolicyFile};
use crate::git::tree_diff::Walk;
use crate::git::{Commit, tree_diff};
use crate::identity::Actor;
use crate::model::{FileChange, Oid, Reaimed};
use crate::policy::{self, Stage};

/// One change set, as whoever asks for its subject knows it.
pub(super) struct Change<'c> {
    /// At which stage it is judged.
    pub stage: Stage,
    /// The commit (of carried edits: the merge); `None`: the index.
    pub commit: Option<Oid>,
    /// The root tree that results.
    pub tree: Oid,
    /// Who did it.
    pub actor: Actor,
    /// What stood there before.
    pub before: Predecessor,
    /// The commits that it follows; none of carried edits.
    pub parents: &'c [Oid],
}

impl Gatherer<'_> {
    /// What one commit itself introduces.
    pub(super) fn commit_walk(&self, commit: &Commit) -> Result<Walk> {
        let max = self.settings.max_paths;
        let parents = u64::try_from(commit.parents.len()).unwrap_or(u64::MAX);
        if parents > self.settings.max_parents {
            return Err(Error::new(format!(
                "commit {} has {parents} parents, over guard.maxParents ({})",
                commit.oid, self.settings.max_parents
            )));
        }
        let message = u64::try_from(commit.message.len()).unwrap_or(u64::MAX);
        if message > self.settings.max_message {
            return Err(Error::new(format!(
                "commit {} has a message of {message} bytes, over guard.maxMessage ({})",
                commit.oid, self.settings.max_message
            )));
        }
        match commit.parents.as_slice() {
            [] => tree_diff::between(self.repo, None, Some(commit.tree), max),
            [parent] => tree_diff::between(self.repo, Some(self.repo.commit(*parent)?.tree), Some(commit.tree), max),
            several => merge::own(self.repo, several, commit.tree, max),
        }
        .map_err(|e| e.context(format!("commit {}", commit.oid.short())))
    }

    /// A subject of one change set, without proofs.
    pub(super) fn change_set(&self, of: Change<'_>, walk: Walk, kind: impl FnOnce(ChangeSet) -> Kind) -> Result<Subject> {
        let Change { stage, commit, tree, actor, before, parents } = of;
        let moves_links = walk.moves_links;
        let policy_edit = self.policy_edit(&walk, tree)?;
        let mut changes = changes::file_changes(self.repo, walk.deltas, tree, self.policy)?;
        changes::settle_conflicts(self.repo, &mut changes, &walk.conflicts, self.policy)?;
        let reaimed = self.reaimed(parents, tree, &changes, moves_links)?;
        let looked_at = || changes.iter().chain(reaimed.iter().map(|one| &one.link));
        let (touches, suites) = (touches(self.policy, looked_at()), suite_touches(self.policy, looked_at()));
        let mut subject = self.subject(kind(ChangeSet { before, policy_edit }), stage);
        subject.commit = commit;
        subject.tree = Some(tree);
        subject.parts = vec![Part { commit, actor: actor.clone(), changes: !changes.is_empty(), touches, suites }];
        subject.actor = Some(actor);
        subject.tree_problems = walk.problems;
        subject.reaimed = reaimed;
        self.measure(&mut subject, changes)?;
        Ok(subject)
    }

    /// The links that mean something else by the changes.
    fn reaimed(&self, parents: &[Oid], tree: Oid, changes: &[FileChange], moves_links: bool) -> Result<Vec<Reaimed>> {
        let before = parents.iter().map(|parent| Ok(self.repo.commit(*parent)?.tree)).collect::<Result<Vec<Oid>>>()?;
        let asked = (self.policy, self.settings.max_paths);
        let mut found = changes::read_through(self.repo, &before, tree, changes, asked)?;
        if moves_links {
            let aimed = changes::reaimed(self.repo, &before, tree, changes, self.policy)?;
            found.retain(|one| aimed.iter().all(|other| other.link.path != one.link.path));
            found.extend(aimed);
        }
        Ok(found)
    }

    /// A subject of that kind, of which nothing else is known yet.
    pub(super) fn subject(&self, kind: Kind, stage: Stage) -> Subject {
        Subject::new(kind, stage, Arc::clone(&self.place))
    }

    /// Fills in changes and sums: bounds first, exact numbers and similarity only where they are shown or a limit is near.
    ///
    /// Those are asked at once and not when a rule looks at them, since counts are remembered: what a commit counted makes the numbers of
    /// its session and its landing exact, which are made later, before any rule looks. Asked by the rule alone, a session within its limit
    /// would be said to have "between 3 and 9 lines" where it has 5, and a report would show less.
    pub(super) fn measure(&self, subject: &mut Subject, changes: Vec<FileChange>) -> Result<()> {
        if self.is_server() {
            self.kept.add(&changes, &subject.tree_problems, self.settings.max_paths)?;
        }
        subject.bounds = self.policy.count.totals(&changes);
        subject.changes = changes;
        let limits = subject.actor.as_ref().and_then(|actor| actor.limits(self.policy)).zip(subject.kind.limited_over());
        if self.inputs.shows_numbers || limits.is_some_and(|(limits, scope)| limits.want_exact(scope, &subject.bounds)) {
            subject.exact(self)?;
        }
        if limits.is_some_and(|(limits, scope)| limits.want_similarity(scope, &subject.bounds)) {
            subject.similar(self)?;
        }
        Ok(())
    }

    pub(super) fn policy_edit(&self, walk: &Walk, tree: Oid) -> Result<PolicyEdit> {
        if !walk.deltas.iter().any(|d| d.path.as_bytes() == policy::FILE.as_bytes()) {
            return Ok(PolicyEdit::Untouched);
        }
        Ok(match trusted_policy::in_tree(self.repo, tree)? {
            PolicyFile::Missing => PolicyEdit::Deleted,
            PolicyFile::Unusable(why) => PolicyEdit::Broken(why),
            PolicyFile::Text { text, blob } => {
                let name = policy::FILE.to_owned();
                let source = policy::PolicySource { name, commit: None, blob: Some(blob), trusted: false };
                match policy::load(&text, source) {
                    Ok(_) => PolicyEdit::Changed,
                    Err(error) => PolicyEdit::Broken(error.rendered),
                }
            }
        })
    }
}
