use std::io::{Read, Seek};
use std::time::{Duration, Instant};

use super::*;
use crate::evidence::fixtures::suite;

struct Ran {
    run: Run,
    log: Vec<u8>,
    directory: tempfile::TempDir,
    took: Duration,
}

fn run_suite(suite: &Suite, prepare: impl FnOnce(&Path)) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path());
    let mut file = tempfile::tempfile().unwrap();
    let clock = Instant::now();
    let run = run(suite, &place(directory.path()), &mut file, false, &Interrupt::default()).unwrap();
    let took = clock.elapsed();
    let mut log = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut log).unwrap();
    Ran { run, log, directory, took }
}

/// Without a sandbox, which begins with the guard itself.
fn place(directory: &Path) -> Place<'_> {
    let tree = crate::model::Oid::from_bytes(&[0x11; 20]).unwrap();
    let hidden = Ok(std::collections::BTreeSet::new());
    Place { export: directory, scratch: directory, work_tree: None, hidden, guard: None, tree, commit: None }
}

fn sh(script: &str) -> Suite {
    Suite { run: script.to_owned(), timeout: Duration::from_secs(60), ..suite("s") }
}

fn ran(script: &str) -> Ran {
    run_suite(&sh(script), |_| {})
}

/// Whether a process outlives the signal that it was sent: the kernel takes a moment.
fn alive(pid: &str) -> bool {
    let clock = Instant::now();
    while clock.elapsed() < Duration::from_secs(5) {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        if stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with(['Z', 'X'])) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

#[test]
fn the_exit_status_decides() {
    let ok = ran("echo out; echo err >&2; pwd");
    assert_eq!((ok.run.exit_status, ok.run.failure), (Some(0), None));
    let text = String::from_utf8(ok.log).unwrap();
    assert!(text.starts_with("out\nerr\n"), "interleaved: {text}");
    assert!(text.contains(ok.directory.path().to_str().unwrap()));
    assert_eq!(ok.run.log_size, text.len() as u64);
    assert_eq!(
        ok.run.log,
        format!(
            "{}",
            <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>()
        )
    );
    assert_eq!(ran("exit 3").run.failure.as_deref(), Some("exit status 3"));
    assert_eq!(ran("kill -9 $$").run.failure.as_deref(), Some("killed by signal 9"));
    assert_eq!(ran("kill -9 $$").run.exit_status, None);
    assert_eq!(ran("no-such-command-here").run.exit_status, Some(127));
    assert_eq!(ran("if read x; then exit 1; fi").run.failure, None, "standard input is empty");
}

#[test]
fn only_listed_variables_and_none_of_gits() {
    let mut listed = sh("env");
    listed.env =
        ["PATH", "CARGO_MANIFEST_DIR", "GIT_DIR", "SSH_AUTH_SOCK", "NOT_SET_ANYWHERE", "A=B", ""].map(str::to_owned).to_vec();
    let ran = run_suite(&listed, |_| {});
    let text = String::from_utf8(ran.log).unwrap();
    let mut names: Vec<&str> = text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.retain(|name| !matches!(*name, "PWD" | "SHLVL" | "_" | "OLDPWD"));
    names.sort_unstable();
    assert_eq!(names, ["CARGO_MANIFEST_DIR", "GUARD_TREE", "PATH"]);
    assert_eq!(ran.run.environment, ["CARGO_MANIFEST_DIR", "PATH"]);
}

#[test]
fn a_hanging_suite_is_killed_with_all_it_started() {
    let mut hanging = sh(
        "sleep 1000 & echo $! > child; trap '' TERM; (trap '' TERM; sleep 1000; sleep 1000) & echo $! > deaf; wait; wait; sleep 1000",
    );
    hanging.timeout = Duration::from_millis(300);
    let ran = run_suite(&hanging, |_| {});
    assert_eq!((ran.run.exit_status, ran.run.failure.as_deref()), (None, Some("timed out after 300ms")));
    assert!(ran.took < Duration::from_secs(10), "{:?}", ran.took);
    for name in ["child", "deaf"] {
        assert!(!alive(&std::fs::read_to_string(ran.directory.path().join(name)).unwrap()), "{name}");
    }
}

#[test]
fn what_a_suite_leaves_behind_is_killed_and_not_waited_for() {
    let ran = ran("sleep 1000 & echo $! > child; echo done");
    assert_eq!(ran.run.failure, None);
    assert!(ran.took < Duration::from_secs(5));
    assert_eq!(ran.log, b"done\n");
    assert!(!alive(&std::fs::read_to_string(ran.directory.path().join("child")).unwrap()));
}

#[test]
fn a_process_that_left_the_group_holds_nobody_up() {
    let ran = ran("setsid sh -c 'echo $$ > child; sleep 30; echo late' & while ! test -s child; do sleep 0.01; done; echo done");
    assert_eq!((ran.run.failure, ran.log.as_slice()), (None, b"done\n".as_slice()));
    assert!(ran.took < Duration::from_secs(10), "{:?}", ran.took);
    let child = std::fs::read_to_string(ran.directory.path().join("child")).unwrap();
    Command::new("kill").args(["-9", child.trim()]).status().unwrap();
}

#[test]
fn an_interrupt_ends_the_suite_and_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let interrupt = Interrupt::default();
    let other = interrupt.clone();
    let pid_file = directory.path().join("child");
    let path = pid_file.clone();
    let thread = std::thread::spawn(move || {
        while std::fs::read_to_string(&path).map_or(true, |text| !text.ends_with('\n')) {
            std::thread::sleep(Duration::from_millis(5));
        }
        other.raise();
    });
    let error = run(&sh("sleep 1000 & echo $! > child; wait"), &place(directory.path()), &mut file, false, &interrupt).unwrap_err();
    thread.join().unwrap();
    assert!(error.message.contains("interrupted"));
    assert!(!alive(&std::fs::read_to_string(pid_file).unwrap()));
    assert!(interrupt.check().is_err());
}

