//! One suite on one tree: export, run, keep the log, record.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::workspace::Workspace;
use crate::command::signing;
use crate::command::signing::Signing;
use crate::command::test::artifacts;
use crate::diff::suite_files;
use crate::error::{Error, Result};
use crate::evidence;
use crate::evidence::record::{Outcome, Record};
use crate::evidence::{FilesOf, RejectReason, Verification, VerifiedRecord};
use crate::gather::{Gatherer, TreeVerification};
use crate::git::modes::temporary;
use crate::git::{Repo, export, places};
use crate::model::Oid;
use crate::policy::Level;
use crate::policy::{Policy, Suite};
use crate::runner::{self, Interrupt, Place, Run};
use crate::text::escape;

/// What all runs of one call have in common.
pub(super) struct Job<'a> {
    /// What is known of the repository before the run.
    pub g: &'a Gatherer<'a>,
    pub tree: Oid,
    /// The commit whose tree it is, where one was named.
    pub commit: Option<Oid>,
    /// The guard itself, which a sandbox begins with; `None`: nobody can start it.
    pub guard: Option<&'a Path>,
    /// The tree whose files of a suite judge the work.
    pub base: Option<Oid>,
    /// Its root commit.
    pub repository: Oid,
    pub specialist: Option<String>,
    pub sealing: Option<&'a Signing>,
    /// Where what a run leaves is kept.
    pub keep: Option<&'a Path>,
    pub interrupt: &'a Interrupt,
    pub quiet: bool,
}

/// What became of one suite.
pub(super) struct Tested {
    pub suite: String,
    /// With which of its own files.
    pub of: FilesOf,
    /// Why it doesn't count, as a phrase, escaped; `None`: it passed.
    pub because: Option<String>,
    /// How many tests passed, where they are counted.
    pub passed: Option<u64>,
    /// What it was; `None`: one that passed was there already.
    pub run: Option<Ran>,
}

/// A run that was made now.
pub(super) struct Ran {
    pub record: Record,
    pub log: PathBuf,
    /// Why it had no sandbox although it should, as a phrase, escaped.
    pub lacking: Option<String>,
    /// What its variables name that its sandbox hides, each as a phrase, escaped.
    pub unseen: Vec<String>,
}

impl<'a> Job<'a> {
    /// Runs one suite, unless it has passed already, and records it, whatever came out. Where its own files are others than the base's,
    /// it runs with the base's as well. `base_suite`: with those alone.
    pub fn suite(&self, suite: &Suite, again: bool, base_suite: bool) -> Result<Vec<Tested>> {
        let changed = self.verification().changed(suite)?;
        if base_suite && !changed {
            self.say(&format!("the files of `{}` are the base's", escape(suite.name.value.as_bytes())));
        }
        let runs: &[FilesOf] = match (changed, base_suite) {
            (false, _) => &[FilesOf::Tree],
            (true, true) => &[FilesOf::Base],
            (true, false) => &[FilesOf::Tree, FilesOf::Base],
        };
        let mut all = runs.iter().map(|of| self.one(suite, *of, again)).collect::<Result<Vec<Tested>>>()?;
        if let [own, base] = all.as_mut_slice()
            && let (Some(now), Some(then)) = (own.passed, base.passed)
            && now < then
        {
            let fewer = RejectReason::FewerThanBase { passed: now, base: then };
            base.because = base.because.take().or(Some(fewer.phrase()));
        }
        Ok(all)
    }

    fn one(&self, suite: &Suite, of: FilesOf, again: bool) -> Result<Tested> {
        let name = suite.name.value.clone();
        let counted = |record: &Record| record.counts.map(|counts| counts.passed);
        if !again
            && self.keep.is_none()
            && let Some(record) = self.passed(&name, of)?
        {
            return Ok(Tested { suite: name, of, because: None, passed: counted(&record), run: None });
        }
        let with = match of {
            FilesOf::Tree => "",
            FilesOf::Base => " with the base's files of the suite",
        };
        self.say(&format!("running `{}` on tree {}{with}", escape(name.as_bytes()), self.tree.short()));
        let (mut run, log) = self.run(suite, of)?;
        let (lacking, unseen) = (run.lacking.take(), std::mem::take(&mut run.unseen));
        let mut record = self.record(suite, of, run)?;
        let missing = evidence::settle(&mut record, suite);
        self.interrupt.check()?;
        signing::keep(self.repo(), self.tree, &mut record, self.sealing)?;
        let because = missing.map(|why| why.phrase());
        Ok(Tested { suite: name, of, because, passed: counted(&record), run: Some(Ran { record, log, lacking, unseen }) })
    }

