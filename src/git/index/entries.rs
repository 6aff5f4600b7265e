//! The entries of an index, versions 2 to 4.

use super::damaged;
use crate::error::{Error, Result};
use crate::git::tree;

/// Bytes of an entry before its flags, and where mode and id stand in them.
const FLAGS: usize = 60;
const MODE: usize = 24;
const ID: usize = 40;
const NAME_LENGTH: u16 = 0x0fff;
const STAGE: u16 = 0x3000;
const EXTENDED: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;
const SKIP_WORKTREE: u16 = 0x4000;

/// One entry.
pub struct IndexEntry<'c> {
    /// Its path.
    pub name: &'c [u8],
    /// Its mode, as git will write it into a tree.
    pub mode: u32,
    /// Its id.
    pub id: &'c [u8],
    /// `git add -N`: not part of a commit.
    pub intent_to_add: bool,
    /// 0, or what a merge left.
    stage: u16,
}

/// Goes through the entries.
pub struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
    left: u32,
    version: u32,
    /// Version 4 says of each name how it differs from the one before.
    name: Vec<u8>,
    /// Whether an entry that was passed is a directory.
    directories: bool,
}

/// What a walk over all entries tells.
pub(super) struct Walked {
    /// Where they end.
    pub end: usize,
    /// Whether some are unmerged.
    pub unmerged: bool,
    /// Whether one is a directory.
    pub directories: bool,
}

fn is_directory(mode: u32) -> bool {
    mode & 0o170_000 == 0o040_000
}

/// The fixed part of an entry, and where its name starts.
struct Fixed {
    flags: u16,
    extended: u16,
    name: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(data: &'a [u8], version: u32, count: u32) -> Self {
        Self { data, at: 12, left: count, version, name: Vec::new(), directories: false }
    }

