//! What is reached through a symbolic link or a submodule: asked only where a policy can't tell by names alone.

use super::directories::{Directories, LinkStep};
use super::links;
use crate::error::Result;
use crate::model::{Behind, Entry, EntryKind, LinkTarget, Oid, RepoPath};
use crate::policy::{Pattern, Patterns, Policy};

/// Files that are listed behind one link. Of a link to more, nobody can tell what is behind it.
const MOST_FILES: usize = 10_000;
/// Directories that are looked into for one link: links may lead from one to the other, and in circles.
const MOST_DIRECTORIES: usize = 2_000;

/// The patterns that have a wildcard above what they match.
pub(super) fn wild(policy: &Policy) -> impl Iterator<Item = &Pattern> {
    let areas = policy.areas.iter().map(|area| &area.paths);
    let prohibited = policy.specialists.iter().map(|specialist| &specialist.prohibited);
    let all = areas.chain(prohibited).chain(policy.suites.iter().map(|suite| &suite.files));
    all.flat_map(Patterns::iter).map(|pattern| &pattern.value).filter(|pattern| pattern.is_wild_above())
}

/// What is reached through one side of a change that stands at `path`, and leads to `target` where it is a link; `None`: it leads nowhere
/// else. Where names alone decide, nothing is looked for.
///
/// The resulting tree is looked at, also for an old side, whose own isn't read.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn behind(
    directories: &mut Directories<'_>,
    policy: &Policy,
    path: &RepoPath,
    (side, other): (Option<Entry>, Option<Entry>),
    target: Option<&LinkTarget>,
) -> Result<Option<Behind>> {
    let Some(kind) = side.map(|entry| entry.kind).filter(|kind| kind.leads()) else { return Ok(None) };
    // A submodule's pointer moves within what it holds.
    let moves = kind == EntryKind::Submodule && other.is_some_and(|other| other.kind == kind);
    if moves || wild(policy).next().is_none() {
        return Ok(Some(Behind::Paths(Vec::new())));
    }
    match target {
        Some(LinkTarget::Inside(to)) => listed(directories, path, to).map(Some),
        Some(LinkTarget::Outside(_) | LinkTarget::Unknown(_)) | None => Ok(Some(Behind::Anything)),
    }
}

/// A directory that is still to be listed.
struct Open {
    tree: Oid,
    /// Its own path.
    place: RepoPath,
    /// The path that it is read at.
    read: RepoPath,
    /// Where links have led on the way there: a circle tells nothing new.
    led: Vec<RepoPath>,
}

/// What one entry leads to.
enum Way {
    Into(Open),
    Ends,
    Untold,
}

/// The files below the directory `to`, as they are read below `path`, through links as well.
fn listed(directories: &mut Directories<'_>, path: &RepoPath, to: &RepoPath) -> Result<Behind> {
    let mut files = Vec::new();
    let Some(start) = directories.at(to)? else { return Ok(Behind::Anything) };
    let LinkStep::Directory(tree) = start else { return Ok(Behind::Paths(files)) };
    let mut open = vec![Open { tree, place: to.clone(), read: path.clone(), led: vec![to.clone()] }];
    let mut looked = 0;
    while let Some(here) = open.pop() {
        looked += 1;
        for (name, step, kind) in directories.list(here.tree)? {
            match way(directories, &here, &name, (step, kind))? {
                Way::Into(next) => open.push(next),
                Way::Ends => {}
                Way::Untold => return Ok(Behind::Anything),
            }
            if kind.is_some() {
                files.push(here.read.join(&name));
            }
        }
        if files.len() > MOST_FILES || looked > MOST_DIRECTORIES {
            return Ok(Behind::Anything);
        }
    }
    Ok(Behind::Paths(files))
}

fn way(directories: &mut Directories<'_>, here: &Open, name: &[u8], what: (LinkStep, Option<EntryKind>)) -> Result<Way> {
    let (place, read) = (here.place.join(name), here.read.join(name));
    let link = match what {
        (LinkStep::Directory(tree), _) => return Ok(Way::Into(Open { tree, place, read, led: here.led.clone() })),
        (LinkStep::Other, Some(EntryKind::Submodule)) => return Ok(Way::Untold),
        (LinkStep::Other, _) => return Ok(Way::Ends),
        (LinkStep::Symlink(link), _) => link,
    };
    let LinkTarget::Inside(to) = links::resolve(directories, &place, link)? else { return Ok(Way::Untold) };
    Ok(match directories.at(&to)? {
        Some(LinkStep::Directory(tree)) if !here.led.contains(&to) => {
            let led = here.led.iter().chain([&to]).cloned().collect();
            Way::Into(Open { tree, place: to, read, led })
        }
        Some(_) => Way::Ends,
        None => Way::Untold,
    })
}
