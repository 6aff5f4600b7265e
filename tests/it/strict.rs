//! The strict local door: reference-transaction, which every command of git passes that moves a branch, `--no-verify` or not.

use crate::scene::*;
use crate::support::*;

mod branches;
mod commands;
mod door;

/// A guarded clone with all its hooks and the strict one, on `work`; the server has `main`.
fn strict() -> Repo {
    let repo = guarded();
    repo.remote();
    on_work(&repo).guard(&["install", "--strict"]).ok();
    repo
}

/// Six files where five may be, in the work tree.
fn too_many(repo: &Repo) -> &Repo {
    repo.write_many("many", 6)
}

/// A commit of six files that no branch holds, made by plumbing, on top of `parent`.
fn unjudged(repo: &Repo, parent: &str) -> String {
    let work = repo.rev("HEAD");
    too_many(repo).git(&["add", "-A"]).ok();
    let tree = repo.git(&["write-tree"]).ok().line();
    repo.git(&["reset", "-q", "--hard", &work]).ok();
    repo.git(&["clean", "-qfd"]).ok();
    repo.git(&["commit-tree", &tree, "-p", parent, "-m", "unjudged"]).ok().line()
}

/// It was refused, and `branch` is where it was.
#[track_caller]
fn refused(repo: &Repo, args: &[&str]) -> Run {
    let before = repo.state_of_refs();
    let run = repo.git(args);
    assert_ne!(run.status, 0, "`git {}` was not refused:\n{}{}", args.join(" "), run.out(), run.err());
    assert_eq!(repo.state_of_refs(), before, "`git {}`", args.join(" "));
    run.says("error[file-limit]: 6 files changed in this commit, 5 allowed")
}

/// The command that goes back, as it was told, pasted.
#[track_caller]
fn go_back(repo: &Repo, run: Run, command: &str) {
    run.says(command);
    repo.run("sh", &["-c", command]).ok();
    assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), "");
    assert_eq!(repo.git(&["status"]).ok().out().lines().next(), Some("On branch work"));
}
