//! Counts and names from a JUnit file.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::{Error, Result};
use crate::evidence::record::Counts;
use crate::model::RepoPath;
use crate::text::escape;

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
    let missing = |_: std::io::Error| format!("junit file `{name}` missing");
    let there = std::fs::symlink_metadata(path).map_err(missing)?;
    if !there.is_file() {
        return Err(format!("junit file `{name}` is no regular file"));
    }
    if there.len() > MAX_FILE {
        return Err(format!("junit file `{name}` is over {MAX_FILE} bytes"));
    }
    let file = File::open(path).map_err(|e| format!("junit file `{name}` can't be read: {e}"))?;
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

#[derive(Default)]
struct State {
    report: Report,
    /// Names of open elements.
    open: Vec<Vec<u8>>,
    case: Option<Case>,
    roots: u32,
    /// The most failures and errors that a suite's own attributes tell.
    declared: u64,
    /// What the root tells that it took.
    took: Option<Duration>,
    /// What the suites right below the root tell that they took, together.
    parts: Option<Duration>,
}

fn parse(input: impl std::io::BufRead) -> std::result::Result<Report, String> {
    let mut reader = Reader::from_reader(input);
    let (mut state, mut buffer) = (State::default(), Vec::new());
    loop {
        match reader.read_event_into(&mut buffer).map_err(|e| escape(e.to_string().as_bytes()))? {
            Event::Start(element) => state.start(&element)?,
            Event::Empty(element) => {
                state.start(&element)?;
                state.end();
            }
            Event::End(_) => state.end(),
            Event::Eof => break,
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
        buffer.clear();
    }
    if !state.open.is_empty() {
        return Err("it ends within an element".to_owned());
    }
    if state.roots != 1 {
        return Err("it holds no `testsuites` or `testsuite`".to_owned());
    }
    let mut report = state.report;
    report.counts.failed = report.counts.failed.max(state.declared);
    report.took = state.took.or(state.parts);
    Ok(report)
}

impl State {
    fn start(&mut self, element: &BytesStart<'_>) -> std::result::Result<(), String> {
        let name = element.local_name().as_ref().to_vec();
        if self.open.is_empty() {
            self.roots += 1;
            if self.roots > 1 || !matches!(name.as_slice(), b"testsuites" | b"testsuite") {
                return Err("its root is no `testsuites` or `testsuite`".to_owned());
            }
        }
        let direct = self.open.last().is_some_and(|parent| parent == b"testcase");
        match name.as_slice() {
            b"testsuites" | b"testsuite" => self.suite(element)?,
            b"testcase" => {
                if self.case.is_some() {
                    return Err("a `testcase` within a `testcase`".to_owned());
                }
                self.case = Some(case(element)?);
            }
            b"failure" | b"error" => match self.case.as_mut().filter(|_| direct) {
                Some(case) => case.failed = true,
                // Of a whole suite: it failed before it had a test.
                None => self.report.counts.failed += 1,
            },
            b"skipped" => {
                if let Some(case) = self.case.as_mut().filter(|_| direct) {
                    case.skipped = true;
                }
            }
            _ => {}
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("its elements are nested deeper than {MAX_DEPTH}"));
        }
        self.open.push(name);
        Ok(())
    }

    /// What a suite says of itself: failures, and how long it took.
    fn suite(&mut self, element: &BytesStart<'_>) -> std::result::Result<(), String> {
        let told = number(element, "failures")?.saturating_add(number(element, "errors")?);
        self.declared = self.declared.max(told);
        let took = time(element)?;
        match self.open.len() {
            0 => self.took = took,
            1 => self.parts = took.map_or(self.parts, |took| self.parts.unwrap_or_default().checked_add(took)),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) {
        if self.open.pop().is_some_and(|name| name == b"testcase")
            && let Some(case) = self.case.take()
        {
            let Report { counts, passed, failed, .. } = &mut self.report;
            if case.failed {
                counts.failed += 1;
                failed.push(case.name);
            } else if case.skipped {
                counts.skipped += 1;
            } else {
                counts.passed += 1;
                passed.push(case.name);
            }
        }
    }
}

/// A test case by its attributes. GoogleTest writes tests that it didn't run without a `skipped`.
fn case(element: &BytesStart<'_>) -> std::result::Result<Case, String> {
    let text = |name| attribute(element, name).map(Option::unwrap_or_default);
    let (class, name) = (text("classname")?, text("name")?);
    let skipped = matches!(text("status")?.as_str(), "notrun" | "disabled" | "skipped");
    let name = if class.is_empty() { name } else { format!("{class}.{name}") };
    Ok(Case { name, failed: false, skipped })
}

/// Nothing is decided by it, so what is no number of seconds is as if it weren't there.
fn time(element: &BytesStart<'_>) -> std::result::Result<Option<Duration>, String> {
    let seconds = attribute(element, "time")?.and_then(|text| text.trim().parse::<f64>().ok());
    Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
}

fn number(element: &BytesStart<'_>, name: &str) -> std::result::Result<u64, String> {
    match attribute(element, name)?.as_deref().map(str::trim) {
        None | Some("") => Ok(0),
        Some(text) => text.parse().map_err(|_not_a_number| format!("its `{name}` is no number")),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> std::result::Result<Option<String>, String> {
    let wrong = |why: String| format!("an attribute can't be read: {}", escape(why.as_bytes()));
    match element.try_get_attribute(name).map_err(|e| wrong(e.to_string()))? {
        None => Ok(None),
        Some(found) => match found.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => Ok(Some(value.into_owned())),
            Err(e) => Err(wrong(e.to_string())),
        },
    }
}

#[cfg(test)]
#[path = "junit_tests.rs"]
mod tests;
