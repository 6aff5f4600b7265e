//! Only who is named by the policy.

use crate::facts::{Facts, Kind, Subject};
use crate::model::ref_update::EVIDENCE;
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

To satisfy it: say who you are (`git config --worktree guard.specialist NAME`, for all
work trees of a clone share what is set without `--worktree`), commit with the e-mail
that the policy knows, or have an owner add an entry. An owner needs none.

Keys: `[specialist.NAME] users, keys, emails, branches`, `[specialist.\"*\"]`,
`[runner.NAME] users, keys` (records alone), `[owners]`.
",
    bootstrap: false,
    free: true,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: false,
    check,
};

fn check(policy: &Policy, _case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Kind::Landing { .. } = subject.kind {
        return pusher(policy, subject);
    }
    if subject.free {
        return Outcome::NotApplicable("it is pushed to a free branch alone".to_owned());
    }
    let Some(actor) = &subject.actor else {
        return Outcome::Violated(vec![unnamed(policy, subject, Vec::new())]);
    };
    match &actor.name {
        Some(name) => Outcome::Satisfied(format!("`{}`, {}", escape(name.as_bytes()), actor.source.as_text())),
        None => Outcome::Violated(vec![unnamed(policy, subject, actor.told())]),
    }
}

/// Every update has somebody who pushes it, whatever it brings: nothing is made, moved or deleted by a stranger.
fn pusher(policy: &Policy, subject: &Subject) -> Outcome {
    let Some(said) = subject.kind.update().and_then(|update| update.stranger.as_ref()) else {
        return Outcome::NotApplicable("the commits are judged one by one".to_owned());
    };
    // Where something is wrong with what says who pushes, `identity` says so.
    if subject.kind.update().is_some_and(|update| update.doubt.is_some()) {
        return Outcome::NotApplicable("what says who pushes is not believed".to_owned());
    }
    if !subject.free && subject.parts.iter().any(|part| part.commit.is_some() && part.actor.name.is_none()) {
        return Outcome::NotApplicable("the commits say it".to_owned());
    }
    Outcome::Violated(vec![Violation {
        message: "the policy names nobody who pushes this".to_owned(),
        ..unnamed(policy, subject, said.clone())
    }])
}

fn unnamed(policy: &Policy, subject: &Subject, details: Vec<String>) -> Violation {
    let known: Vec<&str> = policy.specialists.iter().map(|s| s.name.value.as_str()).collect();
    let evidence = subject.kind.update().is_some_and(|update| update.name.starts_with(EVIDENCE.as_bytes()));
    let help = if known.is_empty() {
        "the policy names no specialist: have an owner add one".to_owned()
    } else if evidence {
        format!(
            "who pushes records is a runner's account, or anybody's whom the policy names: have an owner add it to `[runner.NAME] users`, or push \
             as one of: {}",
            names(known)
        )
    } else if subject.place.server {
        // What the clone claims is no proof there.
        format!(
            "push as somebody whom the policy names, or sign with a key that it names (`git push --signed`, `git commit -S`), or have an owner add \
             you: {}",
            names(known)
        )
    } else {
        format!(
            "say which specialist you are, in this work tree alone (`git config --worktree guard.specialist NAME`, with more than one after \
             `git config extensions.worktreeConfig true`; or GUARD_SPECIALIST), or have an owner add you: {}",
            names(known)
        )
    };
    Violation { details, help, ..draft(subject, "the policy names nobody who made this change") }
}
