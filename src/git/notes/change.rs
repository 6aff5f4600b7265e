//! What a push does to a writer's notes: the lines that come and go, and whatever is no note.

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
/// How much is told of what is no note; a tree with one such thing is refused as surely as with a million.
const MAX_ODD: usize = 8;
/// Bytes of blank and repeated lines that a note may hold.
const MAX_BLANK: usize = 4096;
/// Hexadecimal digits of an id.
const DIGITS: usize = 2 * tree::ID;

/// What an update does to a writer's notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Whether every line that stood there still does, wherever git's fan-out has put it.
    pub keeps: bool,
    /// Every line that is new.
    pub added: Vec<Vec<u8>>,
    /// What has come into the tree and is no note, as phrases, escaped. Where there is any, the lines have not been looked at.
    pub odd: Vec<String>,
}

/// Compares the notes of the commit `old` (`None`: there were none) with those of `new`: the whole tree where there was none, else what
/// differs. `room`: lines that may be added.
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

/// Where notes on one object have stood, and where they stand now.
type Blobs = [Vec<Oid>; 2];

/// Compares the notes on one object, and says whether what is new of them is padded.
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

/// Whether notes hold more that says nothing than what says something: else what is in them could be brought over the bounds, beyond which nobody
/// reads it, by whoever can sign nothing. `git notes append` puts a blank line between two.
fn padded(notes: &[Vec<u8>], known: &BTreeSet<&[u8]>) -> bool {
    let said: usize = known.iter().map(|line| line.len() + 2).sum();
    notes.iter().map(Vec::len).sum::<usize>() > MAX_BLANK + said
}

fn bound(what: String) -> Error {
    Error::new(format!("{what} in one push, which is the bound")).help("push an older commit of these notes first, then the rest")
}

/// What the old side holds was accepted once; it may yet have been put there by another way.
fn note(repo: &Repo, oid: Oid) -> Result<Vec<u8>> {
    match oversized(repo, oid)? {
        None => repo.blob(oid),
        Some(what) => Err(Error::new(format!("object {oid}, where a note should be, is {what}"))),
    }
}

/// What an object is that can't be a note.
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
    /// `digits`: what the directories on the way say of the ids below. Equal entries are skipped unread. It ends: every way goes no deeper
    /// than an id has digits, to a note, of which there is a bound, or to something odd, of which there is one, too.
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
                    self.strange(digits, entry.name, &format!("is malformed: {problem}"));
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

    /// An entry of the new side that the old one hasn't. `before`: the directory that stood at its place.
    fn come(&mut self, digits: &str, entry: &TreeEntry<'_>, before: Option<Oid>) -> Result<()> {
        // The null id is malformed, and was told.
        let Some(oid) = entry.oid() else { return Ok(()) };
        match (entry.what, below(digits, entry)) {
            (_, None) if entry.odd.is_none() => self.strange(digits, entry.name, "is the place of no note"),
            (What::Directory, Some(deeper)) => self.directory(&deeper, before, Some(oid))?,
            (What::Leaf(EntryKind::File), Some(id)) => match (oversized(self.repo, oid)?, Oid::from_hex(&id)) {
                (None, Some(on)) => self.note(on, oid, true)?,
                (None, None) => self.strange(digits, entry.name, "is the place of no note"),
                (Some(what), _) => self.strange(digits, entry.name, &format!("is {what}")),
            },
            (What::Leaf(EntryKind::Executable), Some(_)) => self.strange(digits, entry.name, "is executable, and no note"),
            (What::Leaf(EntryKind::Symlink), Some(_)) => self.strange(digits, entry.name, "is a symbolic link, and no note"),
            (What::Leaf(EntryKind::Submodule), Some(_)) => self.strange(digits, entry.name, "is a submodule, and no note"),
            // Of an odd mode, which was told.
            (What::Directory | What::Leaf(_), None) => {}
        }
        Ok(())
    }

    /// An entry of the old side that the new one hasn't. A directory that still stands there was entered with its successor.
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

/// The directory of that entry's name.
fn same(others: &[(usize, TreeEntry<'_>)], entry: &TreeEntry<'_>) -> Option<Oid> {
    let alike = |other: &&(usize, TreeEntry<'_>)| other.1.what == What::Directory && other.1.name == entry.name;
    others.iter().find(alike).filter(|_| entry.what == What::Directory).and_then(|(_, other)| other.oid())
}

/// What the path to an entry says of an id: of a note all of it, of a directory two more digits, with more to come. `None`: no such place.
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
