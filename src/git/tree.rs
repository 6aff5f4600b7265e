//! Raw trees: `mode SP name NUL id`, again and again. Entries are borrowed from the tree's own bytes.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::model::{Entry, EntryKind, Oid, RepoPath};
use crate::text::escape;

use super::{Kind, Repo};

/// Bytes of an id; SHA-256 repositories are refused when they are opened.
pub(super) const ID: usize = 20;

/// A tree larger than this is not read (2 million short names fit).
pub(super) const MAX_TREE: u64 = 64 << 20;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum What {
    Directory,
    Leaf(EntryKind),
}

/// One entry, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TreeEntry<'a> {
    /// What the entry is. A mode outside of git's five is read as git reads it: by the type bits and the owner's execute bit.
    pub what: What,
    /// The mode as written, where it is not one of git's five.
    pub odd: Option<&'a [u8]>,
    /// Whether the name holds a `/`.
    pub slash: bool,
    /// The name as written.
    pub name: &'a [u8],
    /// The id, which may be null.
    pub id: &'a [u8],
    /// All of the entry's bytes.
    pub raw: &'a [u8],
}

/// The next entry of a tree whose remaining bytes are `rest`; `None` at its end.
///
/// # Errors
/// The bytes are no entry, or only a part of one.
#[inline]
pub(crate) fn next(rest: &[u8]) -> Result<Option<TreeEntry<'_>>> {
    if rest.is_empty() {
        return Ok(None);
    }
    split(rest).map(Some).ok_or_else(|| Error::new("it is truncated or damaged"))
}

#[inline]
fn split(rest: &[u8]) -> Option<TreeEntry<'_>> {
    // Nearly every mode is `100644` or `40000`.
    let space = match rest.get(..7)? {
        [.., b' '] => 6,
        [.., b' ', _] => 5,
        _ => rest.iter().position(|b| *b == b' ')?,
    };
    let (mode, after) = (rest.get(..space)?, rest.get(space + 1..)?);
    let (what, odd) = match mode {
        b"100644" => (What::Leaf(EntryKind::File), None),
        b"40000" => (What::Directory, None),
        b"100755" => (What::Leaf(EntryKind::Executable), None),
        b"120000" => (What::Leaf(EntryKind::Symlink), None),
        b"160000" => (What::Leaf(EntryKind::Submodule), None),
        odd => (odd_mode(odd)?, Some(odd)),
    };
    let (end, slash) = name_end(after)?;
    let raw = rest.get(..space + end + 2 + ID)?;
    Some(TreeEntry { what, odd, slash, name: after.get(..end)?, id: after.get(end + 1..end + 1 + ID)?, raw })
}

#[cold]
fn odd_mode(digits: &[u8]) -> Option<What> {
    if digits.is_empty() || !digits.iter().all(|b| matches!(b, b'0'..=b'7')) {
        return None;
    }
    // Git keeps 16 bits of the mode, too.
    let bits = digits.iter().fold(0_u16, |n, digit| (n << 3) | u16::from(*digit & 7));
    Some(match bits & 0o170_000 {
        0o040_000 => What::Directory,
        0o120_000 => What::Leaf(EntryKind::Symlink),
        0o100_000 if bits & 0o100 == 0 => What::Leaf(EntryKind::File),
        0o100_000 => What::Leaf(EntryKind::Executable),
        _ => What::Leaf(EntryKind::Submodule),
    })
}

/// What git's fsck calls a mode outside of git's five, where it refuses it.
///
/// It has no more than a remark on a mode whose type is one of git's: `100664` is a file, as git reads it.
#[cold]
pub(super) fn mode_fault(digits: &[u8]) -> Option<&'static str> {
    if digits.starts_with(b"0") {
        return Some("zeroPaddedFilemode");
    }
    let bits = digits.iter().fold(0_u32, |n, digit| n.saturating_mul(8).saturating_add(u32::from(*digit & 7)));
    let known = matches!(bits & !0o7777, 0o040_000 | 0o100_000 | 0o120_000 | 0o160_000);
    (!known).then_some("badFilemode")
}

/// Where the first NUL is.
pub(super) fn nul(bytes: &[u8]) -> Option<usize> {
    name_end(bytes).map(|(end, _)| end)
}

/// Where the first NUL is, and whether a `/` stands before it.
///
/// Eight bytes are read at a time, since nothing is read more often than names.
#[inline]
fn name_end(bytes: &[u8]) -> Option<(usize, bool)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The lowest set bit marks the first zero byte; above it marks may be wrong.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let (words, tail) = bytes.as_chunks::<8>();
    let mut slashes = 0;
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let (nul, slash) = (zeros(word), zeros(word ^ (ONES * 0x2f)));
        if nul != 0 {
            let first = nul.trailing_zeros();
            return Some((i * 8 + usize::try_from(first / 8).ok()?, slashes | (slash & ((1 << first) - 1)) != 0));
        }
        slashes |= slash;
    }
    let end = tail.iter().position(|b| *b == 0)?;
    Some((words.len() * 8 + end, slashes != 0 || tail.iter().take(end).any(|b| *b == b'/')))
}

