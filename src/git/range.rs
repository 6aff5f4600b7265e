//! Ranges of commits, and the base that they are measured against.

use std::collections::BTreeSet;

use git2::{ErrorCode, Sort};

use crate::error::{Error, Result};
use crate::model::Oid;

use super::Repo;
use super::commit_object::malformed;
use super::history::Graph;
use super::lineage::{Lineage, is_commit};
use super::repo::{foreign, git, own};

mod branches;

pub use branches::{Aliases, Base, DefaultBranch, aliases, base, branches, default_branch, named, readable, remote_of, tips};

/// The commits reachable from `tips` and not from `hidden`, parents before children.
///
/// # Errors
/// A commit is missing, a shallow boundary lies inside the range, or there are more than `max` (`guard.maxCommits` is named).
pub fn commits(repo: &Repo, tips: &[Oid], hidden: &[Oid], max: u64) -> Result<Vec<Oid>> {
    at_most(repo, tips, hidden, max)?.map_err(|_first| {
        let error = Error::new(format!("more than {max} commits are to be judged (`guard.maxCommits`)"));
        if repo.is_bare() {
            error.help("an administrator raises the bound: git config guard.maxCommits NUMBER, in the server's repository")
        } else {
            error.next(format!("git config guard.maxCommits {}", max.saturating_mul(10)))
        }
    })
}

/// The same; where there are more than `max`, the last of the first `max`: it reaches no other than those.
///
/// # Errors
/// A commit is missing; a shallow boundary lies inside the range.
pub fn at_most(repo: &Repo, tips: &[Oid], hidden: &[Oid], max: u64) -> Result<std::result::Result<Vec<Oid>, Oid>> {
    let shallow = cut_off(repo)?;
    let all = match walked(repo, tips, hidden, max) {
        Err(Walk::Parsing(error)) => by_parents(repo, tips, hidden, error)?,
        Err(Walk::Other(error)) => return Err(error),
        Ok(all) => all,
    };
    let mut commits = Vec::new();
    for oid in all {
        if shallow.contains(&oid) {
            return Err(Error::new(format!("commit {oid} is where this shallow clone ends: what it changed can't be told"))
                .next("git fetch --unshallow"));
        }
        if u64::try_from(commits.len()).unwrap_or(u64::MAX) >= max
            && let Some(last) = commits.last()
        {
            return Ok(Err(*last));
        }
        commits.push(oid);
    }
    repo.fetch_what_changed(&commits)?;
    Ok(Ok(commits))
}

/// The commits without parents that `tip` reaches and `hidden` doesn't, with the history of each.
///
/// # Errors
/// A commit is missing; there is no time left.
pub fn roots(repo: &Repo, tip: Oid, hidden: &[Oid]) -> Result<Vec<Oid>> {
    let shallow = shallow(repo)?;
    let mut roots = Vec::new();
    for oid in all(repo, tip, hidden)? {
        repo.deadline.check()?;
        if !shallow.contains(&oid) && repo.commit(oid)?.parents.is_empty() {
            roots.push(oid);
        }
    }
    Ok(roots)
}

/// The commits that `tip` reaches and `hidden` don't, parents before children, whatever git's fsck says of them: for a replay.
///
/// # Errors
/// A commit is missing.
pub(super) fn all(repo: &Repo, tip: Oid, hidden: &[Oid]) -> Result<Vec<Oid>> {
    match walked(repo, &[tip], hidden, u64::MAX) {
        Err(Walk::Parsing(error)) => {
            let shallow = cut_off(repo)?;
            let tips = [tip].into_iter().chain(hidden.iter().copied());
            let lineage = Lineage::of(repo, tips, &|oid| shallow.contains(oid)).map_err(|_same| error)?;
            Ok(lineage.without(&[tip], hidden))
        }
        Err(Walk::Other(error)) => Err(error),
        Ok(all) => Ok(all),
    }
}

