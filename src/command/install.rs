//! `guard install`: the hooks, as regular files, beside whatever was there.

pub(super) mod hook_file;
pub(super) mod manager;
pub(super) mod script;
mod server;

const AFTER_HELP: &str = "\
In a work tree: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg and
pre-push. A hook that is there already is kept as <hook>.legacy and runs first.
Installing again brings the hooks up to date; `guard uninstall` takes them away.
What was strict stays strict until then.

On a server the kind is told by what DIR looks like: a bare repository, one of Gitea's or
Forgejo's (hooks/pre-receive.d), one of GitLab's (custom_hooks), GitLab's directory of
server hooks, or the home of gitolite's account (hooks/common).

Examples:
  guard install && guard doctor
  guard -C /srv/git/project.git install --server
  guard -C ~git install --server=gitolite";

/// `guard install`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct InstallArgs {
    /// On a server: install pre-receive, the gate, where this kind of server looks for it [default kind: as it looks]
    #[arg(long, value_enum, value_name = "KIND", num_args = 0..=1, require_equals = true, default_missing_value = "auto")]
    pub server: Option<ServerKind>,
    /// Also reference-transaction, which `--no-verify` does not skip: each new commit of a branch is judged before the branch moves
    #[arg(long, conflicts_with = "server")]
    pub strict: bool,
}

/// How a server keeps its hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum ServerKind {
    Auto,
    Bare,
    Gitolite,
    Gitea,
    Forgejo,
    Gitlab,
}
pub(super) mod server_layout;
#[cfg(test)]
pub(super) mod test_repo;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hook_file::Step;
use manager::Manager;
use script::{SCRIPTS, Script};
use serde::Serialize;
use server_layout::Site;

use crate::command::invocation::repository;
use crate::command::pasted;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::hooks::HooksDirectory;
use crate::git::places;
use crate::git::refspecs;
use crate::output::Done;
use crate::report::json;
use crate::report::text::NEXT;
use crate::text::Bytes;
use crate::text::escape;
pub(super) use crate::text::file as shown;

/// Every hook that the guard has.
pub static HOOKS: &[&str] = &[
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "pre-push",
    "pre-receive",
    "post-receive",
    "reference-transaction",
];

/// The hook of a strict installation, and a server's.
pub const STRICT: &str = "reference-transaction";

/// Writes the hooks. Nothing is written before it is known that all of them can be.
///
/// # Errors
/// Hooks are looked for outside of the repository; an existing hook could not be kept; the repository is of the other kind.
#[expect(clippy::disallowed_methods, reason = "a server is told by the directory in which the command was started")]
pub fn run(context: &Context, args: &InstallArgs) -> Result<Done> {
    if let Some(kind) = args.server {
        let here = std::env::current_dir().map_err(|e| Error::from(e).context("could not tell in which directory this is"))?;
        if let Some(site) = Site::of_server(&here, kind)? {
            return server::install(context, None, &site, &binary()?);
        }
    }
    install(context, &repository()?, args, &binary()?)
}

fn install(context: &Context, repo: &Repo, args: &InstallArgs, binary: &Path) -> Result<Done> {
    let scripts = wanted(repo, args)?;
    if let Some(kind) = args.server {
        return server::install(context, Some(repo), &Site::of_repository(repo, kind)?, binary);
    }
    let directory = repo.hooks_directory()?;
    refuse_outside(repo, &directory)?;
    let plan = scripts
        .iter()
        .map(|script| Ok((script.name, hook_file::plan(&directory.path, script.name, script, binary)?)))
        .collect::<Result<Vec<(&str, Step)>>>()?;
    repo.make_directory(&directory.path)?;
    for (name, step) in &plan {
        hook_file::take(&directory.path, name, step)?;
    }
    let fetched = refspecs::add(repo)?;
    let fetched = fetched.iter().map(|remote| format!("guard: `git fetch` brings the evidence from {}", escape(remote.as_bytes())));
    let told =
        InstallReport { notes: fetched.collect(), advice: advice(repo, &directory, &plan), next: vec!["guard doctor".to_owned()] };
    Ok(report(context, &directory.path, &plan, &told))
}

/// Whether git would run the guard's `hook` here, as far as that is known without running it: this version's script, unaltered, in
/// a regular and executable file where git looks for hooks, and a binary for it to call.
///
/// # Errors
/// The configuration or the file can't be read.
pub fn is_live(repo: &Repo, hook: &str) -> Result<bool> {
    let Some(script) = Script::named(hook) else { return Ok(false) };
    let path = repo.hooks_directory()?.path.join(hook);
    match hook_file::look(&path)? {
        hook_file::HookState::Ours(content) => {
            let called = script::binary(&content).map(hook_file::path_of);
            let by_path = !script.is_servers() && hook_file::in_path("guard");
            let reachable = called.is_some_and(|p| hook_file::is_executable(&p)) || by_path;
            Ok(script.is_current(&content) && hook_file::is_executable(&path) && reachable)
        }
        hook_file::HookState::Nothing | hook_file::HookState::Foreign(_) | hook_file::HookState::Directory => Ok(false),
    }
}

/// Whether some version of the guard's `hook` stands here: what was strict stays strict.
///
/// # Errors
/// The configuration or the file can't be read.
pub(super) fn is_ours(repo: &Repo, hook: &str) -> Result<bool> {
    Ok(matches!(hook_file::look(&repo.hooks_directory()?.path.join(hook))?, hook_file::HookState::Ours(_)))
}

