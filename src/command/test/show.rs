//! What `guard test` answers.

use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use super::run::{Job, Tested};
use crate::error::{Error, Result};
use crate::evidence::record::{Counts, Outcome, Record};
use crate::report::escape;

/// For people: one line a suite, and where the log of a failed one is. Quiet: failed ones alone.
pub(super) fn text(job: &Job<'_>, runs: &[Tested]) -> String {
    let tree = job.tree.short();
    let mut out = String::new();
    for tested in runs.iter().filter(|tested| !job.quiet || tested.because.is_some()) {
        let suite = escape(tested.suite.as_bytes());
        let Some((record, log)) = &tested.run else {
            out.push_str(&format!("{suite}: already passed on tree {tree}; --again runs it again\n"));
            continue;
        };
        let facts = facts(record);
        match (&tested.because, record.result) {
            (None, _) => out.push_str(&format!("{suite}: passed on tree {tree} ({facts}), recorded\n")),
            (Some(why), Outcome::Failed) => {
                let why = record.failure.as_ref().map_or_else(|| why.clone(), |why| escape(why.as_bytes()));
                out.push_str(&format!("{suite}: failed on tree {tree}: {why} ({facts}), recorded\n"));
            }
            (Some(why), Outcome::Passed | Outcome::Warned) => {
                out.push_str(&format!("{suite}: ran on tree {tree} and does not count: {why} ({facts}), recorded\n"));
            }
        }
        if tested.because.is_some() {
            out.push_str(&format!("  log: {}\n", escape(log.as_os_str().as_bytes())));
        }
    }
    out
}

/// How long, and how many tests.
fn facts(record: &Record) -> String {
    let seconds = format!("{:.1}s", record.seconds);
    match record.counts {
        None => seconds,
        Some(Counts { passed, failed, skipped }) => format!("{seconds}, {passed} passed, {failed} failed, {skipped} skipped"),
    }
}

/// For programs, version 1: every key is always present.
pub(super) fn json(job: &Job<'_>, runs: &[Tested]) -> Result<String> {
    let runs: Vec<Value> = runs.iter().map(one).collect();
    let document = json!({
        "version": 1,
        "tree": job.tree.to_string(),
        "policy": super::super::evidence::source_json(&job.policy.source),
        "runs": runs,
    });
    let text = serde_json::to_string(&document).map_err(|e| Error::new(format!("the report can't be written: {e}")))?;
    Ok(text + "\n")
}

fn one(tested: &Tested) -> Value {
    let record = tested.run.as_ref().map(|(record, _)| record);
    let result = match record.map(|record| record.result) {
        None | Some(Outcome::Passed) => "passed",
        Some(Outcome::Warned) => "warned",
        Some(Outcome::Failed) => "failed",
    };
    json!({
        "suite": tested.suite,
        "result": result,
        "reused": record.is_none(),
        "because": tested.because,
        "exit_status": record.and_then(|record| record.exit_status),
        "start": record.map(|record| record.start.to_string()),
        "end": record.map(|record| record.end.to_string()),
        "duration_seconds": record.map(|record| record.seconds),
        "counts": record.and_then(|record| record.counts),
        "log": record.map(|record| &record.log),
    })
}
