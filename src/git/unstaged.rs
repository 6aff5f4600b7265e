//! What lies in the work tree and not in the index.

use git2::{Status, StatusOptions, StatusShow};

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
    for entry in repo.raw().statuses(Some(&mut options)).map_err(git)?.iter() {
        let status = entry.status();
        if status.contains(Status::WT_NEW) {
            found.untracked += 1;
        } else if status.intersects(Status::WT_MODIFIED | Status::WT_DELETED | Status::WT_TYPECHANGE | Status::WT_RENAMED) {
            found.changed += 1;
        }
    }
    Ok(found)
}
