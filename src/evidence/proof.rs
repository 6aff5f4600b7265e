//! From records and markers to what is proven.

use crate::error::Result;
use crate::evidence::note::NoteLine;
use crate::evidence::verify::{FilesOf, Verification, VerificationContext, VerifiedRecord, examine};
use crate::evidence::{Proof, RejectReason, trailer};
use crate::model::{BySuite, Oid};
use crate::policy::Level;

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

/// What is known of every suite of the policy on the tree. `lines`: the notes on the tree. `marked`: commits that may carry markers; one
/// counts when its commit's own tree is the tree and the marker names it.
///
/// # Errors
/// As what the context asks.
pub fn proofs(context: &VerificationContext<'_>, lines: &[NoteLine], marked: &[MarkedCommit]) -> Result<BySuite<Proof>> {
    let found = examine(context, lines)?;
    let mut all = BySuite::new();
    for suite in &context.policy.suites {
        let name = &suite.name.value;
        let mut proof = Proof::none();
        if !suite.files.is_empty() && (context.changed)(suite)? {
            proof.base_run = Some(Level::None);
        }
        for one in &found {
            take_record(&mut proof, name, one);
        }
        compare(&mut proof, name, &found);
        for commit in marked {
            take_markers(&mut proof, name, context.tree, commit);
        }
        all.insert(name.clone(), proof);
    }
    Ok(all)
}

fn take_record(proof: &mut Proof, suite: &str, found: &VerifiedRecord) {
    let ours = match &found.record {
        Ok(record) => record.suite == suite,
        // Nobody can tell whose it was.
        Err(_) => true,
    };
    match &found.worth {
        Verification::Accepted(credit) if ours => {
            match credit.of {
                FilesOf::Tree => raise(proof, credit.level, credit.by.clone()),
                FilesOf::Base => proof.base_run = proof.base_run.max(Some(credit.level)),
            }
            credit.short.iter().for_each(|why| refuse(&mut proof.short, why));
        }
        Verification::Rejected(why) if ours => refuse(&mut proof.refused, why),
        Verification::Accepted(_) | Verification::Rejected(_) | Verification::Superseded | Verification::UnknownSuite => {}
    }
}

/// The base's files may not have had more tests to pass than the tree's: tests that are gone prove nothing.
///
/// What is compared comes from records of one level and above, so that a weaker record neither makes up for a stronger one nor voids it:
/// the base's run is worth the strongest level at which it holds.
fn compare(proof: &mut Proof, suite: &str, found: &[VerifiedRecord]) {
    let Some(run) = proof.base_run.filter(|level| *level > Level::None) else { return };
    let passed = |of: FilesOf, least: Level| {
        let counting =
            found.iter().filter(|f| matches!(&f.worth, Verification::Accepted(credit) if credit.of == of && credit.level >= least));
        counting
            .filter_map(|f| f.record.as_ref().ok())
            .filter(|r| r.suite == suite)
            .filter_map(|r| r.counts)
            .map(|c| c.passed)
            .max()
    };
    let mut holds = Level::None;
    for level in [Level::Attested, Level::Signed, Level::Recorded, Level::Claimed].into_iter().filter(|level| *level <= run) {
        match (passed(FilesOf::Tree, level), passed(FilesOf::Base, level)) {
            (Some(passed), Some(base)) if passed < base => {
                refuse(&mut proof.refused, &RejectReason::FewerThanBase { passed, base });
            }
            (_, _) => {
                holds = level;
                break;
            }
        }
    }
    proof.base_run = Some(holds);
}

fn take_markers(proof: &mut Proof, suite: &str, tree: Oid, commit: &MarkedCommit) {
    for marker in trailer::parse(&commit.message).into_iter().filter(|marker| marker.suite == suite) {
        if marker.tree != tree {
            refuse(&mut proof.refused, &RejectReason::Stale { tree: marker.tree.to_string() });
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

fn refuse(reasons: &mut Vec<RejectReason>, why: &RejectReason) {
    /// Reasons that are kept: a report needs a few, and whoever writes notes decides how many there are.
    const KEPT: usize = 16;
    if reasons.len() < KEPT && !reasons.contains(why) {
        reasons.push(why.clone());
    }
}

/// The suites for which a marker may be written: with a passing record, not merely a claim.
pub fn passing_suites(proofs: &BySuite<Proof>) -> Vec<String> {
    proofs.iter().filter(|(_, proof)| proof.level >= Level::Recorded).map(|(suite, _)| suite.clone()).collect()
}

#[cfg(test)]
#[path = "proof_tests.rs"]
pub(crate) mod tests;
