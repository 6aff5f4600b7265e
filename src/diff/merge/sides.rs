//! Compares both sides of a merge with their base, path by path, without renames.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::git::Repo;
use crate::git::merge_file::Matching;
use crate::git::tree_diff::between;
use crate::model::{Entry, Oid, RepoPath};

use super::file::{self, OLDER};

/// One path in the base and on both sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Versions {
    pub(super) base: Option<Entry>,
    pub(super) ours: Option<Entry>,
    pub(super) theirs: Option<Entry>,
}

/// Base, ours, theirs.
pub(super) const VERSIONS: [fn(&Versions) -> Option<Entry>; 3] = [|v| v.base, |v| v.ours, |v| v.theirs];

/// The versions of every path that a side changed, and perhaps of others.
pub(super) type Sides = BTreeMap<RepoPath, Versions>;

/// What a merge should hold at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Expected {
    /// This file, or none.
    Is(Option<Entry>),
    /// The sides conflict.
    Conflict,
}

/// Compares two root trees with their base, or without one with the empty tree.
///
/// # Errors
/// An object is missing or damaged; a side changed more than `max_paths` paths.
pub(super) fn beside(repo: &Repo, base: Option<Oid>, ours: Oid, theirs: Oid, max_paths: u64) -> Result<Sides> {
    let mut sides = Sides::new();
    for delta in between(repo, base, Some(ours), max_paths)?.deltas {
        sides.insert(delta.path, Versions { base: delta.old, ours: delta.new, theirs: delta.old });
    }
    for delta in between(repo, base, Some(theirs), max_paths)?.deltas {
        let same = Versions { base: delta.old, ours: delta.old, theirs: delta.old };
        sides.entry(delta.path).or_insert(same).theirs = delta.new;
    }
    Ok(sides)
}

impl Versions {
    /// The expected file, where no content has to be read.
    pub(super) fn plain(&self) -> Option<Option<Entry>> {
        if self.ours == self.theirs || self.theirs == self.base {
            Some(self.ours)
        } else if self.ours == self.base {
            Some(self.theirs)
        } else {
            None
        }
    }

    /// What today's git's merge of this path alone gives.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub(super) fn expected(&self, repo: &Repo) -> Result<Expected> {
        match self.plain() {
            Some(entry) => Ok(Expected::Is(entry)),
            None => self.merged(repo, Matching::Patience, None),
        }
    }

    /// What should have stood there instead of `found`; `None` where a merge of this path gives `found`, by whichever matching.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub(super) fn accuse(&self, repo: &Repo, found: Option<Entry>) -> Result<Option<Expected>> {
        if let Some(entry) = self.plain() {
            return Ok((entry != found).then_some(Expected::Is(entry)));
        }
        if let (Some([base, ours, theirs]), Some(found)) = (self.files(), found)
            && file::stand_apart(repo, [base, ours, theirs], found)?
        {
            return Ok(None);
        }
        let today = self.merged(repo, Matching::Patience, found)?;
        for matching in OLDER {
            if found.is_none() || today == Expected::Is(found) {
                break;
            }
            if self.merged(repo, matching, found)? == Expected::Is(found) {
                return Ok(None);
            }
        }
        Ok((today != Expected::Is(found)).then_some(today))
    }

    /// All three versions, where each is a file. No rename concerns such a path, and it merges by line or not at all.
    pub(super) fn files(&self) -> Option<[Entry; 3]> {
        let all = [self.base?, self.ours?, self.theirs?];
        all.iter().all(|entry| entry.kind.is_file()).then_some(all)
    }

    /// The merge by line. `guess` is what it may well be.
    fn merged(&self, repo: &Repo, matching: Matching, guess: Option<Entry>) -> Result<Expected> {
        let (Some(ours), Some(theirs)) = (self.ours, self.theirs) else { return Ok(Expected::Conflict) };
        let merged = file::merge(repo, self.base, (ours, theirs), matching, guess)?;
        Ok(merged.map_or(Expected::Conflict, |entry| Expected::Is(Some(entry))))
    }

    /// Base, ours, theirs.
    pub(super) fn each(&self) -> [Option<Entry>; 3] {
        [self.base, self.ours, self.theirs]
    }

    /// The versions that have to be kept where they meet. Theirs doesn't count where that side left the path alone.
    pub(super) fn asking(&self) -> impl Iterator<Item = Option<Entry>> {
        std::iter::once(self.ours).chain(Some(self.theirs).filter(|_| !self.untouched(Side::Theirs)))
    }

    /// The version of one side.
    pub(super) fn on(&self, side: Side) -> Option<Entry> {
        match side {
            Side::Ours => self.ours,
            Side::Theirs => self.theirs,
        }
    }

    /// Whether a side left the path alone.
    pub(super) fn untouched(&self, side: Side) -> bool {
        self.on(side) == self.base
    }

    /// Whether a side deleted the path.
    pub(super) fn deleted(&self, side: Side) -> bool {
        self.base.is_some() && self.on(side).is_none()
    }

    /// Whether this side deleted what the other changed or deleted. If that was a rename, the other side's change concerns the new
    /// name.
    pub(super) fn may_carry(&self, side: Side) -> bool {
        self.deleted(side) && !self.untouched(side.other())
    }

    fn added(&self, side: Side) -> bool {
        self.base.is_none() && self.on(side).is_some()
    }
}

/// A side of a merge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// The first parent's, or what was merged so far.
    Ours,
    /// The other's.
    Theirs,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Ours, Self::Theirs];

    pub(super) fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

/// Tells to or from which paths a rename may have carried a change. Only the whole merge judges those.
pub(super) struct Renames {
    sides: Vec<Side>,
}

impl Renames {
    /// Finds the sides that deleted what the other touched, and also added something.
    pub(super) fn suspected(sides: &Sides) -> Self {
        let any = |is: &dyn Fn(&Versions) -> bool| sides.values().any(is);
        let suspected = |side: &Side| any(&|v| v.may_carry(*side)) && any(&|v| v.added(*side));
        Self { sides: Side::BOTH.into_iter().filter(suspected).collect() }
    }

    /// Whether a path of these versions may be the old or the new name.
    pub(super) fn concern(&self, versions: &Versions) -> bool {
        self.sides.iter().any(|side| versions.may_carry(*side) || versions.added(*side))
    }
}
