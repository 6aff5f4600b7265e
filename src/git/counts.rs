//! Remembers line counts. A commit, its session and its landing show the same changes, and each would count them again.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::model::{Counted, Entry};

/// Changes that are remembered.
const MOST: usize = 200_000;

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
