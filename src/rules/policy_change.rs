//! The policy is changed by owners, and stays one that can be enforced.

use crate::facts::{Facts, PolicyEdit, Subject};
use crate::model::{FileChange, RepoPath};
use crate::policy::FILE;
use crate::policy::Policy;
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::quote::{take_out, take_out_help};
use super::{Rule, Waivable};
use crate::rules::violation::{change_set, conclude, draft};

/// The rule.
pub static RULE: Rule = Rule {
    id: "policy-change",
    summary: "the policy is changed by owners alone, and only to one that loads",
    explanation: "\
Rejects a change of `policy.toml` by anyone but an owner, and by anybody a change
to a policy that can't be enforced.

Why: who is judged by a rule and may change it is judged by nothing. A change of the
policy never judges itself either: it counts once it has landed on the base.

    error[policy-change]: `policy.toml` changed by `webui`, who is no owner

A policy with a misspelt key would bring everything to a halt where it lands, or,
were it read in part, guard nothing: so that is refused at the door.

To satisfy it: take the file out (`git restore --staged policy.toml`) and ask an
owner; correct what `guard policy check` shows.

Before the trusted branch has a policy, anybody may propose one that loads.

Keys: `[owners] users, keys, emails` (e-mails are believed before a commit only).
",
    bootstrap: true,
    free: false,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: false,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    let edit = match change_set(subject) {
        Ok(set) => &set.policy_edit,
        Err(elsewhere) => return elsewhere,
    };
    let may = case.bootstrap || subject.actor.as_ref().is_some_and(|a| a.owner);
    let violations = match edit {
        PolicyEdit::Untouched => Vec::new(),
        PolicyEdit::Broken(why) => {
            let broken = violation(policy, subject, format!("`{FILE}` changed to a policy that can't be enforced"));
            let details = why.lines().map(|line| escape(line.as_bytes())).collect();
            vec![Violation {
                details: [details, broken.details].concat(),
                help: format!("correct it (`guard policy check`), or {}", broken.help),
                ..broken
            }]
        }
        PolicyEdit::Changed | PolicyEdit::Deleted if may => Vec::new(),
        PolicyEdit::Changed => vec![violation(policy, subject, format!("`{FILE}` changed by {}, who is no owner", who(subject)))],
        PolicyEdit::Deleted => vec![violation(policy, subject, format!("`{FILE}` deleted by {}, who is no owner", who(subject)))],
    };
    conclude(subject, violations, Vec::new(), satisfied(case, edit))
}

fn satisfied(case: &Facts<'_>, edit: &PolicyEdit) -> &'static str {
    match (edit, case.bootstrap) {
        (PolicyEdit::Untouched, _) => "the policy is not touched",
        (PolicyEdit::Deleted, _) => "deleted by an owner",
        (PolicyEdit::Changed | PolicyEdit::Broken(_), true) => "the trusted branch has no policy yet, and this one loads",
        (PolicyEdit::Changed | PolicyEdit::Broken(_), false) => "changed by an owner, to a policy that loads",
    }
}

fn who(subject: &Subject) -> String {
    let name = subject.actor.as_ref().and_then(|a| a.name.as_deref());
    name.map_or_else(|| "somebody unknown".to_owned(), |n| format!("`{}`", escape(n.as_bytes())))
}

fn violation(policy: &Policy, subject: &Subject, message: String) -> Violation {
    let path = RepoPath::from(FILE);
    let under = |p: &RepoPath| p.components().next() == Some(FILE.as_bytes());
    let changes: Vec<&FileChange> = subject.changes.iter().filter(|c| c.paths().any(under)).collect();
    let nobody = policy.owners.is_empty();
    let details = if nobody { vec!["the policy names no owner: by its rules nobody may change it".to_owned()] } else { Vec::new() };
    let out = take_out_help(subject, &format!("`{FILE}`"));
    Violation {
        paths: vec![path],
        details,
        policy: policy.owners.users.first().or(policy.owners.emails.first()).map(|o| o.at),
        help: if nobody {
            format!(
                "{out}; an administrator gets it in: on a server by another policy with [owners] that `guard.policyFile` names for as long, \
                 where there is none past the hooks (git commit --no-verify)"
            )
        } else {
            out
        },
        next: if changes.is_empty() { Vec::new() } else { take_out(subject, &changes) },
        ..draft(subject, message)
    }
}
