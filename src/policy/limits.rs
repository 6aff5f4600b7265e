//! Limits: newtypes, so that two numbers side by side can't be swapped.

use crate::policy::Cited;

/// What a limit is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// One commit, or the index.
    Commit,
    /// A specialist's whole session.
    Session,
}

/// A number of files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Files(pub u64);
/// A number of lines, insertions + deletions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Lines(pub u64);
/// A number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Bytes(pub u64);
/// A number of areas.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Areas(pub u64);

/// The eight limits; an absent one does not exist. A limit says what still passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// `max-files-per-commit`
    pub files_per_commit: Option<Cited<Files>>,
    /// `max-files-per-session`
    pub files_per_session: Option<Cited<Files>>,
    /// `max-lines-per-commit`
    pub lines_per_commit: Option<Cited<Lines>>,
    /// `max-lines-per-session`
    pub lines_per_session: Option<Cited<Lines>>,
    /// `max-areas-per-session`
    pub areas_per_session: Option<Cited<Areas>>,
    /// `max-bytes-per-commit`
    pub bytes_per_commit: Option<Cited<Bytes>>,
    /// `max-bytes-per-session`
    pub bytes_per_session: Option<Cited<Bytes>>,
    /// `max-file-size`
    pub file_size: Option<Cited<Bytes>>,
}
