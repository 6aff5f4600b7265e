//! The way out of a limit: what to take out so that the rest is within it.

use std::collections::BTreeSet;

use crate::facts::{ChangeSet, Facts, Kind, Predecessor, Subject, SubjectKind};
use crate::model::{Bounds, FileChange, RepoPath};

use crate::policy::Policy;
use crate::rules::limit::{Exceeded, Quantity, exceeded};
use crate::rules::quote::{take_back, take_out, take_out_help};

/// One sentence of help, and the commands. `counted`: the changes that count, and what each adds to the number.
pub(super) fn way_out(
    quantity: Quantity,
    policy: &Policy,
    case: &Facts<'_>,
    subject: &Subject,
    (counted, limit): (&[(&FileChange, Bounds)], u64),
) -> (String, Vec<String>) {
    match &subject.kind {
        Kind::Index(_) => {
            let out = excess_of_all(policy, case, subject);
            (take_out_help(subject, &out.len().to_string()), take_out(subject, &out))
        }
        Kind::Commit { set: ChangeSet { before: Predecessor::Several, .. }, .. } => {
            (take_out_help(subject, ""), take_out(subject, &[]))
        }
        Kind::Commit { .. } => (format!("split it: {}, and commit a part at a time", take_back(subject)), take_out(subject, &[])),
        Kind::Carried(_) | Kind::Session { .. } | Kind::Landing { .. } => of_session(quantity, case, subject, counted, limit),
    }
}

/// A session is brought under its limit by what is still in the index, as far as that goes; else by taking work back.
fn of_session<'a>(
    quantity: Quantity,
    case: &'a Facts<'_>,
    subject: &Subject,
    counted: &[(&FileChange, Bounds)],
    limit: u64,
) -> (String, Vec<String>) {
    let over = excess(quantity, counted, limit).len();
    let index = case.subjects.iter().find(|s| s.kind.name() == SubjectKind::Index && s.actor == subject.actor);
    let paths: BTreeSet<&RepoPath> = counted.iter().map(|(change, _)| &change.path).collect();
    let staged = |index: &'a Subject| index.changes.iter().filter(|c| paths.contains(&c.path)).collect::<Vec<_>>();
    match index.map(|index| (index, staged(index))) {
        Some((index, staged)) if quantity == Quantity::Files && staged.len() >= over => {
            let out: Vec<&FileChange> = staged.into_iter().rev().take(over).collect();
            (take_out_help(index, &over.to_string()), take_out(index, &out))
        }
        index => {
            let help = "land a part of it first, or take changes back: a path that equals the base's again does not count";
            let all = if index.is_some() { "guard check --staged -v" } else { "guard check -v" };
            (help.to_owned(), vec![all.to_owned()])
        }
    }
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
