//! Records as notes on trees, `refs/notes/guard/<writer>`: one ref for each writer, one line for each envelope.

mod append;
mod change;
mod look_up;
mod merge_notes;
mod push;

use git2::{ObjectType, Repository};

use super::Repo;
use super::repo::{foreign, git};
use crate::error::Result;
use crate::model::{Oid, ref_update};

pub use append::append;
pub(super) use append::{put, raced};
pub use change::{Change, MAX_LINES, change};
pub use look_up::{Notes, Order, Writers, lines};
pub use merge_notes::{unite, unite_aside};
pub use push::push;

/// Where all writers' refs stand.
pub const PREFIX: &str = ref_update::EVIDENCE;
/// Below `PREFIX`, with the remote's name behind: notes that were fetched from that remote.
pub const TRACKED: &str = "remotes/";
/// Bytes of a note that is read. All writers' notes on one object may have four times as many.
const MAX_NOTE: usize = 16 << 20;
const MAX_ALL: usize = 4 * MAX_NOTE;
/// Likewise, of one writer who doesn't come first.
const MAX_OTHERS: usize = 2 << 20;

/// The lines of a note. `git notes append` puts blank ones between.
fn split(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|b| *b == b'\n').filter(|line| !line.is_empty())
}

/// The notes on `on` below a ref's tip, joined, as git looks at every fan-out and concatenates.
///
/// An inner error says why what the tip holds is no note.
fn note(repo: &Repository, tip: Oid, on: Oid, room: usize) -> Result<std::result::Result<Vec<u8>, String>> {
    let object = repo.find_object(foreign(tip)?, None).map_err(git)?;
    let Ok(commit) = object.peel_to_commit() else { return Ok(Err("its ref names no commit".to_owned())) };
    let odb = repo.odb().map_err(git)?;
    let mut tree = commit.tree().map_err(git)?;
    let (hex, mut content) = (on.to_string(), Vec::new());
    let mut rest = hex.as_str();
    loop {
        if let Some(entry) = tree.get_name(rest) {
            let (size, kind) = odb.read_header(entry.id()).map_err(git)?;
            if kind != ObjectType::Blob {
                return Ok(Err("its note is no blob".to_owned()));
            }
            if size > MAX_NOTE || content.len() + size > room {
                return Ok(Err(format!("its note of {size} bytes is over the bound")));
            }
            content.extend_from_slice(odb.read(entry.id()).map_err(git)?.data());
            content.push(b'\n');
        }
        let (Some(first), Some(others)) = (rest.get(..2), rest.get(2..)) else { break };
        let Some(next) = tree.get_name(first).filter(|e| e.kind() == Some(ObjectType::Tree)).map(|e| e.id()) else { break };
        tree = repo.find_tree(next).map_err(git)?;
        rest = others;
    }
    Ok(Ok(content))
}

/// What a writer's ref holds here; `None`: there is none.
///
/// # Errors
/// The ref can't be read.
pub fn standing(repo: &Repo, writer: &str) -> Result<Option<Oid>> {
    repo.reference(&format!("{PREFIX}{writer}"))
}

/// Gives a writer's ref what it held before; `None`: there was none.
///
/// # Errors
/// The ref can't be written.
pub fn put_back(repo: &Repo, writer: &str, before: Option<Oid>) -> Result<()> {
    let disk = repo.writable()?;
    let name = format!("{PREFIX}{writer}");
    match (before, disk.find_reference(&name)) {
        (Some(before), _) => {
            disk.reference(&name, foreign(before)?, true, "guard: take back what was not taken").map(drop).map_err(git)
        }
        (None, Ok(mut reference)) => reference.delete().map_err(git),
        (None, Err(_gone)) => Ok(()),
    }
}

/// The name under which this clone writes unsigned records: `local-` and the slug of `user.email`, or `local`.
///
/// One person's clones share the name. Where two copies of its notes meet, `git notes merge -s cat_sort_uniq` unites them.
///
/// # Errors
/// The configuration can't be read.
pub fn local_writer(repo: &Repo) -> Result<String> {
    let email = repo.config("user.email")?.unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = email.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(64).collect();
    Ok(if slug.is_empty() { "local".to_owned() } else { format!("local-{slug}") })
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
