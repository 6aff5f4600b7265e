//! What a merge itself introduces: its tree against the automatic merge of its parents.
//!
//! Each path is settled by itself first. Where one side left a path alone, the other side's version is expected; where both changed
//! it, their merge by line. Only for what that doesn't explain the whole merge with renames is made, which costs more.

mod candidates;
mod file;
mod octopus;
mod rename_merge;
mod renames;
mod sides;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::model::{Entry, Oid, RepoPath, TreeProblem};

use crate::git::Repo;
use crate::git::merge_file::Matching;
use crate::git::tree_diff;
use crate::git::tree_diff::{Carried, Delta, Walk, between, entry_at};
use octopus::{Folding, Merge};
use rename_merge::RenameMerge;
use renames::Passage;
use sides::{Expected, Renames, Sides, Versions, beside};

/// Paths that a side may change, where the caller has no bound of its own.
const MAX_PATHS: u64 = 1_000_000;

/// An automatic merge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Merged {
    /// The tree, written in memory only.
    Clean(Oid),
    /// These paths conflict.
    Conflicts(Vec<RepoPath>),
}

/// Merges two commits as `git merge` would, without attributes, drivers or configuration.
///
/// # Errors
/// An object is missing; no common ancestor.
pub fn automatic(repo: &Repo, ours: Oid, theirs: Oid) -> Result<Merged> {
    let Some(base) = Folding::new(repo, MAX_PATHS).base(&Merge::of(repo, ours)?, theirs)? else {
        return Err(Error::new(format!("commits {} and {} share no history", ours.short(), theirs.short()))
            .help("nothing can be merged automatically: git merge --allow-unrelated-histories"));
    };
    let tree = repo.commit(ours)?.tree;
    let sides = beside(repo, Some(base), tree, repo.commit(theirs)?.tree, MAX_PATHS)?;
    let made = octopus::automatic(repo, &sides)?;
    if made.conflicts.is_empty() {
        octopus::onto(repo, tree, &made.files).map(Merged::Clean)
    } else {
        Ok(Merged::Conflicts(made.conflicts.into_keys().collect()))
    }
}

/// The merger's own paths: where `tree` differs from the automatic merge of `parents` (two or more, folded in order).
///
/// `old` of a delta is the expected entry, which may be a merged blob in memory only. Where a conflict leaves none, it is the
/// nearer parent's. Only there both sides of a delta may be equal: the conflict was settled by taking one parent's file.
///
/// # Errors
/// An object is missing; a bound is exceeded.
pub fn own(repo: &Repo, parents: &[Oid], tree: Oid, max_paths: u64) -> Result<Walk> {
    let [first, middle @ .., last] = parents else {
        return Err(Error::new("a merge has two parents at least"));
    };
    let mut folding = Folding::new(repo, max_paths);
    let mut ours = Merge::of(repo, *first)?;
    let mut disputed: BTreeMap<RepoPath, BTreeSet<Option<Entry>>> = BTreeMap::new();
    let mut carried = Vec::new();
    for parent in middle {
        let (folded, made) = folding.fold(ours, *parent)?;
        ours = folded;
        for (path, versions) in made.conflicts {
            disputed.entry(path).or_default().extend(versions.iter().flat_map(Versions::asking));
        }
        carried.extend(made.carried);
    }
    let base = folding.base(&ours, *last)?;
    let parents = parents.iter().map(|p| Ok(repo.commit(*p)?.tree)).collect::<Result<Vec<Oid>>>()?;
    let sides = beside(repo, base, ours.tree, *parents.last().unwrap_or(&ours.tree), max_paths)?;
    let folded = ours.tree;
    let mut trial = Trial { repo, parents, tree, max_paths, folded, disputed, sides, whole: None, conflicts: BTreeMap::new() };
    let difference = between(repo, Some(folded), Some(tree), max_paths)?;
    let moves_links = difference.moves_links || !middle.is_empty();
    let problems = trial.problems(if middle.is_empty() { Some(difference.problems) } else { None })?;
    let deltas = trial.deltas(difference.deltas)?;
    carried.extend(trial.whole.take().into_iter().flat_map(|whole| whole.carried));
    let carried = arrived(repo, tree, carried)?;
    Ok(Walk { deltas, problems, conflicts: trial.conflicts, moves_links, carried })
}

