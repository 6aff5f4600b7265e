//! Builds trees from the entries of an index, for the directories that the cache tree doesn't know.

use git2::Odb;

use crate::error::{Error, Result};
use crate::git::index::{CacheTree, Cursor, Index, IndexEntry, Node, damaged};
use crate::git::repo::{foreign, git};
use crate::git::{Kind, Repo, tree};
use crate::model::Oid;

/// Directories within each other.
const MAX_DEPTH: usize = 1_024;
const GITLINK: u32 = 0o160_000;

/// How the build ended.
pub(super) enum Built {
    /// The root tree.
    Tree(Oid),
    /// An entry's object is absent; the error names it.
    Lacking(Error),
}

/// Whether an object is there.
///
/// # Errors
/// The object database can't be opened.
pub(super) fn exists(repo: &Repo, oid: Oid) -> Result<bool> {
    Ok(repo.raw().odb().map_err(git)?.exists(foreign(oid)?))
}

/// Whether a cache tree knows all of its directories, and every tree is there.
///
/// # Errors
/// The object database can't be opened.
pub(super) fn is_whole(repo: &Repo, cache: &CacheTree<'_>) -> Result<bool> {
    let odb = repo.raw().odb().map_err(git)?;
    for tree in &cache.trees {
        let Some(tree) = tree else { return Ok(false) };
        if !odb.exists(foreign(*tree)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The root tree of an index whose cache tree doesn't know it; new trees are written in memory.
///
/// # Errors
/// The index is damaged or holds unmerged entries, or what git would refuse to write.
pub(super) fn root(repo: &Repo, index: &mut Index) -> Result<Built> {
    let bytes = index.cache_tree()?;
    let cache = bytes.as_deref().map(CacheTree::parse).transpose()?;
    // The root is invalid or its object is gone, so its entries count.
    let node = cache.as_ref().map(|cache| cache.root).filter(|root| root.valid.is_none());
    let top = Directory { prefix: 0, body: Vec::new(), node };
    let odb = repo.raw().odb().map_err(git)?;
    let mut builder =
        Builder { repo, odb, cache, open: vec![top], path: Vec::new(), last: Vec::new(), covered: Vec::new(), lacking: None };
    let mut cursor = index.entries()?;
    while let Some(entry) = cursor.next()? {
        builder.check_place(entry.name)?;
        if let Some((prefix, count)) = builder.add(&entry)? {
            builder.pass(&mut cursor, prefix, count)?;
        }
        if let Some(missing) = builder.lacking {
            return Ok(Built::Lacking(missing));
        }
    }
    builder.finish().map(Built::Tree)
}

/// A directory that is being built.
struct Directory {
    /// How much of the builder's path names it.
    prefix: usize,
    /// Its tree so far.
    body: Vec<u8>,
    /// Its node of the cache tree, which leads to its valid directories.
    node: Option<Node>,
}

struct Builder<'r> {
    repo: &'r Repo,
    odb: Odb<'r>,
    cache: Option<CacheTree<'r>>,
    /// The open directories, from the root down. The list isn't empty before the end.
    open: Vec<Directory>,
    /// The innermost open directory, with a trailing `/` below the root.
    path: Vec<u8>,
    /// The entry before this one.
    last: Vec<u8>,
    /// The last directory that the cache tree answered for, with its `/`. None of its entries may follow.
    covered: Vec<u8>,
    lacking: Option<Error>,
}

impl Builder<'_> {
    /// Checks that entries are sorted, that none is there twice, and that none is a directory of the next.
    fn check_place(&mut self, name: &[u8]) -> Result<()> {
        if self.last.as_slice() >= name && !self.last.is_empty() {
            return Err(damaged(&format!("the entry `{}` is out of order", tree::shown(name))));
        }
        if name.strip_prefix(self.last.as_slice()).is_some_and(|rest| rest.starts_with(b"/")) && !self.last.is_empty() {
            return Err(Error::new(format!("the index holds both `{}` and `{}`", tree::shown(&self.last), tree::shown(name)))
                .help("take one of them out: git rm --cached"));
        }
        if !self.covered.is_empty() && name.starts_with(&self.covered) {
            return Err(damaged(&format!("its cache tree counts too few entries below `{}`", tree::shown(&self.covered))));
        }
        self.last.clear();
        self.last.extend_from_slice(name);
        Ok(())
    }

    /// Puts an entry where it belongs.
    ///
    /// Where the cache tree knows a directory on the way, that directory goes in instead. Then this gives the length of its path,
    /// with its `/`, and how many entries it covers, beginning with this one.
    fn add(&mut self, entry: &IndexEntry<'_>) -> Result<Option<(usize, u32)>> {
        while !entry.name.starts_with(&self.path) {
            self.close()?;
        }
        while let Some(length) = entry.name.get(self.path.len()..).and_then(|rest| rest.iter().position(|b| *b == b'/')) {
            let name = entry.name.get(self.path.len()..self.path.len() + length).unwrap_or_default();
            if let Some((count, oid)) = self.enter(name)? {
                self.append(b"40000", name, oid.as_bytes());
                return Ok(Some((self.path.len() + length + 1, count)));
            }
        }
        if entry.intent_to_add {
            return Ok(None);
        }
        let name = entry.name.get(self.path.len()..).unwrap_or_default();
        let oid = Oid::from_bytes(entry.id).ok_or_else(|| damaged(&format!("`{}` has the null id", tree::shown(entry.name))))?;
        if entry.mode != GITLINK && !self.odb.exists(foreign(oid)?) {
            self.lacking = Some(lacking(entry.name, oid));
        }
        self.append(format!("{:o}", entry.mode).as_bytes(), name, entry.id);
        Ok(None)
    }

    /// Opens a directory below the innermost one. Where its tree is known, gives the tree and how many entries it covers instead.
    fn enter(&mut self, name: &[u8]) -> Result<Option<(u32, Oid)>> {
        let parent = self.open.last().and_then(|directory| directory.node);
        let mut node = parent.and_then(|parent| self.cache.as_ref()?.child(&parent, name));
        if let Some((count, oid)) = node.and_then(|node| node.valid) {
            if self.odb.exists(foreign(oid)?) {
                return Ok(Some((count, oid)));
            }
            node = None;
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::new(format!(
                "the index goes more than {MAX_DEPTH} directories deep, which is the bound (at `{}`)",
                tree::shown(&self.path)
            )));
        }
        self.path.extend_from_slice(name);
        self.path.push(b'/');
        self.open.push(Directory { prefix: self.path.len(), body: Vec::new(), node });
        Ok(None)
    }

    /// Passes over the entries that a known directory covers. The first of them was read already.
    fn pass(&mut self, cursor: &mut Cursor<'_>, prefix: usize, count: u32) -> Result<()> {
        self.covered.clear();
        self.covered.extend_from_slice(self.last.get(..prefix).unwrap_or_default());
        let wrong = |covered: &[u8]| damaged(&format!("its cache tree miscounts the entries below `{}`", tree::shown(covered)));
        let rest = count.checked_sub(1).ok_or_else(|| wrong(&self.covered))?;
        if let Some(last) = cursor.skip(rest)? {
            if !last.starts_with(&self.covered) {
                return Err(wrong(&self.covered));
            }
            self.last.clear();
            self.last.extend_from_slice(last);
        }
        Ok(())
    }

    /// Ends the innermost directory and puts it into the one around it, unless it holds nothing but entries of `git add -N`.
    fn close(&mut self) -> Result<()> {
        let (Some(done), Some(around)) = (self.open.pop(), self.open.last()) else {
            return Err(damaged("a directory ends that never began"));
        };
        let name = self.path.get(around.prefix..done.prefix - 1).unwrap_or_default().to_vec();
        self.path.truncate(around.prefix);
        if !done.body.is_empty() {
            let oid = self.repo.write(Kind::Tree, &done.body)?;
            self.append(b"40000", &name, oid.as_bytes());
        }
        Ok(())
    }

    /// Ends all open directories, and gives the root's tree.
    fn finish(mut self) -> Result<Oid> {
        while self.open.len() > 1 {
            self.close()?;
        }
        self.repo.write(Kind::Tree, self.open.first().map(|root| root.body.as_slice()).unwrap_or_default())
    }

    fn append(&mut self, mode: &[u8], name: &[u8], id: &[u8]) {
        if let Some(directory) = self.open.last_mut() {
            for part in [mode, b" ", name, b"\0", id] {
                directory.body.extend_from_slice(part);
            }
        }
    }
}

fn lacking(name: &[u8], oid: Oid) -> Error {
    Error::new(format!("`{}` is staged as object {oid}, which is missing from this repository", tree::shown(name)))
        .help("stage it again with git add, or fetch it with git fetch --refetch")
}
