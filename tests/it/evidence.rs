//! `guard test` and `guard evidence`: a run on exactly a tree, what is recorded of it, and what that is worth.

use serde_json::Value;

use crate::scene::*;
use crate::support::*;

mod attest;
mod counts;
mod export;
mod failing;
mod here;
mod hostile;
mod keys;
mod lifecycle;
mod listing;
mod padded;
mod record;
mod retired;
mod sandbox;
mod signed;
mod terminal;
mod twice;
mod unsigned;

/// A policy with suites, `(name, lines of its table)`; anybody may do anything, and areas need what they need.
fn suites(all: &[(&str, &str)]) -> String {
    let tables: String = all.iter().map(|(name, lines)| format!("\n[suite.{name}]\n{lines}\n")).collect();
    format!("{OPEN_POLICY}{tables}")
}

fn with_suites(all: &[(&str, &str)]) -> Repo {
    Repo::with_policy(&suites(all))
}

/// The answer of `guard test` in JSON.
fn tested(repo: &Repo, args: &[&str], status: i32) -> Value {
    let run = repo.guard(&[&["test"], args, &["--format", "json", "-q"]].concat()).exits(status);
    assert_eq!(run.err(), "", "quiet is quiet");
    serde_json::from_slice(&run.stdout).unwrap()
}

/// The answer of `guard evidence` in JSON.
fn evidence(repo: &Repo, args: &[&str]) -> Value {
    serde_json::from_slice(&repo.guard(&[&["evidence"], args, &["--format", "json"]].concat()).ok().stdout).unwrap()
}

/// What is found for a suite.
fn found(evidence: &Value, suite: &str) -> String {
    let all = evidence["suites"].as_array().unwrap();
    all.iter().find(|s| s["suite"] == suite).unwrap()["found"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_that_passes_is_recorded_and_said() {
    let repo = with_suites(&[("s", "run = \"echo hello; test -e a.txt\"")]);
    let before = repo.state();
    let run = repo.guard(&["test", "s"]).ok();
    let tree = &repo.rev("HEAD^{tree}")[..7];
    assert!(run.out().starts_with(&format!("s: passed on tree {tree} (")) && run.out().contains(", recorded\n"), "{}", run.out());
    assert!(run.err().contains(&format!("guard: running `s` on tree {tree}\n")) && run.err().contains("hello\n"), "{}", run.err());
    assert_ne!(repo.state(), before, "there is a note");
    assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), "", "and nothing else");
    assert_eq!(found(&evidence(&repo, &[]), "s"), "recorded");
}

#[test]
fn a_run_that_fails_is_recorded_too_and_says_how_to_go_on() {
    let repo = with_suites(&[("s", "run = \"echo trouble >&2; exit 3\"")]);
    let run = repo.guard(&["test", "s"]).rejected().says("s: failed on tree ").says("exit status 3").says("recorded");
    let log = run.out().lines().find_map(|line| line.strip_prefix("  log: ")).unwrap().to_owned();
    assert_eq!(std::fs::read_to_string(log).unwrap(), "trouble\n");
    run.says("next: guard test s");
    let json = evidence(&repo, &[]);
    assert_eq!((found(&json, "s").as_str(), &json["records"][0]["result"]), ("none", &"failed".into()));
}

#[test]
fn a_pass_is_reused_until_it_is_asked_again() {
    let repo = Repo::new();
    let tally = repo.scratch().join("tally");
    let count = format!("run = \"echo ran >>{}\"", tally.display());
    repo.write("policy.toml", suites(&[("s", &count)])).commit_unjudged("start");
    // The root says which repository a record is of: a reworded root is another repository's.
    repo.write("a.txt", "a\n").commit_unjudged("work");
    let ran = || std::fs::read_to_string(&tally).unwrap().lines().count();
    repo.guard(&["test", "s"]).ok().says("passed");
    repo.guard(&["test", "s"]).ok().says("s: already passed on tree").says("--again runs it again");
    repo.guard(&["test", "s", "--rev", "HEAD"]).ok().says("already passed");
    assert_eq!((ran(), tested(&repo, &["s"], 0)["runs"][0]["reused"].clone()), (1, true.into()));
    repo.guard(&["test", "s", "--again"]).ok().says("passed on tree");
    assert_eq!(ran(), 2);
    // the same content in another commit is the same tree
    repo.git(&["commit", "-q", "--amend", "-m", "reworded"]).ok();
    repo.guard(&["test", "s"]).ok().says("already passed");
    repo.write("b.txt", "b\n").stage();
    repo.guard(&["test", "s"]).ok().says("passed on tree");
    assert_eq!(ran(), 3);
}

