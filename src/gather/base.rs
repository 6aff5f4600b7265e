//! What work is measured against, and what is protected.

use super::{Gatherer, trusted_policy};
use crate::error::{Error, Result};
use crate::git::{Head, Repo, range};
use crate::model::Oid;
use crate::policy::Policy;
use crate::text::{escape, shell_quote};

impl Gatherer<'_> {
    /// The short name of the branch that work lands on.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn base_branch(&self) -> Result<Option<String>> {
        match &self.policy.base {
            Some(base) if !self.base_stands_in.get() => Ok(Some(base.value.clone())),
            Some(_) | None => trusted_policy::default_branch(self.repo, self.settings, self.inputs.remote),
        }
    }

    /// The short name of the branch that the policy was read from, where it was read from one.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn policy_branch(&self) -> Result<Option<String>> {
        match (self.policy.source.trusted, self.policy.source.commit) {
            (true, Some(_)) => trusted_policy::default_branch(self.repo, self.settings, self.inputs.remote),
            (true | false, _) => Ok(None),
        }
    }

    /// What work is measured against, as this side knows it.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn base(&self) -> Result<Option<range::Base>> {
        match self.base_branch()? {
            Some(branch) => range::base(self.repo, &branch, self.inputs.remote),
            None => Ok(None),
        }
    }

    /// While the base that the policy names isn't there, the branch that holds the policy stands in for it: for an owner's correction of
    /// the policy alone.
    pub fn let_the_policy_s_branch_stand_in(&self) {
        self.base_stands_in.set(true);
    }

    /// Why nothing can be measured: the policy's base isn't there, while other branches are. A bootstrap measures nothing.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn missing_base(&self) -> Result<Option<Error>> {
        if self.bootstrap || self.base()?.is_some() {
            return Ok(None);
        }
        missing_base_for(self.repo, self.policy, self.inputs.remote)
    }

    /// Whether a branch (short name, raw bytes) is protected: by `protected`, else it is the base.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn is_protected(&self, branch: &[u8]) -> Result<bool> {
        match &self.policy.protected {
            Some(patterns) => Ok(patterns.matches(branch)),
            None => Ok(self.base_branch()?.is_some_and(|base| base.as_bytes() == branch)),
        }
    }

    /// Whether a branch (short name, raw bytes) is work space: `free` names it, and it is neither protected nor the base, nor holds the policy.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn is_free(&self, branch: &[u8]) -> Result<bool> {
        let named = self.is_work_space(branch);
        let is = |name: Option<String>| name.is_some_and(|name| name.as_bytes() == branch);
        Ok(named && !self.is_protected(branch)? && !is(self.base_branch()?) && !is(self.policy_branch()?))
    }

    /// The protected branches as this side knows them: full names and tips.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn protected(&self) -> Result<Vec<(Vec<u8>, Oid)>> {
        let base = self.base_branch()?;
        let protected = |branch: &[u8]| match &self.policy.protected {
            Some(patterns) => patterns.matches(branch),
            None => base.as_ref().is_some_and(|base| base.as_bytes() == branch),
        };
        range::tips(self.repo, &protected, self.inputs.remote)
    }

    /// Their tips alone.
    pub(super) fn protected_tips(&self) -> Result<Vec<Oid>> {
        Ok(self.protected()?.into_iter().map(|(_, oid)| oid).collect())
    }
}

/// Why nothing can be measured by `policy` here: its base isn't there, while other branches are.
///
/// # Errors
/// A ref can't be read.
pub fn missing_base(repo: &Repo, policy: &Policy) -> Result<Option<Error>> {
    missing_base_for(repo, policy, None)
}

fn missing_base_for(repo: &Repo, policy: &Policy, remote: Option<&str>) -> Result<Option<Error>> {
    let Some(name) = policy.base.as_ref().map(|base| base.value.as_str()) else { return Ok(None) };
    let unborn = if repo.is_bare() { !repo.has_branches()? } else { matches!(repo.head()?, Head::Unborn(_)) };
    if unborn || range::base(repo, name, remote)?.is_some() {
        return Ok(None);
    }
    let shown = escape(name.as_bytes());
    let correct = "an owner corrects `base` in policy.toml, in a change of nothing else";
    if repo.is_bare() {
        return Ok(Some(
            Error::new(format!("no base: the policy's base branch `{shown}` is not in this repository"))
                .help(format!("{correct}; or on the server an administrator makes it again: git branch {shown} BRANCH")),
        ));
    }
    let error = Error::new(format!("no base: the policy's base branch `{shown}` is neither here nor on the remote"));
    let quoted = shell_quote(name.as_bytes());
    let made = match repo.head()?.branch().and_then(|branch| branch.strip_prefix(b"refs/heads/")) {
        Some(branch) => format!("git branch {quoted} {}", shell_quote(branch)),
        None => format!("git branch {quoted}"),
    };
    Ok(Some(match range::remote_of(repo, remote)? {
        Some(remote) => {
            let spec = shell_quote(format!("+refs/heads/{name}:refs/remotes/{remote}/{name}").as_bytes());
            error
                .help(format!("fetch it; where it is gone, {correct}; guard check --base REF measures against another"))
                .next(format!("git fetch {} {spec}", shell_quote(remote.as_bytes())))
        }
        None => error.help(format!("{correct}; or make the branch")).next(made),
    }))
}
