//! What the whole tells besides commits and specialists.

use serde::Serialize;

use crate::audit::{AreaWork, Event, Outage, Pushed, Report};
use crate::report::audit::words;
use crate::report::json::Hex;

#[derive(Serialize)]
pub(super) struct Overall<'a> {
    areas: Vec<Area<'a>>,
    counts: Counts,
    events: Vec<Happened<'a>>,
    landings: Vec<Landed<'a>>,
    outages: Vec<Failed<'a>>,
    untold: &'a [String],
}

impl<'a> Overall<'a> {
    pub fn of(report: &'a Report) -> Self {
        let overall = &report.overall;
        Self {
            areas: overall.areas.iter().map(|area| Area::of(report, area)).collect(),
            counts: Counts::of(overall),
            landings: overall.landings.iter().map(Landed::of).collect(),
            events: overall.events.iter().map(Happened::of).collect(),
            outages: overall.outages.iter().map(|outage| Failed::of(report, outage)).collect(),
            untold: &overall.untold,
        }
    }
}

#[derive(Serialize)]
struct Area<'a> {
    area: &'a str,
    by: Vec<TouchCount<'a>>,
}

#[derive(Serialize)]
struct TouchCount<'a> {
    specialist: Option<&'a str>,
    commits: u64,
}

impl<'a> Area<'a> {
    fn of(report: &'a Report, area: &AreaWork) -> Self {
        let by = area.by.iter().map(|work| TouchCount {
            specialist: report.specialists.get(work.specialist).and_then(|sum| sum.name.as_deref()),
            commits: work.commits,
        });
        Self { area: report.area(area.area), by: by.collect() }
    }
}

#[derive(Serialize)]
struct Happened<'a> {
    time: String,
    what: &'static str,
    by: &'a str,
    about: &'a str,
    reason: Option<&'a str>,
    until: Option<&'a str>,
    commit: Option<Hex>,
    said: Option<String>,
    entry: Option<u64>,
    sources: Vec<&'static str>,
}

impl<'a> Happened<'a> {
    fn of(event: &'a Event) -> Self {
        let (by, about) = (event.by.as_str(), event.about.as_str());
        let (time, said) = (words::time(event.time), event.said.map(words::time));
        let (commit, sources) = (event.commit.map(Hex), event.sources.names());
        let (reason, until) = (event.reason.as_deref(), event.until.as_deref());
        Self { time, what: event.what.as_str(), by, about, reason, until, commit, said, entry: event.entry, sources }
    }
}

#[derive(Serialize)]
struct Counts {
    halts: usize,
    resumes: usize,
    forced_resumes: usize,
    waivers: usize,
    rollbacks: usize,
}

impl Counts {
    fn of(overall: &crate::audit::Overall) -> Self {
        use crate::audit::Happened as H;
        Self {
            halts: overall.count(H::Halt),
            resumes: overall.count(H::Resume),
            forced_resumes: overall.count(H::ForcedResume),
            waivers: overall.count(H::Waiver),
            rollbacks: overall.count(H::Rollback),
        }
    }
}

#[derive(Serialize)]
struct Landed<'a> {
    entry: u64,
    time: String,
    account: Option<&'a str>,
    r#ref: &'a str,
    old: Option<Hex>,
    new: Option<Hex>,
    verdict: &'a str,
    specialists: Vec<TouchCount<'a>>,
}

impl<'a> Landed<'a> {
    fn of(landing: &'a Pushed) -> Self {
        let work =
            landing.by.iter().map(|(specialist, commits)| TouchCount { specialist: specialist.as_deref(), commits: *commits });
        Self {
            entry: landing.entry,
            time: words::time(landing.time),
            account: landing.account.as_deref(),
            r#ref: &landing.reference,
            old: landing.old.map(Hex),
            new: landing.new.map(Hex),
            verdict: &landing.verdict,
            specialists: work.collect(),
        }
    }
}

#[derive(Serialize)]
struct Failed<'a> {
    suite: &'a str,
    commit: Hex,
    since: String,
    returned: Option<Hex>,
    until: Option<String>,
    seconds: Option<i64>,
}

impl<'a> Failed<'a> {
    fn of(report: &'a Report, outage: &Outage) -> Self {
        Self {
            suite: report.suite(outage.suite),
            commit: Hex(outage.failed),
            since: words::time(outage.since),
            returned: outage.returned.map(|(commit, _)| Hex(commit)),
            until: outage.returned.map(|(_, time)| words::time(time)),
            seconds: outage.returned.map(|(_, time)| time.saturating_sub(outage.since)),
        }
    }
}
