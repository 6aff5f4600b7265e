//! What an owner has waived: exactly the violation that a waiver names, on the tree that it is for.

use crate::case::Subject;
use crate::change::RepoPath;
use crate::evidence::waiver::{Granted, Waiver};
use crate::policy::Pattern;
use crate::report::escape;
use crate::verdict::{Measured, Outcome, Violation};

/// No owner can waive these.
const NEVER: [&str; 3] = ["safe-path", "protected-ref", "halted"];
/// A waiver of these carries a number.
const LIMITS: [&str; 5] = ["file-limit", "line-limit", "byte-limit", "area-limit", "file-size"];

/// Whether a waiver of that rule means anything.
pub fn can_be_waived(rule: &str) -> bool {
    !NEVER.contains(&rule)
}

/// Whether a waiver of that rule must carry a number.
pub fn is_limit(rule: &str) -> bool {
    LIMITS.contains(&rule)
}

/// The outcome of `rule` after what was waived of it. What isn't stays, and says of each waiver why it doesn't cover it.
pub(super) fn waived(rule: &str, subject: &Subject, outcome: Outcome) -> Outcome {
    let Outcome::Violated(violations) = outcome else { return outcome };
    let of_rule: Vec<&Granted> = subject.waivers.iter().filter(|granted| granted.waiver.rule == rule).collect();
    if of_rule.is_empty() || !can_be_waived(rule) {
        return Outcome::Violated(violations);
    }
    let (mut left, mut passed, mut by) = (Vec::new(), Vec::new(), Vec::new());
    for mut violation in violations {
        match of_rule.iter().find(|granted| uncovered(granted, rule, &violation).is_none()) {
            Some(granted) => {
                by.push(words(&granted.waiver));
                passed.push(violation);
            }
            None => {
                let why: Vec<String> = of_rule.iter().filter_map(|granted| uncovered(granted, rule, &violation)).collect();
                violation.details.extend(why.iter().map(|why| format!("a waiver does not cover it: {why}")));
                left.push(violation);
            }
        }
    }
    by.dedup();
    if left.is_empty() {
        return Outcome::Waived(by.join("; "), passed);
    }
    if let Some(first) = left.first_mut() {
        first.details.extend(passed.iter().zip(&by).map(|(violation, by)| format!("waived besides: {} ({by})", violation.message)));
    }
    Outcome::Violated(left)
}

/// Whether a waiver of `rule` holds for the whole subject.
pub(super) fn is_waived(rule: &str, subject: &Subject) -> bool {
    subject.waivers.iter().any(|g| g.waiver.rule == rule && g.refused.is_none() && g.waiver.paths.is_empty())
}

fn words(waiver: &Waiver) -> String {
    format!("an owner, until {}: {}", waiver.expires, escape(waiver.reason.as_bytes()))
}

/// Why a waiver doesn't cover a violation; `None`: it does.
fn uncovered(granted: &Granted, rule: &str, violation: &Violation) -> Option<String> {
    let waiver = &granted.waiver;
    if let Some(why) = &granted.refused {
        return Some(why.clone());
    }
    if let Some(path) = violation.paths.iter().find(|path| !matches(waiver, path)) {
        return Some(format!("it is for other paths than `{}`", escape(path.as_bytes())));
    }
    let measured = match violation.measured {
        Some(Measured::Exact(n) | Measured::Between { at_most: n, .. }) => n,
        None => return None,
    };
    match waiver.limit {
        Some(limit) if measured <= limit => None,
        Some(limit) => Some(format!("it covers {limit}, and this is {measured}")),
        None if is_limit(rule) => Some("it names no number".to_owned()),
        None => None,
    }
}

fn matches(waiver: &Waiver, path: &RepoPath) -> bool {
    waiver.paths.is_empty() || waiver.paths.iter().any(|text| Pattern::new(text).is_ok_and(|pattern| pattern.matches(path)))
}
