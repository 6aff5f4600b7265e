//! What a push is not told of: `receive.hideRefs`. A mirror push asks to delete whatever it is told of and doesn't have.

use git2::{ConfigLevel, ErrorCode};

use super::Repo;
use super::ledger::REF;
use super::repo::git;
use crate::error::Result;

/// The setting.
pub const KEY: &str = "receive.hideRefs";
/// Everything of the guard's own that isn't evidence.
pub const GUARDS: &str = "refs/guard";

/// Whether the guard's own refs are hidden from pushes.
///
/// # Errors
/// The configuration can't be read.
pub fn hidden(repo: &Repo) -> Result<bool> {
    is_hidden(repo, REF)
}

/// Whether a ref is hidden from pushes, so that git itself refuses each update of it: as git reads its settings, all scopes, the last one
/// that speaks of a ref wins. `name`: in full.
///
/// # Errors
/// The configuration can't be read.
pub fn is_hidden(repo: &Repo, name: &str) -> Result<bool> {
    let config = repo.raw().config().map_err(git)?;
    let mut hidden = false;
    let mut entries = config.entries(Some("^(receive|transfer)\\.hiderefs$")).map_err(git)?;
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(git)?;
        let value = std::str::from_utf8(entry.value_bytes()).unwrap_or_default();
        let (shown, place) = value.strip_prefix('!').map_or((false, value), |place| (true, place));
        let place = place.strip_prefix('^').unwrap_or(place).trim_end_matches('/');
        if name.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            hidden = !shown;
        }
    }
    Ok(hidden)
}

/// Hides them in this repository's own configuration. Whether they weren't already.
///
/// # Errors
/// The configuration can't be written.
pub fn hide(repo: &Repo) -> Result<bool> {
    if hidden(repo)? {
        return Ok(false);
    }
    let disk = repo.writable()?;
    let mut config = disk.config().and_then(|config| config.open_level(ConfigLevel::Local)).map_err(git)?;
    // A pattern that no value matches: one more value.
    config.set_multivar(KEY, "^$", GUARDS).map_err(git)?;
    Ok(true)
}

/// Takes back what `hide` wrote, and nothing else.
///
/// # Errors
/// The configuration can't be written.
pub fn show(repo: &Repo) -> Result<()> {
    let disk = repo.writable()?;
    let mut config = disk.config().and_then(|config| config.open_level(ConfigLevel::Local)).map_err(git)?;
    match config.remove_multivar(KEY, &format!("^{GUARDS}$")) {
        Ok(()) => Ok(()),
        Err(e) if e.code() == ErrorCode::NotFound => Ok(()),
        Err(e) => Err(git(e)),
    }
}
