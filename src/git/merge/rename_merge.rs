//! The whole automatic merge, with renames: libgit2's, in a room of its own where no attribute and no configuration reaches it.
//!
//! Only the paths take part that can't be settled one by one. What must not be merged by line (a file over
//! the size bound, a symbolic link) takes part as a sealed stand-in: the same or not the same, and never read.

use std::collections::{BTreeMap, BTreeSet};

use git2::{Config, Index, IndexEntry, IndexTime, MergeOptions, Repository};

use crate::error::{Error, Result};
use crate::git::repo::{foreign, git, own};
use crate::git::{Kind, Repo};
use crate::model::{Entry, EntryKind, Oid, RepoPath};

use crate::git::merge::candidates;
use crate::git::merge::file::MAX_BYTES;
use crate::git::merge::renames;
use crate::git::merge::renames::Passage;
use crate::git::merge::sides::{Expected, Sides, VERSIONS, Versions};
use crate::git::tree_builder;

/// A finished merge.
pub(super) struct RenameMerge {
    files: BTreeMap<RepoPath, Entry>,
    conflicts: BTreeSet<RepoPath>,
    /// What was merged or disputed at a path, where renames were followed.
    followed: BTreeMap<RepoPath, Vec<Versions>>,
    /// Edits that were carried across renames.
    pub(super) carried: Vec<Passage>,
}

impl RenameMerge {
    /// What the merge holds at a path that a side changed.
    pub(super) fn at(&self, path: &RepoPath) -> Expected {
        if self.conflicts.contains(path) { Expected::Conflict } else { Expected::Is(self.files.get(path).copied()) }
    }

    /// The versions that come together at a path; `alone`: without renames.
    pub(super) fn versions(&self, path: &RepoPath, alone: &Versions) -> Vec<Versions> {
        self.followed.get(path).cloned().unwrap_or_else(|| vec![*alone])
    }
}

/// Merges.
///
/// # Errors
/// An object is missing or damaged; libgit2 refuses a path.
pub(super) fn merge(repo: &Repo, sides: &Sides) -> Result<RenameMerge> {
    let open = candidates::among(sides);
    let followed = renames::follow(repo, open.clone())?;
    let mut whole = merge_all(repo, &followed.sides)?;
    whole.conflicts.extend(followed.conflicts.keys().cloned());
    whole.followed = followed.conflicts;
    for (path, versions) in followed.sides {
        whole.followed.entry(path).or_default().push(versions);
    }
    whole.carried = followed.carried;
    for (path, versions) in sides {
        match versions.plain() {
            _ if open.contains_key(path) => {}
            Some(Some(entry)) => drop(whole.files.insert(path.clone(), entry)),
            Some(None) => {}
            // It is merged alone, and nobody asks.
            None => drop(whole.conflicts.insert(path.clone())),
        }
    }
    Ok(whole)
}

fn merge_all(repo: &Repo, sides: &Sides) -> Result<RenameMerge> {
    let mut seals = Seals { sealed: BTreeMap::new(), opened: BTreeMap::new() };
    let mut trees = Vec::new();
    for side in VERSIONS {
        let mut files = Vec::new();
        for (path, versions) in sides {
            let entry = side(versions).map(|e| seals.close(repo, e)).transpose()?;
            files.push((path.as_bytes(), entry));
        }
        trees.push(tree_builder::edited(repo, None, &files)?);
    }
    let [base, ours, theirs] = trees.as_slice() else { return Err(Error::new("a merge has three sides")) };
    let index = in_quiet_room(repo, *base, *ours, *theirs).map_err(|e| e.context("could not merge the parents"))?;
    collect(&index, &seals)
}

fn collect(index: &Index, seals: &Seals) -> Result<RenameMerge> {
    let mut whole =
        RenameMerge { files: BTreeMap::new(), conflicts: BTreeSet::new(), followed: BTreeMap::new(), carried: Vec::new() };
    for entry in index.iter() {
        let stage = (entry.flags >> 12) & 3;
        let path = RepoPath::new(entry.path);
        if stage > 0 {
            whole.conflicts.insert(path);
            continue;
        }
        let oid = own(entry.id).ok_or_else(|| Error::new("the automatic merge holds a file without an object"))?;
        whole.files.insert(path, Entry { kind: kind(entry.mode)?, oid: seals.open(oid) });
    }
    Ok(whole)
}

/// Stand-ins for what is not merged by line.
struct Seals {
    sealed: BTreeMap<Oid, Oid>,
    opened: BTreeMap<Oid, Oid>,
}

impl Seals {
    fn close(&mut self, repo: &Repo, entry: Entry) -> Result<Entry> {
        let must = match entry.kind {
            EntryKind::File | EntryKind::Executable => repo.header(entry.oid)?.1 > MAX_BYTES,
            EntryKind::Symlink => true,
            EntryKind::Submodule => false,
        };
        if !must {
            return Ok(entry);
        }
        if let Some(seal) = self.sealed.get(&entry.oid) {
            return Ok(Entry { oid: *seal, ..entry });
        }
        let seal = repo.write(Kind::Blob, format!("\0sealed {}", entry.oid).as_bytes())?;
        self.sealed.insert(entry.oid, seal);
        self.opened.insert(seal, entry.oid);
        Ok(Entry { oid: seal, ..entry })
    }

    fn open(&self, oid: Oid) -> Oid {
        self.opened.get(&oid).copied().unwrap_or(oid)
    }
}

/// libgit2 asks the repository that it merges in for `merge` attributes, drivers and limits. This one shares the objects alone: its
/// configuration is empty, it has no work tree, and the one attribute file of its index says that text is merged as text, which
/// comes before the user's and the system's.
fn in_quiet_room(repo: &Repo, base: Oid, ours: Oid, theirs: Oid) -> Result<Index> {
    let room = Repository::from_odb(repo.raw().odb().map_err(git)?).map_err(git)?;
    room.set_config(&Config::new().map_err(git)?).map_err(git)?;
    let mut index = Index::new().map_err(git)?;
    index.add(&attributes(repo)?).map_err(git)?;
    room.set_index(&mut index).map_err(git)?;
    let tree = |oid| room.find_tree(foreign(oid)?).map_err(git);
    let mut options = MergeOptions::new();
    options.find_renames(true).rename_threshold(100).skip_reuc(true).patience(true);
    room.merge_trees(&tree(base)?, &tree(ours)?, &tree(theirs)?, Some(&options)).map_err(git)
}

fn attributes(repo: &Repo) -> Result<IndexEntry> {
    let text = b"* merge\n";
    let zero = IndexTime::new(0, 0);
    Ok(IndexEntry {
        ctime: zero,
        mtime: zero,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: foreign(repo.write(Kind::Blob, text)?)?,
        flags: 0,
        flags_extended: 0,
        path: b".gitattributes".to_vec(),
    })
}

fn kind(mode: u32) -> Result<EntryKind> {
    match mode {
        0o100_644 => Ok(EntryKind::File),
        0o100_755 => Ok(EntryKind::Executable),
        0o120_000 => Ok(EntryKind::Symlink),
        0o160_000 => Ok(EntryKind::Submodule),
        other => Err(Error::new(format!("the automatic merge gave a file the mode {other:o}"))),
    }
}
