//! Columns of text.

use crate::report::text::layout::{cut, width};

/// The first column is text, of at most this width; the others are numbers.
const FIRST: usize = 28;

/// Lines of a table with its heading, each column as wide as it must be.
pub(super) fn lines<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let cells = |row: &[String; N]| -> Vec<String> { row.iter().map(|cell| cut(cell, FIRST)).collect() };
    let mut all = vec![head.map(str::to_owned).to_vec()];
    all.extend(rows.iter().map(cells));
    let widths: Vec<usize> =
        (0..N).map(|at| all.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or_default()).collect();
    all.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (at, (cell, column)) in row.iter().zip(widths).enumerate() {
        let gap = " ".repeat(column.saturating_sub(width(cell)));
        match at {
            0 => out.push_str(&format!("{cell}{gap}")),
            _ => out.push_str(&format!("  {gap}{cell}")),
        }
    }
    out.trim_end().to_owned()
}
