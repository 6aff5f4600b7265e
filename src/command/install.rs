//! `guard install`: the hooks, as regular files, beside whatever was there.

pub(super) mod manager;
pub(super) mod place;
pub(super) mod script;
#[cfg(test)]
mod world;

use std::path::{Path, PathBuf};

use manager::Manager;
use place::Step;
use script::{SCRIPTS, Script};
use serde::Serialize;

use super::{Done, pasted};
use crate::cli::{Format, InstallArgs};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::hooks::HooksDirectory;
use crate::git::refspecs;
use crate::report::text::NEXT;
use crate::report::{escape, json};

/// Every hook that the guard has.
pub static HOOKS: &[&str] =
    &["pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "pre-push", "pre-receive", "post-receive"];

/// Writes the hooks. Nothing is written before it is known that all of them can be.
///
/// # Errors
/// Hooks are looked for outside of the repository; an existing hook could not be kept; the repository is of the other kind.
pub fn run(context: &Context, args: &InstallArgs) -> Result<Done> {
    install(context, &Repo::open(false)?, args, &binary()?)
}

fn install(context: &Context, repo: &Repo, args: &InstallArgs, binary: &Path) -> Result<Done> {
    let scripts = wanted(repo, args)?;
    let directory = repo.hooks_directory()?;
    refuse_outside(repo, &directory)?;
    let plan = scripts
        .iter()
        .map(|script| Ok((script.name, place::plan(&directory.path, script, binary)?)))
        .collect::<Result<Vec<(&str, Step)>>>()?;
    std::fs::create_dir_all(&directory.path)
        .map_err(|e| Error::from(e).context(format!("could not make {}", shown(&directory.path))))?;
    for (name, step) in &plan {
        place::take(&directory.path, name, step)?;
    }
    let fetched = if repo.is_bare() { Vec::new() } else { refspecs::add(repo)? };
    Ok(report(context, repo, &directory, &plan, &fetched))
}

/// Whether git would run the guard's `hook` here, as far as that is known without running it: this version's script, unaltered, in
/// a regular and executable file where git looks for hooks, and a binary for it to call.
///
/// # Errors
/// The configuration or the file can't be read.
pub fn is_live(repo: &Repo, hook: &str) -> Result<bool> {
    let Some(script) = Script::named(hook) else { return Ok(false) };
    let path = repo.hooks_directory()?.path.join(hook);
    match place::look(&path)? {
        place::Standing::Ours(content) => {
            let called = script::binary(&content).map(place::path_of);
            let reachable = called.is_some_and(|p| place::is_executable(&p)) || place::in_path("guard");
            Ok(script.is_current(&content) && place::is_executable(&path) && reachable)
        }
        place::Standing::Nothing | place::Standing::Foreign(_) | place::Standing::Directory => Ok(false),
    }
}

fn wanted(repo: &Repo, args: &InstallArgs) -> Result<Vec<&'static Script>> {
    match (repo.is_bare(), args.server) {
        (true, false) => {
            Err(Error::new("this repository is bare: nobody commits in it, it is pushed to").next("guard install --server"))
        }
        (false, true) => {
            Err(Error::new("this repository has a work tree: pre-receive guards the bare repository that it pushes to")
                .help("on the server: guard -C REPOSITORY.git install --server; here: guard install"))
        }
        (bare, _) => Ok(SCRIPTS.iter().filter(|s| s.is_servers() == bare).collect()),
    }
}

/// A directory that other repositories share isn't ours to write into.
fn refuse_outside(repo: &Repo, directory: &HooksDirectory) -> Result<()> {
    if directory.inside {
        return Ok(());
    }
    let place = shown(&directory.path);
    let own = crate::report::escape(&script::quote(repo.own_hooks().as_os_str().as_encoded_bytes()));
    Err(match &directory.configured {
        Some((value, scope)) => Error::new(format!(
            "`core.hooksPath` ({scope}) is `{value}`, which is outside of this repository: hooks there are shared with others"
        ))
        .help(format!(
            "have this repository look for hooks in itself, by the command below; or, where {place} is yours to change, \
             let each hook there call: guard hook NAME -- \"$@\""
        ))
        .next(format!("git config --local core.hooksPath {own} && guard install")),
        None => Error::new(format!("{place} leads out of this repository: hooks there are shared with others"))
            .help("put a directory in place of the link, then: guard install"),
    })
}

