//! The record itself: an in-toto statement in a DSSE envelope, one line of a note on the tree.

use base64::Engine as _;

use super::*;

fn refs(repo: &Repo) -> Vec<String> {
    repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/"]).ok().out().lines().map(str::to_owned).collect()
}

/// The envelopes and the statements in them, as git's own `notes show` gives the lines.
fn statements(repo: &Repo, tree: &str) -> Vec<(Value, Value)> {
    let name = refs(repo)[0].strip_prefix("refs/notes/").unwrap().to_owned();
    let lines = repo.git(&["notes", "--ref", &name, "show", tree]).ok().out();
    let read = |line: &str| {
        let envelope: Value = serde_json::from_str(line).unwrap();
        let payload = base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
        (envelope, serde_json::from_slice(&payload).unwrap())
    };
    lines.lines().filter(|line| !line.is_empty()).map(read).collect()
}

#[test]
fn it_is_what_the_standards_say() {
    let repo = with_suites(&[("s", "run = \"echo out; test -e a.txt\"\nenv = [\"PATH\", \"LC_ALL\"]")]);
    repo.git(&["config", "user.email", "Some.One@Example.org"]).ok();
    repo.guard(&["test", "s"]).ok();
    assert_eq!(refs(&repo), ["refs/notes/guard/local-some-one-example-org"]);
    let tree = repo.rev("HEAD^{tree}");
    let all = statements(&repo, &tree);
    assert_eq!(all.len(), 1);
    let (envelope, statement) = &all[0];
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    assert_eq!(envelope["signatures"], serde_json::json!([]));
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://in-toto.io/attestation/test-result/v0.1");
    let subjects = statement["subject"].as_array().unwrap();
    assert_eq!((subjects.len(), &subjects[0]["digest"]), (1, &serde_json::json!({"gitTree": tree})));
    let predicate = &statement["predicate"];
    assert_eq!(predicate["result"], "PASSED");
    assert!(!predicate["configuration"].as_array().unwrap().is_empty());
    let run = &predicate["guardRun"];
    assert_eq!((&run["command"], &run["exitStatus"]), (&"echo out; test -e a.txt".into(), &0.into()), "{statement:#}");
    assert_eq!(run["environment"], serde_json::json!(["LC_ALL", "PATH"]));
    assert!(statement.to_string().contains(&repo.rev("HEAD")), "the repository by its root commit: {statement:#}");
    assert!(statement.to_string().contains(&repo.rev("HEAD:policy.toml")), "the policy's blob: {statement:#}");
}

#[test]
fn the_log_is_kept_under_its_digest() {
    let repo = with_suites(&[("s", "run = \"echo out; echo err >&2\"")]);
    let json = tested(&repo, &["s"], 0);
    let digest = json["runs"][0]["log"].as_str().unwrap();
    let log = repo.file(format!(".git/guard/logs/{digest}"));
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "out\nerr\n");
    let sum = repo.run("sha256sum", &[log.to_str().unwrap()]).ok().line();
    assert_eq!(sum.split(' ').next().unwrap(), digest);
}

#[test]
fn failures_stand_beside_passes_in_one_note() {
    let repo = Repo::new();
    let flag = repo.scratch().join("flag");
    repo.write("policy.toml", suites(&[("s", &format!("run = \"test -e {}\"", flag.display()))])).commit_unjudged("start");
    repo.guard(&["test", "s"]).rejected();
    std::fs::write(&flag, "").unwrap();
    repo.guard(&["test", "s"]).ok();
    let results: Vec<Value> =
        statements(&repo, &repo.rev("HEAD^{tree}")).into_iter().map(|(_, s)| s["predicate"]["result"].clone()).collect();
    assert_eq!(results, ["FAILED", "PASSED"]);
}

#[test]
fn it_works_on_a_tree_that_no_commit_has_yet() {
    let repo = with_suites(&[("s", "run = \"test -e ok\"")]);
    repo.write("ok", "").stage();
    repo.guard(&["test", "s"]).ok();
    let tree = repo.index_tree();
    assert_eq!(statements(&repo, &tree).len(), 1);
    repo.commit_unjudged("now it has");
    assert_eq!(found(&evidence(&repo, &["HEAD"]), "s"), "recorded");
}

#[test]
fn fetched_notes_are_read_and_two_copies_unite() {
    let repo = with_suites(&[("s", "run = \"true\""), ("t", "run = \"true\"")]);
    let clone = repo.clone_to("clone");
    repo.guard(&["test", "s"]).ok();
    clone.guard(&["test", "t"]).ok();
    clone.git(&["fetch", "-q", "origin", "refs/notes/guard/*:refs/notes/guard/theirs/*"]).ok();
    let json = evidence(&clone, &[]);
    assert_eq!([found(&json, "s"), found(&json, "t")], ["claimed", "recorded"], "what was fetched is what somebody says");
    let (mine, theirs) = (refs(&clone)[0].clone(), refs(&clone)[1].clone());
    let short = |name: &str| name.strip_prefix("refs/notes/").unwrap().to_owned();
    clone.git(&["notes", "--ref", &short(&mine), "merge", "-q", "-s", "cat_sort_uniq", &short(&theirs)]).ok();
    clone.git(&["update-ref", "-d", &theirs]).ok();
    let json = evidence(&clone, &[]);
    assert_eq!([found(&json, "s"), found(&json, "t")], ["recorded", "recorded"]);
}

#[test]
fn what_was_forged_or_damaged_is_named_and_none() {
    let repo = with_suites(&[("s", "run = \"exit 1\"")]);
    let other = with_suites(&[("s", "run = \"true\"")]);
    other.guard(&["test", "s"]).ok();
    let tree = repo.rev("HEAD^{tree}");
    let (envelope, _) = &statements(&other, &other.rev("HEAD^{tree}"))[0];
    let lines = format!("garbage\n{{}}\n{envelope}\n");
    repo.write("../note", lines);
    repo.git(&["notes", "--ref", "guard/evil", "add", "-F", "../note", &tree]).ok();
    let json = evidence(&repo, &[]);
    assert_eq!((found(&json, "s").as_str(), json["records"].as_array().unwrap().len()), ("none", 3));
    assert!(json["records"].as_array().unwrap().iter().all(|r| r["valid"] == false), "{json:#}");
    repo.guard(&["evidence"]).ok().says("a line of evil does not count: it can't be read");
    repo.guard(&["test", "s"]).rejected();
}
