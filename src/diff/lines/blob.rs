//! The content of one side of a change, as git's diff sees it.

use crate::error::{Error, Result};
use crate::model::{Entry, EntryKind, Oid};

use crate::diff::lines::LOAD_CAP;
use crate::git::{Kind, Repo};

/// What stands on one side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::diff) enum Side {
    /// Nothing, or content.
    Loaded(Vec<u8>),
    /// Content of this many bytes, too many to be loaded.
    TooLarge(u64),
}

impl Side {
    /// Loads the content of `entry`: for a symbolic link its target, for a submodule the line that git shows, without an entry
    /// nothing.
    ///
    /// # Errors
    /// The object is missing, damaged or no blob.
    pub(in crate::diff) fn load(repo: &Repo, entry: Option<Entry>) -> Result<Self> {
        match entry {
            None => Ok(Self::Loaded(Vec::new())),
            Some(Entry { kind: EntryKind::Submodule, oid }) => Ok(Self::Loaded(format!("Subproject commit {oid}\n").into_bytes())),
            Some(Entry { kind: EntryKind::File | EntryKind::Executable | EntryKind::Symlink, oid }) => {
                let size = blob_size(repo, oid)?;
                if size > LOAD_CAP { Ok(Self::TooLarge(size)) } else { repo.blob(oid).map(Self::Loaded) }
            }
        }
    }

    /// The size of the entry that it was loaded from. A submodule has none.
    pub(in crate::diff) fn size_of(&self, entry: Option<Entry>) -> u64 {
        match entry {
            None | Some(Entry { kind: EntryKind::Submodule, .. }) => 0,
            Some(Entry { kind: EntryKind::File | EntryKind::Executable | EntryKind::Symlink, .. }) => self.size(),
        }
    }

    /// Its size in bytes.
    pub(in crate::diff) fn size(&self) -> u64 {
        match self {
            Self::Loaded(bytes) => bytes.len() as u64,
            Self::TooLarge(size) => *size,
        }
    }
}

/// Size in bytes of the content of `entry`, from the object's header. A submodule and an absent entry have none.
///
/// # Errors
/// The object is missing, damaged or no blob.
pub(in crate::diff) fn size(repo: &Repo, entry: Option<Entry>) -> Result<u64> {
    match entry {
        None | Some(Entry { kind: EntryKind::Submodule, .. }) => Ok(0),
        Some(Entry { kind: EntryKind::File | EntryKind::Executable | EntryKind::Symlink, oid }) => blob_size(repo, oid),
    }
}

/// Size in bytes of a blob, from its header.
///
/// # Errors
/// The object is missing, damaged or no blob.
pub(in crate::diff) fn blob_size(repo: &Repo, oid: Oid) -> Result<u64> {
    match repo.header(oid)? {
        (Kind::Blob, size) => Ok(size),
        (Kind::Commit | Kind::Tree | Kind::Tag, _) => Err(Error::new(format!("object {oid} is no blob"))),
    }
}
