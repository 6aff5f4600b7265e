//! The whole automatic merge, with renames, by libgit2.
//!
//! Only the paths take part that can't be settled one by one. A file over the size bound and a symbolic link must not be merged by
//! line. Each takes part as a sealed stand-in, which is only equal to another or not, and never read.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::git::merge_trees::merge_trees;
use crate::git::tree_builder;
use crate::git::{Kind, Repo};
use crate::model::{Entry, EntryKind, Oid, RepoPath};

use crate::diff::merge::candidates;
use crate::diff::merge::file::MAX_BYTES;
use crate::diff::merge::renames;
use crate::diff::merge::renames::Passage;
use crate::diff::merge::sides::{Expected, Sides, VERSIONS, Versions};

/// A finished merge.
pub(super) struct RenameMerge {
    files: BTreeMap<RepoPath, Entry>,
    conflicts: BTreeSet<RepoPath>,
    /// The versions that were merged or conflicted at a path, where renames were followed.
    followed: BTreeMap<RepoPath, Vec<Versions>>,
    /// Edits that were carried across renames.
    pub(super) carried: Vec<Passage>,
}

impl RenameMerge {
    /// What the merge holds at a path that a side changed.
    pub(super) fn at(&self, path: &RepoPath) -> Expected {
        if self.conflicts.contains(path) { Expected::Conflict } else { Expected::Is(self.files.get(path).copied()) }
    }

    /// The versions that meet at a path. `alone` is the answer where no rename was followed.
    pub(super) fn versions(&self, path: &RepoPath, alone: &Versions) -> Vec<Versions> {
        self.followed.get(path).cloned().unwrap_or_else(|| vec![*alone])
    }
}

/// Makes the whole merge of the sides.
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
            // This path is merged alone, and nobody asks for it here.
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
    let merged = merge_trees(repo, *base, *ours, *theirs)?;
    let open = |(path, entry): (RepoPath, Entry)| (path, Entry { oid: seals.open(entry.oid), ..entry });
    Ok(RenameMerge {
        files: merged.files.into_iter().map(open).collect(),
        conflicts: merged.conflicts.into_iter().collect(),
        followed: BTreeMap::new(),
        carried: Vec::new(),
    })
}

/// Stand-ins for entries that must not be merged by line.
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
