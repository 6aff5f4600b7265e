//! A suite that forks, hangs, floods or destroys: it is handled, and the record says what happened.

use super::*;

/// The record of the one run of that script.
fn record_of(script: &str, more: &str, status: i32) -> (Repo, Value) {
    let repo = with_suites(&[("s", &format!("run = '''{script}'''\n{more}"))]);
    let tmp = repo.scratch().join("tmp");
    std::fs::create_dir(&tmp).unwrap();
    repo.set("TMPDIR", &tmp);
    tested(&repo, &["s"], status);
    assert_eq!(std::fs::read_dir(tmp).unwrap().count(), 0, "nothing is left behind");
    let record = evidence(&repo, &[])["records"][0].clone();
    (repo, record)
}

/// The processes that run `sleep` with this argument.
fn sleepers(argument: &str) -> usize {
    let of = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.unwrap().path().join("cmdline")).unwrap_or_default();
    let wanted = format!("sleep\0{argument}\0");
    std::fs::read_dir("/proc").unwrap().map(of).filter(|line| line == wanted.as_bytes()).count()
}

/// They are gone, as soon as the kernel has come to it.
#[track_caller]
fn assert_gone(argument: &str) {
    let clock = std::time::Instant::now();
    while sleepers(argument) > 0 {
        assert!(clock.elapsed().as_secs() < 5, "{} are left", sleepers(argument));
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn one_that_forks_leaves_nobody() {
    let mine = format!("3{}", std::process::id());
    let script = format!("for i in 1 2 3 4 5 6 7 8; do (sleep {mine} & sleep {mine}) & done; exit 0");
    let (_repo, record) = record_of(&script, "", 0);
    assert_eq!((&record["result"], &record["exit_status"]), (&"passed".into(), &0.into()));
    assert_gone(&mine);
}

#[test]
fn one_that_hangs_and_ignores_what_it_is_asked_is_killed() {
    let mine = format!("4{}", std::process::id());
    let script = format!("trap '' TERM HUP INT; (trap '' TERM; sleep {mine}) & while :; do sleep {mine}; done");
    let (_repo, record) = record_of(&script, "timeout = \"1s\"", 1);
    assert_eq!((&record["result"], &record["exit_status"]), (&"failed".into(), &Value::Null));
    assert_eq!(record["because"], "does not count: the run failed: timed out after 1s");
    assert_gone(&mine);
}

#[test]
fn one_that_kills_itself_is_told_by_its_signal() {
    let (_repo, record) = record_of("kill -9 $$", "", 1);
    assert_eq!(
        (&record["exit_status"], &record["because"]),
        (&Value::Null, &"does not count: the run failed: killed by signal 9".into())
    );
}

#[test]
fn of_a_gigabyte_the_beginning_is_kept_and_the_rest_counted() {
    let (repo, record) = record_of("head -c 1073741824 /dev/zero; exit 0", "", 0);
    assert_eq!(record["result"], "passed");
    let log = repo.file(".git/guard/logs").join(record["log"].as_str().unwrap());
    let kept = std::fs::read(log).unwrap();
    assert!(kept.len() < (64 << 20) + 100, "{}", kept.len());
    assert!(kept.ends_with(b"\n[guard: 1006632960 more bytes were not kept]\n"));
}

#[test]
fn one_that_deletes_its_directory_has_deleted_that_alone() {
    let (repo, record) = record_of("rm -rf \"$PWD\"; exit 0", "", 0);
    assert_eq!((&record["result"], repo.file("a.txt").exists()), (&"passed".into(), true));
    let (_repo, record) =
        record_of("echo '<testsuite><testcase/></testsuite>' > r.xml; rm -rf \"$PWD\"; exit 0", "junit = \"r.xml\"", 1);
    assert_eq!(record["because"], "does not count: the run failed: junit file `r.xml` missing");
}
