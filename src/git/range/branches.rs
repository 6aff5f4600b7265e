//! Branches as this side knows them.
//!
//! Names are bytes. A name that is not UTF-8 is never the default branch or the base, but may be protected.

use std::collections::BTreeMap;

use git2::{ErrorCode, ObjectType, Reference, ReferenceType};

use crate::error::{Error, Result};
use crate::git::lineage::is_commit;
use crate::git::repo::{git, missing, own};
use crate::git::{Head, Repo};
use crate::model::Oid;
use crate::text::{escape, truncate};

const LOCAL: &str = "refs/heads/";

/// A branch's full name and its commit.
pub type Tip = (Vec<u8>, Oid);

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

/// The branch `branch` as this side knows it.
///
/// On a client that is the remote-tracking branch, or without one the local branch; on a server (bare) it is the branch itself.
/// `remote` is the remote that a push goes to, where it is known.
///
/// # Errors
/// A ref can't be read.
pub fn base(repo: &Repo, branch: &str, remote: Option<&str>) -> Result<Option<Base>> {
    for prefix in prefixes(repo, remote)? {
        let name = format!("{prefix}{branch}");
        if let Some(commit) = commit_of(repo, &name)? {
            return Ok(Some(Base { name, branch: branch.to_owned(), commit }));
        }
    }
    Ok(None)
}

/// The branch that somebody names: in full, as a remote's (`origin/main`), or as this side knows it (`main`).
///
/// # Errors
/// A ref can't be read.
pub fn named(repo: &Repo, name: &str) -> Result<Option<Base>> {
    let full = if name.starts_with("refs/") { name.to_owned() } else { format!("refs/remotes/{name}") };
    let tracking = full.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/')).map(|(_, branch)| branch);
    if let Some(branch) = tracking.or_else(|| full.strip_prefix(LOCAL))
        && let Some(commit) = commit_of(repo, &full)?
    {
        return Ok(Some(Base { branch: branch.to_owned(), name: full, commit }));
    }
    base(repo, name, None)
}

/// Which branch a repository's work lands on, as far as that can be told without asking which branches somebody has made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DefaultBranch {
    /// This one: short name. It may not be there.
    Named(String),
    /// Nothing says so, and these are the remote's branches.
    Unsaid {
        /// The remote's name.
        remote: String,
        /// Short names and tips.
        branches: Vec<(String, Oid)>,
    },
    /// There is none.
    Nothing,
}

/// The default branch.
///
/// On a server: `policy_ref`, else HEAD's branch. On a client: the remote's HEAD; without a remote's branches `main`, `master`,
/// HEAD's branch, which are this side's own.
///
/// # Errors
/// A ref can't be read.
pub fn default_branch(repo: &Repo, policy_ref: Option<&str>, remote: Option<&str>) -> Result<DefaultBranch> {
    let head = head_branch(repo)?;
    if repo.is_bare() {
        let named = policy_ref.map(|name| name.strip_prefix(LOCAL).unwrap_or(name).to_owned());
        return Ok(named.or(head).map_or(DefaultBranch::Nothing, DefaultBranch::Named));
    }
    if let Some(remote) = remote_of(repo, remote)? {
        let prefix = tracking(&remote);
        if let Some(target) = repo.symbolic_target(&format!("{prefix}HEAD"))?
            && let Some(branch) = target.strip_prefix(&prefix)
            && repo.reference(&target)?.is_some()
        {
            return Ok(DefaultBranch::Named(branch.to_owned()));
        }
        let there = below(repo, &prefix, &|_| true, Unreadable::LeftOut)?.unwrap_or_default();
        let short = |(name, oid): Tip| Some((String::from_utf8(name.strip_prefix(prefix.as_bytes())?.to_vec()).ok()?, oid));
        let branches: Vec<(String, Oid)> = there.into_iter().filter_map(short).collect();
        if !branches.is_empty() {
            return Ok(DefaultBranch::Unsaid { remote, branches });
        }
    }
    for branch in ["main".to_owned(), "master".to_owned()].into_iter().chain(head) {
        if base(repo, &branch, remote)?.is_some() {
            return Ok(DefaultBranch::Named(branch));
        }
    }
    Ok(DefaultBranch::Nothing)
}

