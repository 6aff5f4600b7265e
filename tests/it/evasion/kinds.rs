//! Ways to do in steps what an area forbids to do at once.

use super::*;

const RULE: &str = "forbidden-change";

/// Nobody may modify a migration, or a file with `@generated` lines; anybody may delete one and add another.
fn append_only() -> Repo {
    let repo = Repo::with_policy(
        "version = 1\nbase = \"main\"\n\n[specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n\n\
         [specialist.other]\nemails = [\"other@example.org\"]\n\n\
         [area.database]\npaths = [\"migrations/\"]\nforbid = [\"modify\"]\n\n\
         [area.generated]\npaths = [\"gen/\"]\nlines = ['@generated']\nforbid = [\"modify\"]\n",
    );
    repo.write("migrations/1.sql", "one\n").write("migrations/2.sql", "two\n").write("made.py", "@generated\nx\n");
    repo.commit_unjudged("migrations");
    scene::on_work(&repo);
    repo
}

fn says(json: &serde_json::Value, kind: &str) -> Vec<String> {
    violations(json, kind, RULE).iter().map(|v| v["message"].as_str().unwrap().to_owned()).collect()
}

const MODIFIED: &str = "area `database` forbids to modify: `migrations/1.sql`";

#[test]
fn a_modification_in_two_commits() {
    let repo = append_only();
    repo.remove("migrations/1.sql").commit_unjudged("delete");
    assert_accepted(&repo.json(&["check"]));
    repo.write("migrations/1.sql", "other\n").stage();
    let staged = repo.json(&["check", "--staged"]);
    assert_eq!((says(&staged, "index"), says(&staged, "session")), (vec![], vec![MODIFIED.to_owned()]));
    repo.commit_unjudged("add");
    let json = repo.json(&["check"]);
    assert_eq!(assert_violated(&json, "session", RULE)["paths"], serde_json::json!(["migrations/1.sql"]));
    assert_only_violated(&json, &[RULE]);
    // put back as it was, it is no modification
    repo.write("migrations/1.sql", "one\n").commit_unjudged("as it was");
    assert!(says(&repo.json(&["check"]), "session").is_empty());
}

#[test]
fn a_modification_by_two_renames() {
    let repo = append_only();
    repo.git(&["mv", "migrations/1.sql", "old.sql"]).ok();
    repo.commit_unjudged("away");
    repo.git(&["mv", "migrations/2.sql", "migrations/1.sql"]).ok();
    repo.commit_unjudged("another in its place");
    assert_eq!(says(&repo.json(&["check"]), "session"), [MODIFIED]);
}

#[test]
fn a_modification_by_two_specialists_is_whose_addition_makes_it_one() {
    let repo = append_only();
    repo.remove("migrations/1.sql").commit_unjudged("delete");
    repo.author("other@example.org").write("migrations/1.sql", "other\n").commit_unjudged("add");
    let json = repo.json(&["check"]);
    let sessions = judgements(&json, "session").into_iter();
    let of: Vec<&str> = sessions
        .filter(|j| j["outcomes"].as_array().unwrap().iter().any(|o| o["rule"] == RULE && o["outcome"] == "violated"))
        .map(|j| j["specialist"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(of, ["other"]);
}

#[test]
fn a_modification_of_guarded_lines_in_two_commits() {
    let repo = append_only();
    repo.remove("made.py").commit_unjudged("delete");
    repo.write("made.py", "x\n").commit_unjudged("add");
    assert_eq!(says(&repo.json(&["check"]), "session"), ["area `generated` forbids to modify: `made.py`"]);
}

#[test]
fn a_modification_in_two_pushes_to_a_branch() {
    let repo = append_only();
    repo.git(&["switch", "-q", "main"]).ok();
    let server = repo.guarded_remote();
    repo.login("dev").git(&["switch", "-q", "work"]).ok();
    repo.remove("migrations/1.sql").commit_unjudged("delete");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.write("migrations/1.sql", "other\n").commit_unjudged("add");
    let before = server.state_of_refs();
    repo.git(&["push", "-q", "origin", "work"]).rejected().says(MODIFIED);
    repo.git(&["push", "-q", "origin", "work:main"]).rejected().says(MODIFIED);
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn a_modification_that_a_merge_puts_together() {
    let repo = append_only();
    repo.remove("migrations/1.sql").commit_unjudged("delete");
    repo.git(&["switch", "-q", "-c", "beside", "main"]).ok();
    repo.write("x", "x\n").commit_unjudged("x");
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "work"]).ok();
    repo.write("migrations/1.sql", "other\n").commit_unjudged("merge");
    assert_eq!(says(&repo.json(&["check"]), "session"), [MODIFIED]);
}

#[test]
fn what_is_modified_at_once_is_said_once() {
    let repo = append_only();
    repo.write("migrations/1.sql", "other\n").write("migrations/3.sql", "three\n").commit_unjudged("modify");
    let json = repo.json(&["check"]);
    assert_eq!((says(&json, "commit"), says(&json, "session")), (vec![MODIFIED.to_owned()], vec![]));
}

#[test]
fn what_is_only_deleted_and_only_added_passes() {
    let repo = append_only();
    repo.remove("migrations/1.sql").commit_unjudged("delete");
    repo.write("migrations/3.sql", "three\n").commit_unjudged("add");
    repo.write("gen/x", "x\n").commit_unjudged("add");
    repo.remove("gen/x").commit_unjudged("delete");
    repo.write("gen/x", "other\n").commit_unjudged("add");
    assert_accepted(&repo.json(&["check"]));
}
