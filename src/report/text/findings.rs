//! Violations, each once, under the subject that it was found in.

use std::collections::{BTreeMap, BTreeSet};

use super::{BAD, COLUMNS, DIM, HEAD, NEXT, UNSURE, View, layout, push_help, push_line, subject};
use crate::facts::SubjectKind;
use crate::policy::Level;
use crate::policy::{Policy, Position};
use crate::text::{escape, escape_words};
use crate::verdict::{Judgement, Outcome, Verdict, Violation};

/// One violation, and where else it was found.
pub struct Finding<'v> {
    /// The rule.
    pub rule: &'static str,
    /// What an owner waived it by.
    pub waived_by: Option<&'v str>,
    violation: &'v Violation,
    judgement: &'v Judgement,
    also: Vec<&'v Judgement>,
    asks: BTreeSet<&'v str>,
}

/// All violations; one that is found in several subjects in the same words over the same paths is one.
pub fn collect(verdict: &Verdict) -> Vec<Finding<'_>> {
    let mut found: Vec<Finding<'_>> = Vec::new();
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    for judgement in &verdict.judgements {
        for (rule, outcome) in &judgement.outcomes {
            let (waived_by, violations) = match outcome {
                Outcome::Violated(violations) => (None, violations),
                Outcome::Waived(by, violations) => (Some(by.as_str()), violations),
                Outcome::Satisfied(_) | Outcome::NotApplicable(_) | Outcome::Indeterminate(_) => continue,
            };
            for violation in violations {
                let key = (*rule, waived_by, &violation.message, &violation.paths, &violation.suite);
                match seen.get(&key).and_then(|at| found.get_mut(*at)) {
                    Some(finding) => {
                        finding.also.push(judgement);
                        finding.asks.extend(violation.ask.as_deref());
                    }
                    None => {
                        seen.insert(key, found.len());
                        let asks = violation.ask.as_deref().into_iter().collect();
                        found.push(Finding { rule, waived_by, violation, judgement, also: Vec::new(), asks });
                    }
                }
            }
        }
    }
    found
}

/// The lines of all findings; a heading for each subject where it isn't clear from the first line of the report.
pub fn push(out: &mut String, findings: &[Finding<'_>], verdict: &Verdict, policy: &Policy, view: &View<'_>) {
    let several = subject::one_actor(verdict).is_none();
    let local = |j: &Judgement| matches!(j.kind, SubjectKind::Index | SubjectKind::Session);
    let headings = several || !verdict.judgements.iter().all(local);
    let mut under: Option<&Judgement> = None;
    for finding in findings {
        let moved = under.is_none_or(|u| !std::ptr::eq(u, finding.judgement));
        if under.is_none() || (headings && moved) {
            push_line(out, "");
        }
        if headings && moved {
            push_line(out, &format!("{HEAD}{}{HEAD:#}", subject::title(finding.judgement, several)));
        }
        under = Some(finding.judgement);
        push_finding(out, finding, policy, view, headings.then_some(several));
    }
}

fn push_finding(out: &mut String, finding: &Finding<'_>, policy: &Policy, view: &View<'_>, also: Option<bool>) {
    let (rule, violation) = (finding.rule, finding.violation);
    let message = escape_words(&violation.message);
    match finding.waived_by {
        None => push_line(out, &format!("{BAD}error[{rule}]{BAD:#}: {message}")),
        Some(by) => push_line(out, &format!("{UNSURE}waived[{rule}]{UNSURE:#}: {message} ({})", escape_words(by))),
    }
    for line in facts(finding, view, also) {
        push_line(out, &format!("  {line}"));
    }
    if let Some(at) = violation.policy {
        push_line(out, &format!("  {DIM}{}{DIM:#}", cite(policy, at, view)));
    }
    if finding.waived_by.is_some() {
        // There is nothing left to do about it.
        return;
    }
    push_help(out, "  ", &violation.help);
    for command in &finding.asks {
        push_line(out, &format!("  {NEXT}ask an owner{NEXT:#}: {}", escape_words(command)));
    }
    for command in &violation.next {
        push_line(out, &format!("  {NEXT}next{NEXT:#}: {}", escape_words(command)));
    }
}

/// Details, the paths that no detail names, what was demanded and found, where else.
fn facts(finding: &Finding<'_>, view: &View<'_>, also: Option<bool>) -> Vec<String> {
    let violation = finding.violation;
    let more = view.more;
    let details: Vec<String> = violation.details.iter().map(|d| escape_words(d)).collect();
    let named = named(&details);
    let bare: Vec<_> = violation.paths.iter().filter(|p| !named.contains(escape(p.as_bytes()).as_str())).collect();
    let mut out = layout::paths(&bare, COLUMNS - 2, view.verbose, more);
    out.extend(layout::lines(&details, view.verbose, more));
    if let Some(demanded) = violation.demanded.filter(|_| !details.iter().any(|d| d.starts_with("needs "))) {
        let tree = finding.judgement.tree.map_or_else(String::new, |tree| format!(" for tree {}", tree.short()));
        out.push(format!("needs {demanded}, found {}{tree}", violation.found.unwrap_or(Level::None)));
    }
    if let Some(named) = also.filter(|_| !finding.also.is_empty()) {
        let titles: Vec<String> = finding.also.iter().map(|j| subject::title(j, named)).collect();
        let lines = layout::wrap(&titles, ", ", COLUMNS - 8);
        out.extend(layout::lines(&lines, view.verbose, more).iter().map(|line| format!("also: {line}")));
    }
    out
}

/// Whatever a detail may begin with: what stands before a colon or a space, or all of it.
fn named(details: &[String]) -> BTreeSet<&str> {
    details.iter().flat_map(|d| d.match_indices([':', ' ']).filter_map(|(at, _)| d.get(..at)).chain([d.as_str()])).collect()
}

/// `policy.toml:14  max-files-per-commit = 10        (main@1a2b3c4)`
fn cite(policy: &Policy, at: Position, view: &View<'_>) -> String {
    let source = &policy.source;
    let (branch, file) = match source.name.split_once(':') {
        Some((branch, file)) if source.commit.is_some() || source.blob.is_some() => (Some(branch), file),
        Some(_) | None => (None, source.name.as_str()),
    };
    let place = match (branch.map(|b| escape(b.as_bytes())), source.commit) {
        (Some(branch), Some(commit)) => format!("({branch}@{})", commit.short()),
        (Some(branch), None) => format!("({branch})"),
        (None, _) if source.trusted => "(named by guard.policyFile)".to_owned(),
        (None, _) => "(not the trusted policy)".to_owned(),
    };
    let front = format!("{}:{}  ", escape(file.as_bytes()), at.line);
    let line = escape_words(&policy.line(at.line).split_whitespace().collect::<Vec<_>>().join(" "));
    let room = COLUMNS.saturating_sub(4 + layout::width(&front) + layout::width(&place)).max(20);
    let line = if view.verbose { line } else { layout::cut(&line, room) };
    format!("{front}{line:<31}  {place}")
}
