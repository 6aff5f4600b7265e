//! Opens a repository as git does, and reads single things from it.

mod objects;
mod refs;
mod remembered;
mod server;
mod signed;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{ConfigLevel, ErrorCode, Repository};

use super::command_config::{self, Setting, is_key};
use super::counts::Counts;
use super::deadline::Deadline;
use super::fsck::Excuses;
use super::history::Graph;
use super::links::KnownLinks;
use super::modes::Disk;
use super::options;
use crate::error::{Error, Result};
use crate::model::Oid;

pub(super) use objects::missing;
pub use objects::{Commit, Kind, Object};
pub use refs::{Head, is_ref_name};
use remembered::Remembered;
pub use signed::SignedCommit;

/// Best common ancestors, by the commits that they are those of.
type Bases = HashMap<(Oid, Vec<Oid>), Vec<Oid>>;

/// An open repository. What is written through it (trees of the index, automatic merges) stays in memory.
pub struct Repo {
    inner: Repository,
    config: OnceCell<git2::Config>,
    /// What `git -c` says, once it was asked.
    command: OnceCell<Vec<Setting>>,
    /// What was pushed is judged here: nothing is fetched.
    pub(super) server: bool,
    /// What of git's fsck is excused here, once it was asked.
    pub(super) excused: OnceCell<Excuses>,
    /// Where a shallow clone ends, once it was asked.
    pub(super) cut: OnceCell<BTreeSet<Oid>>,
    /// The tree of the index, once it was asked: one answer a process, whatever a concurrent `git add` does meanwhile.
    pub(super) index_tree: OnceCell<Oid>,
    /// The line counts so far.
    pub(crate) counts: Counts,
    /// Which commit comes after which, where a walk has found it out.
    pub(super) graph: RefCell<Option<Arc<Graph>>>,
    /// Objects that were read, where a caller asked for them to be remembered.
    remembered: RefCell<Option<Remembered>>,
    /// Whether every exact count will be asked for.
    exact: Cell<bool>,
    /// Common ancestors that libgit2 was asked for.
    pub(super) bases: RefCell<Bases>,
    /// The symbolic links of directories.
    pub(super) links: RefCell<KnownLinks>,
    /// After which nothing more is read.
    pub deadline: Deadline,
}

impl Repo {
    /// Opens what git would: `GIT_DIR`, `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY` and the quarantine are obeyed.
    /// `trust_owner`: only for hooks, where git has already agreed to the owner.
    ///
    /// # Errors
    /// No repository; a format that libgit2 can't read (SHA-256, reftable, unknown extensions), said by name; `info/grafts`.
    pub fn open(trust_owner: bool) -> Result<Self> {
        options::set_once(trust_owner);
        Self::sound(Repository::open_from_env().map_err(|e| open_error(&e))?)
    }

    fn sound(inner: Repository) -> Result<Self> {
        if inner.commondir().join("info/grafts").exists() {
            return Err(Error::new("`info/grafts` rewrites the history that would be judged")
                .help("remove it, or replace it by `git replace --convert-graft-file`, which the guard ignores"));
        }
        let repo = Self::around(inner);
        repo.keep_writes_in_memory()?;
        Ok(repo)
    }

    #[cfg(test)]
    pub(crate) fn open_at(path: &Path) -> Self {
        let repo = Self::around(Repository::open(path).unwrap());
        repo.keep_writes_in_memory().unwrap();
        repo
    }

    fn around(inner: Repository) -> Self {
        let (counts, deadline) = (Counts::default(), Deadline::default());
        let (config, command, index_tree) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let (graph, bases) = (RefCell::new(None), RefCell::default());
        let (remembered, exact, links) = (RefCell::new(None), Cell::new(false), RefCell::default());
        let (excused, cut) = (OnceCell::new(), OnceCell::new());
        Self {
            inner,
            server: false,
            config,
            command,
            excused,
            cut,
            index_tree,
            counts,
            graph,
            remembered,
            exact,
            bases,
            links,
            deadline,
        }
    }

    /// Puts a backend in front of the object database that keeps what is written in memory.
    fn keep_writes_in_memory(&self) -> Result<()> {
        let odb = self.inner.odb().map_err(git)?;
        odb.add_new_mempack_backend(1000).map_err(git)?;
        Ok(())
    }

    /// Opens the repository again for writes to the disk, into its own object database whatever the environment names, with git's modes.
    ///
    /// # Errors
    /// As `open`.
    pub(super) fn writable(&self) -> Result<Disk> {
        let inner = Repository::open(self.inner.path()).map_err(|e| open_error(&e))?;
        Ok(Disk::new(inner, self.with_modes_of_git()?))
    }

