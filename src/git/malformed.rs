//! What git's own fsck would refuse in a tree, found on the way through its entries.

use std::cmp::Ordering;
use std::ops::Range;

use super::tree::{self, TreeEntry, What};
use crate::report::escape;

/// Remembers of one tree what the next entry is measured by.
#[derive(Debug, Default)]
pub(super) struct Checker {
    /// Where the previous entry's name stands in the tree's bytes, and what it is.
    previous: Option<(Range<usize>, What)>,
    /// Files whose directory of the same name may still follow, though other entries stand between: `a`, `a.b`, `a/`. Each is a
    /// prefix of the next.
    candidates: Vec<Range<usize>>,
}

impl Checker {
    /// Looks at the entry that starts at `at` of `data`, and tells `report` what is wrong with it.
    #[inline]
    pub fn check(&mut self, data: &[u8], at: usize, entry: &TreeEntry<'_>, mut report: impl FnMut(String)) {
        if let Some(mode) = entry.odd {
            report(format!("mode {}", escape(mode)));
        }
        let name = entry.name;
        match name.first() {
            None => report("empty name".to_owned()),
            Some(b'.') if name == b"." || name == b".." || name.eq_ignore_ascii_case(b".git") => {
                report(format!("name `{}`", escape(name)));
            }
            Some(_) => {}
        }
        if entry.slash {
            report("name that contains `/`".to_owned());
        }
        if entry.id.iter().all(|b| *b == 0) {
            report("null id".to_owned());
        }
        let end = at + entry.raw.len() - tree::ID - 1;
        self.place(data, end - name.len()..end, entry, report);
    }

    /// Order and duplicates.
    #[inline]
    fn place(&mut self, data: &[u8], range: Range<usize>, entry: &TreeEntry<'_>, mut report: impl FnMut(String)) {
        let name = entry.name;
        if let Some((before, what)) = self.previous.replace((range, entry.what)) {
            let previous = data.get(before.clone()).unwrap_or_default();
            if previous == name {
                report("duplicate entry".to_owned());
            } else if tree::order(previous, what, name, entry.what) == Ordering::Greater {
                report("entry out of order".to_owned());
            } else if what != What::Directory && name.starts_with(previous) {
                self.candidates.push(before);
                return;
            }
        }
        while let Some(candidate) = self.candidates.last() {
            let file = data.get(candidate.clone()).unwrap_or_default();
            if name == file {
                report("duplicate entry".to_owned());
            }
            if name != file && name.starts_with(file) {
                break;
            }
            self.candidates.pop();
        }
    }
}
