//! Links that nobody changed, and through which something that a pattern means is read since. Only below a wildcard: what a pattern spells
//! out is told by a link's own name, whatever is behind it.

use std::collections::{BTreeMap, BTreeSet};

use super::behind::{behind, wild};
use super::directories::Directories;
use super::links;
use super::reaimed::coming;
use crate::error::Result;
use crate::git::{Repo, tree_diff};
use crate::model::{Behind, Entry, EntryKind, FileChange, FileStatus, LinkTarget, Oid, Reaimed, RepoPath};
use crate::policy::{Pattern, Place, Policy};

/// What comes by `changes`, which lead from the root trees `before` (the parents') to `tree`, and is read through links that they don't
/// change: each link through which a pattern matches that didn't in any parent that has the link.
///
/// The links of the tree are read only where something comes that may match below another directory.
///
/// # Errors
/// An object is missing or damaged; more than `max_paths` paths differ; the time is up.
pub fn read_through(
    repo: &Repo,
    before: &[Oid],
    tree: Oid,
    changes: &[FileChange],
    (policy, max_paths): (&Policy, u64),
) -> Result<Vec<Reaimed>> {
    let patterns: Vec<&Pattern> = wild(policy).collect();
    if patterns.is_empty() || before.is_empty() {
        return Ok(Vec::new());
    }
    let Come { mut all, gone } = added(repo, before, tree, changes, max_paths)?;
    // What matches where it stands is judged there.
    let elsewhere = |pattern: &Pattern, path: &RepoPath| pattern.may_match_elsewhere(path) && !pattern.matches_folded(path);
    // A link to a file meant nothing until a directory took its place.
    let in_place = |path: &RepoPath| above(path).any(|directory| gone.contains(&directory));
    all.retain(|path, entry| {
        entry.kind.leads() || patterns.iter().any(|pattern| elsewhere(pattern, path)) || (!gone.is_empty() && in_place(path))
    });
    let come = all;
    if come.is_empty() {
        return Ok(Vec::new());
    }
    let changed: BTreeSet<&RepoPath> = changes.iter().flat_map(FileChange::paths).collect();
    let mut now = Links::of(repo, tree)?;
    let above = now.above(&come)?;
    let mut parents =
        if above.is_empty() { Vec::new() } else { before.iter().map(|root| Links::of(repo, *root)).collect::<Result<_>>()? };
    let mut found = Vec::new();
    for (path, brought) in above.into_iter().filter(|(path, _)| !changed.contains(path)) {
        let Some((link, behind)) = now.behind(policy, &path)? else { continue };
        let mut matching: Vec<&Pattern> = patterns.iter().copied().filter(|pattern| reaches(pattern, &path, &behind)).collect();
        for parent in &mut parents {
            if let Some((_, behind)) = parent.behind(policy, &path)? {
                matching.retain(|pattern| !reaches(pattern, &path, &behind));
            }
        }
        if !matching.is_empty() {
            let link = FileChange { behind: vec![(path.clone(), behind)], ..coming(&path, link) };
            let by = brought.into_iter().filter(|path| changed.contains(path)).collect();
            found.push(Reaimed { link, by });
        }
    }
    Ok(found)
}

fn reaches(pattern: &Pattern, path: &RepoPath, behind: &Behind) -> bool {
    pattern.is_reached(&Place::new(path, Some(behind)), behind)
}

/// What stands in a tree and not in one of its parents; and what stood in one, and doesn't in the tree.
#[derive(Default)]
struct Come {
    all: BTreeMap<RepoPath, Entry>,
    gone: BTreeSet<RepoPath>,
}

/// Of a merge that is more than its own changes.
fn added(repo: &Repo, before: &[Oid], tree: Oid, changes: &[FileChange], max_paths: u64) -> Result<Come> {
    let mut come = Come::default();
    let mut take = |path: &RepoPath, old: bool, new: Option<Entry>| match (old, new) {
        (false, Some(entry)) => drop(come.all.insert(path.clone(), entry)),
        (true, None) => drop(come.gone.insert(path.clone())),
        (_, _) => {}
    };
    if let [_] = before {
        for change in changes {
            if let FileStatus::Renamed { from } = &change.status {
                take(from, true, None);
            }
            take(&change.path, change.old.is_some() && !matches!(change.status, FileStatus::Renamed { .. }), change.new);
        }
        return Ok(come);
    }
    for root in before {
        for delta in tree_diff::between(repo, Some(*root), Some(tree), max_paths)?.deltas {
            take(&delta.path, delta.old.is_some(), delta.new);
        }
    }
    Ok(come)
}

/// The symbolic links of a tree.
struct Links<'r> {
    directories: Directories<'r>,
    all: BTreeMap<RepoPath, Oid>,
}

impl<'r> Links<'r> {
    fn of(repo: &'r Repo, tree: Oid) -> Result<Self> {
        Ok(Self { directories: Directories::new(repo, tree), all: repo.links(tree)?.iter().cloned().collect() })
    }

    /// The links through which what has come is read, over others as well, each with what of it; and those that have come.
    fn above(&mut self, come: &BTreeMap<RepoPath, Entry>) -> Result<BTreeMap<RepoPath, BTreeSet<RepoPath>>> {
        let mut to: BTreeMap<RepoPath, Vec<RepoPath>> = BTreeMap::new();
        for (path, link) in &self.all {
            if let LinkTarget::Inside(target) = links::resolve(&mut self.directories, path, *link)? {
                to.entry(target).or_default().push(path.clone());
            }
        }
        let mut found: BTreeMap<RepoPath, BTreeSet<RepoPath>> = BTreeMap::new();
        let mut open: Vec<(RepoPath, &RepoPath)> = come.keys().map(|path| (path.clone(), path)).collect();
        open.sort();
        for (path, entry) in come {
            if entry.kind == EntryKind::Symlink {
                found.entry(path.clone()).or_default().insert(path.clone());
            }
        }
        while let Some((path, brought)) = open.pop() {
            for link in above(&path).filter_map(|directory| to.get(&directory)).flatten() {
                if found.entry(link.clone()).or_default().insert(brought.clone()) {
                    open.push((link.clone(), brought));
                }
            }
        }
        Ok(found)
    }

    /// The link at `path`, and what is read through it; `None`: there is none.
    fn behind(&mut self, policy: &Policy, path: &RepoPath) -> Result<Option<(Oid, Behind)>> {
        let Some(oid) = self.all.get(path).copied() else { return Ok(None) };
        let target = links::resolve(&mut self.directories, path, oid)?;
        let side = Some(Entry { kind: EntryKind::Symlink, oid });
        let behind = behind(&mut self.directories, policy, path, (side, None), Some(&target))?;
        Ok(behind.map(|behind| (oid, behind)))
    }
}

/// The path, and every directory above it, the root as an empty path.
fn above(path: &RepoPath) -> impl Iterator<Item = RepoPath> {
    let bytes = path.as_bytes();
    let ends = memchr::memchr_iter(b'/', bytes).chain([bytes.len()]);
    std::iter::once(0).chain(ends).filter_map(|end| bytes.get(..end)).map(RepoPath::new).collect::<Vec<_>>().into_iter()
}
