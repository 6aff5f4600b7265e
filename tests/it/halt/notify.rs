//! `[halt] notify`: told the reason on standard input, bounded, and harmless whatever it does.

use super::*;

/// Under `notify`, an owner halts.
fn halt(notify: &str, args: &[&str]) -> (Repo, Run) {
    let repo = Repo::new();
    let old = policy(&repo);
    let start = old.find("notify = ").unwrap();
    repo.write("policy.toml", format!("{}notify = {}\n", &old[..start], serde_json::json!(notify))).commit_unjudged("start");
    let run = repo.guard(&[&["halt", "--reason", "it is\nbroken", "--sign", &key(&repo, "boss")], args].concat());
    (repo, run)
}

#[test]
fn the_reason_stands_on_its_standard_input_and_nothing_of_git_s_in_its_environment() {
    let (repo, run) = halt("cat >../told; env | grep ^GIT_ >>../told; exit 0", &[]);
    run.ok().says("notify: done");
    assert_eq!(std::fs::read_to_string(repo.scratch().join("told")).unwrap(), "it is\nbroken\n");
}

#[test]
fn a_failure_a_signal_and_a_missing_program_are_told_and_the_halt_stands() {
    for (notify, says) in [
        ("exit 3", "notify: `exit 3` failed, and the halt stands: exit status: 3"),
        ("kill -9 $$", "failed, and the halt stands: signal: 9"),
        ("no-such-program --now", "notify: `no-such-program --now` failed, and the halt stands: exit status: 127"),
    ] {
        let (repo, run) = halt(notify, &[]);
        run.ok().says(says);
        repo.git(&["switch", "-q", "-c", "x"]).ok();
        repo.write("f", "f\n").commit_unjudged("f");
        repo.guard(&["check"]).rejected().says("error[halted]");
    }
    let (_repo, run) = halt("exit 3", &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.ok().out()).unwrap();
    assert_eq!((&json["halted"], &json["notified"], &json["notify"]), (&true.into(), &false.into(), &"exit 3".into()));
}

#[test]
fn one_that_hangs_is_stopped_with_all_that_it_started() {
    let start = std::time::Instant::now();
    let (repo, run) = halt("sleep 1000 & echo $! >../pid; sleep 1000", &[]);
    run.ok().says("failed, and the halt stands: it took more than 10 s");
    assert!((10..40).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    let pid = std::fs::read_to_string(repo.scratch().join("pid")).unwrap();
    // Killed, it ends as soon as it is scheduled; whoever has to take note of that may not have.
    let stat = || std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    let ended = || stat().is_empty() || stat().contains(") Z ");
    for _ in 0..500 {
        if !ended() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
    assert!(ended(), "{}", stat());
}

#[test]
fn one_that_never_reads_a_long_reason_is_not_waited_for() {
    let (_repo, run) = halt("exec <&-; exit 0", &[]);
    run.ok().says("notify: done");
}
