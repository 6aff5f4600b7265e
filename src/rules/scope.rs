//! No path outside what a specialist may touch.

use std::collections::BTreeMap;

use crate::facts::{Facts, Subject, Touch};
use crate::model::{FileChange, RepoPath};
use crate::policy::{Cited, Pattern, Policy, Position, Specialist};
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::quote::{take_out, take_out_help, take_paths_out_help};
use super::touch::{self, doubt};
use super::{Rule, Waivable};
use crate::rules::path_sides::{Seen, distinct, in_front, re_aimed, seen, through_links, untold};
use crate::rules::violation::{change_set, conclude, draft, names, several};

/// The rule.
pub static RULE: Rule = Rule {
    id: "scope",
    summary: "no path outside `allowed`, none in `prohibited`",
    explanation: "\
Rejects a change of a path that its specialist may not touch: outside `allowed`
where the policy has it, or in `prohibited`.

Why: the incident's fix for the API gateway rewrote the web UI on the way. Outside
of the part that one knows, nobody can tell what a well-meant change breaks.

    error[scope]: `webui/hooks.ts` and 2 more: in `webui/`, which `backend` may not touch

Both paths of a rename are looked at, and a symbolic link at its target, too.
Prohibitions are read generously (`WebUI/` is `webui/`, and a link or a submodule is
in them where they need a directory), permissions by exact bytes.
`prohibited = [\"area:NAME\"]` forbids every touch of that area, by path or by line.

To satisfy it: take the path out (`git restore --staged PATH`) and leave the change
to the specialist whose it is, or have an owner widen the scope.

Keys: `[specialist.NAME] allowed, prohibited`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: false,
    check,
};

fn check(policy: &Policy, _case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Err(elsewhere) = change_set(subject) {
        return elsewhere;
    }
    let no = |why: &str| Outcome::NotApplicable(why.to_owned());
    let Some(actor) = &subject.actor else {
        return Outcome::Indeterminate("it is not known whose scope applies".to_owned());
    };
    let Some(specialist) = actor.specialist(policy) else {
        return no(if actor.name.is_some() {
            "an owner without an entry may touch any path"
        } else {
            "somebody unknown has no scope"
        });
    };
    let by_path = specialist.allowed.is_some() || !specialist.prohibited.is_empty();
    if !by_path && specialist.prohibited_areas.is_empty() {
        return no("the specialist may touch any path");
    }
    let all: Vec<Seen<'_>> = subject.looked_at().flat_map(seen).collect();
    let own: Vec<Seen<'_>> = subject.aimed().flat_map(seen).collect();
    let areas = specialist.prohibited_areas.iter();
    let violations = outside(policy, subject, specialist, &own)
        .into_iter()
        .chain(prohibited(policy, subject, specialist, &all))
        .chain(areas.filter_map(|area| in_area(subject, specialist, area)))
        .collect();
    let forbidden = |t: &&Touch| specialist.prohibited_areas.iter().any(|a| a.value == t.area);
    let doubts = subject.parts.iter().flat_map(|p| &p.touches).filter(forbidden).filter_map(doubt);
    let untold = if by_path { untold(subject) } else { Vec::new() };
    conclude(subject, violations, untold.into_iter().chain(doubts).collect(), "every path is within the specialist's scope")
}

fn outside(policy: &Policy, subject: &Subject, specialist: &Specialist, all: &[Seen<'_>]) -> Option<Violation> {
    let allowed = specialist.allowed.as_ref()?;
    let out: Vec<&Seen<'_>> = all.iter().filter(|s| allowed.matches_exact(s.path).is_none()).collect();
    let at = allowed.iter().next().map_or(specialist.name.at, |p| p.at);
    (!out.is_empty()).then(|| violation(policy, subject, specialist, at, &out, "outside what"))
}

/// One violation for each pattern.
fn prohibited(policy: &Policy, subject: &Subject, specialist: &Specialist, all: &[Seen<'_>]) -> Vec<Violation> {
    let mut hits: BTreeMap<&str, Vec<&Seen<'_>>> = BTreeMap::new();
    for seen in all {
        if let Some(pattern) = seen.concerns(&specialist.prohibited) {
            hits.entry(pattern.value.text()).or_default().push(seen);
        }
    }
    let of_pattern = |Cited { value, at }: &Cited<Pattern>| {
        let place = format!("in `{}`, which", escape(value.text().as_bytes()));
        hits.remove(value.text()).map(|hit| {
            let found = violation(policy, subject, specialist, *at, &hit, &place);
            Violation { details: [found.details, in_front(&hit, &specialist.prohibited)].concat(), ..found }
        })
    };
    specialist.prohibited.iter().filter_map(of_pattern).collect()
}

/// "`api/x.py` and 2 more: in `api/`, which `webui` may not touch".
fn violation(
    policy: &Policy,
    subject: &Subject,
    specialist: &Specialist,
    at: Position,
    hit: &[&Seen<'_>],
    place: &str,
) -> Violation {
    let (paths, changes) = distinct(hit);
    let who = escape(specialist.name.value.as_bytes());
    let not = if place.ends_with("which") { " not" } else { "" };
    let message = format!("{}: {place} `{who}` may{not} touch", several(&paths));
    Violation {
        paths,
        details: through_links(hit).into_iter().chain(re_aimed(subject, &changes)).chain(whose(policy, specialist, hit)).collect(),
        policy: Some(at),
        help: take_paths_out_help(subject, "these paths", &changes),
        next: take_out(subject, &changes),
        ..draft(subject, message)
    }
}

/// Whose the paths are: who else is allowed all of them by name, so that the change can be left to them.
fn whose(policy: &Policy, specialist: &Specialist, hit: &[&Seen<'_>]) -> Option<String> {
    let named = |other: &&Specialist| {
        let allows = |seen: &&Seen<'_>| {
            let allowed = other.allowed.as_ref().is_some_and(|allowed| allowed.matches_exact(seen.path).is_some());
            allowed && other.prohibited.matches_folded(seen.path).is_none()
        };
        other.name.value != specialist.name.value && hit.iter().all(allows)
    };
    let others: Vec<&str> = policy.specialists.iter().filter(named).map(|other| other.name.value.as_str()).collect();
    (!others.is_empty()).then(|| format!("it is for {} to change", names(others)))
}

fn in_area(subject: &Subject, specialist: &Specialist, area: &Cited<String>) -> Option<Violation> {
    let touches: Vec<&Touch> = subject.parts.iter().flat_map(|p| &p.touches).filter(|t| t.area == area.value).collect();
    let paths = touch::paths(&touches);
    let known = |path: &RepoPath| paths.binary_search(path).is_ok();
    let changes: Vec<&FileChange> = subject.changes.iter().filter(|c| c.paths().any(known)).collect();
    let (area_name, who) = (escape(area.value.as_bytes()), escape(specialist.name.value.as_bytes()));
    (!paths.is_empty()).then(|| Violation {
        paths,
        details: touch::lines(&touches),
        policy: Some(area.at),
        help: take_out_help(subject, "these paths"),
        next: take_out(subject, &changes),
        ..draft(subject, format!("area `{area_name}` touched, which `{who}` may not touch"))
    })
}
