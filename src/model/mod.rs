//! What changed, as owned data: no git type is named here, so that judging needs no repository.

mod oid;
mod path;
pub mod ref_update;

use std::collections::{BTreeMap, BTreeSet};

pub use oid::Oid;
pub use path::RepoPath;
pub use ref_update::RefUpdate;

/// What an entry of a tree is: git's five modes but the directory, which is walked, never listed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EntryKind {
    /// 100644
    File,
    /// 100755
    Executable,
    /// 120000
    Symlink,
    /// 160000
    Submodule,
}

impl EntryKind {
    /// As git writes it in a tree.
    pub fn mode(self) -> i32 {
        match self {
            Self::File => 0o100_644,
            Self::Executable => 0o100_755,
            Self::Symlink => 0o120_000,
            Self::Submodule => 0o160_000,
        }
    }

    /// Whether what is below its path, for whoever follows it, comes from elsewhere.
    pub fn leads(self) -> bool {
        match self {
            Self::Symlink | Self::Submodule => true,
            Self::File | Self::Executable => false,
        }
    }

    /// Whether its content is this repository's: a submodule's isn't.
    pub fn is_blob(self) -> bool {
        match self {
            Self::File | Self::Executable | Self::Symlink => true,
            Self::Submodule => false,
        }
    }

    /// A regular file, executable or not.
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

/// One entry of a tree that isn't a directory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Entry {
    /// Its mode.
    pub kind: EntryKind,
    /// The blob, or for a submodule the commit.
    pub oid: Oid,
}

/// How a path changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FileStatus {
    /// Only the new side has it.
    Added,
    /// Content, mode or submodule pointer differ.
    Modified,
    /// Only the old side has it.
    Deleted,
    /// Identical content moved here from `from`, which is gone.
    Renamed {
        /// The old path.
        from: RepoPath,
    },
    /// A file became a symbolic link, a submodule …
    TypeChanged,
}

impl FileStatus {
    /// Of what stood there and what does. Files stay files whatever their executable bit.
    pub fn of(from: Option<RepoPath>, old: Option<Entry>, new: Option<Entry>) -> Self {
        match (from, old, new) {
            (Some(from), _, _) => Self::Renamed { from },
            (None, None, _) => Self::Added,
            (None, Some(_), None) => Self::Deleted,
            (None, Some(old), Some(new)) if old.kind == new.kind || old.kind.is_file() && new.kind.is_file() => Self::Modified,
            (None, Some(_), Some(_)) => Self::TypeChanged,
        }
    }
}

/// A number that may be known by its bounds alone: both inclusive, equal when it is exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// No less than this.
    pub at_least: u64,
    /// No more than this.
    pub at_most: u64,
}

impl Bounds {
    /// A number that is known.
    pub fn exact(n: u64) -> Self {
        Self { at_least: n, at_most: n }
    }

    /// The number, where it is known.
    pub fn known(self) -> Option<u64> {
        (self.at_least == self.at_most).then_some(self.at_least)
    }
}

impl std::ops::Add for Bounds {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { at_least: self.at_least.saturating_add(other.at_least), at_most: self.at_most.saturating_add(other.at_most) }
    }
}

impl Bounds {
    /// The lesser of both.
    pub fn min(self, other: Self) -> Self {
        Self { at_least: self.at_least.min(other.at_least), at_most: self.at_most.min(other.at_most) }
    }

    /// The nearest to it of what lies within `other`.
    pub fn within(self, other: Self) -> Self {
        let near = |n: u64| n.clamp(other.at_least, other.at_most);
        Self { at_least: near(self.at_least), at_most: near(self.at_most) }
    }
}

/// The lines of one changed file. Binary is not "0 lines".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineCount {
    /// Insertions and deletions, as `git diff --numstat` counts them with no attributes in force.
    Text {
        /// Inserted lines.
        added: Bounds,
        /// Deleted lines.
        deleted: Bounds,
    },
    /// A NUL within the first 8,000 bytes of either side.
    Binary,
}

