//! What a refused transaction leaves behind, and the command that goes back: git has often moved the index and the work tree before it
//! asks.

use std::collections::BTreeSet;

use crate::command::hook::handoff::Reading;
use crate::command::hook::message;
use crate::command::invocation::Invocation;
use crate::error::Result;
use crate::git::{staged, tree_diff};
use crate::model::{Oid, RepoPath};
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
    let head = invocation.repo.head()?;
    let checked_out = head.branch() == Some(moved);
    let action = invocation.context.reflog_action().unwrap_or_default();
    if checked_out && matches!(action.split(|b| matches!(b, b' ' | b':')).next(), Some(b"merge" | b"pull")) {
        // They have put their files into place before they ask; what nobody had staged stays.
        return Ok(vec!["no branch was moved, but the index and the work tree were: git reset --merge takes them back".to_owned()]);
    }
    if checked_out && let Some(lines) = of_a_commit(invocation, tip)? {
        return Ok(lines);
    }
    if let Some(head) = head.commit()
        && is_in_place(invocation, head, tip)?
    {
        return Ok(vec![
            "no branch was moved, but the index and the work tree were; this takes them back,".to_owned(),
            "and leaves what else is changed or staged there:".to_owned(),
            format!("next: git read-tree -m -u {tip} {head}"),
        ]);
    }
    Ok(vec![format!("no branch was moved: `{}` is where it was", escape(moved))])
}

/// The words where a commit was being made: what it would hold is still staged. A commit that HEAD or a reset has been at isn't being made.
fn of_a_commit(invocation: &Invocation<'_>, tip: Oid) -> Result<Option<Vec<String>>> {
    let file = invocation.repo.git_dir().join("COMMIT_EDITMSG");
    let commit = invocation.repo.commit(tip)?;
    let said = commit.message;
    // Git leaves the file of an older commit there, too.
    let making = file.is_file()
        && message::text(invocation, &file)?.trim_ascii() == said.trim_ascii()
        && !invocation.repo.head_was_at(tip)?;
    if !making {
        return Ok(None);
    }
    let head = invocation.repo.head()?.commit();
    let reading = if head.is_none_or(|head| commit.parents.contains(&head)) { Reading::Plain } else { Reading::Amend };
    let mut lines = vec!["no branch was moved; what was to be committed is still staged".to_owned()];
    lines.push(message::kept(invocation, &file, reading));
    if said.starts_with(b"Revert \"") || said.starts_with(b"Reapply \"") {
        lines.push("or, to give the revert up: git reset --merge".to_owned());
    }
    Ok(Some(lines))
}

/// Whether the index holds what `tip` has, wherever that differs from HEAD: whoever asked has put it there before.
fn is_in_place(invocation: &Invocation<'_>, head: Oid, tip: Oid) -> Result<bool> {
    let repo = &invocation.repo;
    let (head, tip) = (repo.commit(head)?.tree, repo.commit(tip)?.tree);
    let max = invocation.settings.max_paths;
    // Unmerged, or not to be read: nothing is known of it.
    let Ok(index) = staged::tree(repo) else { return Ok(false) };
    let moved = tree_diff::between(repo, Some(head), Some(tip), max)?.deltas;
    let own = tree_diff::between(repo, Some(index), Some(tip), max)?.deltas;
    let own: BTreeSet<&RepoPath> = own.iter().map(|delta| &delta.path).collect();
    Ok(!moved.is_empty() && moved.iter().all(|delta| !own.contains(&delta.path)))
}
