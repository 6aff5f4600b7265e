//! Which commits, and what they are measured against.

use crate::change::Oid;
use crate::error::Result;

use super::Repo;

/// The commits reachable from `tips` and not from `hidden`, parents before children.
///
/// # Errors
/// A commit is missing, a shallow boundary lies inside the range, or there are more than `max` (`guard.maxCommits` is named).
pub fn commits(repo: &Repo, tips: &[Oid], hidden: &[Oid], max: u64) -> Result<Vec<Oid>> {
    let _ = (repo, tips, hidden, max);
    todo!()
}

/// The best common ancestors of two commits; empty where they share no history.
///
/// # Errors
/// A commit is missing.
pub fn merge_bases(repo: &Repo, one: Oid, two: Oid) -> Result<Vec<Oid>> {
    let _ = (repo, one, two);
    todo!()
}

/// Whether `ancestor` is `of` or one of its ancestors.
///
/// # Errors
/// A commit is missing.
pub fn is_ancestor(repo: &Repo, ancestor: Oid, of: Oid) -> Result<bool> {
    let _ = (repo, ancestor, of);
    todo!()
}

/// Whether `tree` is the root tree of `tip` or of one of its first-parent ancestors, `max` of them looked at.
///
/// # Errors
/// A commit is missing.
pub fn tree_in_history(repo: &Repo, tree: Oid, tip: Oid, max: u64) -> Result<bool> {
    let _ = (repo, tree, tip, max);
    todo!()
}

/// A branch that work is measured against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// Full ref name.
    pub name: String,
    /// Its short branch name (`main`), without remote.
    pub branch: String,
    /// Its tip.
    pub commit: Oid,
}

/// The branch `branch` as this side knows it: on a client the remote-tracking branch when there is one, else the local branch; on a
/// server (bare) the branch itself. `remote`: the remote that a push goes to, where one is known.
///
/// # Errors
/// A ref can't be read.
pub fn base(repo: &Repo, branch: &str, remote: Option<&str>) -> Result<Option<Base>> {
    let _ = (repo, branch, remote);
    todo!()
}

/// The default branch's short name: server: HEAD's, or `policy_ref`; client: the remote's HEAD, else `main`, `master`, HEAD's.
///
/// # Errors
/// A ref can't be read.
pub fn default_branch(repo: &Repo, policy_ref: Option<&str>, remote: Option<&str>) -> Result<Option<String>> {
    let _ = (repo, policy_ref, remote);
    todo!()
}

/// Tips of all branches of `names` (full names matched by `protected` on the short name), as this side knows them: what they hold is
/// nobody's work in a landing.
///
/// # Errors
/// A ref can't be read.
pub fn tips(repo: &Repo, protected: &dyn Fn(&[u8]) -> bool, remote: Option<&str>) -> Result<Vec<(Vec<u8>, Oid)>> {
    let _ = (repo, protected, remote);
    todo!()
}
