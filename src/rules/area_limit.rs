//! No session over more areas than allowed.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, Kind, Subject, SubjectKind};
use crate::model::{AreaNames, FileChange, RepoPath};
use crate::policy::{Cited, Policy, Scope};
use crate::text::escape;
use crate::verdict::{Measured, Outcome, Violation};

use super::limit::limits;
use super::quote::take_out;
use super::remedy::index_of;
use super::touch::doubt;
use super::{Rule, Waivable};
use crate::rules::revert_exemption::{EXEMPT, returns_to_a_proven_tree};
use crate::rules::violation::{conclude, count, counted_in, draft, names, several};

/// The rule.
pub static RULE: Rule = Rule {
    id: "area-limit",
    summary: "no session touches more areas than allowed",
    explanation: "\
Rejects a session (all of one specialist's work between the base and the tip) that
touches more areas of the system than allowed.

Why: the \"massive multi-system change\". API, middleware and web UI were changed
in one go, so that nobody could say which part broke what, and none could be
taken back alone. A small diff can do that as well as a large one.

    error[area-limit]: 3 areas touched in this session, 2 allowed

An area counts when a path that still differs from the base is one of its `paths`,
or when the lines that match its `lines` are not the same before and after.

To satisfy it: let one area land before the next is touched: put the commits of
each on a branch of their own (`git switch -c PART BASE`, `git cherry-pick COMMIT`).
Taking a change back frees its area. Exempt: a true revert, whose tree is proven and
stands in the base's history.

Keys: `max-areas-per-session` of `[specialist.NAME]` or `[defaults]`;
`[area.NAME] paths, lines`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::UpTo,
    about_proof: false,
    whoever: false,
    check,
};

/// Paths of each area: those that are certain, and why others are not.
#[derive(Default)]
struct AreaPaths {
    paths: BTreeSet<RepoPath>,
    doubts: Vec<String>,
}

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    let limit = match limit(policy, subject) {
        Ok(limit) => limit,
        Err(outcome) => return outcome,
    };
    let allowed = limit.value;
    let found = areas(subject);
    let certain: BTreeMap<&str, &AreaPaths> = found.iter().filter(|(_, f)| !f.paths.is_empty()).map(|(n, f)| (*n, f)).collect();
    let phrase = format!("{} touched in this session, {allowed} allowed", count(certain.len() as u64, "area"));
    if found.len() as u64 <= allowed {
        return conclude(subject, Vec::new(), Vec::new(), phrase);
    }
    if returns_to_a_proven_tree(policy, case, subject) {
        return conclude(subject, Vec::new(), Vec::new(), format!("{phrase}, and {EXEMPT}"));
    }
    if certain.len() as u64 <= allowed {
        let doubts = found.values().flat_map(|f| f.doubts.clone()).collect();
        return conclude(subject, Vec::new(), doubts, phrase);
    }
    Outcome::Violated(vec![Violation {
        paths: certain.values().flat_map(|f| &f.paths).cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        details: certain.iter().map(|(name, f)| line(name, f)).chain(counted_in(policy, subject)).collect(),
        measured: Some(Measured::Exact(certain.len() as u64)),
        limit: Some(allowed),
        policy: Some(limit.at),
        help: format!("let one area land before the next: {}", names(certain.keys().copied())),
        next: staged(case, subject, &certain, allowed),
        ..draft(subject, phrase)
    }])
}

/// The command that leaves for later the areas that the index alone touches, where that is enough.
fn staged(case: &Facts<'_>, subject: &Subject, certain: &BTreeMap<&str, &AreaPaths>, allowed: u64) -> Vec<String> {
    let Some(index) = index_of(case, subject) else { return Vec::new() };
    let all: BTreeSet<&RepoPath> = index.changes.iter().flat_map(FileChange::paths).collect();
    let own = |found: &&&AreaPaths| found.paths.iter().all(|path| all.contains(path));
    let over = certain.len().saturating_sub(usize::try_from(allowed).unwrap_or(usize::MAX));
    let later: Vec<&&AreaPaths> = certain.values().rev().filter(own).take(over).collect();
    if later.len() < over {
        return Vec::new();
    }
    let paths: BTreeSet<&RepoPath> = later.iter().flat_map(|found| &found.paths).collect();
    let touching = index.changes.iter().filter(|change| change.paths().any(|path| paths.contains(path)));
    take_out(index, &touching.collect::<Vec<_>>())
}

/// The limit that judges `subject`; else why there is none.
fn limit<'p>(policy: &'p Policy, subject: &Subject) -> Result<&'p Cited<u64>, Outcome> {
    if subject.kind.name() != SubjectKind::Session {
        return Err(Outcome::NotApplicable("areas are counted over a session".to_owned()));
    }
    limits(policy, subject)?.of(RULE.id, Scope::Session).ok_or_else(|| Outcome::NotApplicable("no such limit".to_owned()))
}

/// The areas that a report names: all that is touched; of a session what still differs, as the limit counts it.
pub(super) fn names_of(subject: &Subject) -> AreaNames {
    match subject.kind {
        Kind::Session { .. } => areas(subject).into_keys().map(str::to_owned).collect(),
        Kind::Index(_) | Kind::Commit { .. } | Kind::Carried(_) | Kind::Landing { .. } => {
            subject.parts.iter().flat_map(|p| &p.touches).map(|t| t.area.clone()).collect()
        }
    }
}

/// Areas that are touched by what still differs from the base.
fn areas(subject: &Subject) -> BTreeMap<&str, AreaPaths> {
    let differing: BTreeSet<&RepoPath> = subject.changes.iter().flat_map(|c| c.paths()).collect();
    let touches = subject.parts.iter().flat_map(|p| &p.touches).filter(|t| differing.contains(&t.path));
    let mut all: BTreeMap<&str, AreaPaths> = BTreeMap::new();
    for touch in touches {
        let found = all.entry(touch.area.as_str()).or_default();
        match doubt(touch) {
            None => found.paths.extend([touch.path.clone()]),
            Some(doubt) => found.doubts.push(doubt),
        }
    }
    all
}

fn line(name: &str, found: &AreaPaths) -> String {
    let paths: Vec<RepoPath> = found.paths.iter().cloned().collect();
    format!("`{}`: {}", escape(name.as_bytes()), several(&paths))
}
