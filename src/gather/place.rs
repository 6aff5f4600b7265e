//! Where the commands of an answer are pasted.

use std::collections::{BTreeMap, BTreeSet};

use super::landing::Judged;
use super::{Inputs, Landing};
use crate::error::{Error, Result};
use crate::facts::{Place, Standing, Subject};
use crate::git::{Commit, Head, Repo, range, refspecs, staged};
use crate::model::Oid;
use crate::text::shell_quote;

/// What a server takes the pusher's name for it to be: git's own default.
const ORIGIN: &str = "origin";

/// The place, as this side knows it.
///
/// # Errors
/// The configuration can't be read.
pub(super) fn of(repo: &Repo, inputs: &Inputs<'_>) -> Result<Place> {
    if inputs.side.is_server() {
        let evidence = Some(refspecs::fetch(ORIGIN));
        return Ok(Place { server: true, remote: Some(ORIGIN.to_owned()), evidence, ..Place::default() });
    }
    let known = range::remote_of(repo, inputs.remote)?;
    Ok(Place {
        below_root: repo.work_tree().is_ok_and(|root| inputs.context.is_below(root)),
        server: false,
        evidence: known.as_deref().map(refspecs::fetch),
        remote: inputs.remote.map(str::to_owned).or(known),
        signs: repo.config("user.signingKey")?.is_some(),
        passing_index: repo.has_passing_index(),
    })
}

/// Says of each subject whether HEAD's branch holds its commit, and is what was judged: only then may a command that is pasted there
/// move it.
///
/// # Errors
/// HEAD can't be read.
pub(super) fn find_head(
    repo: &Repo,
    place: &Place,
    landings: &[Landing],
    judged: &[Judged],
    subjects: &mut [Subject],
) -> Result<()> {
    if place.server {
        return Ok(());
    }
    let head = repo.head()?;
    let mut own: BTreeMap<Oid, Standing> = BTreeMap::new();
    for (index, landing) in landings.iter().enumerate() {
        let stands = stands_at(repo, landing, &head)?;
        let moves = landing.reference.as_deref().is_some_and(|name| head.branch() == Some(name));
        let there = on_remote(repo, landing)?;
        for commit in judged.iter().filter(|one| one.on.contains(&index)).map(|one| &one.commit) {
            let standing = if there.contains(&commit.oid) {
                Standing::Elsewhere
            } else if stands {
                Standing::Holds
            } else if moves && landing.tip == Some(commit.oid) {
                being_made(repo, &head, commit)?
            } else {
                Standing::Elsewhere
            };
            if standing != Standing::Elsewhere {
                own.insert(commit.oid, standing);
            }
        }
    }
    for subject in subjects {
        subject.head = subject.commit.and_then(|commit| own.get(&commit).copied()).unwrap_or_default();
    }
    Ok(())
}

/// The commits of a landing that its ref holds already where it is pushed to: others go on from them, so they are not taken back in place.
fn on_remote(repo: &Repo, landing: &Landing) -> Result<BTreeSet<Oid>> {
    let old = landing.continues.map(|old| repo.commit_if_here(old)).transpose()?.flatten();
    match old {
        Some(old) => Ok(range::commits(repo, &[old], &landing.hidden, u64::MAX)?.into_iter().collect()),
        None => Ok(BTreeSet::new()),
    }
}

/// Whether it is of the index that a commit is made which HEAD's branch would get: then it is there that something can be taken out.
fn being_made(repo: &Repo, head: &Head, commit: &Commit) -> Result<Standing> {
    // Unmerged, or not to be read: nothing is known of it.
    if !matches!(staged::tree(repo), Ok(tree) if tree == commit.tree) {
        return Ok(Standing::Elsewhere);
    }
    Ok(match head.commit() {
        None => Standing::Staged,
        Some(tip) if commit.parents.contains(&tip) => Standing::Staged,
        Some(tip) if repo.commit(tip)?.parents == commit.parents => Standing::Amending,
        Some(_) => Standing::Elsewhere,
    })
}

/// Too many commits come at once: whoever lands them brings the first of them, and then the others; anybody else raises the bound.
pub(super) fn in_parts(repo: &Repo, place: &Place, landing: &Landing, (first, max): (Oid, u64)) -> Error {
    let error = Error::new(format!("more than {max} commits are to be judged (`guard.maxCommits`)"));
    // What a branch that nobody protects holds is judged with what comes to it: parts of it make it no less.
    let update = landing.update.as_ref().filter(|update| update.lands);
    let (Some(name), Some(_), Some(remote)) = (&landing.reference, update, &place.remote) else {
        return if repo.is_bare() {
            error.help("land it in parts, or have an administrator raise the server's bound: git config guard.maxCommits NUMBER")
        } else {
            error.next(format!("git config guard.maxCommits {}", max.saturating_mul(10)))
        };
    };
    let (remote, name) = (shell_quote(remote.as_bytes()), shell_quote(&[b":", name.as_slice()].concat()));
    error
        .help("push it in parts: the first of them, then the same push again; or have an administrator raise the server's bound")
        .next(format!("git push {remote} {first}{name}"))
}

/// Whether HEAD stands where the landing ends, on no other branch than the one that was named.
fn stands_at(repo: &Repo, landing: &Landing, head: &Head) -> Result<bool> {
    if landing.tip.is_none() || landing.tip != head.commit() {
        return Ok(false);
    }
    let Some(name) = landing.reference.as_deref() else { return Ok(true) };
    let named = std::str::from_utf8(name).ok().map(|name| repo.reference(name)).transpose()?.flatten();
    Ok(named.is_none() || head.branch().is_none_or(|branch| branch == name))
}
