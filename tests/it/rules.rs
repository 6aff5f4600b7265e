//! Each rule at every door, by the binary and real git: a file for each rule, as in src/rules.

mod area_limit;
mod byte_limit;
mod combined_change;
mod file_limit;
mod file_size;
mod forbidden_change;
mod guarded_area;
mod identity;
mod known_specialist;
mod line_limit;
mod policy_change;
mod scope;

use serde_json::{Value, json};

use super::support::*;

/// No object: a ref that is not there.
const NULL: &str = "0000000000000000000000000000000000000000";

/// A policy with the specialist who commits here, `dev`, and what is added to that table.
fn with_dev(rest: &str) -> String {
    policy(&format!("[specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n{rest}"))
}

/// A repository under `policy`, on branch `work`.
fn working(policy: &str) -> Repo {
    let repo = Repo::with_policy(policy);
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo
}

/// So many lines, no two of them alike.
fn numbered(word: &str, lines: usize) -> String {
    (0..lines).map(|n| format!("{word} {n}\n")).collect()
}

/// Stages everything, and judges the index.
fn staged(repo: &Repo) -> Value {
    repo.stage().json(&["check", "--staged"])
}

/// A bare repository with `main`, pre-receive and all objects of `repo`; pushes arrive as `account`.
fn server(repo: &Repo, account: &str) -> Repo {
    let server = repo.login(account).guarded_remote();
    let objects = repo.git(&["rev-parse", "--path-format=absolute", "--git-path", "objects"]).ok().line();
    server.write("objects/info/alternates", format!("{objects}\n"));
    server
}

/// What pre-receive says of updates: ref, old revision, new revision (empty: none).
fn received(repo: &Repo, server: &Repo, updates: &[(&str, &str, &str)]) -> Value {
    let id = |revision: &str| if revision.is_empty() { NULL.to_owned() } else { repo.rev(revision) };
    let lines: String = updates.iter().map(|(name, old, new)| format!("{} {} {name}\n", id(old), id(new))).collect();
    let run = server.run_with(GUARD, &["--format", "json", "hook", "pre-receive"], lines.as_bytes());
    let json = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}\n{}{}", run.out(), run.err()));
    assert_sound(&json);
    json
}

/// What a rule says of every subject of that kind.
fn words<'j>(json: &'j Value, kind: &str, rule: &str) -> Vec<&'j str> {
    outcomes(json, kind, rule).iter().map(|o| o["outcome"].as_str().unwrap()).collect()
}

/// The reasons that it gives.
fn reasons<'j>(json: &'j Value, kind: &str, rule: &str) -> Vec<&'j str> {
    outcomes(json, kind, rule).iter().map(|o| o["because"].as_str().unwrap()).collect()
}

fn outcomes<'j>(json: &'j Value, kind: &str, rule: &str) -> Vec<&'j Value> {
    let all = |j: &'j Value| j["outcomes"].as_array().unwrap().iter().find(|o| o["rule"] == rule).unwrap();
    judgements(json, kind).into_iter().map(all).collect()
}

/// Where a policy says something: its first line that begins with `key`.
#[track_caller]
fn at(policy: &str, key: &str) -> Value {
    let line = policy.lines().position(|line| line.starts_with(key)).unwrap_or_else(|| panic!("no `{key}` in {policy}"));
    json!({"line": line + 1, "column": 1})
}

/// The block of a rule in a report in text: from `error[RULE]` to the next thing that is said.
#[track_caller]
fn block(text: &str, rule: &str) -> String {
    let plain: Vec<&str> = text.lines().map(|line| line.strip_prefix("remote: ").unwrap_or(line).trim_end()).collect();
    let start = plain.iter().position(|line| line.starts_with(&format!("error[{rule}]"))).unwrap_or_else(|| panic!("{text}"));
    let rest = plain.iter().skip(start + 1).take_while(|line| line.starts_with(' '));
    plain.iter().skip(start).take(1).chain(rest).map(|line| format!("{line}\n")).collect()
}

/// Runs what a violation says comes next, as if it were pasted.
#[track_caller]
fn paste(repo: &Repo, violation: &Value) {
    let commands = violation["next"].as_array().unwrap();
    assert!(!commands.is_empty(), "{violation:#}");
    for command in commands {
        repo.run("sh", &["-c", command.as_str().unwrap()]).ok();
    }
}
