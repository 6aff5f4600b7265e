//! Halts and resumes: the signed word that nothing lands any more, and that work goes on. About a repository, by its root commit. A resume
//! names the halts that it lifts, by what was signed: so no clock, and no way that a word takes, makes it lift one that its owner did not know.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::envelope::{self, Opened};
use super::record::nonce;
use super::statement::Digests;
use crate::error::Result;
use crate::evidence::note::NoteLine;
use crate::evidence::predicate;
use crate::evidence::verify::SKEW;
use crate::model::Oid;
use crate::policy::{Policy, Signer};
use crate::text::hex;
use crate::text::truncate;

/// Bytes of a reason: more are neither written nor kept on record.
pub const MAX_REASON: usize = 1000;

const HALT: &str = "urn:guard:halt/v1";
const RESUME: &str = "urn:guard:resume/v1";

/// What is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum HaltKind {
    /// Work goes on.
    Resume,
    /// Nothing lands.
    Halt,
}

/// A halt or a resume, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HaltStatement {
    /// Which.
    pub say: HaltKind,
    /// The repository, by its root commit.
    pub repository: Oid,
    /// Why.
    pub reason: String,
    /// When.
    pub created: Timestamp,
    /// The tip that a halt found broken, or on which a resume was proven.
    pub commit: Option<Oid>,
    /// The suites: that failed (a halt), that were proven (a resume).
    pub suites: Vec<String>,
    /// A resume without proof, by an owner's own decision.
    pub forced: bool,
    /// The halts that a resume lifts, each by its `digest`.
    pub lifts: Vec<String>,
    /// The specialists whose proven change may land in a halt.
    pub repair: Vec<String>,
}

/// A word that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifiedStatement {
    /// What it says.
    pub word: HaltStatement,
    /// Whose it is, escaped: "owner `alice`", "runner `ci`"; where nobody's, whose key it is.
    pub by: String,
    /// Why it is worth nothing, as a phrase, escaped; `None`: it counts.
    pub refused: Option<String>,
    /// By what a resume and a ledger know it.
    pub digest: String,
}

/// A halt that is in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Halted {
    /// Why; not escaped.
    pub reason: String,
    /// Who, escaped.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// What lifts it names this.
    pub digest: String,
    /// The specialists whose proven change may land all the same.
    pub repair: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Predicate {
    reason: String,
    created: String,
    #[serde(default)]
    commit: Option<String>,
    #[serde(default)]
    suites: Vec<String>,
    #[serde(default)]
    forced: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lifts: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repair: Vec<String>,
    nonce: String,
}

impl HaltKind {
    fn kind(self) -> &'static str {
        match self {
            Self::Halt => HALT,
            Self::Resume => RESUME,
        }
    }

    /// As reports have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::Resume => "resume",
        }
    }
}

impl HaltStatement {
    /// The payload of an envelope.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn payload(&self) -> Result<Vec<u8>> {
        let subject = Digests { git_commit: Some(self.repository.to_string()), ..Digests::default() };
        let predicate = Predicate {
            reason: self.reason.clone(),
            created: self.created.to_string(),
            commit: self.commit.map(|commit| commit.to_string()),
            suites: self.suites.clone(),
            forced: self.forced,
            lifts: self.lifts.clone(),
            repair: self.repair.clone(),
            nonce: nonce()?,
        };
        predicate::payload(subject, self.say.kind(), predicate)
    }

    /// Reads a payload; `None`: it is neither halt nor resume. Inner error: why it can't be read, as a phrase, raw.
    pub fn from_payload(payload: &[u8]) -> Option<std::result::Result<Self, String>> {
        let kind = predicate::kind(payload)?;
        let say = [HaltKind::Halt, HaltKind::Resume].into_iter().find(|say| say.kind() == kind)?;
        Some(Self::read(say, payload))
    }

    fn read(say: HaltKind, payload: &[u8]) -> std::result::Result<Self, String> {
        let (subject, predicate): (Digests, Predicate) = predicate::read(payload)?;
        let Digests { git_commit: Some(repository), git_tree: None, git_blob: None, sha256: None } = subject else {
            return Err("its subject is not one commit".to_owned());
        };
        let id = |hex: &str| Oid::from_hex(hex).ok_or_else(|| "an id in it is none".to_owned());
        Ok(Self {
            say,
            repository: id(&repository)?,
            reason: predicate.reason,
            created: predicate.created.parse().map_err(|_not_a_time| "its time is not RFC 3339".to_owned())?,
            commit: predicate.commit.as_deref().map(id).transpose()?,
            suites: predicate.suites,
            forced: predicate.forced,
            lifts: predicate.lifts,
            repair: predicate.repair,
        })
    }
}

