//! What `guard test` answers.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use super::run::{Job, Ran, Tested};
use crate::command::test::TestArgs;
use crate::evidence::FilesOf;
use crate::evidence::record::{Counts, Outcome, Record};
use crate::model::Oid;
use crate::policy::{PolicySource, Sandbox};
use crate::report::json;
use crate::report::text::{BAD, GOOD, NEXT};
use crate::text::escape;
use crate::text::shell_quote;

/// For people: one line a suite, where the log of a failed one is, and how to go on. Quiet: failed ones alone.
pub(super) fn text(job: &Job<'_>, args: &TestArgs, runs: &[Tested]) -> String {
    let tree = job.tree.short();
    let mut out = String::new();
    for tested in runs.iter().filter(|tested| !job.quiet || tested.because.is_some()) {
        let with = match tested.of {
            FilesOf::Tree => "",
            FilesOf::Base => " with the base's files",
        };
        let suite = format!("{}{with}", escape(tested.suite.as_bytes()));
        let kept = if job.sealing.is_some() { "recorded and signed" } else { "recorded" };
        let Some(ran) = &tested.run else {
            let what = match &tested.because {
                None => format!("already {GOOD}passed{GOOD:#} on tree {tree}"),
                Some(why) => format!("already ran on tree {tree} and {BAD}does not count{BAD:#}: {why}"),
            };
            out.push_str(&format!("{suite}: {what}; --again runs it again\n"));
            continue;
        };
        let (record, facts) = (&ran.record, facts(ran));
        match (&tested.because, record.result) {
            (None, _) => out.push_str(&format!("{suite}: {GOOD}passed{GOOD:#} on tree {tree} ({facts}), {kept}\n")),
            (Some(why), Outcome::Failed) => {
                let why = record.failure.as_ref().map_or_else(|| why.clone(), |why| escape(why.as_bytes()));
                out.push_str(&format!("{suite}: {BAD}failed{BAD:#} on tree {tree}: {why} ({facts}), {kept}\n"));
            }
            (Some(why), Outcome::Passed | Outcome::Warned) => {
                out.push_str(&format!("{suite}: ran on tree {tree} and {BAD}does not count{BAD:#}: {why} ({facts}), {kept}\n"));
            }
        }
        if tested.because.is_some() {
            out.push_str(&format!("  log: {}\n", escape(ran.log.as_os_str().as_bytes())));
        }
        out.push_str(&sandbox(ran, tested.because.is_some()));
    }
    // By another policy the next commit, and this command, would mean something else.
    if !job.quiet && job.policy().source.trusted {
        out.push_str(&onward(args, runs));
    }
    out
}

/// What to do next.
fn onward(args: &TestArgs, runs: &[Tested]) -> String {
    let failed: Vec<String> = runs
        .iter()
        .filter(|run| run.because.is_some())
        .map(|run| shell_quote(run.suite.as_bytes()))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    if args.tree.is_some() {
        let help = if failed.is_empty() {
            "it counts for exactly this tree: give the command that was refused once more"
        } else {
            "correct it, and give the command that was refused once more"
        };
        return format!("help: {help}\n");
    }
    let (help, next) = match (failed.as_slice(), &args.rev) {
        ([], None) => ("it counts for exactly this tree: any other change of it needs another run", Some("git commit".to_owned())),
        ([], Some(rev)) => ("it counts for exactly this tree", Some(format!("guard check {}", shell_quote(rev.as_bytes())))),
        (failed, None) => ("correct it, stage that, and run it again", Some(format!("guard test {}", failed.join(" ")))),
        (_, Some(_)) => ("correct it in a commit of its own, and run it on that one", None),
    };
    let next: String = next.iter().map(|next| format!("{NEXT}next{NEXT:#}: {next}\n")).collect();
    format!("help: {help}\n{next}")
}

/// How long, and how many tests; and that there was no sandbox where there should be one.
fn facts(ran: &Ran) -> String {
    let seconds = format!("{:.1}s", ran.record.seconds);
    let lacking = if ran.lacking.is_some() { ", no sandbox" } else { "" };
    match ran.record.counts {
        None => format!("{seconds}{lacking}"),
        Some(Counts { passed, failed, skipped }) => {
            format!("{seconds}, {passed} passed, {failed} failed, {skipped} skipped{lacking}")
        }
    }
}

/// Of a run without the sandbox that it should have, why; of a failed one, which it had: what it didn't find may be there all the same.
fn sandbox(ran: &Ran, failed: bool) -> String {
    if let Some(why) = &ran.lacking {
        let so = if failed { "" } else { "; what the run found in the work tree need not be what is tested" };
        return format!("  no sandbox: {why}{so}\n");
    }
    let shown = match ran.record.sandbox {
        Some(Sandbox::Tree) => "tree: of this repository the tested tree alone can be read, and /tmp is its own",
        Some(Sandbox::Offline) => {
            "offline: of this repository the tested tree alone can be read, /tmp is its own, and there is no network"
        }
        Some(Sandbox::None) | None => return String::new(),
    };
    if !failed {
        return String::new();
    }
    let unseen: String = ran.unseen.iter().map(|unseen| format!("  not in it: {unseen}\n")).collect();
    format!("  sandbox: {shown}\n{unseen}")
}

/// For programs, version 1: every key is always present.
pub(super) fn json(job: &Job<'_>, runs: &[Tested]) -> String {
    let writer = job.sealing.map(|sealing| sealing.writer.as_str());
    let one = |tested: &Tested| {
        let record = tested.run.as_ref().map(|ran| &ran.record);
        one(&tested.suite, tested.of, tested.because.as_deref(), record, writer)
    };
    document(job.tree, &job.policy().source, runs.iter().map(one).collect())
}

/// What `guard test` and `guard attest` answer to programs.
pub(in crate::command) fn document(tree: Oid, source: &PolicySource, runs: Vec<Value>) -> String {
    let document = json!({
        "version": 1,
        "tree": tree.to_string(),
        "policy": super::super::evidence::source_json(source),
        "runs": runs,
    });
    json::document(&document)
}

/// One run. `record`: `None` where one that passed was there already. `writer`: who signs, where somebody does.
pub(in crate::command) fn one(
    suite: &str,
    of: FilesOf,
    because: Option<&str>,
    record: Option<&Record>,
    writer: Option<&str>,
) -> Value {
    let result = match record.map(|record| record.result) {
        None | Some(Outcome::Passed) => "passed",
        Some(Outcome::Warned) => "warned",
        Some(Outcome::Failed) => "failed",
    };
    json!({
        "suite": suite,
        "base_suite": of == FilesOf::Base,
        "result": result,
        "reused": record.is_none(),
        "because": because,
        "signed_by": writer,
        "sandbox": record.and_then(|record| record.sandbox).map(Sandbox::as_str),
        "exit_status": record.and_then(|record| record.exit_status),
        "start": record.map(|record| record.start.to_string()),
        "end": record.map(|record| record.end.to_string()),
        "duration_seconds": record.map(|record| record.seconds),
        "counts": record.and_then(|record| record.counts),
        "log": record.map(|record| &record.log),
    })
}
