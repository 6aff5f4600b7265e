//! Two copies of one writer's notes become one: every line of both, each once, as `git notes merge -s cat_sort_uniq` has it.

use std::collections::{BTreeMap, BTreeSet};

use git2::{ErrorCode, Repository};

use super::append::{TRIES, commit, full, pause, put, raced, with_lines};
use super::{MAX_ALL, MAX_NOTE, PREFIX, note, split};
use crate::change::Oid;
use crate::error::{Error, Result};
use crate::git::delta::between;
use crate::git::repo::{foreign, git, own};
use crate::git::{Repo, range};
use crate::report::escape;

/// Puts the lines of `refs/notes/guard/<writer>` that `theirs` (a commit that is here already) lacks on top of it, and moves the ref there:
/// it goes forward from both. Gives the new tip.
///
/// # Errors
/// `theirs` is no commit or can't be read; a note of both together is over the bound; the repository can't be written.
pub fn unite(repo: &Repo, writer: &str, theirs: Oid) -> Result<Oid> {
    let disk = repo.writable()?;
    let name = format!("{PREFIX}{writer}");
    let failed = |e: Error| e.context(format!("could not unite two copies of `{}`", escape(name.as_bytes())));
    for _ in 0..TRIES {
        let ours = match disk.find_reference(&name).and_then(|reference| reference.peel_to_commit()) {
            Ok(commit) => Some(own(commit.id()).ok_or_else(|| failed(Error::new("it names no commit")))?),
            Err(e) if e.code() == ErrorCode::NotFound => None,
            Err(e) => return Err(failed(git(e))),
        };
        let new = united(repo, &disk, &name, ours, theirs).map_err(failed)?;
        if Some(new) == ours {
            return Ok(new);
        }
        match put(&disk, &name, foreign(new)?, ours.map(foreign).transpose()?, "guard: unite records") {
            Ok(()) => return Ok(new),
            Err(e) if raced(&e) => pause(),
            Err(e) => return Err(failed(git(e))),
        }
    }
    Err(failed(Error::new("others keep writing to it")))
}

/// The commit that holds the lines of both, made where there is none yet.
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

/// The lines of ours that aren't in theirs, by object in hexadecimal, joined by newlines. What stands at no object's path is no note.
fn missing(repo: &Repo, disk: &Repository, name: &str, ours: Oid, theirs: Oid) -> Result<BTreeMap<String, Vec<u8>>> {
    let (our_tree, their_tree) = (repo.commit(ours)?.tree, repo.commit(theirs)?.tree);
    let walk = between(repo, Some(their_tree), Some(our_tree), u64::MAX)?;
    let changed: BTreeSet<Oid> =
        walk.deltas.iter().filter(|delta| delta.new.is_some()).filter_map(|delta| super::object(&delta.path)).collect();
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

#[cfg(test)]
#[path = "unite_tests.rs"]
mod tests;
