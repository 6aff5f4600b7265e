//! An outcome in words, the same in every format.

use crate::verdict::{Outcome, Violation};

/// As JSON has it.
pub fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Violated(_) => "violated",
        Outcome::Satisfied(_) => "satisfied",
        Outcome::NotApplicable(_) => "not-applicable",
        Outcome::Indeterminate(_) => "indeterminate",
        Outcome::Waived(..) => "waived",
    }
}

/// Why, as a phrase.
pub fn because(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Satisfied(why) | Outcome::NotApplicable(why) | Outcome::Indeterminate(why) => why.clone(),
        Outcome::Violated(violations) => messages(violations),
        Outcome::Waived(by, violations) => format!("{} ({by})", messages(violations)),
    }
}

/// What doesn't hold, waived or not.
pub fn violations(outcome: &Outcome) -> &[Violation] {
    match outcome {
        Outcome::Violated(violations) | Outcome::Waived(_, violations) => violations,
        Outcome::Satisfied(_) | Outcome::NotApplicable(_) | Outcome::Indeterminate(_) => &[],
    }
}

fn messages(violations: &[Violation]) -> String {
    violations.iter().map(|v| v.message.as_str()).collect::<Vec<_>>().join("; ")
}
