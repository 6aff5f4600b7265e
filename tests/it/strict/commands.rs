//! Each command that moves a branch, and the way back from where it stands after it was refused.

use super::*;

#[test]
fn a_commit_past_the_other_hooks() {
    let repo = strict();
    too_many(&repo).stage();
    let run = refused(&repo, &["commit", "-q", "--no-verify", "-m", "many files, no hooks"]);
    run.says("no branch was moved; what was to be committed is still staged").says("the message is kept: git commit -eF");
    assert_eq!(repo.git(&["diff", "--cached", "--name-only"]).ok().out().lines().count(), 6);
    assert_eq!(std::fs::read_to_string(repo.path().join(".git/COMMIT_EDITMSG")).unwrap().trim(), "many files, no hooks");
    repo.git(&["restore", "--staged", "many6.txt"]).ok();
    repo.git(&["commit", "-q", "--no-verify", "-m", "five"]).ok();
}

#[test]
fn an_amend_past_the_other_hooks() {
    let repo = strict();
    repo.write("one.txt", "1\n").commit("one").ok();
    repo.write_many("many", 5).stage();
    refused(&repo, &["commit", "-q", "--amend", "--no-verify", "-m", "six"]);
    repo.git(&["restore", "--staged", "many5.txt"]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-verify", "-m", "five"]).ok();
}

#[test]
fn a_cherry_pick_and_a_revert() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    let run = refused(&repo, &["cherry-pick", &commit]);
    go_back(&repo, run, "git cherry-pick --abort");
    // Six files were taken in before the guard came; undoing them is a change of six files.
    place(&repo, &commit);
    let run = refused(&repo, &["revert", "--no-edit", "HEAD"]);
    go_back(&repo, run, "git reset --merge");
}

#[test]
fn a_rebase() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    repo.write("one.txt", "1\n").commit("one").ok();
    let run = refused(&repo, &["rebase", "-q", &commit]);
    run.says("git rebase --abort");
    repo.git(&["rebase", "--abort"]).ok();
    assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), "");
}

#[test]
fn a_merge_forward_and_a_true_one() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    let run = refused(&repo, &["merge", "-q", &commit]);
    go_back(&repo, run, "git reset --merge");
    repo.write("one.txt", "1\n").commit("one").ok();
    let run = refused(&repo, &["merge", "-q", "--no-verify", "-m", "merge", &commit]);
    go_back(&repo, run, "git merge --abort");
}

#[test]
fn a_reset() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    repo.write("mine.txt", "not staged\n");
    let run = refused(&repo, &["reset", "-q", "--hard", &commit]);
    let back = format!("git read-tree -m -u {commit} {}", repo.rev("HEAD"));
    run.says(&format!("next: {back}"));
    repo.run("sh", &["-c", &back]).ok();
    assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), "?? mine.txt\n");
    // Back to what is there is nobody's work.
    repo.git(&["add", "-A"]).ok();
    repo.commit("mine").ok();
    repo.git(&["reset", "-q", "--hard", "HEAD~"]).ok();
}

#[test]
fn mails() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    let mail = repo.git(&["format-patch", "--stdout", "-1", &commit]).ok().out();
    std::fs::write(repo.scratch().join("mail"), mail).unwrap();
    let run = refused(&repo, &["am", "-q", "../mail"]);
    go_back(&repo, run, "git am --abort");
}

#[test]
fn plumbing() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    refused(&repo, &["update-ref", "refs/heads/work", &commit]);
    refused(&repo, &["update-ref", "refs/heads/new", &commit]).says("no branch was moved: `refs/heads/new` is where it was");
    refused(&repo, &["branch", "new", &commit]);
    refused(&repo, &["branch", "-f", "main", &commit]);
    refused(&repo, &["switch", "-q", "-c", "new", &commit]);
    refused(&repo, &["fetch", "-q", ".", &format!("{commit}:refs/heads/new")]);
    let before = repo.state_of_refs();
    let stream = format!(
        "commit refs/heads/new\ncommitter A <author@example.org> 1700000000 +0000\ndata 1\nx\nfrom {commit}\nM 100644 inline z\ndata 1\nz\n"
    );
    let run = repo.run_with("git", &["fast-import", "--quiet"], stream.as_bytes());
    assert_ne!(run.status, 0);
    assert_eq!(repo.state_of_refs(), before);
    // No branch: nothing to say. It is judged once a branch shall hold it.
    repo.git(&["update-ref", "refs/elsewhere/x", &commit]).ok();
    repo.git(&["tag", "x", &commit]).ok();
    repo.git(&["switch", "-q", "--detach", &commit]).ok();
    refused(&repo, &["branch", "new"]);
}

/// Puts a commit onto `work` as if it had been there before the guard.
fn place(repo: &Repo, commit: &str) {
    repo.git(&["-c", "core.hooksPath=/dev/null", "reset", "-q", "--hard", commit]).ok();
}

/// A switch to a new branch has put the other's files into place before it asks.
#[test]
fn a_switch_to_a_new_branch() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    repo.git(&["-c", "core.hooksPath=/dev/null", "tag", "big", &commit]).ok();
    repo.write("a.txt", "mine, not staged\n");
    for args in [&["switch", "-c", "new", "tags/big"][..], &["checkout", "-b", "new", "tags/big"]] {
        let run = refused(&repo, args);
        let back = format!("git read-tree -m -u {commit} {}", repo.rev("HEAD"));
        run.says(&format!("next: {back}"));
        repo.run("sh", &["-c", &back]).ok();
        assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), " M a.txt\n", "what else was changed is left");
    }
    // A branch that is only made has put nothing anywhere.
    refused(&repo, &["branch", "new", "tags/big"]).says_not("read-tree");
}

/// Without an upstream no session is judged on the base branch.
#[test]
fn the_undo_of_a_reset_on_the_base() {
    let policy =
        "version = 1\nbase = \"main\"\n[defaults]\nmax-files-per-commit = 2\nmax-files-per-session = 3\n[specialist.\"*\"]\n";
    let repo = Repo::with_policy(policy);
    repo.guard(&["install", "--strict"]).ok();
    for name in ["one", "two"] {
        repo.write_many(name, 2).commit(name).ok();
    }
    let tip = repo.rev("HEAD");
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]).ok();
    repo.git(&["reset", "-q", "--hard", &tip]).ok();
    assert_eq!(repo.rev("HEAD"), tip);
}
