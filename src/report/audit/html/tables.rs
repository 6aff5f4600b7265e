//! Tables: what happened, who did what, who met where.

use serde::Serialize;

use crate::audit::{Report, SpecialistSum};
use crate::model::Oid;
use crate::report::audit::html::{bounds, grouped, percent};
use crate::report::audit::words;
use crate::text::{escape, escape_words};

#[derive(Serialize)]
pub(super) struct Happened {
    time: String,
    what: &'static str,
    by: String,
    about: String,
    commit: Option<String>,
    /// When it was by the word of whoever said it, where the ledger says another minute.
    said: Option<String>,
    sources: String,
}

impl Happened {
    /// In order.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let events = report.overall.events.iter();
        let happened = events.map(|event| Self {
            time: words::minute(event.time),
            what: event.what.as_str(),
            by: escape_words(&event.by),
            about: escape_words(&event.words()),
            commit: event.commit.map(|commit| commit.short()),
            said: event.said.map(words::minute).filter(|said| *said != words::minute(event.time)),
            sources: words::sources(event),
        });
        happened.collect()
    }
}

/// Landings that are listed.
const LANDINGS: usize = 500;

/// A push that a ledger has.
#[derive(Serialize)]
pub(super) struct Landing {
    time: String,
    who: String,
    reference: String,
    what: String,
}

impl Landing {
    /// The newest, newest first, and how many more there are.
    pub(super) fn all(report: &Report) -> (Vec<Self>, usize) {
        let all = &report.overall.landings;
        let landing = |landing| {
            let [who, reference, what] = words::landing(landing);
            Self { time: words::minute(landing.time), who, reference, what }
        };
        (all.iter().rev().take(LANDINGS).map(landing).collect(), all.len().saturating_sub(LANDINGS))
    }
}

/// A suite that failed where work lands.
#[derive(Serialize)]
pub(super) struct Outage {
    suite: String,
    failed: String,
    since: String,
    returned: Option<(String, String)>,
    took: Option<String>,
}

impl Outage {
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let told = |(commit, time): (Oid, i64)| (commit.short(), words::minute(time));
        let outages = report.overall.outages.iter();
        let outage = outages.map(|outage| Self {
            suite: escape(report.suite(outage.suite).as_bytes()),
            failed: outage.failed.short(),
            since: words::minute(outage.since),
            returned: outage.returned.map(told),
            took: outage.returned.map(|(_, time)| words::span(time.saturating_sub(outage.since))),
        });
        outage.collect()
    }
}

/// An area, and who worked in it.
#[derive(Serialize)]
pub(super) struct Meeting {
    area: String,
    specialists: String,
    commits: String,
    by: Vec<(String, String)>,
}

impl Meeting {
    /// Every area that was touched, those in which most met first.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        let mut areas: Vec<_> = report.overall.areas.iter().collect();
        areas.sort_by_key(|area| std::cmp::Reverse(area.by.len()));
        let meeting = areas.into_iter().map(|area| Self {
            area: escape(report.area(area.area).as_bytes()),
            specialists: grouped(area.by.len() as u64),
            commits: grouped(area.by.iter().map(|work| work.commits).sum()),
            by: area.by.iter().map(|work| (name(report, work.specialist), grouped(work.commits))).collect(),
        });
        meeting.collect()
    }
}

/// Who stands at that place; escaped.
pub(super) fn name(report: &Report, specialist: usize) -> String {
    words::who(report.specialists.get(specialist).and_then(|sum| sum.name.as_deref()))
}

#[derive(Serialize)]
pub(super) struct Specialist {
    name: String,
    commits: String,
    files: String,
    insertions: String,
    deletions: String,
    largest: String,
    largest_commit: String,
    guarded: String,
    violating: String,
    claims: String,
    proven: String,
    discrepancy: String,
}

impl Specialist {
    /// Most commits first.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        report.specialists.iter().map(|sum| Self::of(report, sum)).collect()
    }

    fn of(report: &Report, sum: &SpecialistSum) -> Self {
        let largest = sum.largest.and_then(|place| report.commits.get(place));
        Self {
            name: words::who(sum.name.as_deref()),
            commits: grouped(sum.commits),
            files: grouped(sum.files),
            insertions: bounds(sum.insertions),
            deletions: bounds(sum.deletions),
            largest: largest.and_then(|row| row.size).map_or_else(|| "?".to_owned(), |size| bounds(size.lines())),
            largest_commit: largest.map_or_else(String::new, |row| row.commit.short()),
            guarded: grouped(sum.guarded),
            violating: grouped(sum.violating),
            claims: grouped(sum.claims),
            proven: grouped(sum.proven),
            discrepancy: percent(sum.unproven(), sum.claims),
        }
    }
}
