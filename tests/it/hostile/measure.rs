//! A server whose hook is measured: the test binary itself stands in the hook's place, starts the guard as its only child, and writes
//! down what that took.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use super::*;

/// Where the numbers go.
const REPORT: &str = "GUARD_TEST_REPORT";

/// A guarded bare repository.
pub struct Server {
    pub repo: Repo,
    report: PathBuf,
}

/// How a push ended.
#[derive(Debug)]
#[must_use = "say how it should have ended"]
pub struct Ended {
    pub run: Run,
    /// The guard's own exit status; 128 and more: a signal.
    pub status: i32,
}

impl Server {
    pub fn of(repo: &Repo) -> Self {
        let server = repo.guarded_remote();
        repo.login("dev");
        server.login("dev");
        let report = server.scratch().join("report");
        let test = std::env::current_exe().unwrap();
        let hook = format!(
            "#!/bin/sh\n{REPORT}='{}' exec '{}' --exact hostile::measure::the_measure --nocapture\n",
            report.display(),
            test.display()
        );
        server.script("hooks/pre-receive", hook);
        Self { repo: server, report }
    }

    /// Pushes refspecs to it.
    #[track_caller]
    pub fn push(&self, from: &Repo, refspecs: &[&str]) -> Ended {
        let run = from.git(&[&["push", "-q", "origin"][..], refspecs].concat());
        self.ended(run)
    }

    /// Puts all loose objects of a repository among the server's, whatever git thinks of them.
    pub fn place(&self, from: &Repo) {
        let script = "cp -Rf \"$1\"/objects/?? \"$2\"/objects/";
        let (from, to) = (from.path().join(".git"), self.repo.path());
        self.repo.run("sh", &["-c".as_ref(), script.as_ref(), "sh".as_ref(), from.as_os_str(), to.as_os_str()]).ok();
    }

    /// The hook's answer to a new ref whose objects arrived in whatever way.
    #[track_caller]
    pub fn hand_over(&self, from: &Repo, commit: &str, name: &str) -> Ended {
        self.place(from);
        self.receive(format!("{} {commit} {name}\n", "0".repeat(40)).as_bytes())
    }

    /// Gives its hook a list of updates directly, as nobody's push could.
    #[track_caller]
    pub fn receive(&self, stdin: &[u8]) -> Ended {
        let run = self.repo.run_with(self.repo.file("hooks/pre-receive"), &[""; 0], stdin);
        self.ended(run)
    }

    #[track_caller]
    pub fn ended(&self, run: Run) -> Ended {
        let report = std::fs::read_to_string(&self.report).unwrap_or_else(|e| panic!("the hook did not run: {e}\n{}", run.err()));
        std::fs::remove_file(&self.report).unwrap();
        let numbers: Vec<i64> = report.split_whitespace().map(|n| n.parse().unwrap()).collect();
        let [status, milliseconds, kilobytes] = numbers[..] else { panic!("`{report}`") };
        note(&format!("{}: status {status}, {milliseconds} ms, {} MB", run.command, kilobytes / 1024));
        assert!(milliseconds <= 10_000, "`{}` took {milliseconds} ms\n{}", run.command, run.err());
        assert!(kilobytes <= 512 * 1000, "`{}` took {kilobytes} kB\n{}", run.command, run.err());
        Ended { run, status: i32::try_from(status).unwrap() }
    }
}

impl Ended {
    /// It was taken.
    #[track_caller]
    pub fn accepted(self) -> Run {
        assert_eq!(self.status, 0, "{}", self.run.err());
        self.run.ok()
    }

    /// It was rejected by a rule.
    #[track_caller]
    pub fn rejected(self, rule: &str) -> Run {
        assert_eq!(self.status, 1, "{}", self.run.err());
        assert_ne!(self.run.status, 0);
        self.run.says(&format!("error[{rule}]"))
    }

    /// It could not be decided, for that reason.
    #[track_caller]
    pub fn undecided(self, because: &str) -> Run {
        assert_eq!(self.status, 2, "{}", self.run.err());
        assert_ne!(self.run.status, 0);
        self.run
            .says("guard: could not decide: ")
            .says(because)
            .says("nothing was taken; your commits are still in your repository")
    }
}

/// Runs a program, and says how it ended, how long it took, and the most memory that it had (kilobytes).
fn measure(program: impl AsRef<OsStr>, args: &[&str]) -> (i32, u128, i64) {
    use std::os::unix::process::ExitStatusExt as _;
    let start = Instant::now();
    let status = Command::new(program).args(args).status().unwrap();
    let took = start.elapsed().as_millis();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    // In bytes there, in kilobytes everywhere else.
    let unit = if cfg!(target_os = "macos") { 1024 } else { 1 };
    (status.code().unwrap_or_else(|| 128 + status.signal().unwrap()), took, usage.max_rss() / unit)
}

#[test]
fn the_measure() {
    let Some(report) = std::env::var_os(REPORT) else { return measured() };
    let (status, milliseconds, kilobytes) = measure(GUARD, &["hook", "pre-receive"]);
    std::fs::write(report, format!("{status} {milliseconds} {kilobytes}")).unwrap();
    std::process::exit(status);
}

/// Of a program and all that it starts, it knows the status, the time and the memory.
fn measured() {
    let script = "sleep 0.2; head -c 60000000 /dev/zero | tail -c 50000000 | wc -c; exit 3";
    let (status, milliseconds, kilobytes) = measure("sh", &["-c", script]);
    assert_eq!(status, 3);
    assert!(milliseconds >= 200 && kilobytes >= 48_000, "{milliseconds} ms, {kilobytes} kB");
    assert_eq!(measure("sh", &["-c", "kill -9 $$"]).0, 137);
}
