//! Commands that work when pasted: quoting for a shell, and paths as git's pathspecs.

use crate::facts::{ChangeSet, Kind, Predecessor, Standing, Subject};
use crate::model::{FileChange, Oid, RepoPath};
use crate::rules::path_sides::made;
use crate::text::shell_quote;

/// More paths than this make no command that anybody would paste.
const MOST_PATHS: usize = 30;

/// A path as a pathspec that means this path alone, quoted; `below`: wherever in the work tree it is pasted.
fn pathspec(path: &RepoPath, below: bool) -> String {
    let bytes = path.as_bytes();
    // After `:/`, much of what is neither letter nor digit has a meaning of its own.
    let plain_start = bytes.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.');
    if bytes.starts_with(b":") || bytes.iter().any(|b| b"*?[\\".contains(b)) || (below && !plain_start) {
        return shell_quote(&[b":(top,literal)", bytes].concat());
    }
    if below { shell_quote(&[b":/", bytes].concat()) } else { shell_quote(bytes) }
}

/// The command that takes `changes` out of what is judged: out of the index, or the commit back so that it can be made anew.
/// Nothing for a session or a landing, which no single command changes.
pub(super) fn take_out(subject: &Subject, changes: &[&FileChange]) -> Vec<String> {
    match staged_on(subject) {
        // Restored from one parent, a path would lose what the others did to it.
        Some(Predecessor::Several) => return vec!["git merge --abort".to_owned()],
        Some(_) if changes.is_empty() => return Vec::new(),
        Some(before) => return vec![unstage(subject, before, &made(subject, changes))],
        None => {}
    }
    match (&subject.kind, subject.commit) {
        (Kind::Commit { .. }, _) if met_in_merge(subject, changes) => Vec::new(),
        (Kind::Commit { set: ChangeSet { before: Predecessor::Several, .. }, .. }, Some(commit)) => {
            vec![format!("git show --remerge-diff {commit}")]
        }
        (Kind::Commit { set, .. }, Some(commit)) => {
            let elsewhere = Aside::of(subject, commit);
            let take_back = match set.before {
                Predecessor::Nothing => format!("checkout --orphan anew-{}", commit.short()),
                Predecessor::Several | Predecessor::Parent | Predecessor::HeadsParent => {
                    let named = if elsewhere.is_some() { abbreviated(commit) } else { commit.to_string() };
                    format!("reset --soft {named}^")
                }
            };
            elsewhere.map_or_else(|| vec![format!("git {take_back}")], |aside| vec![aside.made(commit), aside.git(&take_back)])
        }
        (Kind::Carried(_), Some(merge)) => match Aside::of(subject, merge) {
            None => vec![format!("git switch -c anew-{} {merge}^", merge.short())],
            Some(aside) => {
                let back = format!("switch -c anew-{} {}^", merge.short(), abbreviated(merge));
                vec![aside.made(merge), aside.git(&back)]
            }
        },
        (Kind::Carried(_), None) => vec!["git merge --abort".to_owned()],
        (Kind::Index(_) | Kind::Session { .. } | Kind::Landing { .. }, _) | (Kind::Commit { .. }, None) => Vec::new(),
    }
}

/// The words for what `take_out` does to links and other paths, called `what`.
pub(super) fn take_paths_out_help(subject: &Subject, what: &str, changes: &[&FileChange]) -> String {
    if met_in_merge(subject, changes) {
        "neither side of the merge is wrong alone: have one of the links lead elsewhere on its side, and merge again".to_owned()
    } else {
        take_out_help(subject, what)
    }
}

/// Whether all of `changes` are links that nobody changed, and that a merge re-aims: there is nothing to take out of it.
fn met_in_merge(subject: &Subject, changes: &[&FileChange]) -> bool {
    !changes.is_empty() && made(subject, changes).is_empty()
}

