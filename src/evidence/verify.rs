//! From the lines of notes to what each record is worth.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use ssh_key::public::KeyData;

use crate::error::Result;
use crate::evidence::envelope;
use crate::evidence::envelope::Opened;
use crate::evidence::note::NoteLine;
use crate::evidence::record::{Counts, Outcome, Record};
use crate::evidence::trust::{SignerTrust, Verified, at_most, standing};
use crate::evidence::{RejectReason, digest, predicate};
use crate::identity::Actor;
use crate::model::Oid;
use crate::policy::Level;
use crate::policy::{Policy, Suite};
use crate::text::truncate;

/// Clocks differ by this much without anything being wrong.
pub(super) const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Whether what this key signed may be taken at `now`: in one of the policy's lines it is valid then, but for what clocks differ by.
///
/// # Errors
/// Not a failure: why it is not.
pub(super) fn taken_at(policy: &Policy, key: &KeyData, now: Timestamp) -> std::result::Result<(), String> {
    let near = |offset: SignedDuration| now.checked_add(offset).unwrap_or(now);
    let mut told = Ok(());
    for (_, line) in policy.signers(key) {
        let times = [now, near(SKEW), near(-SKEW)];
        match line.value.valid_at(now) {
            Err(why) if times.into_iter().all(|time| line.value.valid_at(time).is_err()) => told = Err(why),
            Ok(()) | Err(_) => return Ok(()),
        }
    }
    told
}

/// What is needed to verify the evidence for one tree.
pub struct VerificationContext<'a> {
    /// The policy that judges.
    pub policy: &'a Policy,
    /// The tree that is to be proven.
    pub tree: Oid,
    /// Whether that is the root commit by which this repository is known.
    pub is_expected_root: &'a dyn Fn(&Oid) -> Result<bool>,
    /// Whether a suite's own files are others in the tree than in the base.
    pub changed: &'a dyn Fn(&Suite) -> Result<bool>,
    /// The digest of a suite's own files (`diff::suite_files::digest`), as it is asked only where a record names one.
    pub files: &'a dyn Fn(&Suite, FilesOf) -> Result<String>,
    /// Whose work is to be proven.
    pub workers: &'a [&'a Actor],
    /// The time.
    pub now: Timestamp,
    /// In hindsight, of a commit of long ago: when it was made. A record grew no older for it since then.
    pub since: Option<Timestamp>,
    /// An unsigned record is a claim there.
    pub on_server: bool,
}

/// Which files of a suite.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FilesOf {
    /// The tree's own: the suite as it now is.
    Tree,
    /// The base's, in place of the tree's.
    Base,
}

/// One line of a note, and what it is worth.
#[derive(Clone, PartialEq, Debug)]
pub struct VerifiedRecord {
    /// Whose notes it stands in.
    pub writer: String,
    /// The record, or why it can't be read.
    pub record: std::result::Result<Record, String>,
    /// Whether it counts.
    pub worth: Verification,
}

/// Whether a record counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verification {
    /// It does.
    Accepted(Acceptance),
    /// There is a newer one of the same signer for the same suite.
    Superseded,
    /// The policy has no such suite.
    UnknownSuite,
    /// It doesn't: why.
    Rejected(RejectReason),
}

/// What a record that counts is worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acceptance {
    /// The level that it reaches.
    pub level: Level,
    /// Whose it is: "runner `ci`", "a run on this machine"; escaped.
    pub by: String,
    /// Which files of the suite were run.
    pub of: FilesOf,
    /// Why it is worth no more, where a signature might have made it so.
    pub short: Option<RejectReason>,
}

/// What competes for being the newest.
type Rank = (Timestamp, bool, usize);

/// Whose record, of which suite, with which files.
type Signer = (String, FilesOf, String);

