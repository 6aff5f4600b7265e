//! Merges one file by line.

use std::cmp::Reverse;
use std::collections::HashMap;

use memchr::memmem;

use crate::diff::lines::differing;
use crate::error::Result;
use crate::git::merge_file::{Matching, merge_file, merge_file_with_markers};
use crate::git::{Kind, Repo};
use crate::model::{Entry, EntryKind};

/// Bytes of a file that is merged by line. A larger one is compared as a whole, since the cost of a line merge grows without bound.
pub(super) const MAX_BYTES: u64 = 8 << 20;

/// A NUL within so many bytes makes a file binary, as in git.
const BINARY_WINDOW: usize = 8_000;

/// The ways in which git matched lines before.
pub(super) const OLDER: [Matching; 2] = [Matching::Myers, Matching::Minimal];

/// The clean merge of a file that both sides have and changed; `None` where they conflict.
///
/// Without `base` both sides added the file. Where the merge is equal to `guess`, nothing has to be written to learn its id.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn merge(
    repo: &Repo,
    base: Option<Entry>,
    (ours, theirs): (Entry, Entry),
    matching: Matching,
    guess: Option<Entry>,
) -> Result<Option<Entry>> {
    if ours == theirs {
        return Ok(Some(ours));
    }
    let Some(kind) = merged_kind(base, ours, theirs) else { return Ok(None) };
    let base_oid = base.map(|b| b.oid);
    if ours.oid == theirs.oid || base_oid == Some(theirs.oid) {
        return Ok(Some(Entry { kind, oid: ours.oid }));
    }
    if base_oid == Some(ours.oid) {
        return Ok(Some(Entry { kind, oid: theirs.oid }));
    }
    let Some(texts) = texts(repo, base, ours, theirs)? else { return Ok(None) };
    let Some(merged) = merge_file(&texts, matching)? else { return Ok(None) };
    if let Some(guess) = guess.filter(|guess| guess.kind == kind)
        && content(repo, guess)?.is_some_and(|content| content == merged)
    {
        return Ok(Some(guess));
    }
    let oid = repo.write(Kind::Blob, &merged)?;
    Ok(Some(Entry { kind, oid }))
}

/// Whether `found` is the merge of two changes that stand apart, which a comparison of bytes can show.
///
/// The changes stand apart where a line between them stands nowhere else. Every diff matches such a line with itself, so that
/// neither change reaches the other. Then the merge holds each side's lines in their place.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn stand_apart(repo: &Repo, [base, ours, theirs]: [Entry; 3], found: Entry) -> Result<bool> {
    if merged_kind(Some(base), ours, theirs) != Some(found.kind) {
        return Ok(false);
    }
    let Some([base, ours, theirs]) = texts(repo, Some(base), ours, theirs)? else { return Ok(false) };
    let Some(found) = content(repo, found)? else { return Ok(false) };
    let (head, gone, new) = differing(&base, &ours);
    let one = Edit { start: head.len(), end: head.len() + gone.len(), new };
    let (head, gone, new) = differing(&base, &theirs);
    let two = Edit { start: head.len(), end: head.len() + gone.len(), new };
    let (first, last) = if one.start < two.start { (one, two) } else { (two, one) };
    let Some(between) = base.get(first.end..last.start) else { return Ok(false) };
    let alone = |line: &&[u8]| {
        let elsewhere = |text| memmem::find(text, line).is_some();
        memmem::find_iter(&base, line).nth(1).is_none() && !elsewhere(first.new) && !elsewhere(last.new)
    };
    let mut lines: Vec<&[u8]> = between.split_inclusive(|b| *b == b'\n').collect();
    lines.sort_by_key(|line| Reverse(line.len()));
    if !lines.iter().take(TRIED).any(alone) {
        return Ok(false);
    }
    let pieces = [base.get(..first.start), Some(first.new), Some(between), Some(last.new), base.get(last.end..)];
    let rest = pieces.into_iter().try_fold(found.as_slice(), |rest, piece| rest.strip_prefix(piece?));
    Ok(rest.is_some_and(<[u8]>::is_empty))
}