/// The words for what `take_out` does.
pub(super) fn take_out_help(subject: &Subject, what: &str) -> String {
    match staged_on(subject) {
        Some(Predecessor::Several) => {
            return "give the merge up and make it anew: what git itself makes of it is no change of yours".to_owned();
        }
        Some(_) => return format!("take {what} out of the index"),
        None => {}
    }
    match &subject.kind {
        Kind::Commit { set: ChangeSet { before: Predecessor::Several, .. }, .. } => {
            "make the merge anew: what git itself makes of it is no change of yours, and this shows what is".to_owned()
        }
        Kind::Commit { .. } => {
            format!("{}, and commit again without {what}", take_back(subject))
        }
        Kind::Carried(_) => {
            "the merge carries edits here that were made under other names: take them back under those, on a branch without the merge, \
             and merge again"
                .to_owned()
        }
        Kind::Index(_) | Kind::Session { .. } | Kind::Landing { .. } => format!("take {what} back"),
    }
}

/// Where what is judged lies in the index, to be committed or just being made a commit: what it is put on.
pub(super) fn staged_on(subject: &Subject) -> Option<Predecessor> {
    match (&subject.kind, subject.head) {
        (Kind::Index(set), _) | (Kind::Commit { set, .. }, Standing::Staged) => Some(set.before),
        (Kind::Commit { .. }, Standing::Amending) => Some(Predecessor::HeadsParent),
        (Kind::Commit { .. }, Standing::Elsewhere | Standing::Holds)
        | (Kind::Carried(_) | Kind::Session { .. } | Kind::Landing { .. }, _) => None,
    }
}

/// The words for taking a commit back; where HEAD isn't on it, in a work tree of its own.
pub(super) fn take_back(subject: &Subject) -> &'static str {
    if subject.head == Standing::Holds {
        "take the commit back, which keeps its changes in the index"
    } else {
        "take the commit back in a work tree of its own, which keeps its changes in the index there"
    }
}

/// So much of an id as fits into a line, and names one commit in any repository.
fn abbreviated(commit: Oid) -> String {
    commit.to_string().chars().take(12).collect()
}

/// A work tree beside the others, for what HEAD doesn't stand on: nothing that is done there moves a branch or an index that was not judged.
pub(super) struct Aside {
    /// Its path, quoted.
    path: String,
}

impl Aside {
    /// `None`: HEAD stands on the commit.
    pub(super) fn of(subject: &Subject, commit: Oid) -> Option<Self> {
        if subject.head == Standing::Holds {
            return None;
        }
        let name = format!("../anew-{}", commit.short());
        let path = if subject.place.below_root { format!("\"$(git rev-parse --show-toplevel)/{name}\"") } else { name };
        Some(Self { path })
    }

    /// The command that makes it, at `commit`.
    pub(super) fn made(&self, commit: Oid) -> String {
        format!("git worktree add --detach {} {}", self.path, abbreviated(commit))
    }

    /// A git command in it.
    pub(super) fn git(&self, command: &str) -> String {
        format!("git -C {} {command}", self.path)
    }

    /// A command of the guard's in it.
    pub(super) fn guard(&self, command: &str) -> String {
        format!("guard -C {} {command}", self.path)
    }
}

fn unstage(subject: &Subject, before: Predecessor, changes: &[&FileChange]) -> String {
    let few = changes.len() <= MOST_PATHS;
    let all: Vec<&RepoPath> = changes.iter().take(MOST_PATHS).flat_map(|c| c.paths()).collect();
    // A file that took a directory's place, or a directory a file's: its path stands for what lies below it, which is gone once it is back.
    let covered = |path: &RepoPath| all.iter().any(|other| lies_below(path, other));
    let paths: Vec<String> =
        all.iter().filter(|path| !covered(path)).map(|path| pathspec(path, subject.place.below_root)).collect();
    let command = match (before, few) {
        (Predecessor::HeadsParent, _) => "git restore --staged --source=HEAD^",
        (Predecessor::Parent | Predecessor::Several, _) => "git restore --staged",
        // Without a commit there is nothing to restore from; `-f` because the file may differ from what is staged.
        (Predecessor::Nothing, true) => "git rm --cached -f",
        (Predecessor::Nothing, false) => "git rm --cached -f -r",
    };
    format!("{command} -- {}", if few { paths.join(" ") } else { ":/".to_owned() })
}

fn lies_below(path: &RepoPath, directory: &RepoPath) -> bool {
    path.as_bytes().strip_prefix(directory.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
}
