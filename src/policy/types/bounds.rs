//! What is counted, and which names of paths and refs may be.

use std::time::Duration;

use super::super::pattern::{Pattern, Patterns};
use super::{Cited, Position};
use crate::change::RepoPath;

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

/// `[paths] submodules`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Submodules {
    /// Any.
    Allow,
    /// None.
    Deny,
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
}

/// `[refs]`.
#[derive(Clone, Debug)]
pub struct RefRules {
    /// What a client may push at all (owners excepted); full names; `*` here is any depth.
    pub allowed: RefPatterns,
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
