//! Makes changed files of differing paths: pairs moves, and finds sizes, line counts, links, touches by content, and collisions.

mod behind;
mod directories;
mod links;
mod moves;
mod read_through;
mod reaimed;
mod similar;
mod touches;

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::model::{
    Behind, Bounds, Counted, Entry, EntryKind, FileChange, FileStatus, LineCount, LineTouches, LinkTarget, Oid, RepoPath, Totals,
};
use crate::policy::{Count, Policy};
use crate::text::escape;

pub use self::read_through::read_through;
pub use self::reaimed::reaimed;

use self::directories::Directories;
use self::moves::Moved;
use self::touches::ContentAreas;
use super::lines::{self, Side};
use crate::git::Repo;
use crate::git::tree_diff;
use crate::git::tree_diff::Delta;

/// Describes `deltas`. `tree` is the resulting root tree, in which collisions and links are looked up.
///
/// A line count is exact where that is free (added, deleted, identical, binary …), and has bounds where it would take a diff.
///
/// # Errors
/// An object is missing or damaged.
pub fn file_changes(repo: &Repo, deltas: Vec<Delta>, tree: Oid, policy: &Policy) -> Result<Vec<FileChange>> {
    let areas = ContentAreas::of(policy);
    let mut directories = Directories::new(repo, tree);
    let mut changes = Vec::with_capacity(deltas.len());
    for moved in moves::pair(deltas) {
        let reading = |e: Error| e.context(format!("could not read `{}`", escape(moved.path.as_bytes())));
        changes.push(describe(&mut directories, &areas, policy, &moved).map_err(reading)?);
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

/// Pairs of old and new paths that git's similarity takes for moves, by their places in `gone` and `new`. Both are sorted by path.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn similar_paths(repo: &Repo, gone: &[(RepoPath, Entry)], new: &[(RepoPath, Entry)]) -> Result<Vec<(usize, usize)>> {
    let change = |(path, entry): &(RepoPath, Entry), status: FileStatus| {
        let (old, new) = if status == FileStatus::Added { (None, Some(*entry)) } else { (Some(*entry), None) };
        let nothing = LineCount::Text { added: Bounds::default(), deleted: Bounds::default() };
        FileChange {
            path: path.clone(),
            status,
            old,
            new,
            size: 0,
            lines: nothing,
            inserted_bytes: Bounds::default(),
            links: Vec::new(),
            behind: Vec::new(),
            line_touches: LineTouches::Known(Vec::new()),
            collisions: Vec::new(),
        }
    };
    let deleted = gone.iter().map(|file| change(file, FileStatus::Deleted));
    let added = new.iter().map(|file| change(file, FileStatus::Added));
    let changes: Vec<FileChange> = deleted.chain(added).collect();
    let pairs = similar::pairs(repo, &changes, &[(0..changes.len()).collect()])?;
    let pair = |place: usize| pairs.source_of(gone.len() + place).map(|source| (source, place));
    Ok((0..new.len()).filter_map(pair).collect())
}

/// Finds touches by content, and lines, again where a merge's sides conflict.
///
/// Matching lines that one side alone changed have to be that side's, whichever side the rest of the file is nearer to.
///
/// # Errors
/// An object is missing or damaged.
pub fn settle_conflicts(
    repo: &Repo,
    changes: &mut [FileChange],
    conflicts: &BTreeMap<RepoPath, Vec<tree_diff::Sides>>,
    policy: &Policy,
) -> Result<()> {
    for change in changes.iter_mut().filter(|change| stays_deleted(change, conflicts)) {
        change.lines = LineCount::Text { added: Bounds::default(), deleted: Bounds::default() };
    }
    let areas = ContentAreas::of(policy);
    if areas.is_empty() {
        return Ok(());
    }
    for change in changes {
        let concerned: Vec<_> = change.paths().filter_map(|path| conflicts.get_key_value(path)).collect();
        for (path, conflicting) in concerned {
            let new = change.new.filter(|_| *path == change.path);
            let load = |entry: Option<Entry>| {
                Side::load(repo, entry.filter(|e| e.kind != EntryKind::Submodule)).map_err(|e| counting(&change.path, e))
            };
            let new = load(new)?;
            let mut touches = LineTouches::Known(Vec::new());
            for sides in conflicting {
                let [base, ours, theirs] = sides.map(load);
                touches = touches.and(areas.touches_of_conflict([&base?, &ours?, &theirs?], &new));
            }
            // The old name of a rename comes after the new one, and takes nothing back.
            if *path == change.path || touches != LineTouches::Known(Vec::new()) {
                change.line_touches = touches;
            }
        }
    }
    Ok(())
}

/// Whether a file that a parent has deleted is settled so: its lines went there, and are none of the merger's.
fn stays_deleted(change: &FileChange, conflicts: &BTreeMap<RepoPath, Vec<tree_diff::Sides>>) -> bool {
    let gone = |sides: &tree_diff::Sides| sides.iter().skip(1).any(Option::is_none);
    change.new.is_none() && conflicts.get(&change.path).is_some_and(|all| all.iter().any(gone))
}

/// git's own numbers of each change, except for files over the size cap.
///
/// # Errors
/// An object is missing or damaged.
pub fn exact_counts(repo: &Repo, changes: &[FileChange]) -> Result<Vec<Counted>> {
    let exact = |change: &FileChange| {
        let known = change.counted();
        if known.is_exact() {
            return Ok(known);
        }
        // Of a session's path less may be somebody's than what differs.
        let counted = lines::count(repo, change.old, change.new).map_err(|e| counting(&change.path, e))?;
        Ok(counted.within(known))
    };
    changes.iter().map(exact).collect()
}

/// Replaces bounds by git's own numbers, except for files over the size cap.
///
/// # Errors
/// An object is missing or damaged.
pub fn count_exactly(repo: &Repo, changes: &mut [FileChange]) -> Result<()> {
    let counts = exact_counts(repo, changes)?;
    for (change, counted) in changes.iter_mut().zip(counts) {
        change.lines = counted.lines;
        change.inserted_bytes = counted.inserted_bytes;
    }
    Ok(())
}

fn counting(path: &RepoPath, error: Error) -> Error {
    error.context(format!("could not count the lines of `{}`", escape(path.as_bytes())))
}

/// The totals once git's similarity (`-M`, 50 %) has paired the remaining added and deleted files.
///
/// `lines`: of each line of work the places in `changes` of what stands on it: what goes on one and comes on another isn't moved. A similar
/// pair is one file, with the lines by which its two sides differ. `[count]` is applied. All counts are exact, except for
/// files over the size cap.
///
/// # Errors
/// An object is missing or damaged.
pub fn similar_totals(repo: &Repo, changes: &[FileChange], lines: &[Vec<usize>], count: &Count) -> Result<Totals> {
    Ok(count.totals(&join_similar(repo, changes, lines)?))
}

/// The changes, with each similar pair as one change.
fn join_similar(repo: &Repo, changes: &[FileChange], lines: &[Vec<usize>]) -> Result<Vec<FileChange>> {
    let pairs = similar::pairs(repo, changes, lines)?;
    let mut paired = Vec::with_capacity(changes.len());
    for (index, change) in changes.iter().enumerate() {
        if pairs.is_source(index) {
            continue;
        }
        let mut change = change.clone();
        if let Some(source) = pairs.source_of(index).and_then(|source| changes.get(source)) {
            let counted = lines::count(repo, source.old, change.new).map_err(|e| counting(&change.path, e))?;
            let counted = counted.at_most(source.counted() + change.counted());
            change.status = FileStatus::Renamed { from: source.path.clone() };
            change.old = source.old;
            change.lines = counted.lines;
            change.inserted_bytes = counted.inserted_bytes;
        }
        paired.push(change);
    }
    count_exactly(repo, &mut paired)?;
    Ok(paired)
}

/// What is reached through the links and submodules of either side, by the path at which each stands. `targets`: of both sides' links.
fn reached(
    directories: &mut Directories<'_>,
    policy: &Policy,
    moved: &Moved,
    [old, new]: &[Option<LinkTarget>; 2],
) -> Result<Vec<(RepoPath, Behind)>> {
    let mut all: Vec<(RepoPath, Behind)> = Vec::new();
    let from = moved.from.as_ref().unwrap_or(&moved.path);
    for (path, side, other, target) in [(from, moved.old, moved.new, old), (&moved.path, moved.new, moved.old, new)] {
        if let Some(found) = behind::behind(directories, policy, path, (side, other), target.as_ref())? {
            match (all.iter_mut().find(|(at, _)| at == path), found) {
                (Some((_, Behind::Paths(known))), Behind::Paths(more)) => known.extend(more),
                (Some((_, known)), Behind::Anything) => *known = Behind::Anything,
                (Some((_, Behind::Anything)), Behind::Paths(_)) => {}
                (None, found) => all.push((path.clone(), found)),
            }
        }
    }
    Ok(all)
}

/// Gathers the facts of one change.
fn describe(directories: &mut Directories<'_>, areas: &ContentAreas<'_>, policy: &Policy, moved: &Moved) -> Result<FileChange> {
    let repo = directories.repo();
    let old_path = moved.from.as_ref().unwrap_or(&moved.path);
    let links = [links::target(directories, old_path, moved.old)?, links::target(directories, &moved.path, moved.new)?];
    let collisions = match (&moved.old, &moved.from, &moved.new) {
        // A name that existed before brings no new collision.
        (None, _, Some(_)) | (_, Some(_), _) => directories.collisions(&moved.path)?,
        (Some(_), None, _) | (None, None, None) => Vec::new(),
    };
    let (counted, line_touches, size) = count(repo, areas, moved)?;
    let behind = reached(directories, policy, moved, &links)?;
    Ok(FileChange {
        status: FileStatus::of(moved.from.clone(), moved.old, moved.new),
        path: moved.path.clone(),
        old: moved.old,
        new: moved.new,
        size,
        lines: counted.lines,
        inserted_bytes: counted.inserted_bytes,
        links: links.into_iter().flatten().collect(),
        behind,
        line_touches,
        collisions,
    })
}

/// What identical content brings along: to another path all its lines, to its own none.
fn arrived(repo: &Repo, areas: &ContentAreas<'_>, moved: &Moved) -> Result<LineTouches> {
    if moved.from.is_none() || areas.is_empty() {
        return Ok(LineTouches::Known(Vec::new()));
    }
    let new = Side::load(repo, moved.new.filter(|entry| entry.kind != EntryKind::Submodule))?;
    Ok(areas.touches(&Side::Loaded(Vec::new()), &new))
}

/// The count of one change, what it touches by content, and the size of its new side.
fn count(repo: &Repo, areas: &ContentAreas<'_>, moved: &Moved) -> Result<(Counted, LineTouches, u64)> {
    if moved.old.map(|e| e.oid) == moved.new.map(|e| e.oid) {
        return Ok((Counted::NOTHING, arrived(repo, areas, moved)?, lines::size(repo, moved.new)?));
    }
    let known = repo.counts.of(moved.old, moved.new);
    if let Some((counted, size)) = known.filter(|_| areas.is_empty()) {
        return Ok((counted, LineTouches::Known(Vec::new()), size));
    }
    let (old, new) = (Side::load(repo, moved.old)?, Side::load(repo, moved.new)?);
    let size = new.size_of(moved.new);
    let counted = match known {
        Some((known, _)) => known,
        // Every number will be asked for, and none twice.
        None if repo.counts_exactly() => lines::exact(&old, &new)?,
        None => repo.counts.learn((moved.old, moved.new), lines::estimate(&old, &new), size),
    };
    let (old, new) = (lines_of(moved.old, &old), lines_of(moved.new, &new));
    Ok((counted, areas.touches(old, new), size))
}

/// The side that areas look at. A submodule has no lines of its own.
fn lines_of(entry: Option<Entry>, side: &Side) -> &Side {
    static NOTHING: Side = Side::Loaded(Vec::new());
    if is_submodule(entry) { &NOTHING } else { side }
}

fn is_submodule(entry: Option<Entry>) -> bool {
    entry.is_some_and(|e| e.kind == EntryKind::Submodule)
}

#[cfg(test)]
mod tests;
