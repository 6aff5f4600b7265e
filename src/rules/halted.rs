//! Nothing lands while the project is halted.

use crate::evidence::halt::Halted;
use crate::facts::{Facts, Kind, Part, Subject, Unsound, UpdateFacts};
use crate::model::ref_update::EVIDENCE;
use crate::policy::Policy;
use crate::policy::Stage;
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use crate::rules::violation::{conclude, draft, names};
use crate::rules::{Rule, Waivable, known_good};

/// The rule.
pub static RULE: Rule = Rule {
    id: "halted",
    summary: "nothing lands while the project is halted, but the way back",
    explanation: "\
Rejects everything while a halt is in force: commits, pushes to any branch, tags,
deletions. What may still come: a change whose tree is a known good one (it stands in
the base's history, and the suites of `[halt] on-failure`, else all that the policy
demands, are proven on it as a landing demands), the repair by those whom every halt
names for it, once it is so proven, evidence, and an owner's resume. A resume that is
not forced comes with proof of those suites on the base's tip, or is refused; so is one
that doesn't name every halt in force, and a word dated in the future.

A halt is a signed record, an owner's or a runner's: `guard halt`, or `guard test` and
`guard attest` where a suite of `on-failure` fails on a protected branch's tip: that one
names `repair`, and makes the way back where `rollback` says so. It holds until a resume
names it: `guard resume` names every halt that its clone knows.

Why: in the incident every request failed, and work went on: five specialists kept
changing what was broken, and nobody could say what the last good state was.

    error[halted]: halted by runner `ci` since 2026-01-02T05:00:00Z: suite `integration` failed

To satisfy it: `guard last-good` says what the last good state is, `guard rollback
--apply` makes the commit that returns to it; then an owner says `guard resume`.

Keys: `[halt] on-failure, notify, notify-format, rollback, repair`, `[owners] keys`,
`[runner.NAME] keys`.
",
    bootstrap: false,
    free: true,
    waiver: Waivable::Never,
    about_proof: false,
    whoever: false,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Some(update) = subject.kind.update().filter(|update| update.name.starts_with(EVIDENCE.as_bytes())) {
        let violations = update.unsound_words.iter().map(|what| unsound_word(subject, what)).collect();
        return conclude(subject, violations, Vec::new(), "evidence may always come");
    }
    let Some(halted) = &case.halted else {
        return Outcome::Satisfied("the project is not halted".to_owned());
    };
    match subject.kind {
        Kind::Session { .. } => return Outcome::NotApplicable("what lands is halted, not a session".to_owned()),
        Kind::Commit { .. } | Kind::Carried(_) if subject.stage != Stage::Commit => {
            return Outcome::NotApplicable("the tip that lands is looked at, not every commit".to_owned());
        }
        Kind::Index(_) | Kind::Commit { .. } | Kind::Carried(_) | Kind::Landing { .. } => {}
    }
    if is_good(policy, case, subject) {
        return Outcome::Satisfied("it returns to a known good tree, which may land while the project is halted".to_owned());
    }
    if is_repair(policy, case, subject, halted) {
        return Outcome::Satisfied("it is a repair, by whom the halt names for it".to_owned());
    }
    conclude(subject, vec![violation(subject, halted)], Vec::new(), "")
}

/// Whether it is the work of nobody but those who mend what halted the project. It lands once it is proven; so that it can be, it may be
/// committed and pushed to a branch before.
fn is_repair(policy: &Policy, case: &Facts<'_>, subject: &Subject, halted: &Halted) -> bool {
    let mends = |part: &Part| part.actor.entry.as_ref().is_some_and(|name| halted.repair.contains(name));
    let mut work = subject.parts.iter().filter(|part| part.changes).peekable();
    if halted.repair.is_empty() || work.peek().is_none() || !work.all(mends) {
        return false;
    }
    if subject.stage == Stage::Land {
        return is_proven(policy, case, subject);
    }
    let branch = |update: &UpdateFacts| update.name.starts_with(b"refs/heads/");
    subject.kind.update().is_none_or(branch)
}

/// Whether the tree is one that the base had, and proven.
fn is_good(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> bool {
    !known_good::suites(policy).is_empty() && case.returns(subject) && is_proven(policy, case, subject)
}

/// Whether every suite that makes a tree a good one is proven on its tree.
fn is_proven(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> bool {
    let suites = known_good::suites(policy);
    let least = known_good::least(policy);
    !suites.is_empty() && suites.iter().all(|suite| case.proof(subject, suite).level >= least)
}

fn violation(subject: &Subject, halted: &Halted) -> Violation {
    let reason = escape(halted.reason.as_bytes());
    let resume = format!("guard resume --sign{}", subject.place.push());
    let owner =
        subject.actor.as_ref().is_some_and(|actor| actor.owner) || subject.kind.update().is_some_and(|update| update.by_owner);
    let (help, next, ask) = if owner {
        let help =
            "an owner resumes, once what halted it is mended; `guard rollback --apply` makes the way back to the last good state";
        (help, subject.place.fetch().into_iter().chain([resume]).collect(), None)
    } else {
        let help = "wait until an owner resumes, and fetch that; the way back to the last good state (`guard rollback --apply`) is for owners \
                    and runners to land";
        // A resume names every halt and rests on others' records: whoever says it has to know them.
        let fetch = subject.place.fetch();
        let ask = fetch.iter().chain([&resume]).cloned().collect::<Vec<_>>().join(" && ");
        (help, fetch.into_iter().collect(), Some(ask))
    };
    let repair = match names(halted.repair.iter().map(String::as_str)) {
        nobody if nobody.is_empty() => String::new(),
        some => format!(", a proven repair by {some}"),
    };
    Violation {
        details: vec![format!("what may still land: a return to a known good tree{repair}, and an owner's resume")],
        help: help.to_owned(),
        next,
        ask,
        ..draft(subject, format!("halted by {} since {:.0}: {reason}", halted.by, halted.since))
    }
}

fn unsound_word(subject: &Subject, word: &Unsound) -> Violation {
    let (what, help, next): (_, _, &[&str]) = match word {
        Unsound::OfTomorrow(say, created) => (
            format!("a {} that is dated in the future, on {created:.0}: the clock of whoever said it is wrong", say.as_str()),
            "set the clock, and say it again",
            &[],
        ),
        Unsound::Unaware(created, by, since) => (
            format!("a resume of {created:.0} that says nothing of the halt by {by} of {since:.0}"),
            "whoever said it did not know of that halt: fetch it, see that what it says is mended, and resume again",
            &["git fetch", "guard resume"],
        ),
        Unsound::Worthless(say, why) => (
            format!("a {} that counts for nothing: {why}", say.as_str()),
            "nobody would hear it: have an owner say it, or a runner whose key is in the policy, about this repository",
            &[],
        ),
        Unsound::Unproven(why) => (
            format!("a resume without proof: {why}"),
            "prove the suites on the base's tip first; an owner may force it with a reason, which stays on record",
            &["guard resume"],
        ),
    };
    let next = next.iter().map(|command| (*command).to_owned()).collect();
    Violation { help: help.to_owned(), next, ..draft(subject, what) }
}
