//! What a change does to a text, wherever in the text it does it.

use super::{Side, may_diff};
use crate::error::Result;
use crate::git::Repo;
use crate::git::line_diff::line_diff;
use crate::model::Entry;

/// Lines taken out and lines put in, in order. A change that is rebased over others' is the same edit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    deleted: Vec<Vec<u8>>,
    inserted: Vec<Vec<u8>>,
}

/// The edit that leads from one side to the other; `None` where a side is too large to be compared, or nothing is edited.
///
/// # Errors
/// An object is missing or damaged.
pub fn edit(repo: &Repo, old: Option<Entry>, new: Option<Entry>) -> Result<Option<Edit>> {
    let (Side::Loaded(old), Side::Loaded(new)) = (Side::load(repo, old)?, Side::load(repo, new)?) else { return Ok(None) };
    if !may_diff(&old) || !may_diff(&new) {
        return Ok(None);
    }
    let edit = Edit { deleted: inserted(&new, &old)?, inserted: inserted(&old, &new)? };
    Ok((!edit.deleted.is_empty() || !edit.inserted.is_empty()).then_some(edit))
}

fn inserted(old: &[u8], new: &[u8]) -> Result<Vec<Vec<u8>>> {
    let places = line_diff(old, new)?.inserted;
    let lines: Vec<&[u8]> = new.split_inclusive(|byte| *byte == b'\n').collect();
    Ok(places.into_iter().filter_map(|place| lines.get(place)).map(|line| line.to_vec()).collect())
}