/// Whether `there` holds all of what makes `new` of `old`, beside whatever others made of the same file: merged into it, it adds nothing.
///
/// # Errors
/// An object is missing or damaged.
pub fn is_held(repo: &Repo, old: Option<Entry>, new: Option<Entry>, there: Option<Entry>) -> Result<bool> {
    if there == new {
        return Ok(true);
    }
    let (Some(base), Some(theirs), Some(ours)) = (old, new, there) else { return Ok(false) };
    if ours == base || theirs == base {
        return Ok(theirs == base);
    }
    Ok(file::merge(repo, old, (ours, theirs), Matching::Patience, there)? == there)
}

/// `tree` with these files in place of its own, written in memory only. A path with `None` is removed.
///
/// # Errors
/// An object is missing or damaged; a file and a directory want one name.
pub fn with_files(repo: &Repo, tree: Oid, files: &BTreeMap<RepoPath, Option<Entry>>) -> Result<Oid> {
    octopus::onto(repo, tree, files)
}

/// The edits that `tree` holds at the new names of these passages, where a file is more than renamed.
fn arrived(repo: &Repo, tree: Oid, passages: Vec<Passage>) -> Result<Vec<Carried>> {
    let mut carried = Vec::new();
    for Passage { from, to, renamed } in passages {
        let new = entry_at(repo, tree, &to)?;
        if new != Some(renamed) {
            carried.push(Carried { from, delta: Delta { path: to, old: Some(renamed), new } });
        }
    }
    Ok(carried)
}

/// A merge's tree beside what explains it.
struct Trial<'r> {
    repo: &'r Repo,
    /// Root trees.
    parents: Vec<Oid>,
    tree: Oid,
    max_paths: u64,
    /// The tree of all parents but the last, folded. With two parents it is the first parent's.
    folded: Oid,
    /// Paths that conflicted while an octopus was folded, each with the versions that met there.
    disputed: BTreeMap<RepoPath, BTreeSet<Option<Entry>>>,
    sides: Sides,
    /// The whole merge with renames, made when it is first needed.
    whole: Option<RenameMerge>,
    /// The conflicts among the paths that were looked at.
    conflicts: BTreeMap<RepoPath, Vec<tree_diff::Sides>>,
}

