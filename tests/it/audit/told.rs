//! What the whole tells: halts, waivers, returns, and how long a suite was broken.

use super::*;

/// `POLICY` with a runner, and an owner who has a key.
pub(super) fn keyed(repo: &Repo) -> String {
    let (boss, ci) = (repo.key("boss").public, repo.key("ci").public);
    POLICY
        .replace("emails = [\"boss@example.org\"]", &format!("emails = [\"boss@example.org\"]\nkeys = [\"{boss}\"]"))
        .replace("land = \"recorded\"", "land = \"attested\"")
        + &format!("\n[runner.ci]\nkeys = [\"{ci}\"]\n")
}

fn under_keys() -> Repo {
    let repo = Repo::new();
    let policy = keyed(&repo);
    repo.author("boss@example.org").write("policy.toml", policy).write("a.txt", "one\n").commit_unjudged("start");
    repo.author("author@example.org");
    repo
}

/// A runner's record on a revision's tree.
fn attest(repo: &Repo, rev: &str, status: &str) {
    let (key, log) = (repo.key("ci").private, repo.scratch().join("log"));
    std::fs::write(&log, "log\n").unwrap();
    let args = ["attest", "integration", "--rev", rev, "--log", log.to_str().unwrap(), "--exit-status", status];
    let run = repo.guard(&[&args[..], &["--sign", key.to_str().unwrap()]].concat());
    assert_eq!(run.status.to_string(), status, "{}", run.err());
}

#[test]
fn a_failure_and_the_return_are_told_with_the_time_between() {
    let repo = under_keys();
    repo.write("middleware/a", "good\n");
    let good = repo.commit_unjudged("good");
    attest(&repo, "HEAD", "0");
    repo.write("middleware/a", "broken\n");
    let broken = repo.commit_unjudged("broken");
    attest(&repo, "HEAD", "1");
    repo.write("middleware/a", "worse\n").commit_unjudged("worse");
    attest(&repo, "HEAD", "1");
    repo.git(&["checkout", "-q", &good, "--", "."]).ok();
    let back = repo.commit_unjudged("return");
    let report = audit(&repo, &[]);
    assert_eq!(row(&report, &good)["evidence"], json!([{ "suite": "integration", "found": "attested", "result": "passed" }]));
    assert_eq!(row(&report, &broken)["violations"], json!(["guarded-area"]));
    assert_eq!(row(&report, &back)["violations"], json!([]));
    let outage = &report["overall"]["outages"][0];
    assert_eq!((&outage["commit"], &outage["returned"], &outage["suite"]), (&json!(broken), &json!(back), &json!("integration")));
    let time = |commit: &str| repo.git(&["log", "-1", "--format=%ct", commit]).ok().line().parse::<i64>().unwrap();
    assert_eq!(outage["seconds"], time(&back) - time(&broken));
    let event = &report["overall"]["events"].as_array().unwrap().iter().find(|event| event["what"] == "rollback").unwrap().clone();
    assert_eq!((&event["commit"], &event["by"]), (&json!(back), &json!("dev")));
    let said = format!("`integration` failed on {}, passed again on {} after ", &broken[..7], &back[..7]);
    repo.guard(&["audit"]).ok().says(&said);
}

#[test]
fn a_return_to_a_proven_tree_is_exempt_from_limits() {
    let repo = under_keys();
    repo.write("middleware/a", "good\n").commit_unjudged("good");
    attest(&repo, "HEAD", "0");
    repo.write_many("x", 5);
    let many = repo.commit_unjudged("many");
    repo.git(&["rm", "-q", "x1.txt", "x2.txt", "x3.txt", "x4.txt", "x5.txt"]).ok();
    let back = repo.commit_unjudged("take them back");
    let report = audit(&repo, &[]);
    assert_eq!((&row(&report, &many)["violations"], &row(&report, &back)["violations"]), (&json!(["file-limit"]), &json!([])));
    assert_eq!(row(&report, &back)["files"], 5);
    // Before the range it stood there, too.
    assert_eq!(audit(&repo, &["HEAD~1.."])["summary"]["violating"], 0);
}

#[test]
fn halts_and_resumes_are_told_in_order() {
    let repo = under_keys();
    let key = repo.key("boss").private;
    let key = key.to_str().unwrap();
    repo.guard(&["halt", "--reason", "all is broken", "--sign", key]).ok();
    repo.guard(&["resume", "--force", "--reason", "we \u{1b} need it", "--sign", key]).ok();
    let report = audit(&repo, &[]);
    let events = report["overall"]["events"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = events.iter().map(|event| (&event["what"], &event["about"])).collect();
    assert_eq!(told, [(&json!("halt"), &json!("all is broken")), (&json!("forced resume"), &json!("we \\u{1b} need it"))]);
    assert!(events[0]["by"].as_str().unwrap().starts_with("owner"), "{report:#}");
    assert_eq!(report["commits"][0]["violations"], json!([]), "a halt of today says nothing of what was");
}

#[test]
fn what_an_owner_waived_is_no_violation_and_is_told() {
    let repo = under_keys();
    repo.write_many("x", 4);
    let four = repo.commit_unjudged("four");
    let key = repo.key("boss").private;
    let args = ["waive", "file-limit", "--rev", "HEAD", "--limit", "4", "--reason", "generated", "--expires", "7d", "--sign"];
    repo.guard(&[&args[..], &[key.to_str().unwrap()]].concat()).ok();
    let report = audit(&repo, &[]);
    assert_eq!(row(&report, &four)["violations"], json!([]));
    let event = &report["overall"]["events"][0];
    assert_eq!((&event["what"], &event["about"], &event["commit"]), (&json!("waiver"), &json!("file-limit"), &json!(four)));
    assert_eq!((&event["by"], &event["reason"]), (&json!("owner `boss`"), &json!("generated")), "{event:#}");
    assert!(event["until"].as_str().unwrap().starts_with("20"), "{event:#}");
}
