//! Programs that a test needs besides git.

use std::path::PathBuf;

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
