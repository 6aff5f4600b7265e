//! Compares two trees in raw bytes, as `git diff-tree --raw` does.
//!
//! The walk is our own, since libgit2's diffs obey attributes, have no bounds and can't be stopped.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::model::{Entry, EntryKind, Oid, RepoPath, TreeProblem};

use crate::git::Repo;
use crate::git::fsck::{Before, Checker, Problem};
use crate::git::tree;
use crate::git::tree::{PathEntry, TreeEntry, What};

/// Entries that one walk reads at most, both sides together.
const MAX_ENTRIES: u64 = 4_000_000;
/// Reading a tree counts as this many entries, since it costs as much.
const TREE: u64 = 32;
/// Bytes of trees that one walk reads at most.
const MAX_BYTES: u64 = 256 << 20;
/// Directories within each other.
const MAX_DEPTH: usize = 1_024;
/// Bytes of the differing paths together.
const MAX_PATH_BYTES: usize = 64 << 20;
/// Malformed entries that are listed. One is enough for the tree to be refused.
const MAX_PROBLEMS: usize = 1_000;

/// One path that differs. At least one side is present, and both are never equal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delta {
    /// The path.
    pub path: RepoPath,
    /// What stood there.
    pub old: Option<Entry>,
    /// What stands there now.
    pub new: Option<Entry>,
}

impl Delta {
    /// Whether the old or the new entry is a symbolic link.
    pub fn is_of_link(&self) -> bool {
        [self.old, self.new].into_iter().flatten().any(|entry| entry.kind == EntryKind::Symlink)
    }

    /// Whether the old or the new entry leads elsewhere.
    pub fn leads(&self) -> bool {
        [self.old, self.new].into_iter().flatten().any(|entry| entry.kind.leads())
    }
}

/// What a walk found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Walk {
    /// Differing paths, sorted by path bytes.
    pub deltas: Vec<Delta>,
    /// What git's fsck would refuse in the new trees that the walk read, except what the old tree had at that place already.
    pub problems: Vec<TreeProblem>,
    /// For a merge: the paths on which its sides conflict, each with its versions in the base and on both sides, renames followed.
    ///
    /// A path has several sets of versions where more than two files want it. Each set has to be settled.
    pub conflicts: BTreeMap<RepoPath, Vec<Sides>>,
    /// A symbolic link stands elsewhere, or leads elsewhere, than in the old tree (of a merge: than in its first parent's, or that may be).
    pub moves_links: bool,
    /// For a merge: the edits that it carries from the old name of a file to the name that the other side gave it.
    pub carried: Vec<Carried>,
}

/// An edit that a merge carries across a rename. No commit's change set has it at the path where it ends up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carried {
    /// The name under which the edit was made.
    pub from: RepoPath,
    /// The change at the new name, from the side that renamed the file to the merge's tree.
    pub delta: Delta,
}

/// What stood at a path in the base, on our side and on theirs.
pub type Sides = [Option<Entry>; 3];

/// Compares two root trees; `None` is the empty tree. Equal ids are skipped unread.
///
/// # Errors
/// An object is missing or damaged; more than `max_paths` paths differ, too many entries or too deep: the bound is named.
pub fn between(repo: &Repo, old: Option<Oid>, new: Option<Oid>, max_paths: u64) -> Result<Walk> {
    let mut walker = Walker {
        repo,
        max_paths,
        path: Vec::new(),
        levels: Vec::new(),
        walk: Walk::default(),
        entries: 0,
        bytes: 0,
        path_bytes: 0,
    };
    if old != new {
        walker.enter(old, new, 0)?;
        while walker.step()? {}
    }
    let deltas = one_per_path(walker.walk.deltas);
    Ok(Walk { moves_links: deltas.iter().any(Delta::is_of_link), deltas, ..walker.walk })
}

/// The entry at `path` below a root tree; `None` where there is none or a directory stands there.
///
/// # Errors
/// A tree on the way is missing or damaged.
pub fn entry_at(repo: &Repo, tree: Oid, path: &RepoPath) -> Result<Option<Entry>> {
    Ok(match tree::look_up(repo, tree, path)? {
        PathEntry::Leaf(entry) => Some(entry),
        PathEntry::Nothing | PathEntry::Directory => None,
    })
}

