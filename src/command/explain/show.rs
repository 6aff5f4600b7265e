//! A path's facts as text.

use super::facts::{Demand, Facts, InArea, May, Reach};
use crate::text::escape;

/// All of it. `there`: something of that name is in the work tree.
pub fn text(facts: &Facts<'_>, there: bool) -> String {
    let warning = if facts.trusted { "" } else { ", which is not the trusted policy" };
    let absent = if there { "" } else { " (nothing of that name is here yet)" };
    let mut out = format!("{}{absent}\n  by {}{warning}\n", escape(facts.path.0), escape(facts.policy.as_bytes()));
    facts.links.iter().for_each(|link| out.push_str(&format!("  a symbolic link {}\n", words(link))));
    facts.problems.iter().for_each(|problem| out.push_str(&format!("  nobody may have it: safe-path: {}\n", words(problem))));
    section(&mut out, "areas", "it lies in none", facts.areas.iter().map(area));
    if !facts.by_content.is_empty() {
        let names: Vec<String> = facts.by_content.iter().map(|n| escape(n.as_bytes())).collect();
        out.push_str(&format!("  by content, wherever it is: {} (its lines that match)\n", names.join(", ")));
    }
    let line =
        |m: &May<'_>| format!("{:<24} {} ({})", escape(m.name.as_bytes()), if m.may { "yes" } else { "no" }, words(&m.because));
    if facts.owners_only {
        out.push_str("who may touch it: owners alone\n");
        facts.specialists.iter().filter(|m| !m.may).for_each(|m| out.push_str(&format!("  {}\n", line(m))));
    } else {
        section(&mut out, "who may touch it", "the policy names no specialist", facts.specialists.iter().map(line));
    }
    let reaches: Vec<String> = facts.reaches.iter().filter_map(reach).collect();
    if !reaches.is_empty() {
        section(&mut out, "what a touch reaches", "", reaches.into_iter());
    }
    section(&mut out, "what a touch demands", "no suite", facts.suites.iter().map(demand));
    let [commit, branch, land] = facts.evidence;
    out.push_str(&format!("proof: {commit} before a commit, {branch} in a push, {land} in a landing\n"));
    let tests = facts.suites.iter().filter(|d| d.specialist.is_none()).map(|d| d.suite);
    let mut suites: Vec<&str> = tests.collect();
    suites.sort_unstable();
    suites.dedup();
    if !suites.is_empty() {
        let words: Vec<String> = suites.iter().map(|s| crate::text::shell_quote(s.as_bytes())).collect();
        out.push_str(&format!("next: guard test {}\n", words.join(" ")));
    }
    out
}

fn section(out: &mut String, title: &str, none: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        out.push_str(&format!("{title}: {none}\n"));
        return;
    }
    out.push_str(&format!("{title}:\n"));
    for line in lines {
        out.push_str(&format!("  {line}\n"));
    }
}

fn area(area: &InArea<'_>) -> String {
    let mut line = format!("{:<24} by `{}`, line {}", escape(area.name.as_bytes()), escape(area.pattern.as_bytes()), area.line);
    if !area.forbid.is_empty() {
        line.push_str(&format!("; nobody may {} here", area.forbid.join(", ")));
    }
    if area.owners_only {
        line.push_str("; for owners alone");
    }
    line
}

/// `None`: the touched area itself, where nobody else may work.
fn reach(reach: &Reach<'_>) -> Option<String> {
    let list = |names: &[&str]| names.iter().map(|n| format!("`{}`", escape(n.as_bytes()))).collect::<Vec<_>>().join(", ");
    let way = match reach.way.as_slice() {
        [] | [_] => None,
        way => Some(format!("affected by {}", list(way.split_last().map_or(way, |(_, before)| before)))),
    };
    let suites = (way.is_some() && !reach.suites.is_empty()).then(|| format!("adds {}", list(&reach.suites)));
    let people = (!reach.specialists.is_empty()).then(|| format!("{} may work there", list(&reach.specialists)));
    let said: Vec<String> = [way, suites, people].into_iter().flatten().collect();
    (!said.is_empty()).then(|| format!("{:<24} {}", escape(reach.area.as_bytes()), said.join("; ")))
}

fn demand(demand: &Demand<'_>) -> String {
    let suite = escape(demand.suite.as_bytes());
    let areas: Vec<String> = demand.areas.iter().map(|a| format!("`{}`", escape(a.as_bytes()))).collect();
    match demand.specialist {
        Some(name) => format!("{suite:<24} work of `{}`", escape(name.as_bytes())),
        None => format!("{suite:<24} area {}", areas.join(", which affects ")),
    }
}

fn words(text: &str) -> String {
    crate::text::escape_words(text)
}
