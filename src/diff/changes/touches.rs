//! Finds touches by content: changes of the lines that match an area's `lines`.
//!
//! The matching lines of both sides are compared in text, number and order, as bytes. So no diff is needed, binary files are looked
//! at like any other, and a moved line is seen.
//!
//! A line ends at `\n`. A `\r` before it belongs to the line, so that a change of line ends changes the line. A pattern may match
//! with or without the `\r`: `foo$` means the end of a line in files of either kind. Each line is matched alone, with `^` and `$`
//! as its start and end.

use regex::bytes::Regex;

use crate::model::{LineTouch, LineTouches};
use crate::policy::{Area, Policy};

use super::super::lines::{LOAD_CAP, Side, count_lines, differing};

/// Bytes of a line that are shown.
const SHOWN: usize = 200;

/// The areas that look at content.
pub(super) struct ContentAreas<'p>(Vec<&'p Area>);

impl<'p> ContentAreas<'p> {
    /// The areas of a policy that have `lines`.
    pub(super) fn of(policy: &'p Policy) -> Self {
        Self(policy.areas.iter().filter(|area| !area.lines.is_empty()).collect())
    }

    /// Whether no area looks at content.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares both sides for every area. A side without file or link has no lines.
    pub(super) fn touches(&self, old: &Side, new: &Side) -> LineTouches {
        if self.0.is_empty() {
            return LineTouches::Known(Vec::new());
        }
        let (Side::Loaded(old), Side::Loaded(new)) = (old, new) else {
            return too_large();
        };
        let (head, old, new) = differing(old, new);
        let touches = self.0.iter().filter_map(|area| {
            let matching = |text| Matching::new(area, text);
            let (line, text) = first_difference(matching(old), matching(new))?;
            Some(touch(area, line + count_lines(head), text))
        });
        LineTouches::Known(touches.collect())
    }

    /// Compares for every area where two sides of a merge conflict.
    ///
    /// Matching lines that one side alone changed have to be that side's. Lines that both changed differently are the merger's own.
    pub(super) fn touches_of_conflict(&self, [base, ours, theirs]: [&Side; 3], new: &Side) -> LineTouches {
        if self.0.is_empty() {
            return LineTouches::Known(Vec::new());
        }
        let (Side::Loaded(base), Side::Loaded(ours), Side::Loaded(theirs), Side::Loaded(new)) = (base, ours, theirs, new) else {
            return too_large();
        };
        let touches = self.0.iter().filter_map(|area| {
            let difference = |old, new| first_difference(Matching::new(area, old), Matching::new(area, new));
            let same = |one, other| difference(one, other).is_none();
            let left = |side, other| same(side, base) || same(side, other);
            if (same(new, theirs) && left(ours, theirs)) || (same(new, ours) && left(theirs, ours)) {
                return None;
            }
            let (line, text) = difference(theirs, new).or_else(|| difference(ours, new))?;
            Some(touch(area, line, text))
        });
        LineTouches::Known(touches.collect())
    }
}

fn too_large() -> LineTouches {
    LineTouches::Unknown(format!("it is over {} MiB, too large to be searched for lines", LOAD_CAP >> 20))
}

fn touch(area: &Area, line: u64, text: &[u8]) -> LineTouch {
    LineTouch { area: area.name.value.clone(), line, text: text.get(..SHOWN).unwrap_or(text).to_vec() }
}

/// The lines of a text that match one of an area's patterns, with their 1-based numbers.
#[derive(Clone)]
struct Matching<'a> {
    patterns: Vec<&'a Regex>,
    rest: &'a [u8],
    line: u64,
}

impl<'a> Matching<'a> {
    fn new(area: &'a Area, text: &'a [u8]) -> Self {
        let patterns = area.lines.iter().map(|cited| &cited.value).filter(|pattern| may_match(pattern, text)).collect();
        Self { patterns, rest: text, line: 0 }
    }

    fn is_match(&self, line: &[u8]) -> bool {
        let bare = line.strip_suffix(b"\r");
        self.patterns.iter().any(|pattern| pattern.is_match(line) || bare.is_some_and(|bare| pattern.is_match(bare)))
    }
}

impl<'a> Iterator for Matching<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.patterns.is_empty() {
            return None;
        }
        while !self.rest.is_empty() {
            let end = self.rest.iter().position(|b| *b == b'\n');
            let (line, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            self.rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            self.line += 1;
            if self.is_match(line) {
                return Some((self.line, line));
            }
        }
        None
    }
}

/// Whether some line of `text` may match.
///
/// One search through the whole text answers for a pattern without line edges and inline flags. For any other pattern the lines
/// must be asked one by one.
fn may_match(pattern: &Regex, text: &[u8]) -> bool {
    let source = pattern.as_str().replace("(?:", "(");
    let asks_for_edges = ["^", "$", "\\A", "\\z", "(?"].iter().any(|mark| source.contains(mark));
    asks_for_edges || pattern.is_match(text)
}

/// The first line that differs: a line of the new side, or of the old side where lines were only deleted. `None` where none
/// differs.
fn first_difference<'a>(mut old: Matching<'a>, mut new: Matching<'a>) -> Option<(u64, &'a [u8])> {
    loop {
        let (was, is) = (old.next(), new.next());
        let (was, is) = match (was, is) {
            (None, None) => return None,
            (None, Some(added)) => return Some(added),
            (Some(deleted), None) => return Some(deleted),
            (Some(was), Some(is)) => (was, is),
        };
        if was.1 != is.1 {
            let deleted = only_deleted(&old, is.1, &new);
            return Some(if deleted { was } else { is });
        }
    }
}

/// Whether the lines of the new side, `first` and then `new`, are the last lines of `old`.
fn only_deleted(old: &Matching<'_>, first: &[u8], new: &Matching<'_>) -> bool {
    let (before, after) = (old.clone().count(), new.clone().count() + 1);
    let Some(deleted) = before.checked_sub(after) else { return false };
    let kept = std::iter::once(first).chain(new.clone().map(|(_, text)| text));
    old.clone().skip(deleted).map(|(_, text)| text).eq(kept)
}
