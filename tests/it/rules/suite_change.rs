//! The tests that judge a change are not the change's own to alter.

use super::*;

const RULE: &str = "suite-change";

/// The suite passes if there is a test, and every one of them passes.
fn suite() -> String {
    with_dev(
        "[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n\
         [suite.login]\nrun = \"ls tests/*.sh && for t in tests/*.sh; do sh $t || exit 1; done\"\nfiles = [\"tests/\"]\n\
         [area.auth]\npaths = [\"auth/\"]\nrequires = [\"login\"]\n\
         [evidence]\ncommit = \"recorded\"\nbranch = \"recorded\"\nland = \"recorded\"\n",
    )
}

/// A branch on top of a base whose test asks for `strict` in `auth/login`.
fn started() -> Repo {
    let repo = Repo::with_policy(&suite());
    repo.write("auth/login", "strict\n").write("tests/login.sh", "grep -q strict auth/login\n").commit_unjudged("login");
    repo.remote();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo
}

#[test]
fn a_gutted_suite_proves_nothing() {
    for gut in ["exit 0\n", "", "grep -q lax auth/login\n"] {
        let repo = started();
        repo.write("auth/login", "lax\n").write("tests/login.sh", gut).stage();
        repo.guard(&["test", "login"]).rejected();
        let json = repo.json(&["check", "--staged"]);
        assert_only_violated(&json, &["guarded-area", RULE]);
        let violation = assert_violated(&json, "index", RULE);
        assert_eq!(violation["message"], "suite `login` changed: `tests/login.sh`");
        assert_eq!((&violation["demanded"], &violation["found"]), (&json!("recorded"), &json!("none")));
        assert_eq!(violation["next"], json!(["guard test login"]));
    }
}

#[test]
fn a_file_that_silences_the_others_is_a_change_of_the_suite() {
    let repo = started();
    repo.write("auth/login", "lax\n").write("tests/0.sh", "echo 'exit 0' > tests/login.sh\n").stage();
    repo.guard(&["test", "login"]).rejected();
    assert_only_violated(&repo.json(&["check", "--staged"]), &["guarded-area", RULE]);
    // deleted, or moved out of its place
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write("auth/login", "lax\n").write("tests/x.sh", "true\n").git(&["rm", "-q", "tests/login.sh"]).ok();
    repo.stage();
    repo.guard(&["test", "login"]).rejected();
    assert_only_violated(&repo.json(&["check", "--staged"]), &["guarded-area", RULE]);
}

#[test]
fn more_tests_are_welcome_where_the_old_ones_pass() {
    let repo = started();
    repo.write("auth/login", "strict\nmore\n").write("tests/more.sh", "grep -q more auth/login\n").stage();
    let json = repo.json(&["check", "--staged"]);
    violations(&json, "index", RULE).iter().for_each(|violation| paste(&repo, violation));
    assert_accepted(&repo.json(&["check", "--staged"]));
    repo.commit_unjudged("more");
    assert_accepted(&repo.json(&["check"]));
    assert_eq!(
        reasons(&repo.json(&["check"]), "landing", RULE),
        ["no suite is changed but by owners, or with the base's files it passes, too"]
    );
}

#[test]
fn an_owner_may_change_a_suite() {
    let repo = started();
    repo.author("boss@example.org").write("auth/login", "lax\n").write("tests/login.sh", "grep -q lax auth/login\n").stage();
    // as the base has them, its tests don't pass
    repo.guard(&["test", "login"]).rejected();
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn other_files_are_no_suite() {
    let repo = started();
    repo.write("auth/login", "strict\nmore\n").stage();
    repo.guard(&["test", "login"]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
    assert_eq!(
        reasons(&repo.json(&["check", "--staged"]), "index", RULE),
        ["no suite is changed but by owners, or with the base's files it passes, too"]
    );
}
