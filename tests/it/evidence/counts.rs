//! What the JUnit file says: counts, and what is not enough.

use super::*;

/// A suite that writes this report and ends with this status.
fn reporting(report: &str, status: u8, rest: &str) -> Repo {
    let repo = Repo::new();
    let script = format!("cp report.in report.xml; exit {status}");
    repo.write("report.in", report);
    let table = format!("run = \"{script}\"\njunit = \"report.xml\"\nenv = [\"PATH\"]\n{rest}");
    repo.write("policy.toml", suites(&[("s", &table)])).commit_unjudged("start");
    repo
}

fn cases(passed: usize, failed: usize, skipped: usize) -> String {
    let case = |n: usize, kind: &str, body: &str| {
        (0..n).map(|i| format!("<testcase name=\"{kind}{i}\">{body}</testcase>\n")).collect::<String>()
    };
    format!(
        "<?xml version=\"1.0\"?>\n<testsuites><testsuite name=\"all\">\n{}{}{}</testsuite></testsuites>\n",
        case(passed, "passes", ""),
        case(failed, "fails", "<failure message=\"no\"/>"),
        case(skipped, "skips", "<skipped/>")
    )
}

#[test]
fn the_counts_are_read_and_recorded() {
    let repo = reporting(&cases(3, 0, 1), 0, "");
    repo.guard(&["test", "s"]).ok().says("3 passed, 0 failed, 1 skipped");
    let json = evidence(&repo, &[]);
    assert_eq!(json["records"][0]["counts"], serde_json::json!({"passed": 3, "failed": 0, "skipped": 1}));
    repo.guard(&["evidence"]).ok().says("3 passed, 0 failed, 1 skipped: counts");
}

#[test]
fn failed_tests_fail_whatever_the_exit_status_says() {
    let repo = reporting(&cases(3, 2, 0), 0, "");
    repo.guard(&["test", "s"]).rejected().says("s: failed on tree").says("2 tests failed");
    assert_eq!(found(&evidence(&repo, &[]), "s"), "none");
    let repo = reporting(&cases(3, 0, 0), 1, "");
    repo.guard(&["test", "s"]).rejected().says("exit status 1");
}

#[test]
fn too_few_tests_do_not_count() {
    let repo = reporting(&cases(2, 0, 5), 0, "min-tests = 3");
    repo.guard(&["test", "s"]).rejected().says("does not count").says("2").says("3");
    let json = evidence(&repo, &[]);
    assert_eq!((found(&json, "s").as_str(), &json["records"][0]["result"]), ("none", &"warned".into()));
    let repo = reporting(&cases(3, 0, 0), 0, "min-tests = 3");
    repo.guard(&["test", "s"]).ok();
    // a suite without any test is one that tests nothing
    let repo = reporting(&cases(0, 0, 0), 0, "min-tests = 1");
    repo.guard(&["test", "s"]).rejected();
}

#[test]
fn too_many_skipped_do_not_count() {
    let repo = reporting(&cases(9, 0, 2), 0, "max-skipped = 1");
    repo.guard(&["test", "s"]).rejected().says("does not count").says("skipped");
    let repo = reporting(&cases(9, 0, 1), 0, "max-skipped = 1");
    repo.guard(&["test", "s"]).ok();
    let repo = reporting(&cases(9, 0, 1), 0, "max-skipped = 0");
    repo.guard(&["test", "s"]).rejected();
}

#[test]
fn what_is_no_report_is_a_failure() {
    for report in ["", "not xml", "<testsuite><testcase name='x'>", "<html/>"] {
        let repo = reporting(report, 0, "min-tests = 1");
        repo.guard(&["test", "s"]).rejected().says("recorded");
        assert_eq!(found(&evidence(&repo, &[]), "s"), "none", "{report}");
    }
}

#[test]
fn a_report_that_was_committed_proves_no_run() {
    let repo = Repo::new();
    repo.write("report.xml", cases(9, 0, 0));
    repo.write("policy.toml", suites(&[("s", "run = \"true\"\njunit = \"report.xml\"\nmin-tests = 1")])).commit_unjudged("start");
    repo.guard(&["test", "s"]).rejected().says("junit file `report.xml` missing");
}

#[test]
fn a_report_outside_of_the_tree_is_not_read() {
    let repo = Repo::new();
    let outside = repo.scratch().join("outside.xml");
    std::fs::write(&outside, cases(9, 0, 0)).unwrap();
    let script = format!("run = \"ln -s {} report.xml\"\njunit = \"report.xml\"\nenv = [\"PATH\"]", outside.display());
    repo.write("policy.toml", suites(&[("s", &script)])).commit_unjudged("start");
    repo.guard(&["test", "s"]).rejected();
}

#[test]
fn a_stricter_policy_voids_an_older_record() {
    let repo = reporting(&cases(2, 0, 0), 0, "");
    repo.guard(&["test", "s"]).ok();
    let stricter = std::fs::read_to_string(repo.file("policy.toml")).unwrap() + "min-tests = 3\n";
    repo.write("policy.toml", stricter).commit_unjudged("stricter");
    // on the very tree that passed
    let run = repo.guard(&["evidence", "HEAD~1"]).ok().says("s: none");
    run.says("the suite was defined otherwise when it ran");
}