#[test]
fn a_failure_is_not_reused_and_voids_an_older_pass() {
    let repo = Repo::new();
    let flag = repo.scratch().join("flag");
    repo.write("policy.toml", suites(&[("s", &format!("run = \"test -e {}\"", flag.display()))])).commit_unjudged("start");
    repo.guard(&["test", "s"]).rejected();
    std::fs::write(&flag, "").unwrap();
    repo.guard(&["test", "s"]).ok();
    assert_eq!(found(&evidence(&repo, &[]), "s"), "recorded");
    std::fs::remove_file(&flag).unwrap();
    repo.guard(&["test", "s", "--again"]).rejected();
    let json = evidence(&repo, &[]);
    assert_eq!((found(&json, "s").as_str(), json["records"].as_array().unwrap().len()), ("none", 3));
    repo.guard(&["evidence"]).ok().says("does not count: the run failed: exit status 1").says("there is a newer run");
}

#[test]
fn several_suites_all_run_in_the_order_given() {
    let repo = with_suites(&[("one", "run = \"echo 1\""), ("two", "run = \"exit 1\""), ("three", "run = \"echo 3\"")]);
    let json = tested(&repo, &["three", "two", "one", "three"], 1);
    let runs: Vec<(&str, &str)> =
        json["runs"].as_array().unwrap().iter().map(|r| (r["suite"].as_str().unwrap(), r["result"].as_str().unwrap())).collect();
    assert_eq!(runs, [("three", "passed"), ("two", "failed"), ("one", "passed")]);
    let json = evidence(&repo, &[]);
    assert_eq!([found(&json, "one"), found(&json, "two"), found(&json, "three")], ["recorded", "none", "recorded"]);
}

#[test]
fn the_trusted_policy_s_suite_runs_and_not_the_one_that_is_tested() {
    let repo = with_suites(&[("s", "run = \"exit 1\"")]);
    on_work(&repo).write("policy.toml", suites(&[("s", "run = \"true\""), ("mine", "run = \"true\"")])).stage();
    repo.guard(&["test", "s"]).rejected();
    repo.guard(&["test", "mine"]).undecided().says("suite `mine` is not declared in `main:policy.toml`");
    repo.commit_unjudged("swap the suite");
    repo.guard(&["test", "s", "--rev", "HEAD"]).rejected();
    // by a policy of one's own choice it says so, and the record is of another definition
    repo.guard(&["test", "s", "--policy", "policy.toml"]).ok().says("`policy.toml` is not the trusted policy");
    let text = repo.guard(&["evidence"]).ok().says("s: none").out();
    assert!(text.contains("does not count: the suite was defined otherwise when it ran"), "{text}");
}

#[test]
fn quiet_says_failures_alone() {
    let repo = with_suites(&[("good", "run = \"echo noise\""), ("bad", "run = \"echo noise; exit 1\"")]);
    let run = repo.guard(&["test", "good", "-q"]).ok();
    assert_eq!((run.out(), run.err()), (String::new(), String::new()));
    let run = repo.guard(&["test", "bad", "good", "-q"]).rejected().says("bad: failed");
    assert!(!run.out().contains("good") && run.err().is_empty(), "{} {}", run.out(), run.err());
}

#[test]
fn wherever_it_is_started() {
    let repo = with_suites(&[("s", "run = \"test -e a.txt && test -e deep/b.txt\"")]);
    repo.write("deep/b.txt", "b\n").commit_unjudged("deep");
    repo.guard(&["-C", "deep", "test", "s"]).ok();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    let side = repo.sibling("side");
    side.guard(&["test", "s"]).ok().says("already passed");
    side.write("c.txt", "c\n").stage();
    side.guard(&["test", "s"]).ok().says("passed on tree");
    assert_eq!(found(&evidence(&side, &[]), "s"), "recorded");
    let server = repo.remote();
    server.guard(&["test", "s", "--rev", "main"]).ok();
    assert_eq!(found(&evidence(&server, &[]), "s"), "claimed");
}

#[test]
fn two_runs_at_once_are_both_recorded() {
    let repo = with_suites(&[("one", "run = \"sleep 0.2\""), ("two", "run = \"sleep 0.2\"")]);
    let start = |suite: &str| {
        let mut command = repo.command(GUARD);
        command.args(["test", suite, "-q"]).spawn().unwrap()
    };
    let (mut one, mut two) = (start("one"), start("two"));
    assert!(one.wait().unwrap().success() && two.wait().unwrap().success());
    let json = evidence(&repo, &[]);
    assert_eq!([found(&json, "one"), found(&json, "two")], ["recorded", "recorded"]);
}
