//! A hermetic repository with real git: no configuration of the user's or the system's, fixed dates, a home of its own.
//!
//! ```ignore
//! let repo = Repo::new();
//! repo.write("policy.toml", POLICY).write("a.txt", "one\n");
//! repo.commit_unjudged("start");
//! repo.install();
//! repo.write("b.txt", "two\n").git(&["add", "-A"]).ok();
//! let json = repo.json(&["check", "--staged"]);
//! assert_violated(&json, "index", "file-limit");
//! ```
#![allow(dead_code, reason = "a harness offers more than the tests of one version use")]

use std::cell::{Cell, RefCell};
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use serde_json::Value;

mod answer;
mod files;
pub mod keys;
mod oracle;
mod policies;
mod programs;
mod run;

pub use answer::*;
pub use oracle::*;
pub use policies::*;
pub use programs::*;
pub use run::Run;

/// The binary under test.
pub const GUARD: &str = env!("CARGO_BIN_EXE_guard");

/// The environment variable that test servers take the account from.
pub const ACCOUNT: &str = "GUARD_TEST_ACCOUNT";

/// What must not change when the guard says no.
#[derive(Debug, PartialEq, Eq)]
pub struct State {
    head: String,
    refs: String,
    index: String,
    status: Vec<u8>,
}

/// A repository: a work tree, or a bare one as a server.
pub struct Repo {
    root: Rc<tempfile::TempDir>,
    path: PathBuf,
    clock: Rc<Cell<u64>>,
    env: RefCell<Vec<(OsString, OsString)>>,
}

impl Repo {
    /// A new, empty repository on branch `main`.
    pub fn new() -> Self {
        let root = Rc::new(tempfile::tempdir().unwrap());
        let bin = root.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        for name in ["guard", "git-guard"] {
            std::os::unix::fs::symlink(GUARD, bin.join(name)).unwrap();
        }
        let repo = Self { path: root.path().join("work"), root, clock: Rc::new(Cell::new(1_700_000_000)), env: RefCell::default() };
        std::fs::create_dir(&repo.path).unwrap();
        repo.git(&["init", "-q", "-b", "main"]).ok();
        repo
    }

    /// A repository with one commit on `main` that holds `policy` and `a.txt`.
    pub fn with_policy(policy: &str) -> Self {
        let repo = Self::new();
        repo.write("policy.toml", policy).write("a.txt", "one\ntwo\nthree\n").commit_unjudged("start");
        repo
    }

    fn beside(&self, name: &str) -> Self {
        let path = self.root.path().join(name);
        Self { root: Rc::clone(&self.root), path, clock: Rc::clone(&self.clock), env: RefCell::new(self.env.borrow().clone()) }
    }

    /// A bare repository beside this one, made `origin` and given `main`; no hook yet.
    pub fn remote(&self) -> Self {
        let server = self.beside("server.git");
        let name = server.path.as_os_str();
        self.git(&[OsStr::new("init"), OsStr::new("-q"), OsStr::new("--bare"), OsStr::new("-b"), OsStr::new("main"), name]).ok();
        self.git(&[OsStr::new("remote"), OsStr::new("add"), OsStr::new("origin"), name]).ok();
        self.git(&["push", "-q", "origin", "main"]).ok();
        self.git(&["branch", "-q", "--set-upstream-to=origin/main", "main"]).ok();
        self.git(&["remote", "set-head", "origin", "main"]).ok();
        server
    }

    /// The same with pre-receive installed and the account taken from `ACCOUNT`, which `login` sets.
    pub fn guarded_remote(&self) -> Self {
        let server = self.remote();
        server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
        server.guard(&["install", "--server"]).ok();
        server
    }

    /// A clone of this one, beside it.
    pub fn clone_to(&self, name: &str) -> Self {
        let clone = self.beside(name);
        let (from, to) = (self.path.as_os_str(), clone.path.as_os_str());
        self.git(&[OsStr::new("clone"), OsStr::new("-q"), from, to]).ok();
        clone
    }

    /// A place of that name beside this one: another worktree, a clone, or nothing yet.
    pub fn sibling(&self, name: &str) -> Self {
        self.beside(name)
    }

    /// A repository within this one's work tree.
    pub fn within(&self, path: &str) -> Self {
        Self { path: self.path.join(path), ..self.beside("") }
    }