/// Weighs every line. A record counts only if tree, repository, suite, definition and the suite's own files match, the definition being
/// the suite's table in the policy: the policy's blob is told in a record, but were it compared, an edit of any other line would void
/// all proof. Of those of one signer that match, the newest one by its end counts, so that a failure voids what passed before; of two
/// with the same end, the failure. What one signer says voids nothing of another's.
///
/// # Errors
/// Those of the context; a line that can't be read is `Malformed`, no error.
pub fn examine(context: &VerificationContext<'_>, lines: &[NoteLine]) -> Result<Vec<VerifiedRecord>> {
    // What the guard itself says, such as a waiver, stands in the same notes and is no record.
    let records = lines.iter().filter(|line| !line.content.as_ref().is_ok_and(|content| says_something_else(content)));
    let read: Vec<(&NoteLine, Read)> = records.map(|line| (line, read(line))).collect();
    let mut order: Vec<(Rank, usize)> = Vec::new();
    for (index, (_, record)) in read.iter().enumerate() {
        let fails = |record: &Record| context.policy.suite(&record.suite).is_some_and(|suite| shortfall(record, suite).is_some());
        let rank = |(record, _): &(Record, Opened)| (record.end, fails(record), index);
        order.push((record.as_ref().map_or((Timestamp::MIN, false, index), rank), index));
    }
    // The newest first: of a signer's older records no signature has to be verified.
    order.sort_by(|one, other| other.cmp(one));
    let mut newest: BTreeSet<Signer> = BTreeSet::new();
    let mut verified = Verified::default();
    let mut worth: BTreeMap<usize, Verification> = BTreeMap::new();
    for (_, index) in order {
        let Some((line, record)) = read.get(index) else { continue };
        let found = match record {
            Err(why) => Verification::Rejected(RejectReason::Malformed(truncate(why))),
            Ok((record, opened)) => weigh(context, line, (record, opened), &mut newest, &mut verified)?,
        };
        worth.insert(index, found);
    }
    let all = read.into_iter().zip(worth.into_values());
    Ok(all
        .map(|((line, record), worth)| VerifiedRecord {
            writer: line.writer.clone(),
            record: record.map(|(record, _)| record),
            worth,
        })
        .collect())
}

fn says_something_else(content: &[u8]) -> bool {
    envelope::open(content).is_ok_and(|opened| predicate::is_own(&opened.payload))
}

/// A line's record and its envelope; else why it can't be read.
type Read = std::result::Result<(Record, Opened), String>;

fn read(line: &NoteLine) -> Read {
    let opened = envelope::open(line.content.as_ref().map_err(Clone::clone)?)?;
    Ok((Record::from_payload(&opened.payload)?, opened))
}

/// What one record is worth. `newest`: whose records that count have been met; of the same signer those that come after are superseded.
fn weigh(
    context: &VerificationContext<'_>,
    line: &NoteLine,
    (record, opened): (&Record, &Opened),
    newest: &mut BTreeSet<Signer>,
    verified: &mut Verified,
) -> Result<Verification> {
    let Some(suite) = context.policy.suite(&record.suite) else { return Ok(Verification::UnknownSuite) };
    if record.tree != context.tree {
        return Ok(Verification::Rejected(RejectReason::Stale { tree: record.tree.to_string() }));
    }
    if !(context.is_expected_root)(&record.repository)? {
        return Ok(Verification::Rejected(RejectReason::OtherRepository));
    }
    if record.definition != digest(suite) {
        return Ok(Verification::Rejected(RejectReason::OtherDefinition));
    }
    let Some(of) = files(context, suite, record)? else { return Ok(Verification::Rejected(RejectReason::OtherFiles)) };
    if let Some(why) = untimely(context, record) {
        return Ok(Verification::Rejected(why));
    }
    let signer = |by: &str| (record.suite.clone(), of, by.to_owned());
    if at_most(context, line, record.end, opened).is_ok_and(|most| newest.contains(&signer(&most.by))) {
        return Ok(Verification::Superseded);
    }
    Ok(match standing(context, line, record.end, opened, verified) {
        Err(why) => Verification::Rejected(why),
        Ok(SignerTrust { level, by, short }) => {
            newest.insert(signer(&by));
            match shortfall(record, suite) {
                Some(why) => Verification::Rejected(why),
                None => Verification::Accepted(Acceptance { level, by, of, short }),
            }
        }
    })
}

