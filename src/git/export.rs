//! A tree as files in a fresh directory.

use std::ffi::OsStr;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Repository};

use super::Repo;
use super::repo::{foreign, git, missing, own};
use crate::error::{Error, Result};
use crate::model::{Oid, RepoPath};
use crate::text::escape;

/// Entries that one export may write: a tree of trees can name more than any disk holds.
const MAX_ENTRIES: u64 = 5_000_000;
/// Submodules within submodules.
const MAX_NESTED: usize = 16;

/// Writes exactly `tree` below `directory`, which must be empty: files with their mode, symbolic links, submodules at their recorded
/// commits where this repository has them, else an empty directory. No filter or attribute is applied. Memory: one file at a time.
///
/// Nothing is ever written through a symbolic link: every entry is made new, and what is there already (a malformed tree's second
/// entry of that name, or one that only the file system takes for the same) is an error.
///
/// Returns the submodules that were left empty.
///
/// # Errors
/// An object is missing, a name isn't safe to write, the disk is full.
pub fn export(repo: &Repo, tree: Oid, directory: &Path) -> Result<Vec<RepoPath>> {
    repo.fetch_whole(tree)?;
    let mut export = Export { empty: Vec::new(), entries: 0 };
    let roots = [repo.git_dir().to_path_buf(), repo.common_dir().to_path_buf()];
    let place = Place { repo: repo.raw(), modules: &roots, work_tree: repo.raw().workdir(), nested: 0 };
    export.tree(&place, foreign(tree)?, directory, &RepoPath::new(""))?;
    Ok(export.empty)
}

struct Export {
    empty: Vec<RepoPath>,
    entries: u64,
}

/// Where objects are, and where the repositories of submodules may be.
struct Place<'a> {
    repo: &'a Repository,
    modules: &'a [PathBuf],
    work_tree: Option<&'a Path>,
    nested: usize,
}

impl Export {
    fn tree(&mut self, place: &Place<'_>, tree: git2::Oid, root: &Path, top: &RepoPath) -> Result<()> {
        let mut directories = vec![(tree, RepoPath::new(""))];
        while let Some((tree, below)) = directories.pop() {
            let shown = |path: &RepoPath| escape(path.as_bytes());
            let failed = |e: Error| e.context(format!("could not export the directory `{}`", shown(&below)));
            let tree = place.repo.find_tree(tree).map_err(|e| failed(lacking(tree, e)))?;
            for entry in &tree {
                let path = below.join(safe(entry.name_bytes(), &below)?);
                self.entries += 1;
                if self.entries > MAX_ENTRIES {
                    return Err(Error::new(format!("the tree holds more than {MAX_ENTRIES} entries")));
                }
                let target = root.join(OsStr::from_bytes(path.as_bytes()));
                let failed = |e: Error| e.context(format!("could not export `{}`", shown(&path)));
                match entry.filemode_raw() {
                    0o040_000 => {
                        DirBuilder::new().create(&target).map_err(|e| failed(e.into()))?;
                        directories.push((entry.id(), path));
                    }
                    0o120_000 => link(place.repo, entry.id(), &target).map_err(failed)?,
                    0o160_000 => self.submodule(place, entry.id(), &target, &path, top).map_err(failed)?,
                    // 100664 was written by old versions of git, which treats it as 100644 ever since.
                    mode @ (0o100_644 | 0o100_664 | 0o100_755) => {
                        file(place.repo, entry.id(), &target, mode == 0o100_755).map_err(failed)?;
                    }
                    mode => return Err(failed(Error::new(format!("git has no mode {mode:06o}")))),
                }
            }
        }
        Ok(())
    }

    fn submodule(&mut self, place: &Place<'_>, commit: git2::Oid, target: &Path, path: &RepoPath, top: &RepoPath) -> Result<()> {
        DirBuilder::new().create(target)?;
        let name = Path::new(OsStr::from_bytes(path.as_bytes()));
        let whole = if top.as_bytes().is_empty() { path.clone() } else { top.join(path.as_bytes()) };
        let there = place.work_tree.map(|root| root.join(name));
        let candidates = place.modules.iter().map(|root| root.join("modules").join(name)).chain(there);
        for candidate in candidates.filter(|_| place.nested < MAX_NESTED) {
            // A repository that can't be opened counts as absent. That is safe, since an empty directory helps no suite to pass.
            let Ok(repo) = Repository::open(&candidate) else { continue };
            let Ok(tree) = repo.find_commit(commit).map(|commit| commit.tree_id()) else { continue };
            let modules = [repo.path().to_path_buf()];
            let inner = Place { repo: &repo, modules: &modules, work_tree: repo.workdir(), nested: place.nested + 1 };
            return self.tree(&inner, tree, target, &whole);
        }
        self.empty.push(whole);
        Ok(())
    }
}

/// Refuses a name that would lead out of its directory.
fn safe<'n>(name: &'n [u8], below: &RepoPath) -> Result<&'n [u8]> {
    let unsafe_name = name.is_empty() || name == b"." || name == b".." || name.eq_ignore_ascii_case(b".git");
    if unsafe_name || name.iter().any(|b| matches!(b, b'/' | 0)) {
        let path = escape(below.join(name).as_bytes());
        return Err(Error::new(format!("the tree holds a name that can't be exported safely: `{path}`")));
    }
    Ok(name)
}

fn lacking(id: git2::Oid, error: git2::Error) -> Error {
    match own(id) {
        Some(oid) => missing(oid, &error),
        None => git(error),
    }
}

fn blob<R>(repo: &Repository, oid: git2::Oid, write: impl FnOnce(&[u8]) -> std::io::Result<R>) -> Result<R> {
    let odb = repo.odb().map_err(git)?;
    let object = odb.read(oid).map_err(|e| lacking(oid, e))?;
    if object.kind() != ObjectType::Blob {
        return Err(Error::new(format!("object {oid} is no blob")));
    }
    Ok(write(object.data())?)
}

fn file(repo: &Repository, oid: git2::Oid, target: &Path, executable: bool) -> Result<()> {
    blob(repo, oid, |data| {
        let mode = if executable { 0o777 } else { 0o666 };
        OpenOptions::new().write(true).create_new(true).mode(mode).open(target)?.write_all(data)
    })
}

fn link(repo: &Repository, oid: git2::Oid, target: &Path) -> Result<()> {
    blob(repo, oid, |data| std::os::unix::fs::symlink(OsStr::from_bytes(data), target))
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
