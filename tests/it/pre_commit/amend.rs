//! A commit that replaces HEAD is judged as what it will be: HEAD's work and the index together.

use super::*;

/// HEAD holds four files of its own; three others are staged: fine as a commit of their own, too many as a part of HEAD.
fn four_and_three() -> Repo {
    let repo = guarded();
    on_work(&repo).write_many("four", 4).commit_unjudged("four");
    repo.install().write_many("three", 3).stage();
    repo
}

#[test]
fn what_is_added_to_head_counts_with_it() {
    let repo = four_and_three();
    repo.write("message", "reworded\n").git(&["reset", "-q", "message"]).ok();
    for args in [
        &["commit", "--amend", "--no-edit"][..],
        &["commit", "--amend"],
        &["commit", "--amend", "-C", "HEAD"],
        &["commit", "--amend", "-m", "reworded"],
        &["commit", "--amend", "-F", "message"],
    ] {
        let run = assert_refused(&repo, args, "file-limit");
        run.says("7 files changed in this commit, 5 allowed").says_not("accepted");
    }
    repo.git(&["commit", "-q", "-m", "a commit of its own"]).ok().says("guard: accepted");
}

#[test]
fn an_editor_that_was_never_opened_lost_no_message() {
    let repo = four_and_three();
    repo.set("GIT_EDITOR", "touch opened; true");
    assert_refused(&repo, &["commit", "--amend"], "file-limit");
    assert!(!repo.file("opened").exists());
}

#[test]
fn taking_back_in_an_amend_is_no_excess() {
    let repo = guarded();
    on_work(&repo).write_many("many", 9).commit_unjudged("too many, unjudged");
    repo.install();
    (1..=6).for_each(|n| drop(repo.git(&["rm", "-q", &format!("many{n}.txt")]).ok()));
    // as a commit of its own it would change six files
    for args in [&["commit", "-q", "--amend", "--no-edit"][..], &["commit", "-q", "--amend", "-m", "fewer"]] {
        let before = repo.rev("HEAD");
        repo.git(args).ok();
        repo.git(&["reset", "-q", "--soft", &before]).ok();
    }
    assert_refused(&repo, &["commit", "-m", "six deletions"], "file-limit");
}

#[test]
fn a_commit_within_the_same_second_is_not_taken_for_an_amend() {
    let repo = guarded();
    repo.set("GIT_AUTHOR_DATE", "@1700009999 +0000").set("GIT_COMMITTER_DATE", "@1700009999 +0000");
    on_work(&repo).write_many("four", 4).commit_unjudged("four");
    repo.install().write_many("three", 3).commit("three").ok();
}

#[test]
fn without_given_dates_the_clock_tells_an_amend() {
    let repo = guarded();
    repo.set("GIT_AUTHOR_DATE", "@1700009999 +0000");
    on_work(&repo).write_many("four", 4).commit_unjudged("four");
    repo.install().write_many("three", 3).stage();
    let mut command = repo.command("git");
    command.env_remove("GIT_AUTHOR_DATE").env_remove("GIT_COMMITTER_DATE").args(["commit", "--amend", "-m", "seven"]);
    assert_eq!(command.output().unwrap().status.code(), Some(1));
}

#[test]
fn a_root_commit_can_be_amended() {
    let repo = Repo::new();
    repo.author("boss@example.org").write("policy.toml", POLICY).write("a.txt", "a\n").commit_unjudged("start");
    repo.install().write_many("three", 3).stage();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    repo.write_many("more", 1).stage();
    assert_refused(&repo, &["commit", "--amend", "--no-edit"], "file-limit");
}

#[test]
fn fixups_and_squashes_are_commits_of_their_own() {
    let repo = four_and_three();
    for how in ["--fixup=HEAD", "--squash=HEAD"] {
        let before = repo.rev("HEAD");
        repo.git(&["commit", "-q", "-m", "more", how]).ok();
        repo.git(&["reset", "-q", "--soft", &before]).ok();
    }
    repo.write_many("three", 6).stage();
    for how in ["--fixup=HEAD", "--squash=HEAD"] {
        assert_refused(&repo, &["commit", "-m", "more", how], "file-limit");
    }
}

#[test]
fn an_amended_merge_counts_the_merger_s_own() {
    let repo = guarded();
    on_work(&repo).write_many("many", 9).commit_unjudged("theirs");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("here.txt", "here\n").commit_unjudged("here");
    repo.git(&["-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-edit", "work"]).ok();
    repo.install().write("more.txt", "more\n").stage();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    repo.write("middleware/auth.py", "pass\n").stage();
    assert_refused(&repo, &["commit", "--amend", "--no-edit"], "guarded-area");
}

#[test]
fn without_prepare_commit_msg_a_plain_commit_is_judged() {
    let repo = guarded();
    on_work(&repo).write_many("many", 9).commit_unjudged("too many, unjudged");
    repo.install();
    std::fs::remove_file(repo.file(".git/hooks/prepare-commit-msg")).unwrap();
    (1..=6).for_each(|n| drop(repo.git(&["rm", "-q", &format!("many{n}.txt")]).ok()));
    assert_refused(&repo, &["commit", "--amend", "--no-edit"], "file-limit");
}
