//! What stands above the commits.

use serde::Serialize;

use super::bars::Bars;
use super::matrix::Matrix;
use super::size::Panel;
use super::{counted, grouped, percent};
use crate::audit::{Report, SuiteEvidence};
use crate::report::audit::html::tables::{Happened, Landing, Meeting, Outage, Specialist};
use crate::report::audit::words;
use crate::text::escape_words;

#[derive(Serialize)]
pub(super) struct Body {
    range: String,
    policy: String,
    trusted: bool,
    verdict: String,
    tone: &'static str,
    /// From when to when.
    between: Option<(String, String)>,
    figures: Vec<Figure>,
    untold: Vec<String>,
    panels: Vec<Panel>,
    matrix: Option<Matrix>,
    meetings: Vec<Meeting>,
    claims: Option<Bars>,
    /// The least level that proves one.
    proof: &'static str,
    rules: Vec<Broken>,
    happened: Option<String>,
    events: Vec<Happened>,
    outages: Vec<Outage>,
    landings: Vec<Landing>,
    more_landings: usize,
    specialists: Vec<Specialist>,
}

/// A number to be seen first.
#[derive(Serialize)]
struct Figure {
    what: &'static str,
    number: String,
    note: String,
    tone: &'static str,
}

/// A rule, and how many commits break it.
#[derive(Serialize)]
struct Broken {
    rule: &'static str,
    commits: String,
    share: String,
}

impl Body {
    pub(super) fn of(report: &Report) -> Self {
        let (range, policy) = words::subject(report);
        let commits = report.summary.commits;
        let (verdict, tone) = verdict(report);
        let (landings, more_landings) = Landing::all(report);
        let broken = |(rule, n): (&'static str, u64)| Broken { rule, commits: grouped(n), share: percent(n, commits) };
        Self {
            range,
            policy,
            trusted: report.policy.trusted,
            verdict,
            tone,
            between: between(report),
            figures: figures(report),
            untold: report.overall.untold.iter().map(|why| escape_words(why)).collect(),
            panels: Panel::all(report),
            matrix: Matrix::of(report),
            meetings: Meeting::all(report),
            claims: Bars::of(report),
            proof: SuiteEvidence::PROOF.as_str(),
            rules: words::broken(report).into_iter().map(broken).collect(),
            happened: words::happened(report),
            events: Happened::all(report),
            outages: Outage::all(report),
            landings,
            more_landings,
            specialists: Specialist::all(report),
        }
    }
}

fn between(report: &Report) -> Option<(String, String)> {
    let times = || report.commits.iter().map(|row| row.time);
    Some((words::day(times().min()?), words::day(times().max()?)))
}

/// The whole in a sentence, and how grave it is.
fn verdict(report: &Report) -> (String, &'static str) {
    let summary = report.summary;
    let all = grouped(summary.commits);
    let undecided = report.overall.undecided;
    if summary.commits == 0 {
        return ("The range has no commits.".to_owned(), "unsure");
    }
    let mut said = match summary.violating {
        0 => format!("None of {all} commits is found to break a rule"),
        n => format!("{} of {all} commits {} a rule", grouped(n), if n == 1 { "breaks" } else { "break" }),
    };
    match summary.guarded_without_evidence {
        0 => {}
        n => said.push_str(&format!(", {} of them landed in a guarded area without evidence", grouped(n))),
    }
    match undecided {
        0 => {}
        n => said.push_str(&format!("; {} could not be told in full", grouped(n))),
    }
    let tone = if summary.violating > 0 {
        "bad"
    } else if undecided > 0 {
        "unsure"
    } else {
        "good"
    };
    (said + ".", tone)
}

fn figures(report: &Report) -> Vec<Figure> {
    let (summary, undecided) = (report.summary, report.overall.undecided);
    let tone = |n: u64, grave: &'static str| if n == 0 { "plain" } else { grave };
    let landings = report.commits.iter().filter(|row| row.landing).count() as u64;
    let people = counted(report.specialists.len() as u64, "specialist");
    let share = |n: u64| format!("{} of all commits", percent(n, summary.commits));
    vec![
        Figure {
            what: "Commits",
            number: grouped(summary.commits),
            note: format!("by {people}; {}", counted(landings, "landing")),
            tone: "plain",
        },
        Figure {
            what: "Break a rule",
            number: grouped(summary.violating),
            note: share(summary.violating),
            tone: tone(summary.violating, "bad"),
        },
        Figure {
            what: "Guarded landings without evidence",
            number: grouped(summary.guarded_without_evidence),
            note: "in an area that demands a suite".to_owned(),
            tone: tone(summary.guarded_without_evidence, "bad"),
        },
        discrepancy(report),
        Figure { what: "Could not be told", number: grouped(undecided), note: share(undecided), tone: tone(undecided, "unsure") },
    ]
}

/// How much of what was claimed is not proven.
fn discrepancy(report: &Report) -> Figure {
    let sum = |of: fn(&crate::audit::SpecialistSum) -> u64| report.specialists.iter().map(of).sum::<u64>();
    let (claims, proven) = (sum(|one| one.claims), sum(|one| one.proven));
    let unproven = claims.saturating_sub(proven);
    let note = match claims {
        0 => "no commit claims that a suite passed".to_owned(),
        _ => format!("{} of {} not proven", grouped(unproven), counted(claims, "claim")),
    };
    Figure {
        what: "Discrepancy: claimed, not proven",
        number: percent(unproven, claims),
        note,
        tone: if unproven > 0 { "bad" } else { "plain" },
    }
}
