//! Remembers line counts. A commit, its session and its landing show the same changes, and each would count them again.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::{Bounds, Entry, LineCount};

/// Changes that are remembered.
const MOST: usize = 200_000;

/// The count of one change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Counted {
    /// Lines added and deleted.
    pub lines: LineCount,
    /// Bytes of the inserted lines; for a binary file its size.
    pub inserted_bytes: Bounds,
}

impl Counted {
    /// Nothing was inserted or deleted.
    pub(crate) const NOTHING: Self = Self {
        lines: LineCount::Text { added: Bounds { at_least: 0, at_most: 0 }, deleted: Bounds { at_least: 0, at_most: 0 } },
        inserted_bytes: Bounds { at_least: 0, at_most: 0 },
    };

    /// Whether all of its numbers are known.
    pub(crate) fn is_exact(&self) -> bool {
        let lines = match self.lines {
            LineCount::Binary => true,
            LineCount::Text { added, deleted } => added.known().is_some() && deleted.known().is_some(),
        };
        lines && self.inserted_bytes.known().is_some()
    }
}

/// Both sides of a change.
type Sides = (Option<Entry>, Option<Entry>);

/// The best count that is known of each change, bounds or exact, with the size of its new side.
#[derive(Default)]
pub(crate) struct Counts(RefCell<HashMap<Sides, (Counted, u64)>>);

impl Counts {
    /// The count of a change and the size of its new side, if they are known.
    pub(crate) fn of(&self, old: Option<Entry>, new: Option<Entry>) -> Option<(Counted, u64)> {
        self.0.borrow().get(&(old, new)).copied()
    }

    /// Remembers a count, and gives it back. `size` is the new side's.
    pub(crate) fn learn(&self, (old, new): Sides, counted: Counted, size: u64) -> Counted {
        let mut known = self.0.borrow_mut();
        if known.len() < MOST {
            known.insert((old, new), (counted, size));
        }
        counted
    }
}
