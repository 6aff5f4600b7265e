//! No single file over the size that is allowed.

use crate::facts::{Facts, Subject};
use crate::model::FileChange;
use crate::policy::{Cited, Policy, Scope};
use crate::verdict::{Measured, Outcome, Violation};

use super::limit::limits;
use super::quote::{take_out, take_out_help};
use super::{Rule, Waivable};
use crate::rules::revert_exemption::{EXEMPT, returns_to_a_proven_tree};
use crate::rules::violation::{change_set, conclude, draft, shown};

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
changing its mode alone, is not rejected: its content is there already. Nor is a true
revert, whose tree is proven and stands in the base's history.

Key: `max-file-size` (\"1 MiB\") of `[specialist.NAME]` or `[defaults]`. `[count]` does
not apply here.
",
    bootstrap: false,
    free: true,
    waiver: Waivable::UpTo,
    about_proof: false,
    whoever: true,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    let limit = match limit(policy, subject) {
        Ok(limit) => limit,
        Err(outcome) => return outcome,
    };
    let allowed = limit.value;
    if too_large(subject, allowed).next().is_some() && returns_to_a_proven_tree(policy, case, subject) {
        return conclude(subject, Vec::new(), Vec::new(), format!("a file over {allowed} bytes comes back, and {EXEMPT}"));
    }
    let violations = too_large(subject, allowed).map(|change| Violation {
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

/// The limit that judges `subject`; else why there is none.
fn limit<'p>(policy: &'p Policy, subject: &Subject) -> Result<&'p Cited<u64>, Outcome> {
    change_set(subject)?;
    limits(policy, subject)?.of(RULE.id, Scope::File).ok_or_else(|| Outcome::NotApplicable("no such limit".to_owned()))
}

/// Files whose content is new here: a move and a change of mode bring none.
fn too_large(subject: &Subject, allowed: u64) -> impl Iterator<Item = &FileChange> {
    let has_new_content = |c: &FileChange| c.new.is_some_and(|new| c.old.is_none_or(|old| old.oid != new.oid));
    subject.changes.iter().filter(move |c| c.size > allowed && has_new_content(c))
}
