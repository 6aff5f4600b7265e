//! For tests: the changes between two trees, and a policy that looks at lines alone.

use super::changes::{count_exactly, file_changes};
use crate::git::scratch::{File, Scratch, deltas};
use crate::model::{FileChange, Oid};
use crate::policy::{Area, Cited, Patterns, Policy, Position};
use crate::rules::fixture;

/// A policy with areas of these names and patterns over lines, and nothing else.
pub fn policy(areas: &[(&str, &[&str])]) -> Policy {
    let area = |(name, lines): &(&str, &[&str])| Area {
        name: cited((*name).to_owned()),
        paths: Patterns::default(),
        lines: lines.iter().map(|line| cited(regex::bytes::Regex::new(line).unwrap())).collect(),
        forbid: Vec::new(),
        owners_only: None,
        requires: Vec::new(),
        affects: Vec::new(),
    };
    Policy { areas: areas.iter().map(area).collect(), ..fixture::policy("") }
}

/// A value that stands nowhere in a policy.
fn cited<T>(value: T) -> Cited<T> {
    Cited { value, at: Position::default() }
}

impl Scratch {
    /// Our changes between two trees, with lines as far as they are known at once.
    pub fn changes(&self, old: Oid, new: Oid, policy: &Policy) -> Vec<FileChange> {
        file_changes(&self.repo(), deltas(self.path(), old, new), new, policy).unwrap()
    }

    /// Two trees that hold these files, and our changes between them.
    pub fn changes_of(&self, old: &[File], new: &[File]) -> (Oid, Oid, Vec<FileChange>) {
        let (old, new) = (self.tree(old), self.tree(new));
        (old, new, self.changes(old, new, &policy(&[])))
    }

    /// The changes with exact numbers.
    pub fn exact(&self, changes: &[FileChange]) -> Vec<FileChange> {
        let mut exact = changes.to_vec();
        count_exactly(&self.repo(), &mut exact).unwrap();
        exact
    }
}
