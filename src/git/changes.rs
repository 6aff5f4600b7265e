//! From differing paths to changed files: identical moves paired, sizes, bounds of counts, links, touches by content, collisions.

use crate::change::{FileChange, Oid, Totals};
use crate::error::Result;
use crate::policy::{Count, Policy};

use super::Repo;
use super::delta::Delta;

/// Describes `deltas`. `tree` is the root tree that results (for collisions and links). Line counts are bounds where a diff would
/// be needed, exact where they are free (added, deleted, identical, binary …).
///
/// # Errors
/// An object is missing or damaged.
pub fn file_changes(repo: &Repo, deltas: Vec<Delta>, tree: Oid, policy: &Policy) -> Result<Vec<FileChange>> {
    let _ = (repo, deltas, tree, policy);
    todo!()
}

/// Replaces bounds by git's own numbers, but for files over the size cap.
///
/// # Errors
/// An object is missing or damaged.
pub fn count_exactly(repo: &Repo, changes: &mut [FileChange]) -> Result<()> {
    let _ = (repo, changes);
    todo!()
}

/// The sums after git's similarity (`-M`, 50 %) paired what is left of added and deleted files: a similar pair is one file with the
/// lines of the difference between its two sides. `[count]` applied.
///
/// # Errors
/// An object is missing or damaged.
pub fn similar_totals(repo: &Repo, changes: &[FileChange], count: &Count) -> Result<Totals> {
    let _ = (repo, changes, count);
    todo!()
}
