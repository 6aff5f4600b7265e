//! Single objects of a repository.

use std::collections::BTreeSet;
use std::rc::Rc;

use git2::{ErrorClass, ErrorCode, ObjectType};

use super::{Repo, foreign, git, own};
use crate::error::{Error, Result};
use crate::git::range::cut_off;
use crate::model::{EntryKind, Oid, RepoPath};

/// The kind of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// Content.
    Blob,
    /// An annotated tag.
    Tag,
}

/// An object's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// Its content without the header, shared with the memory of objects.
    pub data: Rc<Vec<u8>>,
}

/// Bytes of a commit or tag that is read where somebody pushes it.
const MAX_COMMIT: u64 = 64 << 20;

/// Tags of tags that are followed.
const MAX_TAGS: usize = 1_000;

/// A commit, as judging needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Its id.
    pub oid: Oid,
    /// Its root tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// The author's e-mail, raw bytes.
    pub author_email: Vec<u8>,
    /// The message, raw bytes.
    pub message: Vec<u8>,
}

impl Repo {
    /// The commit that an object is, or that a tag leads to; `None` where it leads to a tree or a blob.
    ///
    /// # Errors
    /// The object is missing or damaged.
    pub fn peel_to_commit(&self, oid: Oid) -> Result<Option<Oid>> {
        self.peel(oid, 0)
    }

    /// The same of an object that may not be here: then there is none.
    ///
    /// # Errors
    /// The object is damaged.
    pub fn commit_if_here(&self, oid: Oid) -> Result<Option<Oid>> {
        if self.exists(oid)? { self.peel_to_commit(oid) } else { Ok(None) }
    }

    fn peel(&self, oid: Oid, depth: usize) -> Result<Option<Oid>> {
        let (kind, size) = self.header(oid)?;
        if matches!(kind, Kind::Tree | Kind::Blob) {
            return Ok(None);
        }
        if size > MAX_COMMIT {
            return Err(Error::new(format!("object {oid} has {size} bytes, and no commit or tag over {MAX_COMMIT} is read")));
        }
        if kind == Kind::Commit {
            return Ok(Some(oid));
        }
        let tag = self.inner.find_tag(foreign(oid)?).map_err(|e| missing(oid, &e))?;
        match own(tag.target_id()) {
            Some(target) if depth < MAX_TAGS => self.peel(target, depth + 1),
            Some(_) => Err(Error::new(format!("tag {oid} leads to more than {MAX_TAGS} tags in a row"))),
            None => Ok(None),
        }
    }

    /// Whether an object is here.
    ///
    /// # Errors
    /// The object database can't be read.
    pub fn exists(&self, oid: Oid) -> Result<bool> {
        Ok(self.inner.odb().map_err(git)?.exists(foreign(oid)?))
    }

    /// The author of a commit: e-mail (raw bytes) and time (seconds since 1970).
    ///
    /// # Errors
    /// The object is missing, damaged, or no commit.
    pub fn author(&self, oid: Oid) -> Result<(Vec<u8>, i64)> {
        let header = self.commit_header(oid)?;
        Ok((header.email().to_vec(), header.authored()))
    }

    /// Kind and size in bytes, from the header alone.
    ///
    /// # Errors
    /// The object is missing or damaged.
    pub fn header(&self, oid: Oid) -> Result<(Kind, u64)> {
        self.deadline.check()?;
        if let Some(known) = self.remembered(oid) {
            return Ok((known.kind, known.data.len() as u64));
        }
        let odb = self.inner.odb().map_err(git)?;
        let (size, kind) = self.or_promised(oid, || odb.read_header(foreign_raw(oid)?))?;
        Ok((own_kind(kind, oid)?, u64::try_from(size).unwrap_or(u64::MAX)))
    }

    /// Kind and content.
    ///
    /// # Errors
    /// The object is missing or damaged.
    pub fn object(&self, oid: Oid) -> Result<Object> {
        self.deadline.check()?;
        if let Some(known) = self.remembered(oid) {
            return Ok(known);
        }
        let odb = self.inner.odb().map_err(git)?;
        let object = self.or_promised(oid, || odb.read(foreign_raw(oid)?))?;
        let mut data = Vec::new();
        data.try_reserve_exact(object.len()).map_err(|_none_left| too_large(oid))?;
        data.extend_from_slice(object.data());
        let object = Object { kind: own_kind(object.kind(), oid)?, data: Rc::new(data) };
        if let Some(remembered) = self.remembered.borrow_mut().as_mut() {
            remembered.keep(oid, &object);
        }
        Ok(object)
    }

