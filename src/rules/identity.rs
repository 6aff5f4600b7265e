//! Sources that contradict each other, and signatures that are worth nothing.

use crate::facts::{Facts, Kind, Subject};
use crate::identity::{Actor, Conflict, Strength};
use crate::policy::{Policy, Stage};
use crate::verdict::{Outcome, Violation};

use super::quote::take_out;
use super::{Rule, Waivable};
use crate::rules::violation::draft;

/// The rule.
pub static RULE: Rule = Rule {
    id: "identity",
    summary: "no source of one strength contradicts another, and every signature verifies",
    explanation: "\
Rejects work about which two sources of the same strength name different
specialists, or that is said to be a specialist's whom the policy doesn't have and
no entry `*` judges. Where the policy names keys, also a commit whose SSH signature
doesn't verify (altered, made for something else, by a key that is too weak or
wasn't valid then); and a push whose certificate doesn't, or that is one person's by one
source of `guard.identity` and another's by the next.

Why: whose limits apply follows from who did it. If that could be answered in two
ways, everybody would choose the answer with the wider limits.

    error[identity]: `git config guard.specialist` names `backnd`, which the policy does not have

The strongest source wins, the others are shown (`-v`), and pushing what somebody
else has signed is no offence: the commit's signature; the push certificate's or the
account that the server authenticated; then claims: `--as`, `GUARD_SPECIALIST`,
`git config guard.specialist`, the author's e-mail, the branch. OpenPGP, X.509, SSH
certificates, RSA over 4096 bits, and keys without a name or a runner's prove nothing.

To satisfy it: correct the claim (`git config --worktree guard.specialist NAME`); sign
again (`git commit --amend -S`, `git push --signed`) or not at all; or have an owner
see to it that no account stands in two entries.

Keys: `[specialist.NAME] users, keys, emails, branches`, `[owners] keys`; on a
server `guard.identity` in its git config: gitolite, gitea, forgejo, gitlab, github,
bitbucket, http, env:NAME, push-cert or none.
",
    bootstrap: false,
    free: true,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: false,
    check,
};

/// What helps where the server says two things.
const ACCOUNTS: &str = "have the administrator name one source: git config --replace-all guard.identity SOURCE";

fn check(_policy: &Policy, _case: &Facts<'_>, subject: &Subject) -> Outcome {
    let doubt = subject.kind.update().and_then(|update| update.doubt.as_ref());
    // On work space no commit is asked, and who pushes is asked all the same.
    let of_a_commit =
        !subject.free && subject.parts.iter().any(|part| part.commit.is_some() && part.actor.conflict.as_ref() == doubt);
    match doubt {
        Some(Conflict::Signature(broken)) => {
            let help = "push again, signed with a key that the policy names: git push --signed";
            return Outcome::Violated(vec![violation(subject, broken, help)]);
        }
        Some(Conflict::Sources(words)) if !of_a_commit => {
            return Outcome::Violated(vec![violation(subject, words, ACCOUNTS)]);
        }
        Some(Conflict::Sources(_)) | None => {}
    }
    if subject.free {
        return Outcome::NotApplicable("it is pushed to a free branch alone".to_owned());
    }
    if let Kind::Landing { .. } = subject.kind {
        return Outcome::NotApplicable("the commits are judged one by one".to_owned());
    }
    let Some(actor) = &subject.actor else {
        return Outcome::NotApplicable("no source says anything".to_owned());
    };
    let help = match &actor.conflict {
        None => return Outcome::Satisfied("no source contradicts another of its strength".to_owned()),
        Some(Conflict::Sources(_)) if actor.source.strength() > Strength::Claim => ACCOUNTS,
        Some(Conflict::Sources(_)) => "correct the claim, or have an owner correct the policy",
        // Where a branch is about to move, it doesn't have the commit yet, and an amend would be of the one before.
        Some(Conflict::Signature(_)) if subject.stage == Stage::Commit => {
            "make the commit again, signed with a key that counts (`git config user.signingKey KEY`), or without a signature"
        }
        Some(Conflict::Signature(_)) => {
            "sign the commit again (`git commit --amend -S`), or take it back and leave its signature out"
        }
    };
    let next = match &actor.conflict {
        Some(Conflict::Signature(_)) => take_out(subject, &[]),
        Some(Conflict::Sources(_)) | None => Vec::new(),
    };
    let violations =
        actor.conflict.iter().map(|conflict| Violation { next: next.clone(), ..violation(subject, conflict.as_str(), help) });
    Outcome::Violated(violations.collect())
}

fn violation(subject: &Subject, message: &str, help: &str) -> Violation {
    Violation {
        details: subject.actor.as_ref().map(Actor::told).unwrap_or_default(),
        help: help.to_owned(),
        ..draft(subject, message)
    }
}
