//! Writes trees in memory, with some paths of a tree replaced.

use std::collections::BTreeMap;

use git2::ObjectType;

use crate::error::{Error, Result};
use crate::git::repo::{foreign, git, own};
use crate::git::{Kind, Repo};
use crate::model::{Entry, Oid, RepoPath};

/// What shall stand at a path; `None` for no file.
pub(crate) type Edit<'a> = (&'a [u8], Option<Entry>);

/// Files, or their absence, by path.
pub(crate) type Files = BTreeMap<RepoPath, Option<Entry>>;

/// An entry of a tree: git's mode, and the object.
type Slot = (i32, Oid);

const DIRECTORY: i32 = 0o040_000;

/// What the edits want of one name.
#[derive(Default)]
struct Wanted<'a> {
    here: Option<Option<Entry>>,
    below: Vec<Edit<'a>>,
}

/// The root tree that `base` becomes by `edits`. Empty directories go away.
///
/// # Errors
/// A tree is missing or damaged; the edits can't stand beside each other.
pub(crate) fn edited(repo: &Repo, base: Option<Oid>, edits: &[Edit<'_>]) -> Result<Oid> {
    match level(repo, base, edits)? {
        Some(tree) => Ok(tree),
        None => repo.write(Kind::Tree, b""),
    }
}

fn level(repo: &Repo, base: Option<Oid>, edits: &[Edit<'_>]) -> Result<Option<Oid>> {
    let mut slots = read(repo, base)?;
    for (name, wanted) in by_name(edits) {
        match slot(repo, slots.get(name).copied(), &wanted)? {
            Some(slot) => drop(slots.insert(name.to_vec(), slot)),
            None => drop(slots.remove(name)),
        }
    }
    if slots.is_empty() { Ok(None) } else { write(repo, slots).map(Some) }
}

fn by_name<'a>(edits: &[Edit<'a>]) -> BTreeMap<&'a [u8], Wanted<'a>> {
    let mut names: BTreeMap<&[u8], Wanted<'_>> = BTreeMap::new();
    for (path, entry) in edits.iter().copied() {
        let mut parts = path.splitn(2, |b| *b == b'/');
        let wanted = names.entry(parts.next().unwrap_or_default()).or_default();
        match parts.next() {
            None => wanted.here = Some(entry),
            Some(rest) => wanted.below.push((rest, entry)),
        }
    }
    names
}

fn slot(repo: &Repo, old: Option<Slot>, wanted: &Wanted<'_>) -> Result<Option<Slot>> {
    let old_tree = old.filter(|(mode, _)| *mode == DIRECTORY);
    let tree = if wanted.below.is_empty() {
        old_tree.map(|(_, oid)| oid)
    } else {
        level(repo, old_tree.map(|(_, oid)| oid), &wanted.below)?
    };
    match (tree, wanted.here) {
        (Some(_), Some(Some(_))) => Err(Error::new("a file and a directory of one name can't be merged into one tree")),
        (Some(oid), _) => Ok(Some((DIRECTORY, oid))),
        (None, Some(entry)) => Ok(entry.map(|e| (e.kind.mode(), e.oid))),
        (None, None) => Ok(old.filter(|(mode, _)| *mode != DIRECTORY)),
    }
}

fn read(repo: &Repo, tree: Option<Oid>) -> Result<BTreeMap<Vec<u8>, Slot>> {
    let Some(tree) = tree else { return Ok(BTreeMap::new()) };
    let found = repo.raw().find_tree(foreign(tree)?).map_err(|e| git(e).context(format!("could not read tree {tree}")))?;
    let mut slots = BTreeMap::new();
    for entry in &found {
        let is_tree = entry.kind() == Some(ObjectType::Tree);
        let mode = if is_tree { DIRECTORY } else { entry.filemode_raw() };
        let oid = own(entry.id()).ok_or_else(|| Error::new(format!("tree {tree} has an entry without an object")))?;
        slots.insert(entry.name_bytes().to_vec(), (mode, oid));
    }
    Ok(slots)
}

/// Git's order: a directory sorts as if its name ended in `/`.
fn write(repo: &Repo, slots: BTreeMap<Vec<u8>, Slot>) -> Result<Oid> {
    let mut sorted: Vec<(Vec<u8>, Slot)> = slots.into_iter().collect();
    sorted.sort_by_key(|(name, (mode, _))| {
        let mut key = name.clone();
        if *mode == DIRECTORY {
            key.push(b'/');
        }
        key
    });
    let mut data = Vec::new();
    for (name, (mode, oid)) in &sorted {
        data.extend_from_slice(format!("{mode:o} ").as_bytes());
        data.extend_from_slice(name);
        data.push(0);
        data.extend_from_slice(oid.as_bytes());
    }
    repo.write(Kind::Tree, &data)
}

/// Paths that can't exist beside the others, because one of their directories is a file.
pub(crate) fn beneath_files(files: &Files) -> Vec<RepoPath> {
    let is_file = |path: &[u8]| files.get(&RepoPath::new(path)).is_some_and(Option::is_some);
    let above = |path: &RepoPath| {
        let bytes = path.as_bytes();
        bytes.iter().enumerate().any(|(i, b)| *b == b'/' && bytes.get(..i).is_some_and(is_file))
    };
    files.iter().filter(|(path, entry)| entry.is_some() && above(path)).map(|(path, _)| path.clone()).collect()
}
