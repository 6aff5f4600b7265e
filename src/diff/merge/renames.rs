//! Follows renames: what one side did to a file goes to the name that the other side gave it.
//!
//! libgit2 finds renames itself, but measures similarity by samples where git compares whole files. It missed one at 69 %.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::changes::similar_paths;
use crate::error::Result;
use crate::git::Repo;
use crate::model::{Entry, RepoPath};

use super::candidates::{added, moved};
use super::sides::{Side, Sides, VERSIONS, Versions};
use crate::git::tree_builder::beneath_files;

/// Sides whose renames are followed, and the paths where they can't be.
pub(super) struct Followed {
    /// The sides. A followed file stands only at its new name, in the base and on both sides.
    pub(super) sides: Sides,
    /// The conflicts, each with the versions to reconcile.
    pub(super) conflicts: BTreeMap<RepoPath, Vec<Versions>>,
    pub(super) carried: Vec<Passage>,
}

/// A file that one side edited and the other renamed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Passage {
    pub(super) from: RepoPath,
    pub(super) to: RepoPath,
    /// What the side that renamed it has under the new name.
    pub(super) renamed: Entry,
}

/// New names by old ones.
type Names = BTreeMap<RepoPath, RepoPath>;

/// Follows the renames of both sides.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn follow(repo: &Repo, sides: Sides) -> Result<Followed> {
    let (ours, theirs) = (names(repo, &sides, Side::Ours)?, names(repo, &sides, Side::Theirs)?);
    let mut followed = Followed { sides, conflicts: BTreeMap::new(), carried: Vec::new() };
    let old_names: BTreeSet<&RepoPath> = ours.keys().chain(theirs.keys()).collect();
    for old in old_names {
        let Some(versions) = followed.sides.remove(old) else { continue };
        match (ours.get(old), theirs.get(old)) {
            (Some(one), Some(two)) if one == two => followed.rebase(one, versions.base),
            (Some(one), Some(two)) => followed.part(versions.base, old, one, two),
            (Some(new), None) => followed.carry(old, new, versions, Side::Ours),
            (None, Some(new)) => followed.carry(old, new, versions, Side::Theirs),
            (None, None) => {}
        }
    }
    for version in VERSIONS {
        let files = followed.sides.iter().map(|(path, v)| (path.clone(), version(v))).collect();
        beneath_files(&files).iter().for_each(|path| followed.dispute(path, None));
    }
    Ok(followed)
}

impl Followed {
    /// Both sides renamed the file to this name.
    fn rebase(&mut self, new: &RepoPath, base: Option<Entry>) {
        if let Some(versions) = self.sides.get_mut(new) {
            versions.base = base;
        }
    }

    /// `side` renamed the file to this name, and the other side changed it under the old one.
    fn carry(&mut self, from: &RepoPath, new: &RepoPath, old: Versions, side: Side) {
        let changed = old.on(side.other());
        match self.sides.get_mut(new) {
            Some(versions) if changed.is_some() && versions.on(side.other()).is_none() => {
                if let Some(renamed) = versions.on(side) {
                    self.carried.push(Passage { from: from.clone(), to: new.clone(), renamed });
                }
                versions.base = old.base;
                match side {
                    Side::Ours => versions.theirs = changed,
                    Side::Theirs => versions.ours = changed,
                }
            }
            // The other side deleted the file, or has something else under the new name.
            known => {
                let renamed = known.and_then(|versions| versions.on(side));
                let (ours, theirs) = if side == Side::Ours { (renamed, changed) } else { (changed, renamed) };
                self.dispute(new, Some(Versions { base: old.base, ours, theirs }));
            }
        }
    }

    /// Each side renamed the file to a name of its own.
    fn part(&mut self, base: Option<Entry>, old: &RepoPath, one: &RepoPath, two: &RepoPath) {
        let ours = self.sides.get(one).and_then(|versions| versions.ours);
        let theirs = self.sides.get(two).and_then(|versions| versions.theirs);
        [old, one, two].into_iter().for_each(|path| self.dispute(path, Some(Versions { base, ours, theirs })));
    }

    /// Makes the path a conflict. `followed` meets what stands there already.
    fn dispute(&mut self, path: &RepoPath, followed: Option<Versions>) {
        let known = self.sides.remove(path);
        // Of a side that stands there alone, `followed` knows more.
        let known = known.filter(|v| followed.is_none() || v.ours.is_some() && v.theirs.is_some());
        self.conflicts.entry(path.clone()).or_default().extend(known.into_iter().chain(followed));
    }
}

/// The files that `side` renamed and the other side touched.
fn names(repo: &Repo, sides: &Sides, side: Side) -> Result<Names> {
    let mut gone: BTreeMap<&RepoPath, Entry> =
        sides.iter().filter(|(_, v)| v.may_carry(side)).filter_map(|(path, v)| Some((path, v.base?))).collect();
    if gone.is_empty() {
        return Ok(Names::new());
    }
    let mut new: BTreeMap<&RepoPath, Entry> = added(sides, side).collect();
    let mut names = Names::new();
    for (to, from) in moved(sides, side) {
        if gone.remove(from).is_some() {
            new.remove(to);
            names.insert(from.clone(), to.clone());
        }
    }
    let list = |files: BTreeMap<&RepoPath, Entry>| files.into_iter().map(|(p, e)| (p.clone(), e)).collect::<Vec<_>>();
    let (gone, new) = (list(gone), list(new));
    for (from, to) in similar_paths(repo, &gone, &new)? {
        if let (Some((from, _)), Some((to, _))) = (gone.get(from), new.get(to)) {
            names.insert(from.clone(), to.clone());
        }
    }
    Ok(names)
}
