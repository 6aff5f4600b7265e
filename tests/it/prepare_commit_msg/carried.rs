//! Commands that carry a message from one tree to another.

use super::*;

/// `work` holds a proven and marked commit on top of where `main` was; `main` has moved on.
fn diverged() -> Repo {
    let repo = guarded();
    on_work(&repo).install();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    assert_marked(&repo, "work");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("moved.txt", "on\n").commit("moved on").ok();
    repo
}

#[test]
fn a_cherry_pick_drops_what_is_stale() {
    for args in [&["cherry-pick", "work"][..], &["cherry-pick", "-x", "work"], &["cherry-pick", "-e", "work"]] {
        let repo = diverged();
        repo.git(args).ok();
        assert_unmarked(&repo, "HEAD");
        repo.guard(&["test", "integration"]).ok();
        repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
        assert_marked(&repo, "HEAD");
    }
}

#[test]
fn a_cherry_pick_without_a_commit_drops_it_when_that_is_made() {
    let repo = diverged();
    repo.git(&["cherry-pick", "-n", "work"]).ok();
    repo.git(&["commit", "-q", "-C", "work"]).rejected().says("error[guarded-area]");
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "-C", "work"]).ok();
    assert_marked(&repo, "HEAD");
}

#[test]
fn a_cherry_pick_that_conflicted() {
    let repo = diverged();
    repo.write("middleware/auth.py", "check(other)\n").commit_unjudged("conflicting");
    repo.git(&["cherry-pick", "work"]).exits(1);
    repo.write("middleware/auth.py", "check(both)\n").stage();
    repo.git(&["cherry-pick", "--continue"]).rejected().says("error[guarded-area]");
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["cherry-pick", "--continue"]).ok();
    assert_marked(&repo, "HEAD");
}

#[test]
fn a_rebase_drops_what_is_stale() {
    for args in [&["rebase", "-q", "main"][..], &["rebase", "-q", "-i", "main"], &["rebase", "-q", "--force-rebase", "main"]] {
        let repo = diverged();
        repo.git(&["switch", "-q", "work"]).ok();
        repo.git(args).ok();
        assert_eq!(repo.rev("work^"), repo.rev("main"));
        assert_unmarked(&repo, "work");
    }
}

#[test]
fn a_rebase_onto_an_unmoved_base_keeps_it() {
    let repo = diverged();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["rebase", "-q", "--force-rebase", "HEAD^"]).ok();
    assert_marked(&repo, "work");
}

#[test]
fn rewording_in_a_rebase_keeps_it() {
    let repo = diverged();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.set("GIT_SEQUENCE_EDITOR", "sed -i s/^pick/reword/").set("GIT_EDITOR", "sed -i 's/^work/other words/'");
    repo.git(&["rebase", "-q", "-i", "HEAD^"]).ok();
    assert!(message(&repo, "work").starts_with("other words\n"));
    assert_marked(&repo, "work");
}

#[test]
fn a_squash_in_a_rebase_has_the_marker_of_what_it_is() {
    let repo = diverged();
    repo.git(&["switch", "-q", "work"]).ok();
    proven_change(&repo, "check(more, and more)\n");
    repo.git(&["commit", "-q", "-m", "more"]).ok();
    repo.set("GIT_SEQUENCE_EDITOR", "sed -i 2s/^pick/squash/");
    repo.git(&["rebase", "-q", "-i", "HEAD^^"]).ok();
    // what stands amid the text is no trailer
    let trailers = repo.git(&["log", "-1", "--format=%(trailers:key=Integration-Tested)", "work"]).ok().out();
    assert_eq!(trailers.trim_end(), own_marker(&repo, "work"));
}

#[test]
fn a_revert_of_others_text_carries_nothing() {
    let repo = diverged();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    assert_unmarked(&repo, "HEAD");
}

#[test]
fn a_merge_carries_nothing_but_its_own() {
    let repo = diverged();
    repo.git(&["merge", "-q", "--no-edit", "--log", "work"]).ok();
    assert_unmarked(&repo, "HEAD");
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    assert_marked(&repo, "HEAD");
}

#[test]
fn a_squash_with_an_unmoved_base_keeps_it() {
    let repo = guarded();
    on_work(&repo).install();
    repo.write("first.txt", "first\n").commit("first").ok();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "second"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--squash", "work"]).ok();
    repo.git(&["commit", "-q", "-m", "all of it"]).ok();
    assert_marked(&repo, "main");
}

#[test]
fn a_fast_forward_is_the_same_commit() {
    let repo = guarded();
    on_work(&repo).install();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--ff-only", "work"]).ok();
    assert_marked(&repo, "main");
}
