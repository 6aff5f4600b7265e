//! What `guard evidence` answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Demand, Evidence, INDEX, source_json, waivers};
use crate::evidence::record::{Counts, Outcome, Record};
use crate::evidence::{Acceptance, FilesOf, Proof, RejectReason, Verification, VerifiedRecord};
use crate::git::notes;
use crate::policy::{Level, Policy, Sandbox};
use crate::report::json;
use crate::report::text::NEXT;
use crate::text::escape;
use crate::text::shell_quote;

/// For people.
pub(super) fn text(evidence: &Evidence, policy: &Policy) -> String {
    let shown = |text: &str| escape(text.as_bytes());
    let untrusted = if policy.source.trusted { "" } else { ", which is not the trusted one" };
    let by = shown(&policy.source.name);
    let mut out = format!("tree {} of {}, by the policy {by}{untrusted}\n", evidence.tree.short(), shown(&evidence.of));
    if policy.suites.is_empty() {
        out.push_str("the policy declares no suite\n");
    }
    for (suite, proof) in &evidence.proofs {
        let by = proof.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
        out.push_str(&format!("{}: {}{by}\n", shown(suite), proof.level));
        if let Some(level) = proof.base_run {
            out.push_str(&format!("  its own files are changed; with the base's: {level}\n"));
            let fewer = proof.refused.iter().filter(|why| matches!(why, RejectReason::FewerThanBase { .. }));
            fewer.for_each(|why| out.push_str(&format!("  the two do not count together: {}\n", why.phrase())));
        }
        let records = evidence.found.iter().filter_map(|found| Some((found, found.record.as_ref().ok()?)));
        for (found, record) in records.filter(|(_, record)| record.suite == *suite) {
            out.push_str(&format!("  {}\n", line(found, record)));
        }
        for why in proof.refused.iter().filter(|why| of_marker(why, evidence)) {
            out.push_str(&format!("  a trailer does not count: {}\n", why.phrase()));
        }
    }
    for found in &evidence.found {
        if let (Err(_), Verification::Rejected(why)) = (&found.record, &found.worth) {
            let why = why.phrase();
            out.push_str(&format!("a line of {} does not count: {why}\n", shown(&found.writer)));
        }
    }
    out.push_str(&waivers::text(&evidence.waivers));
    for Demand { stage, demanded, missing } in &evidence.stages {
        let names: Vec<String> = missing.iter().map(|(suite, found)| format!("{} ({found})", shown(suite))).collect();
        let missing = if names.is_empty() { "nothing is missing".to_owned() } else { format!("missing {}", names.join(", ")) };
        out.push_str(&format!("{}, where {demanded} is demanded: {missing}\n", stage.as_str()));
    }
    out + &onward(evidence)
}

/// What to do about what is missing, and what a server would see of the rest.
fn onward(evidence: &Evidence) -> String {
    let mut out = String::new();
    if evidence.proofs.values().any(|proof| proof.level == Level::Recorded) {
        out.push_str("help: a server sees what is pushed: a marker in the commit's message, or the records themselves\n");
        out.push_str(&format!("{NEXT}next{NEXT:#}: git push origin '{}local*'\n", notes::PREFIX));
    }
    let rev = if evidence.of == INDEX { String::new() } else { format!(" --rev {}", shell_quote(evidence.of.as_bytes())) };
    let missing = |is: &dyn Fn(Level) -> bool| {
        let stages = evidence.stages.iter().filter(|one| is(one.demanded));
        let suites: BTreeSet<&String> = stages.flat_map(|one| &one.missing).map(|(suite, _)| suite).collect();
        suites.into_iter().map(|suite| shell_quote(suite.as_bytes())).collect::<Vec<String>>()
    };
    let signed = missing(&|level| level == Level::Signed);
    let mut plain = missing(&|level| level < Level::Signed);
    plain.retain(|suite| !signed.contains(suite));
    for (suites, sign) in [(plain, ""), (signed, " --sign")] {
        if !suites.is_empty() {
            out.push_str(&format!("{NEXT}next{NEXT:#}: guard test {}{rev}{sign}\n", suites.join(" ")));
        }
    }
    let attested = missing(&|level| level == Level::Attested);
    if !attested.is_empty() {
        let suites = escape(attested.join(", ").as_bytes());
        out.push_str(&format!("help: only a runner of the policy attests: have CI run {suites}, sign and push, and fetch it\n"));
        if let Some(fetch) = &evidence.fetch {
            out.push_str(&format!("{NEXT}next{NEXT:#}: {fetch}\n"));
        }
    }
    out
}