/// Why libgit2 can't walk.
enum Walk {
    /// It can't parse a commit on its way.
    Parsing(Error),
    /// Whatever else.
    Other(Error),
}

/// The range as libgit2 walks it: no more than one beyond `max`.
fn walked(repo: &Repo, tips: &[Oid], hidden: &[Oid], max: u64) -> std::result::Result<Vec<Oid>, Walk> {
    let mut walk = repo.raw().revwalk().map_err(|e| Walk::Other(git(e)))?;
    walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(|e| Walk::Other(git(e)))?;
    let told = |oid: Oid, e: git2::Error| {
        if e.code() == ErrorCode::NotFound { Walk::Other(unreadable(oid, &e)) } else { Walk::Parsing(unreadable(oid, &e)) }
    };
    for tip in tips {
        walk.push(foreign(*tip).map_err(Walk::Other)?).map_err(|e| told(*tip, e))?;
    }
    for commit in hidden {
        walk.hide(foreign(*commit).map_err(Walk::Other)?).map_err(|e| told(*commit, e))?;
    }
    let most = usize::try_from(max).unwrap_or(usize::MAX).saturating_add(1);
    let mut all = Vec::new();
    for found in walk.take(most) {
        let oid = found.map_err(|e| Walk::Parsing(git(e).context("could not walk the history")))?;
        all.push(own(oid).ok_or_else(|| Walk::Other(Error::new("the history holds a commit without an id")))?);
    }
    Ok(all)
}

/// The range where libgit2 can't parse a commit on the way. What is there already is only walked; a commit that comes and that git's fsck
/// refuses has to be excused. `error`: libgit2's, for where nothing is malformed.
fn by_parents(repo: &Repo, tips: &[Oid], hidden: &[Oid], error: Error) -> Result<Vec<Oid>> {
    let shallow = cut_off(repo)?;
    let lineage = Lineage::of(repo, tips.iter().chain(hidden).copied(), &|oid| shallow.contains(oid)).map_err(|_same| error)?;
    let commits = lineage.without(tips, hidden);
    for oid in &commits {
        if let Some(fault) = repo.commit_header(*oid)?.fault()
            && !repo.excuses(*oid, fault)?
        {
            return Err(malformed(*oid, fault));
        }
    }
    Ok(commits)
}

/// The graph of all that these commits reach.
fn graph(repo: &Repo, tips: impl Iterator<Item = Oid>) -> Result<Graph> {
    let shallow = cut_off(repo)?;
    let graph = Lineage::of(repo, tips, &|oid| shallow.contains(oid))?.graph();
    graph.ok_or_else(|| Error::new("the history can't be followed by its parents"))
}

/// The best common ancestors of two commits; empty where they share no history.
///
/// # Errors
/// A commit is missing; this shallow clone ends before a common ancestor.
pub fn merge_bases(repo: &Repo, one: Oid, two: Oid) -> Result<Vec<Oid>> {
    common_ancestors(repo, one, &[two])
}

/// Answers of libgit2 that are kept. A landing repeats a few questions, and long histories have a graph.
const TOLD: usize = 1_000;

/// The best common ancestors of a commit and of a merge that `others` would make, newest first.
///
/// # Errors
/// As `merge_bases`.
pub(crate) fn common_ancestors(repo: &Repo, one: Oid, others: &[Oid]) -> Result<Vec<Oid>> {
    let told = repo.graph.borrow().as_ref().and_then(|graph| graph.bases(one, others));
    if let Some(bases) = told {
        return Ok(bases);
    }
    let asked = (one, others.to_vec());
    if let Some(bases) = repo.bases.borrow().get(&asked) {
        return Ok(bases.clone());
    }
    let commits = [one].iter().chain(others).map(|c| known(repo, *c)).collect::<Result<Vec<_>>>()?;
    let bases: Vec<Oid> = match repo.raw().merge_bases_many(&commits) {
        Ok(found) => found.iter().copied().filter_map(own).collect(),
        Err(e) if e.code() == ErrorCode::NotFound => Vec::new(),
        Err(e) => {
            let failed = || git(e).context(format!("could not find the merge base of {}", one.short()));
            let graph = graph(repo, [one].into_iter().chain(others.iter().copied())).map_err(|_same| failed())?;
            graph.bases(one, others).unwrap_or_default()
        }
    };
    if bases.is_empty() && !cut_off(repo)?.is_empty() {
        return Err(Error::new(format!("no common ancestor of commit {} is in this shallow clone", one.short()))
            .next("git fetch --unshallow"));
    }
    let mut told = repo.bases.borrow_mut();
    if told.len() < TOLD {
        told.insert(asked, bases.clone());
    }
    Ok(bases)
}

