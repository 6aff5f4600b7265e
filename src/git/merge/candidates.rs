//! Which paths the whole merge has to look at: a rename matters only where it carries a change of the other side.
//!
//! The rest would cost a comparison of every deleted file with every added one, and is settled path by path. As in git, a file that
//! moved as it was is taken for that move before similar ones are looked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Oid, RepoPath};

use super::sides::{Side, Sides, Versions};

/// The part of `sides` that the whole merge must see.
pub(super) fn among(sides: &Sides) -> Sides {
    let mut targets: BTreeSet<&RepoPath> = BTreeSet::new();
    for side in Side::BOTH {
        if sides.values().any(|v| v.may_carry(side)) {
            let moved = moved(sides, side);
            targets.extend(added(sides, side).map(|(path, _)| path).filter(|path| !moved.contains(path)));
        }
    }
    let matters = |path: &RepoPath, v: &Versions| {
        let old_name = Side::BOTH.into_iter().any(|side| v.may_carry(side));
        old_name || v.plain().is_none() || targets.contains(path)
    };
    sides.iter().filter(|(path, v)| matters(path, v)).map(|(path, v)| (path.clone(), *v)).collect()
}

/// Paths that `side` alone added, with the object that stands there.
fn added(sides: &Sides, side: Side) -> impl Iterator<Item = (&RepoPath, Oid)> {
    sides.iter().filter_map(move |(path, v)| match (v.base, v.on(side), v.on(side.other())) {
        (None, Some(new), None) => Some((path, new.oid)),
        (Some(_), _, _) | (_, None, _) | (_, _, Some(_)) => None,
    })
}

/// New names of files that `side` moved as they were, and whose old name the other side left alone.
fn moved(sides: &Sides, side: Side) -> BTreeSet<&RepoPath> {
    let mut gone: BTreeMap<Oid, Vec<(&RepoPath, bool)>> = BTreeMap::new();
    for (path, v) in sides {
        if v.deleted(side)
            && let Some(base) = v.base
        {
            gone.entry(base.oid).or_default().push((path, v.untouched(side.other())));
        }
    }
    let mut moved = BTreeSet::new();
    for (path, oid) in added(sides, side) {
        let Some(sources) = gone.get_mut(&oid).filter(|sources| !sources.is_empty()) else { continue };
        let namesake = sources.iter().position(|(from, _)| from.components().next_back() == path.components().next_back());
        let (_, alone) = sources.remove(namesake.unwrap_or(0));
        if alone {
            moved.insert(path);
        }
    }
    moved
}
