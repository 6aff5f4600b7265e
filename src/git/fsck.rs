//! What git's own fsck would refuse in a tree, found on the way through its entries.
//!
//! A mode such as 100664 is none of that: fsck has no more than a remark on it, and git reads it as a file.

mod excuses;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use crate::git::tree;
use crate::git::tree::{TreeEntry, What};
use crate::text::escape;

pub(super) use excuses::Excuses;

/// One thing that is wrong with an entry.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Problem {
    /// As a phrase, escaped.
    pub message: String,
    /// Git's fsck's name for it.
    pub fault: &'static str,
}

/// Checks one tree, entry by entry.
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
    pub fn check(&mut self, data: &[u8], at: usize, entry: &TreeEntry<'_>, mut tell: impl FnMut(Problem)) {
        let mut report = |fault: &'static str, message: String| tell(Problem { message, fault });
        if let Some((mode, fault)) = entry.odd.and_then(|mode| Some((mode, tree::mode_fault(mode)?))) {
            report(fault, format!("mode {}", escape(mode)));
        }
        let name = entry.name;
        match name.first() {
            None => report("emptyName", "empty name".to_owned()),
            Some(b'.') if name == b"." || name == b".." || name.eq_ignore_ascii_case(b".git") => {
                let fault = match name {
                    b"." => "hasDot",
                    b".." => "hasDotdot",
                    _ => "hasDotgit",
                };
                report(fault, format!("name `{}`", escape(name)));
            }
            Some(_) => {}
        }
        if entry.slash {
            report("fullPathname", "name that contains `/`".to_owned());
        }
        if entry.id.iter().all(|b| *b == 0) {
            report("nullSha1", "null id".to_owned());
        }
        let end = at + entry.raw.len() - tree::ID - 1;
        self.place(data, end - name.len()..end, entry, report);
    }

    /// Order and duplicates.
    #[inline]
    fn place(&mut self, data: &[u8], range: Range<usize>, entry: &TreeEntry<'_>, mut report: impl FnMut(&'static str, String)) {
        let name = entry.name;
        if let Some((before, what)) = self.previous.replace((range, entry.what)) {
            let previous = data.get(before.clone()).unwrap_or_default();
            if previous == name {
                report("duplicateEntries", "duplicate entry".to_owned());
            } else if tree::order(previous, what, name, entry.what) == Ordering::Greater {
                report("treeNotSorted", "entry out of order".to_owned());
            } else if what != What::Directory && name.starts_with(previous) {
                self.candidates.push(before);
                return;
            }
        }
        while let Some(candidate) = self.candidates.last() {
            let file = data.get(candidate.clone()).unwrap_or_default();
            if name == file {
                report("duplicateEntries", "duplicate entry".to_owned());
            }
            if name != file && name.starts_with(file) {
                break;
            }
            self.candidates.pop();
        }
    }
}

/// The problems that the old tree had already. They are looked up once the new tree has one.
#[derive(Debug, Default)]
pub(super) struct Before(Option<HashMap<(Vec<u8>, Problem), u64>>);

impl Before {
    /// Whether the tree `old` has an entry of equal mode, name and id with an equal problem. Each such entry explains one problem.
    #[cold]
    pub fn explains(&mut self, old: &[u8], entry: &TreeEntry<'_>, problem: &Problem) -> bool {
        let known = self.0.get_or_insert_with(|| problems(old)).get_mut(&(entry.raw.to_vec(), problem.clone()));
        known.is_some_and(|times| {
            let left = times.checked_sub(1);
            *times = left.unwrap_or(0);
            left.is_some()
        })
    }
}

/// How often each entry of a tree has each problem. Where the tree is damaged the count ends; the walk reports the damage.
fn problems(data: &[u8]) -> HashMap<(Vec<u8>, Problem), u64> {
    let mut all = HashMap::new();
    let mut checker = Checker::default();
    let mut at = 0;
    while let Ok(Some(entry)) = tree::next(data.get(at..).unwrap_or_default()) {
        checker.check(data, at, &entry, |problem| *all.entry((entry.raw.to_vec(), problem)).or_default() += 1);
        at += entry.raw.len();
    }
    all
}

#[cfg(test)]
#[path = "fsck_tests.rs"]
mod tests;
