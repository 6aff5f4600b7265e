//! What of somebody's change sets the base holds, beside what others did to the same files: it has landed, squashed or rebased.

use std::collections::BTreeMap;

use super::Gatherer;
use crate::diff::merge;
use crate::error::Result;
use crate::git::tree_diff;
use crate::model::{Entry, FileChange, Oid, RepoPath};

/// Change sets of one path that are put together, to see whether they landed as one.
const MOST_TOGETHER: usize = 50;

/// Of `changes`, which somebody made one after the other, those that the root tree `base` doesn't hold: alone, or the first of a path together.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn not_held<'c>(g: &Gatherer<'_>, base: Oid, changes: Vec<&'c FileChange>) -> Result<Vec<&'c FileChange>> {
    let mut of_path: BTreeMap<&RepoPath, Vec<&FileChange>> = BTreeMap::new();
    for change in &changes {
        of_path.entry(&change.path).or_default().push(change);
    }
    let mut held: BTreeMap<&RepoPath, usize> = BTreeMap::new();
    for (path, own) in of_path {
        held.insert(path, first_held(g, &own, tree_diff::entry_at(g.repo, base, path)?)?);
    }
    let left = |change: &&FileChange| match held.get_mut(&change.path) {
        Some(held) if *held > 0 => {
            *held -= 1;
            false
        }
        Some(_) | None => true,
    };
    Ok(changes.iter().copied().filter(left).collect())
}

/// How many of the first of `own`, all of one path, are held by what stands there.
fn first_held(g: &Gatherer<'_>, own: &[&FileChange], there: Option<Entry>) -> Result<usize> {
    let Some(first) = own.first() else { return Ok(0) };
    // Where the base is as they found it, it holds nothing of them.
    if there == first.old {
        return Ok(0);
    }
    let follow = |pair: &&[&FileChange]| matches!(pair, [one, next] if one.new == next.old);
    let run = 1 + own.windows(2).take(MOST_TOGETHER).take_while(follow).count();
    for together in (1..=run).rev() {
        if let Some(last) = own.get(together - 1)
            && last.new != first.old
            && merge::is_held(g.repo, first.old, last.new, there)?
        {
            return Ok(together);
        }
    }
    Ok(0)
}
