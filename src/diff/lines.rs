//! Counts lines as `git diff --numstat` does with no attributes in force.
//!
//! One pass gives bounds. git's own number is found where it is asked for and the sides are small enough. Nothing here depends on
//! configuration, attributes or the clock.

mod blob;
mod bounds;
mod edit;
mod exact_count;

use crate::error::Result;
use crate::model::{Bounds, Counted, Entry, LineCount};

use crate::git::Repo;
use exact_count::diff;

pub(super) use blob::{Side, blob_size, size};
pub(super) use bounds::differing;
pub use edit::{Edit, edit};

/// Bytes of a side that is diffed. The time of a diff grows with the square of its input.
pub const DIFF_CAP: u64 = 8 << 20;

/// Lines of a side that is diffed. A diff keeps some 200 bytes for each line, and a million lines take ten seconds at worst.
pub const DIFF_LINES: u64 = 1_000_000;

/// Bytes of a side that is loaded.
pub const LOAD_CAP: u64 = 64 << 20;

/// Bytes in which git looks for a NUL.
const BINARY_PREFIX: usize = 8000;

/// Counts without a diff. The count is exact where that is free (one side absent or empty, binary, nothing in common), else it has
/// bounds.
pub(super) fn estimate(old: &Side, new: &Side) -> Counted {
    match (old, new) {
        (Side::Loaded(old), Side::Loaded(new)) if is_binary(old) || is_binary(new) => {
            Counted { lines: LineCount::Binary, inserted_bytes: Bounds::exact(new.len() as u64) }
        }
        (Side::Loaded(old), Side::Loaded(new)) => bounds::between(old, new),
        // A side wasn't loaded, so that even whether it is binary stays open.
        (old, new) => {
            let at_most = |side: &Side| Bounds { at_least: 0, at_most: side.size() };
            let all_new = matches!(old, Side::Loaded(bytes) if bytes.is_empty());
            Counted {
                lines: LineCount::Text { added: at_most(new), deleted: at_most(old) },
                inserted_bytes: if all_new { Bounds::exact(new.size()) } else { at_most(new) },
            }
        }
    }
}

/// git's own number, or bounds where a side is over `DIFF_CAP` or `DIFF_LINES`.
///
/// # Errors
/// An object is missing or damaged; libgit2 can't diff.
pub(super) fn count(repo: &Repo, old: Option<Entry>, new: Option<Entry>) -> Result<Counted> {
    if old.map(|e| e.oid) == new.map(|e| e.oid) {
        return Ok(Counted::NOTHING);
    }
    let known = repo.counts.of(old, new).map(|(counted, _)| counted);
    if let Some(known) = known.filter(Counted::is_exact) {
        return Ok(known);
    }
    let sides = (Side::load(repo, old)?, Side::load(repo, new)?);
    let estimated = known.unwrap_or_else(|| estimate(&sides.0, &sides.1));
    let counted = if estimated.is_exact() { estimated } else { exact(&sides.0, &sides.1)? };
    Ok(repo.counts.learn((old, new), counted, sides.1.size_of(new)))
}

/// git's own number for sides that are loaded, or bounds where one is over a cap.
///
/// # Errors
/// libgit2 can't diff.
pub(super) fn exact(old: &Side, new: &Side) -> Result<Counted> {
    match (old, new) {
        (Side::Loaded(old), Side::Loaded(new)) if !is_binary(old) && !is_binary(new) && may_diff(old) && may_diff(new) => {
            diff(old, new)
        }
        (Side::Loaded(_) | Side::TooLarge(_), _) => Ok(estimate(old, new)),
    }
}

fn may_diff(side: &[u8]) -> bool {
    let bytes = side.len() as u64;
    bytes <= DIFF_CAP && (bytes <= DIFF_LINES || count_lines(side) <= DIFF_LINES)
}

/// Whether git takes a file for binary: it has a NUL near the start.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, bytes.get(..BINARY_PREFIX).unwrap_or(bytes)).is_some()
}

/// The number of lines. A last line without newline counts.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    let newlines = memchr::memchr_iter(b'\n', bytes).count() as u64;
    newlines + u64::from(bytes.last().is_some_and(|b| *b != b'\n'))
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
