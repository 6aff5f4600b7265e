//! Modes of what is written into a repository, as git gives them: the umask's, widened or narrowed by `core.sharedRepository`.
//!
//! libgit2 obeys that setting only where it makes a repository. Without it one account's directories lock the others of a group out.

use std::io::{ErrorKind, Write as _};
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use git2::Repository;
use rustix::fs::Mode;
use rustix::process::umask;

use super::Repo;
use crate::error::{Error, Result};
use crate::text::escape;

const KEY: &str = "core.sharedRepository";
/// A directory's files get the directory's group.
const SET_GROUP: u32 = 0o2000;

/// While it lives, what this process writes has the modes that git would give it.
pub struct GitModes(Option<Mode>);

impl Drop for GitModes {
    fn drop(&mut self) {
        if let Some(before) = self.0 {
            umask(before);
        }
    }
}

/// A repository that is open for writes to the disk, with git's modes.
pub(super) struct Disk {
    inner: Repository,
    _modes: GitModes,
}

impl Disk {
    pub(super) fn new(inner: Repository, modes: GitModes) -> Self {
        Self { inner, _modes: modes }
    }
}

impl Deref for Disk {
    type Target = Repository;

    fn deref(&self) -> &Repository {
        &self.inner
    }
}

/// What `core.sharedRepository` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shared {
    /// Nothing: the umask alone counts.
    Umask,
    /// The umask takes none of these away.
    AtLeast(u32),
    /// Whatever the umask says.
    Exactly(u32),
}

impl Shared {
    /// As git's `git_config_perm` reads it.
    fn read(repo: &Repo) -> Result<Self> {
        let Some(value) = repo.config(KEY)? else { return Ok(Self::Umask) };
        let wrong = || {
            Error::new(format!("`{KEY}` is `{}`, which git doesn't take", escape(value.as_bytes())))
                .next(format!("git config {KEY} group"))
        };
        match value.as_str() {
            "umask" => return Ok(Self::Umask),
            "group" => return Ok(Self::AtLeast(0o660)),
            "all" | "world" | "everybody" => return Ok(Self::AtLeast(0o664)),
            _ => {}
        }
        match u32::from_str_radix(&value, 8) {
            Ok(0) => Ok(Self::Umask),
            Ok(1) => Ok(Self::AtLeast(0o660)),
            Ok(2) => Ok(Self::AtLeast(0o664)),
            Ok(mode) if mode & 0o600 == 0o600 => Ok(Self::Exactly(mode & 0o666)),
            Ok(_) => Err(wrong()),
            Err(_no_number) => {
                Ok(if repo.config_bool(KEY).map_err(|_neither| wrong())? { Self::AtLeast(0o660) } else { Self::Umask })
            }
        }
    }

    /// The umask under which files and directories get these modes. Who may read a directory may enter it.
    fn mask(self, before: u32) -> u32 {
        let entered = |mode: u32| mode | (mode & 0o444) >> 2;
        match self {
            Self::Umask => before,
            Self::AtLeast(mode) => before & !entered(mode),
            Self::Exactly(mode) => 0o777 & !entered(mode),
        }
    }
}

impl Repo {
    /// From now on, until the answer is dropped, what is written has the modes that git would give it.
    ///
    /// # Errors
    /// `core.sharedRepository` can't be read.
    pub fn with_modes_of_git(&self) -> Result<GitModes> {
        let shared = Shared::read(self)?;
        if shared == Shared::Umask {
            return Ok(GitModes(None));
        }
        let before = umask(Mode::empty());
        umask(Mode::from_raw_mode(shared.mask(before.as_raw_mode())));
        Ok(GitModes(Some(before)))
    }

    /// Makes a directory of the guard's own in the repository's, and what is missing above it.
    ///
    /// # Errors
    /// It can't be made.
    pub fn make_directory(&self, path: &Path) -> Result<()> {
        let modes = self.with_modes_of_git()?;
        let missing: Vec<&Path> = path.ancestors().take_while(|place| !place.is_dir()).collect();
        for place in missing.into_iter().rev() {
            match std::fs::create_dir(place) {
                Ok(()) if modes.0.is_some() => set_group(place),
                Ok(()) => {}
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::from(e).context(format!("could not make {}", crate::text::file(place)))),
            }
        }
        Ok(())
    }

    /// Writes a file of the guard's own in the repository's directory, whole or not at all. Its directory is made where it is missing.
    ///
    /// # Errors
    /// It can't be written.
    pub fn write_file(&self, path: &Path, content: &[u8]) -> Result<()> {
        let directory = path.parent().unwrap_or(path);
        self.make_directory(directory)?;
        let _modes = self.with_modes_of_git()?;
        let attempt = || -> std::io::Result<()> {
            let mut file = temporary().tempfile_in(directory)?;
            file.write_all(content)?;
            file.persist(path).map(drop).map_err(|e| e.error)
        };
        attempt().map_err(|e| Error::from(e).context(format!("could not write {}", crate::text::file(path))))
    }
}

/// How a file begins that isn't whole yet.
pub const UNFINISHED: &str = ".new-";

/// A temporary file that becomes another: the umask alone narrows who may read it.
pub fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED).permissions(std::fs::Permissions::from_mode(0o666));
    builder
}

/// As git does where others may write: what comes into the directory is the group's.
fn set_group(place: &Path) {
    if let Ok(metadata) = place.metadata() {
        let mode = metadata.permissions().mode();
        if mode & 0o060 != 0 && mode & SET_GROUP == 0 {
            // Where the file system can't, the group is the writer's, as with git.
            drop(std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode | SET_GROUP)));
        }
    }
}

#[cfg(test)]
#[path = "modes_tests.rs"]
mod tests;
