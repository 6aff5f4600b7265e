//! What work is measured against, and what is protected.

use super::{Gatherer, trusted_policy};
use crate::error::Result;
use crate::git::range;
use crate::model::Oid;

impl Gatherer<'_> {
    /// The short name of the branch that work lands on.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn base_branch(&self) -> Result<Option<String>> {
        match &self.policy.base {
            Some(base) => Ok(Some(base.value.clone())),
            None => trusted_policy::default_branch(self.repo, self.settings, self.inputs.remote),
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
