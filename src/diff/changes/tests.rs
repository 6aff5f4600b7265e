//! Changed files, held against real git's.

mod collisions;
mod history;
mod links;
mod moves;
mod touches;

use super::*;
use crate::diff::fixture::policy;
use crate::git::scratch::{File, Scratch, file};

fn described(scratch: &Scratch, old: &[File], new: &[File], policy: &Policy) -> Vec<FileChange> {
    scratch.changes(scratch.tree(old), scratch.tree(new), policy)
}

fn changes(old: &[File], new: &[File]) -> Vec<FileChange> {
    Scratch::new().changes_of(old, new).2
}

#[test]
fn kinds_of_change_are_told_apart() {
    let old = [
        file("edited", "100644", "1\n"),
        file("chmod", "100644", "1\n2\n"),
        file("typed", "100644", "target"),
        file("deleted", "100644", "gone\n"),
        file("moved", "100644", "moved\n"),
    ];
    let new = [
        file("edited", "100644", "2\n"),
        file("chmod", "100755", "1\n2\n"),
        file("typed", "120000", "target"),
        file("added", "100644", "new\n"),
        file("to/moved", "100755", "moved\n"),
    ];
    let found = changes(&old, &new);
    let brief: Vec<_> = found.iter().map(|c| (c.path.as_str().unwrap(), c.status.clone(), c.size)).collect();
    assert_eq!(
        brief,
        [
            ("added", FileStatus::Added, 4),
            ("chmod", FileStatus::Modified, 4),
            ("deleted", FileStatus::Deleted, 0),
            ("edited", FileStatus::Modified, 2),
            ("to/moved", FileStatus::Renamed { from: "moved".into() }, 6),
            ("typed", FileStatus::TypeChanged, 6),
        ]
    );
    let moved = &found[4];
    assert_eq!((moved.old.unwrap().kind, moved.new.unwrap().kind), (EntryKind::File, EntryKind::Executable));
    assert_eq!((moved.lines, moved.inserted_bytes), (Counted::NOTHING.lines, Counted::NOTHING.inserted_bytes));
}

#[test]
fn a_malformed_tree_is_read_by_name_and_a_damaged_one_is_an_error() {
    let scratch = Scratch::new();
    let repo = scratch.repo();
    let blob = repo.write(crate::git::Kind::Blob, b"x").unwrap();
    let mut raw = Vec::new();
    for (mode, name) in [("100666", "a"), ("100644", ""), ("100644", "A")] {
        raw.extend(format!("{mode} {name}\0").bytes());
        raw.extend(blob.as_bytes());
    }
    let tree = repo.write(crate::git::Kind::Tree, &raw).unwrap();
    let new = Entry { kind: EntryKind::File, oid: blob };
    let added = |path: &str| Delta { path: path.into(), old: None, new: Some(new) };
    let found = file_changes(&repo, vec![added("a")], tree, &policy(&[])).unwrap();
    assert_eq!(found[0].collisions, ["A".into()]);
    let cut = repo.write(crate::git::Kind::Tree, &raw[..raw.len() - 1]).unwrap();
    assert!(file_changes(&repo, vec![added("a")], cut, &policy(&[])).is_err());
}

#[test]
fn what_is_missing_is_an_error() {
    let scratch = Scratch::new();
    let tree = scratch.tree(&[file("a", "100644", "x\n")]);
    let missing = Oid::from_hex("1234567890123456789012345678901234567890").unwrap();
    for kind in [EntryKind::File, EntryKind::Symlink] {
        let delta = Delta { path: "a".into(), old: None, new: Some(Entry { kind, oid: missing }) };
        let error = file_changes(&scratch.repo(), vec![delta], tree, &policy(&[])).unwrap_err();
        assert!(error.message.starts_with("could not read `a`: object 1234567890"), "{error}");
    }
    let tree_as_file = Delta { path: "a".into(), old: None, new: Some(Entry { kind: EntryKind::File, oid: tree }) };
    assert!(file_changes(&scratch.repo(), vec![tree_as_file], tree, &policy(&[])).is_err());
}
