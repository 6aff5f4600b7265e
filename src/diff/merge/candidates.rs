//! Selects the paths that the whole merge has to look at.
//!
//! A rename matters only where it carries what the other side did. The other paths are settled one by one, since in the whole merge
//! every deleted file would be compared with every added one. As in git, a file that moved unchanged is paired before similar ones
//! are.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Entry, Oid, RepoPath};

use super::sides::{Side, Sides, Versions};

/// The part of `sides` that the whole merge must see.
pub(super) fn among(sides: &Sides) -> Sides {
    let mut targets: BTreeSet<&RepoPath> = BTreeSet::new();
    for side in Side::BOTH {
        if !sides.values().any(|v| v.may_carry(side)) {
            continue;
        }
        let moved = moved(sides, side);
        let settled =
            |path: &RepoPath| moved.get(path).and_then(|from| sides.get(*from)).is_some_and(|v| v.untouched(side.other()));
        targets.extend(added(sides, side).map(|(path, _)| path).filter(|path| !settled(path)));
    }
    let matters = |path: &RepoPath, v: &Versions| {
        let old_name = Side::BOTH.into_iter().any(|side| v.may_carry(side));
        old_name || (v.plain().is_none() && v.files().is_none()) || targets.contains(path)
    };
    sides.iter().filter(|(path, v)| matters(path, v)).map(|(path, v)| (path.clone(), *v)).collect()
}

/// The files that `side` added.
pub(super) fn added(sides: &Sides, side: Side) -> impl Iterator<Item = (&RepoPath, Entry)> {
    sides.iter().filter_map(move |(path, v)| if v.base.is_none() { Some((path, v.on(side)?)) } else { None })
}

/// The files that `side` moved unchanged: old names by new ones.
pub(super) fn moved(sides: &Sides, side: Side) -> BTreeMap<&RepoPath, &RepoPath> {
    let mut gone: BTreeMap<Oid, Vec<&RepoPath>> = BTreeMap::new();
    for (path, v) in sides {
        if v.deleted(side)
            && let Some(base) = v.base
        {
            gone.entry(base.oid).or_default().push(path);
        }
    }
    let mut moved = BTreeMap::new();
    for (path, entry) in added(sides, side) {
        let Some(sources) = gone.get_mut(&entry.oid).filter(|sources| !sources.is_empty()) else { continue };
        let namesake = sources.iter().position(|from| from.components().next_back() == path.components().next_back());
        moved.insert(path, sources.remove(namesake.unwrap_or(0)));
    }
    moved
}
