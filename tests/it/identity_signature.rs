//! Identity by signature: signed commits, and the certificates of signed pushes.

use serde_json::{Value, json};

use crate::support::keys::Key;
use crate::support::*;

mod budgets;
mod commits;
mod forged;
mod oracle;
mod push_cert;
mod push_cert_forged;
mod pushee;
mod two_sources;

/// Two specialists who may each change a directory, an owner and a runner, all with keys; `old`'s was given up in 2020.
fn people(repo: &Repo) -> String {
    let key = |name: &str| repo.key(name).public;
    let one = |name: &str| {
        let who = format!("users = [\"{name}-bot\"]\nemails = [\"{name}@example.org\"]\nallowed = [\"{name}/\"]\n");
        format!("[specialist.{name}]\n{who}keys = [\"{}\"]\n", key(name))
    };
    let old = format!("[specialist.old]\nkeys = ['valid-before=\"2020-01-01T00:00:00Z\" {}']\n", key("old"));
    let boss = format!("[owners]\nusers = [\"boss\"]\nkeys = [\"{}\"]\n", key("boss"));
    policy(&format!("{boss}{}{}{old}[runner.ci]\nkeys = [\"{}\"]\n", one("api"), one("web"), key("ci")))
}

/// A repository under that policy, and a guarded server that shares its objects. Pushes arrive as web's account; `work` is checked out.
fn signing() -> (Repo, Repo) {
    let repo = Repo::new();
    repo.write("policy.toml", people(&repo)).write("a.txt", "a\n").commit_unjudged("start");
    let server = repo.login("web-bot").guarded_remote();
    let objects = repo.git(&["rev-parse", "--path-format=absolute", "--git-path", "objects"]).ok().line();
    server.write("objects/info/alternates", format!("{objects}\n"));
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.author("api@example.org");
    (repo, server)
}

/// What pre-receive says when `work` gets HEAD.
fn received(repo: &Repo, server: &Repo) -> Value {
    let line = format!("{} {} refs/heads/work\n", "0".repeat(40), repo.rev("HEAD"));
    let run = server.run_with(GUARD, &["--format", "json", "hook", "pre-receive"], line.as_bytes());
    let json = serde_json::from_slice(&run.stdout).unwrap_or_else(|e| panic!("{e}\n{}{}", run.out(), run.err()));
    assert_sound(&json);
    json
}

/// Whose the only commit is, and how that is known.
#[track_caller]
fn assert_who(json: &Value, name: &str, source: &str, strength: &str) {
    assert_eq!(judgement(json, "commit")["specialist"], json!({"name": name, "source": source, "strength": strength}), "{json:#}");
}

/// What rule `identity` says of the only commit.
#[track_caller]
fn complaint(json: &Value) -> String {
    assert_violated(json, "commit", "identity")["message"].as_str().unwrap().to_owned()
}

/// HEAD's commit without a signature.
fn raw(repo: &Repo) -> String {
    repo.git(&["cat-file", "commit", "HEAD"]).ok().out()
}

/// A header as git folds it.
fn header(name: &str, value: &str) -> String {
    format!("{name} {}\n", value.trim_end().replace('\n', "\n "))
}

/// `commit` with more headers after its own.
fn with_headers(commit: &str, headers: &str) -> String {
    let (own, message) = commit.split_once("\n\n").unwrap();
    format!("{own}\n{headers}\n{message}")
}

/// Writes `commit` as it is, and puts the branch there.
fn put(repo: &Repo, commit: &str) -> String {
    let args = ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"];
    let oid = repo.run_with("git", &args, commit.as_bytes()).ok().line();
    repo.git(&["reset", "-q", "--soft", &oid]).ok();
    oid
}

/// HEAD's commit, signed by `key` in `namespace`.
fn sign_head(repo: &Repo, key: &Key, namespace: &str) -> String {
    let commit = raw(repo);
    put(repo, &with_headers(&commit, &header("gpgsig", &key.sign(namespace, &commit))))
}
