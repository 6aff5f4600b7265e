//! Each rule at every door, by the binary and real git: a file for each rule, as in src/rules.

mod amount;
mod area_limit;
mod byte_limit;
mod combined_change;
mod file_limit;
mod file_size;
mod forbidden_change;
mod guarded_area;
mod halted;
mod identity;
mod known_specialist;
mod line_limit;
mod policy_change;
mod protected_ref;
mod safe_path;
mod scope;
mod suite_change;

use serde_json::{Value, json};

use super::support::*;
use amount::*;

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

/// The messages of its violations.
fn messages(json: &Value, kind: &str, rule: &str) -> Vec<String> {
    let all = outcomes(json, kind, rule).into_iter().flat_map(|o| o["violations"].as_array().unwrap());
    all.map(|violation| violation["message"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn outcomes<'j>(json: &'j Value, kind: &str, rule: &str) -> Vec<&'j Value> {
    let all = |j: &'j Value| j["outcomes"].as_array().unwrap().iter().find(|o| o["rule"] == rule).unwrap();
    let judgements = judgements(json, kind);
    assert!(!judgements.is_empty(), "no judgement of kind `{kind}`: {json:#}");
    judgements.into_iter().map(all).collect()
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

/// The rules that have a file in a folder: the names of the files that hold `mark`.
fn filed(folder: &str, mark: &str) -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rules = files.filter(|file| file.extension().is_some_and(|e| e == "rs"));
    let rules = rules.filter(|file| std::fs::read_to_string(file).unwrap().contains(mark));
    let mut names: Vec<String> = rules.map(|file| file.file_stem().unwrap().to_str().unwrap().replace('_', "-")).collect();
    names.sort();
    names
}

#[test]
fn every_rule_has_a_file_a_test_a_heading_and_an_explanation_and_nothing_else_has() {
    let ids = rule_ids();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(filed("src/rules", "pub static RULE: Rule"), sorted);
    assert_eq!(filed("tests/it/rules", "#[test]"), sorted);
    for id in &ids {
        let file = format!("{}/{{}}/{}.rs", env!("CARGO_MANIFEST_DIR"), id.replace('-', "_"));
        let text = |folder: &str| std::fs::read_to_string(file.replace("{}", folder)).unwrap();
        assert!(text("src/rules").contains(&format!("    id: \"{id}\",\n")), "{id}");
        assert!(text("tests/it/rules").contains(&format!("const RULE: &str = \"{id}\";\n")), "{id}");
    }
    let readme = include_str!("../../README.md");
    let section = readme.split("\n## The rules\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let headings: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(headings, ids);
}

#[test]
fn guard_explains_every_rule_by_its_id() {
    let repo = Repo::new();
    let list = repo.guard(&["explain"]).ok().out();
    let listed: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    assert_eq!(listed, rule_ids());
    for rule in guard::rules::RULES {
        let text = repo.guard(&["explain", rule.id]).ok().out();
        let waiving = text.strip_prefix(&format!("{}: {}\n\n{}\n", rule.id, rule.summary, rule.explanation)).unwrap();
        let waivable = rule.can_be_waived();
        let expected = if waivable { format!("\n    guard waive {} ", rule.id) } else { "Nobody can waive it.".to_owned() };
        assert!(waiving.contains(&expected), "{waiving}");
        let run = repo.guard(&["explain", rule.id, "--format", "json"]).ok();
        let json: Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!((&json["rule"]["id"], &json["rule"]["summary"]), (&rule.id.into(), &rule.summary.into()));
        assert_eq!(json["rule"]["waivable"], waivable);
    }
}

/// What can't be waived is said where people look for it, and stands in the rule alone.
#[test]
fn what_nobody_can_waive_is_said_by_the_help_and_the_readme() {
    let help = Repo::new().guard(&["waive", "--help"]).ok().out();
    let readme = include_str!("../../README.md");
    let sentence = readme.lines().find(|line| line.contains("can't be waived")).unwrap();
    for rule in guard::rules::RULES.iter().filter(|rule| !rule.can_be_waived()) {
        assert!(help.contains(rule.id) && sentence.contains(&format!("`{}`", rule.id)), "{}", rule.id);
    }
}
