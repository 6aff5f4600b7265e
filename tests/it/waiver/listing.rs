//! Where waivers are shown: `guard evidence`.

use serde_json::Value;

use super::*;

#[test]
fn evidence_tells_of_every_waiver_on_the_tree() {
    let (repo, _server) = started();
    waive(&repo, "boss", &["file-limit", "--limit", "3", "--path", "closed/"]).ok();
    waive(&repo, "boss", &["scope"]).ok();
    let run = repo.guard(&["evidence", "HEAD"]).ok();
    run.says("waiver of file-limit up to 3 in `closed/` by owner `boss`, until ").says(": it is generated: counts");
    let run = repo.guard(&["evidence", "HEAD", "--format", "json"]).ok();
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    let waivers = json["waivers"].as_array().unwrap();
    assert_eq!((waivers.len(), &json["records"]), (2, &serde_json::json!([])));
    let limit = waivers.iter().find(|waiver| waiver["rule"] == "file-limit").unwrap();
    assert_eq!((&limit["limit"], &limit["paths"]), (&3.into(), &serde_json::json!(["closed/"])));
    assert_eq!((&limit["by"], &limit["valid"], &limit["because"]), (&"boss".into(), &true.into(), &Value::Null));
    // the owner's key is taken out: the waivers stay, and say that they are worth nothing
    let without = policy(&repo).replace(&repo.key("boss").public, &repo.key("other").public);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", without).commit_unjudged("another owner");
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    let run = repo.guard(&["evidence", "work"]).ok();
    run.says("by nobody who may, until ").says(": does not count: signed by SHA256:");
    let run = repo.guard(&["evidence", "work", "--format", "json"]).ok();
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&json["waivers"][0]["valid"], &json["waivers"][0]["by"]), (&false.into(), &Value::Null));
}

#[test]
fn without_a_policy_there_is_none() {
    let repo = Repo::new();
    repo.write("a", "a\n").commit_unjudged("start");
    let run = repo.guard(&["evidence", "--format", "json"]).ok();
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(json["waivers"], serde_json::json!([]));
}
