//! What lies in the work tree and not in the index.

use std::collections::HashSet;

use git2::{IndexEntry, IndexEntryExtendedFlag, Status, StatusOptions, StatusShow};

use super::Repo;
use super::repo::git;
use crate::error::Result;

/// How many paths a test of the index leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Unstaged {
    /// Tracked files that differ from the index.
    pub changed: usize,
    /// Files and directories that are neither tracked nor ignored.
    pub untracked: usize,
}

/// Counts those paths. Git's attributes and filters are obeyed, so the numbers only inform people.
///
/// # Errors
/// The repository is bare, or libgit2 can't read its index.
pub fn count(repo: &Repo) -> Result<Unstaged> {
    let mut options = StatusOptions::new();
    options.show(StatusShow::Workdir).include_untracked(true).recurse_untracked_dirs(false).exclude_submodules(true);
    let mut found = Unstaged::default();
    let left_out = left_out(repo)?;
    for entry in repo.raw().statuses(Some(&mut options)).map_err(git)?.iter() {
        let status = entry.status();
        if left_out.contains(entry.path_bytes()) {
            continue;
        }
        if status.contains(Status::WT_NEW) {
            found.untracked += 1;
        } else if status.intersects(Status::WT_MODIFIED | Status::WT_DELETED | Status::WT_TYPECHANGE | Status::WT_RENAMED) {
            found.changed += 1;
        }
    }
    Ok(found)
}

/// The paths that a sparse checkout leaves out of the work tree.
fn left_out(repo: &Repo) -> Result<HashSet<Vec<u8>>> {
    let index = repo.raw().index().map_err(git)?;
    let sparse = |entry: &IndexEntry| entry.flags_extended & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0;
    Ok(index.iter().filter(sparse).map(|entry| entry.path).collect())
}
