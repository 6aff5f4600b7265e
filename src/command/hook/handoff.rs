//! What one hook leaves for the next in the making of one commit, and how the commit is read: as a new one, or in place of HEAD.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::parent_id;
use std::path::PathBuf;

use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::model::Oid;

/// How sure it is that HEAD is being replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// HEAD stays, and gets a child.
    Plain,
    /// Nothing tells whether HEAD is replaced.
    Either,
    /// HEAD is replaced.
    Amend,
}

const WORDS: [(&str, Reading); 3] = [("plain", Reading::Plain), ("either", Reading::Either), ("amend", Reading::Amend)];

/// By what git passes to prepare-commit-msg. `--amend` hands over `commit HEAD`; with `-m` or `-F` only `message`, but git then keeps
/// HEAD's author and date, which a new commit of the same author has within the same second alone, or where both dates are given.
///
/// # Errors
/// HEAD can't be read.
pub fn reading(invocation: &Invocation<'_>, args: &[OsString]) -> Result<Reading> {
    let text: Vec<&[u8]> = args.iter().skip(1).map(|a| a.as_bytes()).collect();
    let Some(head) = invocation.repo.head()?.commit() else { return Ok(Reading::Plain) };
    match text.as_slice() {
        [b"commit", b"HEAD"] => Ok(Reading::Amend),
        [b"message"] if invocation.context.authors(&invocation.repo.author(head)?) => {
            Ok(if invocation.context.authored_before() { Reading::Amend } else { Reading::Either })
        }
        _ => Ok(Reading::Plain),
    }
}

fn place(invocation: &Invocation<'_>) -> PathBuf {
    invocation.repo.git_dir().join("guard").join("commit")
}

/// Leaves the tree that was judged, the process that asked, and how the commit is read.
///
/// # Errors
/// The file can't be written.
pub fn leave(invocation: &Invocation<'_>, tree: Oid, reading: Reading) -> Result<()> {
    let word = WORDS.iter().find(|(_, known)| *known == reading).map_or("", |(word, _)| word);
    invocation.repo.write_file(&place(invocation), format!("{tree} {} {word}", parent_id()).as_bytes())
}

/// Takes away what was left. `None`: nothing, or not in the making of this commit, that is by another git and for another tree. (An
/// index that changed in between is a reason to look at it again.)
///
/// # Errors
/// The file can't be read or removed.
pub fn take(invocation: &Invocation<'_>, tree: Oid) -> Result<Option<Reading>> {
    let path = place(invocation);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::from(e).context("could not read .git/guard/commit")),
    };
    std::fs::remove_file(&path).map_err(|e| Error::from(e).context("could not remove .git/guard/commit"))?;
    let (tree, git) = (tree.to_string(), parent_id().to_string());
    let mut fields = text.split(' ');
    let (Some(judged), Some(by), Some(word)) = (fields.next(), fields.next(), fields.next()) else { return Ok(None) };
    let known = WORDS.iter().find(|(known, _)| *known == word).map(|(_, reading)| *reading);
    Ok(known.filter(|_| judged == tree || by == git))
}