/// Tips of all branches whose short name `protected` matches, as this side knows them.
///
/// The commits that they hold are nobody's work in a landing.
///
/// # Errors
/// A ref can't be read.
pub fn tips(repo: &Repo, protected: &dyn Fn(&[u8]) -> bool, remote: Option<&str>) -> Result<Vec<Tip>> {
    for prefix in prefixes(repo, remote)? {
        if let Some(tips) = below(repo, &prefix, protected, Unreadable::Decides)? {
            return Ok(tips);
        }
    }
    Ok(Vec::new())
}

/// Tips of all branches, as this side knows them, but for those that lead to no commit.
///
/// For a caller to whom what a branch holds is known already: one that can't be read makes nothing known, and decides about nobody's work.
///
/// # Errors
/// The refs can't be listed.
pub fn readable(repo: &Repo, remote: Option<&str>) -> Result<Vec<Tip>> {
    for prefix in prefixes(repo, remote)? {
        if let Some(tips) = below(repo, &prefix, &|_| true, Unreadable::LeftOut)? {
            return Ok(tips);
        }
    }
    Ok(Vec::new())
}

/// All branches and remote-tracking branches that lead to a commit: full names and tips.
///
/// A symbolic ref is left out. Its target is listed by itself, or is no branch. So is one whose object isn't here: it holds nothing.
///
/// # Errors
/// The refs can't be listed.
pub fn branches(repo: &Repo) -> Result<Vec<Tip>> {
    let mut tips = Vec::new();
    for found in repo.raw().references().map_err(git)? {
        let found = found.map_err(|e| git(e).context("could not list the refs"))?;
        let name = found.name_bytes();
        let is_branch = name.starts_with(LOCAL.as_bytes()) || name.starts_with(b"refs/remotes/");
        if is_branch
            && found.kind() == Some(ReferenceType::Direct)
            && let Ok(Some(commit)) = peeled(repo, &found)
        {
            tips.push((name.to_vec(), commit));
        }
    }
    Ok(tips)
}

/// Symbolic refs, and the ref that each stands for in the end, which may not be there: full names, raw bytes. `None`: it leads to nothing
/// within ten steps, as in a circle.
pub type Aliases = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Every symbolic ref but HEAD.
///
/// # Errors
/// The refs can't be listed.
pub fn aliases(repo: &Repo) -> Result<Aliases> {
    let mut steps = BTreeMap::new();
    for found in repo.raw().references().map_err(git)? {
        let found = found.map_err(|e| git(e).context("could not list the refs"))?;
        if let Some(target) = found.symbolic_target_bytes() {
            steps.insert(found.name_bytes().to_vec(), target.to_vec());
        }
    }
    let mut aliases = Vec::new();
    for (name, first) in &steps {
        let mut target = first;
        for _ in 0..MAX_STEPS {
            target = steps.get(target).unwrap_or(target);
        }
        aliases.push((name.clone(), (!steps.contains_key(target)).then(|| target.clone())));
    }
    Ok(aliases)
}

/// Symbolic refs that lead to each other are followed so far.
const MAX_STEPS: usize = 10;

/// What becomes of a branch that leads to no commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unreadable {
    /// Nothing can be told without it.
    Decides,
    /// It isn't there.
    LeftOut,
}

/// The protected branches below `prefix`, sorted by name; `None`: there are no branches at all.
fn below(repo: &Repo, prefix: &str, protected: &dyn Fn(&[u8]) -> bool, unreadable: Unreadable) -> Result<Option<Vec<Tip>>> {
    let mut known = false;
    let mut tips = Vec::new();
    for found in repo.raw().references().map_err(git)? {
        let found = found.map_err(|e| git(e).context("could not list the refs"))?;
        let name = found.name_bytes().to_vec();
        let Some(branch) = name.strip_prefix(prefix.as_bytes()) else { continue };
        if branch == b"HEAD" && prefix != LOCAL {
            continue;
        }
        known = true;
        if !protected(branch) {
            continue;
        }
        match peeled(repo, &found) {
            Ok(commit) => tips.extend(commit.map(|commit| (name, commit))),
            Err(_) if unreadable == Unreadable::LeftOut => {}
            Err(error) => return Err(error),
        }
    }
    tips.sort();
    Ok(known.then_some(tips))
}

