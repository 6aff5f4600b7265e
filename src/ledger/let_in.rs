//! What was let in although it is over a limit: it spends no budget later either.

use std::collections::BTreeMap;

use crate::facts::{Contribution, Facts, Kind, Subject};
use crate::model::{Counted, FileChange, RepoPath};
use crate::policy::keys::limits as limit_keys;
use crate::policy::{Policy, Scope};
use crate::rules::is_exempt;
use crate::verdict::{Judgement, Outcome, Verdict};

/// What of somebody's work was waived, or is exempt as a return to a proven tree.
pub(super) enum LetIn<'f> {
    /// All of it.
    Whole,
    /// What commits did at these paths, and how much their other commits did there; `None`: nothing.
    Paths(BTreeMap<&'f RepoPath, Option<Counted>>),
}

impl<'f> LetIn<'f> {
    /// What of `work` was, by the verdict on these facts.
    pub fn of(policy: &Policy, facts: &'f Facts<'_>, verdict: &Verdict, work: &Contribution) -> Self {
        let mut paths = BTreeMap::new();
        let mut others: Vec<&FileChange> = Vec::new();
        let theirs = |subject: &&Subject| subject.actor.as_ref().is_some_and(|actor| actor.name == work.actor.name);
        for subject in facts.subjects.iter().filter(theirs) {
            let let_in = is_waived(verdict, subject) || is_exempt(policy, facts, subject);
            match subject.kind {
                Kind::Session { .. } if let_in => return Self::Whole,
                Kind::Commit { .. } | Kind::Carried(_) if let_in => {
                    paths.extend(subject.changes.iter().flat_map(|change| change.paths()).map(|path| (path, None)));
                }
                Kind::Commit { .. } | Kind::Carried(_) => others.extend(&subject.changes),
                Kind::Session { .. } | Kind::Index(_) | Kind::Landing { .. } => {}
            }
        }
        for change in others {
            for path in change.paths() {
                if let Some(known) = paths.get_mut(path) {
                    *known = Some(known.map_or(change.counted(), |known| known + change.counted()));
                }
            }
        }
        Self::Paths(paths)
    }

    /// How much of a change is left: no more than was done there by what wasn't let in. `None`: nothing.
    pub fn rest(&self, change: &FileChange) -> Option<Counted> {
        match self {
            Self::Whole => None,
            Self::Paths(paths) => match paths.get(&change.path) {
                Some(others) => others.map(|others| change.counted().at_most(others)),
                None => Some(change.counted()),
            },
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
