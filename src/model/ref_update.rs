//! What a push says on stdin.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::model::Oid;
use crate::text::escape;

/// More input than this is not read.
const MAX_BYTES: usize = 64 << 20;

/// More updates than this are not looked at.
const MAX_LINES: usize = 1_000_000;

/// No file system keeps a ref with a longer name.
const MAX_NAME: usize = 4_096;

/// Where all writers' evidence stands.
pub const EVIDENCE: &str = "refs/notes/guard/";

/// One update of a ref. The zero id is `None`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefUpdate {
    /// Full name of the ref on the receiving side, raw bytes.
    pub name: Vec<u8>,
    /// What it held; `None`: it is new.
    pub old: Option<Oid>,
    /// What it shall hold; `None`: it goes away.
    pub new: Option<Oid>,
}

/// Reads pre-receive's lines `<old> SP <new> SP <ref> LF`. Empty input is an empty list.
///
/// # Errors
/// A malformed line, an id that isn't hexadecimal of the right width, a ref named twice, no final newline.
pub fn pre_receive(input: &[u8]) -> Result<Vec<RefUpdate>> {
    updates(input, |line| {
        let mut fields = line.splitn(3, |b| *b == b' ');
        let (old, new, name) = (fields.next()?, fields.next()?, fields.next()?);
        update(name, old, new)
    })
}

/// Reads pre-push's lines `<local ref> SP <local oid> SP <remote ref> SP <remote oid> LF`.
///
/// # Errors
/// As `pre_receive`.
pub fn pre_push(input: &[u8]) -> Result<Vec<RefUpdate>> {
    updates(input, |line| {
        // from the end: what is pushed may be any revision, `HEAD^{/a b}` with its space
        let mut fields = line.rsplitn(4, |b| *b == b' ');
        let (old, name, new, local) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        if local.is_empty() { None } else { update(name, old, new) }
    })
}

/// What a transaction would do to some refs.
#[derive(Debug)]
pub struct Transaction {
    /// Refs that get an object, or go away. What a symbolic ref stood for before is `None`.
    pub updates: Vec<RefUpdate>,
    /// Refs that get another ref to stand for: both names, raw bytes.
    pub symbolic: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Reads reference-transaction's lines `<old> SP <new> SP <ref> LF`, those of refs below one of `wanted` alone; `ref:NAME` stands in place of
/// the id where a ref is a symbolic one.
///
/// # Errors
/// A malformed line; too much input.
pub fn transaction(input: &[u8], wanted: &[&[u8]]) -> Result<Transaction> {
    const SYMBOLIC: &[u8] = b"ref:";
    let (mut direct, mut symbolic) = (Vec::new(), Vec::new());
    for line in input.split_inclusive(|b| *b == b'\n') {
        let mut fields = line.splitn(3, |b| *b == b' ');
        let (Some(old), Some(new), Some(name)) = (fields.next(), fields.next(), fields.next()) else {
            // It is malformed, and told as such below.
            direct.extend_from_slice(line);
            continue;
        };
        if !wanted.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        match (old.starts_with(SYMBOLIC), new.strip_prefix(SYMBOLIC)) {
            (_, Some(target)) => symbolic.push((name.trim_ascii_end().to_vec(), target.to_vec())),
            (true, None) => direct.extend([vec![b'0'; new.len()].as_slice(), b" ", new, b" ", name].concat()),
            (false, None) => direct.extend_from_slice(line),
        }
    }
    Ok(Transaction { updates: pre_receive(&direct)?, symbolic })
}

fn updates(input: &[u8], read: impl Fn(&[u8]) -> Option<Parsed>) -> Result<Vec<RefUpdate>> {
    if input.len() > MAX_BYTES {
        return Err(Error::new(format!("the list of pushed refs is over {MAX_BYTES} bytes")));
    }
    let mut updates = Vec::new();
    let mut names = BTreeSet::new();
    let mut width = None;
    let mut rest = input;
    while !rest.is_empty() {
        let malformed = |what: &[u8]| Error::new(format!("malformed line in the list of pushed refs: `{}`", shown(what)));
        let end = rest.iter().position(|b| *b == b'\n').ok_or_else(|| malformed(rest))?;
        let (line, after) = rest.split_at(end);
        let parsed = read(line).filter(|p| *width.get_or_insert(p.width) == p.width).ok_or_else(|| malformed(line))?;
        if !names.insert(parsed.update.name.clone()) {
            return Err(Error::new(format!("ref `{}` is named twice in one push", shown(&parsed.update.name))));
        }
        if updates.len() >= MAX_LINES {
            return Err(Error::new(format!("more than {MAX_LINES} refs are pushed at once")));
        }
        updates.push(parsed.update);
        rest = after.get(1..).unwrap_or_default();
    }
    Ok(updates)
}

/// One line, and how wide its ids are.
struct Parsed {
    update: RefUpdate,
    width: usize,
}

fn update(name: &[u8], old: &[u8], new: &[u8]) -> Option<Parsed> {
    let is_name = (1..=MAX_NAME).contains(&name.len()) && !name.iter().any(|b| *b <= b' ' || *b == 0x7f);
    if !is_name || old.len() != new.len() {
        return None;
    }
    Some(Parsed { update: RefUpdate { name: name.to_vec(), old: id(old)?, new: id(new)? }, width: old.len() })
}

/// An id as git writes it, 40 or 64 lower-case digits; `Some(None)`: the zero id.
fn id(hex: &[u8]) -> Option<Option<Oid>> {
    let digits = matches!(hex.len(), 40 | 64) && hex.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !digits {
        None
    } else if hex.iter().all(|b| *b == b'0') {
        Some(None)
    } else {
        std::str::from_utf8(hex).ok().and_then(Oid::from_hex).map(Some)
    }
}

/// The beginning of what was sent.
fn shown(bytes: &[u8]) -> String {
    escape(bytes.get(..200).unwrap_or(bytes))
}

#[cfg(test)]
mod tests;
