//! No more lines than allowed, in a commit and in a session.

use crate::facts::{Facts, Subject};
use crate::policy::Policy;
use crate::verdict::Outcome;

use super::limit::{Quantity, check as within};
use super::{Rule, Waivable};

/// The rule.
pub static RULE: Rule = Rule {
    id: "line-limit",
    summary: "no more lines than allowed in a commit, or in a session",
    explanation: "\
Rejects a commit, or a session (all of one specialist's work between the base and
the tip), with more inserted and deleted lines than allowed.

Why: the incident was 292,900 insertions and 286,373 deletions under the title
\"critical fix\". A change of that size has been read by nobody.

    error[line-limit]: 579273 lines changed in this commit, 500 allowed

Lines are what `git diff --numstat` counts with no attributes in force:
`.gitattributes` hides nothing. A binary file has no lines: `byte-limit` counts it.
A file over 8 MiB has no exact number; its bounds are used, and what can't be told
from them is no acceptance.

To satisfy it: commit a part of it (`git restore --staged PATH`, `git add -p`), or
split a commit (`git reset --soft COMMIT^`). Keep generated files out, or have an
owner name them in `not-lines`.

Exempt: a true revert, whose tree is proven and stands in the base's history. A
landing of a single commit is judged by the session's limit alone.

Keys: `max-lines-per-commit`, `max-lines-per-session` of `[specialist.NAME]` or
`[defaults]`; `[count] not-lines`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::UpTo,
    about_proof: false,
    whoever: true,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    within(Quantity::Lines, policy, case, subject)
}
