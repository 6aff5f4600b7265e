//! Between judging and recording: whatever ends in the middle, the refs say what was spent.

use super::*;

/// What pre-receive says, run by hand: no push moves the refs afterwards.
fn by_hand(server: &Repo, name: &str, new: &str) -> Run {
    let line = format!("{} {new} refs/heads/{name}\n", "0".repeat(40));
    server.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes())
}

/// The objects of `repo` are there.
fn sharing(repo: &Repo, server: &Repo) {
    let objects = repo.git(&["rev-parse", "--path-format=absolute", "--git-path", "objects"]).ok().line();
    server.write("objects/info/alternates", format!("{objects}\n"));
}

#[test]
fn what_was_reserved_and_never_taken_is_dropped() {
    let (repo, server) = pair(POLICY);
    sharing(&repo, &server);
    server.login("dev");
    branch(&repo, "a", 3);
    by_hand(&server, "a", &repo.rev("a")).ok();
    assert_eq!(left(&server), 1);
    branch(&repo, "b", 3);
    taken(&repo, &["b"]);
    assert_eq!((left(&server), entries(&server).len()), (0, 1));
}

#[test]
fn what_was_taken_and_never_recorded_is_recorded_by_the_next() {
    let (repo, server) = pair(POLICY);
    let hook = std::fs::read(server.file("hooks/post-receive")).unwrap();
    server.script("hooks/post-receive", "#!/bin/sh\nkill -9 $$\n");
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    assert_eq!((left(&server), entries(&server).len()), (1, 0));
    branch(&repo, "b", 3);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    // Nor does it help to take the branch away before anybody looks.
    taken(&repo, &[":a"]);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    server.script("hooks/post-receive", hook);
    repo.login("other");
    taken(&repo, &["b"]);
    let all = entries(&server);
    assert_eq!((left(&server), all.len()), (0, 3));
    assert_eq!(all.iter().map(|entry| entry["reconciled"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true, true]);
    server.guard(&["log"]).ok().says("recorded by a later push");
    repo.login("dev");
    branch(&repo, "c", 3);
    refused(&repo, &["c"], "6 files changed in this session, 5 allowed");
}

#[test]
fn of_a_push_that_was_taken_in_part_that_part_counts() {
    let (repo, server) = pair(POLICY);
    server.script("hooks/update", "#!/bin/sh\ntest \"$1\" != refs/heads/b\n");
    branch(&repo, "a", 2);
    branch(&repo, "b", 2);
    repo.git(&["push", "origin", "a", "b"]).rejected().says("hook declined");
    let entry = &entries(&server)[0];
    assert_eq!((entry["updates"].as_array().unwrap().len(), entry["work"].as_array().unwrap().len()), (1, 1));
    std::fs::remove_file(server.file("hooks/update")).unwrap();
    branch(&repo, "c", 3);
    taken(&repo, &["c"]);
}

#[test]
fn what_is_left_of_a_killed_writer_is_no_obstacle() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    server.write("guard/reserved/.new-abc", "{\"entry\":").write("refs/guard/ledger.lock", "");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    std::fs::File::options().write(true).open(server.file("refs/guard/ledger.lock")).unwrap().set_modified(old).unwrap();
    branch(&repo, "b", 1);
    taken(&repo, &["b"]);
    assert_eq!((entries(&server).len(), left(&server)), (2, 0));
    // Recorded, but not taken from the desk: it is not recorded twice.
    let one = entries(&server)[0].clone();
    let id = one["id"].as_str().unwrap();
    let mut entry = one.clone();
    entry.as_object_mut().unwrap().remove("commit");
    let reservation = serde_json::json!({
        "entry": entry, "flight": {"quarantine": null, "receiver": null, "space": null}, "taken": [true], "settled": true,
    });
    server.write(format!("guard/reserved/{id}.json"), reservation.to_string());
    branch(&repo, "c", 1);
    taken(&repo, &["c"]);
    assert_eq!((entries(&server).len(), left(&server)), (3, 0));
}

#[test]
fn a_reservation_that_cannot_be_read_decides_nothing() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    server.write("guard/reserved/x.json", "{}");
    branch(&repo, "b", 1);
    refused(&repo, &["b"], "could not decide: the reservation");
}

#[test]
fn whoever_waits_for_the_lock_too_long_could_not_decide() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    server.git(&["config", "guard.deadline", "1s"]).ok();
    let lock = std::fs::File::open(server.file("guard/lock")).unwrap();
    lock.lock().unwrap();
    repo.write("b", "b\n").commit_unjudged("b");
    refused(&repo, &["a"], "could not decide: other pushes have been judged here for 1s");
    drop(lock);
    taken(&repo, &["a"]);
}

#[test]
fn a_server_without_post_receive_adds_up_all_the_same() {
    let (repo, server) = pair(POLICY);
    std::fs::remove_file(server.file("hooks/post-receive")).unwrap();
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    taken(&repo, &[":a"]);
    branch(&repo, "b", 3);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    server.guard(&["doctor"]).rejected().says("post-receive").says("is not installed");
}

#[test]
fn a_push_that_is_still_under_way_spends_what_it_may() {
    let (repo, server) = pair(POLICY);
    server.git(&["config", "guard.deadline", "1s"]).ok();
    // It ends as refused, and only when we have seen enough.
    server.script(
        "hooks/update",
        "#!/bin/sh\ntest \"$1\" = refs/heads/a || exit 0\nwhile ! test -e enough; do sleep 0.05; done\nexit 1\n",
    );
    branch(&repo, "a", 3);
    let mut slow = repo.command("git").args(["push", "-q", "origin", "a"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while left(&server) == 0 && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    branch(&repo, "b", 3);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    server.write("enough", "");
    assert!(!slow.wait().unwrap().success());
    taken(&repo, &["b"]);
    assert_eq!((left(&server), entries(&server).len()), (0, 1));
}
