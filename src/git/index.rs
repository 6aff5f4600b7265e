//! The index file: header, entries, extensions.
//!
//! The file isn't mapped into memory, which would be unsafe.

mod cache_tree;
mod entries;

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use sha1::{Digest, Sha1};

use crate::error::{Error, Result};
use crate::text::escape;

pub(super) use cache_tree::{CacheTree, Node};
pub(super) use entries::{Cursor, IndexEntry};

const HEADER: u64 = 12;
/// The hash over all that stands before it, or zeros (`index.skipHash`). Git verifies it in fsck only.
const TRAILER: u64 = 20;
/// Signature, size, offset, hash.
const EOIE: u64 = 8 + 4 + 20;

/// An index, opened.
pub(super) struct Index {
    file: File,
    size: u64,
    version: u32,
    count: u32,
    /// The whole file, once something needed it.
    data: Option<Vec<u8>>,
    /// Where the entries end.
    entries_end: u64,
    /// Whether some entries are unmerged; `None` until they are read.
    unmerged: Option<bool>,
    /// Whether some entry is a directory; known with `unmerged`.
    directories: bool,
    /// Where the cache tree stands: offset and size.
    cache_tree: Option<(u64, u64)>,
    /// A required extension that only git reads here: `link`, `sdir`.
    required: Option<[u8; 4]>,
}

/// "the index is damaged: …"
pub(super) fn damaged(how: &str) -> Error {
    Error::new(format!("the index is damaged: {how}"))
}

impl Index {
    /// Opens the file and finds its extensions; `None` without a file, which git takes for an empty index.
    ///
    /// # Errors
    /// It can't be read, is damaged, or is of a version that isn't known.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let unreadable = |e: std::io::Error| {
            Error::new(format!("could not read the index `{}`: {e}", escape(path.as_os_str().as_encoded_bytes())))
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(unreadable(e)),
        };
        let size = file.metadata().map_err(unreadable)?.len();
        let mut index = Self {
            file,
            size,
            version: 0,
            count: 0,
            data: None,
            entries_end: 0,
            unmerged: None,
            directories: false,
            cache_tree: None,
            required: None,
        };
        index.read_header()?;
        match index.end_of_entries()? {
            Some(end) => index.entries_end = end,
            None => index.walk()?,
        }
        index.find_extensions()?;
        Ok(Some(index))
    }

    /// The extension that only git can read, where there is one.
    pub fn required(&self) -> Option<&[u8; 4]> {
        self.required.as_ref()
    }

    /// Whether an entry is a directory, as only a sparse index has them: git then drops the cache tree.
    ///
    /// # Errors
    /// The file can't be read; the entries don't end where `EOIE` says.
    pub fn holds_directories(&mut self) -> Result<bool> {
        self.walk_once()?;
        Ok(self.directories)
    }

    /// All of the cache tree.
    ///
    /// # Errors
    /// The file can't be read, or the cache tree is damaged.
    pub fn cache_tree(&self) -> Result<Option<Vec<u8>>> {
        self.cache_tree.map(|(offset, size)| self.bytes(offset, size)).transpose()
    }

    /// The entries, in the file's order.
    ///
    /// # Errors
    /// The file can't be read; the entries don't end where `EOIE` says; there are unmerged ones, which are named.
    pub fn entries(&mut self) -> Result<Cursor<'_>> {
        self.walk_once()?;
        let cursor = Cursor::new(self.data.as_deref().unwrap_or_default(), self.version, self.count);
        if self.unmerged == Some(true) { Err(cursor.unmerged()?) } else { Ok(cursor) }
    }

    /// Walks over the entries, unless that was done.
    fn walk_once(&mut self) -> Result<()> {
        if self.unmerged.is_some() {
            return Ok(());
        }
        let said = self.entries_end;
        self.walk()?;
        if self.entries_end == said { Ok(()) } else { Err(damaged("its entries do not end where `EOIE` says")) }
    }

    fn read_header(&mut self) -> Result<()> {
        if self.size < HEADER + TRAILER {
            return Err(damaged("it is too short"));
        }
        let header = self.bytes(0, HEADER)?;
        if !header.starts_with(b"DIRC") {
            return Err(damaged("it does not start with `DIRC`"));
        }
        (self.version, self.count) = (number(&header, 4)?, number(&header, 8)?);
        if !(2..=4).contains(&self.version) {
            return Err(Error::new(format!("the index has version {}, and only 2, 3 and 4 are known", self.version)));
        }
        Ok(())
    }

    /// Where the entries end, as `EOIE` says; `None` where there is no such extension, or its hash isn't that of the extensions.
    fn end_of_entries(&self) -> Result<Option<u64>> {
        let Some(start) = self.size.checked_sub(TRAILER + EOIE).filter(|start| *start >= HEADER) else { return Ok(None) };
        let eoie = self.bytes(start, EOIE)?;
        if !eoie.starts_with(b"EOIE\0\0\0\x18") {
            return Ok(None);
        }
        let end = u64::from(number(&eoie, 8)?);
        let (mut at, mut hash) = (end, Sha1::new());
        while (HEADER..start).contains(&at) {
            let header = self.bytes(at, 8)?;
            hash.update(&header);
            at = at.saturating_add(8 + u64::from(number(&header, 4)?));
        }
        Ok((at == start && eoie.get(12..) == Some(hash.finalize().as_slice())).then_some(end))
    }

    /// Reads the whole file and walks over its entries.
    fn walk(&mut self) -> Result<()> {
        let data = self.bytes(0, self.size)?;
        let walked = Cursor::new(&data, self.version, self.count).walk()?;
        self.entries_end = u64::try_from(walked.end).unwrap_or(u64::MAX);
        self.unmerged = Some(walked.unmerged);
        self.directories = walked.directories;
        self.data = Some(data);
        Ok(())
    }

    fn find_extensions(&mut self) -> Result<()> {
        let (mut at, end) = (self.entries_end, self.size - TRAILER);
        while at < end {
            let header = self.bytes(at, 8)?;
            let size = u64::from(number(&header, 4)?);
            match header.first_chunk::<4>() {
                Some(b"TREE") if self.cache_tree.is_some() => return Err(damaged("it has two cache trees")),
                Some(b"TREE") => self.cache_tree = Some((at + 8, size)),
                Some([b'A'..=b'Z', ..]) | None => {}
                Some(name) => self.required = Some(*name),
            }
            at = at.saturating_add(8 + size);
        }
        if at == end { Ok(()) } else { Err(damaged("its extensions do not end where the file does")) }
    }

    /// A part of the file.
    fn bytes(&self, offset: u64, size: u64) -> Result<Vec<u8>> {
        if offset.checked_add(size).is_none_or(|end| end > self.size) {
            return Err(damaged("it is truncated"));
        }
        let unreadable = |e: std::io::Error| Error::new(format!("could not read the index: {e}"));
        let wanted = usize::try_from(size).map_err(|_too_large| damaged("it is too large"))?;
        // Not `vec![0; wanted]`: to zero the index of a large repository costs more than to read it.
        let mut bytes = Vec::with_capacity(wanted);
        (&self.file).seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        (&self.file).take(size).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() != wanted {
            return Err(damaged("it ends too early"));
        }
        Ok(bytes)
    }
}

/// The big-endian number at an offset.
fn number(bytes: &[u8], at: usize) -> Result<u32> {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(|| damaged("it is truncated"))?;
    Ok(u32::from_be_bytes(*four))
}
