//! The rules: plain data, one file each. A rule is pure: it sees the policy and the facts, and says one outcome.

use crate::case::{Case, Subject};
use crate::policy::Policy;
use crate::verdict::{Judgement, Outcome, Verdict};

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// The name of its file, its test file, its heading in the README and the argument of `guard explain`.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What `guard explain` prints: what, why, how to satisfy it. Markdown.
    pub explanation: &'static str,
    /// What it says of one subject.
    pub check: fn(&Policy, &Case, &Subject) -> Outcome,
}

/// All rules, in the order in which reports list them.
pub static RULES: &[&Rule] = &[];

/// Judges a case under a policy. Pure: no I/O, clock or environment.
pub fn judge(policy: &Policy, case: &Case) -> Verdict {
    let judgements = case
        .subjects
        .iter()
        .map(|subject| Judgement {
            kind: subject.kind,
            commit: subject.commit,
            reference: subject.reference.clone(),
            tree: subject.tree,
            actor: subject.actor.clone(),
            totals: subject.totals,
            areas: subject.parts.iter().flat_map(|p| &p.touches).map(|t| t.area.clone()).collect(),
            outcomes: RULES.iter().map(|rule| (rule.id, (rule.check)(policy, case, subject))).collect(),
        })
        .collect();
    Verdict::of(case.stage, judgements)
}

/// STUB
pub fn wants_exact(_p: &Policy, _s: &Subject) -> bool {
    todo!()
}
/// STUB
pub fn wants_history(_p: &Policy, _s: &Subject) -> bool {
    todo!()
}
/// STUB
pub fn wants_similarity(_p: &Policy, _s: &Subject) -> Option<u64> {
    todo!()
}
