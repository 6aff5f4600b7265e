//! The tree that the index would write.

mod build;
mod program;

use std::path::Path;

use crate::error::Result;
use crate::model::Oid;

use super::index::{CacheTree, Index};
use super::{Kind, Repo};
use build::Built;

/// The root tree that `git write-tree` gives for git's own index file (`GIT_INDEX_FILE`).
///
/// New trees are written in memory only, and the index file is not touched. Entries of `git add -N` are left out.
///
/// # Errors
/// Unmerged entries; a damaged index; no work tree; an index that only git can read, and no `git` in PATH.
pub fn tree(repo: &Repo) -> Result<Oid> {
    repo.work_tree()?;
    if let Some(tree) = repo.index_tree.get() {
        return Ok(*tree);
    }
    let tree = of_file(repo, &repo.index_path())?;
    Ok(*repo.index_tree.get_or_init(|| tree))
}

/// Writes the trees of git's own index file, which git itself may never do for one that it made for a commit that is refused: so that what
/// was judged can be looked at afterwards.
///
/// # Errors
/// There is no `git` in PATH, or it refuses, with its own words.
pub fn write(repo: &Repo) -> Result<Oid> {
    program::write_tree(repo, &repo.index_path())
}

/// The root tree for the index file at `path`.
fn of_file(repo: &Repo, path: &Path) -> Result<Oid> {
    let Some(mut index) = Index::open(path)? else { return repo.write(Kind::Tree, b"") };
    if let Some(extension) = index.required() {
        return program::write_tree(repo, path).map_err(|e| e.context(program::why(extension)));
    }
    let left_to_git =
        |why: &str| program::write_tree(repo, path).map_err(|e| e.context(format!("{why}, and is left to the git program")));
    if index.holds_directories()? {
        return left_to_git("the index holds a directory for an entry");
    }
    if let Some(bytes) = index.cache_tree()? {
        // Git drops a cache tree that it can't read, and versions of git differ over one with holes. So the root is believed where all is whole.
        let Ok(cache) = CacheTree::parse(&bytes) else { return left_to_git("the index's cache tree can't be read") };
        if let Some((_, root)) = cache.root.valid
            && build::exists(repo, root)?
        {
            return if build::is_whole(repo, &cache)? { Ok(root) } else { left_to_git("the index's cache tree has holes") };
        }
    }
    match build::root(repo, &mut index)? {
        Built::Tree(root) => Ok(root),
        // In a partial clone git may do without the object, or fetch it. Where git fails too, our own error says more.
        Built::Lacking(missing) => program::write_tree(repo, path).map_err(|_refused| missing),
    }
}

#[cfg(test)]
mod tests;
