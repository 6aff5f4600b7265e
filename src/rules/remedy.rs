//! The way out of a limit: what to take out so that the rest is within it.

use std::collections::BTreeMap;

use crate::facts::{ChangeSet, Facts, Kind, Predecessor, Subject};
use crate::model::{Bounds, FileChange, RepoPath};
use crate::policy::Policy;
use crate::rules::limit::{Exceeded, Quantity, exceeded};
use crate::rules::quote::{staged_on, take_back, take_out, take_out_help};

/// One sentence of help, and the commands. `counted`: the changes that count, and what each adds to the number.
pub(super) fn way_out(
    quantity: Quantity,
    policy: &Policy,
    case: &Facts<'_>,
    subject: &Subject,
    (counted, limit): (&[(&FileChange, Bounds)], u64),
) -> (String, Vec<String>) {
    if staged_on(subject).is_some() {
        let out = excess_of_all(policy, case, subject);
        return (take_out_help(subject, &out.len().to_string()), take_out(subject, &out));
    }
    match &subject.kind {
        Kind::Commit { set: ChangeSet { before: Predecessor::Several, .. }, .. } => {
            (take_out_help(subject, ""), take_out(subject, &[]))
        }
        Kind::Commit { .. } => (format!("split it: {}, and commit a part at a time", take_back(subject)), take_out(subject, &[])),
        Kind::Index(_) | Kind::Carried(_) | Kind::Session { .. } | Kind::Landing { .. } => {
            of_session(quantity, case, subject, counted, limit)
        }
    }
}

/// A session is brought under its limit by what is still in the index, as far as that goes; else by landing or taking back, which is
/// no command's to choose.
fn of_session(
    quantity: Quantity,
    case: &Facts<'_>,
    subject: &Subject,
    counted: &[(&FileChange, Bounds)],
    limit: u64,
) -> (String, Vec<String>) {
    let Some(index) = index_of(case, subject) else { return (BY_HAND.to_owned(), Vec::new()) };
    let all = counted.iter().fold(0_u64, |sum, (_, bounds)| sum.saturating_add(bounds.at_most));
    let of_index: BTreeMap<&RepoPath, &FileChange> = index.changes.iter().map(|staged| (&staged.path, staged)).collect();
    let staged: Vec<(&FileChange, Bounds)> =
        counted.iter().filter_map(|(change, bounds)| Some((*of_index.get(&change.path)?, *bounds))).collect();
    let own = staged.iter().fold(0_u64, |sum, (_, bounds)| sum.saturating_add(bounds.at_most));
    let before = all.saturating_sub(own);
    if before > limit || staged.is_empty() {
        return (BY_HAND.to_owned(), Vec::new());
    }
    let out = excess(quantity, &staged, limit.saturating_sub(before));
    (take_out_help(index, &out.len().to_string()), take_out(index, &out))
}

/// What brings a session under its limit, where nothing of the index does.
pub(super) const BY_HAND: &str =
    "land a part of it first, or take changes back: a path that equals the base's again does not count";

/// What of a session is still in the index, to be committed or just being made a commit.
pub(super) fn index_of<'a>(case: &'a Facts<'_>, session: &Subject) -> Option<&'a Subject> {
    case.subjects.iter().find(|subject| staged_on(subject).is_some() && subject.actor == session.actor)
}

/// The changes without which the rest is within every limit that the change set has.
fn excess_of_all<'a>(policy: &Policy, case: &Facts<'_>, subject: &'a Subject) -> Vec<&'a FileChange> {
    let mut out: Vec<&FileChange> = Vec::new();
    for Exceeded { quantity, counted, limit } in exceeded(policy, case, subject) {
        let left: Vec<(&FileChange, Bounds)> =
            counted.into_iter().filter(|(change, _)| !out.iter().any(|other| std::ptr::eq(*other, *change))).collect();
        out.extend(excess(quantity, &left, limit));
    }
    let place = |change: &FileChange| subject.changes.iter().position(|other| std::ptr::eq(other, change));
    out.sort_by_key(|change| place(change));
    out
}

/// The changes without which the rest is within the limit: what is generated first, then of files the last, of lines and bytes the
/// largest.
fn excess<'a>(quantity: Quantity, counted: &[(&'a FileChange, Bounds)], limit: u64) -> Vec<&'a FileChange> {
    let mut order = counted.to_vec();
    match quantity {
        Quantity::Files => order.sort_by_key(|(change, _)| is_generated(&change.path)),
        Quantity::Lines | Quantity::Bytes => order.sort_by_key(|(change, bounds)| (is_generated(&change.path), bounds.at_most)),
    }
    let mut left: u64 = order.iter().fold(0, |sum, (_, b)| sum.saturating_add(b.at_most));
    let mut out = Vec::new();
    for (change, bounds) in order.iter().rev() {
        if left <= limit {
            break;
        }
        left = left.saturating_sub(bounds.at_most);
        out.push(*change);
    }
    out.reverse();
    out
}

/// Whether a path looks like one that a program writes: nobody misses it in a commit that is read.
fn is_generated(path: &RepoPath) -> bool {
    const NAMES: [&[u8]; 8] = [b".lock", b"-lock.json", b"-lock.yaml", b".min.js", b".min.css", b".map", b".snap", b"go.sum"];
    const FOLDERS: [&[u8]; 6] = [b"dist", b"build", b"node_modules", b"target", b"__pycache__", b"generated"];
    let mut above = path.components();
    let name = above.next_back().unwrap_or_default();
    NAMES.iter().any(|end| name.ends_with(end)) || above.any(|folder| FOLDERS.contains(&folder))
}
