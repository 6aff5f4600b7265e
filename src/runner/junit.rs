//! Counts and names from a JUnit file.

use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use xml::ParserConfig;
use xml::attribute::OwnedAttribute;
use xml::reader::XmlEvent;

use crate::error::{Error, Result};
use crate::evidence::record::Counts;
use crate::model::RepoPath;
use crate::text::escape;

use super::regular;

/// A larger file isn't read.
const MAX_FILE: u64 = 64 << 20;
/// Elements within elements.
const MAX_DEPTH: usize = 256;

/// What a JUnit file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// How many tests.
    pub counts: Counts,
    /// Names of those that passed, `classname.name`.
    pub passed: Vec<String>,
    /// Names of those that failed.
    pub failed: Vec<String>,
    /// How long they took, as it tells; `None`: it doesn't, or nothing that makes sense.
    pub took: Option<Duration>,
}

impl Report {
    /// Why the run failed, by this report.
    pub fn failure(&self) -> Option<String> {
        crate::evidence::failed_tests(self.counts)
    }
}

/// Removes what the tree holds in place of the report.
pub(super) fn clear(directory: &Path, report: &RepoPath) -> Result<()> {
    let Ok(path) = inside(directory, report) else { return Ok(()) };
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(()),
        // Nothing is there, or a directory, which `read` will refuse.
        Err(_) if std::fs::symlink_metadata(&path).map_or(true, |there| there.is_dir()) => Ok(()),
        Err(e) => Err(Error::from(e).context(format!("could not remove the tree's own `{}`", escape(report.as_bytes())))),
    }
}

/// Reads the report.
///
/// # Errors
/// A phrase: it is missing, no regular file inside the export, too large, or no JUnit.
pub(super) fn read(directory: &Path, report: &RepoPath) -> std::result::Result<Report, String> {
    let name = escape(report.as_bytes());
    let missing = |_: std::io::Error| format!("junit file `{name}` missing");
    let path = inside(directory, report).map_err(missing)?;
    read_file(&path, &name)
}

/// Reads a report that stands anywhere. `name`: what to call it, escaped.
///
/// # Errors
/// As `read`.
pub(super) fn read_file(path: &Path, name: &str) -> std::result::Result<Report, String> {
    let file = regular::open(path, MAX_FILE).map_err(|e| {
        if e.kind() == ErrorKind::NotFound {
            format!("junit file `{name}` missing")
        } else {
            format!("junit file `{name}` can't be read: {e}")
        }
    })?;
    parse(BufReader::new(file.take(MAX_FILE))).map_err(|why| format!("junit file `{name}` is malformed: {why}"))
}

/// The report's path, with its directory resolved: out of the export there is none, whatever links the suite made.
fn inside(directory: &Path, report: &RepoPath) -> std::io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    let outside = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let path = directory.join(std::ffi::OsStr::from_bytes(report.as_bytes()));
    let parent = path.parent().ok_or_else(outside)?.canonicalize()?;
    if !parent.starts_with(directory.canonicalize()?) {
        return Err(outside());
    }
    Ok(parent.join(path.file_name().ok_or_else(outside)?))
}

/// A test case that is being read.
#[derive(Default)]
struct Case {
    name: String,
    failed: bool,
    skipped: bool,
}

/// What a suite tells of itself, and what it lists.
#[derive(Clone, Copy, Default)]
struct Numbers {
    failed: u64,
    skipped: u64,
}

impl Numbers {
    fn max(self, other: Self) -> Self {
        Self { failed: self.failed.max(other.failed), skipped: self.skipped.max(other.skipped) }
    }

