//! Identifies this repository as records do, by a root commit.

use std::path::Path;

use super::Repo;
use super::repo::{foreign, git};
use crate::error::{Error, Result};
use crate::model::Oid;

/// Bytes of a root commit. A larger commit counts as no root.
const MAX_COMMIT: usize = 16 << 20;

/// Commits of a walk to a known commit. After a longer walk the answer is remembered anew.
const LONG: usize = 64;

/// The root commit that `tip` reaches by first parents.
///
/// # Errors
/// A commit is missing; the clone is shallow, so that the root isn't there.
pub fn of(repo: &Repo, tip: Oid) -> Result<Oid> {
    reached(repo, tip, None).map(|(root, _)| root)
}

/// Whether two commits reach one root commit by first parents. `new` most often goes on from `old`.
///
/// # Errors
/// As `of`.
pub fn is_kept(repo: &Repo, old: Oid, new: Oid) -> Result<bool> {
    let (root, _) = reached(repo, new, Some((old, old)))?;
    Ok(root == old || root == of(repo, old)?)
}

/// The root commit, remembered in the repository's directory once it was found, since a long history is a long walk.
///
/// The memory holds for commits from which the remembered commit is reached. A clone can be given another repository's history.
///
/// # Errors
/// As `of`.
pub fn remembered(repo: &Repo, tip: Oid) -> Result<Oid> {
    let file = repo.common_dir().join("guard").join("root");
    let known = match read(&file) {
        Some((at, root)) if is_parentless(repo, &root)? => Some((at, root)),
        Some(_) | None => None,
    };
    let (root, steps) = reached(repo, tip, known)?;
    // If it can't be written down, the next call walks again.
    if known.is_none() || steps > LONG {
        drop(repo.write_file(&file, format!("{tip} {root}\n").as_bytes()));
    }
    Ok(root)
}

/// A commit, and the root that it reaches, as they were written.
fn read(file: &Path) -> Option<(Oid, Oid)> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let (at, root) = text.strip_suffix('\n')?.split_once(' ')?;
    Some((Oid::from_hex(at)?, Oid::from_hex(root)?))
}

/// The root, and how many steps the walk took. `known` is a commit and its root.
fn reached(repo: &Repo, tip: Oid, known: Option<(Oid, Oid)>) -> Result<(Oid, usize)> {
    let (mut here, mut steps) = (tip, 0);
    loop {
        match known {
            Some((at, root)) if at == here => return Ok((root, steps)),
            Some(_) | None => {}
        }
        // Only parents are needed: whatever else an old commit says, libgit2 may be unable to read.
        let commit = repo.commit(here).map_err(|e| e.context("the history can't be followed to its root"))?;
        let Some(parent) = commit.parents.first() else {
            return if is_parentless(repo, &here)? { Ok((here, steps)) } else { Err(shallow()) };
        };
        here = *parent;
        steps += 1;
    }
}

fn shallow() -> Error {
    Error::new("this clone is shallow: its root commit, which names the repository in a record, isn't here")
        .next("git fetch --unshallow")
}

/// Whether that is a commit without parents, and here. Which repository it is the root of, nobody can tell by that: any object may lie here.
///
/// # Errors
/// The object is damaged.
pub(super) fn is_parentless(repo: &Repo, oid: &Oid) -> Result<bool> {
    let odb = repo.raw().odb().map_err(git)?;
    let id = foreign(*oid)?;
    if !odb.exists(id) {
        return Ok(false);
    }
    // A record's writer chooses the id, so no large object is read for it.
    let (size, kind) = odb.read_header(id).map_err(|e| git(e).context(format!("object {oid} can't be read")))?;
    if kind != git2::ObjectType::Commit || size > MAX_COMMIT {
        return Ok(false);
    }
    let object = odb.read(id).map_err(|e| git(e).context(format!("object {oid} can't be read")))?;
    // The raw commit is read, since libgit2 leaves out the parents at a shallow boundary.
    let header = object.data().split(|b| *b == b'\n').take_while(|line| !line.is_empty());
    Ok(!header.into_iter().any(|line| line.starts_with(b"parent ")))
}
