//! Where symbolic links may point.

use crate::model::{EntryKind, FileChange, LinkTarget, RepoPath};
use crate::policy::{Policy, Symlinks};
use crate::text::escape;

use super::confusable::is_guarded;
use super::name::is_file_of_git;
use crate::rules::violation::shown;

/// What is wrong with the symbolic link that stands at a path after the change, as a phrase.
pub(super) fn problem(policy: &Policy, change: &FileChange) -> Option<String> {
    change.new.filter(|new| new.kind == EntryKind::Symlink)?;
    if change.path.components().next_back().is_some_and(is_file_of_git) {
        return Some("a symbolic link in place of a file that git reads".to_owned());
    }
    match policy.paths.symlinks {
        Symlinks::Allow => None,
        Symlinks::Deny => Some("a symbolic link, which the policy denies".to_owned()),
        // Old first: the last is the one that stands there now.
        Symlinks::Inside => match change.links.last() {
            None => Some("a symbolic link whose target is not known".to_owned()),
            Some(LinkTarget::Unknown(why)) => Some(format!("a symbolic link whose target can't be told: {why}")),
            Some(LinkTarget::Outside(target)) => Some(format!("a symbolic link out of the repository, to `{}`", escape(target))),
            Some(LinkTarget::Inside(target)) => enters(policy, &change.path, target),
        },
    }
}

/// A link from elsewhere into a guarded area would be another door to it.
fn enters(policy: &Policy, from: &RepoPath, to: &RepoPath) -> Option<String> {
    let within = |path: &RepoPath, paths: &crate::policy::Patterns| paths.matches_folded(path).is_some();
    let area = policy.areas.iter().find(|a| is_guarded(a) && within(to, &a.paths) && !within(from, &a.paths))?;
    Some(format!("a symbolic link into guarded area `{}`, to {}", escape(area.name.value.as_bytes()), shown(to)))
}