    /// What `read` gives: once more where the object was missing and git could fetch it.
    fn or_promised<T>(&self, oid: Oid, read: impl Fn() -> std::result::Result<T, git2::Error>) -> Result<T> {
        match read() {
            Err(e) if e.code() == ErrorCode::NotFound && self.fetch_promised(&BTreeSet::from([oid]))? => {
                read().map_err(|e| missing(oid, &e))
            }
            other => other.map_err(|e| missing(oid, &e)),
        }
    }

    fn remembered(&self, oid: Oid) -> Option<Object> {
        self.remembered.borrow_mut().as_mut()?.get(oid)
    }

    /// The content of a blob.
    ///
    /// # Errors
    /// The object is missing, damaged, or no blob.
    pub fn blob(&self, oid: Oid) -> Result<Vec<u8>> {
        let object = self.object(oid)?;
        if object.kind == Kind::Blob {
            Ok(Rc::unwrap_or_clone(object.data))
        } else {
            Err(Error::new(format!("object {oid} is no blob")))
        }
    }

    /// Mode and id of what stands at a path below a tree; `None`: nothing does.
    ///
    /// # Errors
    /// A tree is missing or damaged.
    pub fn entry_at(&self, tree: Oid, path: &RepoPath) -> Result<Option<(i32, Oid)>> {
        let mut tree = tree;
        let mut rest = path.components().peekable();
        while let Some(name) = rest.next() {
            self.deadline.check()?;
            let here = self.inner.find_tree(foreign(tree)?).map_err(|e| missing(tree, &e))?;
            let found = here.get_name_bytes(name);
            let Some((mode, id)) = found.and_then(|e| Some((e.filemode_raw(), own(e.id())?))) else { return Ok(None) };
            if rest.peek().is_none() {
                return Ok(Some((canonical(mode), id)));
            }
            if mode & 0o170_000 != 0o040_000 {
                return Ok(None);
            }
            tree = id;
        }
        Ok(None)
    }

    /// Writes an object, in memory only.
    ///
    /// # Errors
    /// libgit2 can't hash it.
    pub fn write(&self, kind: Kind, data: &[u8]) -> Result<Oid> {
        let kind = match kind {
            Kind::Commit => ObjectType::Commit,
            Kind::Tree => ObjectType::Tree,
            Kind::Blob => ObjectType::Blob,
            Kind::Tag => ObjectType::Tag,
        };
        let oid = self.inner.odb().and_then(|odb| odb.write(kind, data)).map_err(git)?;
        own(oid).ok_or_else(|| Error::new("an object hashed to zero"))
    }

    /// A commit.
    ///
    /// # Errors
    /// The object is missing, damaged, or no commit.
    pub fn commit(&self, oid: Oid) -> Result<Commit> {
        self.deadline.check()?;
        let header = self.commit_header(oid)?;
        let author_email = header.email().to_vec();
        let parents = if cut_off(self)?.contains(&oid) { Vec::new() } else { header.parents };
        Ok(Commit { oid, tree: header.tree, parents, author_email, message: header.message })
    }
}

fn foreign_raw(oid: Oid) -> std::result::Result<git2::Oid, git2::Error> {
    git2::Oid::from_bytes(oid.as_bytes())
}

/// A mode as git reads it, whatever an old tree has.
fn canonical(mode: i32) -> i32 {
    match mode & 0o170_000 {
        0o040_000 => 0o040_000,
        0o120_000 => EntryKind::Symlink.mode(),
        0o100_000 if mode & 0o100 == 0 => EntryKind::File.mode(),
        0o100_000 => EntryKind::Executable.mode(),
        _ => EntryKind::Submodule.mode(),
    }
}

fn own_kind(kind: ObjectType, oid: Oid) -> Result<Kind> {
    match kind {
        ObjectType::Commit => Ok(Kind::Commit),
        ObjectType::Tree => Ok(Kind::Tree),
        ObjectType::Blob => Ok(Kind::Blob),
        ObjectType::Tag => Ok(Kind::Tag),
        ObjectType::Any => Err(Error::new(format!("object {oid} has no type"))),
    }
}

/// The error for an object that the process has no memory left for.
fn too_large(oid: Oid) -> Error {
    Error::new(format!("object {oid} takes more memory than there is for one push")).help("push less at a time, or smaller files")
}

/// The error for an object that can't be read: it is absent, there is no room for it, or it is damaged.
pub(in crate::git) fn missing(oid: Oid, error: &git2::Error) -> Error {
    if error.code() == ErrorCode::NotFound {
        Error::new(format!("object {oid} is missing from this repository"))
            .help("a shallow clone lacks what is older, a partial one what was left out")
            .next("git fetch --unshallow")
            .next("git fetch --refetch")
    } else if error.class() == ErrorClass::NoMemory {
        too_large(oid)
    } else {
        Error::new(format!("object {oid} can't be read: {}", crate::text::escape(error.message().as_bytes())))
            .next("git fsck --full")
    }
}
