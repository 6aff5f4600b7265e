//! The policy as written: the only list of its keys. Loading and the JSON Schema both come from it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::scalar::{At, Flag, Named, Number, SizeText, Text};

/// A list of texts; each with its place.
pub(super) type List = At<Vec<At<Text>>>;

/// policy.toml, version 1.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(title = "policy.toml")]
pub(super) struct RawPolicy {
    /// The version of this format: 1. Required.
    pub version: Option<At<Number>>,
    /// The branch that work lands on; default: the repository's default branch.
    pub base: Option<At<Text>>,
    /// Branches that can't be deleted or rewound, and where `land` evidence applies; default: base.
    pub protected: Option<List>,
    /// Work space, where only `safe-path`, `file-size`, `protected-ref` and `halted` judge a push; default: none.
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
    /// Account names, as the server authenticates them.
    pub users: Option<List>,
    /// E-mail addresses, believed at the stage `commit` only.
    pub emails: Option<List>,
    /// Lines of OpenSSH's public key format: who may sign waivers, halt and resume.
    pub keys: Option<List>,
}

/// `[defaults]`: limits; each says what still passes.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "limits")]
pub(super) struct RawLimits {
    /// Files in one commit.
    pub max_files_per_commit: Option<At<Number>>,
    /// Files in a session.
    pub max_files_per_session: Option<At<Number>>,
    /// Insertions + deletions in one commit.
    pub max_lines_per_commit: Option<At<Number>>,
    /// Insertions + deletions in a session.
    pub max_lines_per_session: Option<At<Number>>,
    /// Areas that a session touches.
    pub max_areas_per_session: Option<At<Number>>,
    /// Bytes of inserted lines in one commit; of a binary file, its size.
    pub max_bytes_per_commit: Option<At<SizeText>>,
    /// Bytes of inserted lines in a session; of a binary file, its size.
    pub max_bytes_per_session: Option<At<SizeText>>,
    /// Size of any one file that a change adds or modifies.
    pub max_file_size: Option<At<SizeText>>,
}

/// `[specialist.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "specialist")]
pub(super) struct RawSpecialist {
    /// Authenticated accounts (server).
    pub users: Option<List>,
    /// Lines of OpenSSH's public key format: signatures of commits, push certificates and records.
    pub keys: Option<List>,
    /// Author e-mails: only ever a claim.
    pub emails: Option<List>,
    /// Branches it works on: only ever a claim.
    pub branches: Option<List>,
    /// Absent: everywhere; present: nowhere else.
    pub allowed: Option<List>,
    /// A pattern, or an area by name (`area:NAME`).
    pub prohibited: Option<List>,
    /// Suites that any change of this specialist needs.
    pub requires: Option<List>,
    /// Files in one commit.
    pub max_files_per_commit: Option<At<Number>>,
    /// Files in a session.
    pub max_files_per_session: Option<At<Number>>,
    /// Insertions + deletions in one commit.
    pub max_lines_per_commit: Option<At<Number>>,
    /// Insertions + deletions in a session.
    pub max_lines_per_session: Option<At<Number>>,
    /// Areas that a session touches.
    pub max_areas_per_session: Option<At<Number>>,
    /// Bytes of inserted lines in one commit; of a binary file, its size.
    pub max_bytes_per_commit: Option<At<SizeText>>,
    /// Bytes of inserted lines in a session; of a binary file, its size.
    pub max_bytes_per_session: Option<At<SizeText>>,
    /// Size of any one file that a change adds or modifies.
    pub max_file_size: Option<At<SizeText>>,
}

/// `[area.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "area")]
pub(super) struct RawArea {
    /// Patterns.
    pub paths: Option<List>,
    /// Regexes; a change in the matching lines of any file is a touch.
    pub lines: Option<List>,
    /// Kinds of change nobody may make here: add, modify, delete.
    pub forbid: Option<List>,
    /// Add, modify and delete are for owners.
    pub owners_only: Option<At<Flag>>,
    /// Suites that must have passed on the very tree that is judged.
    pub requires: Option<List>,
    /// A touch here also demands what these areas demand, transitively.
    pub affects: Option<List>,
}

/// `[suite.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "suite")]
pub(super) struct RawSuite {
    /// Given to `sh -c`, in a clean export of the tree. Required.
    pub run: Option<At<Text>>,
    /// What the suite is made of: tests, and its runner's configuration.
    pub files: Option<List>,
    /// A number with `s`, `m`, `h` or `d`; default: 15m.
    pub timeout: Option<At<Text>>,
    /// Where counts come from: a path in the export.
    pub junit: Option<At<Text>>,
    /// Fewer passed tests don't count.
    pub min_tests: Option<At<Number>>,
    /// More skipped tests don't count.
    pub max_skipped: Option<At<Number>>,
    /// The only variables that are passed on; default: PATH.
    pub env: Option<List>,
}

/// `[runner.NAME]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "runner")]
pub(super) struct RawRunner {
    /// Lines of OpenSSH's public key format. Required.
    pub keys: Option<List>,
}

/// `[combined]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "combined")]
pub(super) struct RawCombined {
    /// Suites, on the tree of the tip.
    pub requires: Option<List>,
}

/// `[halt]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "halt")]
pub(super) struct RawHalt {
    /// Suites: a failed run of one on a protected branch's tip halts the project.
    pub on_failure: Option<List>,
    /// Given to `sh -c` by the program that halts, with the reason on standard input; never by a hook.
    pub notify: Option<At<Text>>,
}

/// `[evidence]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "evidence")]
pub(super) struct RawEvidence {
    /// On this machine, before a commit; default: recorded.
    pub commit: Option<At<Text>>,
    /// In a push to a branch that is not protected; default: claimed.
    pub branch: Option<At<Text>>,
    /// In a push to a protected branch; default: attested.
    pub land: Option<At<Text>>,
    /// Every commit of a push must be proven, not only the tip that lands.
    pub each_commit: Option<At<Flag>>,
    /// A number with `s`, `m`, `h` or `d`: older records don't count.
    pub max_age: Option<At<Text>>,
    /// An attestation with a key of the change's own specialist does not count as attested; default: true.
    pub independent: Option<At<Flag>>,
}

/// `[count]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "count")]
pub(super) struct RawCount {
    /// Left out of lines and bytes.
    pub not_lines: Option<List>,
    /// Left out of files.
    pub not_files: Option<List>,
}

/// `[paths]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "paths")]
pub(super) struct RawPaths {
    /// No name that another file system would fold, trim, or refuse; default: true.
    pub portable: Option<At<Flag>>,
    /// `inside` (default), `deny` or `allow`.
    pub symlinks: Option<At<Text>>,
    /// `allow` (default) or `deny`.
    pub submodules: Option<At<Text>>,
}

/// `[refs]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "refs")]
pub(super) struct RawRefs {
    /// Full names; `*` here is any depth.
    pub allowed: Option<List>,
    /// Ref updates in one push; default: 50.
    pub max_per_push: Option<At<Number>>,
}

/// `[session]`
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
#[schemars(rename = "session")]
pub(super) struct RawSession {
    /// On a server, what the same account pushed this recently, to any ref, counts in; default: 8h, `0s` is off.
    pub window: Option<At<Text>>,
}
