//! The commits, row by row.

use std::io::{self, Write};

use serde::Serialize;

use super::{Forms, bounds, grouped};
use crate::audit::{Report, Row};
use crate::report::audit::words;
use crate::text::{escape, escape_words};

/// Commits with which nothing is the matter that are listed: a browser must stay usable.
const QUIET: usize = 500;
/// Rows of one table; further ones stand in tables that open when they are asked for.
const BLOCK: usize = 1000;
/// Rules that can't tell of a commit which are named.
const NAMED: usize = 3;

/// Writes both lists: what is to be looked at, whole, and of the rest the newest.
pub(super) fn write(report: &Report, forms: &Forms, out: &mut dyn Write) -> io::Result<()> {
    let grave: Vec<&Row> = report.commits.iter().rev().filter(|row| is_grave(row)).collect();
    let quiet = || report.commits.iter().rev().filter(|row| !is_grave(row));
    let others = quiet().count();
    list(
        report,
        forms,
        &Kind {
            id: "look",
            title: "Commits to look at",
            all: grave.len(),
            shown: grave.len(),
            range: escape(report.range.as_bytes()),
        },
        &grave,
        out,
    )?;
    let newest: Vec<&Row> = quiet().take(QUIET).collect();
    let kind = Kind {
        id: "rest",
        title: "Commits with which nothing is the matter",
        all: others,
        shown: newest.len(),
        range: escape(report.range.as_bytes()),
    };
    list(report, forms, &kind, &newest, out)
}

/// Breaks a rule (a waived one, too), can't be told in full, or claims what isn't proven.
fn is_grave(row: &Row) -> bool {
    let settled = row.violations.is_empty() && row.indeterminate.is_empty() && row.waived.is_empty() && row.why.is_none();
    !settled || !row.claims.iter().all(|claim| row.proves(*claim))
}

struct Kind {
    id: &'static str,
    title: &'static str,
    all: usize,
    shown: usize,
    range: String,
}

#[derive(Serialize)]
struct List<'a> {
    id: &'a str,
    title: &'a str,
    all: String,
    shown: String,
    left: String,
    is_cut: bool,
    is_empty: bool,
    range: &'a str,
    /// Whether the list begins here, or goes on.
    begins: bool,
    /// In several tables: from which row to which, and from when to when.
    part: Option<(String, String, String, String)>,
    number: usize,
}

fn list(report: &Report, forms: &Forms, kind: &Kind, rows: &[&Row], out: &mut dyn Write) -> io::Result<()> {
    let in_parts = rows.len() > BLOCK;
    let blocks: Vec<&[&Row]> = if rows.is_empty() { vec![&[]] } else { rows.chunks(BLOCK).collect() };
    for (number, block) in blocks.into_iter().enumerate() {
        let first = number * BLOCK + 1;
        let when = |row: Option<&&Row>| row.map_or_else(String::new, |row| words::day(row.time));
        let to = first + block.len().saturating_sub(1);
        let part = (grouped(first as u64), grouped(to as u64), when(block.last()), when(block.first()));
        let head = List {
            id: kind.id,
            title: kind.title,
            all: grouped(kind.all as u64),
            shown: grouped(kind.shown as u64),
            left: grouped(kind.all.saturating_sub(kind.shown) as u64),
            is_cut: kind.shown < kind.all,
            is_empty: rows.is_empty(),
            range: &kind.range,
            begins: number == 0,
            part: in_parts.then_some(part),
            number,
        };
        forms.put("commits", &head, out)?;
        block.iter().try_for_each(|row| forms.put("row", &Line::of(report, row), out))?;
        if !rows.is_empty() {
            out.write_all(b"</tbody></table></div>\n")?;
        }
        if in_parts {
            out.write_all(b"</details>\n")?;
        }
    }
    out.write_all(b"</section>\n")
}

/// A commit; everything of it is escaped.
#[derive(Serialize)]
struct Line {
    id: String,
    short: String,
    notes: Vec<String>,
    when: String,
    who: String,
    source: String,
    files: String,
    insertions: String,
    deletions: String,
    bytes: String,
    areas: Vec<String>,
    claims: Vec<String>,
    evidence: Vec<Evidence>,
    violations: Vec<&'static str>,
    waived: Vec<&'static str>,
    doubts: Vec<String>,
    why: Option<String>,
}

#[derive(Serialize)]
struct Evidence {
    suite: String,
    found: &'static str,
    result: Option<&'static str>,
    tone: &'static str,
}

impl Line {
    fn of(report: &Report, row: &Row) -> Self {
        let person = report.person(row);
        let suite = |place: u32| escape(report.suite(place).as_bytes());
        let unknown = || "?".to_owned();
        let evidence = row.evidence.iter().map(|found| Evidence {
            suite: suite(found.suite),
            found: found.level.as_str(),
            result: found.passed.map(|passed| if passed { "passed" } else { "failed" }),
            tone: if found.passed == Some(false) || !found.is_proof() { "bad" } else { "good" },
        });
        Self {
            id: row.commit.to_string(),
            short: row.commit.short(),
            notes: notes(row),
            when: words::minute(row.time),
            who: words::who(person.name.as_deref()),
            source: escape(person.source.as_bytes()),
            files: row.size.map_or_else(unknown, |size| grouped(size.files)),
            insertions: row.size.map_or_else(unknown, |size| bounds(size.insertions)),
            deletions: row.size.map_or_else(unknown, |size| bounds(size.deletions)),
            bytes: row.size.map_or_else(unknown, |size| bounds(size.inserted_bytes)),
            areas: row.areas.iter().map(|area| escape(report.area(*area).as_bytes())).collect(),
            claims: row.claims.iter().map(|claim| suite(*claim)).collect(),
            evidence: evidence.collect(),
            violations: row.violations.iter().collect(),
            waived: row.waived.iter().collect(),
            doubts: doubts(row),
            why: row.why.as_deref().map(escape_words),
        }
    }
}

/// The rules that can't tell; where most can't, how many.
fn doubts(row: &Row) -> Vec<String> {
    let all: Vec<String> = row.indeterminate.iter().map(str::to_owned).collect();
    if all.len() > NAMED { vec![format!("{} rules", all.len())] } else { all }
}

/// What kind of commit it is.
fn notes(row: &Row) -> Vec<String> {
    let merge = (row.parents > 1).then(|| format!("merge of {}", row.parents));
    let root = (row.parents == 0 && row.size.is_some()).then(|| "first".to_owned());
    let landing = row.landing.then(|| "landing".to_owned());
    merge.into_iter().chain(root).chain(landing).collect()
}
