//! The in-toto Statement v1 with predicate test-result/v0.1, as it is written: nothing of our own where the standard has a field.

use serde::{Deserialize, Serialize};

pub(super) const STATEMENT: &str = "https://in-toto.io/Statement/v1";
pub(super) const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";

#[derive(Serialize, Deserialize)]
pub(super) struct Statement {
    #[serde(rename = "_type")]
    pub kind: String,
    pub subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    pub predicate: TestResult,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub digest: Digests,
}

/// A digest set. Closed, since it matches on any of its fields: one that isn't known here could be weaker.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Digests {
    #[serde(rename = "gitCommit", skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
    #[serde(rename = "gitTree", skip_serializing_if = "Option::is_none")]
    pub git_tree: Option<String>,
    #[serde(rename = "gitBlob", skip_serializing_if = "Option::is_none")]
    pub git_blob: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TestResult {
    pub result: Outcome,
    pub configuration: Vec<Resource>,
    #[serde(default)]
    pub passed_tests: Vec<String>,
    #[serde(default)]
    pub warned_tests: Vec<String>,
    #[serde(default)]
    pub failed_tests: Vec<String>,
    pub guard_run: GuardRun,
}

/// How a run ended.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// The command succeeded and its report holds no failure.
    Passed,
    /// It did, but not with the counts that the suite demands.
    Warned,
    /// It didn't.
    Failed,
}

/// The extension: what the standard has no field for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GuardRun {
    pub command: String,
    pub exit_status: Option<i32>,
    #[serde(default)]
    pub failure: Option<String>,
    pub start: String,
    pub end: String,
    pub duration_seconds: f64,
    pub counts: Option<Counts>,
    pub log: Log,
    pub environment: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<String>,
    pub os: String,
    pub arch: String,
    pub runner: Option<String>,
    pub specialist: Option<String>,
    pub repository: String,
    pub nonce: String,
}

/// How many tests a run had, from its JUnit file.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed, errors included.
    pub failed: u64,
    /// Skipped.
    pub skipped: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Log {
    pub digest: Digests,
    pub size: u64,
}