/// This program, by an absolute path that a hook can call.
fn binary() -> Result<PathBuf> {
    let path = std::env::current_exe().map_err(|e| Error::from(e).context("could not tell where this program is"))?;
    if path.is_absolute() && place::is_executable(&path) {
        Ok(path)
    } else {
        Err(Error::new(format!("this program is no longer at {}", shown(&path))).help("install guard again, then: guard install"))
    }
}

/// A path in a message.
pub(super) fn shown(path: &Path) -> String {
    format!("`{}`", escape(path.as_os_str().as_encoded_bytes()))
}

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    directory: json::Bytes<'a>,
    hooks: Vec<Hook<'a>>,
    advice: Vec<String>,
}

#[derive(Serialize)]
struct Hook<'a> {
    name: &'a str,
    state: &'static str,
}

/// Status 1 where a hook isn't in place yet, because another program manages it.
fn report(context: &Context, repo: &Repo, directory: &HooksDirectory, plan: &[(&str, Step)], fetched: &[String]) -> Done {
    let managers: Vec<Manager> = plan.iter().filter_map(|(_, step)| step.manager()).collect();
    let status = u8::from(!managers.is_empty());
    let advice = advice(repo, directory, plan);
    if context.common.format == Format::Json {
        let hooks = plan.iter().map(|(name, step)| Hook { name, state: step.word() }).collect();
        let directory = json::Bytes(directory.path.as_os_str().as_encoded_bytes());
        let out = json::document(&Document { version: 1, directory, hooks, advice });
        return Done { status, out, err: String::new() };
    }
    if context.common.quiet && status == 0 {
        return Done::default();
    }
    let mut out = format!("guard: hooks in {}\n", shown(&directory.path));
    for (name, step) in plan {
        out.push_str(&format!("  {name:<19} {}\n", step.text(name)));
    }
    for remote in fetched {
        out.push_str(&format!("guard: `git fetch` brings the evidence from {}\n", escape(remote.as_bytes())));
    }
    for line in advice {
        out.push_str(&format!("{line}\n"));
    }
    out.push_str(&format!("{NEXT}next{NEXT:#}: {}\n", pasted(context, "guard doctor")));
    Done { status, out, err: String::new() }
}

fn advice(repo: &Repo, directory: &HooksDirectory, plan: &[(&str, Step)]) -> Vec<String> {
    let mut lines = Vec::new();
    if repo.is_bare() && repo.config("guard.identity").is_ok_and(|identity| identity.is_none()) {
        lines.push("note: no account is known here, so whoever pushes is anyone else (`*`), or rejected;".to_owned());
        lines.push("      name the variable that your server sets: git config guard.identity env:NAME,".to_owned());
        lines.push("      or let pushes be signed: git config guard.identity push-cert".to_owned());
    }
    for manager in [Manager::Husky, Manager::Lefthook, Manager::PreCommit] {
        let hooks: Vec<&str> = plan.iter().filter(|(_, s)| s.manager() == Some(manager)).map(|(name, _)| *name).collect();
        if !hooks.is_empty() {
            lines.push(format!("{} manages hooks here and would overwrite others; let it call the guard:", manager.name()));
            lines.extend(manager.lines(&hooks).iter().map(|line| format!("    {line}")));
        }
    }
    let root = repo.work_tree().ok();
    for manager in root.map(Manager::set_up_in).unwrap_or_default() {
        if !plan.iter().any(|(_, step)| step.manager() == Some(manager)) {
            let (name, file) = (manager.name(), manager.files("pre-commit").into_iter().next().unwrap_or_default());
            lines.push(format!(
                "note: {name} is set up in this work tree; should it install its hooks over these, let it call the guard:"
            ));
            lines.push(format!("    guard hook NAME -- \"$@\"        ({file})"));
        }
    }
    if directory.configured.is_some()
        && root.is_some_and(|root| directory.path.starts_with(root) && !directory.path.starts_with(repo.common_dir()))
    {
        lines.push(
            "note: this directory is part of the work tree: the hooks name a path of this machine, don't commit them".to_owned(),
        );
    }
    lines
}

#[cfg(test)]
#[path = "install_tests.rs"]
mod tests;
