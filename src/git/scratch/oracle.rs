//! What git says of the difference between two trees or commits.

use std::fmt::Display;
use std::path::Path;

use super::run;
use crate::git::tree_diff::Delta;
use crate::model::{Entry, EntryKind, FileChange, LineCount, Oid, RepoPath};

/// One line of `--numstat`: insertions and deletions (`None`: binary), old path of a rename, path.
pub type Stat = (Option<(u64, u64)>, Option<RepoPath>, RepoPath);

/// What differs, sorted by path; a move is a deletion and an addition.
pub fn deltas(dir: &Path, old: impl Display, new: impl Display) -> Vec<Delta> {
    let (old, new) = (old.to_string(), new.to_string());
    let raw = run(dir, &["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", &old, &new]);
    let mut fields = raw.split(|b| *b == 0);
    let mut deltas = Vec::new();
    while let Some(header) = fields.next().filter(|header| !header.is_empty()) {
        let words: Vec<&str> = std::str::from_utf8(&header[1..]).unwrap().split(' ').collect();
        let path = RepoPath::new(fields.next().unwrap());
        deltas.push(Delta { path, old: side(words[0], words[2]), new: side(words[1], words[3]) });
    }
    deltas.sort_by(|a, b| a.path.cmp(&b.path));
    deltas
}

fn side(mode: &str, oid: &str) -> Option<Entry> {
    let kind = match mode {
        "000000" => return None,
        "100644" => EntryKind::File,
        "100755" => EntryKind::Executable,
        "120000" => EntryKind::Symlink,
        "160000" => EntryKind::Submodule,
        other => panic!("mode {other}"),
    };
    Some(Entry { kind, oid: Oid::from_hex(oid).unwrap() })
}

/// git's numbers, sorted by path; `similarity` is its option that says what a rename is.
pub fn numstat(dir: &Path, similarity: &str, old: impl Display, new: impl Display) -> Vec<Stat> {
    let (old, new) = (old.to_string(), new.to_string());
    let raw = run(dir, &["diff-tree", "-r", "-z", "--numstat", similarity, &old, &new]);
    let mut fields = raw.split(|b| *b == 0);
    let mut stats = Vec::new();
    while let Some(line) = fields.next().filter(|line| !line.is_empty()) {
        let parts: Vec<&[u8]> = line.splitn(3, |b| *b == b'\t').collect();
        let number = |text: &[u8]| std::str::from_utf8(text).unwrap().parse::<u64>().ok();
        let lines = number(parts[0]).zip(number(parts[1]));
        let (from, path) = if parts[2].is_empty() {
            (fields.next().map(RepoPath::new), RepoPath::new(fields.next().unwrap()))
        } else {
            (None, RepoPath::new(parts[2]))
        };
        stats.push((lines, from, path));
    }
    stats.sort_by(|a, b| a.2.cmp(&b.2));
    stats
}

/// Our changes, counted exactly, have git's numbers. One by one, so that a failure names the file.
#[track_caller]
pub fn assert_numstat(changes: &[FileChange], theirs: &[Stat], of: &str) {
    for (change, theirs) in changes.iter().zip(theirs) {
        assert_eq!(stat(change), *theirs, "{of}");
    }
    assert_eq!(changes.len(), theirs.len(), "{of}");
}

/// Our numbers in git's form.
fn stat(change: &FileChange) -> Stat {
    let lines = match change.lines {
        LineCount::Binary => None,
        LineCount::Text { added, deleted } => Some((added.known().unwrap(), deleted.known().unwrap())),
    };
    (lines, change.paths().nth(1).cloned(), change.path.clone())
}
