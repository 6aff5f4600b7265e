//! Only who is named by the policy.

use crate::facts::{Facts, Kind, Subject};
use crate::identity::{Actor, Source};
use crate::policy::Policy;
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::{Rule, Waivable};
use crate::rules::violation::{draft, names};

/// The rule.
pub static RULE: Rule = Rule {
    id: "known-specialist",
    summary: "work is by somebody whom the policy names",
    explanation: "\
Rejects work by somebody whom the policy doesn't name, where it has no
`[specialist.\"*\"]` for everybody else.

Why: limits and boundaries are a specialist's. Somebody without an entry would have
none, and leaving one's name out would be the easiest way past all of them.

    error[known-specialist]: the policy names nobody who made this change

Who it was is told by the strongest source there is: the commit's signature; the
push certificate's, or the account that the server authenticated; without a server,
a claim: `--as`, `GUARD_SPECIALIST`, `git config guard.specialist`, the author's
e-mail, the branch.

To satisfy it: say who you are (`git config guard.specialist NAME`), commit with the
e-mail that the policy knows, or have an owner add an entry. An owner needs none.

Keys: `[specialist.NAME] users, keys, emails, branches`, `[specialist.\"*\"]`,
`[owners]`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::Whole,
    about_proof: false,
    check,
};

fn check(policy: &Policy, _case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Kind::Landing { .. } = subject.kind {
        return Outcome::NotApplicable("the commits are judged one by one".to_owned());
    }
    let Some(actor) = &subject.actor else {
        return Outcome::Violated(vec![unnamed(policy, subject, Vec::new())]);
    };
    match &actor.name {
        Some(name) => Outcome::Satisfied(format!("`{}`, {}", escape(name.as_bytes()), actor.source.as_text())),
        None => Outcome::Violated(vec![unnamed(policy, subject, said(actor))]),
    }
}

fn unnamed(policy: &Policy, subject: &Subject, details: Vec<String>) -> Violation {
    let known: Vec<&str> = policy.specialists.iter().map(|s| s.name.value.as_str()).collect();
    let help = if known.is_empty() {
        "the policy names no specialist: have an owner add one".to_owned()
    } else {
        format!("say which specialist you are (`git config guard.specialist`), or have an owner add you: {}", names(known))
    };
    Violation {
        details,
        help,
        next: vec!["guard policy show".to_owned()],
        ..draft(subject, "the policy names nobody who made this change")
    }
}

/// What each source said.
pub(super) fn said(actor: &Actor) -> Vec<String> {
    let line = |(source, what): &(Source, String)| format!("{}: {}", escape(source.as_text().as_bytes()), escape(what.as_bytes()));
    actor.said.iter().map(line).collect()
}
