//! Accounts that nobody has named, and none at all: they move no ref, whatever it brings.

use super::*;

/// No `"*"`: whoever isn't named does nothing. `others` and the tag `v1` are dev's, `release/1` is protected by a pattern, `wip/a` is free.
fn named_alone() -> (Repo, Repo) {
    let more = "base = \"main\"\nprotected = [\"main\", \"release/*\"]\nfree = [\"wip/**\"]";
    let (repo, server) = pushing_under(&POLICY.replace("base = \"main\"", more));
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("dev's own");
    repo.git(&["tag", "-a", "-m", "v2", "v2", "main"]).ok();
    let all = ["work:others", "work:refs/heads/wip/a", "main:refs/tags/v1", "work"];
    repo.git(&[&["push", "-q", "origin"][..], &all].concat()).ok();
    repo.login("boss").git(&["push", "-q", "origin", "main:refs/heads/release/1"]).ok();
    (repo, server)
}

/// Who isn't named: by another account, by none, by an empty one.
const STRANGERS: [Option<&str>; 3] = [Some("stranger"), None, Some("")];

/// Each of these is refused for all of them.
#[track_caller]
fn none_of_them(repo: &Repo, server: &Repo, pushes: &[&[&str]]) {
    for who in STRANGERS {
        match who {
            Some(account) => repo.login(account),
            None => repo.unset(ACCOUNT),
        };
        for push in pushes {
            assert_refused(repo, server, push, "known-specialist");
        }
    }
}

#[test]
fn they_make_no_branch_and_no_tag_of_what_is_there() {
    let (repo, server) = named_alone();
    let new: [&[&str]; 8] = [
        &["main:refs/heads/new"],
        &["main~1:refs/heads/new"],
        &["work:refs/heads/wip/b"],
        &["main:refs/tags/new"],
        &["v2"],
        &["main~1:refs/heads/release/2"],
        &["work:refs/heads/new", "work:refs/tags/new"],
        &["--atomic", "main:refs/heads/new", ":others"],
    ];
    none_of_them(&repo, &server, &new);
    repo.login("dev").git(&["push", "-q", "origin", "main:refs/heads/new", "v2", "work:refs/heads/wip/b"]).ok();
}

#[test]
fn they_move_nothing_forward_back_or_aside() {
    let (repo, server) = named_alone();
    let moves: [&[&str]; 8] = [
        &["work:main"],
        &["work:release/1"],
        &["-f", "main:others"],
        &["-f", "main~1:wip/a"],
        &["-f", "work:refs/tags/v1"],
        &["-f", "v2:refs/tags/v1"],
        &["-f", "main~1:release/1"],
        &["-f", "main~1:main"],
    ];
    none_of_them(&repo, &server, &moves);
    repo.login("dev").git(&["push", "-q", "-f", "origin", "main:others", "work:refs/tags/v1", "main~1:wip/a", "work:main"]).ok();
}

#[test]
fn they_delete_nothing() {
    let (repo, server) = named_alone();
    let gone: [&[&str]; 6] =
        [&[":others"], &[":wip/a"], &[":refs/tags/v1"], &[":release/1"], &[":others", ":refs/tags/v1"], &[":main"]];
    none_of_them(&repo, &server, &gone);
    repo.login("dev").git(&["push", "-q", "origin", ":others", ":wip/a", ":refs/tags/v1"]).ok();
}

#[test]
fn under_anyone_else_s_entry_they_do_what_everybody_may() {
    let (repo, server) = pushing_under(&format!("{POLICY}\n[specialist.\"*\"]\nallowed = [\"docs/\"]\n"));
    repo.login("stranger").git(&["push", "-q", "origin", "main:refs/heads/new", "main:refs/tags/v1"]).ok();
    repo.write("docs/a", "a\n").commit_unjudged("docs");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    assert_refused(&repo, &server, &[":main"], "protected-ref");
    repo.git(&["push", "-q", "origin", ":new", ":refs/tags/v1", ":work"]).ok();
}
