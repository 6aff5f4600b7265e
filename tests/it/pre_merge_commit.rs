//! pre-merge-commit: a merge that git makes by itself, judged against the automatic merge of its parents.

use crate::scene::*;
use crate::support::*;

/// `main` and each of `branches` with nine files of their own.
fn diverged(branches: &[&str]) -> Repo {
    let repo = guarded();
    let start = repo.rev("main");
    for branch in branches {
        repo.git(&["switch", "-q", "-c", branch, &start]).ok();
        repo.write_many(branch, 9).commit_unjudged(branch);
    }
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("here.txt", "here\n").commit_unjudged("here");
    repo.install();
    repo
}

#[test]
fn a_clean_merge_of_others_work_adds_nothing() {
    let repo = diverged(&["work"]);
    repo.git(&["merge", "-q", "--no-edit", "work"]).ok().says("guard: accepted").says("nothing is changed");
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).ok().line().split(' ').count(), 3);
}

#[test]
fn an_octopus_merge_adds_nothing() {
    let repo = diverged(&["work", "more", "most"]);
    repo.git(&["merge", "-q", "--no-edit", "work", "more", "most"]).ok().says("nothing is changed");
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).ok().line().split(' ').count(), 5);
}

#[test]
fn a_forced_merge_commit_where_a_fast_forward_would_do() {
    let repo = guarded();
    on_work(&repo).write_many("work", 9).commit_unjudged("work");
    repo.install().git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "work"]).ok().says("nothing is changed");
}

#[test]
fn a_merge_that_throws_the_other_side_away_is_the_merger_s_own() {
    let repo = diverged(&["work"]);
    let before = repo.state();
    let run = repo.git(&["merge", "--no-edit", "-s", "ours", "work"]).rejected();
    run.says("error[file-limit]: 9 files changed in this commit, 5 allowed").says("git merge --abort");
    assert_eq!(repo.rev("HEAD"), repo.rev("main"));
    repo.git(&["merge", "--abort"]).ok();
    assert_eq!(repo.state(), before);
}

#[test]
fn a_strategy_option_that_takes_one_side_is_judged() {
    let repo = guarded();
    on_work(&repo).write("middleware/auth.py", "check(theirs)\n").commit_unjudged("theirs");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("middleware/auth.py", "check(ours)\n").commit_unjudged("ours");
    repo.install();
    repo.git(&["merge", "--no-edit", "-X", "theirs", "work"]).rejected().says("error[guarded-area]");
    assert!(repo.file(".git/MERGE_HEAD").exists(), "the merge is as it was");
    assert!(repo.guard(&["check", "--staged"]).rejected().err().is_empty());
    repo.git(&["merge", "--abort"]).ok();
}

#[test]
fn a_rejected_merge_can_be_finished_once_it_is_proven() {
    let repo = guarded();
    on_work(&repo).write("middleware/auth.py", "check(theirs)\n").commit_unjudged("theirs");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("middleware/auth.py", "check(ours)\n").write("ok", "").commit_unjudged("ours");
    repo.install();
    repo.git(&["merge", "--no-edit", "-X", "theirs", "work"]).rejected().says("guard test integration");
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "--no-edit"]).ok();
    assert!(message(&repo, "HEAD").contains(&own_marker(&repo, "HEAD")));
}

#[test]
fn a_hook_that_was_there_runs_first() {
    let repo = diverged(&["work"]);
    repo.guard(&["uninstall"]).ok();
    repo.script(".git/hooks/pre-merge-commit", "#!/bin/sh\necho \"legacy $#\" >&2\ntest -e .git/yes\n");
    repo.install().git(&["merge", "--no-edit", "work"]).rejected().says("legacy 0").says_not("guard:");
    repo.git(&["merge", "--abort"]).ok();
    repo.write(".git/yes", "").git(&["merge", "-q", "--no-edit", "work"]).ok().says("legacy 0").says("guard: accepted");
}

#[test]
fn no_verify_skips_it() {
    let repo = diverged(&["work"]);
    repo.git(&["merge", "-q", "--no-edit", "--no-verify", "-s", "ours", "work"]).ok().says_not("guard:");
}

#[test]
fn called_without_a_merge_it_says_so() {
    let repo = diverged(&[]);
    repo.guard(&["hook", "pre-merge-commit"]).undecided().says("git names no commit that is merged here");
}

#[test]
fn a_pull_is_a_merge() {
    let repo = diverged(&["work"]);
    repo.remote();
    repo.git(&["push", "-q", "--no-verify", "origin", "work"]).ok();
    repo.git(&["pull", "-q", "--no-rebase", "--no-edit", "origin", "work"]).ok().says("nothing is changed");
}
