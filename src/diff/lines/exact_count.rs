//! Counts exactly, by a diff of two shorter texts that gives the diff of the texts themselves.
//!
//! A diff asks only which lines are equal. So a number stands for each line, equal lines have equal numbers, and a number takes a
//! byte or two where the line took many.
//!
//! A diff sets aside the lines that both texts begin or end with. It passes over lines that are too common to tell anything, and so
//! it still asks how many lines it set aside, and how often a line from between stands among them. One number stands for all the
//! others.

use std::collections::HashMap;

use memchr::memchr_iter;

use crate::error::Result;
use crate::git::line_diff::line_diff;
use crate::model::{Bounds, Counted, LineCount};

use crate::diff::lines::bounds::differing;

/// git's own number for two texts of at most `DIFF_LINES` lines each.
///
/// # Errors
/// libgit2 can't diff.
pub(super) fn diff(old: &[u8], new: &[u8]) -> Result<Counted> {
    let (head, old_between, new_between) = differing(old, new);
    let tail = old.get(head.len() + old_between.len()..).unwrap_or_default();
    if old_between.is_empty() || new_between.is_empty() {
        return Ok(counted(lines(new_between).count(), lines(old_between).count(), new_between.len()));
    }
    let mut numbers = Numbers::default();
    let old_lines: Vec<u32> = lines(old_between).map(|line| numbers.give(line)).collect();
    let only_old = numbers.last();
    let new_lines: Vec<u32> = lines(new_between).map(|line| numbers.give(line)).collect();
    if new_lines.iter().all(|number| *number > only_old) {
        return Ok(counted(new_lines.len(), old_lines.len(), new_between.len()));
    }
    let common = |text| lines(text).map(|line| numbers.of(line)).collect::<Vec<u32>>();
    let (head, tail) = (common(head), common(tail));
    let text = |between: &[u32]| {
        let all = head.iter().chain(between).chain(&tail);
        all.fold(Vec::new(), |mut text, number| {
            spell(*number, &mut text);
            text
        })
    };
    let found = line_diff(&text(&old_lines), &text(&new_lines))?;
    let lengths: Vec<usize> = lines(new).map(<[u8]>::len).collect();
    let bytes = found.inserted.into_iter().filter_map(|line| lengths.get(line)).sum();
    Ok(counted(found.added, found.deleted, bytes))
}

fn counted(added: usize, deleted: usize, bytes: usize) -> Counted {
    let exact = |n: usize| Bounds::exact(n as u64);
    Counted { lines: LineCount::Text { added: exact(added), deleted: exact(deleted) }, inserted_bytes: exact(bytes) }
}

/// The lines of a text, each with its end.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let unended = (!text.is_empty() && !text.ends_with(b"\n")).then_some(text.len());
    let mut start = 0;
    memchr_iter(b'\n', text).map(|at| at + 1).chain(unended).filter_map(move |end| {
        let line = text.get(start..end);
        start = end;
        line
    })
}

/// A number for each line that stands between the common start and the common end.
#[derive(Default)]
struct Numbers<'t> {
    known: HashMap<&'t [u8], u32>,
    /// Quickly rules out lines that aren't known.
    like: Seen,
}

/// The number of every line that doesn't stand between.
const ELSEWHERE: u32 = 0;

impl<'t> Numbers<'t> {
    fn give(&mut self, line: &'t [u8]) -> u32 {
        self.like.add(line);
        let next = self.last() + 1;
        *self.known.entry(line).or_insert(next)
    }

    fn of(&self, line: &[u8]) -> u32 {
        if self.like.may_hold(line) { self.known.get(line).copied().unwrap_or(ELSEWHERE) } else { ELSEWHERE }
    }

    fn last(&self) -> u32 {
        u32::try_from(self.known.len()).unwrap_or(u32::MAX)
    }
}

/// A set of lines by their length and one of their bytes. It may claim to hold a line that it doesn't.
#[derive(Default)]
struct Seen([u64; 32]);

impl Seen {
    fn add(&mut self, line: &[u8]) {
        let (word, bit) = Self::place(line);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn may_hold(&self, line: &[u8]) -> bool {
        let (word, bit) = Self::place(line);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(line: &[u8]) -> (usize, u64) {
        let byte = line.get(line.len() * 3 / 4).copied().unwrap_or(0);
        (line.len() % 32, 1 << (byte % 64))
    }
}

/// Writes a number as a line of its own, in as few bytes as possible. Only the last one is an end of line.
fn spell(number: u32, text: &mut Vec<u8>) {
    let mut rest = number;
    while rest > 0 {
        text.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    text.push(b'\n');
}

#[cfg(test)]
#[path = "exact_count_tests.rs"]
mod tests;
