//! Pairs deleted and added files that are one file, moved and edited, as git's default `-M` does (50 %, at most 1000 × 1000
//! comparisons).
//!
//! Files whose name is unique on both sides are tried first. Then all are compared with all, and the most similar are paired first.
//! Pairing only ever makes fewer files of many. So where a bound is reached, pairing stops, and nothing passes by that.

mod spans;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::model::{EntryKind, FileChange, FileStatus, RepoPath};

use self::spans::{MAX_SCORE, Spans};
use super::super::lines::{self, Side};
use super::moves::file_name;
use crate::git::Repo;

/// 50 %.
const MINIMUM: u64 = MAX_SCORE / 2;
/// Half-way from there to equality, for files of the same, unique name.
const MINIMUM_SAME_NAME: u64 = MINIMUM + (MAX_SCORE - MINIMUM) / 2;
/// git's `diff.renameLimit`: at most so many squared comparisons.
const RENAME_LIMIT: usize = 1000;
/// How many of the best sources are kept for one new path.
const REMEMBERED: usize = 4;
/// Bytes of files that are cut into spans. Files beyond that are similar to nothing.
const MAX_BYTES: u64 = 128 << 20;
/// Spans that are compared. Beyond that nothing is compared.
const MAX_WORK: u64 = 1_000_000_000;

/// Which two changes are one, by their places in the list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Pairs {
    source_of: HashMap<usize, usize>,
    sources: HashSet<usize>,
}

impl Pairs {
    /// Whether the change at this place is the old side of a pair.
    pub(super) fn is_source(&self, index: usize) -> bool {
        self.sources.contains(&index)
    }

    /// The old side of the pair whose new side stands at this place.
    pub(super) fn source_of(&self, index: usize) -> Option<usize> {
        self.source_of.get(&index).copied()
    }

    fn is_free(&self, source: usize, target: usize) -> bool {
        !self.sources.contains(&source) && !self.source_of.contains_key(&target)
    }

    fn insert(&mut self, source: usize, target: usize) {
        self.sources.insert(source);
        self.source_of.insert(target, source);
    }
}

/// Finds the pairs among `changes`, sorted by path, that stand on one of the `lines`, each given by its changes' places. The longest first:
/// what stands on several of them was moved where most of it stands.
///
/// # Errors
/// An object is missing or damaged.
pub(super) fn pairs(repo: &Repo, changes: &[FileChange], lines: &[Vec<usize>]) -> Result<Pairs> {
    let mut files = Files { repo, changes, cut: HashMap::new(), bytes_left: MAX_BYTES, work_left: MAX_WORK };
    let mut pairs = Pairs::default();
    let mut lines: Vec<&Vec<usize>> = lines.iter().collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.len()), *line));
    lines.dedup();
    for line in lines {
        pair_on(&mut files, line, &mut pairs)?;
    }
    Ok(pairs)
}

/// Pairs what stands on one line.
fn pair_on(files: &mut Files<'_>, line: &[usize], pairs: &mut Pairs) -> Result<()> {
    let changes = files.changes;
    let with = |status: &FileStatus| -> Vec<usize> {
        line.iter().copied().filter(|place| changes.get(*place).is_some_and(|change| change.status == *status)).collect()
    };
    let (mut sources, mut targets) = (with(&FileStatus::Deleted), with(&FileStatus::Added));
    let left = |pairs: &Pairs, sources: &mut Vec<usize>, targets: &mut Vec<usize>| {
        sources.retain(|source| !pairs.is_source(*source));
        targets.retain(|target| pairs.source_of(*target).is_none());
    };
    left(pairs, &mut sources, &mut targets);
    pair_by_name(files, &sources, &targets, pairs)?;
    left(pairs, &mut sources, &mut targets);
    if sources.len().saturating_mul(targets.len()) <= RENAME_LIMIT * RENAME_LIMIT {
        pair_by_content(files, &sources, &targets, pairs)?;
    }
    Ok(())
}

/// Pairs files whose name is unique on both sides.
fn pair_by_name(files: &mut Files<'_>, sources: &[usize], targets: &[usize], pairs: &mut Pairs) -> Result<()> {
    let changes = files.changes;
    let path = |index: usize| changes.get(index).map(|change| &change.path);
    let unique = |indexes: &[usize]| {
        let mut by_name: HashMap<&[u8], Option<usize>> = HashMap::new();
        for index in indexes.iter().copied() {
            if let Some(path) = path(index) {
                by_name.entry(file_name(path)).and_modify(|only| *only = None).or_insert(Some(index));
            }
        }
        by_name
    };
    let (by_old_name, by_new_name) = (unique(sources), unique(targets));
    for source in sources.iter().copied() {
        let Some(name) = path(source).map(file_name) else { continue };
        if let (Some(Some(_)), Some(Some(target))) = (by_old_name.get(name), by_new_name.get(name))
            && files.score(source, *target, MINIMUM_SAME_NAME)? >= MINIMUM_SAME_NAME
        {
            pairs.insert(source, *target);
        }
    }
    Ok(())
}

