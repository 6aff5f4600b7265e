//! Records as notes on trees, `refs/notes/guard/<writer>`: one writer a ref, one envelope a line.

use crate::change::Oid;
use crate::error::Result;

use super::Repo;

/// One line of a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteLine {
    /// The ref's last part.
    pub writer: String,
    /// The line without its newline, raw bytes.
    pub line: Vec<u8>,
}

/// All lines on an object, of every writer, looked up by the fan-out path. `proposed`: (full ref name, tip) that stand in place of the
/// repository's own for the same name, as a push proposes them.
///
/// # Errors
/// An object is missing or damaged, or the notes are over the size bound.
pub fn lines(repo: &Repo, on: Oid, proposed: &[(Vec<u8>, Oid)]) -> Result<Vec<NoteLine>> {
    let _ = (repo, on, proposed);
    todo!()
}

/// Appends one line to `writer`'s note on an object; repeated lines are kept once.
///
/// # Errors
/// The repository can't be written.
pub fn append(repo: &Repo, on: Oid, writer: &str, line: &str) -> Result<()> {
    let _ = (repo, on, writer, line);
    todo!()
}
