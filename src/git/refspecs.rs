//! Refspecs that fetch evidence together with everything else.
//!
//! Each remote has a place of its own, so that a fetch never overwrites records that were made here and aren't pushed yet.

use git2::{Config, ConfigLevel, ErrorCode, Repository};

use super::Repo;
use super::notes::{PREFIX, TRACKED};
use super::repo::git;
use crate::error::Result;

/// The refspec that a remote's `fetch` needs.
pub fn fetch(remote: &str) -> String {
    format!("+{PREFIX}*:{PREFIX}{TRACKED}{remote}/*")
}

/// The remotes that fetch something, but no evidence.
///
/// A remote without any refspec is left out: it is only pushed to, or fetched from by name.
///
/// # Errors
/// The configuration can't be read.
pub fn missing(repo: &Repo) -> Result<Vec<String>> {
    let disk = repo.writable()?;
    let mut lacking = Vec::new();
    let remotes = disk.remotes().map_err(git)?;
    for name in remotes.iter().filter_map(|name| name.ok().flatten()) {
        let remote = disk.find_remote(name).map_err(git)?;
        let specs = remote.fetch_refspecs().map_err(git)?;
        let wanted = fetch(name);
        if !specs.is_empty() && !specs.iter().any(|spec| spec.ok().flatten() == Some(wanted.as_str())) {
            lacking.push(name.to_owned());
        }
    }
    Ok(lacking)
}

/// Whether `git fetch` brings everybody's evidence from that remote, so that this clone knows what is there.
///
/// # Errors
/// The configuration can't be read.
pub fn brings(repo: &Repo, remote: &str) -> Result<bool> {
    let disk = repo.writable()?;
    let Ok(found) = disk.find_remote(remote) else { return Ok(false) };
    let specs = found.fetch_refspecs().map_err(git)?;
    Ok(specs.iter().any(|spec| spec.ok().flatten() == Some(fetch(remote).as_str())))
}

/// Adds the refspec to every remote that lacks it, and gives their names. One that a remote had under another name goes: two remotes in one
/// place would take each other's evidence away.
///
/// # Errors
/// The configuration can't be written.
pub fn add(repo: &Repo) -> Result<Vec<String>> {
    let lacking = missing(repo)?;
    if !lacking.is_empty() {
        for remote in &lacking {
            take(repo, remote, &format!("^{}$", regex::escape(&fetch("X")).replace('X', "[^/]*")))?;
        }
        let disk = repo.writable()?;
        let mut config = local(&disk)?;
        for remote in &lacking {
            // A pattern that no value matches: one more value.
            config.set_multivar(&key(remote), "^$", &fetch(remote)).map_err(git)?;
        }
    }
    Ok(lacking)
}

/// Takes the refspec away from every remote, and nothing else.
///
/// # Errors
/// The configuration can't be written.
pub fn remove(repo: &Repo) -> Result<()> {
    let disk = repo.writable()?;
    let remotes = disk.remotes().map_err(git)?;
    for name in remotes.iter().filter_map(|name| name.ok().flatten()) {
        take(repo, name, &format!("^{}$", regex::escape(&fetch(name))))?;
    }
    Ok(())
}

/// Takes the refspecs that match away from a remote.
fn take(repo: &Repo, remote: &str, matching: &str) -> Result<()> {
    let disk = repo.writable()?;
    match local(&disk)?.remove_multivar(&key(remote), matching) {
        Ok(()) => Ok(()),
        Err(e) if e.code() == ErrorCode::NotFound => Ok(()),
        Err(e) => Err(git(e)),
    }
}

fn key(remote: &str) -> String {
    format!("remote.{remote}.fetch")
}

fn local(disk: &Repository) -> Result<Config> {
    disk.config().and_then(|config| config.open_level(ConfigLevel::Local)).map_err(git)
}
