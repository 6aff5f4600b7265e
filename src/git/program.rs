//! Runs the git program, for what libgit2 can't do here. Where git refuses, its own words are the error.

use std::io::{ErrorKind, Seek as _, Write as _};
use std::process::{Child, Command, ExitStatus, Output};
use std::time::{Duration, Instant};

use super::Repo;
use crate::error::{Error, Result};
use crate::text::escape;

/// Lines of git's that an error repeats.
const MOST_LINES: usize = 60;

/// Runs git with these arguments, in the directory from which git starts this repository's hooks.
///
/// Git may ask for a password at the terminal. Its output is captured.
///
/// # Errors
/// There is no `git` in PATH. Where git fails, the output's status says so.
pub(super) fn run(repo: &Repo, args: &[&str]) -> Result<Output> {
    run_with(repo, args, b"")
}

/// Runs git likewise, with this on its standard input.
///
/// # Errors
/// As `run`.
pub(super) fn run_with(repo: &Repo, args: &[&str], input: &[u8]) -> Result<Output> {
    let root = repo.raw().workdir().unwrap_or_else(|| repo.git_dir());
    let mut stdin = tempfile::tempfile()?;
    stdin.write_all(input)?;
    stdin.rewind()?;
    Command::new("git")
        .args(args)
        .current_dir(root)
        .env("GIT_DIR", std::path::absolute(repo.git_dir())?)
        .env("LC_ALL", "C")
        .stdin(stdin)
        .output()
        .map_err(|e| not_started(&e))
}

/// The error for a git that couldn't be started.
pub(super) fn not_started(error: &std::io::Error) -> Error {
    if error.kind() == ErrorKind::NotFound {
        Error::new("there is no `git` in PATH").help("put git's directory into PATH")
    } else {
        Error::new(format!("git could not be started: {error}"))
    }
}

/// How a program ended; `None` where it took longer than `patience` and was killed.
///
/// # Errors
/// The system can't tell.
pub fn wait_at_most(child: &mut Child, patience: Duration) -> std::io::Result<Option<ExitStatus>> {
    let end = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The first lines of what git said, as one line.
pub(super) fn first_lines(words: &[u8]) -> String {
    let lines: Vec<String> = words.split(|b| *b == b'\n').filter(|line| !line.is_empty()).take(3).map(escape).collect();
    lines.join("; ")
}

/// What git said, up to a bound: lines without control characters.
pub(super) fn all_lines(words: &[u8]) -> String {
    let lines: Vec<String> = words
        .split(|b| *b == b'\n')
        .map(|line| escape(line.trim_ascii_end()))
        .filter(|line| !line.is_empty())
        .take(MOST_LINES)
        .collect();
    lines.join("\n")
}
