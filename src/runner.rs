//! Runs a suite on an exported tree: its own process group, only the variables that it lists, killed whole in the end.

mod group;
mod interrupt;
mod junit;
pub mod regular;
pub mod sandbox;
mod screen;
mod sink;

use std::ffi::OsString;
use std::fs::File;
use std::io::PipeWriter;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use interrupt::Interrupt;
pub use junit::Report;
pub use sandbox::Place;

use crate::error::{Error, Result};
use crate::policy::{Sandbox, Suite};
use group::{Ended, Group};
use sandbox::Variables;
use screen::Screen;
use sink::Sink;

/// How long a suite may take to end by itself once it was asked to.
const GRACE: Duration = Duration::from_secs(2);
/// How long what it wrote is still read after its group is gone: a process that left the group may hold the pipe open for ever.
const DRAIN: Duration = Duration::from_secs(2);

/// What a run was.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// The exit status; `None` where it was killed, by the guard or by anybody.
    pub exit_status: Option<i32>,
    /// Why it failed, as a phrase; `None`: it didn't.
    pub failure: Option<String>,
    /// When it began.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// What its JUnit file says, where it has one.
    pub report: Option<Report>,
    /// SHA-256 of what was written to the log, in hexadecimal.
    pub log: String,
    /// Its size in bytes.
    pub log_size: u64,
    /// Names of the variables that were passed on, sorted.
    pub environment: Vec<String>,
    /// What it could reach.
    pub sandbox: Sandbox,
    /// Why it had no sandbox although it should, as a phrase, escaped.
    pub lacking: Option<String>,
    /// What its variables name that its sandbox hides, each as a phrase, escaped.
    pub unseen: Vec<String>,
}

/// Runs `suite` at `place`. What it writes goes to `log`, and with `echo` to standard error. Where its sandbox isn't to be had it runs
/// without, or fails where it demands one.
///
/// Neither `GIT_*` nor `SSH_AUTH_SOCK` is ever passed on, even where the suite lists them: git in the suite must not act on the
/// repository that is judged, and the suite must never reach a key that signs evidence.
/// A file that the tree holds at the place of the suite's JUnit file is removed first: a report that was committed proves no run.
///
/// # Errors
/// `sh` can't be started, the log can't be written, `interrupt` was raised. A suite that fails, hangs or writes no report is no error.
#[expect(clippy::disallowed_methods, reason = "a record says when its run began and when it ended")]
pub fn run(suite: &Suite, place: &Place<'_>, log: &mut File, echo: bool, interrupt: &Interrupt) -> Result<Run> {
    if let Some(report) = &suite.junit {
        junit::clear(place.export, report)?;
    }
    let listed = environment(suite);
    let variables: Vec<(String, OsString)> = listed.iter().cloned().chain(place.told()).collect();
    let (reader, writer) = std::io::pipe().map_err(|e| Error::from(e).context("could not make a pipe"))?;
    let sink = Sink::start(reader, log.try_clone()?, echo.then(|| Screen::new(&suite.name.value)));
    let (start, clock) = (Timestamp::now(), Instant::now());
    let Started { group, sandbox, lacking, unseen } = begin(suite, place, &variables, writer)?;
    let (ended, lacking) = match (group, lacking) {
        (Some(mut group), lacking) => (wait(&mut group, suite.timeout, interrupt)?, lacking),
        (None, lacking) => (Ended::NotStarted(lacking), None),
    };
    let (duration, end) = (clock.elapsed(), Timestamp::now());
    let (log, log_size) = sink.finish(DRAIN)?;
    let mut failure = ended.failure(suite.timeout);
    let report = suite.junit.as_ref().and_then(|path| match junit::read(place.export, path) {
        Ok(report) => {
            failure = failure.take().or_else(|| report.failure());
            Some(report)
        }
        Err(why) => {
            failure = failure.take().or(Some(why));
            None
        }
    });
    let environment = listed.into_iter().map(|(name, _)| name).collect();
    let (exit_status, end) = (ended.exit_status(), end.max(start));
    Ok(Run { exit_status, failure, start, end, duration, report, log, log_size, environment, sandbox, lacking, unseen })
}

