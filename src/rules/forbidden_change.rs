//! Kinds of change that an area forbids, or keeps for owners.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, Subject, SubjectKind, Touch};
use crate::model::{FileChange, FileStatus, RepoPath};
use crate::policy::{Area, Cited, Forbidden, Policy, Position};
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::quote::{take_out, take_paths_out_help};
use super::touch::{self, doubt};
use super::{Rule, Waivable};
use crate::rules::path_sides::{Seen, distinct, in_front, kinds, re_aimed, seen, through_links, untold};
use crate::rules::violation::{change_set, conclude, draft, several};

/// The rule.
pub static RULE: Rule = Rule {
    id: "forbidden-change",
    summary: "no change of a kind that an area forbids, or keeps for owners",
    explanation: "\
Rejects adding, modifying or deleting what an area forbids to add, modify or delete
(`forbid`), and any change of what is for owners (`owners-only`).

Why: a migration that has run somewhere must never be edited; what decides how
changes are judged (CI, hooks, attributes) is not for those who are judged.

    error[forbidden-change]: area `database` forbids to modify: `migrations/0001.sql`

A rename deletes one path and adds another; a change of mode, of type or of a
submodule pointer modifies. Both paths of a rename and the targets of symbolic links
are looked at, read generously (`Migrations/` is `migrations/`), and so are links and
submodules where a pattern needs a directory (`src` for `src/db/`); a change of an
area's `lines` is a change of that area, of the kind that befell their file.

A path that a session deletes in one commit and adds in another, with other content, it
has modified: where that is forbidden, the session is rejected.

To satisfy it: take the path out (`git restore --staged PATH`); add a new migration
in place of editing one; leave what is for owners to an owner. `forbid` binds owners,
too: they change the policy first.

Keys: `[area.NAME] paths, lines, forbid, owners-only`, `[owners]`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: true,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Err(elsewhere) = change_set(subject) {
        return in_steps(policy, case, subject).unwrap_or(elsewhere);
    }
    let owner = subject.actor.as_ref().is_some_and(|a| a.owner);
    let strict: Vec<&Area> = policy.areas.iter().filter(|a| !a.forbid.is_empty() || for_owners(a, owner).is_some()).collect();
    if strict.is_empty() {
        return Outcome::NotApplicable("no area forbids anything here".to_owned());
    }
    let all: Vec<Seen<'_>> = subject.looked_at().flat_map(seen).collect();
    let violations = strict.iter().flat_map(|area| of_area(subject, area, owner, &all)).collect();
    let concerned = |t: &&Touch| strict.iter().any(|a| a.name.value == t.area);
    let doubts = subject.parts.iter().flat_map(|p| &p.touches).filter(concerned).filter_map(doubt);
    conclude(subject, violations, untold(subject).into_iter().chain(doubts).collect(), NOTHING)
}

const NOTHING: &str = "nothing forbidden is changed";

