//! What differs between two trees, held against real git.

mod bounds;
mod malformed;
mod random;

use crate::git::scratch::{Scratch, deltas, entry};
use crate::git::tree_diff::*;
use crate::model::EntryKind;

/// More paths than any test has.
const MANY: u64 = 100_000;

/// The id of an object that is nowhere.
const X: &[u8; 20] = &[1; 20];

fn messages(scratch: &Scratch, tree: &[u8]) -> Vec<String> {
    let tree = scratch.raw_tree(tree);
    let walk = between(&scratch.repo(), None, Some(tree), MANY).unwrap();
    walk.problems.iter().map(|p| format!("{}: {}", crate::text::escape(p.path.as_bytes()), p.message)).collect()
}

#[test]
fn odd_modes_are_read_as_git_reads_them() {
    let scratch = Scratch::new();
    let tree = |mode: &str| scratch.raw_tree(&entry(mode, b"a", X));
    let kind_of = |mode: &str| entry_at(&scratch.repo(), tree(mode), &"a".into()).unwrap().unwrap().kind;
    assert_eq!(kind_of("100664"), EntryKind::File);
    assert_eq!(kind_of("100777"), EntryKind::Executable);
    assert_eq!(kind_of("120777"), EntryKind::Symlink);
    assert_eq!(kind_of("0"), EntryKind::Submodule);
    for mode in ["100664", "100777", "120777", "0", "0100644", "60000"] {
        let (old, new) = (tree(mode), tree("100644"));
        assert_eq!(
            between(&scratch.repo(), Some(old), Some(new), MANY).unwrap().deltas,
            deltas(scratch.path(), old, new),
            "{mode}"
        );
    }
}

#[test]
fn one_entry_is_looked_up() {
    let scratch = Scratch::new();
    scratch.write("dir/file", "x");
    let commit = scratch.commit_all();
    let tree = scratch.repo().commit(commit).unwrap().tree;
    let at = |path: &str| entry_at(&scratch.repo(), tree, &path.into()).unwrap();
    assert_eq!(at("dir/file").unwrap().kind, EntryKind::File);
    assert_eq!((at("dir"), at("dir/fil"), at("dir/file/x"), at("")), (None, None, None, None));
    let twice = scratch.raw_tree(&[entry("100644", b"a", X), entry("100644", b"a", X)].concat());
    let words = entry_at(&scratch.repo(), twice, &"a".into()).unwrap_err().message;
    assert_eq!(words, "could not read the root tree: it has two entries `a`");
}
