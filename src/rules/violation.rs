//! What all rules share when they speak: a violation to fill in, and the outcome that follows from what was found.

use crate::facts::{ChangeSet, Earlier, Kind, Subject};
use crate::model::RepoPath;
use crate::policy::{Policy, show_duration};
pub(super) use crate::text::count;
use crate::text::escape;
use crate::verdict::{Outcome, Violation, ViolationScope};

/// A violation with nothing but its message, to be completed with `..draft(…)`.
pub(super) fn draft(subject: &Subject, message: impl Into<String>) -> Violation {
    let scope = match subject.kind {
        Kind::Index(_) | Kind::Commit { .. } | Kind::Carried(_) => ViolationScope::Commit,
        Kind::Session { .. } => ViolationScope::Session,
        Kind::Landing { .. } => ViolationScope::Landing,
    };
    Violation::of(scope, message)
}

/// Deny overrides; then whatever could not be decided, of the subject as a whole or by this rule; then `satisfied`.
pub(super) fn conclude(
    subject: &Subject,
    violations: Vec<Violation>,
    undecided: Vec<String>,
    satisfied: impl Into<String>,
) -> Outcome {
    if !violations.is_empty() {
        return Outcome::Violated(violations);
    }
    let reasons: Vec<String> = subject.undecided.iter().cloned().chain(undecided).collect();
    if reasons.is_empty() { Outcome::Satisfied(satisfied.into()) } else { Outcome::Indeterminate(reasons.join("; ")) }
}

/// For rules that judge change sets one by one: the change set, or the answer where the subject isn't one.
pub(super) fn change_set(subject: &Subject) -> Result<&ChangeSet, Outcome> {
    let elsewhere = || Outcome::NotApplicable("the commits are judged one by one".to_owned());
    subject.kind.change_set().ok_or_else(elsewhere)
}

/// A path in a message, escaped and in backticks.
pub(super) fn shown(path: &RepoPath) -> String {
    format!("`{}`", escape(path.as_bytes()))
}

/// "`a`", "`a` and 2 more".
pub(super) fn several(paths: &[RepoPath]) -> String {
    match paths {
        [] => "nothing".to_owned(),
        [one] => shown(one),
        [first, rest @ ..] => format!("{} and {} more", shown(first), rest.len()),
    }
}

/// Names in backticks, with commas.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|n| format!("`{}`", escape(n.as_bytes()))).collect::<Vec<_>>().join(", ")
}

/// What of a session was pushed before, each a line.
pub(super) fn counted_in(policy: &Policy, subject: &Subject) -> Vec<String> {
    let Kind::Session { earlier, .. } = &subject.kind else { return Vec::new() };
    let one = |earlier: &Earlier| {
        let time = earlier.time.strftime("%F %H:%MZ");
        format!("counted in: {} pushed to `{}`, {time}", count(earlier.files, "file"), escape(&earlier.reference))
    };
    let mut lines: Vec<String> = earlier.iter().map(one).collect();
    if !lines.is_empty() {
        let window = show_duration(policy.session.window);
        lines.push(format!("what was pushed within {window} counts until it lands, or a commit on its branch takes it back"));
    }
    lines
}