/// A session modifies what one of its change sets adds again after it was deleted: none of them does, and all together do. (No other
/// kind can be composed: what a session adds or deletes, one of its change sets adds or deletes.) `None`: nothing is modified so.
fn in_steps(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Option<Outcome> {
    let forbids = |area: &&Area| area.forbid.iter().any(|kind| kind.value == Forbidden::Modify);
    let strict: Vec<&Area> = policy.areas.iter().filter(forbids).collect();
    if subject.kind.name() != SubjectKind::Session || strict.is_empty() {
        return None;
    }
    let whose = |s: &Subject| s.actor.as_ref().map(|a| a.name.clone());
    let own = case.subjects.iter().filter(|s| !s.free && s.kind.change_set().is_some() && whose(s) == whose(subject));
    let added: BTreeSet<&RepoPath> = own.flat_map(|s| &s.changes).filter(|c| adds(c)).map(|c| &c.path).collect();
    let again = |c: &&FileChange| c.old.is_some() && c.new.is_some() && !adds(c) && added.contains(&c.path);
    let changes: Vec<&FileChange> = subject.changes.iter().filter(again).collect();
    if changes.is_empty() {
        return None;
    }
    let all: Vec<Seen<'_>> = changes.iter().copied().flat_map(seen).collect();
    let mut violations: Vec<Violation> = strict.iter().flat_map(|area| of_area(subject, area, true, &all)).collect();
    for violation in &mut violations {
        violation.details.push("deleted in one commit and added in another, with other content".to_owned());
        "give them the content that they had, or add what is new under another name".clone_into(&mut violation.help);
    }
    let concerned = |t: &&Touch| strict.iter().any(|a| a.name.value == t.area) && added.contains(&t.path);
    let doubts = subject.parts.iter().flat_map(|p| &p.touches).filter(concerned).filter_map(doubt);
    Some(conclude(subject, violations, doubts.collect(), NOTHING))
}

fn adds(change: &FileChange) -> bool {
    match change.status {
        FileStatus::Added | FileStatus::Renamed { .. } => true,
        FileStatus::Modified | FileStatus::Deleted | FileStatus::TypeChanged => false,
    }
}

/// Where the policy keeps the area for owners, unless it is one who acts.
fn for_owners(area: &Area, owner: bool) -> Option<Position> {
    area.owners_only.as_ref().filter(|only| only.value && !owner).map(|only| only.at)
}

fn of_area(subject: &Subject, area: &Area, owner: bool, all: &[Seen<'_>]) -> Vec<Violation> {
    let by_path: Vec<&Seen<'_>> = all.iter().filter(|s| s.concerns(&area.paths).is_some()).collect();
    let by_line: Vec<(&Touch, &FileChange)> = touched_lines(subject, area, all);
    let name = escape(area.name.value.as_bytes());
    let forbidden = area.forbid.iter().filter_map(|Cited { value, at }| {
        let paths: Vec<&Seen<'_>> = by_path.iter().copied().filter(|s| s.kind == *value).collect();
        let lines: Vec<_> = by_line.iter().copied().filter(|(_, c)| kinds(c).any(|k| k == *value)).collect();
        violation(subject, area, (&format!("area `{name}` forbids to {}", verb(*value)), *at), &paths, &lines)
    });
    let kept = for_owners(area, owner);
    let kept = kept.and_then(|at| violation(subject, area, (&format!("area `{name}` is for owners"), at), &by_path, &by_line));
    forbidden.chain(kept).collect()
}

/// Matching lines that are not the same before and after, in the files that are looked at.
fn touched_lines<'a>(subject: &'a Subject, area: &Area, all: &[Seen<'a>]) -> Vec<(&'a Touch, &'a FileChange)> {
    let touches = subject.parts.iter().flat_map(|p| &p.touches);
    let certain = touches.filter(|t| t.area == area.name.value && t.line.is_some() && t.unknown.is_none());
    let changes: BTreeMap<&RepoPath, &FileChange> = all.iter().map(|s| (s.own, s.change)).collect();
    certain.filter_map(|t| changes.get(&t.path).map(|c| (t, *c))).collect()
}

fn verb(kind: Forbidden) -> &'static str {
    match kind {
        Forbidden::Add => "add",
        Forbidden::Modify => "modify",
        Forbidden::Delete => "delete",
    }
}

fn violation(
    subject: &Subject,
    area: &Area,
    (what, at): (&str, Position),
    by_path: &[&Seen<'_>],
    by_line: &[(&Touch, &FileChange)],
) -> Option<Violation> {
    let (mut paths, mut changes) = distinct(by_path);
    let mut known: BTreeSet<RepoPath> = paths.iter().cloned().collect();
    for (touch, change) in by_line {
        if known.insert(touch.path.clone()) {
            paths.push(touch.path.clone());
            changes.push(change);
        }
    }
    let touches: Vec<&Touch> = by_line.iter().map(|(touch, _)| *touch).collect();
    (!paths.is_empty()).then(|| {
        let message = format!("{what}: {}", several(&paths));
        Violation {
            paths,
            details: [through_links(by_path), re_aimed(subject, &changes), in_front(by_path, &area.paths), touch::lines(&touches)]
                .concat(),
            policy: Some(at),
            help: take_paths_out_help(subject, "these paths", &changes),
            next: take_out(subject, &changes),
            ..draft(subject, message)
        }
    })
}
