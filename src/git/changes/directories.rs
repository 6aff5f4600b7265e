//! The directories of the resulting tree that somebody asks for: each is read once. Tolerant of what git's fsck would refuse, since the
//! walk has reported that; an entry that no id or mode can be read of is there by name alone.

use std::collections::HashMap;
use std::rc::Rc;

use crate::change::{Oid, RepoPath};
use crate::error::{Error, Result};
use crate::policy::fold;

use super::super::{Kind, Repo};

/// git's mode of a directory, and of a symbolic link; and the bits that tell.
const DIRECTORY: u32 = 0o040_000;
const SYMLINK: u32 = 0o120_000;
const TYPE: u32 = 0o170_000;

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
    mode: u32,
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
            Some(Item { mode, oid: Some(oid) }) if mode & TYPE == DIRECTORY => Found::Directory(*oid),
            Some(Item { mode, oid: Some(oid) }) if mode & TYPE == SYMLINK => Found::Symlink(*oid),
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

    fn directory(&mut self, tree: Oid) -> Result<Rc<Directory>> {
        if let Some(known) = self.read.get(&tree) {
            return Ok(Rc::clone(known));
        }
        let object = self.repo.object(tree)?;
        if object.kind != Kind::Tree {
            return Err(Error::new(format!("object {tree} is no tree")));
        }
        let directory = Rc::new(Directory::parse(&object.data, tree.as_bytes().len()).ok_or_else(|| damaged(tree))?);
        self.read.insert(tree, Rc::clone(&directory));
        Ok(directory)
    }
}

impl Directory {
    /// Reads a tree object: mode in octal, a space, the name, a NUL, the raw id, and so on. `None`: it is cut off.
    fn parse(mut data: &[u8], id_width: usize) -> Option<Self> {
        let mut directory = Self::default();
        while !data.is_empty() {
            let space = data.iter().position(|b| *b == b' ')?;
            let (mode, rest) = data.split_at_checked(space)?;
            let rest = rest.get(1..)?;
            let (name, rest) = rest.split_at_checked(rest.iter().position(|b| *b == 0)?)?;
            let (oid, rest) = rest.get(1..)?.split_at_checked(id_width)?;
            let mode = std::str::from_utf8(mode).map_or(0, |text| u32::from_str_radix(text, 8).unwrap_or(0));
            directory.folded.entry(fold_name(name)).or_default().push(name.to_vec());
            directory.items.insert(name.to_vec(), Item { mode, oid: Oid::from_bytes(oid) });
            data = rest;
        }
        Some(directory)
    }
}

fn damaged(tree: Oid) -> Error {
    Error::new(format!("tree {tree} is damaged"))
}

/// As `fold`, without its cost for plain names.
fn fold_name(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() { name.to_ascii_lowercase() } else { fold(name) }
}
