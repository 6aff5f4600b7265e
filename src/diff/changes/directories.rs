//! Reads directories of the resulting tree, each once.
//!
//! Malformed entries are tolerated, since the walk has reported them. An entry with the null id is there by name alone.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::error::Result;
use crate::git::Repo;
use crate::git::tree::{self, TreeEntry, What};
use crate::model::{EntryKind, Oid, RepoPath};
use crate::policy::fold;

/// What a link on its way finds at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LinkStep {
    /// A directory: its tree.
    Directory(Oid),
    /// A symbolic link: its blob.
    Symlink(Oid),
    /// Nothing, or an entry that leads nowhere.
    Other,
}

/// An entry: its name, what a link finds there, and what it is where it is no directory.
pub(super) type Listed = (Vec<u8>, LinkStep, Option<EntryKind>);

/// One entry of a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Item {
    what: What,
    oid: Option<Oid>,
}

impl Item {
    fn of(entry: &TreeEntry<'_>) -> Self {
        Self { what: entry.what, oid: entry.oid() }
    }

    fn step(self) -> LinkStep {
        match (self.what, self.oid) {
            (What::Directory, Some(oid)) => LinkStep::Directory(oid),
            (What::Leaf(EntryKind::Symlink), Some(oid)) => LinkStep::Symlink(oid),
            _ => LinkStep::Other,
        }
    }
}

/// Questions that a directory answers by a search through its entries. After them it gets an index.
const SCANS: u32 = 4;

/// One directory: its bytes, and once it is asked often, an index by name and by folded name.
struct Directory {
    data: Rc<Vec<u8>>,
    asked: Cell<u32>,
    index: OnceCell<Index>,
}

#[derive(Default)]
struct Index {
    items: HashMap<Vec<u8>, Item>,
    folded: HashMap<Vec<u8>, Vec<Vec<u8>>>,
}

/// Reads directories below a root tree.
pub(super) struct Directories<'r> {
    repo: &'r Repo,
    root: Oid,
    read: HashMap<Oid, Rc<Directory>>,
}

impl<'r> Directories<'r> {
    /// The directories below `root`. Nothing is read yet.
    pub(super) fn new(repo: &'r Repo, root: Oid) -> Self {
        Self { repo, root, read: HashMap::new() }
    }

    /// The repository.
    pub(super) fn repo(&self) -> &'r Repo {
        self.repo
    }

    /// The root tree.
    pub(super) fn root(&self) -> Oid {
        self.root
    }

    /// What stands under `name` in the directory `tree`.
    ///
    /// # Errors
    /// The directory is missing or damaged.
    pub(super) fn find(&mut self, tree: Oid, name: &[u8]) -> Result<LinkStep> {
        Ok(self.directory(tree)?.find(name)?.map_or(LinkStep::Other, Item::step))
    }

    /// What stands at `path`; `None`: nothing does.
    ///
    /// # Errors
    /// A directory on the way is missing or damaged.
    pub(super) fn at(&mut self, path: &RepoPath) -> Result<Option<LinkStep>> {
        let mut step = LinkStep::Directory(self.root);
        for name in path.components().filter(|name| !name.is_empty()) {
            let LinkStep::Directory(tree) = step else { return Ok(None) };
            let Some(item) = self.directory(tree)?.find(name)? else { return Ok(None) };
            step = item.step();
        }
        Ok(Some(step))
    }

    /// Every entry of the directory `tree`.
    ///
    /// # Errors
    /// The directory is missing or damaged.
    pub(super) fn list(&mut self, tree: Oid) -> Result<Vec<Listed>> {
        let directory = self.directory(tree)?;
        let one = |entry: Result<TreeEntry<'_>>| {
            let entry = entry?;
            let kind = match entry.what {
                What::Leaf(kind) => Some(kind),
                _ => None,
            };
            Ok((entry.name.to_vec(), Item::of(&entry).step(), kind))
        };
        directory.entries().map(one).collect()
    }

    /// The entries that another file system would take for `path` or for one of the directories above it.
    ///
    /// Their names are equal after normalisation and case folding, and differ in bytes. They are listed from the root down.
    ///
    /// # Errors
    /// A directory on the way is missing or damaged.
    pub(super) fn collisions(&mut self, path: &RepoPath) -> Result<Vec<RepoPath>> {
        let mut found = Vec::new();
        let mut here = RepoPath::new("");
        let mut tree = self.root;
        for name in path.components() {
            let twins = self.directory(tree)?.twins(name)?;
            found.extend(twins.iter().map(|twin| here.join(twin)));
            let LinkStep::Directory(next) = self.find(tree, name)? else { break };
            tree = next;
            here = here.join(name);
        }
        Ok(found)
    }

    fn directory(&mut self, oid: Oid) -> Result<Rc<Directory>> {
        if let Some(known) = self.read.get(&oid) {
            return Ok(Rc::clone(known));
        }
        let name = oid.to_string();
        let data = tree::read(self.repo, oid, name.as_bytes())?;
        let directory = Rc::new(Directory { data, asked: Cell::new(0), index: OnceCell::new() });
        // An unreadable directory is reported once, with its name.
        directory.entries().try_for_each(|entry| entry.map(drop)).map_err(|e| e.context(tree::reading(name.as_bytes())))?;
        self.read.insert(oid, Rc::clone(&directory));
        Ok(directory)
    }
}

impl Directory {
    fn entries(&self) -> impl Iterator<Item = Result<TreeEntry<'_>>> {
        let mut rest = self.data.as_slice();
        std::iter::from_fn(move || {
            let entry = tree::next(rest).transpose()?;
            rest = entry.as_ref().map_or(&[][..], |entry| rest.get(entry.raw.len()..).unwrap_or_default());
            Some(entry)
        })
    }

    /// The entry of that name; the last one where there are several.
    fn find(&self, name: &[u8]) -> Result<Option<Item>> {
        if let Some(index) = self.index()? {
            return Ok(index.items.get(name).copied());
        }
        let mut found = None;
        for entry in self.entries() {
            let entry = entry?;
            if entry.name == name {
                found = Some(Item::of(&entry));
            }
        }
        Ok(found)
    }

    /// The other names that fold as `name` does.
    fn twins(&self, name: &[u8]) -> Result<Vec<Vec<u8>>> {
        let folded = fold_name(name);
        if let Some(index) = self.index()? {
            let twins = index.folded.get(&folded).into_iter().flatten();
            return Ok(twins.filter(|twin| twin.as_slice() != name).cloned().collect());
        }
        let mut twins = Vec::new();
        for entry in self.entries() {
            let other = entry?.name;
            let same = if other.is_ascii() { other.eq_ignore_ascii_case(&folded) } else { fold(other) == folded };
            if same && other != name {
                twins.push(other.to_vec());
            }
        }
        Ok(twins)
    }

    /// The index, once there have been many questions.
    fn index(&self) -> Result<Option<&Index>> {
        self.asked.set(self.asked.get().saturating_add(1));
        if self.asked.get() <= SCANS || self.index.get().is_some() {
            return Ok(self.index.get());
        }
        let mut index = Index::default();
        for entry in self.entries() {
            let entry = entry?;
            index.folded.entry(fold_name(entry.name)).or_default().push(entry.name.to_vec());
            index.items.insert(entry.name.to_vec(), Item::of(&entry));
        }
        Ok(Some(self.index.get_or_init(|| index)))
    }
}

/// Folds a name as `fold` does, but cheaply where it is ASCII.
fn fold_name(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() { name.to_ascii_lowercase() } else { fold(name) }
}
