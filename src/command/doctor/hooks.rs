//! The hooks: each is started as git would start it, and must answer.

use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use super::Check;
use crate::command::install::hook_file;
use crate::command::install::hook_file::HookState;
use crate::command::install::manager::Manager;
use crate::command::install::script::{SCRIPTS, Script};
use crate::command::install::{STRICT, is_ours, look_inside_again, shown};
use crate::error::Result;
use crate::git::hooks::HooksDirectory;
use crate::git::{Repo, places, wait_at_most};
use crate::text::{escape, shell_quote};

/// The status of a hook that only says that it is there: never 0, so that it can't let anything pass.
const ANSWERED: i32 = 3;
const PATIENCE: Duration = Duration::from_secs(10);

/// One check for the place, one for each hook, one for each hook of somebody else's that can't run; and what is wrong with the hooks of
/// other work trees, where git looks for them elsewhere.
pub fn checks(repo: &Repo) -> Result<Vec<Check>> {
    let directory = repo.hooks_directory()?;
    let mut checks = of_work_tree(repo, &directory, "")?;
    for root in places::other_work_trees(repo)? {
        let other = repo.in_work_tree(&root)?;
        let there = other.hooks_directory()?;
        if there.path == directory.path {
            continue;
        }
        let place = shell_quote(root.as_os_str().as_encoded_bytes());
        let all = of_work_tree(&other, &there, &format!(" -C {place}"))?;
        // Where none can be found, the place says it all.
        let most = if there.inside { all.len() } else { 1 };
        for check in all.into_iter().filter(|check| !check.ok).take(most) {
            checks.push(Check { found: format!("{} (work tree {})", check.found, shown(&root)), ..check });
        }
    }
    Ok(checks)
}

/// `at`: the option that has git and the guard start in that work tree.
fn of_work_tree(repo: &Repo, directory: &HooksDirectory, at: &str) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let mut install = format!("guard{at} install");
    if !directory.inside {
        let from =
            directory.configured.as_ref().map_or_else(String::new, |(v, scope)| format!(" (`core.hooksPath`, {scope}: `{v}`)"));
        if let Some(command) = look_inside_again(repo, directory) {
            install = format!("{} && {install}", command.replacen("git", &format!("git{at}"), 1));
        }
        checks.push(Check::bad("hooks", format!("git looks for hooks outside of this repository{from}"), &install));
    }
    let root = repo.work_tree()?;
    // Nobody has to be strict.
    let strict = is_ours(repo, STRICT)?;
    for script in SCRIPTS.iter().filter(|s| s.is_clones() && (strict || s.name != STRICT)) {
        checks.push(one(&directory.path, root, script, &install)?);
        checks.extend(legacy(&directory.path, script.name));
    }
    Ok(checks)
}

fn one(directory: &Path, root: &Path, script: &Script, install: &str) -> Result<Check> {
    let (name, path) = (script.name, directory.join(script.name));
    let managed = Manager::of_directory(directory);
    Ok(match hook_file::look(&path)? {
        HookState::Ours(content) => match answered(&path, root, script, &content) {
            None => Check::good(name, "runs"),
            Some(fault) => Check::bad(name, fault, install),
        },
        HookState::Nothing if managed.is_none() => Check::bad(name, "is not installed", install),
        HookState::Directory => Check::bad(name, "is no file", install),
        HookState::Nothing => by_manager(root, name, managed, install),
        HookState::Foreign(manager) if matches!(hook_file::look(&hook_file::legacy(directory, name))?, HookState::Ours(_)) => {
            let whose = manager.map_or("another program", Manager::name);
            Check::bad(name, format!("is run by {whose}, if at all: that can't be proven from here"), install)
        }
        HookState::Foreign(manager) => by_manager(root, name, managed.or(manager), install),
    })
}

/// A hook that isn't ours: whoever manages it may have been told to call the guard.
fn by_manager(root: &Path, hook: &str, manager: Option<Manager>, install: &str) -> Check {
    let Some(manager) = manager else {
        return Check::bad(hook, "is not the guard's", install);
    };
    let calls = |file: &String| {
        let text = std::fs::read(root.join(file)).unwrap_or_default();
        let words = [format!("guard hook {hook}"), format!("guard-{hook}")];
        words.iter().any(|w| text.windows(w.len()).any(|found| found == w.as_bytes()))
    };
    match manager.files(hook).iter().find(|file| calls(file)) {
        Some(file) => {
            Check::good(hook, format!("left to {}: {file} calls the guard (seen, not proven by running it)", manager.name()))
        }
        None => Check::bad(hook, format!("is left to {}, which does not call the guard", manager.name()), install),
    }
}

pub(super) fn legacy(directory: &Path, hook: &str) -> Option<Check> {
    let path = hook_file::legacy(directory, hook);
    let there = path.symlink_metadata().is_ok();
    (there && !hook_file::is_executable(&path))
        .then(|| Check::good(&format!("{hook}.legacy"), "is not executable, so it does not run (git would not have run it either)"))
}

/// Why the hook, a file of the guard's, can't be relied on.
pub(super) fn answered(path: &Path, root: &Path, script: &Script, content: &[u8]) -> Option<String> {
    if !hook_file::is_executable(path) {
        return Some("is not executable, so git skips it".to_owned());
    }
    if !script.is_current(content) {
        return Some("is of another version, or was changed".to_owned());
    }
    match answer(path, root) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Some("can't be run: permission denied (is the file system mounted noexec?)".to_owned())
        }
        Err(error) => Some(format!("can't be run: {error}")),
        Ok(None) => Some(format!("did not answer within {} s", PATIENCE.as_secs())),
        Ok(Some((status, text))) => {
            let expected = format!("guard-doctor ok {} {}\n", script.name, env!("CARGO_PKG_VERSION"));
            let answered = status.code() == Some(ANSWERED) && text == expected.as_bytes();
            (!answered).then(|| format!("runs another guard than this one, or none: {status}, `{}`", escape(text.trim_ascii())))
        }
    }
}

/// Starts the hook, and gives what it says; `None` where it doesn't come to an end.
fn answer(path: &Path, root: &Path) -> std::io::Result<Option<(ExitStatus, Vec<u8>)>> {
    let mut command = Command::new(path);
    command.arg("--doctor").current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let Some(status) = wait_at_most(&mut child, PATIENCE)? else { return Ok(None) };
    let mut text = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(4096).read_to_end(&mut text)?;
    }
    Ok(Some((status, text)))
}
