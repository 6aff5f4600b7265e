//! What a push does to a writer's notes: the lines that it adds and removes, and the entries that are no notes.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use super::{MAX_ALL, MAX_NOTE, split};
use crate::error::{Error, Result};
use crate::git::fsck::{Before, Checker};
use crate::git::tree::{self, TreeEntry, What};
use crate::git::{Kind, Repo};
use crate::model::{EntryKind, Oid};

/// Notes that one push may change.
const MAX_CHANGED: usize = 100_000;
/// Entries of trees that are read for one ref, both sides together.
const MAX_ENTRIES: usize = 4_000_000;
/// Lines that one push may add, over all its refs: each may have to be verified.
pub const MAX_LINES: usize = 20_000;
/// Entries that are no notes and are listed. One is enough for the tree to be refused.
const MAX_ODD: usize = 8;
/// Bytes of blank and repeated lines that a note may hold.
const MAX_BLANK: usize = 4096;
/// Hexadecimal digits of an id.
const DIGITS: usize = 2 * tree::ID;

/// What an update does to a writer's notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Whether every old line is still there, at whatever fan-out.
    pub keeps: bool,
    /// Every line that is new.
    pub added: Vec<Vec<u8>>,
    /// New entries that are no notes, as phrases, escaped. Where there are any, the lines have not been looked at.
    pub odd: Vec<String>,
}

/// Compares the notes of the commit `old` with those of `new`.
///
/// Without `old` the whole tree is read, else only what differs. `room` is how many lines may be added.
///
/// # Errors
/// An object is missing or damaged; a bound is exceeded.
pub fn change(repo: &Repo, old: Option<Oid>, new: Oid, room: usize) -> Result<Change> {
    let old = match old {
        Some(old) => Some(repo.commit(old)?.tree),
        None => None,
    };
    let mut walk = Walk { repo, notes: BTreeMap::new(), changed: 0, entries: 0, odd: Vec::new() };
    walk.directory("", old, Some(repo.commit(new)?.tree))?;
    let mut change = Change { keeps: true, added: Vec::new(), odd: walk.odd };
    if change.odd.is_empty() {
        let mut size = 0;
        for (on, [before, after]) in &walk.notes {
            if lines(repo, [before, after], room, &mut change, &mut size)? {
                change.odd.push(format!("the note on {on}, which is mostly blank or repeated lines"));
            }
        }
    }
    Ok(change)
}

/// The notes on one object, before and after.
type Blobs = [Vec<Oid>; 2];

/// Compares the notes on one object, and says whether the new ones are padded.
fn lines(repo: &Repo, [before, after]: [&Vec<Oid>; 2], room: usize, change: &mut Change, size: &mut usize) -> Result<bool> {
    let read = |notes: &[Oid]| notes.iter().map(|oid| note(repo, *oid)).collect::<Result<Vec<Vec<u8>>>>();
    let (before, after) = (read(before)?, read(after)?);
    let set = |notes: &[Vec<u8>]| notes.iter().flat_map(|note| split(note)).map(<[u8]>::to_vec).collect::<BTreeSet<_>>();
    let there = set(&before);
    let mut known: BTreeSet<&[u8]> = BTreeSet::new();
    for line in after.iter().flat_map(|note| split(note)) {
        if !known.insert(line) || there.contains(line) {
            continue;
        }
        *size += line.len();
        if change.added.len() >= room {
            return Err(bound(format!("more than {MAX_LINES} lines of evidence are added")));
        }
        if *size > MAX_ALL {
            return Err(bound(format!("more than {} MiB of evidence are added", MAX_ALL >> 20)));
        }
        change.added.push(line.to_vec());
    }
    change.keeps = change.keeps && there.iter().all(|line| known.contains(line.as_slice()));
    Ok(padded(&after, &known))
}

