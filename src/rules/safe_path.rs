//! No path that deceives.

use std::collections::BTreeMap;

use crate::facts::{Facts, Subject, SubjectKind};
use crate::model::{EntryKind, FileChange, FileStatus, RepoPath};
use crate::policy::{Policy, Submodules};
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::confusable::{Guarded, confused, guarded};
use super::link;
use super::name::{deceives, is_not_portable};
use super::quote::{take_out, take_paths_out_help};
use super::{Rule, Waivable};
use crate::rules::path_sides::re_aimed;
use crate::rules::violation::{change_set, conclude, draft, several, shown};

/// The rule.
pub static RULE: Rule = Rule {
    id: "safe-path",
    summary: "no path deceives a reader, a file system or git",
    explanation: "\
Rejects paths that are not what they seem: `.git` and its disguises, `..`, empty
components, control and invisible characters, a name that looks like a guarded
one's, names over 255 bytes and paths over 4,096, a symbolic link that leaves the
repository or enters a guarded area, and trees that git's own fsck refuses.

With `portable = true` (the default) also what another file system would fold, trim
or refuse: backslashes, trailing dots and spaces, NTFS streams and short names,
device names (`aux.c`), bytes that are not UTF-8, and a path that is another's but
for case or normalisation.

Why: every other rule goes by paths. A `mіddleware/` with one Cyrillic letter is no
`middleware/`, a link is another door to it, and `.GIT/hooks` is code that runs in
the next clone.

    error[safe-path]: `src/aux.c`: `aux.c` is a device name on Windows

To satisfy it: give the path another name (`git mv OLD NEW`), or take it out
(`git restore --staged PATH`). Deleting such a path is never rejected, nor is editing
what stands under it: names are judged where a change brings them. A joiner or a
variation selector is no invisible character where a script or an emoji needs it.

Keys: `[paths] portable, symlinks, submodules`.
",
    bootstrap: true,
    free: true,
    waiver: Waivable::Never,
    about_proof: false,
    whoever: true,
    check,
};

/// Longest path that systems open, in bytes.
const MOST_BYTES: usize = 4096;

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    if subject.kind.name() == SubjectKind::Landing && policy.paths.portable {
        return meeting(case, subject);
    }
    if let Err(elsewhere) = change_set(subject) {
        return elsewhere;
    }
    // Only a name beyond ASCII can look like another: for a push of thousands of commits the guarded ones' looks would cost a third.
    let odd = subject.changes.iter().any(|change| !change.path.as_bytes().is_ascii());
    let guarded = if odd { guarded(policy) } else { Vec::new() };
    let mut found: BTreeMap<Problem, Vec<&FileChange>> = BTreeMap::new();
    for change in subject.aimed().filter(|c| c.new.is_some()) {
        for problem in problems(policy, &guarded, change) {
            found.entry(problem).or_default().push(change);
        }
    }
    let paths = found.iter().map(|(problem, changes)| violation(subject, problem, changes));
    let trees = subject.tree_problems.iter().map(|problem| Violation {
        paths: vec![problem.path.clone()],
        help: "git itself makes no such tree: make it anew with git".to_owned(),
        next: take_out(subject, &[]),
        ..draft(subject, format!("malformed tree at {}: {}", shown(&problem.path), escape(problem.message.as_bytes())))
    });
    conclude(subject, paths.chain(trees).collect(), Vec::new(), "no path deceives")
}

/// What is wrong with a path.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    /// A phrase.
    what: String,
    /// Only `[paths] portable` minds.
    portable: bool,
}

impl Problem {
    fn everywhere(what: String) -> Self {
        Self { what, portable: false }
    }

    fn elsewhere(what: String) -> Self {
        Self { what, portable: true }
    }
}

fn violation(subject: &Subject, problem: &Problem, changes: &[&FileChange]) -> Violation {
    let paths: Vec<RepoPath> = changes.iter().map(|c| c.path.clone()).collect();
    let message = format!("{}: {}", several(&paths), problem.what);
    // A link that leads elsewhere does so under any name.
    let rename = if changes.iter().all(|change| change.old == change.new) { "" } else { "give it another name, or " };
    let portable = if problem.portable { "; `[paths] portable` asks for names that every file system takes" } else { "" };
    Violation {
        paths,
        details: re_aimed(subject, changes),
        help: format!("{rename}{}{portable}", take_paths_out_help(subject, "it", changes)),
        next: take_out(subject, changes),
        ..draft(subject, message)
    }
}

/// A clean merge may bring together what no commit of it did: two names that another file system takes for one.
fn meeting(case: &Facts<'_>, subject: &Subject) -> Outcome {
    let commits = || case.subjects.iter().filter(|s| s.kind.name() == SubjectKind::Commit).flat_map(|s| &s.changes);
    let known = |one: &FileChange| commits().any(|c| c.path == one.path && !c.collisions.is_empty());
    let met = subject.changes.iter().filter(|c| !c.collisions.is_empty() && !known(c));
    let violations = met.flat_map(|c| c.collisions.iter().map(|other| violation(subject, &same_as(other), &[c])));
    conclude(subject, violations.collect(), Vec::new(), "no two names meet that another file system takes for one")
}

fn same_as(other: &RepoPath) -> Problem {
    Problem::elsewhere(format!("the same as {} but for case or normalisation", shown(other)))
}

/// Whether the change brings its name, rather than edits what stood there under it.
fn brings(change: &FileChange) -> bool {
    match change.status {
        FileStatus::Added | FileStatus::Renamed { .. } => true,
        FileStatus::Modified | FileStatus::TypeChanged | FileStatus::Deleted => false,
    }
}

/// What this rule says against a change of a path, each as a phrase, for whoever asks before there is one.
pub fn against(policy: &Policy, change: &FileChange) -> Vec<String> {
    problems(policy, &guarded(policy), change).into_iter().map(|problem| problem.what).collect()
}

/// Everything that is wrong with the path that stands after a change.
fn problems(policy: &Policy, guarded: &[Guarded<'_>], change: &FileChange) -> Vec<Problem> {
    let mut all: Vec<String> = if brings(change) { of_name(guarded, &change.path) } else { Vec::new() };
    all.extend(link::problem(policy, change));
    if policy.paths.submodules == Submodules::Deny && change.new.is_some_and(|new| new.kind == EntryKind::Submodule) {
        all.push("a submodule, which the policy denies".to_owned());
    }
    let mut all: Vec<Problem> = all.into_iter().map(Problem::everywhere).collect();
    if policy.paths.portable && brings(change) {
        all.extend(change.path.components().flat_map(is_not_portable).map(Problem::elsewhere));
    }
    if policy.paths.portable {
        all.extend(change.collisions.iter().map(same_as));
    }
    all
}

/// What is wrong with a name everywhere.
fn of_name(guarded: &[Guarded<'_>], path: &RepoPath) -> Vec<String> {
    let bytes = path.as_bytes().len();
    let mut all: Vec<String> = path.components().flat_map(deceives).collect();
    if bytes > MOST_BYTES {
        all.push(format!("a path of {bytes} bytes, {MOST_BYTES} allowed"));
    }
    if let Some((name, component)) = confused(guarded, path) {
        all.push(format!("`{}` looks like the guarded name `{}`, and isn't", escape(&component), escape(name.as_bytes())));
    }
    all
}
