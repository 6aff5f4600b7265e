//! What was counted once: a commit, its session and its landing show the same changes, and each would pay for them again.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::Entry;

use super::Counted;

/// More are not remembered.
const MOST: usize = 200_000;

/// Both sides of a change.
type Sides = (Option<Entry>, Option<Entry>);

/// The best that is known of each change: its bounds, or the exact number, and the size of its new side.
#[derive(Default)]
pub(in crate::git) struct Counts(RefCell<HashMap<Sides, (Counted, u64)>>);

impl Counts {
    /// What is known of a change.
    pub(in crate::git) fn of(&self, old: Option<Entry>, new: Option<Entry>) -> Option<(Counted, u64)> {
        self.0.borrow().get(&(old, new)).copied()
    }

    /// Remembers, and gives it back. `size`: the new side's.
    pub(in crate::git) fn learn(&self, (old, new): Sides, counted: Counted, size: u64) -> Counted {
        let mut known = self.0.borrow_mut();
        if known.len() < MOST {
            known.insert((old, new), (counted, size));
        }
        counted
    }
}
