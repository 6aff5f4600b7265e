//! Which path of the repository somebody means.

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::model::RepoPath;
use crate::text::escape;

/// The path from the root of the repository: what is written counts from the current directory, as with git.
///
/// # Errors
/// It lies outside of the repository.
#[expect(clippy::disallowed_methods, reason = "a path counts from where the command was started, as with git")]
pub fn path(repo: &Repo, what: &OsStr) -> Result<RepoPath> {
    if repo.is_bare() {
        return within(Path::new(""), Path::new(""), what);
    }
    let here = std::env::current_dir().map_err(|e| Error::from(e).context("could not tell the current directory"))?;
    let root = repo.work_tree()?;
    let root = root.canonicalize().map_err(|e| Error::from(e).context("could not look at the work tree"))?;
    // Started elsewhere (GIT_DIR, GIT_WORK_TREE), the root is what is meant.
    let prefix = here.strip_prefix(&root).unwrap_or(Path::new("")).to_owned();
    within(&root, &prefix, what)
}

/// Whether something of that name is in the current directory.
pub fn exists(repo: &Repo, what: &OsStr) -> Result<bool> {
    if repo.is_bare() {
        return Ok(false);
    }
    Ok(Path::new(what).symlink_metadata().is_ok() || repo.work_tree()?.join(what).symlink_metadata().is_ok())
}

fn within(root: &Path, prefix: &Path, what: &OsStr) -> Result<RepoPath> {
    let outside = || Error::new(format!("`{}` is outside of this repository", escape(what.as_encoded_bytes())));
    let written = Path::new(what);
    let relative = if written.is_absolute() {
        written.strip_prefix(root).map_err(|_elsewhere| outside())?.to_owned()
    } else {
        prefix.join(written)
    };
    let mut parts = PathBuf::new();
    for component in relative.components() {
        match component {
            Component::Normal(name) => parts.push(name),
            Component::CurDir => {}
            Component::ParentDir if parts.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    if parts.as_os_str().is_empty() {
        return Err(Error::new("the root of the repository is no path that a change could touch")
            .help("name a file or a directory below it"));
    }
    Ok(RepoPath::new(parts.as_os_str().as_encoded_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_where_one_stands() {
        let from = |what: &str| within(Path::new("/r"), Path::new("api"), OsStr::new(what));
        let path = |what: &str| from(what).unwrap().as_str().unwrap().to_owned();
        assert_eq!(
            (path("x.py"), path("./x/"), path("../web/./y"), path("/r/a/b")),
            ("api/x.py".into(), "api/x".into(), "web/y".into(), "a/b".into())
        );
        for bad in ["../..", "/etc/passwd", "../../r/x", ".."] {
            assert!(from(bad).is_err(), "{bad}");
        }
    }
}
