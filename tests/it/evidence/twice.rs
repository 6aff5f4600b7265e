//! A suite whose own files are changed: it runs twice, and both runs are told.

use super::*;

/// Every `tests/*.t` is a test; what it prints stands in its test case. `tests/conf` is read first, as a `conftest.py` is.
const RUN: &str = "test ! -e tests/conf || . tests/conf; { echo '<testsuite>'; \
    for t in tests/*.t; do echo \"<testcase name='$t'>\"; sh $t; echo '</testcase>'; done; echo '</testsuite>'; } > r.xml";

/// A branch on top of a base with two tests, one of which wants `strict` in `code`; it is only `lax` by now.
fn started(code: &str) -> Repo {
    let table = format!("run = '''{RUN}'''\njunit = \"r.xml\"\nmin-tests = 1\nfiles = [\"tests/\"]");
    let area = "[area.code]\npaths = [\"code\"]\nrequires = [\"s\"]\n";
    let repo = Repo::with_policy(&format!("{}{area}", suites(&[("s", &table)])));
    let test = "grep -q strict code || echo '<failure/>'\n";
    repo.write("code", "strict\n").write("tests/a.t", test).write("tests/b.t", "").commit_unjudged("tests");
    on_work(&repo).write("code", code);
    repo
}

/// Neither the first run nor a second look at what it recorded makes it count.
#[track_caller]
fn assert_worthless(repo: &Repo, why: &str) {
    repo.stage().guard(&["test", "s"]).rejected().says(why);
    repo.guard(&["test", "s"]).rejected();
    let json = evidence(repo, &[]);
    assert_eq!(json["suites"][0]["base_run"], "none", "{json:#}");
    assert_eq!(json["stages"][0]["missing"][0], "s", "{json:#}");
    assert_violated(&repo.json(&["check", "--staged"]), "index", "suite-change");
}

#[test]
fn skipped_deleted_and_emptied_tests_prove_nothing() {
    let skipped = started("lax\n");
    skipped.write("tests/a.t", "echo '<skipped/>'\n");
    assert_worthless(&skipped, "s with the base's files: failed on tree");
    let deleted = started("lax\n");
    deleted.remove("tests/a.t");
    assert_worthless(&deleted, "1 test failed");
    let emptied = started("lax\n");
    emptied.write("tests/a.t", "");
    assert_worthless(&emptied, "1 test failed");
}

#[test]
fn a_file_that_silences_the_others_proves_nothing() {
    let repo = started("lax\n");
    repo.write("tests/conf", "sh() { :; }\n").stage();
    let json = tested(&repo, &["s"], 1);
    let results: Vec<(&Value, &Value)> =
        json["runs"].as_array().unwrap().iter().map(|run| (&run["base_suite"], &run["result"])).collect();
    assert_eq!(results, [(&false.into(), &"passed".into()), (&true.into(), &"failed".into())]);
    assert_worthless(&repo, "s with the base's files: failed on tree");
}

#[test]
fn fewer_tests_than_the_base_s_prove_nothing_the_second_time_either() {
    let repo = started("strict\nmore\n");
    repo.remove("tests/b.t");
    let why = "1 tests passed, and 2 with the suite's files as the base has them";
    assert_worthless(&repo, &format!("does not count: {why}"));
    repo.guard(&["test", "s"])
        .rejected()
        .says("s: already passed on tree")
        .says(&format!("already ran on tree {}", &repo.index_tree()[..7]));
    repo.guard(&["evidence"]).ok().says(&format!("  the two do not count together: {why}\n")).says_not("a trailer");
}

#[test]
fn the_base_s_files_alone_are_run_where_that_is_asked() {
    let repo = started("strict\nmore\n");
    repo.write("tests/c.t", "").stage();
    let json = tested(&repo, &["s", "--base-suite"], 0);
    let [run] = &json["runs"].as_array().unwrap()[..] else { panic!("one run: {json:#}") };
    assert_eq!((&run["base_suite"], &run["counts"]["passed"]), (&true.into(), &2.into()));
    // what has passed is used again, and the other half is run
    let both = repo.guard(&["test", "s"]).ok();
    both.says("s with the base's files: already passed on tree").says("s: passed on tree").says("3 passed, 0 failed");
    repo.guard(&["evidence"])
        .ok()
        .says("its own files are changed; with the base's: recorded")
        .says("recorded, with the base's files");
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn where_the_files_are_the_base_s_one_run_is_enough() {
    let repo = started("strict\nmore\n");
    repo.stage().guard(&["test", "s", "--base-suite"]).ok().says("guard: the files of `s` are the base's");
    assert_eq!(tested(&repo, &["s"], 0)["runs"].as_array().unwrap().len(), 1);
    assert_accepted(&repo.json(&["check", "--staged"]));
}
