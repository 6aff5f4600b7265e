//! Without a network, and with nothing that survives.

use super::*;

const OFFLINE: &str = "sandbox = \"offline\"\ntimeout = \"3s\"";

/// Runs that script offline; `None`: this machine hasn't what that is made of, and the run failed for that, in words.
#[track_caller]
fn offline(script: &str) -> Option<(Repo, Value)> {
    let repo = Repo::new();
    dirty(&repo, script, OFFLINE);
    let run = repo.guard(&["test", "s", "--rev", "HEAD", "--format", "json", "-q"]);
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    let one = json["runs"][0].clone();
    if one["sandbox"] == "none" {
        let why = "the run failed: no sandbox is to be had, and the suite demands one: ";
        assert!(run.status == 1 && one["because"].as_str().unwrap().starts_with(why), "{one:#}");
        return None;
    }
    assert_eq!((&one["sandbox"], recorded(&repo)), (&"offline".into(), "offline".into()));
    Some((repo, one))
}

fn because(run: &Value) -> &str {
    run["because"].as_str().unwrap_or("it passed")
}

#[test]
fn there_is_no_network_but_loopback() {
    let script =
        "test \"$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ')\" = lo && grep -q . /proc/net/if_inet6 /proc/net/fib_trie";
    if let Some((_repo, run)) = offline(script) {
        assert_eq!(because(&run), "it passed");
    }
}

#[test]
fn the_work_tree_is_hidden_as_well() {
    if let Some((repo, _)) = offline("cat @/untracked") {
        let said =
            "  sandbox: offline: of this repository the tested tree alone can be read, /tmp is its own, and there is no network";
        repo.guard(&["test", "s", "--rev", "HEAD"]).rejected().says(said);
    }
}

#[test]
fn process_ids_are_the_run_s_own_and_nothing_survives() {
    let mine = format!("6{}", std::process::id());
    // One that has left the group, the session and its parent.
    let script = format!(
        "(setsid sleep {mine} >/dev/null 2>&1 &) ; sleep 0.2; test $$ -lt 100 && pgrep -f '^sleep {mine}' >/dev/null; exit 0"
    );
    if let Some((_repo, run)) = offline(&script) {
        assert_eq!(because(&run), "it passed");
        assert!(!lives(&mine), "it survives");
    }
}

/// Whether somebody sleeps that long.
fn lives(mine: &str) -> bool {
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
    all.into_iter().any(|line| line == [b"sleep\0", mine.as_bytes(), b"\0"].concat())
}

#[test]
fn it_ends_as_the_suite_ends() {
    let ends = |script: &str| offline(script).map(|(_repo, run)| because(&run).to_owned());
    if let Some(passed) = ends("exit 0") {
        assert_eq!(passed, "it passed");
        let failed = |script: &str| ends(script).unwrap();
        assert_eq!(failed("exit 7"), "the run failed: exit status 7");
        assert_eq!(failed("kill -9 $$"), "the run failed: killed by signal 9");
        assert_eq!(failed("kill -15 $$"), "the run failed: killed by signal 15");
        assert_eq!(failed("no-such-command-here"), "the run failed: exit status 127");
    }
}

#[test]
fn whoever_hangs_is_asked_and_then_killed_with_all_it_started() {
    let mine = format!("7{}", std::process::id());
    let script = format!("trap 'echo was asked' TERM; (setsid sleep {mine} &); while :; do sleep 0.1; done");
    if let Some((repo, run)) = offline(&script) {
        assert_eq!(because(&run), "the run failed: timed out after 3s");
        let log = repo.file(format!(".git/guard/logs/{}", run["log"].as_str().unwrap()));
        assert!(std::fs::read_to_string(log).unwrap().contains("was asked"));
        assert!(!lives(&mine), "it survives");
    }
}
