//! The symbolic links of a tree. Where they lead depends on each other alone.

use std::collections::HashMap;
use std::rc::Rc;

use super::Repo;
use crate::error::{Error, Result};
use crate::git::tree::{self, What};
use crate::model::{EntryKind, Oid, RepoPath};

/// Directories within each other.
const MAX_DEPTH: usize = 1_024;

/// Symbolic links below a directory: their paths there, and their blobs.
pub type Links = Rc<Vec<(RepoPath, Oid)>>;

/// What is known of directories: most of them are the same in one commit after the other.
pub(super) type KnownLinks = HashMap<Oid, Links>;

impl Repo {
    /// Every symbolic link of a root tree, in the order of the trees. Each directory is read once in a process.
    ///
    /// # Errors
    /// A tree is missing or damaged; directories are too deep; the time is up.
    pub fn links(&self, root: Oid) -> Result<Links> {
        self.links_below(root, &RepoPath::new(""), 0)
    }

    fn links_below(&self, tree: Oid, path: &RepoPath, depth: usize) -> Result<Links> {
        if let Some(known) = self.links.borrow().get(&tree) {
            return Ok(Rc::clone(known));
        }
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("directories are nested deeper than {MAX_DEPTH}")));
        }
        self.deadline.check()?;
        let data = tree::read(self, tree, path.as_bytes())?;
        let (mut rest, mut found) = (data.as_slice(), Vec::new());
        while let Some(entry) = tree::next(rest).map_err(|e| e.context(tree::reading(path.as_bytes())))? {
            rest = rest.get(entry.raw.len()..).unwrap_or_default();
            let name = RepoPath::new(entry.name);
            match (entry.what, entry.oid()) {
                (What::Directory, Some(oid)) => {
                    let below = self.links_below(oid, &path.join(entry.name), depth + 1)?;
                    found.extend(below.iter().map(|(below, link)| (name.join(below.as_bytes()), *link)));
                }
                (What::Leaf(EntryKind::Symlink), Some(oid)) => found.push((name, oid)),
                (What::Leaf(_), _) | (What::Directory, None) => {}
            }
        }
        let found = Rc::new(found);
        self.links.borrow_mut().insert(tree, Rc::clone(&found));
        Ok(found)
    }
}
