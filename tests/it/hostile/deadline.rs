//! `guard.deadline` holds for all of a judgement, whatever is slow and whatever hangs.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

fn started(server: &Server, args: &[&str]) -> Child {
    let mut command: Command = server.repo.command(GUARD);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    let status = output.status.code().unwrap_or(-1);
    Run { command: "guard hook pre-receive".to_owned(), status, stdout: output.stdout, stderr: output.stderr }
}

#[test]
fn a_list_of_refs_that_never_ends() {
    let (_repo, server) = hostile();
    server.repo.git(&["config", "guard.deadline", "1s"]).ok();
    server.repo.git(&["config", "guard.identity", "gitlab"]).ok();
    let start = Instant::now();
    let mut child = started(&server, &["hook", "pre-receive"]);
    let open = child.stdin.take().unwrap();
    let run =
        ended(child).undecided().says("guard: could not decide: guard.deadline (1s) passed while the list of pushed refs was read");
    drop(open);
    run.says("git config guard.deadline 10s").says("nothing was taken").says("GL-HOOK-ERR: ").says_not("accepted");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_file_of_the_repository_that_never_answers() {
    let (repo, server) = hostile();
    server.repo.git(&["config", "guard.deadline", "1s"]).ok();
    repo.run("mkfifo", &[server.repo.file("refs/heads/stuck")]).ok();
    let start = Instant::now();
    let mut child = started(&server, &["--format", "json", "hook", "pre-receive"]);
    let line = format!("{} {} refs/heads/stuck\n", "0".repeat(40), repo.rev("main"));
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let run = ended(child).undecided().says("guard: could not decide: guard.deadline (1s) passed while ");
    assert!(start.elapsed() < Duration::from_secs(10));
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(json["decision"], "undecided");
    assert!(json["error"].as_str().unwrap().starts_with("guard.deadline (1s) passed while "), "{json:#}");
}

#[test]
fn a_step_that_asks_nobody() {
    let (repo, server) = hostile();
    let limited = OPEN.replace("[specialist", "[defaults]\nmax-lines-per-commit = 300000\n\n[specialist");
    server.repo.write("limited.toml", limited).git(&["config", "guard.policyFile", "limited.toml"]).ok();
    server.repo.git(&["config", "guard.deadline", "1s"]).ok();
    // The worst that a diff can be given: the same lines in another order. libgit2 takes many seconds for it, and can't be asked to stop.
    let lines = |step: u64| (0..300_000_u64).map(|n| format!("{}\n", (n * step) % 300_007)).collect::<String>();
    repo.write("order", lines(1)).commit_unjudged("one");
    server.repo.git(&["-c", "core.hooksPath=/dev/null", "fetch", "-q", repo.path().to_str().unwrap(), "main:main"]).ok();
    repo.write("order", lines(7919)).commit_unjudged("two");
    let start = Instant::now();
    let run = server.push(&repo, &["main:refs/heads/two"]);
    run.undecided(&format!("guard.deadline (1s) passed while commit {} was compared with its parents", &repo.rev("main")[..7]));
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// By the clock there is more than by the processor: who has to wait for one isn't refused.
#[test]
fn waiting_is_not_working() {
    let (repo, server) = hostile();
    server.repo.git(&["config", "guard.deadline", "1s"]).ok();
    let mut child = started(&server, &["hook", "pre-receive"]);
    std::thread::sleep(Duration::from_millis(1_300));
    let line = format!("{} {} refs/heads/late\n", "0".repeat(40), repo.rev("main"));
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    ended(child).ok();
}
