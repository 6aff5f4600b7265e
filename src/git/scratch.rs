//! A repository for a test: real git, nothing of the machine's configuration.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::Repo;
use crate::change::Oid;

/// A repository in a directory of its own, gone with it.
pub struct Scratch {
    dir: tempfile::TempDir,
}

impl Scratch {
    /// An empty one, on branch `main`.
    pub fn new() -> Self {
        let scratch = Self { dir: tempfile::tempdir().unwrap() };
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn repo(&self) -> Repo {
        Repo::open_at(self.path())
    }

    /// A program in the repository, in a clean environment.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir(self.path());
        command.env("HOME", self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "a").env(format!("GIT_{who}_EMAIL"), "a@example.org");
            command.env(format!("GIT_{who}_DATE"), "1700000000 +0000");
        }
        command
    }

    /// Git's standard output; panics where it fails.
    pub fn git(&self, args: &[&str]) -> Vec<u8> {
        self.git_with(args, b"")
    }

    pub fn git_with(&self, args: &[&str], stdin: &[u8]) -> Vec<u8> {
        let output = self.try_git(args, stdin);
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    pub fn try_git(&self, args: &[&str], stdin: &[u8]) -> Output {
        let mut command = self.command("git");
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        let writer = std::thread::spawn(move || pipe.write_all(&stdin));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().ok();
        output
    }

    /// The id that git prints.
    pub fn id(&self, args: &[&str]) -> Oid {
        self.id_with(args, b"")
    }

    pub fn id_with(&self, args: &[&str], stdin: &[u8]) -> Oid {
        Oid::from_hex(String::from_utf8(self.git_with(args, stdin)).unwrap().trim_end()).unwrap()
    }

    /// Writes a file, and the directories that it needs.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// A tree of these raw bytes, whatever they are.
    pub fn raw_tree(&self, bytes: &[u8]) -> Oid {
        self.id_with(&["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], bytes)
    }

    /// Commits what is in the work tree.
    pub fn commit_all(&self) -> Oid {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        self.id(&["rev-parse", "HEAD"])
    }
}

/// One raw entry of a tree.
pub fn entry(mode: &str, name: &[u8], id: &[u8]) -> Vec<u8> {
    [mode.as_bytes(), b" ", name, b"\0", id].concat()
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}