/// Which files of the suite a record is about; `None`: neither the tree's nor the base's.
fn files(context: &VerificationContext<'_>, suite: &Suite, record: &Record) -> Result<Option<FilesOf>> {
    if suite.files.is_empty() {
        return Ok(Some(FilesOf::Tree));
    }
    let Some(digest) = &record.files else { return Ok(None) };
    if *digest == (context.files)(suite, FilesOf::Tree)? {
        return Ok(Some(FilesOf::Tree));
    }
    let of_base = (context.changed)(suite)? && *digest == (context.files)(suite, FilesOf::Base)?;
    Ok(of_base.then_some(FilesOf::Base))
}

fn untimely(context: &VerificationContext<'_>, record: &Record) -> Option<RejectReason> {
    let age = context.now.duration_since(record.end);
    if age < -SKEW {
        return Some(RejectReason::Future(record.end));
    }
    let age = context.since.map_or(age, |since| since.duration_since(record.end));
    let max = context.policy.evidence.max_age.as_ref()?;
    let over = SignedDuration::try_from(max.value).is_ok_and(|max| age > max);
    over.then_some(RejectReason::TooOld { end: record.end, max: max.value })
}

/// Why a run isn't enough for its suite; one that passed and isn't is put down as passed with warnings.
pub(crate) fn settle(record: &mut Record, suite: &Suite) -> Option<RejectReason> {
    let missing = shortfall(record, suite);
    if record.result == Outcome::Passed && missing.is_some() {
        record.result = Outcome::Warned;
    }
    missing
}

/// The first tests that failed, by name: what somebody has to look at.
fn first_failed(record: &Record) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = record.failed.iter().take(SHOWN).map(|name| truncate(name)).collect();
    let more = record.failed.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    if names.is_empty() { String::new() } else { format!(": {}{more}", names.join(", ")) }
}

/// Why a run isn't enough for its suite.
pub(crate) fn shortfall(record: &Record, suite: &Suite) -> Option<RejectReason> {
    if record.result == Outcome::Failed || record.exit_status != Some(0) {
        let why = match (&record.failure, record.exit_status) {
            (Some(why), _) => truncate(why),
            (None, Some(status)) => format!("exit status {status}"),
            (None, None) => "it was killed".to_owned(),
        };
        return Some(RejectReason::Failed(format!("{why}{}", first_failed(record))));
    }
    if let (Some(had), Some(demanded)) = (record.sandbox, suite.sandbox)
        && had < demanded
    {
        let (had, demanded) = (had.as_str(), demanded.as_str());
        return Some(RejectReason::Failed(format!("its sandbox was `{had}`, and `{demanded}` is demanded")));
    }
    match record.counts {
        None if suite.junit.is_some() => return Some(RejectReason::Malformed("it has no counts of tests".to_owned())),
        None => {}
        Some(counts) => {
            if let Some(why) = failed_tests(counts) {
                return Some(RejectReason::Failed(format!("{why}{}", first_failed(record))));
            }
            if let Some(demanded) = suite.min_tests.filter(|demanded| counts.passed < *demanded) {
                return Some(RejectReason::TooFewTests { passed: counts.passed, demanded });
            }
            if let Some(allowed) = suite.max_skipped.filter(|allowed| counts.skipped > *allowed) {
                return Some(RejectReason::TooManySkipped { skipped: counts.skipped, allowed });
            }
        }
    }
    (record.result != Outcome::Passed).then(|| RejectReason::Failed("it passed with warnings".to_owned()))
}

/// Why these counts are a failure, as a phrase.
pub(crate) fn failed_tests(counts: Counts) -> Option<String> {
    match counts.failed {
        0 => None,
        1 => Some("1 test failed".to_owned()),
        n => Some(format!("{n} tests failed")),
    }
}
