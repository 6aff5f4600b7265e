//! No more files than allowed, in a commit and in a session.

use crate::facts::{Facts, Subject};
use crate::policy::Policy;
use crate::verdict::Outcome;

use super::limit::{Quantity, check as within};
use super::{Rule, Waivable};

/// The rule.
pub static RULE: Rule = Rule {
    id: "file-limit",
    summary: "no more files than allowed in a commit, or in a session",
    explanation: "\
Rejects a commit that changes more files than allowed, and a session (all of one
specialist's work between the base and the tip) that does, over however many
commits, pushes to a branch and refs of one push.

Why: the incident came as one commit of 17 files over the API, the middleware and
the web UI. Nobody can review that, and nobody can take one part of it back.

    error[file-limit]: 17 files changed in this commit, 10 allowed

Every path counts once: a deletion, a change of mode or a moved submodule pointer
like any other. A move of identical content is one file; where the number is over
the limit but at most twice it, a move with small changes is one, too.

To satisfy it: take files out of the index and commit them on their own
(`git restore --staged PATH`), or split a commit (`git reset --soft COMMIT^`). A
session shrinks when a path equals the base's again, or when a part of it lands.

Exempt: a true revert, whose tree is proven and stands in the base's history. A
landing of a single commit is judged by the session's limit alone.

Keys: `max-files-per-commit`, `max-files-per-session` of `[specialist.NAME]` or
`[defaults]`; `[count] not-files`. `max-files-per-commit = 10` accepts 10.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::UpTo,
    about_proof: false,
    whoever: true,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    within(Quantity::Files, policy, case, subject)
}
