//! Merges whole histories: finds the base of two sides, makes one where there are several, and folds the parents of an octopus.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::range::common_ancestors;
use crate::git::tree_diff::{between, entry_at};
use crate::model::{Entry, Oid, RepoPath};

use crate::diff::merge::file;
use crate::diff::merge::rename_merge;
use crate::diff::merge::renames::Passage;
use crate::diff::merge::sides::{Expected, Renames, Sides, Versions, beside};
use crate::git::tree_builder;
use crate::git::tree_builder::Files;

/// Best common ancestors that are merged into one base.
const MAX_BASES: usize = 64;

/// Merges that are made for one answer. Criss-crosses can be stacked.
const MAX_MERGES: u32 = 256;

/// What was merged so far: a root tree, and the commits in it.
#[derive(Clone, Debug)]
pub(super) struct Merge {
    pub(super) tree: Oid,
    pub(super) commits: Vec<Oid>,
}

impl Merge {
    /// A commit alone.
    ///
    /// # Errors
    /// The commit is missing or damaged.
    pub(super) fn of(repo: &Repo, commit: Oid) -> Result<Self> {
        Ok(Self { tree: repo.commit(commit)?.tree, commits: vec![commit] })
    }
}

/// An automatic merge, path by path.
pub(super) struct Automatic {
    /// The merged files at every path that a side changed and that doesn't conflict.
    pub(super) files: Files,
    /// The conflicts, renames followed.
    pub(super) conflicts: Conflicts,
    /// Edits that were carried across renames.
    pub(super) carried: Vec<Passage>,
}

/// Paths on which sides conflict, each with the versions that meet there.
pub(super) type Conflicts = BTreeMap<RepoPath, Vec<Versions>>;

/// What stands at a conflicting path of a tree that is needed all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Conflicting {
    /// Our side's version.
    Ours,
    /// Git's: both versions with markers between them, or the base's where that can't be. Markers grow with the depth.
    Marked(u16),
}

/// Makes the merges on the way to one answer, within its bounds.
pub(super) struct Folding<'r> {
    repo: &'r Repo,
    max_paths: u64,
    merges: u32,
}

impl<'r> Folding<'r> {
    /// A folding that has made no merge yet.
    pub(super) fn new(repo: &'r Repo, max_paths: u64) -> Self {
        Self { repo, max_paths, merges: 0 }
    }

    /// The base of `ours` and the commit `theirs`, as a root tree; `None` where they share no history.
    ///
    /// # Errors
    /// An object is missing; a bound is exceeded.
    pub(super) fn base(&mut self, ours: &Merge, theirs: Oid) -> Result<Option<Oid>> {
        self.base_at(&ours.commits, theirs, (1, Some(ours.tree)))
    }

    /// The base. `tree` is that of `ours`, and is given where the base only serves a merge of `ours` and `theirs`.
    fn base_at(&mut self, ours: &[Oid], theirs: Oid, (depth, tree): (u16, Option<Oid>)) -> Result<Option<Oid>> {
        let mut bases = common_ancestors(self.repo, theirs, ours)?;
        if bases.len() > MAX_BASES {
            return Err(Error::new(format!("the parents have {} best common ancestors, more than {MAX_BASES}", bases.len())));
        }
        let Some(oldest) = bases.pop() else { return Ok(None) };
        let mut merged = Merge::of(self.repo, oldest)?;
        let settled = match tree.filter(|_| !bases.is_empty()) {
            Some(tree) => Some(Settled::between(self.repo, tree, self.repo.commit(theirs)?.tree, self.max_paths)?),
            None => None,
        };
        while let Some(next) = bases.pop() {
            let inner = self.base_at(&merged.commits, next, (depth.saturating_add(1), None))?;
            merged = self.merge((inner, settled.as_ref()), merged, next, Conflicting::Marked(depth))?.0;
        }
        Ok(Some(merged.tree))
    }

    /// Folds one more commit in. Where that conflicts, our side's version stays.
    ///
    /// # Errors
    /// As `base`.
    pub(super) fn fold(&mut self, ours: Merge, theirs: Oid) -> Result<(Merge, Automatic)> {
        let base = self.base(&ours, theirs)?;
        self.merge((base, None), ours, theirs, Conflicting::Ours)
    }