fn wanted(repo: &Repo, args: &InstallArgs) -> Result<Vec<&'static Script>> {
    match (repo.is_bare(), args.server.is_some()) {
        // A bare repository may be there for its work trees alone.
        (true, false) if !places::other_work_trees(repo)?.is_empty() => clones(repo, args),
        (true, false) => {
            Err(Error::new("this repository is bare: nobody commits in it, it is pushed to").next("guard install --server"))
        }
        (false, true) => {
            Err(Error::new("this repository has a work tree: pre-receive guards the bare repository that it pushes to")
                .help("on the server: guard -C REPOSITORY.git install --server; here: guard install"))
        }
        (true, true) => Ok(SCRIPTS.iter().filter(|s| s.is_servers()).collect()),
        (false, false) => clones(repo, args),
    }
}

/// The hooks of whoever commits.
fn clones(repo: &Repo, args: &InstallArgs) -> Result<Vec<&'static Script>> {
    let strict = args.strict || is_ours(repo, STRICT)?;
    Ok(SCRIPTS.iter().filter(|s| s.is_clones() && (strict || s.name != STRICT)).collect())
}

/// A directory that other repositories share isn't ours to write into.
fn refuse_outside(repo: &Repo, directory: &HooksDirectory) -> Result<()> {
    if directory.inside {
        return Ok(());
    }
    let place = shown(&directory.path);
    let server = if repo.is_bare() { " --server" } else { "" };
    Err(match directory.configured.as_ref().zip(look_inside_again(repo, directory)) {
        Some(((value, scope), command)) => Error::new(format!(
            "`core.hooksPath` ({scope}) is `{value}`, which is outside of this repository: hooks there are shared with others"
        ))
        .help(format!(
            "have this repository look for hooks in itself, by the command below; or, where {place} is yours to change, \
             let each hook there call: guard hook NAME -- \"$@\""
        ))
        .next(format!("{command} && guard install{server}")),
        None => Error::new(format!("{place} leads out of this repository: hooks there are shared with others"))
            .help(format!("put a directory in place of the link, then: guard install{server}")),
    })
}

/// The command after which git looks for hooks in the repository itself: it takes the value out of the scope that won, where no other would
/// win then and the scope is the repository's own. `None`: nothing is configured.
pub fn look_inside_again(repo: &Repo, directory: &HooksDirectory) -> Option<String> {
    let own = || crate::text::escape(&script::quote(repo.own_hooks().as_os_str().as_encoded_bytes()));
    let (_, scope) = directory.configured.as_ref()?;
    Some(match *scope {
        "local" | "worktree" if !directory.contested => format!("git config --{scope} --unset-all core.hooksPath"),
        "worktree" => format!("git config --worktree --replace-all core.hooksPath {}", own()),
        _ => format!("git config --local --replace-all core.hooksPath {}", own()),
    })
}

/// This program, by an absolute path that a hook can call.
fn binary() -> Result<PathBuf> {
    let path = std::env::current_exe().map_err(|e| Error::from(e).context("could not tell where this program is"))?;
    if path.is_absolute() && hook_file::is_executable(&path) {
        Ok(path)
    } else {
        Err(Error::new(format!("this program is no longer at {}", shown(&path))).help("install guard again, then: guard install"))
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    directory: Bytes<'a>,
    hooks: Vec<Hook<'a>>,
    advice: &'a [String],
}

#[derive(Serialize)]
struct Hook<'a> {
    name: &'a str,
    state: &'static str,
}

/// What is said beside what became of each hook.
struct InstallReport {
    /// What else was done.
    notes: Vec<String>,
    /// What to think of.
    advice: Vec<String>,
    /// What to do now.
    next: Vec<String>,
}

/// The width of a column of such names: the usual ones', unless one is longer.
pub(super) fn column<'n>(names: impl Iterator<Item = &'n str>) -> usize {
    names.map(str::len).fold(19, usize::max)
}

/// Status 1 where a hook isn't in place yet, because another program manages it.
fn report(context: &Context, directory: &Path, plan: &[(&str, Step)], told: &InstallReport) -> Done {
    let status = u8::from(plan.iter().any(|(_, step)| step.manager().is_some()));
    if context.common.format.is_json() {
        let hooks = plan.iter().map(|(name, step)| Hook { name, state: step.word() }).collect();
        let directory = Bytes(directory.as_os_str().as_encoded_bytes());
        let out = json::document(&Document { version: 1, directory, hooks, advice: &told.advice });
        return Done { status, out, err: String::new() };
    }
    if context.common.quiet && status == 0 {
        return Done::default();
    }
    let mut out = format!("guard: hooks in {}\n", shown(directory));
    let width = column(plan.iter().map(|(name, _)| *name));
    for (name, step) in plan {
        out.push_str(&format!("  {name:<width$} {}\n", step.text(name)));
    }
    for line in told.notes.iter().chain(&told.advice) {
        out.push_str(&format!("{line}\n"));
    }
    for next in &told.next {
        out.push_str(&format!("{NEXT}next{NEXT:#}: {}\n", pasted(context, next)));
    }
    Done { status, out, err: String::new() }
}

fn advice(repo: &Repo, directory: &HooksDirectory, plan: &[(&str, Step)]) -> Vec<String> {
    let mut lines = Vec::new();
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