/// Whether a line is a halt or a resume, whatever it is worth.
pub fn is_word(line: &[u8]) -> bool {
    envelope::open(line).is_ok_and(|opened| HaltStatement::from_payload(&opened.payload).is_some())
}

/// By what a halt or a resume is known: by what was signed, which says it once (it holds a nonce). The envelope around it can be written in
/// many ways, and each would be a new word. In hexadecimal.
fn digest(opened: &Opened) -> String {
    hex(&Sha256::digest(&opened.payload))
}

/// Every halt and resume among the notes on a repository's root commit, each with what stands in its way. `now`: for what was made in
/// the future.
pub fn spoken(policy: &Policy, root: Oid, lines: &[NoteLine], now: Timestamp) -> Vec<VerifiedStatement> {
    let mut all = Vec::new();
    for line in lines {
        let Ok(content) = &line.content else { continue };
        let Ok(opened) = envelope::open(content) else { continue };
        // One that can't be read is worth what a missing one is: its writer's word can't be told.
        let Some(Ok(word)) = HaltStatement::from_payload(&opened.payload) else { continue };
        let (by, refused) = match speaker(policy, &line.writer, &word, &opened) {
            Ok(by) if word.repository != root => (by, Some("it is of another repository".to_owned())),
            Ok(by) if is_of_tomorrow(&word, now) => (by, Some(format!("it was made in the future, on {:.0}", word.created))),
            Ok(by) => (by, None),
            Err(why) => ("nobody who may".to_owned(), Some(why)),
        };
        let digest = digest(&opened);
        // What somebody puts beside it, in notes that aren't its speaker's, takes nothing from the one that counts.
        let known = |known: &VerifiedStatement| known.digest == digest && (known.refused.is_none() || refused.is_some());
        if !all.iter().any(known) {
            all.push(VerifiedStatement { word, by, refused, digest });
        }
    }
    all
}

/// Whether a word is dated further in the future than clocks differ.
pub fn is_of_tomorrow(word: &HaltStatement, now: Timestamp) -> bool {
    word.created.duration_since(now) > SKEW
}

/// Whose word it is, as far as they may say it: a halt is an owner's or a runner's, a resume an owner's.
fn speaker(policy: &Policy, in_notes_of: &str, word: &HaltStatement, opened: &Opened) -> std::result::Result<String, String> {
    let signed = predicate::signed(policy, in_notes_of, opened)?;
    let may = |signer: &Signer<'_>| match (signer, word.say) {
        (Signer::Owner, _) | (Signer::Runner(_), HaltKind::Halt) => true,
        (Signer::Runner(_), HaltKind::Resume) | (Signer::Specialist(_), _) => false,
    };
    let Some((signer, line)) = signed.signers.iter().find(|(signer, _)| may(signer)) else {
        let known = signed.signers.iter().find_map(|(signer, _)| predicate::named(signer)).unwrap_or_else(|| signed.key.clone());
        let who = match word.say {
            HaltKind::Halt => "neither an owner nor a runner",
            HaltKind::Resume => "no owner",
        };
        return Err(format!("signed by {known}, who is {who}"));
    };
    line.value.valid_at(word.created)?;
    match &signed.misplaced {
        Some(why) => Err(why.clone()),
        None => Ok(predicate::named(signer).unwrap_or_else(|| format!("owner `{}`", predicate::owner(&signed, line)))),
    }
}

/// The halts that are in force, the newest first: those that count and that no resume which counts names.
pub fn in_force(spoken: &[VerifiedStatement]) -> Vec<Halted> {
    let counts = |say: HaltKind| spoken.iter().filter(move |one| one.refused.is_none() && one.word.say == say);
    let lifted: BTreeSet<&str> = counts(HaltKind::Resume).flat_map(|one| &one.word.lifts).map(String::as_str).collect();
    let mut halts: Vec<&VerifiedStatement> = counts(HaltKind::Halt).filter(|one| !lifted.contains(one.digest.as_str())).collect();
    halts.sort_by_key(|one| Reverse(one.word.created));
    let halted = |one: &VerifiedStatement| Halted {
        reason: truncate(&one.word.reason),
        by: one.by.clone(),
        since: one.word.created,
        digest: one.digest.clone(),
        repair: one.word.repair.clone(),
    };
    halts.into_iter().map(halted).collect()
}

#[cfg(test)]
#[path = "halt_tests.rs"]
mod tests;
