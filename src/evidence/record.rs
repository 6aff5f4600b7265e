//! The record of a run: what an envelope's statement says, checked once and then typed.

use jiff::Timestamp;

use super::envelope;
use super::envelope::Seal;
pub use super::statement::{Counts, Outcome};
use super::statement::{Digests, GuardRun, Log, PREDICATE, Resource, STATEMENT, Statement, TestResult};
use crate::error::{Error, Result};
use crate::model::Oid;
use crate::policy::Sandbox;
use crate::text::hex;

/// In the configuration, the suite's table is `suite.NAME`, as the policy's header has it.
const SUITE: &str = "suite.";
/// In the configuration, the suite's own files.
const FILES: &str = "files";
/// In the configuration, the policy whole.
const POLICY: &str = "policy.toml";
/// Names of tests beyond this many bytes are left out of a record; the counts never are.
const MAX_NAMES: usize = 256 << 10;

/// A run of a suite on a tree.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// The tree that was run.
    pub tree: Oid,
    /// The suite's name.
    pub suite: String,
    /// How it ended.
    pub result: Outcome,
    /// The digest of the suite's table under which it was run (`evidence::digest`).
    pub definition: String,
    /// The digest of the suite's own files as they were in the run (`suite_files::digest`); `None`: the suite doesn't name any.
    pub files: Option<String>,
    /// The blob of the whole policy, where it was read from the object database. Told, never compared: an edit elsewhere in the
    /// policy is no other suite.
    pub policy: Option<Oid>,
    /// What was given to `sh -c`.
    pub command: String,
    /// Its exit status; `None` where it was killed.
    pub exit_status: Option<i32>,
    /// Why it failed, as a phrase ("exit status 1", "timed out after 15m").
    pub failure: Option<String>,
    /// When it began.
    pub start: Timestamp,
    /// When it ended: the newest counts.
    pub end: Timestamp,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// From the JUnit file, where the suite has one.
    pub counts: Option<Counts>,
    /// SHA-256 of the log, in hexadecimal.
    pub log: String,
    /// Size of the log in bytes.
    pub log_size: u64,
    /// Names of the environment variables that were passed on.
    pub environment: Vec<String>,
    /// What the run could reach; `None`: nobody knows, as of a run that was made elsewhere.
    pub sandbox: Option<Sandbox>,
    /// The runner that whoever ran it claims to be.
    pub runner: Option<String>,
    /// The specialist that whoever ran it claims to be.
    pub specialist: Option<String>,
    /// The repository, by its root commit.
    pub repository: Oid,
    /// Names of passed tests.
    pub passed: Vec<String>,
    /// Names of failed tests.
    pub failed: Vec<String>,
}

impl Record {
    /// The payload of an envelope. Every call gives another one (a fresh nonce).
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn payload(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(&self.statement()?).map_err(|e| Error::new(format!("a record can't be written: {e}")))
    }

    /// The envelope of a record's `payload`, one line without its newline. `seals`: signatures over `envelope::signed_bytes` of it.
    ///
    /// # Errors
    /// The record is over an envelope's bound.
    pub fn seal(&self, payload: &[u8], seals: &[Seal]) -> Result<String> {
        let line = envelope::seal(payload, seals).map_err(|e| Error::new(format!("a record can't be written: {e}")))?;
        if line.len() > envelope::MAX_LINE {
            return Err(Error::new(format!("the record of suite `{}` is over {} bytes", self.suite, envelope::MAX_LINE)));
        }
        Ok(line)
    }

    /// The envelope of an unsigned record.
    ///
    /// # Errors
    /// As `payload` and `seal`.
    pub fn to_line(&self) -> Result<String> {
        self.seal(&self.payload()?, &[])
    }

    fn statement(&self) -> Result<Statement> {
        let mut room = MAX_NAMES;
        let failed_tests = fitting(&self.failed, &mut room);
        let passed_tests = fitting(&self.passed, &mut room);
        let mut configuration =
            vec![Resource { name: Some(format!("{SUITE}{}", self.suite)), digest: sha256(self.definition.clone()) }];
        configuration.extend(self.files.clone().map(|digest| Resource { name: Some(FILES.to_owned()), digest: sha256(digest) }));
        configuration.extend(self.policy.map(|blob| Resource {
            name: Some(POLICY.to_owned()),
            digest: Digests { git_blob: Some(blob.to_string()), ..Digests::default() },
        }));
        Ok(Statement {
            kind: STATEMENT.to_owned(),
            subject: vec![Resource { name: None, digest: Digests { git_tree: Some(self.tree.to_string()), ..Digests::default() } }],
            predicate_type: PREDICATE.to_owned(),
            predicate: TestResult {
                result: self.result,
                configuration,
                passed_tests,
                warned_tests: Vec::new(),
                failed_tests,
                guard_run: self.guard_run()?,
            },
        })
    }

