//! What was counted once: a commit, its session and its landing show the same changes, and each would pay for them again.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::{Bounds, Entry, LineCount};

/// More are not remembered.
const MOST: usize = 200_000;

/// What was counted of one change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Counted {
    /// Lines.
    pub lines: LineCount,
    /// Bytes of the inserted lines; of a binary file its size.
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

/// The best that is known of each change: its bounds, or the exact number, and the size of its new side.
#[derive(Default)]
pub(crate) struct Counts(RefCell<HashMap<Sides, (Counted, u64)>>);

impl Counts {
    /// What is known of a change.
    pub(crate) fn of(&self, old: Option<Entry>, new: Option<Entry>) -> Option<(Counted, u64)> {
        self.0.borrow().get(&(old, new)).copied()
    }

    /// Remembers, and gives it back. `size`: the new side's.
    pub(crate) fn learn(&self, (old, new): Sides, counted: Counted, size: u64) -> Counted {
        let mut known = self.0.borrow_mut();
        if known.len() < MOST {
            known.insert((old, new), (counted, size));
        }
        counted
    }
}
