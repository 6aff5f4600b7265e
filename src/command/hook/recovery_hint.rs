//! What a refused transaction leaves behind, and the command that goes back: git has often moved the index and the work tree before it
//! asks.

use crate::command::hook::message;
use crate::command::invocation::Invocation;
use crate::error::Result;
use crate::git::Head;
use crate::model::Oid;
use crate::text::escape;

/// The file by which git knows an operation that has stopped, what has, and the command that gives it up. The first counts.
const OPERATIONS: [(&str, &str, &str); 6] = [
    ("rebase-apply/applying", "the mails", "git am --abort"),
    ("rebase-apply", "the rebase", "git rebase --abort"),
    ("rebase-merge", "the rebase", "git rebase --abort"),
    ("CHERRY_PICK_HEAD", "the cherry-pick", "git cherry-pick --abort"),
    ("REVERT_HEAD", "the revert", "git revert --abort"),
    ("MERGE_HEAD", "the merge", "git merge --abort"),
];

/// The last lines of a refusal. `moved` is a branch that would have moved, and `tip` where to.
///
/// # Errors
/// `HEAD`, the commit or its message's file can't be read.
pub fn words(invocation: &Invocation<'_>, moved: &[u8], tip: Oid) -> Result<Vec<String>> {
    let git_dir = invocation.repo.git_dir();
    if let Some((_, what, back)) = OPERATIONS.into_iter().find(|(file, ..)| git_dir.join(file).exists()) {
        return Ok(vec![format!("no branch was moved; {what} stands where it was: {back} gives it up")]);
    }
    let checked_out = match invocation.repo.head()? {
        Head::Branch(name, _) | Head::Unborn(name) => name == moved,
        Head::Detached(_) => false,
    };
    if !checked_out {
        return Ok(vec![format!("no branch was moved: `{}` is where it was", escape(moved))]);
    }
    let action = invocation.context.reflog_action().unwrap_or_default();
    if matches!(action.split(|b| matches!(b, b' ' | b':')).next(), Some(b"merge" | b"pull")) {
        // They have put their files into place before they ask; what nobody had staged stays.
        return Ok(vec!["no branch was moved, but the index and the work tree were: git reset --merge takes them back".to_owned()]);
    }
    let file = git_dir.join("COMMIT_EDITMSG");
    let said = invocation.repo.commit(tip)?.message;
    // Git leaves the file of an older commit there, too.
    if file.is_file() && message::text(invocation, &file)?.trim_ascii() == said.trim_ascii() {
        let mut lines = vec!["no branch was moved; what was to be committed is still staged".to_owned()];
        lines.push(message::kept(invocation, &file));
        if said.starts_with(b"Revert \"") || said.starts_with(b"Reapply \"") {
            lines.push("or, to give the revert up: git reset --merge".to_owned());
        }
        return Ok(lines);
    }
    Ok(vec![
        "no branch was moved; git status says whether the index and the work tree were,".to_owned(),
        "and git reset --merge takes them back, and what is staged with them".to_owned(),
    ])
}
