//! What the policy says of one path. Nothing here decides: rules do, about a change.

use serde::Serialize;

use crate::model::{FileChange, LinkTarget};
use crate::policy;
use crate::policy::{Area, Forbidden, Policy, Reached, Specialist, reached};
use crate::rules::path_sides::{Seen, seen};
use crate::rules::safe_path::against;
use crate::text::{Bytes, escape};

/// The document, version 1.
#[derive(Debug, Serialize)]
pub struct Facts<'a> {
    version: u8,
    /// The path, from the root.
    pub path: Bytes<'a>,
    /// The policy that says so, and whether it is the trusted one.
    pub policy: &'a str,
    /// Likewise.
    pub trusted: bool,
    /// Where it leads, if it is a symbolic link.
    pub links: Vec<String>,
    /// What `safe-path` has against it.
    pub problems: Vec<String>,
    /// Areas that it lies in, or leads to, in the policy's order.
    pub areas: Vec<InArea<'a>>,
    /// Areas that a change of matching lines touches in any file.
    pub by_content: Vec<&'a str>,
    /// Everybody whom the policy names.
    pub specialists: Vec<May<'a>>,
    /// Whether only owners may change it, whoever else is allowed here.
    pub owners_only: bool,
    /// What a touch reaches beyond it, by `affects`, and who else may work there.
    pub reaches: Vec<Reach<'a>>,
    /// Suites that a touch demands.
    pub suites: Vec<Demand<'a>>,
    /// The least proof that counts: before a commit, in a push, in a landing.
    pub evidence: [&'static str; 3],
}

/// An area that a path lies in.
#[derive(Debug, Serialize)]
pub struct InArea<'a> {
    /// Its name.
    pub name: &'a str,
    /// The pattern that matches, and its line in the policy.
    pub pattern: &'a str,
    /// Likewise.
    pub line: u32,
    /// What nobody may do here.
    pub forbid: Vec<&'static str>,
    /// Whether it is for owners alone.
    pub owners_only: bool,
}

/// Whether a specialist may touch a path.
#[derive(Debug, Serialize)]
pub struct May<'a> {
    /// The name.
    pub name: &'a str,
    /// The answer.
    pub may: bool,
    /// Why not, or by what.
    pub because: String,
}

/// An area that a touch reaches.
#[derive(Debug, Serialize)]
pub struct Reach<'a> {
    /// Its name.
    pub area: &'a str,
    /// The areas from the one that is touched to this one; the one alone where it is touched itself.
    pub way: Vec<&'a str>,
    /// Its own suites.
    pub suites: Vec<&'a str>,
    /// The specialists whose `allowed` lets them work there.
    pub specialists: Vec<&'a str>,
}

/// A suite that has to be proven.
#[derive(Debug, Serialize)]
pub struct Demand<'a> {
    /// Its name.
    pub suite: &'a str,
    /// The areas from the one that is touched to the one that demands it.
    pub areas: Vec<&'a str>,
    /// The specialist whose work demands it, wherever it is.
    pub specialist: Option<&'a str>,
}

