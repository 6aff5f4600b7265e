//! Pushes a writer's notes, and keeps what others have pushed meanwhile.

use git2::ErrorCode;

use super::append::pause;
use crate::error::{Error, Result};
use crate::git::notes::{PREFIX, local_writer, unite, unite_aside};
use crate::git::repo::{git, own};
use crate::git::{Repo, program, range};
use crate::model::Oid;
use crate::text::escape;

/// How often a push is tried while others push to the same ref.
const TRIES: u32 = 5;

/// Pushes `refs/notes/guard/<writer>` to a remote (its name, or a URL) by the git program, so that hooks run.
///
/// Where the remote has lines that this clone lacks, they are fetched and united with ours, and the push is tried again. Unsigned
/// notes are united for the remote alone. In our own ref, lines that anybody may push would pass for runs on this machine.
///
/// # Errors
/// There are no notes of that writer; there is no git program; the remote or a hook refuses, with git's own words; others were
/// faster again and again.
pub fn push(repo: &Repo, remote: &str, writer: &str) -> Result<()> {
    let name = format!("{PREFIX}{writer}");
    let unsigned = writer == local_writer(repo)?;
    let (mut words, mut aside) = (Vec::new(), None);
    for _ in 0..TRIES {
        let Some(ours) = aside.or(repo.reference(&name)?) else {
            return Err(Error::new(format!("there is no `{}` to push: nothing is recorded there", escape(name.as_bytes())))
                .next("guard evidence"));
        };
        let source = aside.map_or_else(|| name.clone(), |commit: Oid| commit.to_string());
        let run = program::run(repo, &["push", "--quiet", "--porcelain", "--", remote, &format!("{source}:{name}")])?;
        if run.status.success() {
            return Ok(());
        }
        words = [run.stdout, run.stderr].concat();
        match theirs(repo, remote, &name)? {
            Some(theirs) if !range::is_ancestor(repo, theirs, ours)? => {
                if unsigned {
                    aside = Some(unite_aside(repo, writer, theirs)?);
                } else {
                    unite(repo, writer, theirs)?;
                }
            }
            Some(_) | None if raced(&words) => pause(),
            Some(_) | None => break,
        }
    }
    let to = escape(remote.as_bytes());
    let error = Error::new(format!("git could not push `{}` to `{to}`", escape(name.as_bytes())));
    let error = error.help("the records are kept here, and can be pushed again");
    let error = error.next(format!("git push {} {name}:{name}", crate::text::shell_quote(remote.as_bytes())));
    Err(Error { details: Some(program::all_lines(&words)), ..error })
}

/// Whether the remote refused because another push held or moved the ref in that moment, by git's words and the guard's.
#[expect(clippy::disallowed_methods, reason = "git's words, of which ASCII is looked for")]
fn raced(words: &[u8]) -> bool {
    let signs = ["cannot lock ref", "failed to update ref", "incorrect old value provided", "is not what the push says it was"];
    let text = String::from_utf8_lossy(words);
    signs.iter().any(|sign| text.contains(sign))
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
