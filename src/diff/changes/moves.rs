//! Pairs moves of identical content: one path is gone, another is new, and the object is the same.
//!
//! The pairs are exactly those of `git diff-tree -M100%`, so that numbers can be compared with git's.

use std::collections::{HashMap, VecDeque};

use crate::model::{Entry, EntryKind, Oid, RepoPath};

use crate::git::tree_diff::Delta;

/// A changed path, or two that are one move.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Moved {
    /// The path; for a move, the new one.
    pub path: RepoPath,
    /// The old path, for a move.
    pub from: Option<RepoPath>,
    /// What stood there, or at `from`.
    pub old: Option<Entry>,
    /// What stands there now.
    pub new: Option<Entry>,
}

/// What both sides of a move have in common: the object, and the mode except for the executable bit.
type Identity = (Oid, Option<EntryKind>);

/// Old paths that git considers for one new path.
const ALTERNATIVES: usize = 100;

/// Pairs what can be paired, each deleted path at most once. Takes and gives sorted paths.
pub(super) fn pair(deltas: Vec<Delta>) -> Vec<Moved> {
    let mut sources: HashMap<Identity, VecDeque<RepoPath>> = HashMap::new();
    for delta in &deltas {
        if let (Some(old), None) = (delta.old, delta.new) {
            sources.entry(identity(old)).or_default().push_back(delta.path.clone());
        }
    }
    let mut taken: HashMap<RepoPath, RepoPath> = HashMap::new();
    for delta in &deltas {
        if let (None, Some(new)) = (delta.old, delta.new)
            && let Some(from) = sources.get_mut(&identity(new)).and_then(|all| take_best(all, &delta.path))
        {
            taken.insert(delta.path.clone(), from);
        }
    }
    join(deltas, &taken)
}

fn identity(entry: Entry) -> Identity {
    (entry.oid, (!entry.kind.is_file()).then_some(entry.kind))
}

/// Takes the first source with the file name of `to`, else the first.
fn take_best(sources: &mut VecDeque<RepoPath>, to: &RepoPath) -> Option<RepoPath> {
    let same_name = sources.iter().take(ALTERNATIVES).position(|from| file_name(from) == file_name(to));
    sources.remove(same_name.unwrap_or(0))
}

/// Puts each moved file's old side at its new path, and drops the old path.
fn join(deltas: Vec<Delta>, taken: &HashMap<RepoPath, RepoPath>) -> Vec<Moved> {
    let gone: HashMap<&RepoPath, Option<Entry>> = taken.values().map(|from| (from, None)).collect();
    let olds: HashMap<RepoPath, Option<Entry>> =
        deltas.iter().filter(|d| gone.contains_key(&d.path)).map(|d| (d.path.clone(), d.old)).collect();
    deltas
        .into_iter()
        .filter(|delta| !gone.contains_key(&delta.path))
        .map(|delta| match taken.get(&delta.path) {
            Some(from) => {
                Moved { old: olds.get(from).copied().flatten(), from: Some(from.clone()), path: delta.path, new: delta.new }
            }
            None => Moved { path: delta.path, from: None, old: delta.old, new: delta.new },
        })
        .collect()
}

/// The last component.
pub(super) fn file_name(path: &RepoPath) -> &[u8] {
    path.as_bytes().rsplit(|b| *b == b'/').next().unwrap_or_default()
}
