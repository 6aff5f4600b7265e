//! What an owner has waived: exactly the violation that a waiver names, on the tree that it is for.

use crate::evidence::waiver::{Granted, Waiver};
use crate::facts::Subject;
use crate::model::RepoPath;
use crate::policy::{Pattern, Policy};
use crate::rules::{Rule, suite_change};
use crate::text::escape;
use crate::verdict::{Measured, Outcome, Violation};

/// What a rule says after what was waived of it, and after what owners are asked for.
pub(super) fn answered(policy: &Policy, rule: &Rule, subject: &Subject, outcome: Outcome) -> Outcome {
    match waived(rule, subject, outcome) {
        Outcome::Violated(violations) => {
            Outcome::Violated(violations.into_iter().map(|one| asking(policy, rule, subject, one)).collect())
        }
        other @ (Outcome::Satisfied(_) | Outcome::NotApplicable(_) | Outcome::Indeterminate(_) | Outcome::Waived(..)) => other,
    }
}

/// Where no command leads out, an owner may: the waiver that they would sign, and how it gets there.
fn asking(policy: &Policy, rule: &Rule, subject: &Subject, mut violation: Violation) -> Violation {
    let stuck = violation.next.is_empty() && violation.ask.is_none() && rule.can_be_waived() && !policy.owners.keys.is_empty();
    let Some(tree) = subject.tree.filter(|_| stuck) else { return violation };
    let limit = match violation.measured {
        Some(Measured::Exact(n) | Measured::Between { at_most: n, .. }) if rule.is_limit() => format!(" --limit {n}"),
        Some(_) | None => String::new(),
    };
    violation.ask = Some(format!(
        "guard waive {} --tree {tree}{limit} --reason 'as asked' --expires 7d --sign{}",
        rule.id,
        subject.place.push()
    ));
    violation.next.extend(subject.place.fetch().filter(|_| !subject.place.server));
    violation
}

/// The outcome of `rule` after what was waived of it. What isn't stays, and says of each waiver why it doesn't cover it.
fn waived(rule: &Rule, subject: &Subject, outcome: Outcome) -> Outcome {
    let Outcome::Violated(violations) = outcome else { return outcome };
    let of_rule: Vec<&Granted> = subject.waivers.iter().filter(|granted| granted.waiver.rule == rule.id).collect();
    if of_rule.is_empty() || !rule.can_be_waived() {
        return Outcome::Violated(violations);
    }
    let (mut left, mut passed) = (Vec::new(), Vec::new());
    for mut violation in violations {
        match of_rule.iter().find(|granted| uncovered(granted, rule, &violation).is_none()) {
            Some(granted) => passed.push((violation, waiver_words(granted))),
            None => {
                let why: Vec<String> = of_rule.iter().filter_map(|granted| uncovered(granted, rule, &violation)).collect();
                violation.details.extend(why.iter().map(|why| format!("a waiver does not cover it: {why}")));
                left.push(violation);
            }
        }
    }
    match left.first_mut() {
        None => all_waived(passed),
        Some(first) => {
            first.details.extend(passed.iter().map(|(violation, by)| format!("waived besides: {} ({by})", violation.message)));
            Outcome::Violated(left)
        }
    }
}

/// Nothing is left. Where several waivers did it, each violation says which was its own.
fn all_waived(passed: Vec<(Violation, String)>) -> Outcome {
    let mut by: Vec<String> = Vec::new();
    for (_, words) in &passed {
        if !by.contains(words) {
            by.push(words.clone());
        }
    }
    let several = by.len() > 1;
    let own = |(mut violation, words): (Violation, String)| {
        if several {
            violation.details.push(format!("waived by {words}"));
        }
        violation
    };
    Outcome::Waived(by.join("; "), passed.into_iter().map(own).collect())
}

/// Whether somebody who is no owner may have changed these files of a suite, so that the suite as it now is counts. What changed them may
/// not be known (`paths` is empty), and then only a waiver of the whole rule will do.
pub(super) fn may_change_suite(subject: &Subject, paths: &[RepoPath]) -> bool {
    let holds = |g: &&Granted| g.waiver.rule == suite_change::RULE.id && g.refused.is_none();
    subject.waivers.iter().filter(holds).any(|g| g.waiver.paths.is_empty() || covers_all(&g.waiver, paths))
}

/// Whose a waiver is, until when, and why: what a report says of it.
pub fn waiver_words(granted: &Granted) -> String {
    let Granted { waiver, by, .. } = granted;
    format!("{}, until {}: {}", owner(by.as_deref()), waiver.expires, escape(waiver.reason.as_bytes()))
}

/// Whose a waiver is, in words.
pub fn owner(by: Option<&str>) -> String {
    by.map_or_else(|| "an owner".to_owned(), |by| format!("owner `{by}`"))
}

/// Why a waiver doesn't cover a violation; `None`: it does.
fn uncovered(granted: &Granted, rule: &Rule, violation: &Violation) -> Option<String> {
    let waiver = &granted.waiver;
    if let Some(why) = &granted.refused {
        return Some(why.clone());
    }
    if !waiver.paths.is_empty() && !covers_all(waiver, &violation.paths) {
        let other = violation.paths.iter().find(|path| !matches(waiver, path));
        return Some(match other {
            Some(path) => format!("it is for other paths than `{}`", escape(path.as_bytes())),
            None => "it is for paths, and this is about none".to_owned(),
        });
    }
    let measured = match violation.measured {
        Some(Measured::Exact(n) | Measured::Between { at_most: n, .. }) => Some(n),
        None => None,
    };
    match (waiver.limit, measured) {
        (Some(limit), Some(measured)) => (measured > limit).then(|| format!("it covers {limit}, and this is {measured}")),
        (None, _) if rule.is_limit() => Some("it names no number".to_owned()),
        (Some(limit), None) => Some(format!("it covers {limit}, and this has no number")),
        (None, _) => None,
    }
}

/// Whether there are paths, and every one matches.
fn covers_all(waiver: &Waiver, paths: &[RepoPath]) -> bool {
    !paths.is_empty() && paths.iter().all(|path| matches(waiver, path))
}

/// A waiver is a permission: the exact bytes must match.
fn matches(waiver: &Waiver, path: &RepoPath) -> bool {
    waiver.paths.iter().any(|text| Pattern::new(text).is_ok_and(|pattern| pattern.matches(path)))
}