    fn merge(
        &mut self,
        (base, settled): (Option<Oid>, Option<&Settled>),
        ours: Merge,
        theirs: Oid,
        conflicting: Conflicting,
    ) -> Result<(Merge, Automatic)> {
        self.merges += 1;
        if self.merges > MAX_MERGES {
            return Err(Error::new(format!("finding the parents' common base takes more than {MAX_MERGES} merges")));
        }
        let mut sides = beside(self.repo, base, ours.tree, self.repo.commit(theirs)?.tree, self.max_paths)?;
        if let Some(settled) = settled {
            settled.spare(self.repo, &mut sides)?;
        }
        let mut made = automatic(self.repo, &sides)?;
        for path in made.conflicts.keys() {
            if let Some(versions) = sides.get(path) {
                made.files.insert(path.clone(), stand_in(self.repo, versions, conflicting)?);
            }
        }
        // A stand-in may be a file where the other side has a directory, so that more paths lie beneath files than before.
        for path in tree_builder::beneath_files(&made.files) {
            dispute(&mut made.conflicts, &sides, &path);
            made.files.insert(path, None);
        }
        let tree = onto(self.repo, ours.tree, &made.files)?;
        let mut commits = ours.commits;
        commits.push(theirs);
        Ok((Merge { tree, commits }, made))
    }
}

/// The paths that two sides have alike. Whatever their base holds there, the merge holds what both have.
struct Settled {
    tree: Oid,
    differ: BTreeSet<RepoPath>,
}

impl Settled {
    fn between(repo: &Repo, ours: Oid, theirs: Oid, max_paths: u64) -> Result<Self> {
        let differ = between(repo, Some(ours), Some(theirs), max_paths)?.deltas.into_iter().map(|delta| delta.path);
        Ok(Self { tree: ours, differ: differ.collect() })
    }

    /// Spares a merge of bases the files that both sides have alike.
    ///
    /// Only files that all three versions have are spared. Others may be renamed, and then their content matters elsewhere.
    fn spare(&self, repo: &Repo, sides: &mut Sides) -> Result<()> {
        for (path, versions) in sides {
            if versions.plain().is_none()
                && versions.files().is_some()
                && !self.differ.contains(path)
                && entry_at(repo, self.tree, path)?.is_some()
            {
                versions.theirs = versions.ours;
            }
        }
        Ok(())
    }
}

/// Merges two sides path by path, and by the whole merge where a rename may matter.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn automatic(repo: &Repo, sides: &Sides) -> Result<Automatic> {
    let renames = Renames::suspected(sides);
    let mut expected = BTreeMap::new();
    let mut conflicts = Conflicts::new();
    let mut open = Vec::new();
    for (path, versions) in sides {
        let alone = if renames.concern(versions) { Expected::Conflict } else { versions.expected(repo)? };
        match alone {
            Expected::Is(entry) => drop(expected.insert(path.clone(), entry)),
            Expected::Conflict if versions.files().is_some() => drop(conflicts.insert(path.clone(), vec![*versions])),
            Expected::Conflict => open.push((path, versions)),
        }
    }
    let mut carried = Vec::new();
    if !open.is_empty() {
        let whole = rename_merge::merge(repo, sides)?;
        for (path, versions) in open {
            match whole.at(path) {
                Expected::Is(entry) => drop(expected.insert(path.clone(), entry)),
                Expected::Conflict => drop(conflicts.insert(path.clone(), whole.versions(path, versions))),
            }
        }
        carried = whole.carried;
    }
    tree_builder::beneath_files(&expected).iter().for_each(|path| dispute(&mut conflicts, sides, path));
    Ok(Automatic { files: expected, conflicts, carried })
}

/// Adds a conflict at a path that can't exist beside the others.
fn dispute(conflicts: &mut Conflicts, sides: &Sides, path: &RepoPath) {
    conflicts.entry(path.clone()).or_insert_with(|| sides.get(path).copied().into_iter().collect());
}

/// The tree with these files instead of its own.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn onto(repo: &Repo, tree: Oid, files: &Files) -> Result<Oid> {
    let edits: Vec<tree_builder::Edit<'_>> = files.iter().map(|(path, entry)| (path.as_bytes(), *entry)).collect();
    tree_builder::edited(repo, Some(tree), &edits)
}

fn stand_in(repo: &Repo, versions: &Versions, conflicting: Conflicting) -> Result<Option<Entry>> {
    match (conflicting, versions.ours, versions.theirs) {
        (Conflicting::Ours, ours, _) => Ok(ours),
        (Conflicting::Marked(depth), Some(ours), Some(theirs)) => {
            Ok(file::with_markers(repo, versions.base, ours, theirs, depth)?.or(versions.base))
        }
        (Conflicting::Marked(_), _, _) => Ok(versions.base),
    }
}