impl Trial<'_> {
    /// The merger's own paths. `difference` leads from our side to the merge's tree.
    fn deltas(&mut self, difference: Vec<Delta>) -> Result<Vec<Delta>> {
        let mut found: BTreeMap<RepoPath, Option<Entry>> =
            self.sides.iter().map(|(path, versions)| (path.clone(), versions.ours)).collect();
        for delta in difference {
            let untouched = Versions { base: delta.old, ours: delta.old, theirs: delta.old };
            self.sides.entry(delta.path.clone()).or_insert(untouched);
            found.insert(delta.path, delta.new);
        }
        for path in self.disputed.keys() {
            if !found.contains_key(path) {
                found.insert(path.clone(), entry_at(self.repo, self.tree, path)?);
            }
        }
        let renames = Renames::suspected(&self.sides);
        let mut deltas = Vec::new();
        for (path, new) in found {
            if let Some(old) = self.accuse(&renames, &path, new)? {
                deltas.push(Delta { path, old, new });
            }
        }
        Ok(deltas)
    }

    /// What should have stood at `path` instead of `found`; `None` where `found` is explained.
    fn accuse(&mut self, renames: &Renames, path: &RepoPath, found: Option<Entry>) -> Result<Option<Option<Entry>>> {
        if let Some(disputed) = self.disputed.remove(path) {
            return self.dispute(renames, path, disputed, found);
        }
        let Some(versions) = self.sides.get(path).copied() else { return Ok(None) };
        let alone = if renames.concern(&versions) {
            Expected::Conflict
        } else {
            let Some(expected) = versions.accuse(self.repo, found)? else { return Ok(None) };
            // The whole merge can't know better.
            if versions.plain().is_some() || versions.files().is_some() {
                return self.expected(path, &versions, expected, found);
            }
            expected
        };
        match self.whole()?.at(path) {
            Expected::Is(entry) if entry == found => Ok(None),
            Expected::Is(entry) => Ok(Some(entry)),
            Expected::Conflict => self.expected(path, &versions, alone, found),
        }
    }

    fn expected(
        &mut self,
        path: &RepoPath,
        versions: &Versions,
        expected: Expected,
        found: Option<Entry>,
    ) -> Result<Option<Option<Entry>>> {
        match expected {
            Expected::Is(entry) => Ok(Some(entry)),
            Expected::Conflict => self.conflict(path, versions, found),
        }
    }

    fn conflict(&mut self, path: &RepoPath, versions: &Versions, found: Option<Entry>) -> Result<Option<Option<Entry>>> {
        let conflicting = self.whole.as_ref().map_or_else(|| vec![*versions], |whole| whole.versions(path, versions));
        self.conflicts.insert(path.clone(), conflicting.iter().map(Versions::each).collect());
        self.nearest(path, found)
    }

    /// Judges a path of an octopus where a fold conflicted.
    ///
    /// A stand-in was merged on from there, so that nobody's change can be told from it. Of an area's lines only those are somebody
    /// else's that all versions have alike.
    fn dispute(
        &mut self,
        renames: &Renames,
        path: &RepoPath,
        mut disputed: BTreeSet<Option<Entry>>,
        found: Option<Entry>,
    ) -> Result<Option<Option<Entry>>> {
        match self.sides.get(path).copied() {
            Some(last) if renames.concern(&last) => {
                disputed.extend(self.whole()?.versions(path, &last).iter().flat_map(Versions::asking))
            }
            Some(last) => disputed.extend(last.asking()),
            None => drop(disputed.insert(entry_at(self.repo, self.folded, path)?)),
        }
        self.conflicts.insert(path.clone(), disputed.into_iter().map(|version| [version; 3]).collect());
        self.nearest(path, found)
    }

    fn whole(&mut self) -> Result<&RenameMerge> {
        let made = match self.whole.take() {
            Some(whole) => whole,
            None => rename_merge::merge(self.repo, &self.sides)?,
        };
        Ok(self.whole.insert(made))
    }

    /// The version of the parent from which the fewest lines changed. For a deleted file it is that of a parent that has the file.
    fn nearest(&self, path: &RepoPath, found: Option<Entry>) -> Result<Option<Option<Entry>>> {
        let mut nearest: Option<(u64, Option<Entry>)> = None;
        for parent in &self.parents {
            let old = entry_at(self.repo, *parent, path)?;
            let distance = match (found, old) {
                (None, None) => continue,
                (None, Some(_)) => 0,
                (Some(new), old) => file::distance(self.repo, new, old)?,
            };
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, old));
            }
        }
        Ok(nearest.map(|(_, old)| old))
    }

    /// The malformed entries that no parent has at that place. `first` holds those against the first parent, where they are known.
    fn problems(&self, first: Option<Vec<TreeProblem>>) -> Result<Vec<TreeProblem>> {
        let against = |parent: Oid| between(self.repo, Some(parent), Some(self.tree), self.max_paths).map(|walk| walk.problems);
        let (mut problems, parents) = match (first, self.parents.split_first()) {
            (Some(problems), Some((_, rest))) => (problems, rest),
            (None, Some((first, rest))) => (against(*first)?, rest),
            (_, None) => return Ok(Vec::new()),
        };
        for parent in parents {
            if !problems.is_empty() {
                let new = against(*parent)?;
                problems.retain(|p| new.contains(p));
            }
        }
        Ok(problems)
    }
}

#[cfg(test)]
mod tests;