/// How many of the longest lines between two changes are looked for elsewhere.
const TRIED: usize = 4;

/// The lines that a side has in place of some lines of the base.
struct Edit<'t> {
    start: usize,
    end: usize,
    new: &'t [u8],
}

/// The merge with conflict markers, as git makes the common base of a criss-cross merge; `None` where a version isn't text.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn with_markers(repo: &Repo, base: Option<Entry>, ours: Entry, theirs: Entry, depth: u16) -> Result<Option<Entry>> {
    let kind = merged_kind(base, ours, theirs).unwrap_or(ours.kind);
    if !ours.kind.is_file() || !theirs.kind.is_file() {
        return Ok(None);
    }
    let Some(texts) = texts(repo, base.filter(|b| b.kind.is_file()), ours, theirs)? else { return Ok(None) };
    let merged = merge_file_with_markers(&texts, depth.saturating_mul(2).saturating_add(7))?;
    let oid = repo.write(Kind::Blob, &merged)?;
    Ok(Some(Entry { kind, oid }))
}

/// The mode, merged like content; `None` where a side is no file, or the modes conflict.
fn merged_kind(base: Option<Entry>, ours: Entry, theirs: Entry) -> Option<EntryKind> {
    let all_files = ours.kind.is_file() && theirs.kind.is_file() && base.is_none_or(|b| b.kind.is_file());
    if !all_files {
        None
    } else if ours.kind == theirs.kind {
        Some(ours.kind)
    } else {
        base.map(|b| if b.kind == ours.kind { theirs.kind } else { ours.kind })
    }
}

/// Base, ours, theirs; `None` where one of them is binary or over the bound.
fn texts(repo: &Repo, base: Option<Entry>, ours: Entry, theirs: Entry) -> Result<Option<[Vec<u8>; 3]>> {
    let mut texts = [Vec::new(), Vec::new(), Vec::new()];
    for (text, entry) in texts.iter_mut().zip([base, Some(ours), Some(theirs)]) {
        let Some(entry) = entry else { continue };
        match content(repo, entry)? {
            Some(bytes) if !bytes.iter().take(BINARY_WINDOW).any(|b| *b == 0) => *text = bytes,
            Some(_) | None => return Ok(None),
        }
    }
    Ok(Some(texts))
}

/// The content of a file; `None` over the bound.
fn content(repo: &Repo, entry: Entry) -> Result<Option<Vec<u8>>> {
    if repo.header(entry.oid)?.1 > MAX_BYTES { Ok(None) } else { repo.blob(entry.oid).map(Some) }
}

/// How many lines only one of `one` and `other` has, counted without a diff.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn distance(repo: &Repo, one: Entry, other: Option<Entry>) -> Result<u64> {
    if other.is_some_and(|o| o.oid == one.oid) {
        return Ok(0);
    }
    let before = match other {
        Some(entry) => text_or_name(repo, entry)?,
        None => Some(Vec::new()),
    };
    let (Some(after), Some(before)) = (text_or_name(repo, one)?, before) else { return Ok(u64::MAX) };
    let mut counts: HashMap<&[u8], i64> = HashMap::new();
    for (text, step) in [(&after, 1), (&before, -1)] {
        for line in text.split_inclusive(|b| *b == b'\n') {
            *counts.entry(line).or_default() += step;
        }
    }
    Ok(counts.values().fold(1, |sum, n| sum.saturating_add(n.unsigned_abs())))
}

/// The text of an entry when lines are compared. For a submodule it is the commit's id.
fn text_or_name(repo: &Repo, entry: Entry) -> Result<Option<Vec<u8>>> {
    match entry.kind {
        EntryKind::File | EntryKind::Executable | EntryKind::Symlink => content(repo, entry),
        EntryKind::Submodule => Ok(Some(entry.oid.as_bytes().to_vec())),
    }
}
