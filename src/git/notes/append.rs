//! Writing: a line on an object, whoever else writes the same ref at the same time.

use std::collections::BTreeMap;
use std::time::Duration;

use git2::{ErrorCode, ObjectType, Repository, Signature};

use super::{MAX_ALL, MAX_NOTE, PREFIX, note, split};
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::patience::Patience;
use crate::git::repo::{git, own};
use crate::model::Oid;

/// How long a write is tried while others write the same ref.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Appends one line to `writer`'s note on an object, unless the line is there already.
///
/// Nothing is lost of what others write to the ref at the same time.
///
/// # Errors
/// The repository can't be written.
pub fn append(repo: &Repo, on: Oid, writer: &str, line: &str) -> Result<()> {
    let disk = repo.writable()?;
    let name = format!("{PREFIX}{writer}");
    let mut patience = Patience::here(PATIENCE);
    loop {
        match append_once(&disk, &name, on, line) {
            Ok(result) => return result,
            Err(e) if raced(&e) && patience.wait() => {}
            Err(e) => {
                return Err(git(e).context(format!("could not write the record to `{}`", crate::text::escape(name.as_bytes()))));
            }
        }
    }
}

/// Another process holds the ref's lock, has moved it, or has just made it.
pub(in crate::git) fn raced(error: &git2::Error) -> bool {
    let retried = [ErrorCode::Locked, ErrorCode::Modified, ErrorCode::Exists, ErrorCode::NotFastForward];
    retried.contains(&error.code())
}

fn append_once(disk: &Repository, name: &str, on: Oid, line: &str) -> std::result::Result<Result<()>, git2::Error> {
    let parent = match disk.find_reference(name) {
        Ok(reference) => Some(reference.peel_to_commit()?),
        Err(e) if e.code() == ErrorCode::NotFound => None,
        Err(e) => return Err(e),
    };
    if let Some(tip) = parent.as_ref().and_then(|commit| own(commit.id())) {
        match note(disk, tip, on, MAX_ALL) {
            Ok(Ok(content)) if split(&content).any(|there| there == line.as_bytes()) => return Ok(Ok(())),
            Ok(Ok(content)) if content.len() + line.len() + 1 > MAX_NOTE => return Ok(Err(full(name, on, content.len()))),
            Ok(Ok(_)) => {}
            Ok(Err(why)) => return Ok(Err(Error::new(format!("the notes of `{name}` can't be continued: {why}")))),
            Err(e) => return Ok(Err(e)),
        }
    }
    let root = parent.as_ref().map(git2::Commit::tree).transpose()?;
    let tree = with_lines(disk, root.as_ref(), &BTreeMap::from([(on.to_string(), line.as_bytes().to_vec())]))?;
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    let commit = commit(disk, tree, "Record a run\n", &parents)?;
    put(disk, name, commit, parent.as_ref().map(git2::Commit::id), "guard: record a run").map(Ok)
}

pub(super) fn full(name: &str, on: Oid, size: usize) -> Error {
    Error::new(format!("the note on tree {on} is full: it holds {size} bytes")).next(format!("git notes --ref={name} remove {on}"))
}

/// Commits a tree of notes. The author is git's configured user, or the guard where git has none.
pub(super) fn commit(
    disk: &Repository,
    tree: git2::Oid,
    message: &str,
    parents: &[&git2::Commit<'_>],
) -> std::result::Result<git2::Oid, git2::Error> {
    let me = disk.signature().or_else(|_no_name| Signature::now("guard", "guard@localhost"))?;
    disk.commit(None, &me, &me, message, &disk.find_tree(tree)?, parents)
}

/// Moves a ref, if it still holds `old`. `None` means that the ref doesn't exist.
pub(in crate::git) fn put(
    disk: &Repository,
    name: &str,
    new: git2::Oid,
    old: Option<git2::Oid>,
    why: &str,
) -> std::result::Result<(), git2::Error> {
    // With the zero id git checks under the ref's lock that there is no ref; a plain creation checks it before it takes the lock.
    disk.reference_matching(name, new, true, old.unwrap_or(git2::Oid::ZERO_SHA1), why).map(|_written| ())
}

/// The notes' tree with more lines (by object, in hexadecimal) at `ab/cdef…`.
///
/// Git reads a note at any fan-out. With this one no tree grows long.
pub(super) fn with_lines(
    disk: &Repository,
    root: Option<&git2::Tree<'_>>,
    added: &BTreeMap<String, Vec<u8>>,
) -> std::result::Result<git2::Oid, git2::Error> {
    let mut directories: BTreeMap<&str, Vec<(&str, &[u8])>> = BTreeMap::new();
    for (hex, lines) in added {
        let (directory, file) = hex.split_at(2);
        directories.entry(directory).or_default().push((file, lines));
    }
    let mut outer = disk.treebuilder(root)?;
    for (directory, files) in directories {
        let standing = root.and_then(|tree| tree.get_name(directory)).filter(|entry| entry.kind() == Some(ObjectType::Tree));
        let below = standing.map(|entry| disk.find_tree(entry.id())).transpose()?;
        let mut inner = disk.treebuilder(below.as_ref())?;
        for (file, lines) in files {
            let mut content = match below.as_ref().and_then(|tree| tree.get_name(file)) {
                Some(entry) => disk.find_blob(entry.id())?.content().to_vec(),
                None => Vec::new(),
            };
            if !content.is_empty() && !content.ends_with(b"\n") {
                content.push(b'\n');
            }
            content.extend_from_slice(lines);
            content.push(b'\n');
            inner.insert(file, disk.blob(&content)?, 0o100_644)?;
        }
        outer.insert(directory, inner.write()?, 0o040_000)?;
    }
    outer.write()
}
