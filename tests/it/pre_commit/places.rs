//! Wherever git commits: subdirectories, linked worktrees, submodules, other indexes, a repository named by the environment.

use super::*;

#[test]
fn in_a_subdirectory() {
    let repo = guarded();
    repo.install().write_many("deep/er/many", 6).stage();
    let args = ["-C", "deep/er", "commit", "-m", "many"];
    assert_refused(&repo, &args, "file-limit");
    let run = repo.guard(&["-C", "deep/er", "check", "--staged"]).rejected();
    assert!(run.says("deep/er/many1.txt").out().contains("6 files"));
    let mut command = repo.command(GUARD);
    let here = command.current_dir(repo.file("deep/er")).args(["check", "--staged"]).output().unwrap();
    assert_eq!(here.status.code(), Some(1));
}

#[test]
fn in_a_linked_worktree() {
    let repo = guarded();
    repo.install().git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    let side = repo.sibling("side");
    side.write_many("many", 6).stage();
    assert_refused(&side, &["commit", "-m", "many"], "file-limit");
    side.git(&["reset", "-q", "many6.txt"]).ok();
    side.git(&["commit", "-q", "-m", "five"]).ok().says("guard: accepted");
    side.guard(&["doctor"]).ok();
    // each worktree has its own index, and its own amends
    repo.write_many("here", 2).stage();
    side.stage();
    assert_refused(&side, &["commit", "--amend", "--no-edit"], "file-limit");
    repo.git(&["commit", "-q", "-m", "here"]).ok().says("2 files");
}

#[test]
fn installed_from_a_linked_worktree_it_guards_all_of_them() {
    let repo = guarded();
    repo.git(&["worktree", "add", "-q", "-b", "side", "../side"]).ok();
    repo.sibling("side").install();
    repo.write_many("many", 6).stage();
    assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
}

#[test]
fn in_a_submodule_by_its_own_policy() {
    let inner = guarded();
    let outer = Repo::with_policy(OPEN_POLICY);
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.path().to_str().unwrap(), "lib"]).ok();
    outer.commit_unjudged("lib");
    outer.install();
    let lib = outer.within("lib");
    lib.install().write_many("many", 6).stage();
    assert_refused(&lib, &["commit", "-m", "many"], "file-limit");
    lib.git(&["reset", "-q", "many6.txt"]).ok();
    lib.git(&["commit", "-q", "-m", "five"]).ok();
    outer.git(&["commit", "-q", "-a", "-m", "move the pointer"]).ok().says("1 file");
}

#[test]
fn with_an_index_that_is_named() {
    let repo = guarded();
    repo.install().write_many("many", 6);
    let index = repo.file(".git/other-index");
    std::fs::copy(repo.file(".git/index"), &index).unwrap();
    for name in [index.to_str().unwrap(), ".git/other-index"] {
        repo.set("GIT_INDEX_FILE", name);
        repo.git(&["add", "-A"]).ok();
        repo.guard(&["check", "--staged"]).rejected().says("6 files");
        assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
        repo.unset("GIT_INDEX_FILE");
        repo.guard(&["check", "--staged"]).ok().says("nothing is changed");
    }
}

#[test]
fn with_a_repository_that_the_environment_names() {
    let repo = guarded();
    repo.install().write_many("many", 6).stage();
    let (git, work) = (repo.file(".git"), repo.path().to_owned());
    let elsewhere = repo.sibling("elsewhere");
    std::fs::create_dir(elsewhere.path()).unwrap();
    elsewhere.guard(&["check", "--staged"]).undecided().says("not in a git repository");
    elsewhere.set("GIT_DIR", &git).set("GIT_WORK_TREE", &work);
    elsewhere.guard(&["check", "--staged"]).rejected().says("6 files");
    elsewhere.git(&["commit", "-m", "many"]).rejected().says("error[file-limit]");
    elsewhere.git(&["reset", "-q", "--", "many6.txt"]).ok();
    elsewhere.git(&["commit", "-q", "-m", "five"]).ok().says("5 files");
}

#[test]
fn with_its_git_directory_elsewhere() {
    let repo = guarded();
    let apart = repo.sibling("apart");
    let place = repo.scratch().join("apart.git");
    let from = repo.path().to_str().unwrap();
    repo.git(&["clone", "-q", "--separate-git-dir", place.to_str().unwrap(), from, apart.path().to_str().unwrap()]).ok();
    apart.install().write_many("many", 6).stage();
    assert_refused(&apart, &["commit", "-m", "many"], "file-limit");
}

#[test]
fn with_a_detached_head() {
    let repo = guarded();
    repo.install().git(&["switch", "-q", "--detach"]).ok();
    repo.write_many("many", 6).stage();
    assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
    repo.git(&["reset", "-q", "many6.txt"]).ok();
    repo.git(&["commit", "-q", "-m", "five"]).ok();
}

#[test]
fn with_a_split_index_and_a_sparse_one() {
    let repo = guarded();
    repo.install().write_many("many", 6);
    repo.git(&["update-index", "--split-index"]).ok();
    repo.stage();
    assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
    repo.git(&["update-index", "--no-split-index"]).ok();
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "middleware"]).ok();
    assert_refused(&repo, &["commit", "-m", "many"], "file-limit");
}

#[test]
fn while_git_holds_the_index_s_lock() {
    let repo = guarded();
    repo.install().write_many("few", 2).stage();
    repo.write(".git/index.lock", "");
    repo.guard(&["check", "--staged"]).ok();
    assert!(repo.file(".git/index.lock").exists());
}
