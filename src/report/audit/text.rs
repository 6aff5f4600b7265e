//! For people, at a terminal: what the whole comes to, who did what, and what to look at first.

use std::io::{self, Write};

use super::table;
use super::words;
use crate::audit::{Report, Row};
use crate::report::text::layout::{cut, wrap};
use crate::report::text::{BAD, DIM, GOOD, HEAD, UNSURE};
use crate::text::escape_words;

/// Commits that are listed where nobody asked for all.
const MOST: usize = 20;
/// Width that lines are fitted to, where they can be.
const COLUMNS: usize = 100;

/// How much is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct View {
    /// Every commit that breaks a rule, and every doubt.
    pub verbose: bool,
    /// Nothing but the commits that break a rule.
    pub quiet: bool,
}

/// Writes the report.
///
/// # Errors
/// As the writer's.
pub fn write(report: &Report, view: View, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    if !view.quiet {
        heading(report, &mut out)?;
        specialists(report, &mut out)?;
        lists(report, view, &mut out)?;
    }
    let breaking = |row: &&Row| !row.violations.is_empty();
    commits(report, "commits that break a rule", &breaking, view, &mut out)?;
    commits(report, "what could not be told", &|row| row.why.is_some(), view, &mut out)?;
    out.flush()
}

fn heading(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (range, policy) = words::subject(report);
    if !report.policy.trusted {
        writeln!(out, "guard: {UNSURE}WARNING{UNSURE:#}: judged by {policy}, which is not the trusted policy")?;
    }
    writeln!(out, "guard: {HEAD}audit{HEAD:#} of `{range}` by {policy}")?;
    let style = if report.summary.violating > 0 { BAD } else { GOOD };
    writeln!(out, "{style}{}{style:#}", words::summary(report))?;
    if let Some(happened) = words::happened(report) {
        writeln!(out, "{happened}")?;
    }
    report.overall.untold.iter().try_for_each(|why| writeln!(out, "{UNSURE}not told{UNSURE:#}: {}", escape_words(why)))
}

fn specialists(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.specialists.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 10]> = report.specialists.iter().map(|sum| words::specialist(report, sum)).collect();
    writeln!(out)?;
    for (at, line) in table::lines(words::COLUMNS, &rows).iter().enumerate() {
        if at == 0 { writeln!(out, "{HEAD}{line}{HEAD:#}")? } else { writeln!(out, "{line}")? }
    }
    words::proof(report).map_or(Ok(()), |proof| writeln!(out, "{DIM}{proof}{DIM:#}"))
}

fn lists(report: &Report, view: View, out: &mut dyn Write) -> io::Result<()> {
    let broken: Vec<String> = words::broken(report).iter().map(|(rule, count)| format!("{rule} {count}")).collect();
    section(out, "rules broken", wrap(&broken, "  ", COLUMNS - 2))?;
    let met = words::meetings(report).into_iter().map(|(area, by)| format!("`{area}`: {by}"));
    section(out, "areas in which several met", met.collect())?;
    let suite = |place: u32| crate::text::escape(report.suite(place).as_bytes());
    let failed = report.overall.outages.iter().map(|o| format!("`{}` {}", suite(o.suite), words::outage(o)));
    section(out, "suites that failed where work lands", failed.collect())?;
    let events = report.overall.events.iter().map(|event| {
        let commit = event.commit.map_or_else(String::new, |commit| format!(" {}", commit.short()));
        let by = if event.by.is_empty() { String::new() } else { format!(" by {}", event.by) };
        let sources = words::sources(event);
        format!("{}  {}{commit}{by}: {} ({sources})", words::minute(event.time), event.what.as_str(), event.words())
    });
    section(out, "what happened besides", events.collect())?;
    let (all, most) = (&report.overall.landings, if view.verbose { usize::MAX } else { MOST });
    let landings = all.iter().rev().take(most).map(|landing| {
        let [who, reference, what] = words::landing(landing);
        format!("{}  {who}: {reference} {what}", words::minute(landing.time))
    });
    let more = all.len().checked_sub(most).filter(|more| *more > 0).map(|more| format!("… {more} more (guard audit -v)"));
    section(out, "what landed, as the ledger has it", landings.chain(more).collect())
}

fn section(out: &mut dyn Write, title: &str, lines: Vec<String>) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{HEAD}{title}{HEAD:#}")?;
    lines.iter().try_for_each(|line| writeln!(out, "  {}", escape_words(line)))
}

fn commits(report: &Report, title: &str, which: &dyn Fn(&&Row) -> bool, view: View, out: &mut dyn Write) -> io::Result<()> {
    // Newest first: what a reader can still do something about.
    let all = || report.commits.iter().rev().filter(which);
    let (total, most) = (all().count(), if view.verbose { usize::MAX } else { MOST });
    if total == 0 {
        return Ok(());
    }
    if !view.quiet {
        writeln!(out, "\n{HEAD}{title}{HEAD:#}")?;
    }
    for row in all().take(most) {
        writeln!(out, "  {}", line(report, row, view))?;
    }
    if total > most {
        writeln!(out, "  {DIM}… {} more (guard audit -v){DIM:#}", total - most)?;
    }
    Ok(())
}

fn line(report: &Report, row: &Row, view: View) -> String {
    let who = words::who(report.person(row).name.as_deref());
    let rules: Vec<&str> = row.violations.iter().collect();
    let what: Vec<String> = rules.into_iter().map(str::to_owned).chain(row.why.as_deref().map(str::to_owned)).collect();
    let what = what.join(", ");
    let start = format!("{}  {}  {}", row.commit.short(), words::minute(row.time), cut(&who, 24));
    let rest = format!("  {}: {what}", words::size(row));
    let line = format!("{start}{rest}");
    escape_words(&if view.verbose { line } else { cut(&line, COLUMNS - 2) })
}
