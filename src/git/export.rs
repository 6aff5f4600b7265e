//! A tree as files in a fresh directory.

use std::path::Path;

use crate::change::Oid;
use crate::error::Result;

use super::Repo;

/// Writes exactly `tree` below `directory`, which must be empty: files with their mode, symbolic links, submodules at their recorded
/// commits where this repository has them, else an empty directory. No filter or attribute is applied.
///
/// # Errors
/// An object is missing, a name isn't safe to write, the disk is full.
pub fn export(repo: &Repo, tree: Oid, directory: &Path) -> Result<()> {
    let _ = (repo, tree, directory);
    todo!()
}
