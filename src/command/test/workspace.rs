//! Where a tree is exported to, and gone afterwards.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A fresh directory of our own with an empty `tree` in it; removed when this is dropped.
pub(super) struct Workspace {
    /// Around it: what is made here goes, too.
    pub top: PathBuf,
    /// Where the tree belongs. What a suite writes beside it (`../x`) goes, too.
    pub tree: PathBuf,
}

impl Workspace {
    /// Makes one where temporary files belong.
    ///
    /// # Errors
    /// It can't be made.
    pub fn new() -> Result<Self> {
        let failed = |e: std::io::Error| Error::from(e).context("could not make a directory to run the suite in");
        let top = tempfile::Builder::new().prefix("guard-").tempdir().map_err(failed)?;
        let real = top.path().canonicalize().map_err(failed)?;
        let tree = real.join("tree");
        std::fs::create_dir(&tree).map_err(failed)?;
        drop(top.keep());
        Ok(Self { top: real, tree })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if std::fs::remove_dir_all(&self.top).is_err() {
            // Some tools write directories that even their owner may not write into.
            open_up(&self.top);
            if std::fs::remove_dir_all(&self.top).is_err() && self.top.exists() {
                super::run::say(&format!("could not remove `{}`", crate::text::escape(self.top.as_os_str().as_encoded_bytes())));
            }
        }
    }
}

/// Lets the owner write into every directory below `top`, as far as that can be done.
fn open_up(top: &Path) {
    let mut left = vec![top.to_path_buf()];
    while let Some(directory) = left.pop() {
        let opened =
            std::fs::set_permissions(&directory, Permissions::from_mode(0o700)).and_then(|()| std::fs::read_dir(&directory));
        let entries = opened.into_iter().flatten().filter_map(|entry| entry.ok());
        left.extend(entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()));
    }
}
