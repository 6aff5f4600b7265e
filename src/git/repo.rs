//! Opening a repository as git means it, and reading single things from it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Repository};

use super::deadline::Deadline;
use super::lines::Counts;
use super::options;
use crate::change::Oid;
use crate::error::{Error, Result};

/// An open repository. What is written through it (trees of the index, automatic merges) stays in memory.
pub struct Repo {
    inner: Repository,
    config: OnceCell<git2::Config>,
    /// The tree of the index, once it was asked: one answer a process, whatever a concurrent `git add` does meanwhile.
    pub(super) index_tree: OnceCell<Oid>,
    /// What was counted of changes so far.
    pub(super) counts: Counts,
    /// After which nothing more is read.
    pub deadline: Deadline,
}

/// What kind of object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A directory.
    Tree,
    /// Content.
    Blob,
    /// An annotated tag.
    Tag,
}

/// An object's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// Its content, without header.
    pub data: Vec<u8>,
}

/// What HEAD is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Head {
    /// On a branch without a commit: the full ref name.
    Unborn(Vec<u8>),
    /// On a branch: full ref name and tip.
    Branch(Vec<u8>, Oid),
    /// On no branch.
    Detached(Oid),
}

impl Head {
    /// The commit.
    pub fn commit(&self) -> Option<Oid> {
        match self {
            Self::Unborn(_) => None,
            Self::Branch(_, oid) | Self::Detached(oid) => Some(*oid),
        }
    }

    /// The full name of the branch.
    pub fn branch(&self) -> Option<&[u8]> {
        match self {
            Self::Unborn(name) | Self::Branch(name, _) => Some(name),
            Self::Detached(_) => None,
        }
    }
}

/// A commit, as judging needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Its id.
    pub oid: Oid,
    /// Its root tree.
    pub tree: Oid,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// The author's e-mail, raw bytes.
    pub author_email: Vec<u8>,
    /// The message, raw bytes.
    pub message: Vec<u8>,
}

impl Repo {
    /// Opens what git would: `GIT_DIR`, `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY` and the quarantine are obeyed. With `dir`, starts
    /// there instead of in the current directory (the caller has changed to it already where hooks run).
    /// `trust_owner`: only for hooks, where git has already agreed to the owner.
    ///
    /// # Errors
    /// No repository; a format that libgit2 can't read (SHA-256, reftable, unknown extensions), said by name; `info/grafts`.
    pub fn open(trust_owner: bool) -> Result<Self> {
        options::set_once(trust_owner);
        let inner = Repository::open_from_env().map_err(|e| open_error(&e))?;
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
        Self { inner, config: OnceCell::new(), index_tree: OnceCell::new(), counts, deadline }
    }

    /// Puts a backend in front of the object database that keeps what is written in memory.
    fn keep_writes_in_memory(&self) -> Result<()> {
        let odb = self.inner.odb().map_err(git)?;
        odb.add_new_mempack_backend(1000).map_err(git)?;
        Ok(())
    }

