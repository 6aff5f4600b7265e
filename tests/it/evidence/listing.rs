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
    assert_eq!(json["stages"][0], serde_json::json!({"stage": "commit", "demanded": "recorded", "missing": ["integration"]}));
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
