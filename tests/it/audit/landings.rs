//! What a merge brings to the first-parent line, and what it must prove there.

use super::*;

/// A branch `side` of the web specialist with a commit that touches the middleware, merged into main by the other one; the ids of the commit and of
/// the merge.
fn merged(repo: &Repo) -> (String, String) {
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.author("web@example.org").write("middleware/a", "1\n").write("ok", "");
    let side = repo.commit_unjudged("touch the middleware");
    repo.author("author@example.org").git(&["switch", "-q", "main"]).ok();
    repo.write("b", "b\n").commit_unjudged("meanwhile");
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "side"]).ok();
    (side, repo.rev("HEAD"))
}

#[test]
fn a_clean_merge_adds_nothing_and_proves_what_it_brings() {
    let repo = under(POLICY);
    let (side, merge) = merged(&repo);
    let report = audit(&repo, &[]);
    let found = row(&report, &merge);
    assert_eq!((&found["parents"], &found["files"], &found["insertions"]), (&json!(2), &json!(0), &json!(0)));
    assert_eq!((&found["areas"], &found["violations"]), (&json!([]), &json!(["guarded-area"])));
    assert_eq!(found["evidence"], json!([{ "suite": "integration", "found": "none", "result": null }]));
    let found = row(&report, &side);
    assert_eq!((&found["areas"], &found["violations"]), (&json!(["middleware"]), &json!([])), "the tip that lands must be proven");
    assert_eq!(report["summary"]["guarded_without_evidence"], 1);
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    let report = audit(&repo, &[]);
    assert_eq!(row(&report, &merge)["violations"], json!([]));
    assert_eq!(row(&report, &merge)["evidence"], json!([{ "suite": "integration", "found": "recorded", "result": "passed" }]));
}

#[test]
fn with_each_commit_every_commit_must_be_proven() {
    let repo = under(&POLICY.replace("land = \"recorded\"", "land = \"recorded\"\neach-commit = true"));
    let (side, merge) = merged(&repo);
    repo.guard(&["test", "integration", "--rev", &merge]).ok();
    let report = audit(&repo, &[]);
    assert_eq!((&row(&report, &side)["violations"], &row(&report, &merge)["violations"]), (&json!(["guarded-area"]), &json!([])));
}

#[test]
fn what_a_merger_slips_in_is_the_merger_s_own() {
    let repo = under(POLICY);
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.author("web@example.org").write("c", "c\n").commit_unjudged("side");
    repo.author("author@example.org").git(&["switch", "-q", "main"]).ok();
    repo.write("b", "b\n").commit_unjudged("meanwhile");
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]).ok();
    repo.write("middleware/evil", "1\n2\n").write("a.txt", "one\n");
    let merge = repo.commit_unjudged("merge");
    let report = audit(&repo, &[]);
    let found = row(&report, &merge);
    assert_eq!((&found["files"], &found["insertions"], &found["deletions"]), (&json!(2), &json!(2), &json!(2)));
    assert_eq!((&found["specialist"], &found["areas"]), (&json!("dev"), &json!(["middleware"])));
    assert_eq!(found["violations"], json!(["guarded-area"]));
}

#[test]
fn several_who_land_together_need_proof() {
    let repo = under(
        &POLICY.replace("requires = [\"integration\"]", "").replace("[suite", "[combined]\nrequires = [\"integration\"]\n\n[suite"),
    );
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.author("web@example.org").write("c", "c\n").commit_unjudged("web");
    repo.author("author@example.org").write("ok", "").commit_unjudged("dev");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "side"]).ok();
    let report = audit(&repo, &[]);
    assert_eq!(row(&report, &repo.rev("HEAD"))["violations"], json!(["combined-change"]));
    assert_eq!(report["summary"]["guarded_without_evidence"], 0);
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    assert_eq!(audit(&repo, &[])["summary"]["violating"], 0);
}

