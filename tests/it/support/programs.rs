//! Programs that a test needs besides git.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether all of it is installed. In a CI it has to be: `tests/run.sh` installs it.
#[expect(clippy::print_stderr, reason = "what can't be tried here is worth a line")]
pub fn is_there(programs: &[&str]) -> bool {
    let lacking: Vec<&&str> = programs.iter().filter(|program| find(program).is_none()).collect();
    assert!(lacking.is_empty() || std::env::var_os("CI").is_none(), "not installed: {lacking:?}");
    if !lacking.is_empty() {
        eprintln!("skipped: not installed: {lacking:?}");
    }
    lacking.is_empty()
}

/// A program of PATH, or of where servers are.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

/// Whether the git that is there is of this version or a later one: `tests/gits.sh` brings older ones, which know less.
pub fn git_is_since(major: u32, minor: u32) -> bool {
    let said = super::Repo::new().git(&["version"]).ok().line();
    let mut numbers = said.trim_start_matches(|c: char| !c.is_ascii_digit()).split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap(), numbers.next().unwrap()) >= (major, minor)
}

/// Makes a library for LD_PRELOAD at `at` of a source of this repository's, where it isn't there yet.
pub fn preloaded(source: &str, at: PathBuf) -> PathBuf {
    if !at.exists() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
        let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&at).arg(source).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    at
}
