//! What a merge itself introduces: its tree against the automatic merge of its parents.

use crate::change::{Oid, RepoPath};
use crate::error::Result;

use super::Repo;
use super::delta::Walk;

/// An automatic merge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Merged {
    /// The tree, written in memory only.
    Clean(Oid),
    /// These paths conflict.
    Conflicts(Vec<RepoPath>),
}

/// Merges two commits as `git merge` would, without attributes, drivers or configuration.
///
/// # Errors
/// An object is missing; no common ancestor.
pub fn automatic(repo: &Repo, ours: Oid, theirs: Oid) -> Result<Merged> {
    let _ = (repo, ours, theirs);
    todo!()
}

/// The merger's own paths: where `tree` is not what the automatic merge of `parents` (two or more, folded in order) holds. `old` of a
/// delta is the expected entry (possibly a merged blob, in memory only), or where a conflict leaves none, the nearer parent's.
///
/// # Errors
/// An object is missing; a bound is exceeded.
pub fn own(repo: &Repo, parents: &[Oid], tree: Oid, max_paths: u64) -> Result<Walk> {
    let _ = (repo, parents, tree, max_paths);
    todo!()
}
