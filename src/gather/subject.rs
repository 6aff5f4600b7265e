//! The one maker of subjects: the index, landings and history call it, and add what only they know.

use super::Gatherer;
use crate::diff::{changes, merge};
use crate::error::{Error, Result};
use crate::facts::{Part, PolicyEdit, Predecessor, Subject, SubjectKind};
use crate::gather::touches::{suite_touches, touches};
use crate::gather::trusted_policy::{self, PolicyFile};
use crate::git::tree_diff::Walk;
use crate::git::{Commit, range, tree_diff};
use crate::identity::Actor;
use crate::model::{BySuite, FileChange, Oid, Totals, TreeProblem};
use crate::policy::{self, Stage};
use crate::rules;

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
    pub(super) fn change_set(
        &self,
        kind: SubjectKind,
        stage: Stage,
        commit: Option<Oid>,
        tree: Oid,
        actor: Actor,
        walk: Walk,
    ) -> Result<Subject> {
        let policy_edit = self.policy_edit(&walk, tree)?;
        let mut changes = changes::file_changes(self.repo, walk.deltas, tree, self.policy)?;
        changes::settle_conflicts(self.repo, &mut changes, &walk.conflicts, self.policy)?;
        let (touches, suites) = (touches(self.policy, &changes), suite_touches(self.policy, &changes));
        let mut subject = self.empty_subject(kind, stage);
        subject.commit = commit;
        subject.tree = Some(tree);
        subject.parts = vec![Part { commit, actor: actor.clone(), changes: !changes.is_empty(), touches, suites }];
        subject.actor = Some(actor);
        subject.tree_problems = walk.problems;
        subject.policy_edit = policy_edit;
        self.measure(&mut subject, changes)?;
        Ok(subject)
    }

    pub(super) fn empty_subject(&self, kind: SubjectKind, stage: Stage) -> Subject {
        Subject {
            kind,
            stage,
            commit: None,
            reference: None,
            tree: None,
            actor: None,
            changes: Vec::new(),
            totals: Totals::default(),
            similar: None,
            parts: Vec::new(),
            tree_problems: Vec::<TreeProblem>::new(),
            proofs: BySuite::new(),
            waivers: Vec::new(),
            tree_in_base_history: false,
            free: false,
            lone: false,
            before: Predecessor::Parent,
            below_root: self.below_root && !self.is_server(),
            merges: None,
            policy_edit: PolicyEdit::Untouched,
            update: None,
            earlier: Vec::new(),
            undecided: Vec::new(),
        }
    }

    /// Fills in changes and sums: bounds first, exact numbers and similarity only where they are shown or can change the answer.
    pub(super) fn measure(&self, subject: &mut Subject, changes: Vec<FileChange>) -> Result<()> {
        if self.is_server() {
            self.kept.add(&changes, &subject.tree_problems, self.settings.max_paths)?;
        }
        subject.totals = self.policy.count.totals(&changes);
        subject.changes = changes;
        if self.inputs.shows_numbers || rules::wants_exact(self.policy, subject) {
            changes::count_exactly(self.repo, &mut subject.changes)?;
            subject.totals = self.policy.count.totals(&subject.changes);
        }
        if rules::wants_similarity(self.policy, subject).is_some() {
            subject.similar = Some(changes::similar_totals(self.repo, &subject.changes, &self.policy.count)?);
        }
        Ok(())
    }

    /// Asks whether the tree stands in the base's history, but only where a limit is exceeded or the project is halted.
    pub(super) fn measure_history(&self, subject: &mut Subject, base: Option<Oid>) -> Result<()> {
        if let (Some(tree), Some(base)) = (subject.tree, base)
            && (rules::wants_history(self.policy, subject) || self.halted()?.is_some())
        {
            subject.tree_in_base_history = range::tree_in_history(self.repo, tree, base, self.settings.max_commits)?;
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
