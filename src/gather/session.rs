//! A session: all that one specialist did between the base and the tip, as far as it still stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Gatherer;
use super::charge::{Charges, held};
use super::window::{Before, Content, content};
use crate::diff::{changes, merge};
use crate::error::Result;
use crate::evidence::MarkedCommit;
use crate::facts::{Kind, Part, ProofBase, Subject};
use crate::gather::touches::{suite_touches, touches};
use crate::git::tree_diff::Delta;
use crate::git::{range, tree_diff};
use crate::identity::Actor;
use crate::model::{Entry, FileChange, Oid, RepoPath};
use crate::policy::Stage;

/// A line of work: a branch, or the index on top of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// Its newest commit; `None` on an unborn branch.
    pub tip: Option<Oid>,
    /// The tree that results: the tip's, or the index's.
    pub tree: Oid,
    /// The tip of what it is measured against.
    pub base: Option<Oid>,
}

/// What of their own changes still stands on one of these lines of work to the same tree, and no more of it than their charges. Where it
/// stands on several it is the one on which it is most.
pub(super) fn standing_on(g: &Gatherer<'_>, lines: &[Line], own: &[&FileChange], charges: &Charges<'_>) -> Result<Vec<FileChange>> {
    let paths: BTreeSet<&RepoPath> = own.iter().flat_map(|change| change.paths()).collect();
    let mut of_path: BTreeMap<&RepoPath, Vec<&FileChange>> = BTreeMap::new();
    for change in own {
        of_path.entry(&change.path).or_default().push(change);
    }
    let mut standing: BTreeMap<RepoPath, FileChange> = BTreeMap::new();
    for line in lines {
        let (changes, base) = still_standing(g, line, &paths)?;
        for change in changes {
            let own = of_path.get(&change.path).map_or(&[][..], Vec::as_slice);
            let held = match base.as_ref().and_then(|base| base.get(&change.path)) {
                Some(there) => held(g.repo, own, *there)?,
                None => &[],
            };
            // All that they did there has landed.
            if !held.is_empty() && held.len() == own.len() {
                continue;
            }
            let change = charges.bound(g.repo, change, held)?;
            let size = |change: &FileChange| change.counted().size();
            match standing.get(&change.path) {
                Some(known) if size(known) >= size(&change) => {}
                Some(_) | None => drop(standing.insert(change.path.clone(), change)),
            }
        }
    }
    Ok(standing.into_values().collect())
}

/// The session of `actor` over several lines of work, each with what of their changes stands on it, and what they pushed before.
/// `marked`: those that may carry a marker for the tree of a single line.
pub(super) fn session_subject(
    g: &Gatherer<'_>,
    stage: Stage,
    actor: &Actor,
    lines: &[(Line, &[FileChange])],
    before: Before,
    marked: &Arc<[MarkedCommit]>,
) -> Result<Subject> {
    let (changes, places) = together(lines, &before);
    let earlier = before.pushes.into_iter().map(|(earlier, _)| earlier).collect();
    let mut subject = g.subject(Kind::Session { earlier, lines: places }, stage);
    subject.tree = lines.first().map(|(line, _)| line.tree);
    subject.actor = Some(actor.clone());
    let (touches, suites) = (touches(g.policy, &changes), suite_touches(g.policy, &changes));
    subject.parts = vec![Part { commit: None, actor: actor.clone(), changes: !changes.is_empty(), touches, suites }];
    g.measure(&mut subject, changes)?;
    // Of lines of work that lead to several trees, no one is what is judged: neither proof nor waiver of one speaks for all.
    if let Some((line, _)) = lines.first().filter(|(first, _)| lines.iter().all(|(line, _)| line.tree == first.tree)) {
        g.waive(&mut subject)?;
        let from = ProofBase::Shared { base: line.base, tip: line.tip };
        subject.proofs = g.evidence_of(g.question(line.tree, from, &[actor], Arc::clone(marked)));
        subject.base = line.base;
    }
    Ok(subject)
}

