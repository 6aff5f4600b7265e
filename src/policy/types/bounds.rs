//! What is counted, and which names of paths and refs may be.

use std::collections::BTreeSet;

use std::time::Duration;

use super::super::pattern::{Pattern, Patterns};
use crate::model::{Counted, FileChange, LineCount, RepoPath, Totals};
use crate::policy::{Cited, Position};

/// `[count]`: paths left out of a count, matched strictly.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// Left out of lines and bytes.
    pub not_lines: Patterns,
    /// Left out of files.
    pub not_files: Patterns,
}

impl Count {
    /// Whether `path` is no file for `file-limit`.
    pub fn leaves_out_file(&self, path: &RepoPath) -> bool {
        self.not_files.matches_exact(path).is_some()
    }

    /// Whether `path` has no lines and bytes for `line-limit` and `byte-limit`.
    pub fn leaves_out_lines(&self, path: &RepoPath) -> bool {
        self.not_lines.matches_exact(path).is_some()
    }

    /// Sums `changes`, leaving out what `[count]` leaves out: of a rename, only if it does so for both paths. A path that two lines of a
    /// session changed differently is one file, with the lines of both.
    pub fn totals<'a>(&self, changes: impl IntoIterator<Item = &'a FileChange>) -> Totals {
        self.totals_of(changes.into_iter().map(|change| (change, change.counted())))
    }

    /// As `totals`, of changes that were counted anew.
    pub fn totals_of<'a>(&self, changes: impl IntoIterator<Item = (&'a FileChange, Counted)>) -> Totals {
        let mut totals = Totals::default();
        let mut paths = BTreeSet::new();
        for (change, counted) in changes {
            if !change.paths().all(|path| self.leaves_out_file(path)) {
                paths.insert(&change.path);
                totals.files = paths.len() as u64;
            }
            if change.paths().all(|path| self.leaves_out_lines(path)) {
                continue;
            }
            if let LineCount::Text { added, deleted } = counted.lines {
                totals.insertions = totals.insertions + added;
                totals.deletions = totals.deletions + deleted;
            }
            totals.inserted_bytes = totals.inserted_bytes + counted.inserted_bytes;
        }
        totals
    }
}

/// `[paths]`.
#[derive(Clone, Debug)]
pub struct PathRules {
    /// No name that another file system would fold, trim or refuse.
    pub portable: bool,
    /// What symbolic links may do.
    pub symlinks: Symlinks,
    /// Whether submodules may be.
    pub submodules: Submodules,
}

/// `[paths] symlinks`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symlinks {
    /// Targets stay inside the repository.
    Inside,
    /// None.
    Deny,
    /// Any.
    Allow,
}

impl Symlinks {
    /// As the policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Deny => "deny",
            Self::Allow => "allow",
        }
    }
}

/// `[paths] submodules`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Submodules {
    /// Any.
    Allow,
    /// None.
    Deny,
}

impl Submodules {
    /// As the policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// Globs over ref or branch names, in which `*` crosses `/` only where said so.
#[derive(Clone, Debug)]
pub struct RefPatterns {
    /// As written, in order.
    pub patterns: Vec<Cited<Pattern>>,
}

impl RefPatterns {
    /// Whether `name` (bytes) matches one of them.
    pub fn matches(&self, name: &[u8]) -> bool {
        let path = RepoPath::new(name);
        self.patterns.iter().any(|p| p.value.matches(&path))
    }

    /// Whether `name` (bytes) matches one of them after NFC and case folding of both, or as it is.
    pub fn matches_folded(&self, name: &[u8]) -> bool {
        let path = RepoPath::new(name);
        self.patterns.iter().any(|p| p.value.matches_folded(&path))
    }
}

/// `[refs]`.
#[derive(Clone, Debug)]
pub struct RefRules {
    /// What a client may push at all (owners excepted); full names; `*` here is any depth.
    pub allowed: RefPatterns,
    /// What may be made once, and is moved and deleted by owners alone; full names; `None`: nothing. `*` here is any depth.
    pub immutable: Option<RefPatterns>,
    /// Ref updates in one push.
    pub max_per_push: Cited<u64>,
}

/// `[session]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session {
    /// On a server, what the same account pushed this recently counts in; zero: nothing does.
    pub window: Duration,
    /// Where the policy says so; line 0: it doesn't.
    pub at: Position,
}