/// Whether notes hold more blank and repeated lines than lines that count.
///
/// Otherwise somebody without a key could pad notes beyond the bounds, and nobody would read them any more. `git notes append` puts
/// a blank line between two.
fn padded(notes: &[Vec<u8>], known: &BTreeSet<&[u8]>) -> bool {
    let said: usize = known.iter().map(|line| line.len() + 2).sum();
    notes.iter().map(Vec::len).sum::<usize>() > MAX_BLANK + said
}

fn bound(what: String) -> Error {
    Error::new(format!("{what} in one push, which is the bound")).help("push an older commit of these notes first, then the rest")
}

/// The content of a note. The old side's are checked too, since they may have come there by another way than a push.
fn note(repo: &Repo, oid: Oid) -> Result<Vec<u8>> {
    match oversized(repo, oid)? {
        None => repo.blob(oid),
        Some(what) => Err(Error::new(format!("object {oid}, where a note should be, is {what}"))),
    }
}

/// Why an object can't be a note; `None` where it can.
fn oversized(repo: &Repo, oid: Oid) -> Result<Option<String>> {
    Ok(match repo.header(oid)? {
        (Kind::Blob, size) if size <= MAX_NOTE as u64 => None,
        (Kind::Blob, size) => Some(format!("of {size} bytes, which is over the bound")),
        (Kind::Commit | Kind::Tree | Kind::Tag, _) => Some("no blob".to_owned()),
    })
}

struct Walk<'r> {
    repo: &'r Repo,
    notes: BTreeMap<Oid, Blobs>,
    changed: usize,
    entries: usize,
    odd: Vec<String>,
}

/// One tree's entries, and where each starts.
fn entries(data: &[u8]) -> Result<Vec<(usize, TreeEntry<'_>)>> {
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(entry) = tree::next(data.get(at..).unwrap_or_default())? {
        all.push((at, entry));
        at += entry.raw.len();
    }
    Ok(all)
}