/// The changes of all lines of work, sorted by path, and of each line the places of its own. The same change on two of them is one.
fn together(lines: &[(Line, &[FileChange])], before: &Before) -> (Vec<FileChange>, Vec<Vec<usize>>) {
    let mut all = BTreeMap::new();
    let earlier = before.pushes.iter().flat_map(|(_, changes)| changes);
    for change in lines.iter().flat_map(|(_, changes)| changes.iter()).chain(earlier) {
        all.entry((&change.path, change.old, change.new)).or_insert(change);
    }
    let all: Vec<FileChange> = all.into_values().cloned().collect();
    let mut places: BTreeMap<Content, Vec<usize>> = BTreeMap::new();
    for (place, change) in all.iter().enumerate() {
        places.entry(content(change)).or_default().push(place);
    }
    let now = lines.iter().map(|(_, changes)| changes.iter().map(content).collect());
    let of = |line: BTreeSet<Content>| line.iter().filter_map(|content| places.get(content)).flatten().copied().collect();
    let lines = now.chain(before.lines.iter().cloned()).map(of).collect();
    (all, lines)
}

/// What a base holds where it differs from a line of work.
type Differing = BTreeMap<RepoPath, Option<Entry>>;

/// The changes of `paths` that still differ, at the tip, from the merge base and from the base's tip, and that the base's tip doesn't hold
/// beside others' edits of the same file. With several merge bases: from the one that makes it most, since which of them it is that counts
/// is nobody's choice. And what the base's tip holds there, where it has gone on from the merge base.
fn still_standing(g: &Gatherer<'_>, line: &Line, paths: &BTreeSet<&RepoPath>) -> Result<(Vec<FileChange>, Option<Differing>)> {
    let max = g.settings.max_paths;
    let tree_of = |commit: Oid| g.repo.commit(commit).map(|c| c.tree);
    let merge_bases = match (line.base, line.tip) {
        (Some(base), Some(tip)) => range::merge_bases(g.repo, base, tip)?,
        (Some(_) | None, _) => Vec::new(),
    };
    let mut starts = merge_bases.iter().map(|oid| tree_of(*oid).map(Some)).collect::<Result<Vec<Option<Oid>>>>()?;
    if starts.is_empty() {
        starts.push(None);
    }
    let from_base_tip = match line.base.filter(|base| merge_bases != [*base]) {
        Some(base) if !merge_bases.is_empty() => {
            let walk = tree_diff::between(g.repo, Some(tree_of(base)?), Some(line.tree), max)?;
            Some(walk.deltas.into_iter().map(|d| (d.path, d.old)).collect::<Differing>())
        }
        Some(_) | None => None,
    };
    let mut most: Option<(u64, Vec<FileChange>)> = None;
    for start in starts {
        let mut walk = tree_diff::between(g.repo, start, Some(line.tree), max)?;
        walk.deltas.retain(|d| paths.contains(&d.path));
        if let Some(differ) = &from_base_tip {
            walk.deltas = not_landed(g, walk.deltas, differ)?;
        }
        let changes = changes::file_changes(g.repo, walk.deltas, line.tree, g.policy)?;
        let lines = g.policy.count.totals(&changes).lines().at_most;
        if most.as_ref().is_none_or(|(known, _)| lines > *known) {
            most = Some((lines, changes));
        }
    }
    Ok((most.map(|(_, changes)| changes).unwrap_or_default(), from_base_tip))
}

/// Of changes on a line of work, those that the base's tip has no part in. `differ`: what that holds where it differs from the line's tip.
fn not_landed(g: &Gatherer<'_>, deltas: Vec<Delta>, differ: &Differing) -> Result<Vec<Delta>> {
    let mut left = Vec::new();
    for delta in deltas {
        let Some(there) = differ.get(&delta.path) else { continue };
        if !merge::is_held(g.repo, delta.old, delta.new, *there)? {
            left.push(delta);
        }
    }
    Ok(left)
}