    /// The next entry.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn next(&mut self) -> Result<Option<IndexEntry<'_>>> {
        if self.left == 0 {
            return Ok(None);
        }
        let start = self.at;
        let fixed = self.fixed()?;
        let length = self.pass(&fixed)?;
        let truncated = || damaged("an entry is truncated");
        let name =
            if self.version < 4 { self.data.get(fixed.name..fixed.name + length).ok_or_else(truncated)? } else { &self.name };
        if name.is_empty() || name.contains(&0) {
            return Err(damaged("an entry's path is empty or holds a NUL"));
        }
        let entry = self.data.get(start..start + FLAGS).ok_or_else(truncated)?;
        Ok(Some(IndexEntry {
            name,
            mode: super::number(entry, MODE)?,
            id: entry.get(ID..).ok_or_else(truncated)?,
            intent_to_add: fixed.extended & INTENT_TO_ADD != 0,
            stage: fixed.flags & STAGE,
        }))
    }

    /// Passes over `count` entries, and gives the path of the last one.
    ///
    /// # Errors
    /// There are fewer, or the file is damaged.
    pub fn skip(&mut self, count: u32) -> Result<Option<&[u8]>> {
        let Some(mut before_last) = count.checked_sub(1) else { return Ok(None) };
        if self.left < count {
            return Err(damaged("its cache tree counts more entries than there are"));
        }
        while before_last > 0 {
            let left = self.left;
            self.pass_plain(before_last);
            if self.left == left {
                let fixed = self.fixed()?;
                self.pass(&fixed)?;
            }
            before_last -= left - self.left;
        }
        Ok(self.next()?.map(|entry| entry.name))
    }

    /// Passes over all remaining entries.
    ///
    /// # Errors
    /// The file is damaged.
    pub(super) fn walk(mut self) -> Result<Walked> {
        let mut stages = self.pass_plain(u32::MAX);
        while self.left > 0 {
            let fixed = self.fixed()?;
            stages |= fixed.flags & STAGE;
            self.directories |= is_directory(super::number(self.data, self.at + MODE)?);
            self.pass(&fixed)?;
            stages |= self.pass_plain(u32::MAX);
        }
        Ok(Walked { end: self.at, unmerged: stages & STAGE != 0, directories: self.directories })
    }

    /// Passes over at most `most` entries and gives their flags, joined.
    ///
    /// An entry that isn't plain (extended flags, a long name, version 4) ends the run. Every hook goes over the whole index this
    /// way, so this does no more than it must.
    fn pass_plain(&mut self, most: u32) -> u16 {
        let (mut at, mut joined) = (self.at, 0);
        let entries = if self.version < 4 { self.left.min(most) } else { 0 };
        let mut passed = 0;
        while passed < entries {
            let Some(flags) = self.data.get(at + FLAGS..).and_then(|rest| rest.first_chunk::<2>()) else { break };
            let flags = u16::from_be_bytes(*flags);
            let length = flags & NAME_LENGTH;
            let mode = self.data.get(at + MODE..).and_then(|rest| rest.first_chunk::<4>());
            self.directories |= mode.is_some_and(|mode| is_directory(u32::from_be_bytes(*mode)));
            if flags & EXTENDED != 0 || length == NAME_LENGTH {
                break;
            }
            joined |= flags;
            at += (FLAGS + 2 + usize::from(length) + 8) & !7;
            passed += 1;
        }
        self.at = at;
        self.left -= passed;
        joined
    }

    /// The error that names the unmerged entries.
    pub(super) fn unmerged(mut self) -> Result<Error> {
        let mut names: Vec<Vec<u8>> = Vec::new();
        while let Some(entry) = self.next()? {
            if entry.stage != 0 && names.last().is_none_or(|last| last != entry.name) {
                names.push(entry.name.to_vec());
            }
        }
        let shown: Vec<String> = names.iter().take(5).map(|name| format!("`{}`", tree::shown(name))).collect();
        let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
        Ok(Error::new(format!("the index holds unmerged paths: {}{more}", shown.join(", ")))
            .help("resolve the conflicts, then stage the result with git add or git rm"))
    }

    #[inline]
    fn fixed(&self) -> Result<Fixed> {
        let at = self.at + FLAGS;
        let flags = self.two(at)?;
        if flags & EXTENDED == 0 {
            return Ok(Fixed { flags, extended: 0, name: at + 2 });
        }
        let extended = self.two(at + 2)?;
        if extended & !(INTENT_TO_ADD | SKIP_WORKTREE) != 0 {
            return Err(Error::new(format!("the index has an entry with flags that are not known ({extended:#06x})")));
        }
        Ok(Fixed { flags, extended, name: at + 4 })
    }

    /// Goes to the next entry, and gives the length of this entry's name.
    #[inline]
    fn pass(&mut self, fixed: &Fixed) -> Result<usize> {
        self.left -= 1;
        if self.version == 4 {
            return self.pass_compressed(fixed.name);
        }
        let length = match fixed.flags & NAME_LENGTH {
            NAME_LENGTH => self.nul(fixed.name)?,
            length => usize::from(length),
        };
        // Padded to a multiple of eight, with at least one NUL.
        self.at += (fixed.name - self.at + length + 8) & !7;
        Ok(length)
    }

    /// Passes a name of version 4: how many bytes to cut off the previous name, then the bytes to append, and a NUL.
    fn pass_compressed(&mut self, start: usize) -> Result<usize> {
        let (mut at, mut strip) = (start, 0_usize);
        loop {
            let byte = *self.data.get(at).ok_or_else(|| damaged("an entry is truncated"))?;
            at += 1;
            strip = (strip << 7) | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
            if at - start > 4 {
                return Err(damaged("a number is too large"));
            }
            strip += 1;
        }
        let kept = self.name.len().checked_sub(strip).ok_or_else(|| damaged("a path is shorter than what it leaves out"))?;
        let added = self.nul(at)?;
        self.name.truncate(kept);
        self.name.extend_from_slice(self.data.get(at..at + added).unwrap_or_default());
        self.at = at + added + 1;
        Ok(self.name.len())
    }

    fn nul(&self, start: usize) -> Result<usize> {
        self.data.get(start..).and_then(tree::nul).ok_or_else(|| damaged("a path does not end"))
    }

    #[inline]
    fn two(&self, at: usize) -> Result<u16> {
        let two = self.data.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or_else(|| damaged("an entry is truncated"))?;
        Ok(u16::from_be_bytes(*two))
    }
}
