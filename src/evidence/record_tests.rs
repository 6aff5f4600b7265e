use base64::Engine;
use serde_json::{Value, json};

use super::*;
use crate::evidence::fixtures::record;

fn payload(line: &str) -> Value {
    let envelope: Value = serde_json::from_str(line).unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn reread(change: impl FnOnce(&mut Value)) -> std::result::Result<Record, String> {
    let mut value = payload(&record("integration").to_line().unwrap());
    change(&mut value);
    Record::from_line(envelope::seal(value.to_string().as_bytes(), &[]).unwrap().as_bytes())
}

#[test]
fn what_was_written_is_read() {
    let written = record("integration");
    assert_eq!(Record::from_line(written.to_line().unwrap().as_bytes()).unwrap(), written);
    assert_ne!(written.to_line().unwrap(), written.to_line().unwrap(), "each run has its nonce");
}

#[test]
fn the_statement_is_in_totos() {
    let value = payload(&record("integration").to_line().unwrap());
    assert_eq!(value["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(value["predicateType"], "https://in-toto.io/attestation/test-result/v0.1");
    assert_eq!(value["subject"], json!([{"digest": {"gitTree": "11".repeat(20)}}]));
    let predicate = &value["predicate"];
    assert_eq!(predicate["result"], "PASSED");
    assert_eq!(predicate["configuration"][0]["name"], "suite.integration");
    assert_eq!(predicate["configuration"][1], json!({"name": "policy.toml", "digest": {"gitBlob": "33".repeat(20)}}));
    assert_eq!(predicate["passedTests"], json!(["a.b"]));
    assert_eq!(predicate["warnedTests"], json!([]));
    let run = &predicate["guardRun"];
    assert_eq!(run["exitStatus"], 0);
    assert_eq!(run["start"], "2026-01-02T03:04:05Z");
    assert_eq!(run["durationSeconds"], 1.5);
    assert_eq!(run["counts"], json!({"passed": 1, "failed": 0, "skipped": 0}));
    assert_eq!(run["runner"], Value::Null);
    assert_eq!(run["repository"], "22".repeat(20));
    assert_eq!(run["nonce"].as_str().unwrap().len(), 32);
}

#[test]
fn what_is_not_a_record_says_why() {
    let why = |change: fn(&mut Value)| reread(change).unwrap_err();
    assert!(why(|v| v["_type"] = json!("x")).contains("Statement v1"));
    assert!(why(|v| v["predicateType"] = json!("x")).contains("test-result"));
    assert!(why(|v| v["subject"] = json!([])).contains("gitTree"));
    assert!(why(|v| v["subject"][0]["digest"]["sha256"] = json!("00")).contains("gitTree"));
    assert!(why(|v| v["subject"][0]["digest"]["md5"] = json!("00")).contains("unknown field"));
    assert!(why(|v| v["subject"][0]["digest"]["gitTree"] = json!("zz")).contains("object id"));
    assert!(why(|v| v["predicate"]["result"] = json!("passed")).contains("unknown variant"));
    assert!(why(|v| v["predicate"]["configuration"] = json!([])).contains("no suite"));
    assert!(
        why(|v| {
            let twice = v["predicate"]["configuration"][0].clone();
            v["predicate"]["configuration"][1] = twice;
        })
        .contains("several suites")
    );
    assert!(why(|v| v["predicate"]["guardRun"]["end"] = json!("yesterday")).contains("RFC 3339"));
    assert!(why(|v| v["predicate"]["guardRun"]["end"] = json!("2025-01-02T03:04:05Z")).contains("before it starts"));
    assert!(why(|v| v["predicate"]["guardRun"]["repository"] = json!("")).contains("commit id"));
    assert!(why(|v| v["predicate"]["guardRun"]["exitStatus"] = json!("0")).contains("invalid type"));
    assert!(why(|v| v["predicate"]["guardRun"]["sandbox"] = json!("moon")).contains("sandbox is unknown"));
    assert_eq!(reread(|v| v["predicate"]["guardRun"]["sandbox"] = json!("offline")).unwrap().sandbox, Some(Sandbox::Offline));
    assert_eq!(reread(|_| ()).unwrap().sandbox, None, "as of those that know of none");
    assert!(reread(|v| v["predicate"]["url"] = json!(["https://ci.example"])).is_ok(), "the standard has more fields");
}

#[test]
fn a_huge_suite_still_fits() {
    let mut huge = record("integration");
    huge.passed = (0..100_000).map(|n| format!("tests.module.with.a.long.name.{n}")).collect();
    let line = huge.to_line().unwrap();
    let read = Record::from_line(line.as_bytes()).unwrap();
    assert!(!read.passed.is_empty() && read.passed.len() < huge.passed.len());
    assert_eq!(read.counts, huge.counts);
}