#[test]
fn a_signal_raises_it_and_ends_nobody() {
    let interrupt = Interrupt::catch().unwrap();
    assert!(interrupt.check().is_ok());
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::HUP).unwrap();
    let clock = Instant::now();
    while !interrupt.is_raised() && clock.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(interrupt.is_raised());
}

#[test]
fn a_flood_is_read_and_not_kept() {
    let flood = ran("head -c 200000000 /dev/zero; echo end");
    assert_eq!(flood.run.failure, None);
    assert_eq!(flood.run.log_size, flood.log.len() as u64);
    assert!(flood.run.log_size > sink::MAX_LOG && flood.run.log_size < sink::MAX_LOG + 100);
    assert!(flood.log.ends_with(b"[guard: 132891140 more bytes were not kept]\n"));
}

#[test]
fn binary_output_stays_as_it_is() {
    assert_eq!(ran(r"printf '\000\377\033[2J'").log, b"\x00\xff\x1b[2J");
}

#[test]
fn a_suite_may_delete_its_directory() {
    let mut gone = sh("rm -rf \"$PWD\"; exit 0");
    assert_eq!(run_suite(&gone, |_| {}).run.failure, None);
    gone.junit = Some("report.xml".into());
    assert_eq!(run_suite(&gone, |_| {}).run.failure.as_deref(), Some("junit file `report.xml` missing"));
}

#[test]
fn the_junit_file_must_be_the_runs_own() {
    let mut counted = sh("true");
    counted.junit = Some("report.xml".into());
    let committed =
        |directory: &Path| std::fs::write(directory.join("report.xml"), "<testsuite><testcase name='a'/></testsuite>").unwrap();
    let ran = run_suite(&counted, committed);
    assert_eq!((ran.run.failure.as_deref(), ran.run.report), (Some("junit file `report.xml` missing"), None));
    counted.run =
        "echo '<testsuite><testcase name=\"a\"/><testcase name=\"b\"><failure/></testcase></testsuite>' > report.xml".to_owned();
    let ran = run_suite(&counted, committed);
    assert_eq!((ran.run.exit_status, ran.run.failure.as_deref()), (Some(0), Some("1 test failed")));
    assert_eq!(ran.run.report.unwrap().counts, crate::evidence::record::Counts { passed: 1, failed: 1, skipped: 0 });
    counted.run = "echo garbage > report.xml; exit 4".to_owned();
    assert_eq!(run_suite(&counted, |_| {}).run.failure.as_deref(), Some("exit status 4"), "the exit status is told first");
}
