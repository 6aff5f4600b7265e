//! Names that get in the way of a protected branch's: its twins but for case or normalisation, tags that take it, branches that block it.

use super::{Target, There};
use crate::error::Result;
use crate::facts::Clash;
use crate::gather::Gatherer;
use crate::model::RepoPath;
use crate::model::ref_update::RefUpdate;
use crate::policy::{Pattern, fold};
use crate::text::escape;

/// How an update's name and a protected branch's clash.
///
/// # Errors
/// A ref can't be read.
pub(super) fn clash(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate, target: &Target) -> Result<Option<Clash>> {
    if update.new.is_none() {
        return Ok(None);
    }
    if let Some(tag) = target.names.effective.strip_prefix(b"refs/tags/") {
        return Ok(shadowed(g, tag, there).map(Clash::Takes));
    }
    let Some(branch) = target.branch() else { return Ok(None) };
    let twin = twin(g, branch, there).map(Clash::Twin);
    Ok(match update.old {
        None if twin.is_none() && target.guarded() => taken(g, there, branch)?.map(Clash::TakenBy),
        None => twin.or_else(|| blocked(g, branch, there).map(Clash::Blocks)),
        Some(_) => twin,
    })
}

/// The protected branch that `branch` is a twin of: equal but for case or normalisation.
fn twin(g: &Gatherer<'_>, branch: &[u8], there: &There<'_>) -> Option<String> {
    let folded = fold(branch);
    names(g, there).into_iter().find(|name| *name != branch && fold(name) == folded).map(escape)
}

/// The protected branch whose name `tag` takes, as it is or below a remote's, which may be called anything: git reads `main` and
/// `origin/main` as the tag.
fn shadowed(g: &Gatherer<'_>, tag: &[u8], there: &There<'_>) -> Option<String> {
    let folded = fold(tag);
    let takes = |name: &&[u8]| {
        let rest = folded.strip_suffix(fold(name).as_slice());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(b"/"))
    };
    names(g, there).into_iter().find(takes).map(escape)
}

/// The tag that a new protected `branch` would be read as. Which names a pattern will cover one day, nobody can know, so a tag is refused
/// where the branch is there, and the branch where the tag is.
fn taken(g: &Gatherer<'_>, there: &There<'_>, branch: &[u8]) -> Result<Option<String>> {
    let Some(branch) = std::str::from_utf8(branch).ok().filter(|_| g.is_server()) else { return Ok(None) };
    for tag in [format!("refs/tags/{branch}"), format!("refs/tags/origin/{branch}")] {
        let goes = there.updates.iter().any(|update| update.new.is_none() && update.name == tag.as_bytes());
        if !goes && g.repo.reference(&tag)?.is_some() {
            return Ok(Some(escape(tag.as_bytes())));
        }
    }
    Ok(None)
}

/// The protected branch that could not be made beside a `branch` that isn't protected: git keeps no two refs of which one would be the other's
/// directory. Of names that only a pattern covers, those below a directory that the pattern spells out.
fn blocked(g: &Gatherer<'_>, branch: &[u8], there: &There<'_>) -> Option<String> {
    let folded = fold(branch);
    let below = |name: &[u8], directory: &[u8]| name.strip_prefix(directory).is_some_and(|rest| rest.first() == Some(&b'/'));
    let meets = |name: &&[u8]| below(&folded, &fold(name)) || below(&fold(name), &folded);
    if let Some(name) = names(g, there).into_iter().find(meets) {
        return Some(escape(name));
    }
    let patterns: Vec<&Pattern> = g.policy.protected.iter().flat_map(|p| &p.patterns).map(|p| &p.value).collect();
    let directories = branch.iter().enumerate().filter(|(_, byte)| **byte == b'/').filter_map(|(at, _)| branch.get(..at));
    let covered = |directory: &&[u8]| {
        let path = RepoPath::new(*directory);
        patterns.iter().any(|pattern| pattern.spells_out_a_directory() && pattern.matches_folded(&path))
    };
    directories.into_iter().find(covered).map(escape)
}

/// The short names of what is protected there, or is to be by this push, of the base and of the branch that holds the policy.
fn names<'n>(g: &'n Gatherer<'_>, there: &'n There<'_>) -> Vec<&'n [u8]> {
    let names = there.protected.iter().filter_map(|(name, _)| short(name, g.inputs.remote));
    let written = g.policy.protected.iter().flat_map(|p| &p.patterns).map(|p| p.value.text().as_bytes());
    let base = g.policy.base.iter().map(|b| &b.value).chain(&there.policy_branch).map(|name| name.as_bytes());
    names.chain(there.coming.iter().map(Vec::as_slice)).chain(written).chain(base).collect()
}

/// The short name of a local or remote-tracking branch.
fn short<'n>(name: &'n [u8], remote: Option<&str>) -> Option<&'n [u8]> {
    if let Some(local) = name.strip_prefix(b"refs/heads/") {
        return Some(local);
    }
    let tracking = name.strip_prefix(b"refs/remotes/")?;
    match remote.and_then(|remote| tracking.strip_prefix(remote.as_bytes())) {
        Some(rest) => rest.strip_prefix(b"/"),
        None => tracking.iter().position(|b| *b == b'/').and_then(|slash| tracking.get(slash + 1..)),
    }
}
