//! Claims against evidence.

use serde::Serialize;

use super::{counted, grouped, percent};
use crate::audit::Report;
use crate::report::audit::html::tables::name;
use crate::report::text::layout::cut;

/// Bars that are drawn; what is left over is summed.
const BARS: usize = 14;
/// From one bar to the next, and how long the longest is.
const STEP: usize = 34;
const LONGEST: f64 = 250.0;

/// Bars: what each specialist's messages claim, and how much of it is proven.
#[derive(Serialize)]
pub(super) struct Bars {
    height: usize,
    said: String,
    bars: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    name: String,
    full: String,
    y: usize,
    claimed: f64,
    proven: f64,
    claims: String,
    proofs: String,
    discrepancy: String,
}

impl Bars {
    /// `None` where nobody claimed anything.
    pub(super) fn of(report: &Report) -> Option<Self> {
        let all = claims(report);
        let (claims, proven) = all.iter().fold((0, 0), |(claims, proven), one| (claims + one.1, proven + one.2));
        let most = all.iter().map(|(_, claims, _)| *claims).max()?;
        let said = format!(
            "{} that a suite passed, {} of them proven by a record: {} of what was claimed is not.",
            counted(claims, "claim"),
            grouped(proven),
            percent(claims.saturating_sub(proven), claims)
        );
        let length = |n: u64| (n as f64 / most as f64 * LONGEST * 10.0).round() / 10.0;
        let bar = |(at, (name, claims, proven)): (usize, (String, u64, u64))| Bar {
            full: name.clone(),
            name: cut(&name, 24),
            y: at * STEP,
            claimed: length(claims).max(1.0),
            proven: length(proven),
            claims: grouped(claims),
            proofs: grouped(proven),
            discrepancy: percent(claims.saturating_sub(proven), claims),
        };
        let bars: Vec<Bar> = all.into_iter().enumerate().map(bar).collect();
        Some(Self { height: bars.len() * STEP + 4, said, bars })
    }
}

/// Who claimed how much, and what of it is proven: most first, many together at the end.
fn claims(report: &Report) -> Vec<(String, u64, u64)> {
    let claimed = report.specialists.iter().enumerate().filter(|(_, sum)| sum.claims > 0);
    let mut all: Vec<(String, u64, u64)> = claimed.map(|(at, sum)| (name(report, at), sum.claims, sum.proven)).collect();
    all.sort_by_key(|(_, claims, _)| std::cmp::Reverse(*claims));
    if all.len() > BARS {
        let rest = all.split_off(BARS - 1);
        let sum = |of: fn(&(String, u64, u64)) -> u64| rest.iter().map(of).sum();
        all.push((counted(rest.len() as u64, "other"), sum(|one| one.1), sum(|one| one.2)));
    }
    all
}
