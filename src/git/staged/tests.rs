//! The tree of the index, held against real git's.

mod damage;

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::error::Error;
use crate::git::scratch::{Dice, Scratch, git_in};

fn ours(scratch: &Scratch) -> Result<Oid> {
    of_file(&scratch.repo(), &scratch.path().join(".git/index"))
}

fn refused(scratch: &Scratch) -> Error {
    let error = ours(scratch).unwrap_err();
    assert!(!scratch.try_git(&["write-tree"]).status.success(), "git accepts it, and we say {error}");
    error
}

/// Ours first, while the index is as it was found; the index must be the same after it. Then git's, on a copy.
fn same(scratch: &Scratch) -> Oid {
    let index = scratch.path().join(".git/index");
    let before = std::fs::read(&index).ok();
    let tree = ours(scratch).unwrap();
    assert_eq!(std::fs::read(&index).ok(), before);
    assert!(
        !std::fs::read_dir(scratch.path().join(".git")).unwrap().any(|e| e
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("guard"))
    );
    let copy = scratch.path().join(".git/copy");
    if before.is_some() {
        std::fs::copy(&index, &copy).unwrap();
    }
    let output = git_in(scratch.path()).arg("write-tree").env("GIT_INDEX_FILE", &copy).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(tree.to_string(), String::from_utf8(output.stdout).unwrap().trim_end());
    tree
}

/// Some files in some directories, committed.
fn filled() -> Scratch {
    let scratch = Scratch::new();
    for path in ["top", "a/one", "a/two", "a/deep/er/x", "a.b/y", "a0/z", "b/c/d/e/f", "ünï/côdé"] {
        scratch.write(path, path);
    }
    std::fs::set_permissions(scratch.path().join("a/one"), PermissionsExt::from_mode(0o755)).unwrap();
    symlink("../top", scratch.path().join("b/link")).unwrap();
    scratch.commit_all();
    scratch
}

