//! Evidence is bound to a tree: what keeps it, and what loses it.

use super::*;

/// A branch with a proven change of the middleware.
fn proven() -> Repo {
    let repo = repo();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "new\n").commit_unjudged("work");
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo
}

#[track_caller]
fn assert_lost(repo: &Repo) {
    let json = repo.json(&["check"]);
    let violation = assert_violated(&json, "landing", RULE);
    assert_eq!((&violation["found"], &violation["scope"]), (&"none".into(), &"landing".into()));
    paste(repo, violation);
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_reworded_a_squashed_and_a_reverted_commit_keep_it() {
    let repo = proven();
    repo.git(&["commit", "-q", "--amend", "-m", "reworded"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo.write("README", "more\n").commit_unjudged("more");
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo.git(&["switch", "-q", "-c", "squash", "main"]).ok();
    repo.git(&["merge", "-q", "--squash", "work"]).ok();
    repo.commit_unjudged("squashed");
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn other_content_loses_it_wherever_it_is() {
    let repo = proven();
    repo.write("README", "more\n").commit_unjudged("more");
    assert_lost(&repo);
}

#[test]
fn a_rebase_onto_a_moved_base_and_a_merge_with_it_lose_it() {
    for command in ["rebase", "merge"] {
        let repo = proven();
        repo.git(&["switch", "-q", "main"]).ok();
        repo.write("README", "moved\n").commit_unjudged("moved");
        repo.git(&["switch", "-q", "work"]).ok();
        assert_accepted(&repo.json(&["check"]));
        repo.git(&[command, "-q", "main"]).ok();
        assert_lost(&repo);
    }
}

#[test]
fn a_merge_of_two_proven_branches_is_proven_when_the_merge_is() {
    let repo = proven();
    repo.git(&["switch", "-q", "-c", "other", "main"]).ok();
    repo.write("lib/middleware/x.py", "x\n").commit_unjudged("other");
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo.git(&["merge", "-q", "--no-edit", "work"]).ok();
    assert_lost(&repo);
}

#[test]
fn what_was_touched_on_the_way_is_demanded_although_it_was_taken_back() {
    let repo = repo();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "new\n").commit_unjudged("touch");
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    repo.write("README", "r\n").commit_unjudged("more");
    assert_lost(&repo);
}

#[test]
fn the_merge_with_the_base_is_another_tree_and_comes_next() {
    let repo = proven();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("README", "moved\n").commit_unjudged("moved");
    repo.git(&["switch", "-q", "work"]).ok();
    let tip = repo.rev("HEAD^{tree}");
    assert_accepted(&repo.json(&["check"]));
    let json = repo.json(&["check", "--merge"]);
    let violation = assert_violated(&json, "landing", RULE);
    assert_ne!(judgement(&json, "landing")["subject"]["tree"], tip.as_str());
    paste(&repo, violation);
    assert_accepted(&repo.json(&["check", "--merge"]));
    assert_accepted(&repo.json(&["check"]));
}