impl Walk<'_> {
    /// Compares two directories. Equal entries are skipped unread.
    ///
    /// `digits` is the part of the ids that the directories on the way spell. The walk ends, since no path is deeper than an id has
    /// digits, and notes and odd entries have a bound each.
    fn directory(&mut self, digits: &str, old: Option<Oid>, new: Option<Oid>) -> Result<()> {
        let at = path(digits);
        let read = |tree: Option<Oid>| tree.map_or(Ok(Rc::default()), |tree| tree::read_new(self.repo, tree, at.as_bytes()));
        let (old_data, new_data) = (read(old)?, read(new)?);
        let damaged = |e: Error| e.context(tree::reading(at.as_bytes()));
        let (old, now) = (entries(&old_data).map_err(damaged)?, entries(&new_data).map_err(damaged)?);
        self.entries += old.len() + now.len();
        if self.entries > MAX_ENTRIES {
            return Err(bound(format!("more than {MAX_ENTRIES} entries of notes are looked at")));
        }
        if now.is_empty() && new.is_some() && !digits.is_empty() {
            self.strange(digits, b"", "is an empty directory");
        }
        let known: HashSet<&[u8]> = old.iter().map(|(_, entry)| entry.raw).collect();
        let (mut checker, mut before) = (Checker::default(), Before::default());
        for (start, entry) in &now {
            if self.odd.len() >= MAX_ODD {
                return Ok(());
            }
            checker.check(&new_data, *start, entry, |problem| {
                if !before.explains(&old_data, entry, &problem) {
                    self.strange(digits, entry.name, &format!("is malformed: {}", problem.message));
                }
            });
            if !known.contains(entry.raw) {
                self.come(digits, entry, same(&old, entry))?;
            }
        }
        let still: HashSet<&[u8]> = now.iter().map(|(_, entry)| entry.raw).collect();
        for (_, entry) in old.iter().filter(|(_, entry)| !still.contains(entry.raw)) {
            self.gone(digits, entry, same(&now, entry))?;
        }
        Ok(())
    }

    /// Takes in an entry that only the new side has. `before` is the old directory of that name.
    fn come(&mut self, digits: &str, entry: &TreeEntry<'_>, before: Option<Oid>) -> Result<()> {
        // The null id is malformed, and was reported.
        let Some(oid) = entry.oid() else { return Ok(()) };
        match (entry.what, below(digits, entry)) {
            (_, None) => self.strange(digits, entry.name, "is the place of no note"),
            (What::Directory, Some(deeper)) => self.directory(&deeper, before, Some(oid))?,
            (What::Leaf(EntryKind::File), Some(id)) => match (oversized(self.repo, oid)?, Oid::from_hex(&id)) {
                (None, Some(on)) => self.note(on, oid, true)?,
                (None, None) => self.strange(digits, entry.name, "is the place of no note"),
                (Some(what), _) => self.strange(digits, entry.name, &format!("is {what}")),
            },
            (What::Leaf(EntryKind::Executable), Some(_)) => self.strange(digits, entry.name, "is executable, and no note"),
            (What::Leaf(EntryKind::Symlink), Some(_)) => self.strange(digits, entry.name, "is a symbolic link, and no note"),
            (What::Leaf(EntryKind::Submodule), Some(_)) => self.strange(digits, entry.name, "is a submodule, and no note"),
        }
        Ok(())
    }

    /// Takes in an entry that only the old side has. A directory with a successor was entered together with it.
    fn gone(&mut self, digits: &str, entry: &TreeEntry<'_>, after: Option<Oid>) -> Result<()> {
        match (entry.what, below(digits, entry), entry.oid()) {
            (What::Directory, Some(deeper), Some(oid)) if after.is_none() => self.directory(&deeper, Some(oid), None),
            (What::Leaf(EntryKind::File), Some(id), Some(oid)) => match Oid::from_hex(&id) {
                Some(on) => self.note(on, oid, false),
                None => Ok(()),
            },
            // Nobody reads what stood there.
            (What::Directory | What::Leaf(_), _, _) => Ok(()),
        }
    }

    fn note(&mut self, on: Oid, blob: Oid, new: bool) -> Result<()> {
        self.changed += 1;
        if self.changed > MAX_CHANGED {
            return Err(bound(format!("more than {MAX_CHANGED} notes are changed")));
        }
        let [before, after] = self.notes.entry(on).or_default();
        if new {
            after.push(blob)
        } else {
            before.push(blob)
        }
        Ok(())
    }

    #[cold]
    fn strange(&mut self, digits: &str, name: &[u8], what: &str) {
        if self.odd.len() < MAX_ODD {
            let place = [path(digits).as_bytes(), name].concat();
            self.odd.push(format!("`{}`, which {what}", tree::shown(place.strip_suffix(b"/").unwrap_or(&place))));
        }
    }
}

/// The directory among `others` that has the entry's name.
fn same(others: &[(usize, TreeEntry<'_>)], entry: &TreeEntry<'_>) -> Option<Oid> {
    let alike = |other: &&(usize, TreeEntry<'_>)| other.1.what == What::Directory && other.1.name == entry.name;
    others.iter().find(alike).filter(|_| entry.what == What::Directory).and_then(|(_, other)| other.oid())
}

/// The digits of an id that the path to an entry spells: for a note all of them, for a directory two more.
///
/// `None` where no note can stand.
fn below(digits: &str, entry: &TreeEntry<'_>) -> Option<String> {
    let name = std::str::from_utf8(entry.name).ok().filter(|_| entry.odd.is_none())?;
    let hex = name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let long = digits.len() + name.len();
    let fits = match entry.what {
        What::Directory => name.len() == 2 && long < DIGITS,
        What::Leaf(_) => long == DIGITS,
    };
    (hex && fits).then(|| format!("{digits}{name}"))
}

/// A directory by its digits, with a `/` behind: `ab/cd/`.
fn path(digits: &str) -> String {
    digits.as_bytes().chunks(2).flat_map(|pair| pair.iter().copied().chain(*b"/")).map(char::from).collect()
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
