//! Who is exempt from limits: a true revert, a rollback.

use crate::facts::Subject;
use crate::policy::Policy;

use crate::rules::level::proof;
use crate::rules::requirements::demands;
use crate::rules::{Excess, RULES, known_good};

/// What a limit says of it.
pub(super) const EXEMPT: &str = "exempt: its tree is proven and stands in the base's history";

/// Whether a limit is exceeded, or may be: only then does it matter whether the tree stands in the base's history.
pub fn wants_history(policy: &Policy, subject: &Subject) -> bool {
    RULES.iter().any(|rule| rule.excess(policy, subject) != Excess::None)
}

/// The tree stands in the base's history, and is proven as landing it would demand. A tree that demands nothing must have some
/// suite's proof, and where nothing at all is demanded of a landing, a claim is still the least.
pub(super) fn returns_to_a_proven_tree(policy: &Policy, subject: &Subject) -> bool {
    let level = known_good::least(policy);
    let proven = |suite: &str| proof(subject, suite).level >= level;
    let demanded = demands(policy, &subject.parts);
    subject.tree_in_base_history
        && if demanded.is_empty() {
            policy.suites.iter().any(|s| proven(&s.name.value))
        } else {
            demanded.iter().all(|d| proven(&d.suite.value))
        }
}
