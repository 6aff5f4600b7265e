//! What a push changes in a writer's notes.

use super::{MAX_NOTE, split};
use crate::change::Oid;
use crate::error::{Error, Result};
use crate::git::delta::between;
use crate::git::{Kind, Repo};

/// Notes that one push may change.
const MAX_CHANGED: u64 = 100_000;

/// Whether every line of the notes of the commit `old` still stands in those of `new`, wherever git's fan-out has put them.
///
/// # Errors
/// An object is missing or damaged; a bound is exceeded.
pub fn keeps_lines(repo: &Repo, old: Oid, new: Oid) -> Result<bool> {
    let (old, new) = (repo.commit(old)?.tree, repo.commit(new)?.tree);
    let mut moved: std::collections::BTreeMap<Oid, [Vec<Oid>; 2]> = std::collections::BTreeMap::new();
    for delta in between(repo, Some(old), Some(new), MAX_CHANGED)?.deltas {
        // What stands at no object's path is read by nobody: a line that goes there is gone.
        let Some(on) = super::object(&delta.path) else { continue };
        let [before, after] = moved.entry(on).or_default();
        before.extend(delta.old.map(|entry| entry.oid));
        after.extend(delta.new.map(|entry| entry.oid));
    }
    let read = |notes: &[Oid]| notes.iter().map(|oid| bounded(repo, *oid)).collect::<Result<Vec<Vec<u8>>>>();
    for [before, after] in moved.values().filter(|[before, _]| !before.is_empty()) {
        let after = read(after)?;
        let there: std::collections::BTreeSet<&[u8]> = after.iter().flat_map(|note| split(note)).collect();
        if read(before)?.iter().flat_map(|note| split(note)).any(|line| !there.contains(line)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn bounded(repo: &Repo, oid: Oid) -> Result<Vec<u8>> {
    match repo.header(oid)? {
        (Kind::Blob, size) if size <= MAX_NOTE as u64 => repo.blob(oid),
        (Kind::Blob | Kind::Commit | Kind::Tree | Kind::Tag, size) => {
            Err(Error::new(format!("object {oid} of {size} bytes stands where a note of up to {MAX_NOTE} should")))
        }
    }
}

/// Every line that the notes of the commit `new` have and those of `old` don't; all of them where there was no old one. Inner
/// errors: what stands where no note is looked for, as a phrase, escaped.
///
/// # Errors
/// An object is missing or damaged; a bound is exceeded.
pub fn added_lines(repo: &Repo, old: Option<Oid>, new: Oid) -> Result<Vec<std::result::Result<Vec<u8>, String>>> {
    let old = match old {
        Some(old) => Some(repo.commit(old)?.tree),
        None => None,
    };
    let mut all = Vec::new();
    for delta in between(repo, old, Some(repo.commit(new)?.tree), MAX_CHANGED)?.deltas {
        repo.deadline.check()?;
        let Some(entry) = delta.new else { continue };
        if super::object(&delta.path).is_none() {
            all.push(Err(format!("`{}`, which is the place of no note", crate::report::escape(delta.path.as_bytes()))));
            continue;
        }
        let before = match delta.old {
            Some(old) => bounded(repo, old.oid)?,
            None => Vec::new(),
        };
        let there: std::collections::BTreeSet<&[u8]> = split(&before).collect();
        let now = bounded(repo, entry.oid)?;
        all.extend(split(&now).filter(|line| !there.contains(line)).map(|line| Ok(line.to_vec())));
    }
    Ok(all)
}