/// Looks a path up.
pub fn of<'a>(policy: &'a Policy, change: &'a FileChange) -> Facts<'a> {
    let (path, seen) = (&change.path, seen(change));
    let problems = against(policy, change);
    let areas: Vec<(&Area, InArea<'_>)> = policy.areas.iter().filter_map(|area| Some((area, lies_in(area, &seen)?))).collect();
    let inside: Vec<&str> = areas.iter().map(|(area, _)| area.name.value.as_str()).collect();
    let all: Vec<Reached<'_>> = areas.iter().flat_map(|(area, _)| reached(policy, area)).collect();
    let level = |(level, _): (crate::policy::Level, _)| level.as_str();
    Facts {
        version: 1,
        path: Bytes(path.as_bytes()),
        policy: &policy.source.name,
        trusted: policy.source.trusted,
        by_content: policy.areas.iter().filter(|a| !a.lines.is_empty()).map(|a| a.name.value.as_str()).collect(),
        specialists: policy.specialists.iter().map(|s| may(s, &seen, &inside, &problems)).collect(),
        owners_only: path.as_bytes() == policy::FILE.as_bytes() || areas.iter().any(|(_, a)| a.owners_only),
        reaches: all.iter().map(reach).collect(),
        suites: by_area(&all).into_iter().chain(by_specialist(policy)).collect(),
        evidence: [level(policy.evidence.commit), level(policy.evidence.branch), level(policy.evidence.land)],
        links: change.links.iter().take(1).map(link).collect(),
        problems,
        areas: areas.into_iter().map(|(_, facts)| facts).collect(),
    }
}

fn link(target: &LinkTarget) -> String {
    match target {
        LinkTarget::Inside(path) => format!("to `{}`", escape(path.as_bytes())),
        LinkTarget::Outside(written) => format!("out of the repository, to `{}`", escape(written)),
        LinkTarget::Unknown(why) => format!("nobody can tell where: {why}"),
    }
}

fn lies_in<'a>(area: &'a Area, seen: &[Seen<'_>]) -> Option<InArea<'a>> {
    let pattern = seen.iter().find_map(|one| one.concerns(&area.paths))?;
    let word = |forbidden: Forbidden| match forbidden {
        Forbidden::Add => "add",
        Forbidden::Modify => "modify",
        Forbidden::Delete => "delete",
    };
    Some(InArea {
        name: &area.name.value,
        pattern: pattern.value.text(),
        line: pattern.at.line,
        forbid: area.forbid.iter().map(|f| word(f.value)).collect(),
        owners_only: area.owners_only.as_ref().is_some_and(|o| o.value),
    })
}

fn may<'a>(specialist: &'a Specialist, seen: &[Seen<'_>], areas: &[&str], problems: &[String]) -> May<'a> {
    if let Some(problem) = problems.first() {
        return May { name: &specialist.name.value, may: false, because: format!("safe-path: {problem}") };
    }
    let prohibited = seen.iter().find_map(|one| one.concerns(&specialist.prohibited));
    let area = specialist.prohibited_areas.iter().find(|a| areas.contains(&a.value.as_str()));
    let allowed = specialist.allowed.as_ref().map(|allowed| {
        let each = seen.iter().map(|one| allowed.matches_exact(one.path));
        // Both a link and what it leads to have to be allowed.
        each.reduce(|one, other| one.and(other)).flatten()
    });
    let (may, because) = match (prohibited, area, allowed) {
        (Some(pattern), _, _) => (false, format!("`prohibited` has `{}`, line {}", pattern.value.text(), pattern.at.line)),
        (None, Some(area), _) => (false, format!("`prohibited` has `area:{}`, line {}", area.value, area.at.line)),
        (None, None, Some(None)) => (false, "outside of `allowed`".to_owned()),
        (None, None, Some(Some(pattern))) => (true, format!("`allowed` has `{}`, line {}", pattern.value.text(), pattern.at.line)),
        (None, None, None) => (true, "nothing in its entry is against it".to_owned()),
    };
    May { name: &specialist.name.value, may, because }
}

fn reach<'a>(reached: &Reached<'a>) -> Reach<'a> {
    Reach {
        area: &reached.area.name.value,
        way: names(&reached.way),
        suites: reached.area.requires.iter().map(|suite| suite.value.as_str()).collect(),
        specialists: reached.specialists.iter().map(|s| s.name.value.as_str()).collect(),
    }
}

fn by_area<'a>(all: &[Reached<'a>]) -> Vec<Demand<'a>> {
    let demands = |reached: &Reached<'a>| -> Vec<Demand<'a>> {
        let demand = |suite: &'a str| Demand { suite, areas: names(&reached.way), specialist: None };
        reached.area.requires.iter().map(|suite| demand(&suite.value)).collect()
    };
    all.iter().flat_map(demands).collect()
}

fn names<'a>(way: &[&'a Area]) -> Vec<&'a str> {
    way.iter().map(|area| area.name.value.as_str()).collect()
}

fn by_specialist(policy: &Policy) -> impl Iterator<Item = Demand<'_>> {
    let of = |s: &'_ Specialist| s.requires.len();
    policy.specialists.iter().filter(move |s| of(s) > 0).flat_map(|s| {
        s.requires.iter().map(|suite| Demand { suite: &suite.value, areas: Vec::new(), specialist: Some(&s.name.value) })
    })
}
