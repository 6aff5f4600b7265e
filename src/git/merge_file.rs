//! Three texts merged line by line, by libgit2: no attribute, no driver and no configuration has a say.

use git2::{MergeFileInput, MergeFileOptions, MergeFileResult};

use crate::error::Result;
use crate::git::repo::git;

/// How lines are matched. Git's default has changed over the years, and they differ where lines repeat.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Matching {
    /// The nearest that libgit2 has to the histogram of today's git.
    Patience,
    /// git's before 2.34.
    Myers,
    /// The smallest difference.
    Minimal,
}

/// The clean merge of base, ours and theirs; `None`: they conflict.
///
/// # Errors
/// libgit2 can't merge.
pub(crate) fn merge_file(texts: &[Vec<u8>; 3], matching: Matching) -> Result<Option<Vec<u8>>> {
    let mut options = MergeFileOptions::new();
    options.patience(matching == Matching::Patience).minimal(matching == Matching::Minimal);
    let merged = merge(texts, &mut options)?;
    Ok(merged.is_automergeable().then(|| merged.content().to_vec()))
}

/// The merge of base, ours and theirs, with markers where they conflict, labelled as git labels them in a merge of merge bases.
///
/// `marker_size` is how many characters a marker has.
///
/// # Errors
/// libgit2 can't merge.
pub(crate) fn merge_file_with_markers(texts: &[Vec<u8>; 3], marker_size: u16) -> Result<Vec<u8>> {
    let mut options = MergeFileOptions::new();
    options.patience(true);
    options.our_label("Temporary merge branch 1").their_label("Temporary merge branch 2");
    options.marker_size(marker_size);
    Ok(merge(texts, &mut options)?.content().to_vec())
}

fn merge([base, ours, theirs]: &[Vec<u8>; 3], options: &mut MergeFileOptions) -> Result<MergeFileResult> {
    let input = |bytes| {
        let mut input = MergeFileInput::new();
        input.content(bytes);
        input
    };
    git2::merge_file(&input(base), &input(ours), &input(theirs), Some(options)).map_err(git)
}
