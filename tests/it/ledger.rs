//! The ledger: what is recorded, what of it counts in, and that nothing undoes it.

use crate::support::*;

mod clock;
mod free;
mod halts;
mod let_in;
mod log;
mod mirror;
mod ownership;
mod reserved;
mod stress;
mod window;

/// Five files in a session, which lasts for eight hours; `boss` is an owner, anybody else is limited to as many.
const POLICY: &str = r#"version = 1
base = "main"
protected = ["main", "release/*"]

[owners]
users = ["boss"]

[defaults]
max-files-per-session = 5

[specialist.dev]
users = ["dev", "dev-two"]
emails = ["author@example.org"]

[specialist.other]
users = ["other"]
emails = ["other@example.org"]

[specialist."*"]
"#;

/// A server under this policy, `main` checked out, logged in as `dev`.
fn pair(policy: &str) -> (Repo, Repo) {
    let repo = Repo::with_policy(policy);
    let server = repo.guarded_remote();
    repo.login("dev");
    (repo, server)
}

/// A branch from `main` with one commit of so many new files.
fn branch(repo: &Repo, name: &str, files: usize) {
    repo.git(&["switch", "-q", "-c", name, "main"]).ok();
    repo.write_many(&name.replace('/', "-"), files).commit_unjudged(name);
}

#[track_caller]
fn taken(repo: &Repo, args: &[&str]) -> Run {
    repo.git(&[&["push", "origin"][..], args].concat()).ok()
}

#[track_caller]
fn refused(repo: &Repo, args: &[&str], says: &str) -> Run {
    repo.git(&[&["push", "origin"][..], args].concat()).rejected().says("pre-receive hook declined").says(says)
}

/// The entries, newest first.
fn entries(server: &Repo) -> Vec<serde_json::Value> {
    let run = server.guard(&["log", "--format", "json"]).ok();
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(json["version"], 1);
    json["entries"].as_array().unwrap().clone()
}

/// How many reservations are left.
fn left(server: &Repo) -> usize {
    std::fs::read_dir(server.file("guard/reserved")).map_or(0, Iterator::count)
}