/// Where a symbolic link points.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkTarget {
    /// To this path of the repository (the empty path is its root).
    Inside(RepoPath),
    /// Out of it, or an absolute path: the target as written, raw bytes.
    Outside(Vec<u8>),
    /// Nobody can tell (target over 4,096 bytes, missing object): why.
    Unknown(String),
}

/// A matching line of an area's `lines` that is not the same before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineTouch {
    /// The area's name.
    pub area: String,
    /// Its 1-based number on the new side, or on the old where it was deleted.
    pub line: u64,
    /// The line, raw bytes, without its newline, cut at 200 bytes.
    pub text: Vec<u8>,
}

/// Whether the matching lines of every area are the same before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineTouches {
    /// They were compared: the first difference for each area that differs.
    Known(Vec<LineTouch>),
    /// They could not be compared (over a size cap, missing object): why.
    Unknown(String),
}

impl LineTouches {
    /// Both, the first of each area; what is not known of one is not known of both.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        match (self, more) {
            (Self::Known(mut touches), Self::Known(more)) => {
                for touch in more {
                    if touches.iter().all(|known| known.area != touch.area) {
                        touches.push(touch);
                    }
                }
                Self::Known(touches)
            }
            (unknown @ Self::Unknown(_), _) | (_, unknown @ Self::Unknown(_)) => unknown,
        }
    }
}

/// The count of one change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    /// Lines added and deleted.
    pub lines: LineCount,
    /// Bytes of the inserted lines; for a binary file its size.
    pub inserted_bytes: Bounds,
}

impl Counted {
    /// Nothing was inserted or deleted.
    pub const NOTHING: Self = Self {
        lines: LineCount::Text { added: Bounds { at_least: 0, at_most: 0 }, deleted: Bounds { at_least: 0, at_most: 0 } },
        inserted_bytes: Bounds { at_least: 0, at_most: 0 },
    };

    /// What is compared where one of two is the larger: lines, then bytes.
    pub fn size(&self) -> (u64, u64) {
        let lines = match self.lines {
            LineCount::Text { added, deleted } => (added + deleted).at_most,
            LineCount::Binary => 0,
        };
        (lines, self.inserted_bytes.at_most)
    }

    /// No more than `other`, which is a sum of others: of the lines, whichever pair is less in all.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        let inserted_bytes = self.inserted_bytes.min(other.inserted_bytes);
        let lines = match (self.lines, other.lines) {
            (LineCount::Text { added, deleted }, LineCount::Text { added: more, deleted: fewer }) => {
                let (own, sum) = (added + deleted, more + fewer);
                if own.at_most <= sum.at_least {
                    self.lines
                } else if sum.at_most <= own.at_least {
                    other.lines
                } else {
                    LineCount::Text { added: added.min(more), deleted: deleted.min(fewer) }
                }
            }
            (LineCount::Text { .. } | LineCount::Binary, _) => self.lines,
        };
        Self { lines, inserted_bytes }
    }

    /// The nearest to it of what lies within the bounds of `other`.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        let lines = match (self.lines, other.lines) {
            (LineCount::Text { added, deleted }, LineCount::Text { added: more, deleted: fewer }) => {
                LineCount::Text { added: added.within(more), deleted: deleted.within(fewer) }
            }
            (LineCount::Text { .. } | LineCount::Binary, _) => self.lines,
        };
        Self { lines, inserted_bytes: self.inserted_bytes.within(other.inserted_bytes) }
    }

    /// Whether all of its numbers are known.
    pub fn is_exact(&self) -> bool {
        let lines = match self.lines {
            LineCount::Binary => true,
            LineCount::Text { added, deleted } => added.known().is_some() && deleted.known().is_some(),
        };
        lines && self.inserted_bytes.known().is_some()
    }
}

impl std::ops::Add for Counted {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let lines = match (self.lines, other.lines) {
            (LineCount::Text { added, deleted }, LineCount::Text { added: more, deleted: fewer }) => {
                LineCount::Text { added: added + more, deleted: deleted + fewer }
            }
            (text @ LineCount::Text { .. }, LineCount::Binary) | (LineCount::Binary, text @ LineCount::Text { .. }) => text,
            (LineCount::Binary, LineCount::Binary) => LineCount::Binary,
        };
        Self { lines, inserted_bytes: self.inserted_bytes + other.inserted_bytes }
    }
}

