//! What evidence a subject's change sets ask for, for whoever tells of it: the same demands that the rules judge.

use crate::error::Result;
use crate::facts::{Facts, Subject};
use crate::policy::Level;
use crate::policy::Policy;
use crate::rules::requirements::{Why, demands};
use crate::rules::{combined_change, level};

/// The suites that are demanded, each once: of what is touched, of who touched it, of what comes together.
pub fn asked<'a>(policy: &'a Policy, subject: &'a Subject) -> Vec<&'a str> {
    let mut suites: Vec<&str> = Vec::new();
    let demanded = demands(policy, &subject.parts).into_iter().map(|demand| demand.suite);
    for suite in demanded.chain(combined_change::suites(policy, subject)) {
        if !suites.contains(&suite.value.as_str()) {
            suites.push(&suite.value);
        }
    }
    suites
}

/// Whether what is proven of the tree matters to a landing of this change set.
pub fn looks_at_proof(policy: &Policy, subject: &Subject) -> bool {
    !asked(policy, subject).is_empty() || subject.parts.iter().any(|part| !part.suites.is_empty())
}

/// Whether an area is touched that demands a suite.
pub fn is_guarded(policy: &Policy, subject: &Subject) -> bool {
    demands(policy, &subject.parts).iter().any(|demand| match demand.why {
        Why::Area { .. } => demand.is_certain(),
        Why::Specialist(_) => false,
    })
}

/// What is known of a suite on the subject's tree: the level at which the rules take it, and whether a run has passed; `None`: there is no
/// record of one.
///
/// # Errors
/// The evidence can't be looked up.
pub fn found(case: &Facts<'_>, subject: &Subject, suite: &str) -> Result<(Level, Option<bool>)> {
    let passed = case.proof(subject, suite).passed();
    case.sound((level::proof(case, subject, suite).level, passed))
}
