//! Limits: what still passes, by the rows of the table of keys.

use std::collections::BTreeMap;

use super::keys::{self, KeyRow, Unit};
use crate::model::{Bounds, Totals};
use crate::policy::Cited;

/// What a limit is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// One file of a change set.
    File,
    /// One commit, or the index.
    Commit,
    /// A specialist's whole session, which a server holds over pushes.
    Session,
}

/// The limits of somebody; an absent one does not exist. A limit says what still passes.
///
/// They are asked for by their rule and what they are over, never by a field: no code can name some of them and forget the others, and
/// none can take one for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// By the key's name.
    said: BTreeMap<&'static str, Cited<u64>>,
}

impl Limits {
    /// The limit of a rule, over that.
    pub fn of(&self, rule: &str, scope: Scope) -> Option<&Cited<u64>> {
        let mut rows = keys::limits();
        let (row, ..) = rows.find(|(row, _, over)| row.rule == rule && *over == scope)?;
        self.said.get(row.name)
    }

    /// Every limit there could be, and what is said of it.
    pub fn all(&self) -> impl Iterator<Item = (&'static KeyRow, Unit, Option<u64>)> {
        keys::limits().map(|(row, unit, _)| (row, unit, self.said.get(row.name).map(|limit| limit.value)))
    }

    /// Whether a session is limited in any way, so that what was pushed before must be known.
    pub fn limit_sessions(&self) -> bool {
        keys::limits().any(|(row, _, scope)| scope == Scope::Session && self.said.contains_key(row.name))
    }

    /// Whether exact numbers may change what is said of these sums: a limit over `scope` lies between their bounds, or is broken by an
    /// inexact number.
    pub fn want_exact(&self, scope: Scope, sums: &Totals) -> bool {
        let open = |(unit, number): (Unit, Bounds)| {
            number.known().is_none() && self.over(unit, scope).is_some_and(|limit| number.at_most > limit)
        };
        [(Unit::Lines, sums.lines()), (Unit::Bytes, sums.inserted_bytes)].into_iter().any(open)
    }

    /// Whether git's similarity may bring the files under their limit: over it, and at most twice it.
    pub fn want_similarity(&self, scope: Scope, sums: &Totals) -> bool {
        let may = |limit: u64| sums.files > limit && sums.files <= limit.saturating_mul(2);
        self.over(Unit::Files, scope).is_some_and(may)
    }

    /// The limit on an amount, over that.
    fn over(&self, unit: Unit, scope: Scope) -> Option<u64> {
        let (row, ..) = keys::limits().find(|(_, limited, over)| *limited == unit && *over == scope)?;
        self.said.get(row.name).map(|limit| limit.value)
    }

    /// Takes a limit in.
    pub(super) fn say(&mut self, row: &'static KeyRow, limit: Cited<u64>) {
        self.said.insert(row.name, limit);
    }

    /// Key by key: what isn't said here, `defaults` says.
    pub(super) fn inherit(mut self, defaults: &Self) -> Self {
        for (name, limit) in &defaults.said {
            self.said.entry(name).or_insert_with(|| limit.clone());
        }
        self
    }
}
