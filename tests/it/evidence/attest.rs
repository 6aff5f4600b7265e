//! `guard attest`: what a CI tells of a run of its own, and what is made of it.

use super::*;

/// A repository whose runner `ci` attests the suite `s`, which counts its tests.
fn started(table: &str) -> Repo {
    let repo = Repo::new();
    let runner = format!("\n[runner.ci]\nkeys = [\"{}\"]\n", repo.key("ci").public);
    repo.write("policy.toml", suites(&[("s", table)]) + &runner).commit_unjudged("start");
    repo.write("../run.log", "all good\n");
    repo
}

/// `guard attest s` of HEAD, signed by `ci`, with this JUnit file.
fn attest(repo: &Repo, junit: &str, more: &[&str]) -> Run {
    repo.write("../report.xml", junit);
    let key = repo.key("ci").private;
    let args = ["attest", "s", "--rev", "HEAD", "--log", "../run.log", "--junit", "../report.xml", "--sign", key.to_str().unwrap()];
    repo.guard(&[&args[..], more].concat())
}

const COUNTED: &str = "run = \"true\"\njunit = \"r.xml\"\nmin-tests = 2";
const TWO: &str = "<testsuites time='90.5'><testsuite><testcase name='a'/><testcase name='b'/></testsuite></testsuites>";

#[test]
fn the_record_has_the_times_of_the_report() {
    let repo = started(COUNTED);
    attest(&repo, TWO, &[]).ok().says("s: passed on tree").says("recorded and signed as `ci`");
    let record = evidence(&repo, &["HEAD"])["records"][0].clone();
    assert_eq!(record["duration_seconds"], 90.5);
    let time = |name: &str| record[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(time("end").duration_since(time("start")).as_millis(), 90_500);
    assert_eq!((&record["level"], &record["counts"]["passed"]), (&"attested".into(), &2.into()));
    attest(&repo, &TWO.replace("90.5", "soon"), &[]).ok();
    attest(&repo, &TWO.replace("90.5", "1e18"), &[]).ok();
}

#[test]
fn a_run_that_does_not_count_is_recorded_and_said() {
    let repo = started(COUNTED);
    let one = "<testsuite><testcase name='a'/></testsuite>";
    attest(&repo, one, &[]).rejected().says("s: does not count: too few tests: 1 passed, 2 demanded");
    attest(&repo, &TWO.replace("<testcase name='b'/>", "<testcase name='b'><error/></testcase>"), &[])
        .rejected()
        .says("1 test failed");
    attest(&repo, TWO, &["--exit-status", "3"]).rejected().says("the run failed: exit status 3");
    let json = evidence(&repo, &["HEAD"]);
    assert_eq!((json["records"].as_array().unwrap().len(), found(&json, "s").as_str()), (3, "none"));
}

#[test]
fn what_is_not_told_is_not_made_up() {
    let repo = started(COUNTED);
    let key = repo.key("ci").private;
    let args = ["attest", "s", "--rev", "HEAD", "--log", "../run.log", "--exit-status", "0", "--sign", key.to_str().unwrap()];
    repo.guard(&args).undecided().says("the suite has a `junit`, and none is given").says("--junit FILE");
    attest(&repo, "<html/>", &[]).undecided().says("is malformed");
    attest(&repo, TWO, &["--junit", "x"]).undecided().says("cannot be used multiple times");
    repo.remove("../run.log");
    attest(&repo, TWO, &[]).undecided().says("could not read the log `../run.log`");
    assert_eq!(repo.git(&["for-each-ref", "refs/notes"]).ok().out(), "", "nothing was recorded");
}

#[test]
fn programs_are_answered_as_by_guard_test() {
    let repo = started(COUNTED);
    let keys = |run: &Value| run.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let json: Value = serde_json::from_slice(&attest(&repo, TWO, &["--format", "json"]).ok().stdout).unwrap();
    let run = &json["runs"][0];
    assert_eq!((&run["suite"], &run["result"], &run["signed_by"]), (&"s".into(), &"passed".into(), &"ci".into()));
    let other = tested(&repo, &["s", "--again"], 1);
    assert_eq!((keys(run), &other["runs"][0]["signed_by"]), (keys(&other["runs"][0]), &Value::Null));
    assert_eq!(attest(&repo, TWO, &["-q"]).ok().out(), "");
}

#[test]
fn a_push_that_fails_loses_no_answer() {
    let repo = started(COUNTED);
    let run = attest(&repo, TWO, &["--push", "nowhere"]).undecided();
    run.says("s: passed on tree").says("git could not push `refs/notes/guard/ci` to `nowhere`").says("can be pushed again");
    repo.remote();
    attest(&repo, TWO, &["--push", "origin"]).ok().says("pushed to origin");
}

#[test]
fn only_the_trusted_policy_says_whose_key_it_is() {
    let repo = started(COUNTED);
    let stranger = repo.key("stranger");
    let mine = suites(&[("s", COUNTED)]) + &format!("\n[runner.ci]\nkeys = [\"{}\"]\n", stranger.public);
    repo.write("mine.toml", mine);
    let key = stranger.private.to_str().unwrap();
    for command in ["test", "attest"] {
        let rest: &[&str] = if command == "test" { &[] } else { &["--rev", "HEAD", "--log", "../run.log"] };
        let args = [&[command, "s", "--sign", key], rest].concat();
        repo.guard(&args).undecided().says("`main:policy.toml` does not have the key");
        repo.guard(&[&args[..], &["--policy", "mine.toml"]].concat()).undecided().says("`mine.toml` is not the trusted policy");
    }
}

#[test]
fn a_log_a_report_or_a_key_that_never_ends_is_refused_at_once() {
    let repo = started(COUNTED);
    let key = repo.key("ci").private;
    let fifo = repo.path().join("../fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    repo.write("../report.xml", TWO).write("../other.log", "x");
    std::os::unix::fs::symlink("other.log", repo.path().join("../link")).unwrap();
    let told = |junit: &str, log: &str, key: &str| {
        let args = [GUARD, "attest", "s", "--rev", "HEAD", "--junit", junit, "--log", log, "--sign", key];
        repo.run("timeout", &[&["20"], &args[..]].concat())
    };
    let key = key.to_str().unwrap();
    for log in ["../fifo", "/dev/zero", "../link", ".."] {
        told("../report.xml", log, key).undecided().says("could not read the log").says("no regular file").says("--log FILE");
    }
    for junit in ["../fifo", "/dev/zero", "../link", ".."] {
        told(junit, "../run.log", key).undecided().says("junit file").says("no regular file");
    }
    for key in ["../fifo", "/dev/zero", ".."] {
        told("../report.xml", "../run.log", key).undecided().says("could not read the key").says("no regular file");
    }
    assert_eq!(repo.git(&["for-each-ref", "refs/notes"]).ok().out(), "", "nothing was recorded");
    told("../report.xml", "../run.log", key).ok();
}
