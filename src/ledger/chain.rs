//! The ledger as a chain: entry after entry, each what its id says and in its place.

use super::Entry;
use super::value::Time;
use crate::error::Result;
use crate::git::Repo;
use crate::git::ledger::{self, Entries, Ledger};
use crate::model::Oid;

/// Walks it, newest first, every object hashed anew. After an error there is nothing more.
pub struct Chain<'r> {
    entries: Entries<'r>,
    /// Of the entry that came last; no time where it says itself that it lies before what came before it.
    after: Option<(Oid, u64, Option<Time>)>,
    broken: bool,
}

impl<'r> Chain<'r> {
    /// Where there is no ledger, it is empty.
    ///
    /// # Errors
    /// The ref can't be read.
    pub fn open(repo: &'r Repo) -> Result<Self> {
        Ok(Self { entries: Ledger::open(repo)?.checked_entries(), after: None, broken: false })
    }

    fn follow(&mut self) -> Option<Result<(Oid, Entry)>> {
        let stored = match self.entries.next()? {
            Ok(stored) => stored,
            Err(error) => return Some(Err(error)),
        };
        let entry = match Entry::stored(&stored) {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        let first = stored.parent.is_none();
        if first != (entry.number == 1) {
            let why = if first { "what came before it is gone" } else { "its number is not its place" };
            return Some(Err(ledger::damaged(stored.commit, why)));
        }
        if let Some((commit, number, later)) = self.after
            && (number.checked_sub(1) != Some(entry.number) || later.is_some_and(|later| later < entry.latest()))
        {
            return Some(Err(ledger::damaged(commit, "it does not follow the entry in front of it")));
        }
        // Of one that says that the clock went back, what it says is what it knew.
        self.after = Some((stored.commit, entry.number, entry.behind.is_none().then_some(entry.time)));
        Some(Ok((stored.commit, entry)))
    }
}

impl Iterator for Chain<'_> {
    type Item = Result<(Oid, Entry)>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = if self.broken { None } else { self.follow() };
        self.broken = found.as_ref().is_none_or(Result::is_err);
        found
    }
}