/// Whether a reason comes from a trailer: one that is stale, as no record is.
fn of_marker(why: &RejectReason, evidence: &Evidence) -> bool {
    let of_record = |found: &VerifiedRecord| matches!(&found.worth, Verification::Rejected(there) if there == why);
    matches!(why, RejectReason::Stale { .. }) && !evidence.found.iter().any(of_record)
}

fn line(found: &VerifiedRecord, record: &Record) -> String {
    let shown = |text: &str| escape(text.as_bytes());
    let who = record.specialist.as_ref().map(|name| format!(" for {} (claimed)", shown(name))).unwrap_or_default();
    let counts = match record.counts {
        None => String::new(),
        Some(Counts { passed, failed, skipped }) => format!(", {passed} passed, {failed} failed, {skipped} skipped"),
    };
    let result = result(record);
    format!("{} {result} by {}{who}{counts}: {}", record.end.strftime("%F %TZ"), shown(&found.writer), worth(&found.worth))
}

fn result(record: &Record) -> &'static str {
    match record.result {
        Outcome::Passed => "passed",
        Outcome::Warned => "warned",
        Outcome::Failed => "failed",
    }
}

fn worth(worth: &Verification) -> String {
    match worth {
        // What nobody signed needs no more words: its level says so.
        Verification::Accepted(Acceptance { level: Level::Recorded, short: Some(RejectReason::Unsigned), of, .. }) => {
            format!("counts as recorded{}", with(*of))
        }
        Verification::Accepted(Acceptance { level, by, of, short }) => {
            let why = short.as_ref().map_or_else(String::new, |why| format!(": {}", why.phrase()));
            format!("counts as {level} ({by}){}{why}", with(*of))
        }
        Verification::Superseded => "does not count: there is a newer run".to_owned(),
        Verification::UnknownSuite => "does not count: the policy has no such suite".to_owned(),
        Verification::Rejected(why) => format!("does not count: {}", why.phrase()),
    }
}

fn with(of: FilesOf) -> &'static str {
    match of {
        FilesOf::Tree => "",
        FilesOf::Base => ", with the base's files",
    }
}

/// For programs, version 1: every key is always present.
pub(super) fn json(evidence: &Evidence, policy: &Policy) -> String {
    let stage = |Demand { stage, demanded, missing }: &Demand| {
        let names: Vec<&String> = missing.iter().map(|(suite, _)| suite).collect();
        let found: Vec<&str> = missing.iter().map(|(_, found)| found.as_str()).collect();
        json!({"stage": stage.as_str(), "demanded": demanded.as_str(), "missing": names, "found": found})
    };
    let document = json!({
        "version": 1,
        "tree": evidence.tree.to_string(),
        "policy": source_json(&policy.source),
        "records": evidence.found.iter().map(record_json).collect::<Vec<_>>(),
        "waivers": waivers::json(&evidence.waivers),
        "suites": evidence.proofs.iter().map(|(suite, proof)| suite_json(suite, proof)).collect::<Vec<_>>(),
        "stages": evidence.stages.iter().map(stage).collect::<Vec<_>>(),
    });
    json::document(&document)
}

fn suite_json(suite: &str, proof: &Proof) -> Value {
    json!({
        "suite": suite,
        "found": proof.level.as_str(),
        "by": proof.by,
        "refused": proof.refused.iter().map(RejectReason::phrase).collect::<Vec<_>>(),
        "short": proof.short.iter().map(RejectReason::phrase).collect::<Vec<_>>(),
        "base_run": proof.base_run.map(Level::as_str),
    })
}

fn record_json(found: &VerifiedRecord) -> Value {
    let record = found.record.as_ref().ok();
    let credit = match &found.worth {
        Verification::Accepted(credit) => Some(credit),
        Verification::Superseded | Verification::UnknownSuite | Verification::Rejected(_) => None,
    };
    let counts = credit.is_some();
    json!({
        "writer": found.writer,
        "suite": record.map(|record| &record.suite),
        "result": record.map(result),
        "counts": record.and_then(|record| record.counts),
        "sandbox": record.and_then(|record| record.sandbox).map(Sandbox::as_str),
        "exit_status": record.and_then(|record| record.exit_status),
        "start": record.map(|record| record.start.to_string()),
        "end": record.map(|record| record.end.to_string()),
        "duration_seconds": record.map(|record| record.seconds),
        "specialist": record.and_then(|record| record.specialist.as_ref()),
        "log": record.map(|record| &record.log),
        "level": credit.map(|credit| credit.level.as_str()),
        "by": credit.map(|credit| credit.by.as_str()),
        "base_suite": credit.is_some_and(|credit| credit.of == FilesOf::Base),
        "short": credit.and_then(|credit| credit.short.as_ref()).map(RejectReason::phrase),
        "runner": record.and_then(|record| record.runner.as_ref()),
        "valid": counts,
        "because": (!counts).then(|| worth(&found.worth)),
    })
}
