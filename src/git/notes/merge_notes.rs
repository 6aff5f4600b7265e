//! Unites two copies of one writer's notes: every line of both, each once, as `git notes merge -s cat_sort_uniq` does.

use std::collections::{BTreeMap, BTreeSet};

use git2::{ErrorCode, Repository};

use crate::error::{Error, Result};
use crate::git::notes::append::{PATIENCE, commit, full, put, raced, with_lines};
use crate::git::notes::{MAX_ALL, MAX_NOTE, PREFIX, note, split};
use crate::git::patience::Patience;
use crate::git::repo::{foreign, git, own};
use crate::git::tree_diff::between;
use crate::git::{Repo, range};
use crate::model::{Oid, RepoPath};
use crate::text::escape;

/// Unites `refs/notes/guard/<writer>` with `theirs`, a commit that this repository has, and moves the ref to the result.
///
/// The new tip descends from both. It is what this gives.
///
/// # Errors
/// `theirs` is no commit or can't be read; a note of both together is over the bound; the repository can't be written.
pub fn unite(repo: &Repo, writer: &str, theirs: Oid) -> Result<Oid> {
    let disk = repo.writable()?;
    let name = format!("{PREFIX}{writer}");
    let mut patience = Patience::here(PATIENCE);
    loop {
        let ours = tip(&disk, &name)?;
        let new = united(repo, &disk, &name, ours, theirs).map_err(|e| failed(&name, e))?;
        if Some(new) == ours {
            return Ok(new);
        }
        match put(&disk, &name, foreign(new)?, ours.map(foreign).transpose()?, "guard: unite records") {
            Ok(()) => return Ok(new),
            Err(e) if raced(&e) && patience.wait() => {}
            Err(e) => return Err(failed(&name, git(e))),
        }
    }
}

/// Unites as `unite` does, but leaves the ref alone, so that it holds only what this clone has recorded.
///
/// # Errors
/// As `unite`.
pub fn unite_aside(repo: &Repo, writer: &str, theirs: Oid) -> Result<Oid> {
    let disk = repo.writable()?;
    let name = format!("{PREFIX}{writer}");
    united(repo, &disk, &name, tip(&disk, &name)?, theirs).map_err(|e| failed(&name, e))
}

fn failed(name: &str, why: Error) -> Error {
    why.context(format!("could not unite two copies of `{}`", escape(name.as_bytes())))
}

fn tip(disk: &Repository, name: &str) -> Result<Option<Oid>> {
    match disk.find_reference(name).and_then(|reference| reference.peel_to_commit()) {
        Ok(commit) => own(commit.id()).map(Some).ok_or_else(|| failed(name, Error::new("it names no commit"))),
        Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
        Err(e) => Err(failed(name, git(e))),
    }
}

/// The commit that holds the lines of both. One is made where neither tip already does.
fn united(repo: &Repo, disk: &Repository, name: &str, ours: Option<Oid>, theirs: Oid) -> Result<Oid> {
    let Some(ours) = ours else { return Ok(theirs) };
    if range::is_ancestor(repo, theirs, ours)? {
        return Ok(ours);
    }
    let missing = missing(repo, disk, name, ours, theirs)?;
    if missing.is_empty() {
        return Ok(theirs);
    }
    let written = || {
        let (ours, theirs) = (disk.find_commit(foreign_raw(ours)?)?, disk.find_commit(foreign_raw(theirs)?)?);
        let tree = with_lines(disk, Some(&theirs.tree()?), &missing)?;
        commit(disk, tree, "Unite records\n", &[&theirs, &ours])
    };
    own(written().map_err(git)?).ok_or_else(|| Error::new("a commit hashed to zero"))
}

fn foreign_raw(oid: Oid) -> std::result::Result<git2::Oid, git2::Error> {
    git2::Oid::from_bytes(oid.as_bytes())
}

/// The lines of ours that theirs lacks, by object in hexadecimal, joined by newlines.
fn missing(repo: &Repo, disk: &Repository, name: &str, ours: Oid, theirs: Oid) -> Result<BTreeMap<String, Vec<u8>>> {
    let (our_tree, their_tree) = (repo.commit(ours)?.tree, repo.commit(theirs)?.tree);
    let walk = between(repo, Some(their_tree), Some(our_tree), u64::MAX)?;
    let changed: BTreeSet<Oid> =
        walk.deltas.iter().filter(|delta| delta.new.is_some()).filter_map(|delta| object(&delta.path)).collect();
    let mut all = BTreeMap::new();
    for on in changed {
        let read = |tip| note(disk, tip, on, MAX_ALL)?.map_err(Error::new);
        let (our_lines, their_lines) = (read(ours)?, read(theirs)?);
        let there: BTreeSet<&[u8]> = split(&their_lines).collect();
        let lines: Vec<&[u8]> = split(&our_lines).filter(|line| !there.contains(line)).collect();
        let lines = lines.join(&b'\n');
        if their_lines.len() + lines.len() + 1 > MAX_NOTE {
            return Err(full(name, on, their_lines.len()));
        }
        if !lines.is_empty() {
            all.insert(on.to_string(), lines);
        }
    }
    Ok(all)
}

/// The object on which the note at this path is, at any of git's fan-outs (`ab/cd/ef…`, lower case); `None` where it is no note.
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

#[cfg(test)]
#[path = "merge_notes_tests.rs"]
mod tests;
