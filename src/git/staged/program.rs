//! Lets git read the indexes that only git can read: `git write-tree` runs on a copy, so that the index itself stays as it is.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::program::{first_lines, not_started};
use crate::model::Oid;
use crate::text::escape;

/// What an index with this extension is called, for the front of an error.
pub(super) fn why(extension: &[u8; 4]) -> String {
    match extension {
        b"link" => "the index is split (core.splitIndex), and is left to the git program".to_owned(),
        b"sdir" => "the index is sparse (index.sparse), and is left to the git program".to_owned(),
        other => format!("the index has the extension `{}`, and is left to the git program", escape(other)),
    }
}

/// `git write-tree` on a copy of the index file.
///
/// # Errors
/// There is no `git` in PATH, or it refuses, with its own words.
pub(super) fn write_tree(repo: &Repo, index: &Path) -> Result<Oid> {
    // The copy stands beside the repository's own files, where git finds a shared index. It goes with its directory.
    let scratch = tempfile::Builder::new()
        .prefix("guard-index-")
        .tempdir_in(repo.git_dir())
        .map_err(|e| Error::new(format!("could not copy the index: {e}")))?;
    let copy = scratch.path().join("index");
    std::fs::copy(index, &copy).map_err(|e| Error::new(format!("could not copy the index: {e}")))?;
    let git_dir = std::path::absolute(repo.git_dir())?;
    let output = Command::new("git")
        // Without `core.splitIndex` git writes no new shared index, and nothing has to watch the work tree for this.
        .args(["-c", "core.splitIndex=false", "-c", "core.fsmonitor=false", "write-tree"])
        .env("GIT_DIR", git_dir)
        .env("GIT_INDEX_FILE", std::path::absolute(&copy)?)
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| not_started(&e))?;
    if !output.status.success() {
        return Err(Error::new(format!("git write-tree says: {}", first_lines(&output.stderr))));
    }
    let id = std::str::from_utf8(&output.stdout).ok().map(str::trim_end).and_then(Oid::from_hex);
    id.ok_or_else(|| Error::new("git write-tree gave no id of a tree"))
}
