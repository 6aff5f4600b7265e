//! `refs/guard/ledger`: a chain of commits, each with one entry.
//!
//! Facts that have to be found by a name stand on shelves beside the entry, and every commit hands them on: `commits/<id>` says
//! whose a commit is.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::{Duration, SystemTime};

use git2::{ErrorCode, ObjectType, Repository, Signature, Time};

use super::Repo;
use super::notes::{put, raced};
use super::patience::Patience;
use super::repo::{foreign, git, own};
use crate::error::{Error, Result};
use crate::model::Oid;

/// The ledger's ref.
pub const REF: &str = "refs/guard/ledger";
/// The entry of a commit.
const ENTRY: &str = "entry.json";
/// An entry of more bytes is not read.
const MAX_ENTRY: usize = 64 << 20;
/// How long somebody else may hold the ref: only `git pack-refs` does, for a moment.
const PATIENCE: Duration = Duration::from_secs(1);

/// The ledger as it stands.
pub struct Ledger<'r> {
    repo: &'r Repo,
    tip: Option<Oid>,
}

/// One entry as it is stored.
pub struct Stored {
    /// Its commit.
    pub commit: Oid,
    /// The commit of the entry before.
    pub parent: Option<Oid>,
    /// The commit's time, seconds since 1970.
    pub seconds: i64,
    /// The entry.
    pub content: Vec<u8>,
}

impl<'r> Ledger<'r> {
    /// Opens the ledger. Without a ref it is empty.
    ///
    /// # Errors
    /// The ref can't be read.
    pub fn open(repo: &'r Repo) -> Result<Self> {
        Ok(Self { repo, tip: repo.reference(REF)? })
    }

    /// The newest entry's commit.
    pub fn tip(&self) -> Option<Oid> {
        self.tip
    }

    /// What stands on a shelf under a name.
    ///
    /// # Errors
    /// The ledger is damaged.
    pub fn find(&self, shelf: &str, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(tip) = self.tip else { return Ok(None) };
        let (raw, id) = (self.repo.raw(), foreign(tip)?);
        let find = || -> std::result::Result<Option<Vec<u8>>, git2::Error> {
            let mut tree = raw.find_commit(id)?.tree()?;
            let (first, rest) = name.split_at_checked(2).unwrap_or((name, ""));
            for part in [shelf, first] {
                let Some(next) = tree.get_name(part).map(|entry| entry.id()) else { return Ok(None) };
                tree = raw.find_tree(next)?;
            }
            let Some(found) = tree.get_name(rest).map(|entry| entry.id()) else { return Ok(None) };
            Ok(Some(raw.find_blob(found)?.content().to_vec()))
        };
        find().map_err(|e| damaged(tip, &git(e).message))
    }

    /// All that stands on a shelf: names and contents.
    ///
    /// # Errors
    /// The ledger is damaged.
    pub fn shelf(&self, shelf: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let Some(tip) = self.tip else { return Ok(Vec::new()) };
        let (raw, id) = (self.repo.raw(), foreign(tip)?);
        let read = || -> std::result::Result<Vec<(String, Vec<u8>)>, git2::Error> {
            let mut all = Vec::new();
            let tree = raw.find_commit(id)?.tree()?;
            let Some(boxes) = tree.get_name(shelf).map(|entry| entry.id()) else { return Ok(all) };
            for outer in raw.find_tree(boxes)?.iter() {
                for inner in raw.find_tree(outer.id())?.iter() {
                    let part = |entry: &git2::TreeEntry<'_>| std::str::from_utf8(entry.name_bytes()).unwrap_or_default().to_owned();
                    all.push((part(&outer) + &part(&inner), raw.find_blob(inner.id())?.content().to_vec()));
                }
            }
            Ok(all)
        };
        read().map_err(|e| damaged(tip, &git(e).message))
    }

    /// The entries, newest first.
    pub fn entries(&self) -> Entries<'r> {
        Entries { repo: self.repo, next: self.tip, checked: false }
    }

    /// The entries, newest first, with each object hashed again.
    pub fn checked_entries(&self) -> Entries<'r> {
        Entries { checked: true, ..self.entries() }
    }
}

/// Walks from entry to entry.
pub struct Entries<'r> {
    repo: &'r Repo,
    next: Option<Oid>,
    checked: bool,
}

impl Iterator for Entries<'_> {
    type Item = Result<Stored>;

    fn next(&mut self) -> Option<Self::Item> {
        let commit = self.next.take()?;
        let stored = self.read(commit).map_err(|e| damaged(commit, &e.message));
        self.next = stored.as_ref().ok().and_then(|stored| stored.parent);
        Some(stored)
    }
}