/// Sorts by path, and joins the two halves of a change that a tree in the wrong order had split: `a` deleted here and added there.
fn one_per_path(mut deltas: Vec<Delta>) -> Vec<Delta> {
    deltas.sort_by(|one, two| one.path.cmp(&two.path));
    deltas.dedup_by(|later, first| {
        let same = later.path == first.path;
        if same {
            first.old = first.old.or(later.old);
            first.new = first.new.or(later.new);
        }
        same
    });
    deltas.retain(|delta| delta.old != delta.new);
    deltas
}

/// How the bytes of a tree are read.
type Reading = fn(&Repo, Oid, &[u8]) -> Result<Rc<Vec<u8>>>;

/// A tree and how far it was read.
#[derive(Default)]
struct Side {
    oid: Option<Oid>,
    data: Rc<Vec<u8>>,
    at: usize,
}

/// Two directories side by side, either of which may be absent.
struct Level {
    old: Side,
    new: Side,
    /// How many bytes of the walker's path name the two directories.
    prefix: usize,
    checker: Checker,
    before: Before,
}

/// What differs under one name: for each side, the entry.
struct Pair {
    old: Option<(What, Oid)>,
    new: Option<(What, Oid)>,
}

struct Walker<'r> {
    repo: &'r Repo,
    max_paths: u64,
    /// Where the walk stands, with a trailing `/` below the root.
    path: Vec<u8>,
    levels: Vec<Level>,
    walk: Walk,
    entries: u64,
    bytes: u64,
    path_bytes: usize,
}

impl Walker<'_> {
    /// One differing name, or the end of a directory. False at the end of all.
    fn step(&mut self) -> Result<bool> {
        let Some(level) = self.levels.last_mut() else { return Ok(false) };
        self.path.truncate(level.prefix);
        let Some(pair) = level.next(self.repo, &mut self.path, &mut self.entries, &mut self.walk.problems)? else {
            self.levels.pop();
            return Ok(true);
        };
        if self.entries > MAX_ENTRIES {
            return Err(self.beyond(format!("takes more than {MAX_ENTRIES} entries of trees (each tree counted as {TREE})")));
        }
        let directory = |side: Option<(What, Oid)>| side.filter(|(what, _)| *what == What::Directory).map(|(_, oid)| oid);
        let leaf = |side: Option<(What, Oid)>| match side {
            Some((What::Leaf(kind), oid)) => Some(Entry { kind, oid }),
            Some((What::Directory, _)) | None => None,
        };
        self.differ(leaf(pair.old), leaf(pair.new))?;
        let (old, new) = (directory(pair.old), directory(pair.new));
        if old != new {
            self.path.push(b'/');
            self.enter(old, new, self.path.len())?;
        }
        Ok(true)
    }

    /// Puts two directories on the stack.
    fn enter(&mut self, old: Option<Oid>, new: Option<Oid>, prefix: usize) -> Result<()> {
        if self.levels.len() >= MAX_DEPTH {
            return Err(self.beyond(format!("goes more than {MAX_DEPTH} directories deep")));
        }
        // The old tree was new once, and its size was asked then.
        let (old, new) = (self.read(old, tree::read)?, self.read(new, tree::read_new)?);
        self.levels.push(Level { old, new, prefix, checker: Checker::default(), before: Before::default() });
        Ok(())
    }

    fn read(&mut self, oid: Option<Oid>, how: Reading) -> Result<Side> {
        let Some(oid) = oid else { return Ok(Side::default()) };
        let data = how(self.repo, oid, self.path.strip_suffix(b"/").unwrap_or(&self.path))?;
        self.bytes = self.bytes.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX));
        self.entries += TREE;
        if self.bytes > MAX_BYTES {
            return Err(self.beyond(format!("takes more than {} MiB of trees", MAX_BYTES >> 20)));
        }
        Ok(Side { oid: Some(oid), data, at: 0 })
    }

    /// Records a path that isn't a directory on either side.
    fn differ(&mut self, old: Option<Entry>, new: Option<Entry>) -> Result<()> {
        if old == new {
            return Ok(());
        }
        if u64::try_from(self.walk.deltas.len()).unwrap_or(u64::MAX) >= self.max_paths {
            return Err(Error::new(format!("more than {} paths differ (`guard.maxPaths`)", self.max_paths))
                .next(format!("git config guard.maxPaths {}", self.max_paths.saturating_mul(2))));
        }
        self.path_bytes = self.path_bytes.saturating_add(self.path.len());
        if self.path_bytes > MAX_PATH_BYTES {
            return Err(self.beyond(format!("takes more than {} MiB of differing paths", MAX_PATH_BYTES >> 20)));
        }
        self.walk.deltas.push(Delta { path: RepoPath::new(self.path.as_slice()), old, new });
        Ok(())
    }

    fn beyond(&self, how: String) -> Error {
        Error::new(format!("the comparison of two trees {how}, which is the bound (at `{}`)", tree::shown(&self.path)))
    }
}

