//! A server's hooks: what git would pass over in silence, said aloud.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::Check;
use super::hooks::{answered, legacy};
use crate::command::install::ServerKind;
use crate::command::install::hook_file;
use crate::command::install::script;
use crate::command::install::server_layout::{Site, Slot};
use crate::command::install::shown;
use crate::error::Result;
use crate::git::{Repo, hide_refs};
use crate::text::escape;

pub(super) const INSTALL: &str = "guard install --server";

/// One check for each hook, one for what leads git past them, one for settings that the hook won't read.
pub fn checks(repo: &Repo, site: &Site) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    checks.extend(overridden(repo, site)?);
    for slot in &site.slots {
        checks.push(match fault(repo, slot)? {
            None => Check::good(slot.script.name, "runs"),
            Some((found, next)) => Check::bad(slot.script.name, found, &next),
        });
        checks.extend(legacy(&slot.directory, &slot.file));
    }
    checks.extend(unread(repo)?);
    checks.extend(told_of_the_ledger(repo)?);
    Ok(checks)
}

/// `core.hooksPath` leads git away from the hooks that were installed, in whatever scope it stands. GitLab sets its own, always.
fn overridden(repo: &Repo, site: &Site) -> Result<Option<Check>> {
    let directory = repo.hooks_directory()?;
    let Some((value, scope)) = &directory.configured else {
        let astray = (!directory.inside).then(|| Check::bad("hooks", "git looks for hooks outside of this repository", INSTALL));
        return Ok(astray.filter(|_| site.kind != ServerKind::Gitlab));
    };
    let there = site.slots.iter().all(|slot| slot.directory.starts_with(&directory.path));
    if site.kind == ServerKind::Gitlab || (directory.inside && there) {
        return Ok(None);
    }
    let found = format!("git looks for hooks outside of this repository (`core.hooksPath`, {scope}: `{value}`)");
    let found = if directory.inside { found.replace("outside of this repository", &shown(&directory.path)) } else { found };
    let unset = format!("git config --{scope} --unset-all core.hooksPath");
    Ok(Some(Check::bad("hooks", found, &unset)))
}

type Fault = (String, String);

/// Why git would not run the hook, or why that would not help; and what mends it.
fn fault(repo: &Repo, slot: &Slot) -> Result<Option<Fault>> {
    let path = slot.path();
    let install = |found: &str| Ok(Some((found.to_owned(), INSTALL.to_owned())));
    let Ok(own) = path.symlink_metadata() else { return install("is not installed") };
    let Ok(metadata) = path.metadata() else { return install("is a link that leads nowhere, so git skips it") };
    if !metadata.is_file() {
        return install("is no file");
    }
    let content =
        std::fs::read(&path).map_err(|e| crate::error::Error::from(e).context(format!("could not read {}", shown(&path))))?;
    if content.is_empty() {
        return install("is empty, so it lets everything pass");
    }
    if !script::is_ours(&content) {
        return install("is not the guard's");
    }
    if own.is_symlink() && !of_gitolite(&path) {
        return install("is a link: git skips it in silence once it leads nowhere");
    }
    let kept = hook_file::legacy(&slot.directory, &slot.file);
    if hook_file::is_executable(&kept) && hook_file::names_itself(&kept)? {
        let found =
            format!("runs {} first, which may go by its own name: under another it may find none of its gates", shown(&kept));
        return Ok(Some((found, "guard uninstall && guard install --server".to_owned())));
    }
    if let Some(mount) = hook_file::noexec(&path)? {
        let remount = format!("mount -o remount,exec {}", crate::text::shell_quote(mount.as_os_str().as_encoded_bytes()));
        let found = format!("can't be run, so git skips it: {} is mounted noexec", shown(&mount));
        return Ok(Some((found, remount)));
    }
    Ok(answered(&path, repo.git_dir(), slot.script, &content).map(|found| (found, INSTALL.to_owned())))
}

/// gitolite links its `hooks/common` into every repository.
fn of_gitolite(path: &Path) -> bool {
    std::fs::read_link(path).is_ok_and(|target| target.parent().is_some_and(|parent| parent.ends_with("hooks/common")))
}

/// Settings of the guard's that stand in a user's configuration, which a server's hook doesn't read.
fn unread(repo: &Repo) -> Result<Option<Check>> {
    let astray = repo.settings_of_users("guard.")?;
    let Some((key, value)) = astray.first() else { return Ok(None) };
    let names: Vec<String> = astray.iter().map(|(key, _)| format!("`{}`", escape(key.as_bytes()))).collect();
    let found = format!("{} in a user's configuration: the hook reads the repository's own, and /etc/gitconfig", names.join(", "));
    let next = format!("git config {key} {}", crate::text::shell_quote(value.as_bytes()));
    Ok(Some(Check::bad("settings", found, &next)))
}

/// A mirror push asks to delete what it is told of and doesn't have, and nobody deletes the ledger.
fn told_of_the_ledger(repo: &Repo) -> Result<Option<Check>> {
    if hide_refs::hidden(repo)? {
        return Ok(None);
    }
    let found = format!("pushes are told of `{}`, so `git push --mirror` is refused", hide_refs::GUARDS);
    Ok(Some(Check::bad("ledger", found, &format!("git config --add {} {}", hide_refs::KEY, hide_refs::GUARDS))))
}

/// Who else than the repository's owner asks: git would refuse, or read another user's configuration than the server does.
pub fn stranger(repo: &Repo) -> Option<Check> {
    let owner = repo.git_dir().metadata().ok()?.uid();
    if rustix::process::geteuid().as_raw() == owner {
        return None;
    }
    let found = format!("the repository belongs to another user ({owner}), and the server runs git as that one");
    Some(Check::bad("user", found, &format!("sudo -u '#{owner}' guard doctor --server")))
}

/// A directory that git can be told to run the site's hooks from, where the server itself calls them; `None` where git finds them.
pub fn called_by_the_server(site: &Site) -> Result<Option<tempfile::TempDir>> {
    if site.kind != ServerKind::Gitlab {
        return Ok(None);
    }
    let directory = tempfile::tempdir()?;
    for slot in &site.slots {
        let link: PathBuf = directory.path().join(slot.script.name);
        std::os::unix::fs::symlink(slot.path(), link)?;
    }
    Ok(Some(directory))
}
