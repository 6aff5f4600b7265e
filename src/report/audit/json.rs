//! For programs: one document, version 1, written as it goes. `tests/json/audit.schema.json` describes it.

mod overall;

use std::io::{self, Write};

use serde::ser::{SerializeMap, Serializer};
use serde::{Serialize, ser::SerializeSeq};
use serde_json::ser::Formatter;

use crate::audit::{Report, Row, SpecialistSum};
use crate::model::Bounds;
use crate::report::json::Hex;
use crate::text::escape_json;
use overall::Overall;

/// Writes the document and a newline.
///
/// # Errors
/// As the writer's.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    Document(report).serialize(&mut serde_json::Serializer::with_formatter(&mut out, Seen)).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Text in which nothing hides: what deceives a terminal is escaped.
struct Seen;

impl Formatter for Seen {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        writer.write_all(escape_json(fragment).as_bytes())
    }
}

struct Document<'a>(&'a Report);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let report = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &1)?;
        map.serialize_entry("range", &report.range)?;
        map.serialize_entry("policy", &Policy::of(report))?;
        map.serialize_entry("commits", &Commits(report))?;
        let specialists: Vec<Specialist<'_>> = report.specialists.iter().map(|sum| Specialist::of(report, sum)).collect();
        map.serialize_entry("specialists", &specialists)?;
        map.serialize_entry("summary", &Summary::of(report))?;
        map.serialize_entry("overall", &Overall::of(report))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Policy<'a> {
    source: &'a str,
    commit: Option<Hex>,
    blob: Option<Hex>,
    trusted: bool,
}

impl<'a> Policy<'a> {
    fn of(report: &'a Report) -> Self {
        let policy = &report.policy;
        Self { source: &policy.source, commit: policy.commit.map(Hex), blob: policy.blob.map(Hex), trusted: policy.trusted }
    }
}

/// The rows, of which one at a time is made.
struct Commits<'a>(&'a Report);

impl Serialize for Commits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_seq(None)?;
        self.0.commits.iter().try_for_each(|row| all.serialize_element(&Commit::of(self.0, row)))?;
        all.end()
    }
}

/// A number; where it is known by its bounds alone it is null, and they stand beside it.
#[derive(Serialize)]
struct Commit<'a> {
    commit: Hex,
    parents: u32,
    specialist: Option<&'a str>,
    source: &'a str,
    files: Option<u64>,
    insertions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insertions_at_least: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insertions_at_most: Option<u64>,
    deletions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions_at_least: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions_at_most: Option<u64>,
    inserted_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_bytes_at_least: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_bytes_at_most: Option<u64>,
    areas: Vec<&'a str>,
    claims: Vec<&'a str>,
    evidence: Vec<EvidenceEntry<'a>>,
    violations: Vec<&'a str>,
    indeterminate: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct EvidenceEntry<'a> {
    suite: &'a str,
    found: &'static str,
    result: Option<&'static str>,
}

impl<'a> Commit<'a> {
    fn of(report: &'a Report, row: &'a Row) -> Self {
        let person = report.person(row);
        let number = |of: fn(&crate::audit::Size) -> Bounds| row.size.as_ref().map(of);
        let (insertions, deletions, bytes) = (number(|s| s.insertions), number(|s| s.deletions), number(|s| s.inserted_bytes));
        let known = |number: Option<Bounds>| number.and_then(Bounds::known);
        let least = |number: Option<Bounds>| number.filter(|b| b.known().is_none()).map(|b| b.at_least);
        let most = |number: Option<Bounds>| number.filter(|b| b.known().is_none()).map(|b| b.at_most);
        let found = |found: &crate::audit::SuiteEvidence| EvidenceEntry {
            suite: report.suite(found.suite),
            found: found.level.as_str(),
            result: found.passed.map(|passed| if passed { "passed" } else { "failed" }),
        };
        Self {
            commit: Hex(row.commit),
            parents: row.parents,
            specialist: person.name.as_deref(),
            source: &person.source,
            files: row.size.map(|size| size.files),
            insertions: known(insertions),
            insertions_at_least: least(insertions),
            insertions_at_most: most(insertions),
            deletions: known(deletions),
            deletions_at_least: least(deletions),
            deletions_at_most: most(deletions),
            inserted_bytes: known(bytes),
            inserted_bytes_at_least: least(bytes),
            inserted_bytes_at_most: most(bytes),
            areas: row.areas.iter().map(|area| report.area(*area)).collect(),
            claims: row.claims.iter().map(|suite| report.suite(*suite)).collect(),
            evidence: row.evidence.iter().map(found).collect(),
            violations: row.violations.iter().collect(),
            indeterminate: row.indeterminate.iter().collect(),
            why: row.why.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Specialist<'a> {
    name: Option<&'a str>,
    commits: u64,
    files: u64,
    insertions: u64,
    deletions: u64,
    claims: u64,
    proven: u64,
    discrepancy: f64,
    guarded: u64,
    violating: u64,
    largest: Option<Hex>,
}

impl<'a> Specialist<'a> {
    fn of(report: &Report, sum: &'a SpecialistSum) -> Self {
        Self {
            name: sum.name.as_deref(),
            commits: sum.commits,
            files: sum.files,
            insertions: sum.insertions.at_least,
            deletions: sum.deletions.at_least,
            claims: sum.claims,
            proven: sum.proven,
            discrepancy: sum.discrepancy(),
            guarded: sum.guarded,
            violating: sum.violating,
            largest: sum.largest.and_then(|place| report.commits.get(place)).map(|row| Hex(row.commit)),
        }
    }
}

#[derive(Serialize)]
struct Summary {
    commits: u64,
    violating: u64,
    guarded_without_evidence: u64,
    undecided: u64,
}

impl Summary {
    fn of(report: &Report) -> Self {
        let crate::audit::Summary { commits, violating, guarded_without_evidence } = report.summary;
        Self { commits, violating, guarded_without_evidence, undecided: report.overall.undecided }
    }
}
