//! `--policy-then`: each commit by the policy of its time.

use super::*;

#[test]
fn the_parent_s_policy_judges_and_not_the_commit_s_own() {
    let repo = under(POLICY);
    let start = repo.rev("HEAD");
    repo.write_many("x", 4);
    let four = repo.commit_unjudged("four");
    repo.author("boss@example.org").write("policy.toml", POLICY.replace("max-files-per-commit = 3", "max-files-per-commit = 9"));
    repo.author("author@example.org");
    repo.write_many("y", 4);
    let loosening = repo.commit_unjudged("loosen, and use it at once");
    repo.write_many("z", 4);
    let after = repo.commit_unjudged("four more");
    let report = audit(&repo, &["--policy-then"]);
    assert_eq!(row(&report, &start)["violations"], json!([]), "there was no policy yet");
    assert_eq!(row(&report, &start)["specialist"], "boss@example.org");
    assert_eq!(row(&report, &four)["violations"], json!(["file-limit"]));
    assert_eq!(row(&report, &loosening)["violations"], json!(["file-limit", "policy-change"]));
    assert_eq!(row(&report, &after)["violations"], json!([]));
    assert_eq!(
        report["policy"],
        json!({"source": "policy.toml at each commit's parent", "commit": null, "blob": null, "trusted": true})
    );
    let today = audit(&repo, &[]);
    assert_eq!(row(&today, &four)["violations"], json!([]));
    assert_eq!(row(&today, &loosening)["violations"], json!(["policy-change"]));
}

#[test]
fn a_policy_of_then_that_can_t_be_enforced_leaves_its_commits_undecided_with_a_reason() {
    let repo = under(POLICY);
    repo.write("policy.toml", "version = 1\nprotcted = []\n");
    let breaking = repo.commit_unjudged("a slip");
    repo.write("b", "b\n");
    let after = repo.commit_unjudged("after it");
    repo.write("policy.toml", POLICY).commit_unjudged("mend it");
    repo.write("b", "c\n");
    let mended = repo.commit_unjudged("goes on");
    let report = audit(&repo, &["--policy-then"]);
    assert_eq!(row(&report, &breaking)["violations"], json!(["policy-change"]));
    let found = row(&report, &after);
    assert_eq!((&found["files"], &found["violations"]), (&Value::Null, &json!([])));
    assert_eq!(found["indeterminate"], json!(rule_ids()));
    let why = found["why"].as_str().unwrap();
    assert!(why.starts_with("the policy in force then can't be enforced: ") && why.contains("protcted"), "{why}");
    assert_eq!(row(&report, &mended)["indeterminate"], json!([]));
    assert_eq!(report["summary"]["undecided"], 2);
    repo.guard(&["audit", "--policy-then"]).ok().says("2 could not be told in full").says("the policy in force then");
}

#[test]
fn a_merge_is_judged_by_its_first_parent_s_policy_and_so_is_what_it_brings() {
    let without = POLICY.replace("requires = [\"integration\"]", "");
    let repo = under(&without);
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.write("middleware/a", "1\n");
    let side = repo.commit_unjudged("touch what nobody guards yet");
    repo.author("boss@example.org").git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", POLICY).commit_unjudged("guard it");
    repo.author("author@example.org").git(&["merge", "-q", "--no-ff", "--no-verify", "side"]).ok();
    let report = audit(&repo, &["--policy-then"]);
    assert_eq!(row(&report, &side)["violations"], json!([]));
    assert_eq!(row(&report, &repo.rev("HEAD"))["violations"], json!(["guarded-area"]));
}

#[test]
fn no_policy_of_today_is_needed_and_two_are_too_many() {
    let repo = under(POLICY);
    repo.git(&["rm", "-q", "policy.toml"]).ok();
    repo.commit_unjudged("without");
    repo.guard(&["audit"]).undecided().says("there is no trusted policy").says("guard audit --policy-then");
    assert_eq!(audit(&repo, &["--policy-then"])["summary"]["commits"], 2);
    repo.guard(&["audit", "--policy-then", "--policy", "p.toml"]).undecided().says("leave one out");
}
