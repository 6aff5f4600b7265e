//! Areas against specialists.

use serde::Serialize;

use super::{counted, grouped};
use crate::audit::{AreaWork, Report};
use crate::report::audit::html::tables::name;
use crate::report::text::layout::{cut, width};
use crate::text::escape;

/// Rows and columns that are drawn; further specialists are summed, further areas stand in the table alone.
const AREAS: usize = 16;
const SPECIALISTS: usize = 7;
/// Shades, from nothing to the most.
const SHADES: u64 = 5;
const CELL: (usize, usize) = (56, 30);
/// Characters of a label, and the width of one.
const LABEL: usize = 24;
const CHARACTER: usize = 7;

/// The room for labels of that many characters: beside the rows, above the columns, where they stand aslant, and beyond the last column.
struct Room {
    left: usize,
    top: usize,
    right: usize,
}

impl Room {
    fn of(areas: &[String], names: &[String]) -> Self {
        let longest = |all: &[String]| all.iter().map(|one| width(one)).max().unwrap_or_default().min(LABEL) * CHARACTER;
        let (row, column) = (longest(areas), longest(names));
        Self { left: row + 20, top: column * 5 / 8 + 24, right: (column * 4 / 5).saturating_sub(CELL.0 / 2) + 8 }
    }
}

/// A heat map: how many commits of whom touched what.
#[derive(Serialize)]
pub(super) struct Matrix {
    width: usize,
    height: usize,
    columns: Vec<Label>,
    rows: Vec<Line>,
    said: String,
    more_areas: usize,
}

#[derive(Serialize)]
struct Label {
    text: String,
    full: String,
    x: usize,
    y: usize,
}

#[derive(Serialize)]
struct Line {
    label: Label,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    x: usize,
    y: usize,
    number: String,
    shade: u64,
    said: String,
}

impl Matrix {
    /// `None` where no area was touched.
    pub(super) fn of(report: &Report) -> Option<Self> {
        let mut areas: Vec<&AreaWork> = report.overall.areas.iter().collect();
        areas.sort_by_key(|area| std::cmp::Reverse(total(area)));
        let (who, others) = specialists(&areas);
        let said = said(report, &areas, who.len() + others)?;
        let more_areas = areas.len().saturating_sub(AREAS);
        areas.truncate(AREAS);
        let area_names: Vec<String> = areas.iter().map(|area| escape(report.area(area.area).as_bytes())).collect();
        let names: Vec<String> =
            who.iter().map(|who| name(report, *who)).chain((others > 0).then(|| counted(others as u64, "other"))).collect();
        let counts: Vec<Vec<u64>> = areas.iter().map(|area| counts(area, &who, others > 0)).collect();
        let most = counts.iter().flatten().copied().max()?;
        let room = Room::of(&area_names, &names);
        let line = |(at, (area, counts)): (usize, (&String, &Vec<u64>))| Line::of((area, at), counts, &names, most, &room);
        let column = |(at, name): (usize, &String)| Label {
            text: cut(name, LABEL),
            full: name.clone(),
            x: room.left + at * CELL.0 + CELL.0 / 2,
            y: room.top - 8,
        };
        Some(Self {
            width: room.left + names.len() * CELL.0 + room.right,
            height: room.top + areas.len() * CELL.1 + 4,
            columns: names.iter().enumerate().map(column).collect(),
            rows: area_names.iter().zip(&counts).enumerate().map(line).collect(),
            said,
            more_areas,
        })
    }
}

fn total(area: &AreaWork) -> u64 {
    area.by.iter().map(|work| work.commits).sum()
}

/// The specialists who have a column, and how many have none.
fn specialists(areas: &[&AreaWork]) -> (Vec<usize>, usize) {
    let mut who: Vec<usize> = areas.iter().flat_map(|area| area.by.iter().map(|work| work.specialist)).collect();
    who.sort_unstable();
    who.dedup();
    let others = who.len().saturating_sub(SPECIALISTS);
    who.truncate(SPECIALISTS);
    (who, others)
}

fn said(report: &Report, areas: &[&AreaWork], specialists: usize) -> Option<String> {
    let told = |area: &AreaWork| format!("{} ({})", escape(report.area(area.area).as_bytes()), counted(total(area), "commit"));
    let most = told(areas.first()?);
    let met = areas.iter().filter(|area| area.by.len() > 1).count();
    let (areas, who) = (counted(areas.len() as u64, "area"), counted(specialists as u64, "specialist"));
    Some(format!("{areas}, {who}; several met in {} of them. Most was done in {most}.", grouped(met as u64)))
}

/// Commits of each of them, and of all others together.
fn counts(area: &AreaWork, who: &[usize], others: bool) -> Vec<u64> {
    let of = |one: &usize| area.by.iter().find(|work| work.specialist == *one).map_or(0, |work| work.commits);
    let rest = area.by.iter().filter(|work| !who.contains(&work.specialist)).map(|work| work.commits).sum();
    who.iter().map(of).chain(others.then_some(rest)).collect()
}

impl Line {
    fn of((area, at): (&String, usize), counts: &[u64], names: &[String], most: u64, room: &Room) -> Self {
        let y = room.top + at * CELL.1;
        let cells = counts.iter().zip(names).enumerate().map(|(column, (count, name))| Cell {
            x: room.left + column * CELL.0,
            y,
            number: grouped(*count),
            shade: shade(*count, most),
            said: format!("{area}, {name}: {}", grouped(*count)),
        });
        Self { cells: cells.collect(), label: Label { text: cut(area, LABEL), full: area.clone(), x: room.left - 10, y } }
    }
}

/// Shades grow with the logarithm: one commit differs from none more than a hundred from ninety-nine.
fn shade(count: u64, most: u64) -> u64 {
    let height = |n: u64| (n as f64).ln_1p();
    match count {
        0 => 0,
        count if most <= SHADES => count * SHADES / most,
        count => ((height(count) / height(most) * SHADES as f64).ceil() as u64).clamp(1, SHADES),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_never_lighter() {
        for most in [1, 3, 5, 6, 1000, u64::MAX] {
            assert_eq!((shade(0, most), shade(most, most)), (0, SHADES), "{most}");
            let shades: Vec<u64> = [1, 2, 3, 5, 6, 100, 1000].into_iter().filter(|n| *n <= most).map(|n| shade(n, most)).collect();
            assert!(shades.is_sorted() && shades.iter().all(|shade| (1..=SHADES).contains(shade)), "{most}: {shades:?}");
        }
    }
}
