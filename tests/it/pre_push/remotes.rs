//! What is known of the remote: by its tracking branches, by what it says itself, or not at all.

use super::*;

#[test]
fn a_policy_that_was_weakened_here_judges_nothing_there() {
    let (repo, server) = pushing();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", OPEN_POLICY).commit_unjudged("weaken");
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["origin", "main"], "policy-change");
    assert_refused(&repo, &server, &["origin", "main"], "file-limit");
}

#[test]
fn a_remote_that_was_never_fetched() {
    let (repo, _server) = pushing();
    let fresh = repo.sibling("fresh.git");
    repo.git(&["init", "-q", "--bare", "-b", "main", "../fresh.git"]).ok();
    repo.git(&["remote", "add", "fresh", "../fresh.git"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &fresh, &["fresh", "work"], "file-limit");
    repo.git(&["push", "-q", "fresh", "main"]).ok();
    assert_refused(&repo, &fresh, &["fresh", "work"], "file-limit");
    assert_refused(&repo, &fresh, &["fresh", "work", "main"], "file-limit");
}

#[test]
fn a_url_in_place_of_a_remote() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    let file = format!("file://{}", server.path().display());
    for url in [server.path().to_str().unwrap(), "../server.git", &file] {
        assert_refused(&repo, &server, &[url, "work"], "file-limit").says("6 files");
    }
    repo.git(&["push", "-q", "../server.git", "main:other"]).ok();
}

#[test]
fn a_url_without_any_remote() {
    let repo = guarded();
    on_work(&repo).install();
    repo.git(&["init", "-q", "--bare", "-b", "main", "../bare.git"]).ok();
    let bare = repo.sibling("bare.git");
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &bare, &["../bare.git", "work"], "file-limit");
    repo.git(&["push", "-q", "../bare.git", "main"]).ok();
}

#[test]
fn a_remote_that_has_moved_on_unseen() {
    let (repo, server) = pushing();
    let other = server.clone_to("other");
    other.write("theirs.txt", "theirs\n").commit_unjudged("theirs");
    other.git(&["push", "-q", "origin", "main"]).ok();
    repo.write_many("few", 2).commit("few").ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let before = server.state_of_refs();
    // it would take back what nobody here has ever seen
    assert_refused(&repo, &server, &["origin", "work:main"], "protected-ref")
        .says("can't be rewound")
        .says("fetch origin refs/heads/main");
    assert_refused(&repo, &server, &["--force", "origin", "work:main"], "protected-ref").says("can't be rewound");
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn two_remotes_with_branches_of_their_own() {
    let (repo, _server) = pushing();
    repo.git(&["clone", "-q", "--bare", "../server.git", "../fork.git"]).ok();
    repo.git(&["remote", "add", "fork", "../fork.git"]).ok();
    repo.git(&["fetch", "-q", "fork"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    let fork = repo.sibling("fork.git");
    repo.git(&["push", "-q", "--no-verify", "fork", "work:main"]).ok();
    // what the fork's main holds is nobody's work there, and still is for the other
    repo.write("b.txt", "b\n").commit_unjudged("b");
    repo.git(&["push", "-q", "fork", "work"]).ok();
    assert_refused(&repo, &repo.sibling("server.git"), &["origin", "work"], "file-limit");
    drop(fork);
}

#[test]
fn a_remote_whose_default_branch_has_another_name() {
    let trunk = POLICY.replace("base = \"main\"", "base = \"trunk\"");
    let repo = under(&trunk);
    repo.git(&["branch", "-q", "-m", "main", "trunk"]).ok();
    repo.git(&["init", "-q", "--bare", "-b", "trunk", "../trunk.git"]).ok();
    let server = repo.sibling("trunk.git");
    repo.git(&["remote", "add", "up", "../trunk.git"]).ok();
    repo.git(&["push", "-q", "up", "trunk"]).ok();
    repo.git(&["fetch", "-q", "up"]).ok();
    repo.git(&["remote", "set-head", "up", "-a"]).ok();
    on_work(&repo).install();
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["up", "work"], "file-limit").says("(trunk@");
    assert_refused(&repo, &server, &["--force", "up", "work^^:trunk"], "protected-ref");
}

#[test]
fn a_clone_knows_its_origin() {
    let (_repo, server) = pushing();
    let clone = server.clone_to("clone");
    clone.git(&["switch", "-q", "-c", "work"]).ok();
    clone.install().write_many("many", 6).commit_unjudged("many");
    assert_refused(&clone, &server, &["origin", "work"], "file-limit");
    // a local main that has run ahead is no part of what the remote has
    clone.git(&["branch", "-q", "-f", "main", "work"]).ok();
    assert_refused(&clone, &server, &["origin", "work"], "file-limit");
}

#[test]
fn a_push_from_a_worktree_or_a_subdirectory() {
    let (repo, server) = pushing();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    let side = repo.sibling("side");
    side.write_many("deep/many", 6).commit_unjudged("many");
    assert_refused(&side, &server, &["origin", "side"], "file-limit");
    assert_refused(&repo, &server, &["origin", "side"], "file-limit");
    side.git(&["-C", "deep", "push", "origin", "side"]).rejected().says("error[file-limit]");
}
