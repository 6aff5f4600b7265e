//! A run that doesn't come to its end: a timeout is a failure, an interrupt is nothing at all.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// A suite that says that it runs, in a file outside, and goes on for long, a child of its own included.
fn endless(repo: &Repo, timeout: &str) -> String {
    let pids = repo.scratch().join("pids");
    let run = format!("sleep 600 & echo $! $$ >{}; sleep 600", pids.display());
    POLICY.replace("run = \"test -e ok\"", &format!("run = \"{run}\"\ntimeout = \"{timeout}\"\nenv = [\"PATH\"]"))
}

fn repo_with_endless(timeout: &str) -> Repo {
    let repo = Repo::new();
    repo.write("policy.toml", endless(&repo, timeout)).write("a.txt", "a\n").commit_unjudged("start");
    let scratch = repo.scratch().join("tmp");
    std::fs::create_dir(&scratch).unwrap();
    repo.set("TMPDIR", scratch);
    repo
}

/// The processes of the suite, once it runs.
fn pids(repo: &Repo) -> Vec<String> {
    let end = Instant::now() + Duration::from_secs(30);
    while Instant::now() < end {
        let text = std::fs::read_to_string(repo.scratch().join("pids")).unwrap_or_default();
        if text.ends_with('\n') {
            return text.split_whitespace().map(str::to_owned).collect();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the suite never ran");
}

/// Gone, or dead and only not yet waited for by whoever inherited it.
fn assert_gone(pids: &[String]) {
    for pid in pids {
        let end = Instant::now() + Duration::from_secs(10);
        let alive = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        while alive() {
            assert!(Instant::now() < end, "process {pid} of the suite is still there");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn assert_nothing_left(repo: &Repo) {
    let tmp = std::fs::read_dir(repo.scratch().join("tmp")).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>();
    assert!(tmp.is_empty(), "left behind: {tmp:?}");
}

#[test]
fn a_timeout_is_recorded_as_a_failure() {
    let repo = repo_with_endless("1s");
    let run = repo.guard(&["test", "integration"]).rejected();
    run.says("integration: failed on tree ").says("timed out after 1s").says("recorded");
    assert_gone(&pids(&repo));
    assert_nothing_left(&repo);
    repo.guard(&["evidence"]).ok().says("timed out after 1s").says("integration: none");
    let run = repo.guard(&["test", "integration", "--format", "json"]).rejected();
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&json["runs"][0]["result"], &json["runs"][0]["exit_status"]), (&"failed".into(), &serde_json::Value::Null));
    assert_eq!(json["runs"][0]["because"], "the run failed: timed out after 1s");
}

fn start(repo: &Repo, args: &[&str]) -> Child {
    repo.command(GUARD).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn an_interrupt_ends_the_suite_and_records_nothing() {
    for signal in ["INT", "TERM", "HUP"] {
        let repo = repo_with_endless("10m");
        let before = repo.state();
        let child = start(&repo, &["test", "integration"]);
        let pids = pids(&repo);
        repo.run("kill", &[format!("-{signal}"), child.id().to_string()]).ok();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{signal}: {text}");
        assert!(text.contains("guard: could not decide: interrupted: the suite was ended and nothing was recorded\n"), "{text}");
        assert_gone(&pids);
        assert_nothing_left(&repo);
        assert_eq!(repo.state(), before);
        repo.guard(&["evidence"]).ok().says("integration: none").says_not("failed");
        let logs = std::fs::read_dir(repo.file(".git/guard/logs")).unwrap().count();
        assert_eq!(logs, 0, "no log of a run that was none");
    }
}

#[test]
fn an_interrupt_is_undecided_in_json() {
    let repo = repo_with_endless("10m");
    let child = start(&repo, &["test", "integration", "--format", "json", "-q"]);
    let pids = pids(&repo);
    repo.run("kill", &["-INT".to_owned(), child.id().to_string()]).ok();
    let output = child.wait_with_output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &json["decision"]), (Some(2), &"undecided".into()));
    assert!(json["error"].as_str().unwrap().starts_with("interrupted"), "{json:#}");
    assert_gone(&pids);
}

#[test]
fn notes_that_are_locked_are_said_and_the_older_ones_stay() {
    let repo = guarded();
    repo.write("ok", "").stage();
    repo.guard(&["test", "integration"]).ok();
    let before = repo.state_of_refs();
    let writer = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard"]).ok().line();
    repo.write(format!(".git/{writer}.lock"), "");
    let run = repo.guard(&["test", "integration", "--again"]).undecided().says("could not write the record to");
    run.says(&writer);
    assert_eq!(repo.state_of_refs(), before);
}
