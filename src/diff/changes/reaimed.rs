//! Links that nobody changed, and that lead elsewhere since another link on their way is another now.

use std::collections::{BTreeSet, HashSet};

use super::directories::Directories;
use super::{behind, links};
use crate::error::Result;
use crate::git::Repo;
use crate::model::{Bounds, Entry, EntryKind, FileChange, FileStatus, LineCount, LineTouches, LinkTarget, Oid, Reaimed, RepoPath};
use crate::policy::Policy;

/// What `changes`, which lead from the root trees `before` (the parents') to `tree`, make of the links that they don't change themselves.
///
/// A link is re-aimed where it leads elsewhere than in every parent that has it. Where it leads depends on the links of the tree alone, so
/// whoever calls asks only where one of them differs.
///
/// # Errors
/// An object is missing or damaged; the time is up.
pub fn reaimed(repo: &Repo, before: &[Oid], tree: Oid, changes: &[FileChange], policy: &Policy) -> Result<Vec<Reaimed>> {
    let now = repo.links(tree)?;
    let mut parents = Vec::new();
    for root in before {
        let there = repo.links(*root)?;
        // As in that one, so nothing is re-aimed.
        if *there == *now {
            return Ok(Vec::new());
        }
        parents.push(Parent { known: there.iter().cloned().collect(), directories: Directories::new(repo, *root) });
    }
    let changed: BTreeSet<&RepoPath> = changes.iter().flat_map(FileChange::paths).collect();
    let mut directories = Directories::new(repo, tree);
    let mut found = Vec::new();
    for (path, link) in now.iter().filter(|(path, _)| !changed.contains(path)) {
        let (target, mut ways) = links::follow(&mut directories, path, *link)?;
        let Some(old) = targets_before(&mut parents, (path, *link), &target, &mut ways)? else { continue };
        let mut change = FileChange {
            old: Some(Entry { kind: EntryKind::Symlink, oid: *link }),
            status: FileStatus::Modified,
            links: old.into_iter().chain([target.clone()]).collect(),
            ..coming(path, *link)
        };
        let behind = behind::behind(&mut directories, policy, path, (change.new, None), Some(&target))?;
        change.behind.extend(behind.map(|behind| (path.clone(), behind)));
        let by = changes.iter().flat_map(FileChange::paths).filter(|path| ways.contains(*path)).cloned().collect();
        found.push(Reaimed { link: change, by });
    }
    Ok(found)
}

struct Parent<'r> {
    known: HashSet<(RepoPath, Oid)>,
    directories: Directories<'r>,
}

/// Where a link led in each parent that has it; `None`: in one of them as it does now, or none has it. `ways`: the links that lead there.
fn targets_before(
    parents: &mut [Parent<'_>],
    (path, link): (&RepoPath, Oid),
    now: &LinkTarget,
    ways: &mut BTreeSet<RepoPath>,
) -> Result<Option<Vec<LinkTarget>>> {
    let mut old = Vec::new();
    for Parent { known, directories } in parents {
        if !known.contains(&(path.clone(), link)) {
            continue;
        }
        let (target, way) = links::follow(directories, path, link)?;
        if target == *now {
            return Ok(None);
        }
        ways.extend(way);
        old.push(target);
    }
    Ok((!old.is_empty()).then_some(old))
}

/// The link as one that comes, and that leads nowhere yet.
pub(super) fn coming(path: &RepoPath, link: Oid) -> FileChange {
    FileChange {
        path: path.clone(),
        status: FileStatus::Added,
        old: None,
        new: Some(Entry { kind: EntryKind::Symlink, oid: link }),
        size: 0,
        lines: LineCount::Text { added: Bounds::default(), deleted: Bounds::default() },
        inserted_bytes: Bounds::default(),
        links: Vec::new(),
        behind: Vec::new(),
        line_touches: LineTouches::Known(Vec::new()),
        collisions: Vec::new(),
    }
}
