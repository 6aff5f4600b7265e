//! A scratch repository with real git, cut off from the machine's settings.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::change::Oid;
use crate::git::Repo;

pub(in crate::git) struct Scratch {
    home: tempfile::TempDir,
    commits: std::cell::Cell<u32>,
}

impl Scratch {
    pub fn new() -> Self {
        let scratch = Self { home: tempfile::tempdir().unwrap(), commits: std::cell::Cell::new(0) };
        std::fs::create_dir(scratch.path()).unwrap();
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch
    }

    /// With a first commit of these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        scratch.commit(files);
        scratch
    }

    pub fn path(&self) -> PathBuf {
        self.home.path().join("work")
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn repo(&self) -> Repo {
        Repo::open_at(&self.path())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(args).current_dir(self.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.home.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.org");
            command.env(format!("GIT_{who}_DATE"), "1700000000 +0000");
        }
        command
    }

    /// Whether it went well, and what it said.
    pub fn try_git(&self, args: &[&str]) -> (bool, String) {
        let output = self.command(args).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
    }

    pub fn git(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// With this on its standard input.
    pub fn git_with(&self, args: &[&str], input: &str) -> String {
        let mut child = self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {args:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    pub fn oid(&self, revision: &str) -> Oid {
        Oid::from_hex(&self.git(&["rev-parse", revision])).unwrap()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub fn files(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
    }

    pub fn commit(&self, files: &[(&str, &str)]) -> Oid {
        self.files(files);
        self.commit_all()
    }

    pub fn commit_all(&self) -> Oid {
        self.git(&["add", "-A"]);
        self.commits.set(self.commits.get() + 1);
        self.git(&["commit", "-q", "--allow-empty", "-m", &format!("commit {}", self.commits.get())]);
        self.oid("HEAD")
    }

    /// A branch at HEAD's commit or another's, checked out.
    pub fn branch(&self, name: &str, at: &str) {
        self.git(&["checkout", "-q", "-f", "-B", name, at]);
    }

    /// The merge of branches into `main`, as it stands in the work tree after `edit`; a conflict is the editor's to settle.
    pub fn merge(&self, branches: &[&str], edit: impl FnOnce(&Self)) -> Oid {
        self.git(&["checkout", "-q", "-f", "main"]);
        let mut args = vec!["merge", "-q", "--no-commit", "--no-ff", "--allow-unrelated-histories"];
        args.extend(branches);
        self.try_git(&args);
        edit(self);
        self.conclude(branches)
    }

    /// The same merge as the last of two branches, with other content.
    pub fn merge_again(&self, edit: impl FnOnce(&Self)) -> Oid {
        self.git(&["branch", "-f", "again", "main^2"]);
        self.git(&["reset", "-q", "--soft", "main^1"]);
        edit(self);
        self.conclude(&["again"])
    }

    fn conclude(&self, branches: &[&str]) -> Oid {
        self.git(&["add", "-A"]);
        let tree = self.git(&["write-tree"]);
        let mut args = vec!["commit-tree".to_owned(), "-m".to_owned(), "merge".to_owned(), tree];
        for parent in ["main"].iter().chain(branches) {
            args.extend(["-p".to_owned(), (*parent).to_owned()]);
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let commit = self.git(&args);
        self.git(&["reset", "-q", "--hard", &commit]);
        Oid::from_hex(&commit).unwrap()
    }
}

/// Lines `name 1` to `name n`.
pub(in crate::git) fn lines(name: &str, n: usize) -> String {
    (1..=n).map(|i| format!("{name} {i}\n")).collect()
}