impl Level {
    /// Goes on to the next name that isn't the same in both, and appends it to `path`.
    fn next(
        &mut self,
        repo: &Repo,
        path: &mut Vec<u8>,
        entries: &mut u64,
        problems: &mut Vec<TreeProblem>,
    ) -> Result<Option<Pair>> {
        loop {
            let damaged = |e: Error| e.context(tree::reading(path.strip_suffix(b"/").unwrap_or(path)));
            let new = tree::next(self.new.data.get(self.new.at..).unwrap_or_default()).map_err(damaged)?;
            let rest = self.old.data.get(self.old.at..).unwrap_or_default();
            if let Some(entry) = new.filter(|entry| rest.starts_with(entry.raw)) {
                let mut found = Vec::new();
                self.checker.check(&self.new.data, self.new.at, &entry, |problem| found.push(problem));
                for problem in found {
                    if !self.before.explains(&self.old.data, &entry, &problem) && !excused(repo, self.new.oid, &problem)? {
                        report(problems, path, &entry, problem.message);
                    }
                }
                self.old.at += entry.raw.len();
                self.new.at += entry.raw.len();
                *entries += 2;
                continue;
            }
            let old = tree::next(rest).map_err(damaged)?;
            let (old, new) = match (old, new) {
                (Some(old), Some(new)) => match old.order(&new) {
                    Ordering::Less => (Some(old), None),
                    Ordering::Equal => (Some(old), Some(new)),
                    Ordering::Greater => (None, Some(new)),
                },
                neither_or_one => neither_or_one,
            };
            let Some(name) = old.or(new).map(|entry| entry.name) else { return Ok(None) };
            if let Some(entry) = new {
                let mut found = Vec::new();
                self.checker.check(&self.new.data, self.new.at, &entry, |problem| found.push(problem));
                for problem in found {
                    if !self.before.explains(&self.old.data, &entry, &problem) && !excused(repo, self.new.oid, &problem)? {
                        report(problems, path, &entry, problem.message);
                    }
                }
                self.new.at += entry.raw.len();
            }
            self.old.at += old.map_or(0, |entry| entry.raw.len());
            *entries += 1 + u64::from(old.is_some() && new.is_some());
            path.extend_from_slice(name);
            // The null id stands for nothing; on the new side it was reported.
            let side = |entry: Option<TreeEntry<'_>>| entry.and_then(|entry| Some((entry.what, entry.oid()?)));
            return Ok(Some(Pair { old: side(old), new: side(new) }));
        }
    }
}

/// Whether an administrator has excused that, of this tree or of all.
#[cold]
fn excused(repo: &Repo, tree: Option<Oid>, problem: &Problem) -> Result<bool> {
    tree.map_or(Ok(false), |tree| repo.excuses(tree, problem.fault))
}

#[cold]
fn report(problems: &mut Vec<TreeProblem>, directory: &[u8], entry: &TreeEntry<'_>, message: String) {
    match problems.len().cmp(&MAX_PROBLEMS) {
        Ordering::Less => {}
        Ordering::Equal => {
            let message = "more malformed entries, which are not listed".to_owned();
            problems.push(TreeProblem { path: RepoPath::new([directory, entry.name].concat()), message });
            return;
        }
        Ordering::Greater => return,
    }
    problems.push(TreeProblem { path: RepoPath::new([directory, entry.name].concat()), message });
}

#[cfg(test)]
mod tests;
