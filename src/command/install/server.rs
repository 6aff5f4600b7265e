//! `guard install --server`: the gate, where the server looks for it.

use std::path::Path;

use super::{InstallReport, refuse_outside, report, shown};
use crate::command::install::ServerKind;
use crate::command::install::hook_file;
use crate::command::install::hook_file::Step;
use crate::command::install::server_layout::{Site, Slot};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::git::{Repo, hide_refs};
use crate::output::Done;

/// Writes the hooks of one repository, or of all that a server has. Nothing is written before it is known that all of them can be.
///
/// # Errors
/// Git looks for hooks elsewhere; an existing hook could not be kept.
pub(super) fn install(context: &Context, repo: Option<&Repo>, site: &Site, binary: &Path) -> Result<Done> {
    if let Some(repo) = repo.filter(|_| site.kind != ServerKind::Gitlab) {
        refuse_outside(repo, &repo.hooks_directory()?)?;
    }
    let plan = site.slots.iter().map(|slot| Ok((slot, plan(slot, binary)?))).collect::<Result<Vec<(&Slot, Step)>>>()?;
    for (slot, step) in &plan {
        match repo {
            Some(repo) => repo.make_directory(&slot.directory)?,
            None => std::fs::create_dir_all(&slot.directory)
                .map_err(|e| Error::from(e).context(format!("could not make {}", shown(&slot.directory))))?,
        }
        hook_file::take(&slot.directory, &slot.file, step)?;
    }
    let advice = [advice(repo, site)?, wishes(repo, site)?].concat();
    let told = InstallReport { notes: hide(repo)?, advice, next: next(site) };
    let directory = site.slots.first().map(|slot| slot.directory.clone()).unwrap_or_default();
    let plan: Vec<(&str, Step)> = plan.into_iter().map(|(slot, step)| (slot.script.name, step)).collect();
    Ok(report(context, &directory, &plan, &told))
}

/// A mirror push asks to delete what it doesn't have, and nobody deletes the ledger: so pushes aren't told of it.
fn hide(repo: Option<&Repo>) -> Result<Vec<String>> {
    let hidden = match repo {
        Some(repo) => hide_refs::hide(repo)?,
        None => false,
    };
    let line = format!("guard: `git push --mirror` passes by `{}` ({})", hide_refs::GUARDS, hide_refs::KEY);
    Ok(hidden.then_some(line).into_iter().collect())
}

fn plan(slot: &Slot, binary: &Path) -> Result<Step> {
    let step = hook_file::plan(&slot.directory, &slot.file, slot.script, binary)?;
    match step {
        Step::Keep(_) | Step::Managed(_) | Step::Within(..) if slot.shared => {
            Err(Error::new(format!("{} is not the guard's, and every file beside it runs as well", shown(&slot.path())))
                .help("give it another name, then: guard install --server"))
        }
        Step::Current | Step::Write(_) | Step::Update(_) | Step::Keep(_) | Step::Managed(_) | Step::Within(..) => Ok(step),
    }
}

fn next(site: &Site) -> Vec<String> {
    match (site.kind, site.for_all) {
        (ServerKind::Gitolite, true) => vec!["gitolite setup --hooks-only".to_owned()],
        (_, true) => vec!["guard -C REPOSITORY doctor --server".to_owned()],
        (_, false) => vec!["guard doctor --server".to_owned()],
    }
}

/// Without an account everybody is nobody: which command names it is said, since nothing is guessed.
fn advice(repo: Option<&Repo>, site: &Site) -> Result<Vec<String>> {
    let Some(repo) = repo else {
        let name = if site.kind == ServerKind::Gitolite { "gitolite" } else { "gitlab" };
        return Ok(vec![
            "note: without `guard.identity` whoever pushes is anyone else (`*`), or rejected;".to_owned(),
            format!("      for every repository: git config --file /etc/gitconfig guard.identity {name}"),
            "note: a mirror push asks to delete the ledger, and is refused, where pushes are told of it;".to_owned(),
            format!("      for every repository: git config --file /etc/gitconfig --add {} {}", hide_refs::KEY, hide_refs::GUARDS),
        ]);
    };
    if repo.config("guard.identity")?.is_some() {
        return Ok(Vec::new());
    }
    let first = "note: no account is known here, so whoever pushes is anyone else (`*`), or rejected;".to_owned();
    let name = match site.kind {
        ServerKind::Auto | ServerKind::Bare => {
            return Ok(vec![
                first,
                "      name the variable that your server sets: git config guard.identity env:NAME,".to_owned(),
                "      or let pushes be signed: git config guard.identity push-cert".to_owned(),
            ]);
        }
        ServerKind::Gitolite => "gitolite",
        ServerKind::Gitea => "gitea",
        ServerKind::Forgejo => "forgejo",
        ServerKind::Gitlab => "gitlab",
    };
    Ok(vec![first, format!("      let this server say who it is: git config guard.identity {name}")])
}

/// Git hands push options to a hook only where it was told to; Gitea, Forgejo and GitLab tell it themselves.
fn wishes(repo: Option<&Repo>, site: &Site) -> Result<Vec<String>> {
    const KEY: &str = "receive.advertisePushOptions";
    let (Some(repo), ServerKind::Auto | ServerKind::Bare | ServerKind::Gitolite) = (repo, site.kind) else {
        return Ok(Vec::new());
    };
    if repo.config(KEY)?.is_some() {
        return Ok(Vec::new());
    }
    Ok(vec![
        "note: git passes no push options on, so nobody can ask for more words (`git push -o guard.verbose`);".to_owned(),
        format!("      to let them: git config {KEY} true"),
    ])
}