    fn add(&mut self, other: Self) {
        self.failed = self.failed.saturating_add(other.failed);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}

/// An open element.
struct Open {
    name: String,
    /// What its own attributes tell; of a suite alone.
    declared: Numbers,
    /// What stands within it.
    listed: Numbers,
}

#[derive(Default)]
struct State {
    report: Report,
    open: Vec<Open>,
    case: Option<Case>,
    /// What the root comes to: of each suite the larger of what it declares and what it lists.
    whole: Numbers,
    /// What the root tells that it took.
    took: Option<Duration>,
    /// What the suites right below the root tell that they took, together.
    parts: Option<Duration>,
}

/// What isn't well-formed is no report, and nothing is dropped: two readers could read it otherwise.
fn parse(input: impl std::io::BufRead) -> std::result::Result<Report, String> {
    let mut config = ParserConfig::new();
    config.allow_multiple_root_elements = false;
    let mut state = State::default();
    for event in config.create_reader(input) {
        match event.map_err(|e| escape(e.to_string().as_bytes()))? {
            XmlEvent::StartElement { name, attributes, .. } => state.start(name.local_name, &attributes)?,
            XmlEvent::EndElement { .. } => state.end(),
            XmlEvent::Doctype { syntax } => bare(&syntax)?,
            XmlEvent::StartDocument { .. }
            | XmlEvent::EndDocument
            | XmlEvent::ProcessingInstruction { .. }
            | XmlEvent::CData(_)
            | XmlEvent::Comment(_)
            | XmlEvent::Characters(_)
            | XmlEvent::Whitespace(_) => {}
        }
    }
    let mut report = state.report;
    report.counts.failed = state.whole.failed;
    report.counts.skipped = state.whole.skipped;
    report.took = state.took.or(state.parts);
    Ok(report)
}

/// A document type may name the root and nothing more: declarations, its own or another file's, would change what the rest means.
fn bare(doctype: &str) -> std::result::Result<(), String> {
    let name = doctype.trim_start_matches("<!DOCTYPE").trim_end_matches('>');
    if name.split_whitespace().count() == 1 && !name.contains('[') {
        Ok(())
    } else {
        Err("its document type declares something, which is not read".to_owned())
    }
}

impl State {
    fn start(&mut self, name: String, attributes: &[OwnedAttribute]) -> std::result::Result<(), String> {
        let suite = matches!(name.as_str(), "testsuites" | "testsuite");
        if self.open.is_empty() && !suite {
            return Err("its root is no `testsuites` or `testsuite`".to_owned());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("its elements are nested deeper than {MAX_DEPTH}"));
        }
        let declared = if suite { self.suite(attributes)? } else { Numbers::default() };
        match name.as_str() {
            "testcase" if self.case.is_some() => return Err("a `testcase` within a `testcase`".to_owned()),
            "testcase" => self.case = Some(case(attributes)),
            "failure" | "error" => self.failure(),
            "skipped" => self.skipped(),
            _ => {}
        }
        self.open.push(Open { name, declared, listed: Numbers::default() });
        Ok(())
    }

    /// What a suite declares.
    fn suite(&mut self, attributes: &[OwnedAttribute]) -> std::result::Result<Numbers, String> {
        let took = time(attributes);
        match self.open.len() {
            0 => self.took = took,
            1 => self.parts = took.map_or(self.parts, |took| self.parts.unwrap_or_default().checked_add(took)),
            _ => {}
        }
        Ok(Numbers {
            failed: number(attributes, "failures")?.saturating_add(number(attributes, "errors")?),
            skipped: number(attributes, "skipped")?.saturating_add(number(attributes, "disabled")?),
        })
    }

    /// A failure of the case that is open, if it is the case's own; else of a whole suite, which failed beside its tests.
    fn failure(&mut self) {
        let direct = self.open.last().is_some_and(|parent| parent.name == "testcase");
        match self.case.as_mut().filter(|_| direct) {
            Some(case) => case.failed = true,
            None => self.list(Numbers { failed: 1, skipped: 0 }),
        }
    }

    fn skipped(&mut self) {
        match self.case.as_mut() {
            Some(case) => case.skipped = true,
            None => self.list(Numbers { failed: 0, skipped: 1 }),
        }
    }

    fn list(&mut self, numbers: Numbers) {
        match self.open.last_mut() {
            Some(around) => around.listed.add(numbers),
            None => self.whole = numbers,
        }
    }

    fn end(&mut self) {
        let Some(done) = self.open.pop() else { return };
        let mut numbers = done.declared.max(done.listed);
        let Some(case) = self.case.take_if(|_| done.name == "testcase") else { return self.list(numbers) };
        if case.failed {
            numbers.add(Numbers { failed: 1, skipped: 0 });
            self.report.failed.push(case.name);
        } else if case.skipped {
            numbers.add(Numbers { failed: 0, skipped: 1 });
        } else {
            self.report.counts.passed += 1;
            self.report.passed.push(case.name);
        }
        self.list(numbers);
    }
}

/// A test case by its attributes: some writers tell a failure, or that a test wasn't run, by these alone.
fn case(attributes: &[OwnedAttribute]) -> Case {
    let text = |name| attribute(attributes, name).unwrap_or_default();
    let told =
        |words: &[&str]| words.iter().any(|word| [text("status"), text("result")].iter().any(|t| t.eq_ignore_ascii_case(word)));
    let (class, name) = (text("classname"), text("name"));
    Case {
        name: if class.is_empty() { name.to_owned() } else { format!("{class}.{name}") },
        failed: told(&["fail", "failed", "failure", "error"]),
        skipped: told(&["notrun", "disabled", "skipped", "suppressed", "ignored"]),
    }
}

/// Nothing is decided by it, so what is no number of seconds is as if it weren't there.
fn time(attributes: &[OwnedAttribute]) -> Option<Duration> {
    let seconds = attribute(attributes, "time")?.trim().parse::<f64>().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn number(attributes: &[OwnedAttribute], name: &str) -> std::result::Result<u64, String> {
    match attribute(attributes, name).map(str::trim) {
        None | Some("") => Ok(0),
        Some(text) => text.parse().map_err(|_not_a_number| format!("its `{name}` is no number")),
    }
}

fn attribute<'a>(attributes: &'a [OwnedAttribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|found| found.name.prefix.is_none() && found.name.local_name == name).map(|found| found.value.as_str())
}

#[cfg(test)]
#[path = "junit_tests.rs"]
mod tests;