    /// Remembers objects that are read from now on, up to `most` bytes, for callers that read one commit after another.
    pub fn remember_objects(&self, most: usize) {
        *self.remembered.borrow_mut() = Some(Remembered::holding(most));
    }

    /// Counts lines exactly at once from now on, for callers that need every number, so that none is counted twice.
    pub fn count_exactly(&self) {
        self.exact.set(true);
    }

    /// Whether lines are counted exactly at once.
    pub(crate) fn counts_exactly(&self) -> bool {
        self.exact.get()
    }

    /// Takes over the objects that another handle of this repository remembers; that handle forgets them.
    pub fn remember_objects_of(&self, other: &Self) {
        *self.remembered.borrow_mut() = other.remembered.borrow_mut().take();
    }

    /// git2's handle, for the modules of this room.
    pub(super) fn raw(&self) -> &Repository {
        &self.inner
    }

    /// Whether there is no work tree.
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }

    /// The work tree's root.
    ///
    /// # Errors
    /// The repository is bare.
    pub fn work_tree(&self) -> Result<&Path> {
        self.inner.workdir().ok_or_else(|| {
            Error::new("this repository is bare: it has no work tree and no index")
                .help("name a branch or a range: guard check BRANCH")
        })
    }

    /// The repository's directory: of a linked worktree, its own.
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The directory that all worktrees share.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Where the index is: `GIT_INDEX_FILE` where git names one.
    #[expect(
        clippy::disallowed_methods,
        reason = "which index a commit will take is git's word to its hooks, wherever the repository is opened"
    )]
    pub fn index_path(&self) -> PathBuf {
        std::env::var_os("GIT_INDEX_FILE")
            .filter(|v| !v.is_empty())
            .map_or_else(|| self.git_dir().join("index"), |name| self.absolute(PathBuf::from(name)))
    }

    /// Value of a key in the repository's own configuration, which all of its work trees share.
    ///
    /// # Errors
    /// The configuration can't be read, or the value isn't UTF-8.
    pub fn config_of_repository(&self, key: &str) -> Result<Option<String>> {
        let all = self.inner.config().map_err(|e| git(e).context("could not read git's configuration"))?;
        let Ok(own) = all.open_level(git2::ConfigLevel::Local) else { return Ok(None) };
        match own.get_string(key) {
            Ok(value) => Ok(Some(value)),
            Err(e) if e.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(e) => Err(git(e).context(format!("could not read `git config {key}`"))),
        }
    }

    /// Opens another work tree of the same repository, as git does for a command that is started there.
    ///
    /// # Errors
    /// As `open`.
    pub fn in_work_tree(&self, root: &Path) -> Result<Self> {
        Self::sound(Repository::open(root).map_err(|e| open_error(&e))?)
    }

    /// Whether other work trees than the main one belong to it.
    pub fn has_linked_work_trees(&self) -> bool {
        std::fs::read_dir(self.common_dir().join("worktrees")).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// Whether git has made an index for this commit alone (`commit -a`, `commit PATH`), beside the one that stays.
    pub fn has_passing_index(&self) -> bool {
        self.index_path() != self.git_dir().join("index")
    }

    /// A path that git gave: relative to the work tree's root where there is one.
    #[expect(clippy::disallowed_methods, reason = "a path that git gave may count from where it was started")]
    fn absolute(&self, path: PathBuf) -> PathBuf {
        match self.inner.workdir() {
            Some(root) if path.is_relative() => {
                let here = std::env::current_dir().map(|d| d.join(&path)).unwrap_or_else(|_| path.clone());
                if here.exists() { here } else { root.join(path) }
            }
            Some(_) | None => path,
        }
    }

    /// One snapshot of the configuration, read when first asked.
    fn configuration(&self) -> Result<&git2::Config> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let read =
            self.inner.config().and_then(|mut c| c.snapshot()).map_err(|e| git(e).context("could not read git's configuration"))?;
        Ok(self.config.get_or_init(|| read))
    }

    /// What `git -c` says: the strongest level of all, which git gives to the hooks of a client. A server hears nobody's.
    #[expect(clippy::disallowed_methods, reason = "the level of git's configuration that stands in the environment")]
    fn command_settings(&self) -> Result<&[Setting]> {
        if let Some(known) = self.command.get() {
            return Ok(known);
        }
        let found =
            if self.server || self.is_bare() { Vec::new() } else { command_config::settings(&|name| std::env::var_os(name))? };
        Ok(self.command.get_or_init(|| found))
    }

    /// Its last word on a key: none where the key stands alone.
    fn command_setting(&self, key: &str) -> Result<Option<&Option<String>>> {
        Ok(self.command_settings()?.iter().rev().find(|(known, _)| is_key(known, key)).map(|(_, value)| value))
    }

    /// Value of a configuration key, all levels.
    ///
    /// # Errors
    /// The configuration can't be read, or the value isn't UTF-8.
    pub fn config(&self, key: &str) -> Result<Option<String>> {
        if let Some(value) = self.command_setting(key)? {
            return Ok(Some(value.clone().unwrap_or_default()));
        }
        match self.configuration()?.get_string(key) {
            Ok(value) => Ok(Some(value)),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(git(e).context(format!("could not read `git config {key}`"))),
        }
    }

    /// All values of a configuration key, in their order, from the strongest level that has any.
    ///
    /// # Errors
    /// As `config`.
    pub fn config_all(&self, key: &str) -> Result<Vec<String>> {
        let own: Vec<String> = self
            .command_settings()?
            .iter()
            .filter(|(known, _)| is_key(known, key))
            .filter_map(|(_, value)| value.clone())
            .collect();
        if !own.is_empty() {
            return Ok(own);
        }
        let unreadable = |e| git(e).context(format!("could not read `git config {key}`"));
        let mut entries = self.configuration()?.multivar(key, None).map_err(unreadable)?;
        let mut values: Vec<String> = Vec::new();
        let mut level = None;
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(unreadable)?;
            // Weaker levels come first.
            if level.replace(entry.level()) != Some(entry.level()) {
                values.clear();
            }
            let text = std::str::from_utf8(entry.value_bytes());
            values.push(text.map_err(|_bytes| Error::new(format!("`git config {key}` is not UTF-8")))?.to_owned());
        }
        Ok(values)
    }

    /// The user's settings whose key begins with `prefix` (lower case): keys and values.
    ///
    /// # Errors
    /// The configuration can't be read.
    pub fn settings_of_users(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut entries = self.configuration()?.entries(None).map_err(git)?;
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(git)?;
            if matches!(entry.level(), ConfigLevel::Global | ConfigLevel::XDG)
                && let (Ok(key), Ok(value)) = (entry.name(), entry.value())
                && key.starts_with(prefix)
            {
                found.push((key.to_owned(), value.to_owned()));
            }
        }
        Ok(found)
    }

    /// A boolean configuration key; absent is false.
    ///
    /// # Errors
    /// The value is no boolean.
    pub fn config_bool(&self, key: &str) -> Result<bool> {
        if let Some(value) = self.command_setting(key)? {
            let told = value.as_ref().map_or(Ok(true), |value| git2::Config::parse_bool(value.as_str()));
            return told.map_err(|e| git(e).context(format!("could not read `git -c {key}`")));
        }
        match self.configuration()?.get_bool(key) {
            Ok(value) => Ok(value),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(false),
            Err(e) => Err(git(e).context(format!("could not read `git config {key}`"))),
        }
    }
}

