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
fn an_entry_without_its_object_is_an_error() {
    let scratch = filled();
    let id = "1234567890123456789012345678901234567890";
    scratch.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},a/gone")]);
    assert_eq!(refused(&scratch).message, format!("`a/gone` is staged as object {id}, which is missing from this repository"));
}

#[test]
fn a_tree_that_the_cache_names_and_nobody_has_is_made_again() {
    let scratch = filled();
    let tree = same(&scratch);
    for name in [tree.to_string(), scratch.oid("HEAD:a").to_string()] {
        std::fs::remove_file(scratch.path().join(format!(".git/objects/{}/{}", &name[..2], &name[2..]))).unwrap();
    }
    assert_eq!(ours(&scratch).unwrap(), tree);
    assert_eq!(same(&scratch), tree);
}

#[test]
fn a_file_and_a_directory_of_one_name_are_an_error() {
    let scratch = filled();
    let index = scratch.path().join(".git/index");
    let blob = scratch.blob("x");
    let list = format!("100644 {blob}\tzz\n100644 {blob}\tzz-x\n");
    scratch.git_with(&["update-index", "--index-info"], list);
    let mut bytes = std::fs::read(&index).unwrap();
    let at = bytes.windows(4).position(|w| w == b"zz-x").unwrap();
    bytes[at + 2] = b'/';
    let end = bytes.len() - 20;
    bytes[end..].fill(0);
    std::fs::write(&index, bytes).unwrap();
    assert_eq!(refused(&scratch).message, "the index holds both `zz` and `zz/x`");
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

#[test]
fn damage_is_an_error() {
    let scratch = filled();
    let index = scratch.path().join(".git/index");
    let whole = std::fs::read(&index).unwrap();
    let with = |bytes: &[u8]| {
        std::fs::write(&index, bytes).unwrap();
        ours(&scratch).map_err(|e| e.message)
    };
    let said = |how: &str| Err(format!("the index is damaged: {how}"));
    assert_eq!(with(b""), said("it is too short"));
    assert_eq!(with(&[b"CRID", &whole[4..]].concat()), said("it does not start with `DIRC`"));
    assert_eq!(with(&whole[..whole.len() - 30]), said("its extensions do not end where the file does"));
    assert_eq!(with(&whole[..200]), said("an entry is truncated"));
    let version = [&whole[..7], &[5], &whole[8..]].concat();
    assert_eq!(with(&version), Err("the index has version 5, and only 2, 3 and 4 are known".to_owned()));
    // One cut takes exactly the extensions away: the entries alone give the same, to git as well.
    let tree = with(&whole).unwrap();
    let fine: Vec<_> = (0..whole.len()).filter_map(|cut| with(&whole[..cut]).ok()).collect();
    assert_eq!(fine, [tree]);
    let unknown = [&whole[..whole.len() - 20], b"odd!\0\0\0\x02ab", &whole[whole.len() - 20..]].concat();
    let words = with(&unknown).unwrap_err();
    assert!(
        words.starts_with("the index has the extension `odd!`, and is left to the git program: git write-tree says: error: "),
        "{words}"
    );
}

#[test]
fn a_cache_tree_that_miscounts_is_an_error() {
    let scratch = filled();
    scratch.write("top", "other");
    scratch.git(&["add", "top"]);
    let index = scratch.path().join(".git/index");
    let whole = std::fs::read(&index).unwrap();
    let at = whole.windows(6).position(|w| w == b"a\x003 1\n").unwrap() + 2;
    for (count, below) in [(b'2', "counts too few"), (b'4', "miscounts the"), (b'0', "miscounts the")] {
        let mut bytes = whole.clone();
        bytes[at] = count;
        std::fs::write(&index, bytes).unwrap();
        assert_eq!(ours(&scratch).unwrap_err().message, format!("the index is damaged: its cache tree {below} entries below `a/`"));
    }
    let mut bytes = whole.clone();
    bytes[at] = b'9';
    bytes[at + 1] = b'9';
    std::fs::write(&index, bytes).unwrap();
    assert!(ours(&scratch).is_err());
}

#[test]
fn flipped_bytes_never_panic() {
    let scratch = filled();
    let index = scratch.path().join(".git/index");
    scratch.write("a/new", "x");
    scratch.git(&["add", "-A"]);
    for version in ["2", "4"] {
        scratch.git(&["-c", "index.threads=2", "update-index", "--index-version", version, "--force-write-index"]);
        let whole = std::fs::read(&index).unwrap();
        let repo = scratch.repo();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at * 5 % 8);
            if bytes.windows(4).any(|w| w == b"lINK") || bytes[at].is_ascii_lowercase() && whole[at].is_ascii_uppercase() {
                continue; // would be left to git, once a flip
            }
            std::fs::write(&index, bytes).unwrap();
            drop(Index::open(&index).and_then(|found| build::root(&repo, &mut found.unwrap()).map(drop)));
        }
        std::fs::write(&index, whole).unwrap();
    }
}
