//! Makes commits that take something back, on a branch of their own. The work tree and the index are never touched.

use git2::MergeOptions;

use super::repo::{foreign, git, own};
use super::{Repo, program};
use crate::error::{Error, Result};
use crate::model::{Oid, RepoPath};

/// Commits `tree` on top of `parent`, as git's configured user, and signed where git is configured to sign.
///
/// # Errors
/// There is no git program; git refuses, with its own words (no user is configured, a key can't be used).
pub fn commit(repo: &Repo, tree: Oid, parent: Oid, message: &str) -> Result<Oid> {
    let (tree, parent) = (tree.to_string(), parent.to_string());
    let sign: &[&str] = if repo.config_bool("commit.gpgSign")? { &["-S"] } else { &[] };
    let args = [&["commit-tree"], sign, &["-p", &parent, "-m", message, &tree]].concat();
    let out = said(repo, &args, "git could not make the commit")?;
    Oid::from_hex(out.trim()).ok_or_else(|| Error::new("git answered no commit"))
}

/// Makes the branch `name` (short) at `tip`, if there is none of that name. Hooks judge it as they judge any branch.
///
/// # Errors
/// The branch exists; a hook refuses, with its own words.
pub fn branch(repo: &Repo, name: &str, tip: Oid) -> Result<()> {
    let (full, tip) = (format!("refs/heads/{name}"), tip.to_string());
    let zero = "0".repeat(tip.len());
    said(repo, &["update-ref", "-m", "guard: rollback", &full, &tip, &zero], "git could not make the branch").map(drop)
}

/// Pushes the branch `name` (short) to the branch `to` (short) of a remote.
///
/// # Errors
/// The remote or a hook refuses, with git's own words.
pub fn push(repo: &Repo, remote: &str, name: &str, to: &str) -> Result<()> {
    let spec = format!("refs/heads/{name}:refs/heads/{to}");
    said(repo, &["push", "--quiet", "--", remote, &spec], "git could not push the branch").map(drop)
}

fn said(repo: &Repo, args: &[&str], failed: &str) -> Result<String> {
    let run = program::run(repo, args)?;
    if run.status.success() {
        return String::from_utf8(run.stdout).map_err(|_bytes| Error::new("git answered bytes that are no text"));
    }
    Err(Error { details: Some(program::all_lines(&[run.stdout, run.stderr].concat())), ..Error::new(failed) })
}

/// The tree `onto` without the changes of `commit`, which for a merge are those against its first parent.
///
/// The inner error lists the paths that conflict. With `keep` the tree is written to the disk, where git finds it.
///
/// # Errors
/// An object is missing or damaged, or can't be written; a root commit.
pub fn reverted(repo: &Repo, commit: Oid, onto: Oid, keep: bool) -> Result<std::result::Result<Oid, Vec<RepoPath>>> {
    let disk = repo.writable()?;
    let raw: &git2::Repository = if keep { &disk } else { repo.raw() };
    let unreadable = |e: git2::Error| git(e).context(format!("commit {} can't be reverted", commit.short()));
    let found = raw.find_commit(foreign(commit)?).map_err(unreadable)?;
    let before = found.parent(0).and_then(|parent| parent.tree()).map_err(unreadable)?;
    let onto = raw.find_tree(foreign(onto)?).map_err(unreadable)?;
    let mut options = MergeOptions::new();
    options.find_renames(true);
    let mut index = raw.merge_trees(&found.tree().map_err(unreadable)?, &onto, &before, Some(&options)).map_err(unreadable)?;
    if index.has_conflicts() {
        let mut paths = Vec::new();
        for conflict in index.conflicts().map_err(git)? {
            let conflict = conflict.map_err(git)?;
            let side = conflict.our.or(conflict.their).or(conflict.ancestor);
            paths.extend(side.map(|entry| RepoPath::new(entry.path)));
        }
        return Ok(Err(paths));
    }
    let tree = index.write_tree_to(raw).map_err(git)?;
    own(tree).map(Ok).ok_or_else(|| Error::new("a tree has the zero id"))
}