#[test]
fn no_index_is_the_empty_tree() {
    let scratch = Scratch::new();
    assert_eq!(same(&scratch).to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    scratch.git(&["read-tree", "--empty"]);
    same(&scratch);
}

#[test]
fn a_valid_cache_tree_answers_alone() {
    let scratch = filled();
    let head = scratch.repo().commit(scratch.oid("HEAD")).unwrap().tree;
    assert_eq!(same(&scratch), head);
}

#[test]
fn every_version_gives_what_git_gives() {
    for version in ["2", "3", "4"] {
        for threads in ["1", "2"] {
            let scratch = filled();
            scratch.git(&["config", "index.threads", threads]);
            scratch.git(&["update-index", "--index-version", version, "--force-write-index"]);
            same(&scratch);
            scratch.write("a/deep/er/new", "new");
            scratch.write("a.b/y", "changed");
            scratch.git(&["add", "-A"]);
            same(&scratch);
            scratch.git(&["update-index", "--skip-worktree", "a/two"]);
            scratch.git(&["rm", "-q", "-r", "--cached", "b"]);
            same(&scratch);
            scratch.git(&["read-tree", "--empty"]);
            scratch.git(&["add", "-A"]);
            same(&scratch);
        }
    }
}

#[test]
fn random_staging_gives_what_git_gives() {
    let scratch = filled();
    let mut dice = Dice(11);
    for round in 0..40 {
        let directory = ["", "a/", "a/deep/", "a/deep/er/", "a.b/", "b/c/", "n/e/w/"][dice.below(7)];
        let path = format!("{directory}{}", ["p", "p.q", "p-", "p0", "q"][dice.below(5)]);
        match dice.below(6) {
            0 => drop(scratch.try_git(&["rm", "-q", "-r", "-f", "--cached", "--", &path])),
            1 => drop(scratch.git(&["commit", "-q", "--allow-empty", "-m", "x"])),
            2 => {
                scratch.write(&path, "to come");
                drop(scratch.git(&["add", "-N", &path]));
            }
            _ => {
                scratch.write(&path, dice.below(1000).to_string());
                drop(scratch.git(&["add", &path]));
            }
        }
        let version = ["2", "3", "4"][round % 3];
        scratch.git(&["update-index", "--index-version", version]);
        same(&scratch);
    }
}

#[test]
fn what_is_only_intended_is_not_part_of_it() {
    let scratch = filled();
    let before = same(&scratch);
    for path in ["later", "a/later", "only/later/x", "a/deep/er/later"] {
        scratch.write(path, "to come");
        scratch.git(&["add", "-N", path]);
        assert_eq!(same(&scratch), before, "{path}");
    }
}

#[test]
fn long_names_and_many_files() {
    let scratch = Scratch::new();
    let blob = scratch.blob("x");
    let mut list = String::new();
    for i in 0..20_000 {
        list += &format!("100644 {blob}\td{}/e{}/file{i}\n", i % 37, i % 11);
    }
    // Longer than the twelve bits of an entry's length.
    let long = vec!["x".repeat(200); 30].join("/");
    list += &format!("100644 {blob}\t{long}\n160000 {blob}\tsub\n");
    scratch.git_with(&["update-index", "--index-info"], list);
    same(&scratch);
    scratch.git(&["update-index", "--index-version", "4"]);
    same(&scratch);
    scratch.git(&["write-tree"]);
    same(&scratch);
    scratch.git_with(&["update-index", "--index-info"], format!("100755 {blob}\td3/e4/new\n"));
    same(&scratch);
    scratch.git(&["-c", "index.threads=4", "update-index", "--force-write-index"]);
    same(&scratch);
}

#[test]
fn split_and_sparse_indexes_are_left_to_git() {
    let scratch = filled();
    scratch.git(&["update-index", "--split-index"]);
    scratch.write("a/new", "new");
    scratch.git(&["add", "-A"]);
    let shared = || std::fs::read_dir(scratch.path().join(".git")).unwrap().count();
    let before = shared();
    ours(&scratch).unwrap();
    assert_eq!(shared(), before);
    let tree = same(&scratch);
    scratch.git(&["update-index", "--no-split-index"]);
    assert_eq!(same(&scratch), tree);
    scratch.git(&["commit", "-q", "-m", "x"]);
    scratch.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    assert!(std::fs::read(scratch.path().join(".git/index")).unwrap().windows(4).any(|w| w == b"sdir"));
    scratch.write("a/newer", "newer");
    scratch.git(&["add", "a/newer"]);
    same(&scratch);
}

#[test]
fn conflicts_are_named() {
    let scratch = filled();
    scratch.git(&["checkout", "-q", "-b", "other"]);
    scratch.write("top", "theirs");
    scratch.write("a/one", "theirs");
    scratch.commit_all();
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("top", "ours");
    scratch.write("a/one", "ours");
    scratch.commit_all();
    assert!(!scratch.try_git(&["merge", "other"]).status.success());
    for version in ["2", "4"] {
        scratch.git(&["update-index", "--index-version", version]);
        assert_eq!(refused(&scratch).message, "the index holds unmerged paths: `a/one`, `top`");
    }
    scratch.git(&["add", "-A"]);
    same(&scratch);
}

#[test]
fn the_cache_tree_is_what_git_commits() {
    // Entries say one thing, the cache tree another: `git diff --cached` shows nothing, `git commit` commits the cache tree.
    let scratch = filled();
    let tree = same(&scratch);
    scratch.write("top", "other");
    scratch.git(&["add", "top"]);
    let other = scratch.id(&["write-tree"]);
    let index = scratch.path().join(".git/index");
    let mut bytes = std::fs::read(&index).unwrap();
    let at = bytes.windows(20).position(|w| w == other.as_bytes()).unwrap();
    bytes[at..at + 20].copy_from_slice(tree.as_bytes());
    let end = bytes.len() - 20;
    bytes[end..].fill(0);
    std::fs::write(&index, bytes).unwrap();
    assert_eq!(same(&scratch), tree);
}
