//! What was let in although it is over a limit: it spends no budget later either.

use std::collections::BTreeSet;

use crate::facts::{Contribution, Facts, Kind, Subject};
use crate::model::RepoPath;
use crate::policy::keys::limits as limit_keys;
use crate::policy::{Policy, Scope};
use crate::rules::is_exempt;
use crate::verdict::{Judgement, Outcome, Verdict};

/// What of somebody's work was waived, or is exempt as a return to a proven tree.
pub(super) enum LetIn<'f> {
    /// All of it.
    Whole,
    /// What commits did at these paths.
    Paths(BTreeSet<&'f RepoPath>),
}

impl<'f> LetIn<'f> {
    /// What of `work` was, by the verdict on these facts.
    pub fn of(policy: &Policy, facts: &'f Facts<'_>, verdict: &Verdict, work: &Contribution) -> Self {
        let mut paths = BTreeSet::new();
        let theirs = |subject: &&Subject| subject.actor.as_ref().is_some_and(|actor| actor.name == work.actor.name);
        for subject in facts.subjects.iter().filter(theirs) {
            if !is_waived(verdict, subject) && !is_exempt(policy, facts, subject) {
                continue;
            }
            match subject.kind {
                Kind::Session { .. } => return Self::Whole,
                Kind::Commit { .. } | Kind::Carried(_) => paths.extend(subject.changes.iter().flat_map(|change| change.paths())),
                Kind::Index(_) | Kind::Landing { .. } => {}
            }
        }
        Self::Paths(paths)
    }

    /// Whether a change of it is among what was let in.
    pub fn holds(&self, path: &RepoPath) -> bool {
        match self {
            Self::Whole => true,
            Self::Paths(paths) => paths.contains(path),
        }
    }
}

/// Whether an owner has waived a limit on what a commit or a session adds up to.
fn is_waived(verdict: &Verdict, subject: &Subject) -> bool {
    let amount = |rule: &str| limit_keys().any(|(row, _, scope)| row.rule == rule && scope != Scope::File);
    let own = |judged: &&Judgement| {
        let actor = |actor: &Option<crate::identity::Actor>| actor.as_ref().and_then(|actor| actor.name.clone());
        judged.kind == subject.kind.name()
            && (judged.commit, judged.tree) == (subject.commit, subject.tree)
            && actor(&judged.actor) == actor(&subject.actor)
    };
    let outcomes = verdict.judgements.iter().filter(own).flat_map(|judged| &judged.outcomes);
    outcomes.into_iter().any(|(rule, outcome)| amount(rule) && matches!(outcome, Outcome::Waived(..)))
}
