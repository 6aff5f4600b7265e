//! No single file over the size that is allowed.

use crate::case::{Case, Subject};
use crate::change::FileChange;
use crate::policy::Policy;
use crate::verdict::{Measured, Outcome, Violation};

use super::Rule;
use super::draft::{conclude, draft, shown, unless_change_set};
use super::quote::{take_out, take_out_help};

/// The rule.
pub static RULE: Rule = Rule {
    id: "file-size",
    summary: "no added or modified file is larger than `max-file-size`",
    explanation: "\
Rejects a change set that adds a file larger than `max-file-size`, or changes the
content of one so that it is.

Why: dumps, archives and generated bundles come in with a fix, are never read, and
stay in every clone for ever: taking them out later rewrites history.

    error[file-size]: `webui/bundle.js` has 2097152 bytes, 1048576 allowed

To satisfy it: keep the file out of the repository (`git restore --staged PATH`, and
a line in `.gitignore`), or have an owner raise the limit. Moving a large file, or
changing its mode alone, is not rejected: its content is there already.

Key: `max-file-size` (\"1 MiB\") of `[specialist.NAME]` or `[defaults]`. `[count]` does
not apply here.
",
    bootstrap: false,
    check,
};

fn check(policy: &Policy, _case: &Case, subject: &Subject) -> Outcome {
    if let Some(elsewhere) = unless_change_set(subject) {
        return elsewhere;
    }
    let Some(actor) = &subject.actor else {
        return Outcome::Indeterminate("it is not known whose limits apply".to_owned());
    };
    let Some(limits) = actor.limits(policy) else {
        return Outcome::NotApplicable("the policy names no limits for somebody unknown".to_owned());
    };
    let Some(limit) = &limits.file_size else {
        return Outcome::NotApplicable("no such limit".to_owned());
    };
    let allowed = limit.value.0;
    let violations = subject.changes.iter().filter(|c| has_new_content(c) && c.size > allowed).map(|change| Violation {
        paths: vec![change.path.clone()],
        measured: Some(Measured::Exact(change.size)),
        limit: Some(allowed),
        policy: Some(limit.at),
        help: take_out_help(subject, "the file"),
        next: take_out(subject, &[change]),
        ..draft(subject, format!("{} has {} bytes, {allowed} allowed", shown(&change.path), change.size))
    });
    conclude(subject, violations.collect(), Vec::new(), format!("no file over {allowed} bytes is added or modified"))
}

/// A move and a change of mode bring no content.
fn has_new_content(change: &FileChange) -> bool {
    change.new.is_some_and(|new| change.old.is_none_or(|old| old.oid != new.oid))
}