impl TreeEntry<'_> {
    /// Its id; the null id is `None`.
    #[inline]
    pub fn oid(&self) -> Option<Oid> {
        Oid::from_bytes(self.id)
    }

    /// Git's order: a directory compares as if its name ended in `/`.
    #[inline]
    pub fn order(&self, other: &TreeEntry<'_>) -> Ordering {
        order(self.name, self.what, other.name, other.what)
    }
}

/// Git's order of names within a tree: a directory compares as if its name ended in `/`.
#[inline]
pub(super) fn order(one: &[u8], one_is: What, two: &[u8], two_is: What) -> Ordering {
    let shared = one.len().min(two.len());
    let next = |name: &[u8], is: What| match (name.get(shared), is) {
        (Some(byte), _) => *byte,
        (None, What::Directory) => b'/',
        (None, What::Leaf(_)) => 0,
    };
    one.get(..shared)
        .cmp(&two.get(..shared))
        .then_with(|| next(one, one_is).cmp(&next(two, two_is)))
        // Only a name that contains `/` gets this far unequal.
        .then_with(|| one.len().cmp(&two.len()))
}

/// The bytes of a tree. `path` is where it stands, for messages.
///
/// # Errors
/// It is missing, damaged, or no tree.
pub(crate) fn read(repo: &Repo, oid: Oid, path: &[u8]) -> Result<Rc<Vec<u8>>> {
    let object = repo.object(oid).map_err(|e| e.context(reading(path)))?;
    match object.kind {
        Kind::Tree => Ok(object.data),
        Kind::Blob | Kind::Commit | Kind::Tag => Err(Error::new(format!("object {oid} is no tree")).context(reading(path))),
    }
}

/// The bytes of a tree that somebody may have made too large.
///
/// Its size is asked first, which costs nearly as much again as reading it.
///
/// # Errors
/// As `read`, or it is too large.
pub(super) fn read_new(repo: &Repo, oid: Oid, path: &[u8]) -> Result<Rc<Vec<u8>>> {
    let (_, size) = repo.header(oid).map_err(|e| e.context(reading(path)))?;
    if size > MAX_TREE {
        return Err(Error::new(format!("it has {size} bytes, and no more than {MAX_TREE} are read")).context(reading(path)));
    }
    read(repo, oid, path)
}

/// "could not read the tree …", for the front of an error.
pub(crate) fn reading(path: &[u8]) -> String {
    if path.is_empty() { "could not read the root tree".to_owned() } else { format!("could not read the tree `{}`", shown(path)) }
}

/// A path for a message: escaped, and cut where it is beyond reason.
pub(super) fn shown(path: &[u8]) -> String {
    match path.get(..200) {
        Some(head) if path.len() > 200 => format!("{}…", escape(head)),
        Some(_) | None => escape(path),
    }
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathEntry {
    /// Nothing.
    Nothing,
    /// A directory.
    Directory,
    /// A file, a symbolic link or a submodule.
    Leaf(Entry),
}

/// Looks a path up below a root tree.
///
/// # Errors
/// A tree on the way is missing or damaged, or names a component twice.
pub fn look_up(repo: &Repo, root: Oid, path: &RepoPath) -> Result<PathEntry> {
    let mut at = Some(root);
    let mut before = Vec::new();
    let mut standing = PathEntry::Directory;
    for name in path.components() {
        let Some(tree) = at else { return Ok(PathEntry::Nothing) };
        let data = read(repo, tree, &before)?;
        let found = only(&data, name).map_err(|e| e.context(reading(&before)))?;
        let Some(found) = found else { return Ok(PathEntry::Nothing) };
        if !before.is_empty() {
            before.push(b'/');
        }
        before.extend_from_slice(name);
        let oid = found.oid().ok_or_else(|| Error::new(format!("`{}` has the null id", shown(&before))))?;
        (at, standing) = match found.what {
            What::Directory => (Some(oid), PathEntry::Directory),
            What::Leaf(kind) => (None, PathEntry::Leaf(Entry { kind, oid })),
        };
    }
    Ok(standing)
}

/// The one entry of that name. The whole tree is looked at, since a malformed tree may hide a second one.
fn only<'a>(data: &'a [u8], name: &[u8]) -> Result<Option<TreeEntry<'a>>> {
    let (mut rest, mut found) = (data, None);
    while let Some(entry) = next(rest)? {
        if entry.name == name && found.replace(entry).is_some() {
            return Err(Error::new(format!("it has two entries `{}`", shown(name))));
        }
        rest = rest.get(entry.raw.len()..).unwrap_or_default();
    }
    Ok(found)
}
