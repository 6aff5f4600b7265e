use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::command::install::test_repo::context;
use crate::evidence::Verification;
use crate::evidence::fixtures::{policy, suite};
use crate::evidence::record::{Outcome, Record};
use crate::gather::{Inputs, Side};
use crate::git::notes;
use crate::git::scratch::Scratch;

fn gatherer<'a>(repo: &'a Repo, policy: &'a Policy, settings: &'a Settings, context: &'a Context) -> Gatherer<'a> {
    Gatherer::new(repo, policy, false, Inputs::new(Side::Client, context.now, context, settings)).unwrap()
}

struct Bench {
    scratch: Scratch,
    repo: Repo,
    suites: Vec<Suite>,
    interrupt: Interrupt,
    quiet: bool,
}

impl Bench {
    fn new(suites: &[(&str, &str)]) -> Self {
        let scratch = Scratch::new();
        scratch.write("file", "content\n");
        scratch.commit("first");
        let repo = scratch.repo();
        let suites = suites
            .iter()
            .map(|(name, script)| Suite { run: (*script).to_owned(), timeout: Duration::from_secs(60), ..suite(name) })
            .collect();
        Self { scratch, repo, suites, interrupt: Interrupt::default(), quiet: true }
    }

    fn test_as(&self, suites: &[&str], again: bool, format: Format) -> Result<Done> {
        let policy = policy(self.suites.clone());
        let (settings, context) = (Settings::read(&self.repo).unwrap(), context(format));
        let g = gatherer(&self.repo, &policy, &settings, &context);
        let job = Job {
            g: &g,
            tree: self.scratch.oid("HEAD^{tree}"),
            commit: None,
            guard: None,
            base: None,
            sealing: None,
            keep: None,
            repository: g.root_to_write(self.scratch.oid("HEAD")).unwrap(),
            specialist: Some("backend".to_owned()),
            interrupt: &self.interrupt,
            quiet: self.quiet,
        };
        let suites = suites.iter().map(|s| (*s).to_owned()).collect();
        test(
            &job,
            &TestArgs {
                tree: None,
                suites,
                staged: false,
                rev: Some("HEAD".to_owned()),
                again,
                base_suite: false,
                keep: None,
                signing: SigningArgs::default(),
            },
            format,
        )
        .map(|(done, _failures)| done)
    }

    fn test(&self, suites: &[&str], again: bool) -> Done {
        let done = self.test_as(suites, again, Format::Text).unwrap();
        Done { out: anstream::adapter::strip_str(&done.out).to_string(), ..done }
    }

    fn records(&self) -> Vec<Record> {
        let lines = notes::lines(&self.repo, self.scratch.oid("HEAD^{tree}"), &[]).unwrap();
        lines.iter().map(|line| Record::from_line(line.content.as_ref().unwrap()).unwrap()).collect()
    }

    fn logs(&self) -> Vec<String> {
        let logs = self.scratch.path().join(".git/guard/logs");
        let mut all: Vec<String> =
            std::fs::read_dir(logs).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        all.sort();
        all
    }
}

#[test]
fn a_pass_is_recorded_and_reused() {
    let mut bench = Bench::new(&[("s", "test \"$(cat file)\" = content && echo well")]);
    bench.quiet = false;
    let done = bench.test(&["s"], false);
    assert_eq!(done.status, 0);
    let short = bench.scratch.oid("HEAD^{tree}").short();
    assert!(done.out.starts_with(&format!("s: passed on tree {short} (")), "{}", done.out);
    let [record] = &bench.records()[..] else { panic!("one record") };
    assert_eq!((record.result, record.exit_status, record.failure.as_deref()), (Outcome::Passed, Some(0), None));
    assert_eq!(record.repository, bench.scratch.oid("HEAD"));
    assert_eq!(record.specialist.as_deref(), Some("backend"));
    assert_eq!(record.environment, ["PATH"]);
    assert_eq!(bench.logs(), std::slice::from_ref(&record.log));
    let log = std::fs::read(bench.scratch.path().join(".git/guard/logs").join(&record.log)).unwrap();
    assert_eq!((log.as_slice(), record.log_size), (b"well\n".as_slice(), 5));
    let again = bench.test(&["s", "s"], false);
    assert_eq!(
        again.out,
        format!(
            "s: already passed on tree {short}; --again runs it again\nhelp: it counts for exactly this tree\nnext: guard check HEAD\n"
        )
    );
    assert_eq!(bench.records().len(), 1);
    assert_eq!(bench.test(&["s"], true).status, 0);
    assert_eq!(bench.records().len(), 2);
    bench.suites[0].timeout *= 2;
    assert!(bench.test(&["s"], false).out.contains("passed on tree"), "another definition is run");
    assert_eq!(bench.records().len(), 3);
}

