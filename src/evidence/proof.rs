//! From records and markers to what is proven.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::record::{Counts, Outcome, Record};
use super::{Level, Missing, Proof, digest, marker};
use crate::change::{BySuite, Oid};
use crate::error::Result;
use crate::git::notes::NoteLine;
use crate::policy::{Policy, Suite};

/// A commit whose message may carry markers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarkedCommit {
    /// The commit; `None`: the one that is about to be made.
    pub commit: Option<Oid>,
    /// Its root tree.
    pub tree: Oid,
    /// Its message, raw bytes, without an editor's comments.
    pub message: Vec<u8>,
}

/// One line of a note, and what it is worth.
#[derive(Clone, PartialEq, Debug)]
pub struct Found {
    /// Whose notes it stands in.
    pub writer: String,
    /// The record, or why it can't be read.
    pub record: std::result::Result<Record, String>,
    /// Whether it counts.
    pub worth: Worth,
}

/// Whether a record counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Worth {
    /// It does.
    Counts,
    /// There is a newer one for the same suite.
    Superseded,
    /// The policy has no such suite.
    UnknownSuite,
    /// It doesn't: why.
    Refused(Missing),
}

/// Weighs every line. A record counts only if tree, repository, suite and definition match, the definition being the suite's table
/// in `policy`: the policy's blob is told in a record, but were it compared, an edit of any other line would void all proof. Of those
/// that match, the newest one by its end counts, so that a failure voids what passed before; of two with the same end, the failure.
/// `roots` says whether a root commit is this repository's.
///
/// # Errors
/// Those of `roots`; a line that can't be read is `Malformed`, no error.
pub fn examine(policy: &Policy, roots: &dyn Fn(&Oid) -> Result<bool>, tree: Oid, lines: &[NoteLine]) -> Result<Vec<Found>> {
    let mut newest: BTreeMap<String, (Timestamp, bool, usize)> = BTreeMap::new();
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let record = line.content.as_ref().map_err(Clone::clone).and_then(|line| Record::from_line(line));
        let worth = match &record {
            Err(why) => Worth::Refused(Missing::Malformed(brief(why))),
            Ok(record) => match policy.suite(&record.suite) {
                None => Worth::UnknownSuite,
                Some(suite) => match mismatch(record, suite, tree, roots)? {
                    Some(missing) => Worth::Refused(missing),
                    None => {
                        let rank = (record.end, shortfall(record, suite).is_some(), index);
                        let best = newest.entry(record.suite.clone()).or_insert(rank);
                        *best = rank.max(*best);
                        Worth::Superseded
                    }
                },
            },
        };
        all.push(Found { writer: line.writer.clone(), record, worth });
    }
    for (_, _, index) in newest.into_values() {
        if let Some(Found { record: Ok(record), worth, .. }) = all.get_mut(index) {
            let shortfall = policy.suite(&record.suite).and_then(|suite| shortfall(record, suite));
            *worth = shortfall.map_or(Worth::Counts, Worth::Refused);
        }
    }
    Ok(all)
}

/// Why a record isn't about this suite on this tree.
fn mismatch(record: &Record, suite: &Suite, tree: Oid, roots: &dyn Fn(&Oid) -> Result<bool>) -> Result<Option<Missing>> {
    Ok(if record.tree != tree {
        Some(Missing::Stale { tree: record.tree.to_string() })
    } else if !roots(&record.repository)? {
        Some(Missing::OtherRepository)
    } else if record.definition != digest(suite) {
        Some(Missing::OtherDefinition)
    } else {
        None
    })
}

