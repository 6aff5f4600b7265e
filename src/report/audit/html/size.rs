//! The size of changes over time, against what the policy allows: one panel for lines, one for files.

mod mark;
mod scale;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{bounds, counted, grouped};
use crate::audit::{Person, Report, Row};
use crate::model::Bounds;
use crate::report::audit::words;
use crate::report::text::layout::cut;
use mark::{Column, Mark};
use scale::{Frame, Scale, Tick};

/// Limits that are drawn; of more the lowest and the highest.
const LIMITS: usize = 3;
/// Commits that are drawn one by one; more are drawn in columns of time.
const SINGLE: usize = 400;

/// What is measured of a commit.
#[derive(Clone, Copy)]
struct Measure {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    of: fn(&Row) -> Option<Bounds>,
    limit: fn(&Person) -> Option<u64>,
}

const MEASURES: [Measure; 2] = [
    Measure {
        id: "lines",
        title: "Lines in a commit",
        unit: "line",
        of: |row| row.size.map(|size| size.lines()),
        limit: |person| person.lines,
    },
    Measure {
        id: "files",
        title: "Files in a commit",
        unit: "file",
        of: |row| row.size.map(|size| Bounds::exact(size.files)),
        limit: |person| person.files,
    },
];

impl Measure {
    /// "1 line", "≥12 files".
    fn said(&self, size: Bounds) -> String {
        size.known().map_or_else(|| format!("{} {}s", bounds(size), self.unit), |size| counted(size, self.unit))
    }
}

#[derive(Serialize)]
pub(super) struct Panel {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    frame: Frame,
    is_log: bool,
    said: String,
    y: Vec<Tick>,
    x: Vec<Tick>,
    limits: Vec<Limit>,
    more_limits: usize,
    marks: Vec<Mark>,
    columns: Vec<Column>,
    undrawn: String,
    has_undrawn: bool,
}

/// A line that the policy draws.
#[derive(Serialize)]
struct Limit {
    y: f64,
    text: String,
    text_y: f64,
}

impl Panel {
    /// None where there is nothing to draw.
    pub(super) fn all(report: &Report) -> Vec<Self> {
        MEASURES.iter().filter_map(|measure| Self::of(report, *measure)).collect()
    }

    fn of(report: &Report, measure: Measure) -> Option<Self> {
        let sizes = || report.commits.iter().filter_map(|row| Some((row, (measure.of)(row)?.at_least)));
        let (first, last) = (sizes().map(|(row, _)| row.time).min()?, sizes().map(|(row, _)| row.time).max()?);
        let limits = limits(report, measure);
        let largest = sizes().map(|(_, size)| size).chain(limits.iter().map(|(limit, _)| *limit)).max()?;
        let scale = Scale::new((first, last), largest);
        let drawn = sizes().count();
        let single = drawn <= SINGLE;
        let undrawn = report.commits.len() - drawn;
        Some(Self {
            id: measure.id,
            title: measure.title,
            unit: measure.unit,
            frame: Frame::ALL,
            is_log: scale.is_log,
            said: said(report, measure, drawn),
            y: scale.sizes(),
            x: scale.times(),
            limits: drawn_limits(&limits, &scale),
            more_limits: limits.len().saturating_sub(LIMITS),
            marks: if single { mark::all(report, measure, &scale) } else { Vec::new() },
            columns: if single { Vec::new() } else { mark::columns(report, measure, &scale) },
            undrawn: grouped(undrawn as u64),
            has_undrawn: undrawn > 0,
        })
    }
}

/// Every limit that somebody of the range has, and who.
fn limits(report: &Report, measure: Measure) -> Vec<(u64, BTreeSet<&Option<String>>)> {
    let mut all: BTreeMap<u64, BTreeSet<&Option<String>>> = BTreeMap::new();
    for person in &report.people {
        if let Some(limit) = (measure.limit)(person) {
            all.entry(limit).or_default().insert(&person.name);
        }
    }
    all.into_iter().collect()
}

fn drawn_limits(limits: &[(u64, BTreeSet<&Option<String>>)], scale: &Scale) -> Vec<Limit> {
    let ends: Vec<_> =
        if limits.len() <= LIMITS { limits.iter().collect() } else { limits.iter().take(1).chain(limits.last()).collect() };
    let mut drawn: Vec<Limit> = Vec::new();
    for (limit, who) in ends.into_iter().rev() {
        let names: Vec<String> = who.iter().map(|name| words::who(name.as_deref())).collect();
        let whose = match (limits.len(), names.as_slice()) {
            (1, _) => String::new(),
            (_, [one]) => format!(" for {}", cut(one, 24)),
            (_, many) => format!(" for {} specialists", many.len()),
        };
        let y = scale.y(*limit);
        // Labels stand above their lines, and below the label of the line before.
        let text_y = drawn.last().map_or(y - 5.0, |above| (y - 5.0).max(above.text_y + 13.0));
        drawn.push(Limit { y, text: format!("limit {}{whose}", grouped(*limit)), text_y });
    }
    drawn
}

/// The panel in words.
fn said(report: &Report, measure: Measure, drawn: usize) -> String {
    let sized = || report.commits.iter().filter_map(|row| Some((row, (measure.of)(row)?)));
    let mut all: Vec<u64> = sized().map(|(_, size)| size.at_least).collect();
    all.sort_unstable();
    let median = all.get(all.len() / 2).copied().unwrap_or_default();
    let largest = sized().max_by_key(|(_, size)| size.at_least);
    let most = largest.map_or_else(String::new, |(row, size)| {
        format!("largest {} ({} by {})", measure.said(size), row.commit.short(), words::who(report.person(row).name.as_deref()))
    });
    let over = sized().filter(|(row, size)| (measure.limit)(report.person(row)).is_some_and(|limit| size.at_least > limit)).count();
    let limited = report.people.iter().any(|person| (measure.limit)(person).is_some());
    let against =
        if limited { format!("{} over a limit of one commit", grouped(over as u64)) } else { "no limit in the policy".to_owned() };
    format!("{}: median {}, {most}; {against}.", counted(drawn as u64, "commit"), counted(median, measure.unit))
}
