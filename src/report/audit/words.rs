//! What text and markdown say in the same words.

use jiff::Timestamp;

use crate::audit::{Event, Happened, Outage, Pushed, Report, Row, SpecialistSum, SuiteEvidence};
use crate::model::Bounds;
use crate::text::{count, escape};

/// Whom the policy doesn't name.
const NOBODY: &str = "(nobody named)";

/// A time, RFC 3339.
pub(super) fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_no_time| format!("@{seconds}"), |time| time.to_string())
}

/// A time as far as a list has room for it.
pub(super) fn minute(seconds: i64) -> String {
    let shown = time(seconds);
    shown.get(..16).map_or(shown.clone(), |start| start.replace('T', " "))
}

/// The day alone.
pub(super) fn day(seconds: i64) -> String {
    let shown = time(seconds);
    shown.get(..10).map_or(shown.clone(), str::to_owned)
}

/// A while: "3d 4h", "12m", "40s".
pub(super) fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3_600, seconds % 3_600 / 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, m) => format!("{m}m"),
        (0, h, m) => format!("{h}h {m}m"),
        (d, h, _) => format!("{d}d {h}h"),
    }
}

/// A number, or the least that it is.
pub(super) fn number(bounds: Bounds) -> String {
    bounds.known().map_or_else(|| format!("≥{}", bounds.at_least), |n| n.to_string())
}

/// Who, as tables name them; escaped.
pub(super) fn who(name: Option<&str>) -> String {
    name.map_or_else(|| NOBODY.to_owned(), |name| escape(name.as_bytes()))
}

/// "17 files +292900 -286373".
pub(super) fn size(row: &Row) -> String {
    row.size.map_or_else(
        || "size unknown".to_owned(),
        |size| format!("{} +{} -{}", count(size.files, "file"), number(size.insertions), number(size.deletions)),
    )
}

/// The heading: what was audited, by what.
pub(super) fn subject(report: &Report) -> (String, String) {
    let policy = &report.policy;
    let at = policy.commit.map_or_else(String::new, |commit| format!(" ({})", commit.short()));
    (escape(report.range.as_bytes()), format!("{}{at}", escape(policy.source.as_bytes())))
}

/// The whole in a sentence.
pub(super) fn summary(report: &Report) -> String {
    let summary = report.summary;
    let mut parts = vec![
        count(summary.commits, "commit"),
        format!("{} {} a rule", summary.violating, if summary.violating == 1 { "breaks" } else { "break" }),
        format!("{} touched a guarded area without evidence", summary.guarded_without_evidence),
    ];
    if report.overall.undecided > 0 {
        parts.push(format!("{} could not be told in full", report.overall.undecided));
    }
    parts.join(", ")
}

/// Halts, resumes, waivers and rollbacks, counted; nothing where there are none.
pub(super) fn happened(report: &Report) -> Option<String> {
    let many = |what, one: &str, more: &str| match report.overall.count(what) {
        1 => format!("1 {one}"),
        n => format!("{n} {more}"),
    };
    let parts = [
        many(Happened::Halt, "halt", "halts"),
        many(Happened::Resume, "resume", "resumes"),
        many(Happened::ForcedResume, "forced resume", "forced resumes"),
        many(Happened::Waiver, "waiver", "waivers"),
        many(Happened::Rollback, "rollback", "rollbacks"),
    ];
    (!report.overall.events.is_empty()).then(|| parts.join(", "))
}

/// Where an event is known from: "ledger #3, notes".
pub(super) fn sources(event: &Event) -> String {
    let name = |name: &str| match event.entry {
        Some(entry) if name == "ledger" => format!("ledger #{entry}"),
        Some(_) | None => name.to_owned(),
    };
    event.sources.names().into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// What landed where, after its time: "#3 dev: `refs/heads/main` 1a2b3c4..5d6e7f8 accepted, by web 2, dev 1"; escaped.
pub(super) fn landing(landing: &Pushed) -> [String; 3] {
    let short = |oid: Option<crate::model::Oid>| oid.map_or_else(|| "nothing".to_owned(), |oid| oid.short());
    let by: Vec<String> =
        landing.by.iter().map(|(name, commits)| format!("{} {commits}", name.as_deref().unwrap_or(NOBODY))).collect();
    let by = if by.is_empty() { String::new() } else { format!(", by {}", by.join(", ")) };
    let account = landing.account.clone().unwrap_or_else(|| "nobody known".to_owned());
    let what = format!("{}..{} {}{by}", short(landing.old), short(landing.new), landing.verdict);
    [format!("#{} {account}", landing.entry), landing.reference.clone(), what]
}

/// What counts as proven, where somebody claims something.
pub(super) fn proof(report: &Report) -> Option<String> {
    let claimed = report.specialists.iter().any(|sum| sum.claims > 0);
    let level = SuiteEvidence::PROOF;
    claimed.then(|| format!("a claim is proven by a passing record of that very tree, of the level `{level}` or above"))
}

/// The columns of the table of specialists: the first is text, the others are numbers.
pub(super) const COLUMNS: [&str; 10] =
    ["specialist", "commits", "files", "+lines", "-lines", "largest", "guarded", "breaking", "claims", "unproven"];

/// One row of the table of specialists; escaped.
pub(super) fn specialist(report: &Report, sum: &SpecialistSum) -> [String; 10] {
    let largest = sum.largest.and_then(|place| report.commits.get(place)).and_then(|row| row.size);
    [
        who(sum.name.as_deref()),
        sum.commits.to_string(),
        sum.files.to_string(),
        number(sum.insertions),
        number(sum.deletions),
        largest.map_or_else(|| "?".to_owned(), |size| number(size.lines())),
        sum.guarded.to_string(),
        sum.violating.to_string(),
        sum.claims.to_string(),
        if sum.claims == 0 { "-".to_owned() } else { format!("{} ({:.0} %)", sum.unproven(), sum.discrepancy() * 100.0) },
    ]
}

/// How often each rule is broken, most first.
pub(super) fn broken(report: &Report) -> Vec<(&'static str, u64)> {
    let mut all: Vec<(&'static str, u64)> = Vec::new();
    for rule in report.commits.iter().flat_map(|row| row.violations.iter()) {
        match all.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, count)) => *count += 1,
            None => all.push((rule, 1)),
        }
    }
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

/// The areas in which several met: name, and who how often; escaped.
pub(super) fn meetings(report: &Report) -> Vec<(String, String)> {
    let met = report.overall.areas.iter().filter(|area| area.by.len() > 1);
    met.map(|area| {
        let name =
            |work: &crate::audit::AreaTouches| who(report.specialists.get(work.specialist).and_then(|sum| sum.name.as_deref()));
        let by: Vec<String> = area.by.iter().map(|work| format!("{} {}", name(work), work.commits)).collect();
        (escape(report.area(area.area).as_bytes()), by.join(", "))
    })
    .collect()
}

/// "from 1a2b3c4 to 5d6e7f8, 3h 20m", "since 1a2b3c4, until now".
pub(super) fn outage(outage: &Outage) -> String {
    let failed = outage.failed.short();
    match outage.returned {
        Some((commit, time)) => {
            format!("failed on {failed}, passed again on {} after {}", commit.short(), span(time - outage.since))
        }
        None => format!("failed on {failed} and has not passed since"),
    }
}
