//! For a page: an issue, a wiki, a pull request. Whatever comes from the repository stands in a code span, where nothing is a command.

use std::io::{self, Write};

use super::words;
use crate::audit::{Report, Row};

/// Writes the report.
///
/// # Errors
/// As the writer's.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let (range, policy) = words::subject(report);
    writeln!(out, "# Audit of {}\n", code(&range))?;
    let trust = if report.policy.trusted { "" } else { ", which is **not the trusted policy**" };
    writeln!(out, "Judged by {}{trust}: {}.", code(&policy), words::summary(report))?;
    if let Some(happened) = words::happened(report) {
        writeln!(out, "\nBesides: {happened}.")?;
    }
    report.overall.untold.iter().try_for_each(|why| writeln!(out, "\nNot told: {}", code(why)))?;
    specialists(report, &mut out)?;
    lists(report, &mut out)?;
    commits(report, "Commits that break a rule", &|row| !row.violations.is_empty(), &mut out)?;
    commits(report, "What could not be told", &|row| row.why.is_some(), &mut out)?;
    out.flush()
}

fn specialists(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.specialists.is_empty() {
        return Ok(());
    }
    let numbers = "---:|".repeat(words::COLUMNS.len() - 1);
    writeln!(out, "\n## Specialists\n\n| {} |\n|---|{numbers}", words::COLUMNS.join(" | "))?;
    for sum in &report.specialists {
        let [who, numbers @ ..] = words::specialist(report, sum);
        writeln!(out, "| {} | {} |", code(&who), numbers.join(" | "))?;
    }
    words::proof(report).map_or(Ok(()), |proof| writeln!(out, "\n{proof}"))
}

fn lists(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let broken = words::broken(report).into_iter().map(|(rule, count)| format!("{}: {count}", code(rule)));
    section(out, "Rules broken", broken.collect())?;
    let met = words::meetings(report).into_iter().map(|(area, by)| format!("{}: {}", code(&area), code(&by)));
    section(out, "Areas in which several met", met.collect())?;
    let suite = |place: u32| code(&crate::text::escape(report.suite(place).as_bytes()));
    let failed = report.overall.outages.iter().map(|outage| format!("{} {}", suite(outage.suite), words::outage(outage)));
    section(out, "Suites that failed where work lands", failed.collect())?;
    let events = report.overall.events.iter().map(|event| {
        let commit = event.commit.map_or_else(String::new, |commit| format!(" {}", commit.short()));
        let by = if event.by.is_empty() { String::new() } else { format!(" by {}", code(&event.by)) };
        let sources = words::sources(event);
        format!("{} **{}**{commit}{by}: {} ({sources})", words::minute(event.time), event.what.as_str(), code(&event.words()))
    });
    section(out, "What happened besides", events.collect())?;
    let landings = report.overall.landings.iter().rev().map(|landing| {
        let [who, reference, what] = words::landing(landing);
        format!("{} {}: {} {}", words::minute(landing.time), code(&who), code(&reference), code(&what))
    });
    section(out, "What landed, as the ledger has it", landings.collect())
}

fn section(out: &mut dyn Write, title: &str, lines: Vec<String>) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {title}\n")?;
    lines.iter().try_for_each(|line| writeln!(out, "- {line}"))
}

fn commits(report: &Report, title: &str, which: &dyn Fn(&&Row) -> bool, out: &mut dyn Write) -> io::Result<()> {
    let mut all = report.commits.iter().rev().filter(which).peekable();
    if all.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n## {title}\n\n| commit | when | who | files | +lines | -lines | rules |\n|---|---|---|---:|---:|---:|---|")?;
    for row in all {
        let who = code(&words::who(report.person(row).name.as_deref()));
        let numbers = row.size.map_or_else(
            || "? | ? | ?".to_owned(),
            |size| format!("{} | {} | {}", size.files, words::number(size.insertions), words::number(size.deletions)),
        );
        let rules: Vec<String> = row.violations.iter().map(code).collect();
        let why = row.why.iter().map(|why| code(why));
        let said: Vec<String> = rules.into_iter().chain(why).collect();
        writeln!(out, "| {} | {} | {who} | {numbers} | {} |", row.commit.short(), words::minute(row.time), said.join(", "))?;
    }
    Ok(())
}

/// A code span, in a table, too: nothing within it is markup, a link or a mention. What is given is escaped, one line.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_code_span_ends_where_it_should() {
        for (text, span) in
            [("a", "`a`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("a|b", r"`a\|b`"), ("", "`  `"), ("<b>@x", "`<b>@x`")]
        {
            assert_eq!(code(text), span);
        }
    }
}