    fn guard_run(&self) -> Result<GuardRun> {
        Ok(GuardRun {
            command: self.command.clone(),
            exit_status: self.exit_status,
            failure: self.failure.clone(),
            start: self.start.to_string(),
            end: self.end.to_string(),
            duration_seconds: self.seconds,
            counts: self.counts,
            log: Log { digest: sha256(self.log.clone()), size: self.log_size },
            environment: self.environment.clone(),
            sandbox: self.sandbox.map(|sandbox| sandbox.as_str().to_owned()),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            runner: self.runner.clone(),
            specialist: self.specialist.clone(),
            repository: self.repository.to_string(),
            nonce: nonce()?,
        })
    }

    /// Reads one line of a note.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase: it is no envelope, no test result, or lacks what a record of the guard has.
    pub fn from_line(line: &[u8]) -> std::result::Result<Self, String> {
        Self::from_payload(&envelope::open(line)?.payload)
    }

    /// Reads an envelope's payload.
    ///
    /// # Errors
    /// As `from_line`.
    pub fn from_payload(payload: &[u8]) -> std::result::Result<Self, String> {
        let statement: Statement = serde_json::from_slice(payload).map_err(|e| format!("no test result of the guard: {e}"))?;
        if statement.kind != STATEMENT {
            return Err("no in-toto Statement v1".to_owned());
        }
        if statement.predicate_type != PREDICATE {
            return Err("its predicate is no test-result/v0.1".to_owned());
        }
        let tree = subject(&statement.subject)?;
        let TestResult { result, configuration, passed_tests, failed_tests, guard_run: run, .. } = statement.predicate;
        let (suite, definition) = definition_of(&configuration)?;
        let (start, end) = (time(&run.start)?, time(&run.end)?);
        if end < start {
            return Err("its run ends before it starts".to_owned());
        }
        Ok(Self {
            tree,
            suite,
            result,
            definition,
            files: files_of(&configuration)?,
            policy: policy_of(&configuration),
            command: run.command,
            exit_status: run.exit_status,
            failure: run.failure,
            start,
            end,
            seconds: run.duration_seconds,
            counts: run.counts,
            log: run.log.digest.sha256.ok_or("its log has no digest")?,
            log_size: run.log.size,
            environment: run.environment,
            sandbox: run.sandbox.map(|name| Sandbox::named(&name).ok_or("its sandbox is unknown")).transpose()?,
            runner: run.runner,
            specialist: run.specialist,
            repository: Oid::from_hex(&run.repository).ok_or("its repository is no commit id")?,
            passed: passed_tests,
            failed: failed_tests,
        })
    }
}

/// The tree: the one subject's `gitTree`, with nothing weaker beside it.
fn subject(subjects: &[Resource]) -> std::result::Result<Oid, String> {
    let [Resource { digest: Digests { git_tree: Some(tree), git_commit: None, git_blob: None, sha256: None }, .. }] = subjects
    else {
        return Err("its subject is not one `gitTree` alone".to_owned());
    };
    Oid::from_hex(tree).ok_or_else(|| "its tree is no object id".to_owned())
}

/// The suite's name and its table's digest.
fn definition_of(configuration: &[Resource]) -> std::result::Result<(String, String), String> {
    let mut suites = configuration.iter().filter_map(|resource| {
        let suite = resource.name.as_deref()?.strip_prefix(SUITE)?;
        Some((suite.to_owned(), resource.digest.sha256.clone()?))
    });
    match (suites.next(), suites.next()) {
        (Some(found), None) => Ok(found),
        (None, _) => Err("it names no suite".to_owned()),
        (Some(_), Some(_)) => Err("it names several suites".to_owned()),
    }
}

fn files_of(configuration: &[Resource]) -> std::result::Result<Option<String>, String> {
    let mut all = configuration.iter().filter(|resource| resource.name.as_deref() == Some(FILES));
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => one.digest.sha256.clone().map(Some).ok_or_else(|| "its suite's files have no digest".to_owned()),
        (Some(_), Some(_)) => Err("it names its suite's files twice".to_owned()),
    }
}

fn policy_of(configuration: &[Resource]) -> Option<Oid> {
    let resource = configuration.iter().find(|resource| resource.name.as_deref() == Some(POLICY))?;
    Oid::from_hex(resource.digest.git_blob.as_deref()?)
}

fn time(text: &str) -> std::result::Result<Timestamp, String> {
    text.parse().map_err(|_not_a_time| "its times are not RFC 3339".to_owned())
}

fn sha256(hex: String) -> Digests {
    Digests { sha256: Some(hex), ..Digests::default() }
}

/// As many of `names` as fit into what is left of `room`, in bytes.
fn fitting(names: &[String], room: &mut usize) -> Vec<String> {
    let fits = |name: &&String| match room.checked_sub(name.len() + 3) {
        Some(left) => {
            *room = left;
            true
        }
        None => false,
    };
    names.iter().take_while(fits).cloned().collect()
}

/// Makes two records of equal runs two lines: a note keeps a repeated line once.
pub(super) fn nonce() -> Result<String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|e| Error::from(e).context("could not read /dev/urandom"))?;
    Ok(hex(&bytes))
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
