//! The commits in a panel: each by itself, or where there are many, in columns of time.

use serde::Serialize;

use super::super::grouped;
use super::Measure;
use super::scale::Scale;
use crate::audit::{Report, Row};
use crate::report::audit::words;

/// Columns at most.
const COLUMNS: usize = 72;

/// One commit. Its shape tells what the rules say of it, not its colour alone.
#[derive(Serialize)]
pub(super) struct Mark {
    kind: &'static str,
    x: f64,
    y: f64,
    said: String,
}

/// What the rules say of a commit: the class of its mark.
fn kind(row: &Row) -> &'static str {
    match (row.violations.is_empty(), row.indeterminate.is_empty()) {
        (false, _) => "broken",
        (true, false) => "unsure",
        (true, true) => "kept",
    }
}

/// A mark for each commit. Commits that keep the rules come first, so that the others are drawn over them.
pub(super) fn all(report: &Report, measure: Measure, scale: &Scale) -> Vec<Mark> {
    let mark = |row: &Row| {
        let size = (measure.of)(row)?;
        let who = words::who(report.person(row).name.as_deref());
        let rules: Vec<&str> = row.violations.iter().collect();
        let breaks = if rules.is_empty() { String::new() } else { format!(", breaks {}", rules.join(", ")) };
        let said = format!("{} {} by {who}: {}{breaks}", row.commit.short(), words::minute(row.time), measure.said(size));
        Some(Mark { kind: kind(row), x: scale.x(row.time), y: scale.y(size.at_least), said })
    };
    let mut marks: Vec<Mark> = report.commits.iter().filter_map(mark).collect();
    marks.sort_by_key(|mark| mark.kind != "kept");
    marks
}

/// All commits of some time.
#[derive(Serialize)]
pub(super) struct Column {
    from: String,
    x: f64,
    commits: String,
    breaking: String,
    /// Of those that keep the rules: the smallest, the median and the largest.
    kept: Option<Range>,
    /// The largest of those that don't.
    broken: Option<Top>,
}

#[derive(Serialize)]
struct Range {
    low: f64,
    middle: f64,
    high: f64,
    smallest: String,
    median: String,
    largest: String,
}

#[derive(Serialize)]
struct Top {
    y: f64,
    largest: String,
}

pub(super) fn columns(report: &Report, measure: Measure, scale: &Scale) -> Vec<Column> {
    let mut columns: Vec<(Vec<u64>, Vec<u64>)> = vec![Default::default(); COLUMNS];
    let span = i128::from(scale.last) - i128::from(scale.first) + 1;
    for row in &report.commits {
        let Some(size) = (measure.of)(row) else { continue };
        let at = (i128::from(row.time) - i128::from(scale.first)) * COLUMNS as i128 / span;
        let Some((kept, broken)) = usize::try_from(at).ok().and_then(|at| columns.get_mut(at)) else { continue };
        if row.violations.is_empty() { kept.push(size.at_least) } else { broken.push(size.at_least) }
    }
    let start = |at: usize| scale.first.saturating_add(i64::try_from(span * at as i128 / COLUMNS as i128).unwrap_or(i64::MAX));
    let filled = columns.into_iter().enumerate().filter(|(_, (kept, broken))| !kept.is_empty() || !broken.is_empty());
    filled
        .map(|(at, (kept, broken))| Column {
            from: words::minute(start(at)),
            x: scale.x(start(at).midpoint(start(at + 1))),
            commits: grouped((kept.len() + broken.len()) as u64),
            breaking: grouped(broken.len() as u64),
            kept: range(kept, scale),
            broken: broken.iter().max().map(|most| Top { y: scale.y(*most), largest: grouped(*most) }),
        })
        .collect()
}

fn range(mut sizes: Vec<u64>, scale: &Scale) -> Option<Range> {
    sizes.sort_unstable();
    let (smallest, largest) = (*sizes.first()?, *sizes.last()?);
    let median = *sizes.get(sizes.len() / 2)?;
    Some(Range {
        low: scale.y(smallest),
        middle: scale.y(median),
        high: scale.y(largest),
        smallest: grouped(smallest),
        median: grouped(median),
        largest: grouped(largest),
    })
}
