//! Finds bounds of a line diff in one pass over both sides, without a diff.
//!
//! Lines that both sides begin or end with are common: git's own diff sets them aside before it starts. In the rest no line can be
//! common more often than it stands on both sides. Where nothing is in common, the bounds meet and the count is exact.

use std::hash::{DefaultHasher, Hasher};

use crate::model::{Bounds, Counted, LineCount};

use super::{DIFF_CAP, count_lines};

/// Bounds of the count from `old` to `new`, which are text.
pub(super) fn between(old: &[u8], new: &[u8]) -> Counted {
    let (_, old, new) = differing(old, new);
    let (old_lines, new_lines) = (count_lines(old), count_lines(new));
    let (old_bytes, new_bytes) = (old.len() as u64, new.len() as u64);
    let common = if old_bytes.max(new_bytes) <= DIFF_CAP {
        Common::of(old, new)
    } else {
        Common { lines: old_lines.min(new_lines), bytes: old_bytes.min(new_bytes) }
    };
    let range = |all: u64, common: u64| Bounds { at_least: all.saturating_sub(common), at_most: all };
    Counted {
        lines: LineCount::Text { added: range(new_lines, common.lines), deleted: range(old_lines, common.lines) },
        inserted_bytes: range(new_bytes, common.bytes),
    }
}

/// The common whole lines at the start, and the rest of `old` and of `new` without common whole lines at either end.
pub(in crate::diff) fn differing<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8], &'a [u8]) {
    let start = common_start(old, new);
    let (head, old) = old.split_at(start);
    let (_, new) = new.split_at(start);
    let end = common_end(old, new);
    (head, old.split_at(old.len() - end).0, new.split_at(new.len() - end).0)
}

/// Bytes of the whole lines that both begin with.
fn common_start(old: &[u8], new: &[u8]) -> usize {
    let equal = equal_bytes(old.chunks(STEP).zip(new.chunks(STEP)), old.iter().zip(new));
    if equal == old.len() && equal == new.len() {
        return equal;
    }
    old.split_at(equal).0.iter().rposition(|b| *b == b'\n').map_or(0, |last| last + 1)
}

/// Bytes of the whole lines that both end with. Both texts have to begin with a line.
fn common_end(old: &[u8], new: &[u8]) -> usize {
    let equal = equal_bytes(old.rchunks(STEP).zip(new.rchunks(STEP)), old.iter().rev().zip(new.iter().rev()));
    let (old_rest, common) = old.split_at(old.len() - equal);
    let (new_rest, _) = new.split_at(new.len() - equal);
    let begins_line = |rest: &[u8]| rest.last().is_none_or(|b| *b == b'\n');
    if begins_line(old_rest) && begins_line(new_rest) {
        return equal;
    }
    common.iter().position(|b| *b == b'\n').map_or(0, |first| equal - first - 1)
}

/// Bytes that one `memcmp` compares.
const STEP: usize = 4096;

fn equal_bytes<'a>(steps: impl Iterator<Item = (&'a [u8], &'a [u8])>, bytes: impl Iterator<Item = (&'a u8, &'a u8)>) -> usize {
    let sure = steps.take_while(|(a, b)| a.len() == STEP && a == b).count() * STEP;
    sure + bytes.skip(sure).take_while(|(a, b)| a == b).count()
}

/// An upper bound of what two texts have in common.
struct Common {
    lines: u64,
    bytes: u64,
}

impl Common {
    /// Counts each line as often as it stands on the side that has it less often.
    ///
    /// Lines are compared by hash and length, so that millions of them stay small. A collision only makes the bounds wider.
    fn of(old: &[u8], new: &[u8]) -> Self {
        let (old, new) = (fingerprints(old), fingerprints(new));
        let mut common = Self { lines: 0, bytes: 0 };
        let mut rest = new.iter().peekable();
        for line in &old {
            while rest.next_if(|other| *other < line).is_some() {}
            if rest.next_if(|other| *other == line).is_some() {
                common.lines += 1;
                common.bytes += line & LENGTH;
            }
        }
        common
    }
}

/// The low bits of a fingerprint hold the line's length. A line of `DIFF_CAP` bytes still fits.
const LENGTH: u64 = (DIFF_CAP << 1) - 1;

/// A hash and the length of every line, sorted.
fn fingerprints(text: &[u8]) -> Vec<u64> {
    let mut all: Vec<u64> = text
        .split_inclusive(|b| *b == b'\n')
        .map(|line| {
            let mut hasher = DefaultHasher::new();
            hasher.write(line);
            (hasher.finish() & !LENGTH) | (line.len() as u64 & LENGTH)
        })
        .collect();
    all.sort_unstable();
    all
}