    pub fn repo(&self) -> &'a Repo {
        self.g.repo()
    }

    pub fn policy(&self) -> &'a Policy {
        self.g.policy()
    }

    fn verification(&self) -> TreeVerification<'_, 'a> {
        self.g.verification(self.tree, self.base, &[])
    }

    /// The newest run of this suite, as it is defined now, if it has passed on this tree: one on this machine or signed, or where this one
    /// is to be signed, one that the same holder of a key has signed. Whoever signs says that they saw it run, and a claim is no run.
    fn passed(&self, suite: &str, of: FilesOf) -> Result<Option<Record>> {
        let found = self.verification().examine()?;
        let counts = |one: &VerifiedRecord| {
            let credit = match &one.worth {
                Verification::Accepted(credit) => credit,
                Verification::Superseded | Verification::UnknownSuite | Verification::Rejected(_) => return false,
            };
            // Anybody here may put an unsigned line into a writer's notes.
            let signed = credit.short != Some(RejectReason::Unsigned);
            let whose = self.sealing.is_none_or(|sealing| signed && sealing.writer == one.writer);
            credit.of == of
                && credit.level >= Level::Recorded
                && whose
                && one.record.as_ref().is_ok_and(|record| record.suite == suite)
        };
        Ok(found.into_iter().find(counts).and_then(|one| one.record.ok()))
    }

    /// Exports and runs. The log is kept under its digest.
    fn run(&self, suite: &Suite, of: FilesOf) -> Result<(Run, PathBuf)> {
        let logs = self.repo().common_dir().join("guard/logs");
        let failed = |e: std::io::Error| Error::from(e).context("could not keep the suite's log");
        let mut log = self.new_log(&logs)?;
        let place = Workspace::new()?;
        let tree = match (of, self.base) {
            (FilesOf::Base, Some(base)) => suite_files::of_base(self.repo(), self.tree, base, &suite.files)?,
            (FilesOf::Base | FilesOf::Tree, _) => self.tree,
        };
        for path in export::export(self.repo(), tree, &place.tree)? {
            self.say(&format!("submodule `{}` is not here at its commit: left empty", escape(path.as_bytes())));
        }
        self.interrupt.check()?;
        let run = runner::run(suite, &self.place(&place), log.as_file_mut(), !self.quiet, self.interrupt)?;
        if let Some(keep) = self.keep {
            artifacts::keep(keep, suite, of, &place.tree, &run, log.path())?;
        }
        let kept = logs.join(&run.log);
        log.persist(&kept).map_err(|e| failed(e.error))?;
        Ok((run, kept))
    }

    /// Where the exported tree is run: in place of the work tree, and with nothing else of the repository.
    fn place<'p>(&'p self, exported: &'p Workspace) -> Place<'p> {
        let repo = self.repo();
        Place {
            export: &exported.tree,
            scratch: &exported.top,
            work_tree: repo.work_tree().ok().map(Path::to_path_buf),
            hidden: places::of(repo).map_err(|e| escape(e.message.as_bytes())),
            guard: self.guard,
            tree: self.tree,
            commit: self.commit,
        }
    }

    /// A log that others of the repository can read, wherever the suite itself is run.
    fn new_log(&self, logs: &Path) -> Result<NamedTempFile> {
        self.repo().make_directory(logs)?;
        let _modes = self.repo().with_modes_of_git()?;
        temporary().tempfile_in(logs).map_err(|e| Error::from(e).context("could not keep the suite's log"))
    }

    fn record(&self, suite: &Suite, of: FilesOf, run: Run) -> Result<Record> {
        let counts = run.report.as_ref().map(|report| report.counts);
        let report = run.report.unwrap_or_default();
        Ok(Record {
            tree: self.tree,
            suite: suite.name.value.clone(),
            result: if run.failure.is_some() { Outcome::Failed } else { Outcome::Passed },
            definition: evidence::digest(suite),
            files: if suite.files.is_empty() { None } else { Some(self.verification().files(suite, of)?) },
            policy: self.policy().source.blob,
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
            sandbox: Some(run.sandbox),
            runner: None,
            specialist: self.specialist.clone(),
            repository: self.repository,
            passed: report.passed,
            failed: report.failed,
        })
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
