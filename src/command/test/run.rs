//! One suite on one tree: export, run, keep the log, record.

use std::io::Write;
use std::path::PathBuf;

use super::workspace::Workspace;
use crate::change::Oid;
use crate::error::{Error, Result};
use crate::evidence::record::{Outcome, Record};
use crate::evidence::{self, Level};
use crate::gather::Ground;
use crate::git::{Repo, export, notes};
use crate::policy::{Policy, Suite};
use crate::report::escape;
use crate::runner::{self, Interrupt, Run};

/// What all runs of one call have in common.
pub(super) struct Job<'a> {
    pub repo: &'a Repo,
    pub policy: &'a Policy,
    pub tree: Oid,
    /// Its root commit.
    pub repository: Oid,
    pub specialist: Option<String>,
    pub interrupt: &'a Interrupt,
    pub quiet: bool,
}

/// What became of one suite.
pub(super) struct Tested {
    pub suite: String,
    /// Why it doesn't count, as a phrase, escaped; `None`: it passed.
    pub because: Option<String>,
    /// The record and its log; `None`: one that passed was there already.
    pub run: Option<(Record, PathBuf)>,
}

impl Job<'_> {
    /// Runs one suite, unless it has passed already, and records it, whatever came out.
    pub fn suite(&self, suite: &Suite, again: bool) -> Result<Tested> {
        let name = suite.name.value.clone();
        if !again && self.has_passed(&name)? {
            return Ok(Tested { suite: name, because: None, run: None });
        }
        self.say(&format!("running `{}` on tree {}", escape(name.as_bytes()), self.tree.short()));
        let (run, log) = self.run(suite)?;
        let mut record = self.record(suite, run);
        let missing = evidence::shortfall(&record, suite);
        if record.result == Outcome::Passed && missing.is_some() {
            record.result = Outcome::Warned;
        }
        self.interrupt.check()?;
        let line = record.to_line()?;
        notes::append(self.repo, self.tree, &notes::local_writer(self.repo)?, &line)?;
        Ok(Tested { suite: name, because: missing.map(|why| why.phrase()), run: Some((record, log)) })
    }

    /// Whether the newest run of this suite, as it is defined now, has passed on this tree.
    fn has_passed(&self, suite: &str) -> Result<bool> {
        let lines = notes::lines(self.repo, self.tree, &[])?;
        let Self { repo, policy, tree, .. } = *self;
        let ground = Ground { repo, policy, tree, base: None, workers: &[], on_server: false, max_paths: u64::MAX };
        let proofs = ground.proofs(&lines, &[])?;
        Ok(proofs.get(suite).is_some_and(|proof| proof.level >= Level::Recorded))
    }

    /// Exports and runs. The log is kept under its digest.
    fn run(&self, suite: &Suite) -> Result<(Run, PathBuf)> {
        let logs = self.repo.common_dir().join("guard/logs");
        let failed = |e: std::io::Error| Error::from(e).context("could not keep the suite's log");
        std::fs::create_dir_all(&logs).map_err(failed)?;
        let mut log = tempfile::NamedTempFile::new_in(&logs).map_err(failed)?;
        let place = Workspace::new()?;
        for path in export::export(self.repo, self.tree, &place.tree)? {
            self.say(&format!("submodule `{}` is not here at its commit: left empty", escape(path.as_bytes())));
        }
        self.interrupt.check()?;
        let run = runner::run(suite, &place.tree, log.as_file_mut(), !self.quiet, self.interrupt)?;
        let kept = logs.join(&run.log);
        log.persist(&kept).map_err(|e| failed(e.error))?;
        Ok((run, kept))
    }

    fn record(&self, suite: &Suite, run: Run) -> Record {
        let counts = run.report.as_ref().map(|report| report.counts);
        let report = run.report.unwrap_or_default();
        Record {
            tree: self.tree,
            suite: suite.name.value.clone(),
            result: if run.failure.is_some() { Outcome::Failed } else { Outcome::Passed },
            definition: evidence::digest(suite),
            files: None,
            policy: self.policy.source.blob,
            command: suite.run.clone(),
            exit_status: run.exit_status,
            failure: run.failure,
            start: run.start,
            end: run.end,
            seconds: (run.duration.as_secs_f64() * 1000.0).round() / 1000.0,
            counts,
            log: run.log,
            log_size: run.log_size,
            environment: run.environment,
            runner: None,
            specialist: self.specialist.clone(),
            repository: self.repository,
            passed: report.passed,
            failed: report.failed,
        }
    }

    /// Tells people what happens, unless they want quiet.
    pub fn say(&self, what: &str) {
        if !self.quiet {
            say(what);
        }
    }
}

/// A line of progress: while a suite runs, nobody waits for the end to read it.
pub(super) fn say(what: &str) {
    match writeln!(std::io::stderr(), "guard: {what}") {
        // A reader that is gone stops nothing.
        Ok(()) | Err(_) => {}
    }
}
