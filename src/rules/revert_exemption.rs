//! Who is exempt from limits: a true revert, a rollback.

use crate::facts::{Facts, Subject};
use crate::policy::Policy;

use crate::rules::known_good;
use crate::rules::level::proof;
use crate::rules::requirements::demands;

/// What a limit says of it.
pub(super) const EXEMPT: &str = "exempt: its tree is proven and stands in the base's history";

/// The tree stands in the base's history, and is proven as landing it would demand. A tree that demands nothing must have some
/// suite's proof, and where nothing at all is demanded of a landing, a claim is still the least.
pub(super) fn returns_to_a_proven_tree(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> bool {
    let level = known_good::least(policy);
    let proven = |suite: &str| proof(case, subject, suite).level >= level;
    if !case.returns(subject) {
        return false;
    }
    let demanded = demands(policy, &subject.parts);
    if demanded.is_empty() {
        policy.suites.iter().any(|s| proven(&s.name.value))
    } else {
        demanded.iter().all(|d| proven(&d.suite.value))
    }
}