impl Entries<'_> {
    fn read(&self, oid: Oid) -> Result<Stored> {
        let id = foreign(oid)?;
        self.check(id)?;
        let commit = self.repo.raw().find_commit(id).map_err(git)?;
        if commit.parent_count() > 1 {
            return Err(Error::new("it comes after two others"));
        }
        self.check(commit.tree_id())?;
        let tree = commit.tree().map_err(git)?;
        let entry = tree.get_name(ENTRY).ok_or_else(|| Error::new("it holds no entry"))?.id();
        self.check(entry)?;
        let content = self.content(entry)?;
        let parent = commit.parent_id(0).ok().and_then(own);
        Ok(Stored { commit: oid, parent, seconds: commit.time().seconds(), content })
    }

    /// The content of an entry, refused where it is too large.
    ///
    /// A loose object, as recent entries are, tells its size when it is opened. An object in a pack is asked for its size before.
    fn content(&self, entry: git2::Oid) -> Result<Vec<u8>> {
        let bearable = |size: usize, kind: ObjectType| {
            let fits = kind == ObjectType::Blob && size <= MAX_ENTRY;
            fits.then_some(size).ok_or_else(|| Error::new(format!("its entry is no blob of at most {MAX_ENTRY} bytes")))
        };
        let odb = self.repo.raw().odb().map_err(git)?;
        if let Ok((mut loose, size, kind)) = odb.reader(entry) {
            let mut content = vec![0; bearable(size, kind)?];
            loose.read_exact(&mut content)?;
            return Ok(content);
        }
        let (size, kind) = odb.read_header(entry).map_err(git)?;
        bearable(size, kind)?;
        Ok(odb.read(entry).map_err(git)?.data().to_vec())
    }

    /// Checks that an object's content has the id under which it is stored.
    fn check(&self, id: git2::Oid) -> Result<()> {
        if !self.checked {
            return Ok(());
        }
        let odb = self.repo.raw().odb().map_err(git)?;
        let object = odb.read(id).map_err(git)?;
        let hash = git2::Oid::hash_object(object.kind(), object.data()).map_err(git)?;
        if hash == id { Ok(()) } else { Err(Error::new(format!("object {id} is not what its id says"))) }
    }
}

/// The error for a ledger that differs from what was written.
pub fn damaged(commit: Oid, why: &str) -> Error {
    Error::new(format!("the ledger is damaged at {}: {why}", commit.short()))
        .help("restore the repository from a backup; what is lost can't be told from the rest")
        .next(format!("git fsck --full && git log {REF}"))
}

/// What one append adds to the ledger.
pub struct Addition<'a> {
    /// The entry.
    pub content: &'a [u8],
    /// For people who read it by `git log`.
    pub message: &'a str,
    /// Seconds since 1970.
    pub seconds: i64,
    /// Shelf, name and content. Content that stands under the name already stays.
    pub shelved: &'a BTreeMap<(&'static str, String), Vec<u8>>,
}

/// Appends an entry after `tip`. The caller holds the ledger's lock.
///
/// # Errors
/// The repository can't be written; the ledger has another tip.
pub fn append(repo: &Repo, tip: Option<Oid>, addition: &Addition<'_>) -> Result<()> {
    let disk = repo.writable()?;
    let failed = |e: git2::Error| git(e).context("could not write the ledger");
    let old = tip.map(foreign).transpose()?;
    let commit = commit(&disk, old, addition).map_err(failed)?;
    let mut patience = Patience::here(3 * PATIENCE);
    loop {
        match put(&disk, REF, commit, old, "guard: record a push") {
            Ok(()) => return Ok(()),
            Err(e) if raced(&e) && patience.wait() => release_left_lock(&disk),
            Err(e) => return Err(failed(e)),
        }
    }
}

/// A process that was killed leaves git's lock on the ref behind. Nobody else moves it while we hold the ledger's own lock.
#[expect(clippy::disallowed_methods, reason = "how old a file is, by the file system's own clock")]
fn release_left_lock(disk: &Repository) {
    let lock = disk.commondir().join(format!("{REF}.lock"));
    // One that was made later than now was made by a clock that was ahead.
    let age = |at: SystemTime| SystemTime::now().duration_since(at).unwrap_or_else(|ahead| ahead.duration());
    let old = lock.metadata().and_then(|m| m.modified()).is_ok_and(|at| age(at) > PATIENCE);
    if old {
        // Where it can't be removed, the next try says so.
        drop(std::fs::remove_file(lock));
    }
}

fn commit(disk: &Repository, old: Option<git2::Oid>, addition: &Addition<'_>) -> std::result::Result<git2::Oid, git2::Error> {
    let parent = old.map(|id| disk.find_commit(id)).transpose()?;
    let before = parent.as_ref().map(git2::Commit::tree).transpose()?;
    let mut root = disk.treebuilder(before.as_ref())?;
    root.insert(ENTRY, disk.blob(addition.content)?, 0o100_644)?;
    let mut shelves: BTreeMap<&str, BTreeMap<&str, BTreeMap<&str, &[u8]>>> = BTreeMap::new();
    for ((shelf, name), content) in addition.shelved {
        let (first, rest) = name.split_at_checked(2).unwrap_or((name, ""));
        shelves.entry(shelf).or_default().entry(first).or_default().insert(rest, content);
    }
    for (shelf, boxes) in shelves {
        let standing = below(disk, before.as_ref(), shelf)?;
        let mut outer = disk.treebuilder(standing.as_ref())?;
        for (first, things) in boxes {
            let standing = below(disk, standing.as_ref(), first)?;
            let mut inner = disk.treebuilder(standing.as_ref())?;
            for (rest, content) in things {
                if inner.get(rest)?.is_none() {
                    inner.insert(rest, disk.blob(content)?, 0o100_644)?;
                }
            }
            outer.insert(first, inner.write()?, 0o040_000)?;
        }
        root.insert(shelf, outer.write()?, 0o040_000)?;
    }
    let tree = disk.find_tree(root.write()?)?;
    let me = Signature::new("guard", "guard@localhost", &Time::new(addition.seconds, 0))?;
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    disk.commit(None, &me, &me, addition.message, &tree, &parents)
}

/// The directory of that name, where there is one.
fn below<'d>(
    disk: &'d Repository,
    tree: Option<&git2::Tree<'_>>,
    name: &str,
) -> std::result::Result<Option<git2::Tree<'d>>, git2::Error> {
    match tree.and_then(|tree| tree.get_name(name)).map(|entry| entry.id()).map(|id| disk.find_tree(id)).transpose() {
        Err(e) if e.code() == ErrorCode::NotFound => Err(git2::Error::from_str("a shelf of the ledger is missing")),
        found => found,
    }
}