    /// The same repository once more, whose writes reach the disk: its own object database, whatever the environment names.
    ///
    /// # Errors
    /// As `open`.
    pub(super) fn writable(&self) -> Result<Repository> {
        Repository::open(self.inner.path()).map_err(|e| open_error(&e))
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
    pub fn index_path(&self) -> PathBuf {
        std::env::var_os("GIT_INDEX_FILE")
            .filter(|v| !v.is_empty())
            .map_or_else(|| self.git_dir().join("index"), |name| self.absolute(PathBuf::from(name)))
    }

    /// A path that git gave: relative to the work tree's root where there is one.
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

    /// Value of a configuration key, all levels.
    ///
    /// # Errors
    /// The configuration can't be read, or the value isn't UTF-8.
    pub fn config(&self, key: &str) -> Result<Option<String>> {
        match self.configuration()?.get_string(key) {
            Ok(value) => Ok(Some(value)),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(git(e).context(format!("could not read `git config {key}`"))),
        }
    }

    /// A boolean configuration key; absent is false.
    ///
    /// # Errors
    /// The value is no boolean.
    pub fn config_bool(&self, key: &str) -> Result<bool> {
        match self.configuration()?.get_bool(key) {
            Ok(value) => Ok(value),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(false),
            Err(e) => Err(git(e).context(format!("could not read `git config {key}`"))),
        }
    }

    /// What a full ref name points to in the end (symbolic refs followed, tags not peeled); `None`: no such ref.
    ///
    /// # Errors
    /// The ref exists and can't be read.
    pub fn reference(&self, name: &str) -> Result<Option<Oid>> {
        match self.inner.refname_to_id(name) {
            Ok(oid) => Ok(own(oid)),
            Err(e) if matches!(e.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
            Err(e) => Err(git(e).context(format!("could not read ref `{name}`"))),
        }
    }

    /// The target of a symbolic ref (full name); `None`: no such ref, or not symbolic.
    ///
    /// # Errors
    /// The ref exists and can't be read.
    pub fn symbolic_target(&self, name: &str) -> Result<Option<String>> {
        match self.inner.find_reference(name) {
            Ok(found) => match found.symbolic_target() {
                Ok(target) => Ok(target.map(str::to_owned)),
                Err(e) => Err(git(e).context(format!("could not read ref `{name}`"))),
            },
            Err(e) if matches!(e.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
            Err(e) => Err(git(e).context(format!("could not read ref `{name}`"))),
        }
    }

    /// What HEAD is.
    ///
    /// # Errors
    /// HEAD can't be read.
    pub fn head(&self) -> Result<Head> {
        let head = self.inner.find_reference("HEAD").map_err(|e| git(e).context("could not read HEAD"))?;
        if let Some(target) = head.symbolic_target_bytes() {
            let name = target.to_vec();
            return match head.resolve() {
                Ok(tip) => {
                    let oid = tip.target().and_then(own).ok_or_else(|| Error::new("HEAD names no commit"))?;
                    Ok(Head::Branch(name, oid))
                }
                Err(e) if e.code() == ErrorCode::NotFound => Ok(Head::Unborn(name)),
                Err(e) => Err(git(e).context("could not read HEAD")),
            };
        }
        head.target().and_then(own).map(Head::Detached).ok_or_else(|| Error::new("HEAD names no commit"))
    }

    /// The commit that a revision names, as `git rev-parse REV^{commit}`. Never for names that were pushed.
    ///
    /// # Errors
    /// No such revision, or it is no commit; its name stands for two refs that differ (git would take the tag, and whoever may push a tag
    /// `origin/main` would choose what work is measured against).
    pub fn resolve(&self, revision: &str) -> Result<Oid> {
        self.refuse_ambiguous(revision)?;
        let shown = crate::report::escape(revision.as_bytes());
        let object = self
            .inner
            .revparse_single(revision)
            .map_err(|_missing| Error::new(format!("no revision `{shown}` in this repository")))?;
        let commit = object.peel(ObjectType::Commit).map_err(|_other| Error::new(format!("`{shown}` is no commit")))?;
        own(commit.id()).ok_or_else(|| Error::new(format!("`{shown}` is no commit")))
    }

    /// Refuses a short name of two refs that lead to different commits.
    fn refuse_ambiguous(&self, revision: &str) -> Result<()> {
        let name = revision.split(['~', '^', ':']).next().unwrap_or(revision);
        let name = name.split("@{").next().unwrap_or(name);
        if name.is_empty() || self.reference(name)?.is_some() {
            return Ok(());
        }
        let mut found: Option<(String, Oid)> = None;
        for place in ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] {
            let full = format!("{place}{name}");
            let Some(oid) = self.reference(&full)? else { continue };
            let commit = self.peel_to_commit(oid)?.unwrap_or(oid);
            match &found {
                Some((first, other)) if *other != commit => {
                    let [name, first, full] = [name, first, &full].map(|text| crate::report::escape(text.as_bytes()));
                    return Err(Error::new(format!("`{name}` is both {first} and {full}, which are not the same commit"))
                        .help("name it in full: refs/heads/…, refs/remotes/… or refs/tags/…"));
                }
                Some(_) => {}
                None => found = Some((full, commit)),
            }
        }
        Ok(())
    }

    /// The commit that an object is, or that a tag leads to; `None` where it leads to a tree or a blob.
    ///
    /// # Errors
    /// The object is missing or damaged.
    pub fn peel_to_commit(&self, oid: Oid) -> Result<Option<Oid>> {
        let object = self.inner.find_object(foreign(oid)?, None).map_err(|e| missing(oid, &e))?;
        match object.peel(ObjectType::Commit) {
            Ok(commit) => Ok(own(commit.id())),
            Err(e) if matches!(e.code(), ErrorCode::Peel | ErrorCode::InvalidSpec | ErrorCode::Ambiguous) => Ok(None),
            Err(e) => Err(missing(oid, &e)),
        }
    }

    /// Whether an object is here.
    ///
    /// # Errors
    /// The object database can't be read.
    pub fn exists(&self, oid: Oid) -> Result<bool> {
        Ok(self.inner.odb().map_err(git)?.exists(foreign(oid)?))
    }

    /// The author of a commit: e-mail (raw bytes) and time (seconds since 1970).
    ///
    /// # Errors
    /// The object is missing, damaged, or no commit.
    pub fn author(&self, oid: Oid) -> Result<(Vec<u8>, i64)> {
        let commit = self.inner.find_commit(foreign(oid)?).map_err(|e| missing(oid, &e))?;
        let author = commit.author();
        Ok((author.email_bytes().to_vec(), author.when().seconds()))
    }

    /// Kind and size in bytes, from the header alone.
    ///
    /// # Errors
    /// The object is missing or damaged.
    pub fn header(&self, oid: Oid) -> Result<(Kind, u64)> {
        self.deadline.check()?;
        let odb = self.inner.odb().map_err(git)?;
        let (size, kind) = odb.read_header(foreign(oid)?).map_err(|e| missing(oid, &e))?;
        Ok((own_kind(kind, oid)?, u64::try_from(size).unwrap_or(u64::MAX)))
    }

    /// Kind and content.
    ///
    /// # Errors
    /// The object is missing or damaged.
    pub fn object(&self, oid: Oid) -> Result<Object> {
        self.deadline.check()?;
        let odb = self.inner.odb().map_err(git)?;
        let object = odb.read(foreign(oid)?).map_err(|e| missing(oid, &e))?;
        Ok(Object { kind: own_kind(object.kind(), oid)?, data: object.data().to_vec() })
    }

    /// The content of a blob.
    ///
    /// # Errors
    /// The object is missing, damaged, or no blob.
    pub fn blob(&self, oid: Oid) -> Result<Vec<u8>> {
        let object = self.object(oid)?;
        if object.kind == Kind::Blob { Ok(object.data) } else { Err(Error::new(format!("object {oid} is no blob"))) }
    }

    /// Writes an object, in memory only.
    ///
    /// # Errors
    /// libgit2 can't hash it.
    pub fn write(&self, kind: Kind, data: &[u8]) -> Result<Oid> {
        let kind = match kind {
            Kind::Commit => ObjectType::Commit,
            Kind::Tree => ObjectType::Tree,
            Kind::Blob => ObjectType::Blob,
            Kind::Tag => ObjectType::Tag,
        };
        let oid = self.inner.odb().and_then(|odb| odb.write(kind, data)).map_err(git)?;
        own(oid).ok_or_else(|| Error::new("an object hashed to zero"))
    }

    /// A commit.
    ///
    /// # Errors
    /// The object is missing, damaged, or no commit.
    pub fn commit(&self, oid: Oid) -> Result<Commit> {
        self.deadline.check()?;
        let commit = self.inner.find_commit(foreign(oid)?).map_err(|e| missing(oid, &e))?;
        let tree = own(commit.tree_id()).ok_or_else(|| Error::new(format!("commit {oid} has no tree")))?;
        let parents: Option<Vec<Oid>> = commit.parent_ids().map(own).collect();
        Ok(Commit {
            oid,
            tree,
            parents: parents.ok_or_else(|| Error::new(format!("commit {oid} has a zero parent")))?,
            author_email: commit.author().email_bytes().to_vec(),
            message: commit.message_raw_bytes().to_vec(),
        })
    }
}

/// git2's id of ours.
pub(super) fn foreign(oid: Oid) -> Result<git2::Oid> {
    git2::Oid::from_bytes(oid.as_bytes()).map_err(git)
}

/// Ours of git2's; the zero id is `None`.
pub(super) fn own(oid: git2::Oid) -> Option<Oid> {
    Oid::from_bytes(oid.as_bytes())
}

/// Our error of git2's.
pub(super) fn git(error: git2::Error) -> Error {
    Error::new(crate::report::escape(error.message().as_bytes()))
}

fn own_kind(kind: ObjectType, oid: Oid) -> Result<Kind> {
    match kind {
        ObjectType::Commit => Ok(Kind::Commit),
        ObjectType::Tree => Ok(Kind::Tree),
        ObjectType::Blob => Ok(Kind::Blob),
        ObjectType::Tag => Ok(Kind::Tag),
        ObjectType::Any => Err(Error::new(format!("object {oid} has no type"))),
    }
}

fn missing(oid: Oid, error: &git2::Error) -> Error {
    if error.code() == ErrorCode::NotFound {
        Error::new(format!("object {oid} is missing from this repository"))
            .help("a shallow or partial clone lacks it: git fetch --unshallow, or git fetch --refetch")
    } else {
        Error::new(format!("object {oid} can't be read: {}", crate::report::escape(error.message().as_bytes())))
    }
}

/// What libgit2 says of a repository that it can't open, in a sentence.
fn open_error(error: &git2::Error) -> Error {
    let message = error.message();
    let says = |word: &str| message.to_ascii_lowercase().contains(word);
    if says("refstorage") || says("reftable") {
        Error::new("this repository stores its refs as reftable, which this version can't read")
            .next("git refs migrate --ref-format=files")
    } else if says("objectformat") || says("object format") || says("sha256") {
        Error::new("this repository uses SHA-256 object ids, which this version can't read")
    } else if says("unsupported extension") || says("repository version") || says("format version") {
        Error::new(format!(
            "this repository has a format that this version can't read ({})",
            crate::report::escape(message.as_bytes())
        ))
    } else if error.code() == ErrorCode::Owner {
        Error::new("this repository belongs to another user")
            .help("git config --global --add safe.directory <path>, as git asks for it")
    } else if error.code() == ErrorCode::NotFound {
        Error::new("not in a git repository (or any of the directories above)")
            .help("change to one, or name it: guard -C DIRECTORY …")
    } else {
        Error::new(format!("this repository can't be opened: {}", crate::report::escape(message.as_bytes())))
    }
}
