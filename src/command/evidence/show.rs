//! What `guard evidence` answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Evidence, INDEX, source_json, waivers};
use crate::error::{Error, Result};
use crate::evidence::record::{Counts, Outcome, Record};
use crate::evidence::{Credit, Found, Level, Missing, Proof, Worth};
use crate::git::notes;
use crate::policy::Policy;
use crate::report::escape;
use crate::report::text::NEXT;
use crate::rules::shell_quote;

/// For people.
pub(super) fn text(evidence: &Evidence, policy: &Policy) -> String {
    let shown = |text: &str| escape(text.as_bytes());
    let untrusted = if policy.source.trusted { "" } else { ", which is not the trusted one" };
    let mut out = format!(
        "tree {} of {}, by the policy {}{untrusted}\n",
        evidence.tree.short(),
        shown(&evidence.of),
        shown(&policy.source.name)
    );
    if policy.suites.is_empty() {
        out.push_str("the policy declares no suite\n");
    }
    for (suite, proof) in &evidence.proofs {
        let by = proof.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
        out.push_str(&format!("{}: {}{by}\n", shown(suite), proof.level));
        if let Some(level) = proof.base_run {
            out.push_str(&format!("  its own files are changed; with the base's: {level}\n"));
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
        if let (Err(_), Worth::Refused(why)) = (&found.record, &found.worth) {
            let why = why.phrase();
            out.push_str(&format!("a line of {} does not count: {why}\n", shown(&found.writer)));
        }
    }
    out.push_str(&waivers::text(&evidence.waivers));
    for (stage, level, missing) in &evidence.stages {
        let names: Vec<String> = missing.iter().map(|suite| shown(suite)).collect();
        let missing = if names.is_empty() { "nothing is missing".to_owned() } else { format!("missing {}", names.join(", ")) };
        out.push_str(&format!("{}, where {level} is demanded: {missing}\n", stage.as_str()));
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
    let missing: BTreeSet<&String> = evidence.stages.iter().flat_map(|(_, _, suites)| suites).collect();
    if !missing.is_empty() {
        let suites: Vec<String> = missing.into_iter().map(|suite| shell_quote(suite.as_bytes())).collect();
        let rev = if evidence.of == INDEX { String::new() } else { format!(" --rev {}", shell_quote(evidence.of.as_bytes())) };
        out.push_str(&format!("{NEXT}next{NEXT:#}: guard test {}{rev}\n", suites.join(" ")));
    }
    out
}

/// Whether a reason comes from a trailer: no record has it.
fn of_marker(why: &Missing, evidence: &Evidence) -> bool {
    let of_record = |found: &Found| matches!(&found.worth, Worth::Refused(there) if there == why);
    !evidence.found.iter().any(of_record)
}

fn line(found: &Found, record: &Record) -> String {
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

fn worth(worth: &Worth) -> String {
    match worth {
        Worth::Counts(Credit { level, short: Some(why), .. }) if *level > Level::Recorded || *why != Missing::Unsigned => {
            format!("counts as {level}: {}", why.phrase())
        }
        Worth::Counts(credit) => format!("counts as {}", credit.level),
        Worth::Superseded => "does not count: there is a newer run".to_owned(),
        Worth::UnknownSuite => "does not count: the policy has no such suite".to_owned(),
        Worth::Refused(why) => format!("does not count: {}", why.phrase()),
    }
}

/// For programs, version 1: every key is always present.
pub(super) fn json(evidence: &Evidence, policy: &Policy) -> Result<String> {
    let stage = |(stage, level, missing): &(crate::case::Stage, crate::evidence::Level, Vec<String>)| json!({"stage": stage.as_str(), "demanded": level.as_str(), "missing": missing});
    let document = json!({
        "version": 1,
        "tree": evidence.tree.to_string(),
        "policy": source_json(&policy.source),
        "records": evidence.found.iter().map(record_json).collect::<Vec<_>>(),
        "waivers": waivers::json(&evidence.waivers),
        "suites": evidence.proofs.iter().map(|(suite, proof)| suite_json(suite, proof)).collect::<Vec<_>>(),
        "stages": evidence.stages.iter().map(stage).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string(&document).map_err(|e| Error::new(format!("the report can't be written: {e}")))?;
    Ok(text + "\n")
}

fn suite_json(suite: &str, proof: &Proof) -> Value {
    json!({
        "suite": suite,
        "found": proof.level.as_str(),
        "by": proof.by,
        "refused": proof.refused.iter().map(Missing::phrase).collect::<Vec<_>>(),
        "short": proof.short.iter().map(Missing::phrase).collect::<Vec<_>>(),
        "base_run": proof.base_run.map(Level::as_str),
    })
}

fn record_json(found: &Found) -> Value {
    let record = found.record.as_ref().ok();
    let credit = match &found.worth {
        Worth::Counts(credit) => Some(credit),
        Worth::Superseded | Worth::UnknownSuite | Worth::Refused(_) => None,
    };
    let counts = credit.is_some();
    json!({
        "writer": found.writer,
        "suite": record.map(|record| &record.suite),
        "result": record.map(result),
        "counts": record.and_then(|record| record.counts),
        "exit_status": record.and_then(|record| record.exit_status),
        "start": record.map(|record| record.start.to_string()),
        "end": record.map(|record| record.end.to_string()),
        "duration_seconds": record.map(|record| record.seconds),
        "specialist": record.and_then(|record| record.specialist.as_ref()),
        "log": record.map(|record| &record.log),
        "level": credit.map(|credit| credit.level.as_str()),
        "by": credit.map(|credit| credit.by.as_str()),
        "runner": record.and_then(|record| record.runner.as_ref()),
        "valid": counts,
        "because": (!counts).then(|| worth(&found.worth)),
    })
}
