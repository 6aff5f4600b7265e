//! `guard evidence`: what there is for a tree, and what each stage would still miss.

use super::*;

#[test]
fn of_the_index_or_of_a_revision() {
    let repo = guarded();
    proven_change(&repo, "check(more)\n");
    let run = repo.guard(&["evidence"]).ok().says("of the index, by the policy main:policy.toml");
    run.says("integration: recorded, a run on this machine").says(": counts");
    repo.guard(&["evidence", "HEAD"]).ok().says("of HEAD").says("integration: none");
    let json = evidence(&repo, &[]);
    assert_eq!((&json["version"], &json["tree"]), (&1.into(), &repo.index_tree().into()));
    assert_eq!(json["policy"]["trusted"], true);
    let missing = |json: &Value, n: usize| json["stages"][n]["missing"].clone();
    assert_eq!(
        [missing(&json, 0), missing(&json, 1), missing(&json, 2)],
        [serde_json::json!([]), serde_json::json!([]), serde_json::json!([])]
    );
    let json = evidence(&repo, &["HEAD"]);
    assert_eq!(
        json["stages"][0],
        serde_json::json!({"stage": "commit", "demanded": "recorded", "missing": ["integration"], "found": ["none"]})
    );
}

#[test]
fn a_trailer_is_a_claim_on_its_own_tree_alone() {
    let repo = guarded();
    repo.write("middleware/auth.py", "check(more)\n").stage();
    let claim = format!("work\n\n{}", marker(&repo.index_tree()));
    repo.git(&["commit", "-q", "-m", &claim]).ok();
    repo.guard(&["evidence", "HEAD"])
        .ok()
        .says("integration: claimed, trailer in ")
        .says("commit, where recorded is demanded: missing integration");
    repo.write("b.txt", "b\n").stage();
    repo.git(&["commit", "-q", "-m", &claim]).ok();
    repo.guard(&["evidence", "HEAD"])
        .ok()
        .says("integration: none")
        .says("a trailer does not count: it is stale: it is for another tree");
}

#[test]
fn the_exit_status_is_0_whatever_there_is() {
    let repo = guarded();
    repo.guard(&["evidence"]).ok();
    repo.guard(&["evidence", "HEAD~1"]).ok();
    repo.guard(&["evidence", "nowhere"]).undecided();
}

#[test]
fn where_the_policy_has_no_suite_or_is_none() {
    Repo::with_policy(OPEN_POLICY).guard(&["evidence"]).ok().says("the policy declares no suite");
    let repo = Repo::new();
    repo.write("a.txt", "a\n").commit_unjudged("start");
    let json = evidence(&repo, &[]);
    assert_eq!((&json["policy"], &json["suites"]), (&Value::Null, &serde_json::json!([])));
}

#[test]
fn what_is_missing_comes_with_the_command_that_brings_it() {
    let demanding = |land: &str| {
        let levels = format!("[evidence]\ncommit = \"none\"\nbranch = \"none\"\nland = \"{land}\"\n");
        let repo = Repo::with_policy(
            &(suites(&[("s", "run = \"true\"")]) + "[area.all]\npaths = [\"**\"]\nrequires = [\"s\"]\n" + &levels),
        );
        repo.guard(&["evidence", "HEAD"]).ok().says(&format!("land, where {land} is demanded: missing s (none)\n"))
    };
    demanding("recorded").says("next: guard test s --rev HEAD\n").says_not("--sign");
    demanding("signed").says("next: guard test s --rev HEAD --sign\n");
    let attested = demanding("attested").says("only a runner of the policy attests: have CI run s, sign and push, and fetch it");
    attested.says_not("next: guard test").says_not("next: git fetch");
}

#[test]
fn it_is_for_the_work_of_the_commits_whoever_asks() {
    let repo = Repo::new();
    let (one, other) = (repo.key("one"), repo.key("other"));
    let table = |name: &str, key: &str| {
        format!("\n[specialist.{name}]\nusers = [\"{name}\"]\nemails = [\"{name}@example.org\"]\nkeys = [\"{key}\"]\n")
    };
    let people = table("one", &one.public) + &table("other", &other.public);
    repo.write("policy.toml", suites(&[("s", "run = \"true\"")]) + &people).commit_unjudged("start");
    on_work(&repo).author("one@example.org").write("a.txt", "more\n").commit_unjudged("more");
    // What is new here would be whose this names; what is pushed is its authors'.
    repo.remote();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let sign = |key: &crate::support::keys::Key| {
        repo.guard(&["test", "s", "--rev", "HEAD", "--sign", key.private.to_str().unwrap()]).ok();
        evidence(&repo, &["HEAD"])
    };
    repo.set("GUARD_SPECIALIST", "other");
    let json = sign(&other);
    assert_eq!(found(&json, "s"), "recorded", "it is no work of other's: {json:#}");
    assert_eq!(json["records"][0]["short"], "signed by `other`, whose work this is not");
    assert_eq!(found(&sign(&one), "s"), "signed");
}
