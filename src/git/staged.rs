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
    if let Some(head) = index.cache_tree_head()?
        && let Some((_, root)) = CacheTree::root_of(&head)?.valid
        && build::exists(repo, root)?
    {
        return Ok(root);
    }
    match build::root(repo, &mut index)? {
        Built::Tree(root) => Ok(root),
        // In a partial clone git may do without the object, or fetch it. Where git fails too, our own error says more.
        Built::Lacking(missing) => program::write_tree(repo, path).map_err(|_refused| missing),
    }
}

#[cfg(test)]
mod tests;