/// How a run began.
struct Started {
    /// `None`: it didn't, for the sandbox that it demands isn't to be had.
    group: Option<Group>,
    sandbox: Sandbox,
    lacking: Option<String>,
    unseen: Vec<String>,
}

/// Starts `suite`, in its sandbox where that is to be had. `output`: gets both of its outputs.
fn begin(suite: &Suite, place: &Place<'_>, variables: &Variables, output: PipeWriter) -> Result<Started> {
    let wanted = suite.sandbox.unwrap_or(Sandbox::Tree);
    let bare = |lacking| -> Result<Started> {
        let group = match (&lacking, suite.sandbox) {
            (Some(_), Some(_)) => None,
            (None, _) | (_, None) => Some(without_sandbox(suite, place, variables, &output)?),
        };
        Ok(Started { group, sandbox: Sandbox::None, lacking, unseen: Vec::new() })
    };
    if wanted == Sandbox::None {
        return bare(None);
    }
    if !cfg!(target_os = "linux") {
        return bare(Some(sandbox::NOT_HERE.to_owned()));
    }
    let Some(guard) = place.guard else { return bare(Some("the guard can't start itself: `/proc` isn't there".to_owned())) };
    let plan = match sandbox::plan(suite, place, variables, wanted) {
        Ok(plan) => plan,
        Err(why) => return bare(Some(why)),
    };
    match sandbox::start(&plan, guard, &output)? {
        Ok(group) => Ok(Started { group: Some(group), sandbox: wanted, lacking: None, unseen: plan.unseen }),
        Err(why) => bare(Some(why)),
    }
}

/// Starts `suite` where its tree was exported to, as the user who is here.
fn without_sandbox(suite: &Suite, place: &Place<'_>, variables: &Variables, output: &PipeWriter) -> Result<Group> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(&suite.run).current_dir(place.export).env_clear();
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    Group::spawn(&mut command).map_err(|e| Error::from(e).context("could not start `sh`"))
}

/// The report of a run that was made elsewhere.
///
/// # Errors
/// A phrase: it is missing, no regular file, too large, or no JUnit.
pub fn report(path: &Path) -> std::result::Result<Report, String> {
    junit::read_file(path, &crate::text::escape(path.as_os_str().as_encoded_bytes()))
}

/// The variables that are passed on because the suite lists them, sorted by name.
#[expect(clippy::disallowed_methods, reason = "what the suite's table lists is passed on, and not read")]
fn environment(suite: &Suite) -> Vec<(String, OsString)> {
    let mut names: Vec<&String> = suite.env.iter().collect();
    names.sort();
    names.dedup();
    let kept = names.into_iter().filter(|name| !name.starts_with("GIT_") && *name != "SSH_AUTH_SOCK");
    // What the guard says itself isn't taken from whoever calls it.
    kept.filter(|name| !name.is_empty() && !name.contains(['=', '\0']) && !sandbox::is_told(name))
        .filter_map(|name| Some((name.clone(), std::env::var_os(name)?)))
        .collect()
}

/// Waits for the end, whichever it is; afterwards no process of the group is left.
fn wait(group: &mut Group, timeout: Duration, interrupt: &Interrupt) -> Result<Ended> {
    let (clock, mut pause) = (Instant::now(), Duration::from_millis(1));
    loop {
        if group.has_ended()? {
            return group.reap();
        }
        if interrupt.is_raised() {
            group.end(GRACE)?;
            return Err(Error::new("interrupted: the suite was ended and nothing was recorded"));
        }
        if clock.elapsed() >= timeout {
            group.end(GRACE)?;
            return Ok(Ended::TimedOut);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[cfg(test)]
#[path = "runner/tests.rs"]
mod tests;
