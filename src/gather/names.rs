//! The names of a ref: a symbolic ref and what it stands for are one, whichever of them is pushed.

use std::collections::BTreeSet;

use super::Gatherer;
use crate::error::{Error, Result};
use crate::git::{notes, range};
use crate::policy::UNSIGNED_WRITER;
use crate::text::escape;

/// All names by which one ref can be moved.
pub(super) struct RefNames {
    /// The ref that really changes: full name, raw bytes.
    pub effective: Vec<u8>,
    /// The symbolic refs that stand for it, and the name that was asked about.
    others: BTreeSet<Vec<u8>>,
}

impl RefNames {
    /// Every name, in full.
    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.effective).chain(&self.others).map(Vec::as_slice)
    }

    /// The short names of the branches among them.
    pub fn branches(&self) -> impl Iterator<Item = &[u8]> {
        self.all().filter_map(|name| name.strip_prefix(b"refs/heads/"))
    }

    /// Whether the branch of that short name is one of them.
    pub fn is(&self, branch: Option<&str>) -> bool {
        branch.is_some_and(|branch| self.branches().any(|name| name == branch.as_bytes()))
    }
}

impl Gatherer<'_> {
    /// By which names the ref `name` (full, raw bytes) can be moved where it is pushed to. A client doesn't know the remote's.
    ///
    /// # Errors
    /// The refs can't be listed; a symbolic ref leads nowhere.
    pub(super) fn names_of(&self, name: &[u8]) -> Result<RefNames> {
        let aliases = match self.aliases.get() {
            Some(aliases) => aliases,
            None => {
                let found = if self.is_server() { range::aliases(self.repo)? } else { Vec::new() };
                self.aliases.get_or_init(|| found)
            }
        };
        let effective = match aliases.iter().find(|(alias, _)| alias == name) {
            Some((_, Some(target))) => target.clone(),
            Some((_, None)) => return Err(Error::new(format!("the symbolic ref `{}` leads nowhere", escape(name)))),
            None => name.to_vec(),
        };
        let same = aliases.iter().filter(|(_, target)| target.as_ref() == Some(&effective)).map(|(alias, _)| alias.clone());
        let others = same.chain([name.to_vec()]).filter(|other| *other != effective).collect();
        Ok(RefNames { effective, others })
    }

    /// Whether one of a ref's names is a protected branch's.
    ///
    /// # Errors
    /// A ref can't be read.
    pub(super) fn protects(&self, names: &RefNames) -> Result<bool> {
        for branch in names.branches() {
            if self.is_protected(branch)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether what comes to the ref `name` (full, raw bytes) comes to the base or a protected branch.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn lands_on(&self, name: &[u8]) -> Result<bool> {
        let names = self.names_of(name)?;
        Ok(self.protects(&names)? || names.is(self.base_branch()?.as_deref()))
    }

    /// Whether `protected` names one of them itself, and not only by a pattern.
    pub(super) fn spells_out(&self, names: &RefNames) -> bool {
        let patterns = || self.policy.protected.iter().flat_map(|protected| &protected.patterns);
        names.branches().any(|branch| patterns().any(|pattern| pattern.value.text().as_bytes() == branch))
    }

    /// Whether `free` names this branch (short name, raw bytes).
    pub(super) fn is_work_space(&self, branch: &[u8]) -> bool {
        self.policy.free.as_ref().is_some_and(|free| free.matches(branch))
    }

    /// Why whoever pushes may not push to `name`, what each source said; `None`: they may. On a client nobody knows yet.
    pub(super) fn stranger(&self, name: &[u8]) -> Option<Vec<String>> {
        if !self.is_server() {
            return None;
        }
        let pusher = self.pusher();
        let evidence = name.strip_prefix(notes::PREFIX.as_bytes());
        let runner = self.pushing_runner();
        match (runner, &pusher.name) {
            (Some(_), _) if evidence.is_some() => None,
            // Where nobody is authenticated, what is signed says whose it is: a named writer's notes hold what that one has signed.
            (None, None)
                if pusher.said.is_empty() && evidence.is_some_and(|writer| !writer.starts_with(UNSIGNED_WRITER.as_bytes())) =>
            {
                None
            }
            (Some(runner), _) => Some(vec![format!("runner `{}` pushes evidence and nothing else", escape(runner.as_bytes()))]),
            (None, Some(_)) => None,
            (None, None) => Some(pusher.told()),
        }
    }
}
