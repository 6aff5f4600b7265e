//! The directories of the resulting tree that somebody asks for: each is read once. Tolerant of what git's fsck would refuse, since the
//! walk has reported that; an entry that has the null id is there by name alone.

use std::collections::HashMap;
use std::rc::Rc;

use crate::change::{EntryKind, Oid, RepoPath};
use crate::error::Result;
use crate::git::Repo;
use crate::git::tree::{self, What};
use crate::policy::fold;

/// What stands at a place, as far as a link's way is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// A directory: its tree.
    Directory(Oid),
    /// A symbolic link: its blob.
    Symlink(Oid),
    /// Nothing, or what leads nowhere.
    Other,
}

/// One entry of a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Item {
    what: What,
    oid: Option<Oid>,
}

/// One directory, by name and by folded name.
#[derive(Default)]
struct Directory {
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
    /// Reads nothing yet.
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
    pub(super) fn find(&mut self, tree: Oid, name: &[u8]) -> Result<Found> {
        Ok(match self.directory(tree)?.items.get(name) {
            Some(Item { what: What::Directory, oid: Some(oid) }) => Found::Directory(*oid),
            Some(Item { what: What::Leaf(EntryKind::Symlink), oid: Some(oid) }) => Found::Symlink(*oid),
            Some(_) | None => Found::Other,
        })
    }

    /// The entries beside `path` and beside each of the directories that it lies in which another file system would take for the same
    /// name: equal after normalisation and case folding, in other bytes. From the root down.
    ///
    /// # Errors
    /// A directory on the way is missing or damaged.
    pub(super) fn collisions(&mut self, path: &RepoPath) -> Result<Vec<RepoPath>> {
        let mut found = Vec::new();
        let mut here = RepoPath::new("");
        let mut tree = self.root;
        for name in path.components() {
            let directory = self.directory(tree)?;
            let twins = directory.folded.get(&fold_name(name)).map_or(&[][..], Vec::as_slice);
            found.extend(twins.iter().filter(|twin| twin.as_slice() != name).map(|twin| here.join(twin)));
            let Found::Directory(next) = self.find(tree, name)? else { break };
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
        let directory = Directory::parse(&data).map_err(|e| e.context(tree::reading(name.as_bytes())))?;
        let directory = Rc::new(directory);
        self.read.insert(oid, Rc::clone(&directory));
        Ok(directory)
    }
}

impl Directory {
    fn parse(data: &[u8]) -> Result<Self> {
        let mut directory = Self::default();
        let mut rest = data;
        while let Some(entry) = tree::next(rest)? {
            directory.folded.entry(fold_name(entry.name)).or_default().push(entry.name.to_vec());
            directory.items.insert(entry.name.to_vec(), Item { what: entry.what, oid: entry.oid() });
            rest = rest.get(entry.raw.len()..).unwrap_or_default();
        }
        Ok(directory)
    }
}

/// As `fold`, without its cost for plain names.
fn fold_name(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() { name.to_ascii_lowercase() } else { fold(name) }
}
