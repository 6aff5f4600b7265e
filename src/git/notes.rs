//! Records as notes on trees, `refs/notes/guard/<writer>`: one writer a ref, one envelope a line.

mod append;
mod compare;
mod push;
mod unite;

use git2::{ObjectType, Repository};

use super::Repo;
use super::repo::{foreign, git, own};
use crate::change::{Oid, RepoPath};
use crate::error::Result;

pub use append::append;
pub use compare::{added_lines, keeps_lines};
pub use push::push;
pub use unite::unite;

/// Where all writers' refs stand.
pub const PREFIX: &str = "refs/notes/guard/";
/// Below it, with the remote's name behind, what was fetched from remotes.
pub const TRACKED: &str = "remotes/";
/// A note over this many bytes isn't read, nor are all writers' notes on one object beyond four times as many.
const MAX_NOTE: usize = 16 << 20;
const MAX_ALL: usize = 4 * MAX_NOTE;

/// One line of a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteLine {
    /// The ref's name below `refs/notes/guard/`; not escaped.
    pub writer: String,
    /// The line without its newline, raw bytes; or why this writer's notes can't be read (what others wrote can't stop a reader).
    pub content: std::result::Result<Vec<u8>, String>,
}

/// All lines on an object, of every writer, looked up by the fan-out path. `proposed`: (full ref name, tip) that stand in place of the
/// repository's own for the same name, as a push proposes them; other refs among them are passed over.
///
/// # Errors
/// An object is missing or damaged.
pub fn lines(repo: &Repo, on: Oid, proposed: &[(Vec<u8>, Oid)]) -> Result<Vec<NoteLine>> {
    let mut tips = tips(repo)?;
    tips.extend(proposed.iter().filter(|(name, _)| name.starts_with(PREFIX.as_bytes())).cloned());
    let (mut all, mut size) = (Vec::new(), 0);
    let mut known = std::collections::BTreeSet::new();
    for (name, tip) in tips {
        let label = writer(name.get(PREFIX.len()..).unwrap_or_default());
        let writer = std::str::from_utf8(label).map_or_else(|_not_text| crate::report::escape(label), str::to_owned);
        let line = |content| NoteLine { writer: writer.clone(), content };
        match note(repo.raw(), tip, on, MAX_ALL - size)? {
            Err(why) => all.push(line(Err(why))),
            Ok(content) => {
                size += content.len();
                let new = split(&content).map(|bytes| line(Ok(bytes.to_vec())));
                // A line that was pushed from here and fetched again is one line.
                all.extend(new.filter(|line| known.insert((line.writer.clone(), line.content.clone()))));
            }
        }
    }
    Ok(all)
}

/// Whose notes a ref holds, by its full name.
pub fn writer_of(name: &[u8]) -> &[u8] {
    writer(name.strip_prefix(PREFIX.as_bytes()).unwrap_or_default())
}

/// All refs of notes: full names and tips.
///
/// # Errors
/// A ref can't be read.
pub fn tips(repo: &Repo) -> Result<std::collections::BTreeMap<Vec<u8>, Oid>> {
    let mut tips = std::collections::BTreeMap::new();
    for reference in repo.raw().references_glob(&format!("{PREFIX}*")).map_err(git)? {
        let reference = reference.map_err(git)?;
        let name = reference.name_bytes().to_vec();
        let resolved = reference.resolve().map_err(|e| git(e).context("could not read a ref of notes"))?;
        tips.extend(resolved.target().and_then(own).map(|tip| (name, tip)));
    }
    Ok(tips)
}

/// Whose notes a ref holds, by its name below `PREFIX`: what was fetched from a remote is still its writer's.
fn writer(label: &[u8]) -> &[u8] {
    match label.strip_prefix(TRACKED.as_bytes()) {
        Some(rest) => rest.rsplit(|b| *b == b'/').next().unwrap_or(rest),
        None => label,
    }
}

/// The lines of a note. `git notes append` puts blank ones between.
fn split(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|b| *b == b'\n').filter(|line| !line.is_empty())
}

/// The notes on `on` below a ref's tip, joined: git looks at every fan-out and concatenates. Inner errors: what the tip holds is no
/// note.
fn note(repo: &Repository, tip: Oid, on: Oid, room: usize) -> Result<std::result::Result<Vec<u8>, String>> {
    let object = repo.find_object(foreign(tip)?, None).map_err(git)?;
    let Ok(commit) = object.peel_to_commit() else { return Ok(Err("its ref names no commit".to_owned())) };
    let odb = repo.odb().map_err(git)?;
    let mut tree = commit.tree().map_err(git)?;
    let (hex, mut content) = (on.to_string(), Vec::new());
    let mut rest = hex.as_str();
    loop {
        if let Some(entry) = tree.get_name(rest) {
            let (size, kind) = odb.read_header(entry.id()).map_err(git)?;
            if kind != ObjectType::Blob {
                return Ok(Err("its note is no blob".to_owned()));
            }
            if size > MAX_NOTE || content.len() + size > room {
                return Ok(Err(format!("its note of {size} bytes is over the bound")));
            }
            content.extend_from_slice(odb.read(entry.id()).map_err(git)?.data());
            content.push(b'\n');
        }
        let (Some(first), Some(others)) = (rest.get(..2), rest.get(2..)) else { break };
        let Some(next) = tree.get_name(first).filter(|e| e.kind() == Some(ObjectType::Tree)).map(|e| e.id()) else { break };
        tree = repo.find_tree(next).map_err(git)?;
        rest = others;
    }
    Ok(Ok(content))
}

/// The object that a note at this path of a notes' tree is on, by any of git's fan-outs (`ab/cd/ef…`, lower case); `None`: no note.
fn object(path: &RepoPath) -> Option<Oid> {
    let mut parts = path.components().rev();
    let last = parts.next()?;
    let digits = |part: &[u8]| part.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !digits(last) || !parts.all(|part| part.len() == 2 && digits(part)) {
        return None;
    }
    let hex: Vec<u8> = path.components().flatten().copied().collect();
    std::str::from_utf8(&hex).map_or(None, Oid::from_hex)
}

/// The name under which this clone writes what nobody signs: `local-` and the slug of `user.email`, or `local`. One person's clones
/// share it; where two copies of it meet, `git notes merge -s cat_sort_uniq` unites them.
///
/// # Errors
/// The configuration can't be read.
pub fn local_writer(repo: &Repo) -> Result<String> {
    let email = repo.config("user.email")?.unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = email.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(64).collect();
    Ok(if slug.is_empty() { "local".to_owned() } else { format!("local-{slug}") })
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
