//! Levels of proof: what a stage demands, what was found, and how to say that it isn't enough.

use crate::case::{Stage, Subject, SubjectKind};
use crate::evidence::{Level, Missing, Proof};
use crate::policy::{Cited, Policy};
use crate::report::escape;
use crate::verdict::Violation;

use super::draft::draft;
use super::quote::shell_quote;

/// The least level that counts at `stage`.
pub(super) fn demanded(policy: &Policy, stage: Stage) -> Level {
    match stage {
        Stage::Commit => policy.evidence.commit.0,
        Stage::Branch => policy.evidence.branch.0,
        Stage::Land => policy.evidence.land.0,
    }
}

/// What is known of `suite` on the subject's tree; a suite without an entry has no proof.
pub(super) fn proof(subject: &Subject, suite: &str) -> Proof {
    subject.proofs.get(suite).cloned().unwrap_or_else(Proof::none)
}

/// A suite isn't proven: `what` was done ("area `x` touched"), `because` says how that demands it.
pub(super) fn unproven(subject: &Subject, level: Level, suite: &Cited<String>, what: &str, because: Vec<String>) -> Violation {
    let proof = proof(subject, &suite.value);
    let mut details = because;
    details.push(needs(subject, level, &proof));
    details.extend(proof.refused.iter().map(|m| format!("does not count: {}", why_not(m))));
    let (help, next) = way_out(subject, level, &suite.value);
    Violation {
        details,
        suite: Some(suite.value.clone()),
        demanded: Some(level),
        found: Some(proof.level),
        policy: Some(suite.at),
        help,
        next,
        ..draft(subject, format!("{what}, suite `{}` not proven on this tree", escape(suite.value.as_bytes())))
    }
}

fn needs(subject: &Subject, level: Level, proof: &Proof) -> String {
    let tree = subject.tree.map_or_else(|| "no tree".to_owned(), |t| format!("tree {}", t.short()));
    let by = proof.by.as_ref().map_or_else(String::new, |by| format!(" ({})", escape(by.as_bytes())));
    format!("needs {level}, found {}{by} for {tree}", proof.level)
}

/// One sentence of help, and the commands.
fn way_out(subject: &Subject, level: Level, suite: &str) -> (String, Vec<String>) {
    let test = format!("guard test {}", shell_quote(suite.as_bytes()));
    let (merge, test) = match (subject.kind, &subject.merges, subject.commit) {
        (SubjectKind::Index, _, _) | (_, None, None) => (None, test),
        (_, Some(with), _) => (Some(format!("git merge --no-edit {}", shell_quote(with.as_bytes()))), format!("{test} --rev HEAD")),
        (SubjectKind::Commit | SubjectKind::Carried | SubjectKind::Session | SubjectKind::Landing, None, Some(commit)) => {
            (None, format!("{test} --rev {commit}"))
        }
    };
    let first = if merge.is_some() { "make the merge, and " } else { "" };
    let next = |last: Option<&str>| merge.clone().into_iter().chain([test.clone()]).chain(last.map(str::to_owned)).collect();
    match level {
        Level::Signed | Level::Attested => {
            let key = match subject.stage {
                Stage::Commit => "commit",
                Stage::Branch => "branch",
                Stage::Land => "land",
            };
            let help = format!("this version makes no proof above recorded: an owner must set a lower `[evidence] {key}`");
            (help, vec!["guard explain guarded-area".to_owned()])
        }
        Level::Claimed if subject.kind != SubjectKind::Index => {
            let help =
                "run the suite on this tree, then let the prepare-commit-msg hook write the marker into the commit's message";
            (format!("{first}{help}"), next(Some("git commit --amend --no-edit")))
        }
        Level::None | Level::Claimed | Level::Recorded => {
            // The index may have to change for other reasons, and what was proven of it by then would be lost.
            let last = if subject.kind == SubjectKind::Index { ", once nothing else is to change" } else { "" };
            (format!("{first}run the suite on this tree{last}"), next(None))
        }
    }
}

/// Why a record or marker doesn't count, as a phrase; data in it is escaped.
pub fn why_not(missing: &Missing) -> String {
    let escape = |text: &str| escape(text.as_bytes());
    match missing {
        Missing::Stale { tree } => {
            format!("it is stale: it is for another tree, {}", escape(&tree.chars().take(7).collect::<String>()))
        }
        Missing::Failed(how) => format!("the run failed: {}", escape(how)),
        Missing::OtherDefinition => "the suite was defined otherwise when it ran".to_owned(),
        Missing::OtherRepository => "it is of another repository".to_owned(),
        Missing::TooFewTests { passed, demanded } => format!("too few tests: {passed} passed, {demanded} demanded"),
        Missing::TooManySkipped { skipped, allowed } => format!("too many tests skipped: {skipped}, {allowed} allowed"),
        Missing::Malformed(why) => format!("it can't be read: {}", escape(why)),
    }
}
