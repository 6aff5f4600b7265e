//! Two texts compared line by line, by libgit2: no attribute and no configuration has a say.

use git2::{DiffOptions, Patch};

use crate::error::Result;
use crate::git::repo::git;

/// What a comparison of two texts finds.
pub(crate) struct LineDiff {
    /// Lines inserted.
    pub added: usize,
    /// Lines deleted.
    pub deleted: usize,
    /// The lines inserted, by their places in the new text, from 0.
    pub inserted: Vec<usize>,
}

/// Compares two texts.
///
/// # Errors
/// libgit2 can't diff.
pub(crate) fn line_diff(old: &[u8], new: &[u8]) -> Result<LineDiff> {
    let mut options = DiffOptions::new();
    options.force_text(true).context_lines(0);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options)).map_err(git)?;
    let (_, added, deleted) = patch.line_stats().map_err(git)?;
    let mut inserted = Vec::new();
    for hunk in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(hunk).map_err(git)?;
        let (start, lines) = (hunk.new_start() as usize, hunk.new_lines() as usize);
        inserted.extend((start..start + lines).map(|line| line - 1));
    }
    Ok(LineDiff { added, deleted, inserted })
}