/// Our id as git2's.
pub(super) fn foreign(oid: Oid) -> Result<git2::Oid> {
    git2::Oid::from_bytes(oid.as_bytes()).map_err(git)
}

/// git2's id as ours; the zero id is `None`.
pub(super) fn own(oid: git2::Oid) -> Option<Oid> {
    Oid::from_bytes(oid.as_bytes())
}

/// git2's error as ours.
pub(super) fn git(error: git2::Error) -> Error {
    Error::new(crate::text::escape(error.message().as_bytes()))
}

/// The error for a repository that libgit2 can't open.
fn open_error(error: &git2::Error) -> Error {
    let message = error.message();
    let says = |word: &str| message.to_ascii_lowercase().contains(word);
    if says("refstorage") || says("reftable") {
        Error::new("this repository stores its refs as reftable, which this version can't read")
            .next("git refs migrate --ref-format=files")
    } else if says("objectformat") || says("object format") || says("sha256") {
        Error::new("this repository uses SHA-256 object ids, which this version can't read")
            .help("guard a repository with SHA-1 ids (git init --object-format=sha1) until a later version reads these")
    } else if says("unsupported extension") || says("repository version") || says("format version") {
        Error::new(format!(
            "this repository has a format that this version can't read ({})",
            crate::text::escape(message.as_bytes())
        ))
    } else if error.code() == ErrorCode::Owner {
        Error::new("this repository belongs to another user")
            .help("git config --global --add safe.directory <path>, as git asks for it")
    } else if error.code() == ErrorCode::NotFound {
        Error::new("not in a git repository (or any of the directories above)")
            .help("change to one, or name it: guard -C DIRECTORY …")
    } else {
        Error::new(format!("this repository can't be opened: {}", crate::text::escape(message.as_bytes())))
    }
}
