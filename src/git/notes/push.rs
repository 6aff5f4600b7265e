//! Pushes a writer's notes, and keeps what others have pushed meanwhile.

use std::time::Duration;

use git2::ErrorCode;

use crate::error::{Error, Result};
use crate::git::notes::{PREFIX, TRACKED, local_writer, unite, unite_aside};
use crate::git::patience::Patience;
use crate::git::repo::{foreign, git, own};
use crate::git::{Repo, program, range};
use crate::model::Oid;
use crate::text::escape;

/// How long a push is tried while others push to the same ref. Of all that push at once one succeeds each time, so it is long enough for a
/// hundred jobs.
const PATIENCE: Duration = Duration::from_secs(300);

/// Pushes `refs/notes/guard/<writer>` to a remote (its name, or a URL) by the git program, so that hooks run.
///
/// Where the remote has lines that this clone lacks, they are fetched and united with ours, and the push is tried again. Unsigned
/// notes are united for the remote alone. In our own ref, lines that anybody may push would pass for runs on this machine.
///
/// # Errors
/// There are no notes of that writer; there is no git program; the remote or a hook refuses, with git's own words; others were
/// faster for five minutes.
pub fn push(repo: &Repo, remote: &str, writer: &str) -> Result<()> {
    let name = format!("{PREFIX}{writer}");
    let unsigned = writer == local_writer(repo)?;
    let (mut patience, mut aside) = (Patience::there(PATIENCE), None);
    let words = loop {
        let Some(ours) = aside.or(repo.reference(&name)?) else {
            return Err(Error::new(format!("there is no `{}` to push: nothing is recorded there", escape(name.as_bytes())))
                .next("guard evidence"));
        };
        let source = aside.map_or_else(|| name.clone(), |commit: Oid| commit.to_string());
        let run = program::run(repo, &["push", "--quiet", "--porcelain", "--", remote, &format!("{source}:{name}")])?;
        if run.status.success() {
            // It is there, whether or not that can be noted here; a fetch brings it as well.
            drop(remember(repo, remote, writer, ours));
            return Ok(());
        }
        let words = [run.stdout, run.stderr].concat();
        let race = race(&words);
        // Looked at after the wait: what was fetched before it is old by then.
        let waited = race == Race::None || patience.wait();
        match theirs(repo, remote, &name)? {
            Some(theirs) if waited && !range::is_ancestor(repo, theirs, ours)? => {
                if unsigned {
                    aside = Some(unite_aside(repo, writer, theirs)?);
                } else {
                    unite(repo, writer, theirs)?;
                }
            }
            Some(_) if waited && race != Race::None => {}
            None if waited && race == Race::Held => {}
            Some(_) | None => break words,
        }
    };
    let to = escape(remote.as_bytes());
    let error = Error::new(format!("git could not push `{}` to `{to}`", escape(name.as_bytes())));
    let error = error.help("the records are kept here, and can be pushed again");
    let error = error.next(format!("git push {} {name}:{name}", crate::text::shell_quote(remote.as_bytes())));
    Err(Error { details: Some(program::all_lines(&words)), ..error })
}

/// Notes what a remote has of a writer's now, as git does itself where a fetch would bring it. Of one that has no name there is nothing to know.
fn remember(repo: &Repo, remote: &str, writer: &str, tip: Oid) -> Result<()> {
    let disk = repo.writable()?;
    if disk.find_remote(remote).is_err() {
        return Ok(());
    }
    let tracked = format!("{PREFIX}{TRACKED}{remote}/{writer}");
    disk.reference(&tracked, foreign(tip)?, true, "guard: pushed")
        .map(drop)
        .map_err(|e| git(e).context("could not note what was pushed"))
}

/// How another push was faster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Race {
    /// It wasn't.
    None,
    /// The remote has what this clone lacks.
    Behind,
    /// It held or moved the ref in that moment, or was just being judged.
    Held,
}

/// Words of git's and the guard's.
const HELD: [&str; 6] = [
    "cannot lock ref",
    "failed to update ref",
    "reference already exists",
    "incorrect old value provided",
    "is not what the push says it was",
    "other pushes have been judged here",
];
const BEHIND: [&str; 3] = ["(fetch first)", "(non-fast-forward)", "(needs force)"];

#[expect(clippy::disallowed_methods, reason = "git's words, of which ASCII is looked for")]
fn race(words: &[u8]) -> Race {
    let text = String::from_utf8_lossy(words);
    let says = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    if says(&HELD) {
        Race::Held
    } else if says(&BEHIND) {
        Race::Behind
    } else {
        Race::None
    }
}

/// Fetches what the remote holds under that name; `None` where nothing can be fetched.
fn theirs(repo: &Repo, remote: &str, name: &str) -> Result<Option<Oid>> {
    let place = format!("refs/guard/incoming/{}", std::process::id());
    let elsewhere = repo.config(&format!("remote.{remote}.pushurl"))?;
    let from = elsewhere.as_deref().unwrap_or(remote);
    let quiet = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap="];
    let run = program::run(repo, &[&quiet[..], &["--", from, &format!("+{name}:{place}")]].concat())?;
    if !run.status.success() {
        return Ok(None);
    }
    let disk = repo.writable()?;
    let mut reference = match disk.find_reference(&place) {
        Ok(reference) => reference,
        Err(e) if e.code() == ErrorCode::NotFound => return Ok(None),
        Err(e) => return Err(git(e)),
    };
    let tip = reference.target().and_then(own);
    reference.delete().map_err(git)?;
    tip.map_or(Ok(None), |tip| repo.peel_to_commit(tip))
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;