/// Whether `ancestor` is `of` or one of its ancestors.
///
/// # Errors
/// A commit is missing.
pub fn is_ancestor(repo: &Repo, ancestor: Oid, of: Oid) -> Result<bool> {
    let (ancestor_id, of_id) = (known(repo, ancestor)?, known(repo, of)?);
    if ancestor == of {
        return Ok(true);
    }
    repo.raw().graph_descendant_of(of_id, ancestor_id).or_else(|e| match graph(repo, [ancestor, of].into_iter()) {
        Ok(graph) => Ok(graph.bases(ancestor, &[of]).is_some_and(|bases| bases.contains(&ancestor))),
        Err(_same) => Err(unreadable(of, &e)),
    })
}

/// Whether `tree` is the root tree of `tip` or of one of its first-parent ancestors. At most `max` commits are looked at.
///
/// # Errors
/// A commit is missing.
pub fn tree_in_history(repo: &Repo, tree: Oid, tip: Oid, max: u64) -> Result<bool> {
    let mut next = Some(tip);
    for _ in 0..max {
        let Some(oid) = next else { return Ok(false) };
        let commit = repo.commit(oid)?;
        if commit.tree == tree {
            return Ok(true);
        }
        next = commit.parents.first().copied();
    }
    Ok(false)
}

/// The commits whose parents a shallow clone doesn't have; libgit2, as git, takes them for roots.
///
/// # Errors
/// The repository's file `shallow` can't be read.
pub(super) fn cut_off(repo: &Repo) -> Result<&BTreeSet<Oid>> {
    if let Some(cut) = repo.cut.get() {
        return Ok(cut);
    }
    let read = shallow(repo)?;
    Ok(repo.cut.get_or_init(|| read))
}

fn shallow(repo: &Repo) -> Result<BTreeSet<Oid>> {
    let file = repo.common_dir().join("shallow");
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(e) => return Err(Error::from(e).context("could not read the repository's file `shallow`")),
    };
    let oid = |line: &[u8]| std::str::from_utf8(line).ok().and_then(Oid::from_hex);
    let lines = text.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| oid(line).ok_or_else(|| Error::new("the repository's file `shallow` is malformed"))).collect()
}

/// git2's id of a commit that is there.
fn known(repo: &Repo, oid: Oid) -> Result<git2::Oid> {
    let id = foreign(oid)?;
    match repo.raw().find_commit(id) {
        Ok(_) => Ok(id),
        Err(e) if e.code() != ErrorCode::NotFound && is_commit(repo, oid)? => Ok(id),
        Err(e) => Err(unreadable(oid, &e)),
    }
}

pub(super) fn unreadable(oid: Oid, error: &git2::Error) -> Error {
    if error.code() == ErrorCode::NotFound {
        Error::new(format!("commit {oid}, or one before it, is missing from this repository"))
            .help("a shallow clone lacks what is older, a partial one what was left out")
            .next("git fetch --unshallow")
            .next("git fetch --refetch")
    } else {
        Error::new(format!("commit {oid} can't be read: {}", crate::text::escape(error.message().as_bytes())))
    }
}

#[cfg(test)]
mod tests;