#[test]
fn a_failure_is_recorded_voids_what_passed_and_is_no_reason_to_stop() {
    let mut bench = Bench::new(&[("flaky", "true"), ("ok", "true")]);
    assert_eq!(bench.test(&["flaky"], false).status, 0);
    bench.suites[0].run = "exit 7".to_owned();
    let done = bench.test(&["flaky", "ok"], false);
    assert_eq!(done.status, 1);
    assert!(done.out.contains("flaky: failed on tree") && done.out.contains(": exit status 7 ("), "{}", done.out);
    assert!(!done.out.contains("ok:"), "quiet tells of failures alone: {}", done.out);
    assert!(done.out.contains("  log: "));
    let results: Vec<_> = bench.records().iter().map(|r| (r.suite.clone(), r.result)).collect();
    assert!(results.contains(&("flaky".to_owned(), Outcome::Failed)) && results.contains(&("ok".to_owned(), Outcome::Passed)));
    assert_eq!(bench.test(&["flaky"], false).status, 1, "a failure isn't reused");
}

#[test]
fn the_newest_run_counts() {
    let mut bench = Bench::new(&[("s", "")]);
    let switch = bench.scratch.path().join("fail");
    bench.suites[0].run = format!("test ! -e '{}'", switch.display());
    assert_eq!(bench.test(&["s"], false).status, 0);
    std::fs::write(&switch, "").unwrap();
    assert_eq!(bench.test(&["s"], false).status, 0, "reused");
    assert_eq!(bench.test(&["s"], true).status, 1);
    assert_eq!(bench.test(&["s"], false).status, 1, "what passed before is void");
}

#[test]
fn a_timeout_is_recorded() {
    let mut bench = Bench::new(&[("s", "sleep 100")]);
    bench.suites[0].timeout = Duration::from_millis(200);
    let done = bench.test(&["s"], false);
    assert_eq!(done.status, 1);
    assert!(done.out.contains("timed out after 200ms"), "{}", done.out);
    assert_eq!(bench.records()[0].exit_status, None);
}

#[test]
fn an_interrupt_records_nothing_and_leaves_nothing() {
    let bench = Bench::new(&[("s", "sleep 100")]);
    bench.interrupt.raise();
    let error = bench.test_as(&["s"], false, Format::Text).unwrap_err();
    assert!(error.message.contains("interrupted"), "{error}");
    assert!(bench.records().is_empty() && bench.logs().is_empty());
}

#[test]
fn too_few_tests_are_no_pass() {
    let mut bench = Bench::new(&[("s", "echo '<testsuite><testcase name=\"a\"><skipped/></testcase></testsuite>' > out.xml")]);
    bench.suites[0].junit = Some("out.xml".into());
    bench.suites[0].min_tests = Some(1);
    let done = bench.test(&["s"], false);
    assert_eq!(done.status, 1);
    assert!(done.out.contains("does not count: too few tests: 0 passed, 1 demanded"), "{}", done.out);
    assert_eq!(bench.records()[0].result, Outcome::Warned);
    bench.suites[0].min_tests = Some(0);
    assert_eq!(bench.test(&["s"], false).status, 0);
}

#[test]
fn json_has_every_key() {
    let bench = Bench::new(&[("a", "true"), ("b", "false")]);
    let done = bench.test_as(&["a", "b"], false, Format::Json).unwrap();
    assert_eq!(done.status, 1);
    let value: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(value["version"], 1);
    assert_eq!(value["tree"], bench.scratch.oid("HEAD^{tree}").to_string());
    assert_eq!(value["policy"]["source"], "main:policy.toml");
    assert_eq!((&value["runs"][0]["result"], &value["runs"][0]["because"]), (&"passed".into(), &Value::Null));
    assert_eq!((&value["runs"][1]["result"], &value["runs"][1]["exit_status"]), (&"failed".into(), &1.into()));
    let again: Value = serde_json::from_str(&bench.test_as(&["a"], false, Format::Json).unwrap().out).unwrap();
    assert_eq!(again["runs"][0]["reused"], true);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&again["runs"][0]), keys(&value["runs"][1]));
}

