//! Refs, HEAD, and the revisions that a person names.

use git2::{ErrorCode, ObjectType};

use super::{Repo, git, own};
use crate::error::{Error, Result};
use crate::model::Oid;

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

/// Whether git accepts it as the name of a ref (`git check-ref-format`).
pub fn is_ref_name(name: &str) -> bool {
    git2::Reference::is_valid_name(name)
}

impl Repo {
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

    /// Whether there is any branch.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn has_branches(&self) -> Result<bool> {
        let mut branches = self.inner.branches(Some(git2::BranchType::Local)).map_err(git)?;
        branches.next().transpose().map(|branch| branch.is_some()).map_err(git)
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

    /// Whether HEAD's reflog, or `ORIG_HEAD`, knows this commit: it was not made just now.
    ///
    /// # Errors
    /// The reflog can't be read.
    pub fn head_was_at(&self, commit: Oid) -> Result<bool> {
        if self.reference("ORIG_HEAD")? == Some(commit) {
            return Ok(true);
        }
        let log = self.inner.reflog("HEAD").map_err(git)?;
        Ok(log.iter().any(|entry| [entry.id_old(), entry.id_new()].into_iter().filter_map(own).any(|oid| oid == commit)))
    }

    /// The commit that a revision names, as `git rev-parse REV^{commit}`. Never for names that were pushed.
    ///
    /// # Errors
    /// No such revision, or it is no commit; its name stands for two refs that differ. (Git would take the tag. So whoever may push
    /// a tag `origin/main` would choose the base that work is measured against.)
    pub fn resolve(&self, revision: &str) -> Result<Oid> {
        self.refuse_ambiguous(revision)?;
        let shown = crate::text::escape(revision.as_bytes());
        let object = self
            .inner
            .revparse_single(revision)
            .map_err(|_missing| Error::new(format!("no revision `{shown}` in this repository")).next("git branch --all"))?;
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
                    let [name, first, full] = [name, first, &full].map(|text| crate::text::escape(text.as_bytes()));
                    return Err(Error::new(format!("`{name}` is both {first} and {full}, which are not the same commit"))
                        .help("name it in full: refs/heads/…, refs/remotes/… or refs/tags/…"));
                }
                Some(_) => {}
                None => found = Some((full, commit)),
            }
        }
        Ok(())
    }
}
