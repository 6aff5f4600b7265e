//! Levels of proof: what a stage demands, what was found, and how to say that it isn't enough.

use crate::evidence::{Proof, RejectReason};
use crate::facts::{Facts, Kind, Subject, SubjectKind};
use crate::policy::Level;
use crate::policy::Stage;
use crate::policy::{Cited, Policy};
use crate::text::escape;
use crate::verdict::Violation;

use super::suite_change::changed_by_others;
use super::waive::may_change_suite;
use crate::rules::violation::draft;
use crate::text::shell_quote;

/// The least level that counts at `stage`.
pub(super) fn demanded(policy: &Policy, stage: Stage) -> Level {
    match stage {
        Stage::Commit => policy.evidence.commit.0,
        Stage::Branch => policy.evidence.branch.0,
        Stage::Land => policy.evidence.land.0,
    }
}

/// What is known of `suite` on the subject's tree; a suite without an entry has no proof. Where its own files are others than the
/// base's, what it proves is worth no more than what it proves with the base's, unless it was owners alone who changed them, or an
/// owner has waived it.
pub(super) fn proof(case: &Facts<'_>, subject: &Subject, suite: &str) -> Proof {
    let mut proof = case.proof(subject, suite);
    let Some(base_run) = proof.base_run.filter(|base_run| *base_run < proof.level) else { return proof };
    let mut changers = subject.parts.iter().filter(|part| part.suites.iter().any(|(name, _)| name == suite)).peekable();
    let by_others = changers.peek().is_none() || changers.any(|part| !part.actor.owner);
    if by_others && !may_change_suite(subject, &changed_by_others(subject, suite)) {
        proof.level = base_run;
        proof.refused.push(RejectReason::BaseNotRun(base_run));
    }
    proof
}

/// A suite isn't proven: `what` was done ("area `x` touched"), `because` says how that demands it.
pub(super) fn unproven(
    case: &Facts<'_>,
    subject: &Subject,
    level: Level,
    suite: &Cited<String>,
    what: &str,
    because: Vec<String>,
) -> Violation {
    let proof = proof(case, subject, &suite.value);
    let mut details = because;
    details.push(needs(subject, level, &proof));
    details.extend(proof.refused.iter().map(|m| format!("does not count: {}", m.phrase())));
    if proof.level > Level::None {
        details.extend(proof.short.iter().map(|m| format!("counts for no more: {}", m.phrase())));
    }
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

/// The command that makes the judged tree, where it is that of a merge which nobody has made, and the one that runs the suite on it.
fn runs(subject: &Subject, suite: &str) -> (Option<String>, String) {
    let test = format!("guard test {}", shell_quote(suite.as_bytes()));
    let (merge, rev) = match &subject.kind {
        Kind::Index(_) => (None, None),
        Kind::Landing { merges: Some(with), .. } => {
            (Some(format!("git merge --no-edit {}", shell_quote(with.as_bytes()))), Some("HEAD".to_owned()))
        }
        Kind::Commit { .. } | Kind::Carried(_) | Kind::Session { .. } | Kind::Landing { merges: None, .. } => {
            (None, subject.commit.map(|commit| commit.to_string()))
        }
    };
    (merge, rev.map_or_else(|| test.clone(), |rev| format!("{test} --rev {rev}")))
}

/// One sentence of help, and the commands.
fn way_out(subject: &Subject, level: Level, suite: &str) -> (String, Vec<String>) {
    let (merge, test) = runs(subject, suite);
    let is_index = subject.kind.name() == SubjectKind::Index;
    let first = if merge.is_some() { "make the merge, and " } else { "" };
    let next = |last: Option<&str>| -> Vec<String> {
        merge.clone().into_iter().chain([test.clone()]).chain(last.map(str::to_owned)).collect()
    };
    match level {
        Level::Signed => {
            let help = "run the suite on this tree and sign the record with your key, one that the policy has";
            (format!("{first}{help}"), next_signed(&next(None)))
        }
        Level::Attested => {
            let help =
                "only a runner of the policy attests: have CI run the suite on this tree, sign and push the record, and fetch it";
            let rev = subject.commit.filter(|_| merge.is_none()).map_or_else(String::new, |commit| format!(" {commit}"));
            (
                format!("{first}{help}"),
                merge.clone().into_iter().chain(["git fetch --all".to_owned(), format!("guard evidence{rev}")]).collect(),
            )
        }
        Level::Claimed if !is_index => {
            let help =
                "run the suite on this tree, then let the prepare-commit-msg hook write the marker into the commit's message";
            (format!("{first}{help}"), next(Some("git commit --amend --no-edit")))
        }
        Level::None | Level::Claimed | Level::Recorded => {
            // The index may have to change for other reasons, and what was proven of it by then would be lost.
            let last = if is_index { ", once nothing else is to change" } else { "" };
            (format!("{first}run the suite on this tree{last}"), next(None))
        }
    }
}

/// These commands, the last of which signs.
fn next_signed(commands: &[String]) -> Vec<String> {
    let last = commands.len().saturating_sub(1);
    commands.iter().enumerate().map(|(n, command)| if n == last { format!("{command} --sign") } else { command.clone() }).collect()
}