/// Why a run isn't enough for its suite.
pub(crate) fn shortfall(record: &Record, suite: &Suite) -> Option<Missing> {
    if record.result == Outcome::Failed || record.exit_status != Some(0) {
        return Some(Missing::Failed(match (&record.failure, record.exit_status) {
            (Some(why), _) => brief(why),
            (None, Some(status)) => format!("exit status {status}"),
            (None, None) => "it was killed".to_owned(),
        }));
    }
    match record.counts {
        None if suite.junit.is_some() => return Some(Missing::Malformed("it has no counts of tests".to_owned())),
        None => {}
        Some(counts) => {
            if let Some(why) = failed_tests(counts) {
                return Some(Missing::Failed(why));
            }
            if let Some(demanded) = suite.min_tests.filter(|demanded| counts.passed < *demanded) {
                return Some(Missing::TooFewTests { passed: counts.passed, demanded });
            }
            if let Some(allowed) = suite.max_skipped.filter(|allowed| counts.skipped > *allowed) {
                return Some(Missing::TooManySkipped { skipped: counts.skipped, allowed });
            }
        }
    }
    (record.result != Outcome::Passed).then(|| Missing::Failed("it passed with warnings".to_owned()))
}

/// As much of what somebody wrote as a report has room for.
fn brief(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Why these counts are a failure, as a phrase.
pub(crate) fn failed_tests(counts: Counts) -> Option<String> {
    match counts.failed {
        0 => None,
        1 => Some("1 test failed".to_owned()),
        n => Some(format!("{n} tests failed")),
    }
}

/// What is known of every suite of `policy` on `tree`. `lines`: the notes on the tree. `marked`: commits that may carry markers; one
/// counts when its commit's own tree is `tree` and the marker names it. On a server an unsigned record is worth no more than a claim.
///
/// # Errors
/// Those of `roots`.
pub fn proofs(
    policy: &Policy,
    roots: &dyn Fn(&Oid) -> Result<bool>,
    tree: Oid,
    lines: &[NoteLine],
    marked: &[MarkedCommit],
    on_server: bool,
) -> Result<BySuite<Proof>> {
    let found = examine(policy, roots, tree, lines)?;
    let mut all: BySuite<Proof> = policy.suites.iter().map(|suite| (suite.name.value.clone(), Proof::none())).collect();
    for (suite, proof) in &mut all {
        for one in &found {
            take_record(proof, suite, one, on_server);
        }
        for commit in marked {
            take_markers(proof, suite, tree, commit);
        }
    }
    Ok(all)
}

fn take_record(proof: &mut Proof, suite: &str, found: &Found, on_server: bool) {
    let ours = match &found.record {
        Ok(record) => record.suite == suite,
        // Nobody can tell whose it was.
        Err(_) => true,
    };
    match &found.worth {
        Worth::Counts if ours && on_server => {
            raise(proof, Level::Claimed, format!("an unsigned record of {}", crate::report::escape(found.writer.as_bytes())));
        }
        Worth::Counts if ours => raise(proof, Level::Recorded, "a run on this machine".to_owned()),
        Worth::Refused(why) if ours => refuse(proof, why.clone()),
        Worth::Counts | Worth::Refused(_) | Worth::Superseded | Worth::UnknownSuite => {}
    }
}

fn take_markers(proof: &mut Proof, suite: &str, tree: Oid, commit: &MarkedCommit) {
    for marker in marker::parse(&commit.message).into_iter().filter(|marker| marker.suite == suite) {
        if marker.tree != tree {
            refuse(proof, Missing::Stale { tree: marker.tree.to_string() });
        } else if commit.tree == tree {
            let place = commit.commit.map_or_else(|| "the message".to_owned(), |oid| oid.short());
            raise(proof, Level::Claimed, format!("trailer in {place}"));
        }
    }
}

fn raise(proof: &mut Proof, level: Level, by: String) {
    if level > proof.level {
        proof.level = level;
        proof.by = Some(by);
    }
}

fn refuse(proof: &mut Proof, why: Missing) {
    /// Reasons that are kept: a report needs a few, and whoever writes notes decides how many there are.
    const KEPT: usize = 16;
    if proof.refused.len() < KEPT && !proof.refused.contains(&why) {
        proof.refused.push(why);
    }
}

/// The suites for which a marker may be written: with a passing record, not merely a claim.
pub fn passing_suites(proofs: &BySuite<Proof>) -> Vec<String> {
    proofs.iter().filter(|(_, proof)| proof.level >= Level::Recorded).map(|(suite, _)| suite.clone()).collect()
}

#[cfg(test)]
#[path = "proof_tests.rs"]
pub(crate) mod tests;
