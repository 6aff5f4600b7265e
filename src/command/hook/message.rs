//! The message's file that git hands to a hook.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::command::hook::handoff::Reading;
use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::evidence;
use crate::evidence::trailer;
use crate::gather::Side;
use crate::gather::trusted_policy::EffectivePolicy;
use crate::model::Oid;
use crate::text::escape;
use crate::text::shell_quote;

/// The file.
///
/// # Errors
/// There is none among the arguments.
pub fn file(args: &[OsString]) -> Result<PathBuf> {
    let missing = || {
        Error::new("git passed no message file to this hook")
            .help("git runs this hook by itself, and the doctor proves that it does")
            .next("guard doctor")
    };
    args.first().map(PathBuf::from).ok_or_else(missing)
}

/// Writes the markers of the tree's evidence, and removes those of other trees.
///
/// # Errors
/// The evidence can't be read, or the file can't be written.
pub fn write_markers(invocation: &Invocation<'_>, effective: &EffectivePolicy, tree: Oid, file: &Path) -> Result<()> {
    let gatherer = invocation.gatherer(effective, invocation.inputs(Side::Client))?;
    let proofs = gatherer.verification(tree, None, &[]).proofs(&[])?;
    let comment = comment_prefix(invocation, &read(file)?)?;
    trailer::rewrite_message_file(file, tree, &evidence::passing_suites(&proofs), &comment)
}

/// The message without comments.
///
/// # Errors
/// The file or the configuration can't be read.
pub fn text(invocation: &Invocation<'_>, file: &Path) -> Result<Vec<u8>> {
    let text = read(file)?;
    Ok(trailer::without_comments(&text, &comment_prefix(invocation, &text)?))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let shown = || escape(file.as_os_str().as_encoded_bytes());
    std::fs::read(file).map_err(|e| Error::from(e).context(format!("could not read the message file `{}`", shown())))
}

/// What begins a comment in a message's file.
fn comment_prefix(invocation: &Invocation<'_>, message: &[u8]) -> Result<Vec<u8>> {
    let setting = match invocation.repo.config("core.commentString")? {
        Some(text) => Some(text),
        None => invocation.repo.config("core.commentChar")?,
    };
    Ok(trailer::comment_prefix(setting.as_deref(), message))
}

/// How to go on with a message that a rejection has left. git's own path is relative to the top of the work tree: where git was not
/// started there, only an absolute one works when pasted.
pub fn kept(invocation: &Invocation<'_>, file: &Path, reading: Reading) -> String {
    let below = invocation.repo.work_tree().is_ok_and(|root| invocation.context.is_below(root));
    let file = if below { std::path::absolute(file).unwrap_or_else(|_| file.to_owned()) } else { file.to_owned() };
    let file = shell_quote(file.as_os_str().as_encoded_bytes());
    match reading {
        Reading::Plain => format!("the message is kept: git commit -eF {file}"),
        Reading::Amend => format!("the message is kept: git commit --amend -eF {file}"),
        Reading::Either => format!("the message is kept: git commit -eF {file} (with --amend, if it was given)"),
    }
}