/// A possible pair. Equally good candidates stay in the order of their targets, then of their slots.
#[derive(Clone, Copy)]
struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    target: usize,
}

impl Candidate {
    fn worth(&self) -> (u64, bool) {
        (self.score, self.same_name)
    }
}

/// Compares all with all and pairs the most similar first.
fn pair_by_content(files: &mut Files<'_>, sources: &[usize], targets: &[usize], pairs: &mut Pairs) -> Result<()> {
    let mut candidates = Vec::new();
    for target in targets.iter().copied() {
        let mut best: [Option<Candidate>; REMEMBERED] = [None; REMEMBERED];
        for source in sources.iter().copied() {
            let score = files.score(source, target, MINIMUM)?;
            if files.work_left == 0 {
                return Ok(());
            }
            let candidate = Candidate { score, same_name: files.same_name(source, target), source, target };
            let worst = best.iter_mut().min_by_key(|kept| kept.map(|kept| kept.worth()));
            if let Some(worst) = worst
                && worst.is_none_or(|kept| kept.worth() < candidate.worth())
            {
                *worst = Some(candidate);
            }
        }
        candidates.extend(best.into_iter().flatten().filter(|candidate| candidate.score >= MINIMUM));
    }
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.worth()));
    for candidate in candidates {
        if pairs.is_free(candidate.source, candidate.target) {
            pairs.insert(candidate.source, candidate.target);
        }
    }
    Ok(())
}

/// The compared files. Each is read and cut into spans once.
struct Files<'a> {
    repo: &'a Repo,
    changes: &'a [FileChange],
    cut: HashMap<usize, Rc<File>>,
    bytes_left: u64,
    work_left: u64,
}

/// A compared file. Its spans are made when they are first needed.
#[derive(Default)]
struct File {
    size: u64,
    spans: std::cell::OnceCell<Spans>,
}

impl Files<'_> {
    /// How similar two files are. The score is 0 where `minimum` can't be reached, and where one is no regular file.
    fn score(&mut self, source: usize, target: usize, minimum: u64) -> Result<u64> {
        let (Some(old), Some(new)) = (self.file(source)?, self.file(target)?) else { return Ok(0) };
        if !spans::sizes_allow(old.size, new.size, minimum) {
            return Ok(0);
        }
        let (one, two) = (self.spans(source, &old)?, self.spans(target, &new)?);
        self.work_left = self.work_left.saturating_sub(one.len() + two.len());
        Ok(spans::score(one.copied(two), old.size, new.size))
    }

    fn file(&mut self, index: usize) -> Result<Option<Rc<File>>> {
        if let Some(known) = self.cut.get(&index) {
            return Ok(Some(Rc::clone(known)));
        }
        let entry = self.entry(index);
        if !entry.is_some_and(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Executable)) {
            return Ok(None);
        }
        let size = lines::size(self.repo, entry).map_err(|e| self.reading(index, e))?;
        let file = Rc::new(File { size, ..File::default() });
        self.cut.insert(index, Rc::clone(&file));
        Ok(Some(file))
    }

    fn spans<'f>(&mut self, index: usize, file: &'f File) -> Result<&'f Spans> {
        if let Some(known) = file.spans.get() {
            return Ok(known);
        }
        let spans = match self.bytes_left.checked_sub(file.size) {
            None => Spans::default(),
            Some(left) => {
                self.bytes_left = left;
                match Side::load(self.repo, self.entry(index)).map_err(|e| self.reading(index, e))? {
                    Side::Loaded(content) => Spans::of(&content),
                    Side::TooLarge(_) => Spans::default(),
                }
            }
        };
        Ok(file.spans.get_or_init(|| spans))
    }

    /// The side that the change has.
    fn entry(&self, index: usize) -> Option<crate::model::Entry> {
        self.changes.get(index).and_then(|change| change.new.or(change.old))
    }

    fn path(&self, index: usize) -> Option<&RepoPath> {
        self.changes.get(index).map(|change| &change.path)
    }

    fn same_name(&self, source: usize, target: usize) -> bool {
        self.path(source).map(file_name) == self.path(target).map(file_name)
    }

    fn reading(&self, index: usize, error: Error) -> Error {
        let path = self.path(index).map_or_else(String::new, |path| crate::text::escape(path.as_bytes()));
        error.context(format!("could not compare `{path}`"))
    }
}
