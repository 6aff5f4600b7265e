//! Whether the hooks that were installed here still run: said by every command, for git says nothing of hooks that it doesn't find.

use crate::command::install::hook_file::{self, HookState};
use crate::command::install::manager::Manager;
use crate::command::install::script::SCRIPTS;
use crate::command::install::{STRICT, is_live};
use crate::context::Context;
use crate::error::Result;
use crate::git::Repo;
use crate::text::escape_words;

use super::invocation::repository;
use super::pasted;

/// A line for standard error; empty where the doors are as they were left, or it can't be told: nothing depends on it.
pub fn warning(context: &Context) -> String {
    let told = repository().and_then(|repo| if repo.is_bare() { Ok(None) } else { line(&repo) });
    let Ok(Some(line)) = told else { return String::new() };
    format!("guard: {}; {}\n", escape_words(&line), pasted(context, "guard doctor"))
}

fn line(repo: &Repo) -> Result<Option<String>> {
    let directory = repo.hooks_directory()?;
    let own = repo.own_hooks();
    let ours = |name: &str| -> Result<bool> {
        let places = [own.join(name), directory.path.join(name)];
        Ok(places
            .iter()
            .map(|path| hook_file::look(path))
            .collect::<Result<Vec<_>>>()?
            .iter()
            .any(|s| matches!(s, HookState::Ours(_))))
    };
    let mut installed = false;
    let mut dead = Vec::new();
    for script in SCRIPTS.iter().filter(|script| script.is_clones()) {
        let there = ours(script.name)?;
        installed = installed || there;
        if (there || script.name != STRICT) && !is_live(repo, script.name)? {
            dead.push(script.name);
        }
    }
    // Whoever manages the hooks may call the guard: doctor looks.
    if !installed || dead.is_empty() || Manager::of_directory(&directory.path).is_some() {
        return Ok(None);
    }
    Ok(Some(match directory.configured {
        Some((value, scope)) if directory.path != own => {
            format!("no commit is guarded here, for git finds no hooks: `core.hooksPath` ({scope}) is `{value}`")
        }
        Some(_) | None => format!("hooks that were installed here don't run: {}", dead.join(", ")),
    }))
}