#[test]
fn a_suite_that_is_not_declared_is_named() {
    let bench = Bench::new(&[("integration", "touch ran"), ("unit", "true")]);
    let error = bench.test_as(&["unit", "integraton"], false, Format::Text).unwrap_err();
    assert_eq!(error.message, "suite `integraton` is not declared in `main:policy.toml`");
    assert_eq!(error.help.as_deref(), Some("did you mean `integration`? declared: `integration`, `unit`"));
    assert!(bench.records().is_empty(), "nothing ran");
    let none = Bench::new(&[]).test_as(&["x"], false, Format::Text).unwrap_err();
    assert!(none.help.unwrap().contains("no suite at all"));
}

#[test]
fn the_suite_sees_the_tree_and_nothing_of_the_repository() {
    let bench = Bench::new(&[(
        "s",
        "ls -A; test -z \"${GIT_DIR+x}\"; ! test -e untracked; mkdir -p ro/x; chmod 500 ro; echo y > ../beside; rm -rf .",
    )]);
    bench.scratch.write("untracked", "");
    bench.scratch.write("file", "changed and not staged\n");
    let done = bench.test(&["s"], false);
    let record = bench.records().remove(0);
    let log = std::fs::read_to_string(bench.scratch.path().join(".git/guard/logs").join(&record.log)).unwrap();
    assert!(log.starts_with("file\n"), "{log} {}", done.out);
    assert_eq!(bench.scratch.git(&["status", "--porcelain"]), " M file\n?? untracked".trim_start_matches('\n'));
}

#[test]
fn a_workspace_goes_whatever_is_left_in_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = workspace::Workspace::new().unwrap();
    let tree = place.tree.clone();
    std::fs::create_dir_all(tree.join("a/b")).unwrap();
    std::fs::write(tree.join("a/b/c"), "").unwrap();
    for directory in ["a/b", "a", "."] {
        std::fs::set_permissions(tree.join(directory), std::fs::Permissions::from_mode(0o500)).unwrap();
    }
    drop(place);
    assert!(!tree.parent().unwrap().exists());
}

#[test]
fn evidence_of_one_repository_is_none_in_another() {
    let bench = Bench::new(&[("s", "true")]);
    bench.test(&["s"], false);
    let other = Scratch::new();
    other.write("file", "content\n");
    other.commit("another root");
    other.git(&["fetch", "-q", bench.scratch.path().to_str().unwrap(), "refs/notes/guard/*:refs/notes/guard/*"]);
    let tree = other.oid("HEAD^{tree}");
    assert_eq!(tree, bench.scratch.oid("HEAD^{tree}"));
    let repo = other.repo();
    let policy = policy(bench.suites.clone());
    let (settings, context) = (Settings::read(&repo).unwrap(), context(Format::Text));
    let found = gatherer(&repo, &policy, &settings, &context).verification(tree, None, &[]).examine().unwrap();
    assert_eq!(found[0].worth, Verification::Rejected(crate::evidence::RejectReason::OtherRepository));
}

#[test]
fn two_at_once_lose_no_record() {
    let bench = Bench::new(&[("a", "true"), ("b", "true")]);
    let path = bench.scratch.path().to_owned();
    let run = |name: &'static str| {
        let (path, suites) = (path.clone(), bench.suites.clone());
        let (tree, head) = (bench.scratch.oid("HEAD^{tree}"), bench.scratch.oid("HEAD"));
        std::thread::spawn(move || {
            let (repo, policy, interrupt) = (Repo::open_at(&path), policy(suites), Interrupt::default());
            let (settings, context) = (Settings::read(&repo).unwrap(), context(Format::Text));
            let g = gatherer(&repo, &policy, &settings, &context);
            let job = Job {
                g: &g,
                tree,
                commit: None,
                guard: None,
                base: None,
                sealing: None,
                keep: None,
                repository: head,
                specialist: None,
                interrupt: &interrupt,
                quiet: true,
            };
            for _ in 0..3 {
                job.suite(policy.suite(name).unwrap(), true, false).map(|_| ()).unwrap();
            }
        })
    };
    let threads = [run("a"), run("b")];
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(bench.records().len(), 6);
}
