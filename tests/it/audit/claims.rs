//! What messages claim, and what is proven.

use super::*;

fn evidence(level: &str, result: Value) -> Value {
    json!([{ "suite": "integration", "found": level, "result": result }])
}

/// The trailer that says that the tree of the index has passed.
fn marker(repo: &Repo) -> String {
    format!("Integration-Tested: integration tree={}", repo.stage().index_tree())
}

#[test]
fn a_claim_without_a_run_is_a_discrepancy() {
    let repo = under(POLICY);
    repo.write("ok", "").write("middleware/a", "1\n").stage();
    repo.guard(&["test", "integration"]).ok();
    let proven = repo.commit_unjudged(&format!("It works\n\n{}", marker(&repo)));
    repo.write("middleware/a", "2\n");
    let claimed = repo.commit_unjudged(&format!("It works, too\n\n{}", marker(&repo)));
    repo.author("web@example.org").write("middleware/a", "3\n");
    let silent = repo.commit_unjudged("Nothing is said");
    let report = audit(&repo, &[]);
    let found = row(&report, &proven);
    assert_eq!((&found["claims"], &found["areas"]), (&json!(["integration"]), &json!(["middleware"])));
    assert_eq!((&found["evidence"], &found["violations"]), (&evidence("recorded", json!("passed")), &json!([])));
    let found = row(&report, &claimed);
    assert_eq!((&found["claims"], &found["evidence"]), (&json!(["integration"]), &evidence("claimed", Value::Null)));
    assert_eq!(found["violations"], json!(["guarded-area"]));
    let found = row(&report, &silent);
    assert_eq!((&found["claims"], &found["evidence"]), (&json!([]), &evidence("none", Value::Null)));
    assert_eq!(found["violations"], json!(["guarded-area"]));
    let dev = specialist(&report, &json!("dev"));
    assert_eq!(
        (&dev["claims"], &dev["proven"], &dev["discrepancy"], &dev["guarded"]),
        (&json!(2), &json!(1), &json!(0.5), &json!(2))
    );
    assert_eq!(specialist(&report, &json!("web"))["discrepancy"], json!(0.0));
    assert_eq!(report["summary"]["guarded_without_evidence"], 2);
    for format in ["text", "md", "html"] {
        let said = repo.guard(&["audit", "--format", format]).ok().out().replace("<code>recorded</code>", "`recorded`");
        assert!(said.contains("of the level `recorded` or above"), "{format}: {said}");
    }
}

#[test]
fn a_claim_of_another_tree_or_of_no_suite_is_one_all_the_same() {
    let repo = under(POLICY);
    let stale = format!("Integration-Tested: integration tree={}", repo.rev("HEAD^{tree}"));
    repo.write("b", "b\n");
    let other = format!("Integration-Tested: load tree={}", repo.stage().index_tree());
    let commit = repo.commit_unjudged(&format!("All is tested\n\n{stale}\n{other}\nIntegration-Tested: unit"));
    let report = audit(&repo, &[]);
    let found = row(&report, &commit);
    assert_eq!(found["claims"], json!(["integration", "load"]));
    let none = |suite: &str| json!({ "suite": suite, "found": "none", "result": null });
    assert_eq!((&found["evidence"], &found["violations"]), (&json!([none("integration"), none("load")]), &json!([])));
    assert_eq!(specialist(&report, &json!("dev"))["discrepancy"], json!(1.0));
}

#[test]
fn a_failed_run_is_no_evidence_and_is_told() {
    let repo = under(POLICY);
    repo.write("middleware/a", "1\n").stage();
    repo.guard(&["test", "integration"]).rejected();
    let commit = repo.commit_unjudged(&format!("It works\n\n{}", marker(&repo)));
    let report = audit(&repo, &[]);
    let found = row(&report, &commit);
    assert_eq!((&found["evidence"], &found["violations"]), (&evidence("claimed", json!("failed")), &json!(["guarded-area"])));
    assert_eq!(specialist(&report, &json!("dev"))["proven"], 0);
}

#[test]
fn in_another_clone_an_unsigned_record_is_a_claim() {
    let repo = under(POLICY);
    repo.write("ok", "").write("middleware/a", "1\n").stage();
    repo.guard(&["test", "integration"]).ok();
    let commit = repo.commit_unjudged("It works");
    let clone = repo.clone_to("clone");
    clone.git(&["fetch", "-q", "origin", "refs/notes/guard/*:refs/notes/guard/remotes/origin/*"]).ok();
    let report = audit(&clone, &[]);
    let found = row(&report, &commit);
    assert_eq!((&found["evidence"], &found["violations"]), (&evidence("claimed", json!("passed")), &json!(["guarded-area"])));
}

#[test]
fn proof_is_as_old_as_it_was_when_the_commit_was_made() {
    let repo = under(&POLICY.replace("land = \"recorded\"", "land = \"recorded\"\nmax-age = \"1h\""));
    repo.write("ok", "").write("middleware/a", "1\n").stage();
    repo.guard(&["test", "integration"]).ok();
    // The clock of commits stands in 2023: the record is younger, not too old.
    let commit = repo.commit_unjudged("It works");
    assert_eq!(row(&audit(&repo, &[]), &commit)["violations"], json!([]));
    // Two hours after the run it was too old.
    let later = repo.command("date").arg("+@%s +0000").arg("-d").arg("2 hours").output().unwrap();
    repo.set("GIT_COMMITTER_DATE", String::from_utf8(later.stdout).unwrap().trim());
    repo.git(&["commit", "-q", "--amend", "--no-verify", "-m", "It still works"]).ok();
    assert_eq!(row(&audit(&repo, &[]), &repo.rev("HEAD"))["violations"], json!(["guarded-area"]));
}
