//! What a specialist is charged for of a path that still differs: no more than their own change sets add up to there.

use std::collections::BTreeMap;

use crate::diff::{changes, merge};
use crate::error::Result;
use crate::git::Repo;
use crate::model::{Counted, Entry, FileChange, RepoPath};

/// Change sets of one path that are put together, to see whether they landed as one.
const MOST_TOGETHER: usize = 50;

/// A specialist's own change sets, by the paths that they touch. Paths that a rename joins are one.
pub(super) struct Charges<'c> {
    /// For each path, the group that it is in.
    groups: BTreeMap<&'c RepoPath, usize>,
    /// The changes of each group, oldest first.
    changes: Vec<Vec<&'c FileChange>>,
}

impl<'c> Charges<'c> {
    /// Of these change sets, oldest first.
    pub fn of(changes: impl Iterator<Item = &'c FileChange>) -> Self {
        let mut charges = Self { groups: BTreeMap::new(), changes: Vec::new() };
        for change in changes {
            charges.add(change);
        }
        charges
    }

    fn add(&mut self, change: &'c FileChange) {
        let known = self.of_paths(change);
        let joined = known.first().copied().unwrap_or(self.changes.len());
        if known.is_empty() {
            self.changes.push(Vec::new());
        }
        let mut others = Vec::new();
        for group in known.iter().skip(1) {
            others.extend(self.changes.get_mut(*group).map(std::mem::take).unwrap_or_default());
        }
        if let Some(there) = self.changes.get_mut(joined) {
            there.extend(others);
            there.push(change);
        }
        if known.len() > 1 {
            self.groups.values_mut().filter(|group| known.contains(group)).for_each(|group| *group = joined);
        }
        self.groups.extend(change.paths().map(|path| (path, joined)));
    }

    /// The groups of a change's paths, each once.
    fn of_paths(&self, change: &FileChange) -> Vec<usize> {
        let mut groups: Vec<usize> = change.paths().filter_map(|path| self.groups.get(path).copied()).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// The change, with no greater numbers than what was done at its paths, but for what is `held`. Only where others had a hand in it is that
    /// counted.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn bound(&self, repo: &Repo, mut change: FileChange, held: &[&FileChange]) -> Result<FileChange> {
        let all = self.of_paths(&change).into_iter().filter_map(|group| self.changes.get(group)).flatten().copied();
        let own: Vec<&FileChange> = all.filter(|one| !held.iter().any(|held| std::ptr::eq(*held, *one))).collect();
        if is_all_of(&own, &change) {
            return Ok(change);
        }
        let own: Vec<FileChange> = own.into_iter().cloned().collect();
        let sum = changes::exact_counts(repo, &own)?.into_iter().fold(Counted::NOTHING, |sum, one| sum + one);
        let counted = change.counted().at_most(sum);
        change.lines = counted.lines;
        change.inserted_bytes = counted.inserted_bytes;
        Ok(change)
    }
}

/// Of `own`, what somebody did to one path one after the other, the first that the base, which has `there`, holds beside what others did to
/// it: they have landed, squashed or rebased.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn held<'o, 'c>(repo: &Repo, own: &'o [&'c FileChange], there: Option<Entry>) -> Result<&'o [&'c FileChange]> {
    // Where the base is as they found it, it holds nothing of them.
    let Some(first) = own.first().filter(|first| first.old != there) else { return Ok(&[]) };
    let follow = |pair: &&[&FileChange]| matches!(pair, [one, next] if one.new == next.old);
    let run = 1 + own.windows(2).take(MOST_TOGETHER).take_while(follow).count();
    for together in (1..=run).rev() {
        let Some(landed) = own.get(..together) else { break };
        let new = landed.last().and_then(|last| last.new);
        if new != first.old && merge::is_held(repo, first.old, new, there)? {
            return Ok(landed);
        }
    }
    Ok(&[])
}

/// Whether one change after the other leads from one side of `change` to the other, so that nobody else has changed anything in between.
fn is_all_of(own: &[&FileChange], change: &FileChange) -> bool {
    let (Some(first), Some(last)) = (own.first(), own.last()) else { return false };
    let follow = own.windows(2).all(|pair| matches!(pair, [one, next] if one.path == next.path && one.new == next.old));
    // A conflict that is settled as a parent has it is no line of the merger's, whatever its sides say.
    let settled = own.iter().any(|one| one.old != one.new && one.counted().size().0 == 0);
    follow && !settled && first.path == change.path && first.old == change.old && last.new == change.new
}

#[cfg(test)]
mod tests {
    use super::Charges;
    use crate::git::scratch::Scratch;
    use crate::model::{Bounds, FileChange, FileStatus, LineCount};
    use crate::rules::fixture::{change, file, renamed};

    fn lines(path: &str, added: u64, deleted: u64) -> FileChange {
        let lines = LineCount::Text { added: Bounds::exact(added), deleted: Bounds::exact(deleted) };
        let bytes = Bounds::exact(added * 10);
        FileChange { lines, inserted_bytes: bytes, new: Some(file(added as u8)), ..change(path.as_bytes(), FileStatus::Modified) }
    }

    fn charged(own: &[FileChange], standing: FileChange) -> (u64, u64) {
        let scratch = Scratch::new();
        let bounded = Charges::of(own.iter()).bound(&scratch.repo(), standing, &[]).unwrap();
        let LineCount::Text { added, deleted } = bounded.lines else { panic!("binary") };
        (added.known().unwrap() + deleted.known().unwrap(), bounded.inserted_bytes.known().unwrap())
    }

    #[test]
    fn nobody_is_charged_for_what_others_wrote_into_the_file() {
        assert_eq!(charged(&[lines("f", 1, 1)], lines("f", 450, 20)), (2, 10));
        assert_eq!(charged(&[lines("f", 1, 1), lines("f", 2, 0)], lines("f", 450, 20)), (4, 30));
        assert_eq!(charged(&[lines("f", 9, 9), lines("f", 9, 9)], lines("f", 3, 1)), (4, 30), "taken back");
        assert_eq!(charged(&[lines("g", 9, 9)], lines("f", 3, 1)), (0, 0));
    }

    #[test]
    fn a_conflict_that_is_settled_as_a_parent_has_it_is_no_line_of_the_merger_s() {
        let none = Bounds::exact(0);
        let deleted = |deleted| LineCount::Text { added: none, deleted: Bounds::exact(deleted) };
        let gone = |lines| FileChange { lines: deleted(lines), old: Some(file(7)), ..change(b"f", FileStatus::Deleted) };
        assert_eq!(charged(&[gone(0)], gone(10)), (0, 0));
        assert_eq!(charged(&[gone(10)], gone(10)), (10, 0));
    }

    #[test]
    fn a_rename_takes_its_charges_along() {
        let moved = || renamed("tmp", "f");
        assert_eq!(charged(&[lines("tmp", 100, 0), moved()], lines("f", 100, 0)), (100, 1000));
        assert_eq!(charged(&[lines("tmp", 60, 0), moved(), lines("f", 40, 0)], lines("f", 100, 0)), (100, 1000));
        assert_eq!(charged(&[lines("f", 7, 0), lines("tmp", 60, 0), moved()], lines("f", 100, 0)), (67, 670));
    }
}
