//! A clock that was wrong once: an entry counts from its own time on, and nothing is made to go forward without a bound.

use jiff::{SignedDuration, Timestamp};

use super::*;

fn ago(hours: i64) -> Timestamp {
    Timestamp::now().checked_sub(SignedDuration::from_hours(hours)).unwrap()
}

/// Writes the ledger anew, its entries dated so, the oldest first. What each has to say of those in front of it, it says.
fn redate(server: &Repo, times: &[Timestamp]) {
    let commits = server.git(&["rev-list", "--reverse", "refs/guard/ledger"]).ok().out();
    let commits: Vec<&str> = commits.lines().collect();
    assert_eq!(commits.len(), times.len());
    let (mut parent, mut latest): (Option<String>, Option<Timestamp>) = (None, None);
    for (commit, time) in commits.iter().zip(times) {
        let mut entry: serde_json::Value =
            serde_json::from_slice(&server.git(&["show", &format!("{commit}:entry.json")]).ok().stdout).unwrap();
        entry["time"] = time.to_string().into();
        entry.as_object_mut().unwrap().remove("behind");
        if let Some(latest) = latest.filter(|latest| latest > time) {
            entry["behind"] = serde_json::json!({ "of": latest.to_string(), "since": time.to_string() });
        }
        latest = latest.max(Some(*time));
        let blob = server.run_with("git", &["hash-object", "-w", "--stdin"], entry.to_string().as_bytes()).ok().line();
        let rest = server.git(&["ls-tree", commit]).ok().out();
        let rest = rest.lines().filter(|line| !line.ends_with("entry.json")).map(|line| format!("{line}\n")).collect::<String>();
        let tree = format!("100644 blob {blob}\tentry.json\n{rest}");
        let tree = server.run_with("git", &["mktree"], tree.as_bytes()).ok().line();
        server.set("GIT_COMMITTER_DATE", format!("@{} +0000", latest.unwrap().as_second()));
        let before: Vec<&str> = parent.iter().flat_map(|parent| ["-p", parent.as_str()]).collect();
        parent = Some(server.git(&[&["commit-tree", "-m", "redated", tree.as_str()], &before[..]].concat()).ok().line());
    }
    server.git(&["update-ref", "refs/guard/ledger", &parent.unwrap()]).ok();
    server.guard(&["log"]).ok();
}

/// A server whose first push is `other`'s and whose second is three files of `dev`'s.
fn two_pushes() -> (Repo, Repo) {
    let (repo, server) = pair(POLICY);
    repo.login("other");
    branch(&repo, "ahead", 1);
    taken(&repo, &["ahead"]);
    repo.login("dev");
    branch(&repo, "a", 3);
    taken(&repo, &["a"]);
    branch(&repo, "b", 3);
    (repo, server)
}

const YEAR: i64 = -366 * 24;

#[test]
fn after_a_clock_that_was_ahead_windows_end_as_ever() {
    let (repo, server) = two_pushes();
    redate(&server, &[ago(YEAR), ago(2)]);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    redate(&server, &[ago(YEAR), ago(9)]);
    taken(&repo, &["b"]);
    let all = entries(&server);
    assert!(all[0]["time"].as_str().unwrap() < Timestamp::now().to_string().as_str(), "{:#}", all[0]);
    assert_eq!(all[0]["behind"]["of"], all[2]["time"], "{:#}", all[0]);
}

#[test]
fn what_was_dated_ahead_counts_as_of_now() {
    let (repo, server) = two_pushes();
    redate(&server, &[ago(9), ago(YEAR)]);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
}

#[test]
fn what_a_clock_behind_dated_hides_nothing_and_counts_as_what_came_before() {
    let (repo, server) = two_pushes();
    repo.login("other");
    branch(&repo, "behind", 1);
    taken(&repo, &["behind"]);
    repo.login("dev");
    // What came before it is still seen.
    redate(&server, &[ago(3), ago(2), Timestamp::UNIX_EPOCH]);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    // It is itself no older than that.
    redate(&server, &[ago(3), Timestamp::UNIX_EPOCH, ago(1)]);
    refused(&repo, &["b"], "6 files changed in this session, 5 allowed");
    redate(&server, &[ago(10), ago(9), Timestamp::UNIX_EPOCH]);
    taken(&repo, &["b"]);
}

#[test]
fn a_lock_that_was_made_by_a_clock_ahead_stands_in_nobodys_way() {
    let (repo, server) = pair(POLICY);
    branch(&repo, "a", 1);
    taken(&repo, &["a"]);
    server.write("refs/guard/ledger.lock", "");
    let ahead = std::time::SystemTime::now() + std::time::Duration::from_secs(366 * 86_400);
    std::fs::File::options().write(true).open(server.file("refs/guard/ledger.lock")).unwrap().set_modified(ahead).unwrap();
    branch(&repo, "b", 1);
    taken(&repo, &["b"]);
    assert_eq!((entries(&server).len(), left(&server)), (2, 0));
}
