//! A commit as git reads it, from its own bytes: what libgit2 can't parse is no obstacle to whoever needs its parents and its tree.
//!
//! Old histories hold commits whose author has no e-mail (`author x 1 +0000`). Git carries them, and asks of them no more than this.

use crate::error::{Error, Result};
use crate::git::{Kind, Repo};
use crate::model::Oid;
use crate::text::escape;

/// Bytes of a commit that is read.
const MAX_COMMIT: u64 = 64 << 20;

/// What a commit's header says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// Its root tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// What follows `author `; empty where there is no such line.
    pub author: Vec<u8>,
    /// What follows `committer `; empty where there is no such line.
    pub committer: Vec<u8>,
    /// The message, raw bytes.
    pub message: Vec<u8>,
}

impl Repo {
    /// A commit's header.
    ///
    /// # Errors
    /// The object is missing, damaged, or no commit.
    pub fn commit_header(&self, oid: Oid) -> Result<Header> {
        let (kind, size) = self.header(oid)?;
        if kind != Kind::Commit {
            return Err(Error::new(format!("object {oid} is no commit")));
        }
        if size > MAX_COMMIT {
            return Err(Error::new(format!("commit {oid} has {size} bytes, and no commit over {MAX_COMMIT} is read")));
        }
        let object = self.object(oid)?;
        Header::read(&object.data)
            .ok_or_else(|| Error::new(format!("commit {oid} can't be read: it names no tree")).next("git fsck --full"))
    }
}

impl Header {
    fn read(data: &[u8]) -> Option<Self> {
        let end = data.windows(2).position(|pair| pair == b"\n\n");
        let message = end.and_then(|end| data.get(end + 2..)).unwrap_or_default().to_vec();
        let mut lines = data.get(..end.unwrap_or(data.len()))?.split(|b| *b == b'\n');
        let id = |hex: &[u8]| std::str::from_utf8(hex).ok().and_then(Oid::from_hex);
        let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut header = Self { tree, parents: Vec::new(), author: Vec::new(), committer: Vec::new(), message };
        let mut parents = true;
        for line in lines {
            if let Some(parent) = line.strip_prefix(b"parent ").filter(|_| parents) {
                header.parents.push(id(parent)?);
                continue;
            }
            parents = false;
            if let Some(author) = line.strip_prefix(b"author ").filter(|_| header.author.is_empty()) {
                header.author = author.to_vec();
            } else if let Some(committer) = line.strip_prefix(b"committer ").filter(|_| header.committer.is_empty()) {
                header.committer = committer.to_vec();
            }
        }
        Some(header)
    }

    /// The author's e-mail; empty where there is none.
    pub fn email(&self) -> &[u8] {
        let place = |byte: u8| self.author.iter().rposition(|b| *b == byte);
        match (place(b'<'), place(b'>')) {
            (Some(start), Some(end)) if start < end => self.author.get(start + 1..end).unwrap_or_default().trim_ascii(),
            (_, _) => b"",
        }
    }

    /// When the author says that it was written; seconds since 1970, 0 where that can't be read.
    pub fn authored(&self) -> i64 {
        seconds(&self.author)
    }

    /// When the committer says that it was made; likewise.
    pub fn committed(&self) -> i64 {
        seconds(&self.committer)
    }

    /// What git's fsck calls it, if it refuses whom the commit names: the first fault of the author, else of the committer.
    pub fn fault(&self) -> Option<Fault> {
        let of = |ident: &[u8], missing: Fault| if ident.is_empty() { Some(missing) } else { fault(ident) };
        of(&self.author, "missingAuthor").or_else(|| of(&self.committer, "missingCommitter"))
    }
}

/// An id of git's fsck, as `receive.fsck.<id>` has it.
pub type Fault = &'static str;

/// As git's `fsck_ident`.
fn fault(ident: &[u8]) -> Option<Fault> {
    let until = |bytes: &[u8]| bytes.iter().position(|b| matches!(b, b'<' | b'>')).unwrap_or(bytes.len());
    if ident.starts_with(b"<") {
        return Some("missingNameBeforeEmail");
    }
    let (name, rest) = ident.split_at(until(ident));
    match rest.first() {
        Some(b'<') if !name.ends_with(b" ") => return Some("missingSpaceBeforeEmail"),
        Some(b'<') => {}
        Some(_) => return Some("badName"),
        None => return Some("missingEmail"),
    }
    let rest = rest.get(1..).unwrap_or_default();
    let rest = rest.get(until(rest)..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b">") else { return Some("badEmail") };
    let Some(rest) = rest.strip_prefix(b" ") else { return Some("missingSpaceBeforeDate") };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (date, zone) = rest.split_at(digits);
    if date.len() > 1 && date.starts_with(b"0") {
        return Some("zeroPaddedDate");
    }
    if date.len() > 18 {
        return Some("badDateOverflow");
    }
    let [b' ', sign, hours @ ..] = zone else { return Some("badDate") };
    if date.is_empty() {
        return Some("badDate");
    }
    let zone = matches!(sign, b'+' | b'-') && hours.len() == 4 && hours.iter().all(u8::is_ascii_digit);
    (!zone).then_some("badTimezone")
}

fn seconds(ident: &[u8]) -> i64 {
    let after = ident.iter().rposition(|b| *b == b'>').and_then(|at| ident.get(at + 1..)).unwrap_or_default();
    let digits: Vec<u8> = after.trim_ascii_start().iter().copied().take_while(u8::is_ascii_digit).collect();
    std::str::from_utf8(&digits).map_or(0, |digits| digits.parse().unwrap_or(0))
}

/// The error for a commit that git's fsck refuses, with the way in for a history that is there already.
pub(super) fn malformed(oid: Oid, fault: Fault) -> Error {
    Error::new(format!("commit {oid} is malformed: git's fsck calls it `{}`", escape(fault.as_bytes()))).help(
        "make it again; for a history that is there already, whoever administers the server lists it in `receive.fsck.skipList`",
    )
}

#[cfg(test)]
#[path = "commit_object_tests.rs"]
mod tests;