#[test]
fn who_met_in_an_area_is_told() {
    let repo = under(POLICY);
    merged(&repo);
    repo.write("middleware/a", "2\n").commit_unjudged("there, too");
    let report = audit(&repo, &[]);
    let by = json!([{ "specialist": "dev", "commits": 1 }, { "specialist": "web", "commits": 1 }]);
    assert_eq!(report["overall"]["areas"], json!([{ "area": "middleware", "by": by }]));
    repo.guard(&["audit"]).ok().says("areas in which several met\n  `middleware`: dev 1, web 1\n");
}

#[test]
fn an_octopus_is_judged_against_all_of_its_parents() {
    let repo = under(POLICY);
    for name in ["one", "two"] {
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.write(name, "x\n").commit_unjudged(name);
    }
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("three", "x\n").commit_unjudged("three");
    repo.git(&["merge", "-q", "--no-verify", "one", "two"]).ok();
    let report = audit(&repo, &[]);
    let found = row(&report, &repo.rev("HEAD"));
    assert_eq!((&found["parents"], &found["files"]), (&json!(3), &json!(0)));
}

#[test]
fn what_a_merge_carries_to_another_name_is_judged_there_as_the_check_does() {
    let text: String = (1..40).map(|n| format!("line {n}\n")).collect();
    let repo = Repo::new();
    let policy =
        POLICY.replace("emails = [\"web@example.org\"]\n", "emails = [\"web@example.org\"]\nprohibited = [\"middleware/\"]\n");
    repo.author("boss@example.org").write("policy.toml", policy).write("src/a.py", &text).commit_unjudged("start");
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.author("web@example.org").write("src/a.py", text.replace("line 15\n", "line 15, edited\n"));
    let edit = repo.commit_unjudged("edit what will be elsewhere");
    repo.author("author@example.org").git(&["switch", "-q", "main"]).ok();
    repo.git(&["mv", "src", "middleware"]).ok();
    repo.commit_unjudged("move");
    repo.git(&["switch", "-q", "-c", "try"]).ok();
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "side"]).ok();
    let merge = repo.rev("HEAD");
    assert!(repo.file("middleware/a.py").exists());
    let json = repo.json(&["check"]);
    assert_violated(&json, "carried", "scope");
    assert_violated(&json, "landing", "guarded-area");
    repo.git(&["branch", "-q", "-f", "main", "try"]).ok();
    for args in [&["main"][..], &["main", "--policy-then"], &["main~1..main"]] {
        let report = audit(&repo, args);
        assert_eq!(row(&report, &merge)["violations"], json!(["scope", "guarded-area"]), "{args:?}");
        assert_eq!(
            (&row(&report, &merge)["files"], &row(&report, &merge)["areas"]),
            (&json!(0), &json!([])),
            "it is not the merger's"
        );
        assert_eq!(row(&report, &edit)["violations"], json!([]), "where it was made it was allowed");
    }
}

#[test]
fn what_two_merges_carry_on_is_found_at_its_end() {
    let text: String = (1..40).map(|n| format!("line {n}\n")).collect();
    let repo = Repo::new();
    let policy = POLICY.replace("emails = [\"web@example.org\"]\n", "emails = [\"web@example.org\"]\nprohibited = [\"deep/\"]\n");
    repo.author("boss@example.org").write("policy.toml", policy).write("src/a.py", &text).commit_unjudged("start");
    repo.git(&["switch", "-q", "-c", "side"]).ok();
    repo.author("web@example.org").write("src/a.py", text.replace("line 15\n", "line 15, edited\n")).commit_unjudged("edit");
    repo.author("author@example.org").git(&["switch", "-q", "main"]).ok();
    repo.git(&["mv", "src", "lib"]).ok();
    repo.commit_unjudged("move");
    repo.git(&["switch", "-q", "side"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "take main in", "main"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["mv", "lib", "deep"]).ok();
    repo.commit_unjudged("move again");
    repo.git(&["merge", "-q", "--no-ff", "--no-verify", "side"]).ok();
    assert!(repo.file("deep/a.py").exists());
    assert_eq!(row(&audit(&repo, &[]), &repo.rev("HEAD"))["violations"], json!(["scope"]));
}
