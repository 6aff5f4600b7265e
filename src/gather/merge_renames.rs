//! Edits that a merge carries to the names which the other side gave the files: nobody's commit has them where they end up.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::facts::{Kind, Predecessor, Subject};
use crate::gather::Gatherer;
use crate::gather::subject::Change;
use crate::git::range;
use crate::git::tree_diff::{Carried, Delta, Walk};
use crate::identity::Actor;
use crate::model::{FileChange, Oid, RepoPath};
use crate::policy::Stage;

/// A merge, made or about to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct MergeOf<'a> {
    /// `None`: the index.
    pub commit: Option<Oid>,
    /// Its parents.
    pub parents: &'a [Oid],
    /// Its root tree.
    pub tree: Oid,
    /// At which stage.
    pub stage: Stage,
}

/// An edit that may have been carried: in which commit, whose, and what it changed.
pub(super) type Edit<'a> = (Oid, &'a Actor, &'a [FileChange]);

/// What `merge` carries of `edits`, as the change sets of those who made them; one for each. What nobody of `edits` made, others
/// answered for when it landed.
pub(super) fn carried(g: &Gatherer<'_>, merge: MergeOf<'_>, carried: &[Carried], edits: &[Edit<'_>]) -> Result<Vec<Subject>> {
    let mut authors: Vec<(&Actor, Vec<Delta>)> = Vec::new();
    for one in carried {
        let mut seen = BTreeSet::new();
        for (commit, actor, changes) in edits {
            let edited = changes.iter().flat_map(FileChange::paths).any(|path: &RepoPath| *path == one.from);
            if !edited || seen.contains(&actor.name) || !is_in(g, *commit, merge.parents)? {
                continue;
            }
            seen.insert(&actor.name);
            match authors.iter_mut().find(|(a, _)| a.name == actor.name) {
                Some((_, deltas)) => deltas.push(one.delta.clone()),
                None => authors.push((actor, vec![one.delta.clone()])),
            }
        }
    }
    let subject = |(actor, mut deltas): (&Actor, Vec<Delta>)| {
        deltas.sort_by(|one, other| one.path.cmp(&other.path));
        let walk = Walk { deltas, ..Walk::default() };
        let MergeOf { commit, tree, stage, .. } = merge;
        g.change_set(
            Change { stage, commit, tree, actor: actor.clone(), before: Predecessor::Several, parents: &[] },
            walk,
            Kind::Carried,
        )
    };
    authors.into_iter().map(subject).collect()
}

fn is_in(g: &Gatherer<'_>, commit: Oid, parents: &[Oid]) -> Result<bool> {
    for parent in parents {
        if *parent == commit || range::is_ancestor(g.repo, commit, *parent)? {
            return Ok(true);
        }
    }
    Ok(false)
}
