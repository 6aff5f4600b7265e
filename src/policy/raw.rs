//! The policy as written. What each key is for stands in the table of keys, which describes them in the JSON Schema, too.

mod limits;

use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use self::limits::RawLimits;
use super::scalar::{At, Flag, Named, Number, Text};

/// A list of texts; each with its place.
pub(super) type List = At<Vec<At<Text>>>;

/// policy.toml, version 1.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(title = "policy.toml")]
pub(super) struct RawPolicy {
    pub version: Option<At<Number>>,
    pub base: Option<At<Text>>,
    pub protected: Option<List>,
    pub free: Option<List>,
    /// Who may change this file.
    pub owners: Option<At<RawOwners>>,
    /// What every specialist inherits, key by key.
    pub defaults: Option<At<RawLimits>>,
    /// Who works here; `"*"` is anyone whom no other entry names.
    #[serde(default)]
    pub specialist: Named<RawSpecialist>,
    /// Parts of the system, by path and by content.
    #[serde(default)]
    pub area: Named<RawArea>,
    /// What can be proven.
    #[serde(default)]
    pub suite: Named<RawSuite>,
    /// Several specialists land together, or two of them touch one area.
    pub combined: Option<At<RawCombined>>,
    /// The least level that counts.
    pub evidence: Option<At<RawEvidence>>,
    /// Whose signature makes a record `attested`.
    #[serde(default)]
    pub runner: Named<RawRunner>,
    /// Paths left out of a count.
    pub count: Option<At<RawCount>>,
    /// What halts the project, and who is told.
    pub halt: Option<At<RawHalt>>,
    /// What names, links and submodules may be.
    pub paths: Option<At<RawPaths>>,
    /// What a client may push at all, owners excepted.
    pub refs: Option<At<RawRefs>>,
    /// What belongs to one session.
    pub session: Option<At<RawSession>>,
}

/// `[owners]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "owners")]
pub(super) struct RawOwners {
    pub users: Option<List>,
    pub emails: Option<List>,
    pub keys: Option<List>,
}

/// `[specialist.NAME]`
#[derive(Default)]
pub(super) struct RawSpecialist {
    pub users: Option<List>,
    pub keys: Option<List>,
    pub emails: Option<List>,
    pub branches: Option<List>,
    pub allowed: Option<List>,
    pub prohibited: Option<List>,
    pub requires: Option<List>,
    pub limits: RawLimits,
}

/// `[area.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "area")]
pub(super) struct RawArea {
    pub paths: Option<List>,
    pub lines: Option<List>,
    pub forbid: Option<List>,
    pub owners_only: Option<At<Flag>>,
    pub requires: Option<List>,
    pub affects: Option<List>,
}

/// `[suite.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "suite")]
pub(super) struct RawSuite {
    pub run: Option<At<Text>>,
    pub files: Option<List>,
    pub timeout: Option<At<Text>>,
    pub junit: Option<At<Text>>,
    pub min_tests: Option<At<Number>>,
    pub max_skipped: Option<At<Number>>,
    pub env: Option<List>,
    pub sandbox: Option<At<Text>>,
}

/// `[runner.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "runner")]
pub(super) struct RawRunner {
    pub users: Option<List>,
    pub keys: Option<List>,
}

/// `[combined]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "combined")]
pub(super) struct RawCombined {
    pub requires: Option<List>,
}

/// `[halt]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "halt")]
pub(super) struct RawHalt {
    pub on_failure: Option<List>,
    pub notify: Option<At<Text>>,
    pub notify_format: Option<At<Text>>,
    pub rollback: Option<At<Text>>,
    pub repair: Option<List>,
}

/// `[evidence]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "evidence")]
pub(super) struct RawEvidence {
    pub commit: Option<At<Text>>,
    pub branch: Option<At<Text>>,
    pub land: Option<At<Text>>,
    pub each_commit: Option<At<Flag>>,
    pub max_age: Option<At<Text>>,
    pub independent: Option<At<Flag>>,
}

/// `[count]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "count")]
pub(super) struct RawCount {
    pub not_lines: Option<List>,
    pub not_files: Option<List>,
}

/// `[paths]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "paths")]
pub(super) struct RawPaths {
    pub portable: Option<At<Flag>>,
    pub symlinks: Option<At<Text>>,
    pub submodules: Option<At<Text>>,
}

/// `[refs]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "refs")]
pub(super) struct RawRefs {
    pub allowed: Option<List>,
    pub immutable: Option<List>,
    pub max_per_push: Option<At<Number>>,
}

/// `[session]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "session")]
pub(super) struct RawSession {
    pub window: Option<At<Text>>,
}
