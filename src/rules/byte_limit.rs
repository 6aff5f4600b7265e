//! No more inserted bytes than allowed, in a commit and in a session.

use crate::facts::{Facts, Subject};
use crate::policy::Policy;
use crate::verdict::Outcome;

use super::limit::{Quantity, check as within};
use super::{Rule, Waivable};

/// The rule.
pub static RULE: Rule = Rule {
    id: "byte-limit",
    summary: "no more inserted bytes than allowed in a commit, or in a session",
    explanation: "\
Rejects a commit, or a session (all of one specialist's work between the base and
the tip), that inserts more bytes than allowed: the bytes of inserted lines, and
of a binary file its size.

Why: a limit on lines alone is met by one endless line, or by an archive that has
no lines at all. Bytes can't be folded away.

    error[byte-limit]: 292900 bytes inserted in this commit, 204800 allowed

To satisfy it: commit a part of it (`git restore --staged PATH`), or split a commit
(`git reset --soft COMMIT^`). Keep archives and generated files out, or have an
owner name them in `not-lines`, which leaves them out of bytes, too.

Exempt: a true revert, whose tree is proven and stands in the base's history. A
landing of a single commit is judged by the session's limit alone.

Keys: `max-bytes-per-commit`, `max-bytes-per-session` (\"200 KiB\") of
`[specialist.NAME]` or `[defaults]`; `[count] not-lines`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::UpTo,
    about_proof: false,
    whoever: true,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    within(Quantity::Bytes, policy, case, subject)
}
