//! What path rules look at: both paths of a rename, and where a symbolic link points.

use crate::facts::Subject;
use crate::model::{FileChange, FileStatus, LinkTarget, Reaimed, RepoPath};
use crate::policy::{Cited, Forbidden, Pattern, Patterns, Place};
use crate::text::escape;

use crate::rules::violation::{several, shown};

/// A path that a change concerns.
pub struct Seen<'a> {
    /// The path that patterns are matched against.
    pub path: &'a RepoPath,
    /// What happens there: a rename deletes one path and adds another.
    pub kind: Forbidden,
    /// The changed path itself: `path`, or the link that points to it.
    pub own: &'a RepoPath,
    /// The whole change.
    pub change: &'a FileChange,
}

impl Seen<'_> {
    /// The first of `prohibited` that this concerns.
    pub fn concerns<'p>(&self, prohibited: &'p Patterns) -> Option<&'p Cited<Pattern>> {
        if prohibited.is_empty() {
            return None;
        }
        prohibited.concerned_by(&Place::new(self.path, self.change.leads_at(self.path)))
    }
}

/// Every path that `change` concerns; symbolic links at their targets, too, before and after.
pub fn seen(change: &FileChange) -> Vec<Seen<'_>> {
    let of = |path, kind, own| Seen { path, kind, own, change };
    let mut all: Vec<Seen<'_>> = sides(change).map(|(path, kind)| of(path, kind, path)).collect();
    for (index, target) in change.links.iter().enumerate() {
        if let LinkTarget::Inside(path) = target {
            let (own, kind) =
                sides(change).nth(index).or_else(|| sides(change).last()).unwrap_or((&change.path, Forbidden::Modify));
            all.push(of(path, kind, own));
        }
    }
    all
}

/// The changed paths, the old one of a rename first, as its links are.
fn sides(change: &FileChange) -> impl Iterator<Item = (&RepoPath, Forbidden)> {
    let (from, kind) = match &change.status {
        FileStatus::Added => (None, Forbidden::Add),
        FileStatus::Modified | FileStatus::TypeChanged => (None, Forbidden::Modify),
        FileStatus::Deleted => (None, Forbidden::Delete),
        FileStatus::Renamed { from } => (Some((from, Forbidden::Delete)), Forbidden::Add),
    };
    from.into_iter().chain(std::iter::once((&change.path, kind)))
}

/// What happens to a change's own paths.
pub(super) fn kinds(change: &FileChange) -> impl Iterator<Item = Forbidden> {
    sides(change).map(|(_, kind)| kind)
}

/// Links whose target nobody can tell, each as a phrase.
pub(super) fn untold(subject: &Subject) -> Vec<String> {
    let phrase = |change: &FileChange, target: &LinkTarget| match target {
        LinkTarget::Unknown(why) => Some(format!("where the symbolic link {} points can't be told: {why}", shown(&change.path))),
        LinkTarget::Inside(_) | LinkTarget::Outside(_) => None,
    };
    subject.looked_at().flat_map(|c| c.links.iter().filter_map(move |t| phrase(c, t))).collect()
}

/// The paths and changes of `all`, each once; `all` is in the order of the changes.
pub(super) fn distinct<'a>(all: &[&Seen<'a>]) -> (Vec<RepoPath>, Vec<&'a FileChange>) {
    let mut paths: Vec<RepoPath> = Vec::new();
    let mut changes: Vec<&FileChange> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for seen in all {
        if known.insert(seen.own) {
            paths.push(seen.own.clone());
        }
        if !changes.last().is_some_and(|last| std::ptr::eq(*last, seen.change)) {
            changes.push(seen.change);
        }
    }
    (paths, changes)
}

/// Details for what was matched through a symbolic link.
pub(super) fn through_links(all: &[&Seen<'_>]) -> Vec<String> {
    let links = all.iter().filter(|s| s.path != s.own);
    links.map(|s| format!("{} is a symbolic link to {}", shown(s.own), shown(s.path))).collect()
}

/// Details for links that mean something else since: what did it.
pub(super) fn re_aimed(subject: &Subject, changes: &[&FileChange]) -> Vec<String> {
    let among = |one: &&Reaimed| changes.iter().any(|change| std::ptr::eq(*change, &one.link));
    let detail = |one: &Reaimed| {
        let link = shown(&one.link.path);
        match (one.by.is_empty(), one.leads_as_before()) {
            (true, false) => format!("nobody changed {link}: links of both sides of the merge meet on its way"),
            (true, true) => format!("nobody changed {link}: both sides of the merge meet behind it"),
            (false, false) => format!("nobody changed {link}: {} on its way is another now", several(&one.by)),
            (false, true) => format!("nobody changed {link}: {} is read through it now", several(&one.by)),
        }
    };
    subject.reaimed.iter().filter(among).map(detail).collect()
}

/// The changes, and in place of each link that nobody changed, those that did it: what can be taken back.
pub(super) fn made<'s>(subject: &'s Subject, changes: &[&'s FileChange]) -> Vec<&'s FileChange> {
    let mut made: Vec<&FileChange> = Vec::new();
    for change in changes {
        let reaimed = subject.reaimed.iter().find(|one| std::ptr::eq(*change, &one.link));
        let by = |path: &RepoPath| subject.changes.iter().find(|change| change.paths().any(|own| own == path));
        let own = reaimed.map_or_else(|| vec![*change], |one| one.by.iter().filter_map(by).collect());
        made.extend(own.into_iter().filter(|one| !made.iter().any(|known| std::ptr::eq(*known, *one))).collect::<Vec<_>>());
    }
    made
}

/// Details for links that stand where `prohibited` needs a directory.
pub(super) fn in_front(all: &[&Seen<'_>], prohibited: &Patterns) -> Vec<String> {
    let detail = |s: &&Seen<'_>| {
        let pattern = s.concerns(prohibited).filter(|_| prohibited.matches_folded(s.path).is_none())?;
        let text = escape(pattern.value.text().as_bytes());
        Some(format!("{} is a symbolic link or a submodule where `{text}` needs a directory", shown(s.own)))
    };
    all.iter().filter_map(detail).collect()
}