/// Where branches are looked for, in order.
fn prefixes(repo: &Repo, remote: Option<&str>) -> Result<Vec<String>> {
    let mut prefixes = Vec::new();
    if !repo.is_bare()
        && let Some(remote) = remote_of(repo, remote)?
    {
        prefixes.push(tracking(&remote));
    }
    prefixes.push(LOCAL.to_owned());
    Ok(prefixes)
}

fn tracking(remote: &str) -> String {
    format!("refs/remotes/{remote}/")
}

/// The remote that counts: the given one, else that of the upstream of HEAD's branch, else `origin`, else the only one.
///
/// A name of no configured remote (a push to a URL) is passed over.
pub fn remote_of(repo: &Repo, given: Option<&str>) -> Result<Option<String>> {
    let names = repo.raw().remotes().map_err(git)?;
    let names: Vec<&str> = names.iter().filter_map(|name| name.ok().flatten()).collect();
    let upstream = match head_branch(repo)? {
        Some(branch) => repo.config(&format!("branch.{branch}.remote"))?,
        None => None,
    };
    let only = if let [only] = names.as_slice() { Some(*only) } else { None };
    let wanted = [given, upstream.as_deref(), Some("origin"), only];
    Ok(wanted.into_iter().flatten().find(|name| names.contains(name)).map(str::to_owned))
}

/// Short name of the branch that HEAD is on, unborn ones included; `None` when detached, or when it is not UTF-8.
fn head_branch(repo: &Repo) -> Result<Option<String>> {
    let branch = match repo.head()? {
        Head::Unborn(name) | Head::Branch(name, _) => name.strip_prefix(LOCAL.as_bytes()).map(<[u8]>::to_vec),
        Head::Detached(_) => None,
    };
    Ok(branch.and_then(|name| String::from_utf8(name).ok()))
}

/// The commit that a full ref name stands for; `None`: no such ref, or it leads nowhere.
fn commit_of(repo: &Repo, name: &str) -> Result<Option<Oid>> {
    match repo.raw().find_reference(name) {
        Ok(found) => peeled(repo, &found),
        Err(e) if matches!(e.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
        Err(e) => Err(git(e).context(format!("could not read ref `{}`", escape(name.as_bytes())))),
    }
}

/// The commit that a ref stands for, through symbolic refs and tags; `None`: a symbolic ref that leads nowhere.
fn peeled(repo: &Repo, found: &Reference<'_>) -> Result<Option<Oid>> {
    let shown = || truncate(&escape(found.name_bytes()));
    let resolved = match found.kind() {
        // libgit2 would look it up again by its name, which git may have made longer than libgit2 takes.
        Some(ReferenceType::Direct) => None,
        Some(ReferenceType::Symbolic) | None => match found.resolve() {
            Ok(direct) => Some(direct),
            Err(e) if e.code() == ErrorCode::NotFound => return Ok(None),
            Err(e) => return Err(astray(git(e).context(format!("could not read ref `{}`", shown())), found)),
        },
    };
    let direct = resolved.as_ref().unwrap_or(found);
    let lost = |e: git2::Error| match direct.target().and_then(own).filter(|_| e.code() == ErrorCode::NotFound) {
        Some(oid) => missing(oid, &e).context(format!("ref `{}`", shown())),
        None => astray(git(e).context(format!("ref `{}` leads to no commit", shown())), found),
    };
    match direct.target().and_then(own) {
        // What libgit2 can't parse is a commit all the same.
        Some(oid) if is_commit(repo, oid)? => Ok(Some(oid)),
        Some(_) | None => Ok(own(direct.peel(ObjectType::Commit).map_err(lost)?.id())),
    }
}

/// With the way out, which is an administrator's.
fn astray(error: Error, found: &Reference<'_>) -> Error {
    let name = crate::text::shell_quote(found.name_bytes());
    error.help(format!("whoever administers that repository can take the ref away there: git update-ref --no-deref -d {name}"))
}