    /// A clone of its server, beside it.
    pub fn clone_from_server(&self, name: &str) -> Self {
        let clone = self.beside(name);
        self.git(&[OsStr::new("clone"), OsStr::new("-q"), OsStr::new("../server.git"), clone.path.as_os_str()]).ok();
        clone
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A directory that nothing else uses, for what stands outside the repository.
    pub fn scratch(&self) -> &Path {
        self.root.path()
    }

    /// Sets an environment variable of everything that is run here from now on.
    pub fn set(&self, name: &str, value: impl AsRef<OsStr>) -> &Self {
        self.unset(name).env.borrow_mut().push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Unsets it.
    pub fn unset(&self, name: &str) -> &Self {
        self.env.borrow_mut().retain(|(known, _)| known != name);
        self
    }

    /// Pushes from here arrive at a `guarded_remote` as this account.
    pub fn login(&self, account: &str) -> &Self {
        self.set(ACCOUNT, account)
    }

    /// Commits from here are by this e-mail address.
    pub fn author(&self, email: &str) -> &Self {
        self.set("GIT_AUTHOR_EMAIL", email)
    }

    /// A command in the repository's directory with the hermetic environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let now = self.clock.get() + 60;
        self.clock.set(now);
        let date = format!("@{now} +0000");
        let mut path = OsString::from(self.root.path().join("bin"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        let mut command = Command::new(program);
        command.current_dir(if self.path.is_dir() { &self.path } else { self.root.path() });
        command.env_clear().env("PATH", path).env("HOME", self.root.path().join("home")).env("LC_ALL", "C").env("TZ", "UTC");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
        command.env("GIT_AUTHOR_NAME", "An Author").env("GIT_AUTHOR_EMAIL", "author@example.org").env("GIT_AUTHOR_DATE", &date);
        command.env("GIT_COMMITTER_NAME", "A Committer").env("GIT_COMMITTER_EMAIL", "committer@example.org");
        command.env("GIT_COMMITTER_DATE", &date).env("GIT_EDITOR", "true").env("GIT_MERGE_AUTOEDIT", "no");
        command.envs(self.env.borrow().iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs a program with arguments.
    #[must_use = "say what it should answer: .ok(), .rejected() …"]
    pub fn run(&self, program: impl AsRef<OsStr>, args: &[impl AsRef<OsStr>]) -> Run {
        self.run_with(program, args, &[])
    }

    /// The same with something on standard input.
    #[must_use = "say what it should answer: .ok(), .rejected() …"]
    pub fn run_with(&self, program: impl AsRef<OsStr>, args: &[impl AsRef<OsStr>], stdin: &[u8]) -> Run {
        let program = program.as_ref();
        let mut words = Path::new(program).file_name().unwrap().to_string_lossy().into_owned();
        args.iter().for_each(|arg| write!(words, " {}", arg.as_ref().to_string_lossy()).unwrap());
        let start = || self.command(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = start();
        // Another test's child may still hold the descriptor through which this program was written.
        while child.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::ExecutableFileBusy) {
            std::thread::yield_now();
            child = start();
        }
        let mut child = child.unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let sent = pipe.write_all(stdin);
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        // a program may end without reading what it was given
        drop(sent);
        Run { command: words, status: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr }
    }

    /// Runs git.
    #[must_use = "say what it should answer: .ok(), .rejected() …"]
    pub fn git(&self, args: &[impl AsRef<OsStr>]) -> Run {
        self.run("git", args)
    }

    /// Runs the guard.
    #[must_use = "say what it should answer: .ok(), .rejected() …"]
    pub fn guard(&self, args: &[impl AsRef<OsStr>]) -> Run {
        self.run(GUARD, args)
    }

    /// Runs the guard with `--format json`, and checks what holds of every answer: the exit status is the decision's, no key is
    /// missing, every rule speaks once in each judgement.
    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let run = self.guard(&[args, &["--format", "json"]].concat());
        let json: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| {
            panic!("`{}` gives no JSON ({e})\n--- stdout\n{}\n--- stderr\n{}", run.command, run.out(), run.err())
        });
        assert_sound(&json);
        let status = match json["decision"].as_str().unwrap() {
            "accepted" => 0,
            "rejected" => 1,
            "undecided" => 2,
            other => panic!("decision `{other}`"),
        };
        assert_eq!(run.status, status, "the exit status is not the decision's: {json:#}");
        json
    }

    /// Installs the hooks.
    pub fn install(&self) -> &Self {
        self.guard(&["install"]).ok();
        self
    }

    /// Stages everything.
    pub fn stage(&self) -> &Self {
        self.git(&["add", "-A"]).ok();
        self
    }

    /// Stages everything and commits, with whatever hooks there are.
    #[must_use = "say what it should answer: .ok(), .rejected() …"]
    pub fn commit(&self, message: &str) -> Run {
        self.stage().git(&["commit", "-q", "-m", message])
    }

    /// The same without the guard's opinion (no hooks at all); returns the new commit's id.
    pub fn commit_unjudged(&self, message: &str) -> String {
        self.stage().git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", message]).ok();
        self.rev("HEAD")
    }

    /// The id of a revision.
    #[track_caller]
    pub fn rev(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", revision]).ok().line()
    }

    /// The tree of the index.
    pub fn index_tree(&self) -> String {
        self.git(&["write-tree"]).ok().line()
    }

    /// What must be as it was after a rejection.
    pub fn state(&self) -> State {
        State {
            head: self.git(&["rev-parse", "-q", "--verify", "HEAD"]).line(),
            refs: self.git(&["for-each-ref"]).ok().out(),
            index: self.git(&["ls-files", "-s", "-z"]).ok().out(),
            status: self.git(&["status", "--porcelain", "-z", "--untracked-files=all"]).ok().stdout,
        }
    }

    /// The refs alone, which a bare repository has, too.
    pub fn state_of_refs(&self) -> String {
        self.git(&["for-each-ref"]).ok().out()
    }
}
