//! A repository for a test: real git, nothing of the machine's configuration.

mod dice;
mod history;
mod oracle;
mod tree;

use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::Repo;
use crate::model::Oid;

pub use dice::Dice;
pub use history::lines;
pub use oracle::{Stat, assert_numstat, deltas, numstat};
pub use tree::{File, entry, file};

/// A repository on branch `main`, in a directory of its own that is gone with it.
pub struct Scratch {
    home: tempfile::TempDir,
    path: PathBuf,
    commits: Cell<u32>,
}

impl Scratch {
    /// An empty one. Who commits is in its configuration, where the program finds it as well.
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let scratch = Self { path: home.path().join("work"), home, commits: Cell::new(0) };
        std::fs::create_dir(&scratch.path).unwrap();
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch.git(&["config", "user.name", "Tester"]);
        scratch.git(&["config", "user.email", "Tester@Example.org"]);
        scratch
    }

    /// The work tree.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory around it, for what stands beside it.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn repo(&self) -> Repo {
        Repo::open_at(self.path())
    }

    /// What git prints, without the last newline; panics where it fails.
    pub fn git(&self, args: &[&str]) -> String {
        self.git_with(args, b"")
    }

    /// The same with this on its standard input.
    pub fn git_with(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> String {
        let printed = String::from_utf8(succeeded(args, finished(git_in(self.path()).args(args), stdin.as_ref()))).unwrap();
        printed.trim_end_matches('\n').to_owned()
    }

    /// Whatever becomes of it.
    pub fn try_git(&self, args: &[&str]) -> Output {
        finished(git_in(self.path()).args(args), b"")
    }

    /// The id that git prints.
    pub fn id(&self, args: &[&str]) -> Oid {
        Oid::from_hex(&self.git(args)).unwrap()
    }

    /// The id of a revision.
    pub fn oid(&self, revision: &str) -> Oid {
        self.id(&["rev-parse", revision])
    }

    /// Writes a file, and the directories that it needs.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Commits what is in the work tree.
    pub fn commit(&self, message: &str) -> Oid {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.oid("HEAD")
    }

    /// The same with a message that no other commit has: the clock stands still, and two that did the same would be one.
    pub fn commit_all(&self) -> Oid {
        self.commits.set(self.commits.get() + 1);
        self.commit(&format!("commit {}", self.commits.get()))
    }
}

/// Git in a directory: no settings but that repository's, and always the same time.
pub fn git_in(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir).env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", "/nonexistent");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_ATTR_NOSYSTEM", "1");
    command.env("GIT_AUTHOR_DATE", "1700000000 +0000").env("GIT_COMMITTER_DATE", "1700000000 +0000");
    command
}

/// What git prints in a directory, byte for byte; panics where it fails.
pub fn run(dir: &Path, args: &[&str]) -> Vec<u8> {
    succeeded(args, finished(git_in(dir).args(args), b""))
}

fn succeeded(args: &[&str], output: Output) -> Vec<u8> {
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn finished(command: &mut Command, stdin: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // Beside it, since a pipe holds little; git may end without reading it all.
        scope.spawn(move || drop(pipe.write_all(stdin)));
        child.wait_with_output().unwrap()
    })
}
