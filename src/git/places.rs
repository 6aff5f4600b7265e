//! Where a repository stands on the disk: its own directories, its work trees, and the stores of objects that it borrows from.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::Repo;
use crate::error::{Error, Result};
use crate::text::escape;

/// Stores that borrow from stores that borrow: git follows as many.
const MAX_BORROWED: usize = 5;

/// Every directory through which the content of this repository can be read, as they really stand, in order: the one that all work trees
/// share, that of this work tree, each work tree, and each store of objects that is borrowed from. What isn't there any more is left out.
///
/// # Errors
/// Which there are can't be told.
pub fn of(repo: &Repo) -> Result<BTreeSet<PathBuf>> {
    let mut places = vec![repo.common_dir().to_path_buf(), repo.git_dir().to_path_buf()];
    places.extend(work_trees(repo)?);
    places.extend(named_by_environment());
    let stores: Vec<PathBuf> = std::iter::once(repo.common_dir().join("objects")).chain(named_by_environment()).collect();
    for store in stores {
        borrowed(&store, MAX_BORROWED, &mut places)?;
    }
    really(places)
}

/// The roots of the other work trees, as they really stand, in order. What isn't there any more is left out.
///
/// # Errors
/// Which there are can't be told.
pub fn other_work_trees(repo: &Repo) -> Result<BTreeSet<PathBuf>> {
    let own = really(repo.raw().workdir().map(Path::to_path_buf))?;
    Ok(really(work_trees(repo)?)?.difference(&own).cloned().collect())
}

/// The roots of all work trees, the main one's included.
fn work_trees(repo: &Repo) -> Result<Vec<PathBuf>> {
    let mut roots = linked(repo.common_dir())?;
    roots.extend(repo.raw().workdir().map(Path::to_path_buf));
    // A bare repository has no main work tree, nor has one whose configuration can't be read as its own.
    roots.extend(Repository::open(repo.common_dir()).ok().and_then(|main| main.workdir().map(Path::to_path_buf)));
    Ok(roots)
}

fn really(places: impl IntoIterator<Item = PathBuf>) -> Result<BTreeSet<PathBuf>> {
    let mut really = BTreeSet::new();
    for place in places {
        really.extend(there(&place, place.canonicalize())?);
    }
    Ok(really)
}

/// The roots of the linked work trees.
fn linked(common: &Path) -> Result<Vec<PathBuf>> {
    let registry = common.join("worktrees");
    let mut roots = Vec::new();
    for entry in there(&registry, std::fs::read_dir(&registry))?.into_iter().flatten() {
        let own = entry.map_err(|e| unreadable(&registry, e))?.path();
        let named = own.join("gitdir");
        let Some(content) = there(&named, std::fs::read(&named))? else { continue };
        // It names the file `.git` in the work tree, from its own directory on where it isn't absolute.
        let dot_git = own.join(OsStr::from_bytes(content.trim_ascii_end()));
        roots.extend(dot_git.parent().map(Path::to_path_buf));
    }
    Ok(roots)
}

/// Stores that the environment names for git, which the guard reads as well.
#[expect(clippy::disallowed_methods, reason = "where git's objects are is git's word, wherever the repository is opened")]
fn named_by_environment() -> Vec<PathBuf> {
    let own = std::env::var_os("GIT_OBJECT_DIRECTORY").map(PathBuf::from);
    let borrowed = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    let borrowed: Vec<PathBuf> = borrowed.iter().flat_map(std::env::split_paths).collect();
    own.into_iter().chain(borrowed).filter(|place| !place.as_os_str().is_empty()).collect()
}

/// The stores that `store` borrows from, and those that these borrow from.
fn borrowed(store: &Path, depth: usize, places: &mut Vec<PathBuf>) -> Result<()> {
    let list = store.join("info/alternates");
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    for line in there(&list, std::fs::read(&list))?.unwrap_or_default().split(|byte| *byte == b'\n') {
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        if line.starts_with(b"\"") {
            return Err(Error::new(format!("`{}` quotes a path, which is not read here", escape(list.as_os_str().as_bytes()))));
        }
        let other = store.join(OsStr::from_bytes(line));
        borrowed(&other, depth, places)?;
        places.push(other);
    }
    Ok(())
}

/// What is there, if it is.
fn there<T>(place: &Path, found: std::io::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(unreadable(place, e)),
    }
}

fn unreadable(place: &Path, error: std::io::Error) -> Error {
    Error::from(error).context(format!("could not read `{}`", escape(place.as_os_str().as_bytes())))
}