/// What is reached through a path that leads elsewhere, a symbolic link's or a submodule's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Behind {
    /// Nobody can tell.
    Anything,
    /// These files, each as it is read there: below the path.
    Paths(Vec<RepoPath>),
}

/// One changed path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileChange {
    /// The path (the new one of a rename).
    pub path: RepoPath,
    /// How it changed.
    pub status: FileStatus,
    /// What stood there (for a rename: at `from`); for a merge: what the automatic merge holds.
    pub old: Option<Entry>,
    /// What stands there now.
    pub new: Option<Entry>,
    /// Size in bytes of the new side (0 for a submodule or a deletion), from the object's header.
    pub size: u64,
    /// Lines.
    pub lines: LineCount,
    /// Bytes of the inserted lines; of a binary file its size.
    pub inserted_bytes: Bounds,
    /// Targets of the symbolic links on either side, old first.
    pub links: Vec<LinkTarget>,
    /// What is reached through the symbolic links and submodules of either side, by the path at which each stands. What isn't listed may
    /// lead to anything.
    pub behind: Vec<(RepoPath, Behind)>,
    /// Touches of areas by content.
    pub line_touches: LineTouches,
    /// What `safe-path` must know of the new side: other entries of the resulting tree that another file system would fold
    /// onto this path or one of its directories.
    pub collisions: Vec<RepoPath>,
}

/// A symbolic link that means something else since, although nobody changed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reaimed {
    /// The link, with where it led and where it leads; where it leads as before, as one that comes.
    pub link: FileChange,
    /// The paths of the changes that did it; none where a merge brought them together.
    pub by: Vec<RepoPath>,
}

impl Reaimed {
    /// Whether it leads where it led, and something that a pattern means is read through it since.
    pub fn leads_as_before(&self) -> bool {
        self.link.links.is_empty()
    }
}

impl FileChange {
    /// Its numbers.
    pub fn counted(&self) -> Counted {
        Counted { lines: self.lines, inserted_bytes: self.inserted_bytes }
    }

    /// Both paths of a rename, else the one: what every path rule looks at.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        let from = match &self.status {
            FileStatus::Renamed { from } => Some(from),
            FileStatus::Added | FileStatus::Modified | FileStatus::Deleted | FileStatus::TypeChanged => None,
        };
        std::iter::once(&self.path).chain(from)
    }

    /// What is reached through `path`, where it is one of its own and leads elsewhere before or after.
    pub fn leads_at(&self, path: &RepoPath) -> Option<&Behind> {
        let leads = |side: Option<Entry>| side.is_some_and(|entry| entry.kind.leads());
        let from = self.paths().last().unwrap_or(&self.path);
        let there = (leads(self.old) && path == from) || (leads(self.new) && *path == self.path);
        let known = || self.behind.iter().find(|(at, _)| at == path).map_or(&Behind::Anything, |(_, behind)| behind);
        there.then(known)
    }
}

/// Sums over changed files, `[count]` applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Totals {
    /// Distinct paths; a move of identical content is one.
    pub files: u64,
    /// Inserted lines.
    pub insertions: Bounds,
    /// Deleted lines.
    pub deletions: Bounds,
    /// Bytes of inserted lines, and sizes of binary files.
    pub inserted_bytes: Bounds,
}

impl Totals {
    /// Insertions + deletions, which is what a line limit limits.
    pub fn lines(&self) -> Bounds {
        self.insertions + self.deletions
    }
}

/// A malformed tree: what git's own fsck would refuse.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeProblem {
    /// Where: the offending entry.
    pub path: RepoPath,
    /// What: "duplicate entry", "mode 100666" …
    pub message: String,
}

/// Names of areas, sorted.
pub type AreaNames = BTreeSet<String>;

/// Suites by name.
pub type BySuite<T> = BTreeMap<String, T>;
