//! `guard audit`: the policy replayed over a history.

use serde_json::{Value, json};

use crate::support::*;

mod bounds;
mod claims;
mod counts;
mod forms;
mod html;
mod landings;
mod then;
mod told;

/// Two specialists, a limit, a guarded directory, and proof that this clone can give.
const POLICY: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]
emails = ["boss@example.org"]

[specialist.dev]
emails = ["author@example.org"]
max-files-per-commit = 3

[specialist.web]
emails = ["web@example.org"]
max-files-per-commit = 3

[area.middleware]
paths = ["**/middleware/"]
requires = ["integration"]

[suite.integration]
run = "test -e ok"

[evidence]
commit = "none"
branch = "none"
land = "recorded"
"#;

/// A repository whose owner has committed `policy` and a file.
fn under(policy: &str) -> Repo {
    let repo = Repo::new();
    repo.author("boss@example.org").write("policy.toml", policy).write("a.txt", "one\ntwo\nthree\n").commit_unjudged("start");
    repo.author("author@example.org");
    repo
}

/// The audit as JSON: status 0, as the published schema has it, every reference in it sound.
#[track_caller]
fn audit(repo: &Repo, args: &[&str]) -> Value {
    let run = repo.guard(&[&["audit", "--format", "json"], args].concat()).ok();
    assert_eq!(run.err(), "", "nothing is said where it is no terminal");
    assert_eq!(run.stdout.iter().filter(|b| **b == b'\n').count(), 1, "one line");
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../json/audit.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}\n{report:#}", errors.join("\n"));
    let commits = report["commits"].as_array().unwrap();
    assert_eq!(report["summary"]["commits"], commits.len());
    let breaking = commits.iter().filter(|row| row["violations"] != json!([])).count();
    assert_eq!(report["summary"]["violating"], breaking, "{report:#}");
    let by_specialist: u64 = report["specialists"].as_array().unwrap().iter().map(|s| s["commits"].as_u64().unwrap()).sum();
    assert_eq!(by_specialist, commits.len() as u64, "{report:#}");
    report
}

/// What an audit says of a commit.
#[track_caller]
fn row<'r>(report: &'r Value, commit: &str) -> &'r Value {
    let found = report["commits"].as_array().unwrap().iter().find(|row| row["commit"] == commit);
    found.unwrap_or_else(|| panic!("{commit} is not in {report:#}"))
}

/// What it says of a specialist.
#[track_caller]
fn specialist<'r>(report: &'r Value, name: &Value) -> &'r Value {
    let found = report["specialists"].as_array().unwrap().iter().find(|sum| sum["name"] == *name);
    found.unwrap_or_else(|| panic!("{name} is not in {report:#}"))
}
