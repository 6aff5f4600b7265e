//! `guard uninstall`: the guard's hooks go, what was there before comes back, and nothing else is touched.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::install::{HOOKS, shown};
use crate::command::install::ServerKind;
use crate::command::install::hook_file;
use crate::command::install::hook_file::HookState;
use crate::command::install::server_layout::{Site, Slot};
use crate::command::invocation::repository;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::git::{Repo, hide_refs, refspecs};
use crate::output::Done;
use crate::report::json;
use crate::text::Bytes;

/// What its `--help` says below the options.
pub const AFTER_HELP: &str = "\
Nothing else of the repository is touched: evidence that was recorded stays.";

/// Removes the hooks, from where git looks for them and from the repository's own directory.
///
/// # Errors
/// A file can't be removed or put back.
#[expect(clippy::disallowed_methods, reason = "a server is told by the directory in which the command was started")]
pub fn run(context: &Context) -> Result<Done> {
    let here = std::env::current_dir().map_err(|e| Error::from(e).context("could not tell in which directory this is"))?;
    match Site::of_server(&here, ServerKind::Auto)? {
        Some(site) => server(context, &site),
        None => uninstall(context, &repository()?),
    }
}

/// The hooks of all repositories of a server.
fn server(context: &Context, site: &Site) -> Result<Done> {
    let mut removed = Vec::new();
    for slot in &site.slots {
        removed.extend(remove_from(slot)?.map(|state| (slot.path(), state)));
    }
    let mut done = report(context, &removed);
    if site.kind == ServerKind::Gitolite && !removed.is_empty() && !context.common.format.is_json() && !context.common.quiet {
        done.out.push_str(
            "note: gitolite's links to them lead nowhere now, and git passes over them; \n      to take them away, in the directory of its repositories:\n",
        );
        done.out.push_str("next: find . -path '*/hooks/*' -xtype l -delete\n");
    }
    Ok(done)
}

pub(super) fn uninstall(context: &Context, repo: &Repo) -> Result<Done> {
    let current = repo.hooks_directory()?;
    let mut directories = vec![repo.own_hooks()];
    if current.inside && current.path != repo.own_hooks() {
        directories.insert(0, current.path);
    }
    let mut removed = Vec::new();
    for directory in &directories {
        for hook in HOOKS {
            if let Some(state) = remove(directory, hook)? {
                removed.push((directory.join(hook), state));
            }
        }
    }
    if repo.is_bare() {
        for kind in [ServerKind::Gitea, ServerKind::Gitlab] {
            for slot in &Site::of_repository(repo, kind)?.slots {
                removed.extend(remove_from(slot)?.map(|state| (slot.path(), state)));
            }
        }
    }
    refspecs::remove(repo)?;
    hide_refs::show(repo)?;
    Ok(report(context, &removed))
}

/// Removes a hook of a server, and its directory where nothing else stands in it.
fn remove_from(slot: &Slot) -> Result<Option<&'static str>> {
    let done = remove(&slot.directory, &slot.file)?;
    if done.is_some() && slot.shared {
        // Where others stand in it, it stays.
        drop(std::fs::remove_dir(&slot.directory));
    }
    Ok(done)
}

/// Removes one hook; says what was done, if anything.
fn remove(directory: &Path, hook: &str) -> Result<Option<&'static str>> {
    let (path, legacy) = (directory.join(hook), hook_file::legacy(directory, hook));
    let failed = |e: std::io::Error| Error::from(e).context(format!("could not remove {}", shown(&path)));
    match (hook_file::look(&path)?, hook_file::look(&legacy)?) {
        (HookState::Ours(_), HookState::Foreign(_)) => {
            std::fs::rename(&legacy, &path).map_err(failed)?;
            Ok(Some("restored"))
        }
        (HookState::Ours(_), kept) => {
            std::fs::remove_file(&path).map_err(failed)?;
            if matches!(kept, HookState::Ours(_)) {
                std::fs::remove_file(&legacy).map_err(failed)?;
            }
            Ok(Some("removed"))
        }
        (HookState::Foreign(_) | HookState::Nothing, HookState::Ours(_)) => {
            std::fs::remove_file(&legacy).map_err(failed)?;
            Ok(Some("removed"))
        }
        (HookState::Foreign(_) | HookState::Nothing | HookState::Directory, _) => Ok(None),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    hooks: Vec<Hook<'a>>,
}

#[derive(Serialize)]
struct Hook<'a> {
    path: Bytes<'a>,
    state: &'static str,
}

fn report(context: &Context, removed: &[(PathBuf, &'static str)]) -> Done {
    if context.common.format.is_json() {
        let hooks = removed.iter().map(|(path, state)| Hook { path: Bytes(path.as_os_str().as_encoded_bytes()), state }).collect();
        return Done::printed(json::document(&Document { version: 1, hooks }));
    }
    if context.common.quiet {
        return Done::default();
    }
    if removed.is_empty() {
        return Done::printed("guard: no hooks of the guard here\n");
    }
    let line = |(path, state): &(PathBuf, &str)| match *state {
        "restored" => format!("  {} is what it was before\n", shown(path)),
        _ => format!("  {} is removed\n", shown(path)),
    };
    Done::printed(format!("guard: uninstalled\n{}", removed.iter().map(line).collect::<String>()))
}
