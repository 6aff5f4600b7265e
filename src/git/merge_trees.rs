//! Three trees merged by libgit2, in a repository of its own where no attribute and no configuration reaches it.

use git2::{Config, Index, IndexEntry, IndexTime, MergeOptions, Repository};

use crate::error::{Error, Result};
use crate::git::repo::{foreign, git, own};
use crate::git::{Kind, Repo};
use crate::model::{Entry, EntryKind, Oid, RepoPath};

/// What a merge of three trees holds.
#[derive(Default)]
pub(crate) struct MergedTrees {
    /// Every file that doesn't conflict.
    pub files: Vec<(RepoPath, Entry)>,
    /// Paths that conflict, once for each side that has a file there.
    pub conflicts: Vec<RepoPath>,
}

/// Merges three root trees. libgit2 pairs files that moved as they were; similar ones are the caller's to pair.
///
/// # Errors
/// An object is missing or damaged; libgit2 refuses a path.
pub(crate) fn merge_trees(repo: &Repo, base: Oid, ours: Oid, theirs: Oid) -> Result<MergedTrees> {
    let index = in_quiet_room(repo, base, ours, theirs).map_err(|e| e.context("could not merge the parents"))?;
    let mut merged = MergedTrees::default();
    for entry in index.iter() {
        let stage = (entry.flags >> 12) & 3;
        let path = RepoPath::new(entry.path);
        if stage > 0 {
            merged.conflicts.push(path);
            continue;
        }
        let oid = own(entry.id).ok_or_else(|| Error::new("the automatic merge holds a file without an object"))?;
        merged.files.push((path, Entry { kind: kind(entry.mode)?, oid }));
    }
    Ok(merged)
}

/// Merges in a repository that shares nothing but the objects.
///
/// libgit2 asks the repository that it merges in for `merge` attributes, drivers and limits. This one has an empty configuration
/// and no work tree. The one attribute file of its index says that text is merged as text, which comes before the user's and the
/// system's attributes.
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
