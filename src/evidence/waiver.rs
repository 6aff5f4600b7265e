//! Waivers: an owner's signed word that exactly this violation may pass, on exactly this tree, until then.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::envelope::{self, Opened};
use super::record::nonce;
use super::statement::{Digests, Resource, STATEMENT};
use super::weigh::{SKEW, Scale, brief};
use super::{signature, writer};
use crate::change::Oid;
use crate::error::{Error, Result};
use crate::git::notes::NoteLine;
use crate::policy::{Signer, fingerprint};
use crate::report::escape;

/// The types of what the guard itself has to say, which stands in the same notes as records, begin with this.
const OWN: &str = "urn:guard:";
const PREDICATE: &str = "urn:guard:waiver/v1";
/// The notes of owners begin with this.
pub const OWNERS: &str = "owner-";

/// A waiver, as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    /// The root tree that it is for.
    pub tree: Oid,
    /// The rule that it waives.
    pub rule: String,
    /// Patterns: violations all of whose paths match are covered. Empty: whichever paths.
    pub paths: Vec<String>,
    /// Of a limit: the most that is covered.
    pub limit: Option<u64>,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub created: Timestamp,
    /// Not at or after this.
    pub expires: Timestamp,
    /// The repository, by its root commit.
    pub repository: Oid,
}

/// A waiver that was found, and what stands in its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Granted {
    /// What it says.
    pub waiver: Waiver,
    /// Why it is worth nothing, as a phrase, escaped; `None`: it holds.
    pub refused: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Serialize, Deserialize)]
struct Predicate {
    rule: String,
    #[serde(default)]
    paths: Vec<String>,
    limit: Option<u64>,
    reason: String,
    created: String,
    expires: String,
    repository: String,
    nonce: String,
}

/// The type of a statement's predicate, of whatever kind it is.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

/// Whether a payload is something of the guard's own that is no record: a waiver, or what a later version writes.
pub(super) fn is_own(payload: &[u8]) -> bool {
    serde_json::from_slice::<Kind>(payload).is_ok_and(|kind| kind.predicate_type.starts_with(OWN))
}

impl Waiver {
    /// The payload of an envelope.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn payload(&self) -> Result<Vec<u8>> {
        let statement = Statement {
            kind: STATEMENT.to_owned(),
            subject: vec![Resource { name: None, digest: Digests { git_tree: Some(self.tree.to_string()), ..Digests::default() } }],
            predicate_type: PREDICATE.to_owned(),
            predicate: Predicate {
                rule: self.rule.clone(),
                paths: self.paths.clone(),
                limit: self.limit,
                reason: self.reason.clone(),
                created: self.created.to_string(),
                expires: self.expires.to_string(),
                repository: self.repository.to_string(),
                nonce: nonce()?,
            },
        };
        serde_json::to_vec(&statement).map_err(|e| Error::new(format!("a waiver can't be written: {e}")))
    }

    /// Reads a payload; `None`: it is none, or none that can be read.
    fn from_payload(payload: &[u8]) -> Option<Self> {
        let Statement { kind, subject, predicate_type, predicate } = serde_json::from_slice(payload).ok()?;
        let [Resource { digest: Digests { git_tree: Some(tree), git_blob: None, sha256: None }, .. }] = subject.as_slice() else {
            return None;
        };
        (kind == STATEMENT && predicate_type == PREDICATE).then_some(())?;
        Some(Self {
            tree: Oid::from_hex(tree)?,
            rule: predicate.rule,
            paths: predicate.paths,
            limit: predicate.limit,
            reason: predicate.reason,
            created: predicate.created.parse().ok()?,
            expires: predicate.expires.parse().ok()?,
            repository: Oid::from_hex(&predicate.repository)?,
        })
    }
}

/// Every waiver in the notes of owners, each with what stands in its way.
///
/// # Errors
/// Those of the scale.
pub fn waivers(scale: &Scale<'_>, lines: &[NoteLine]) -> Result<Vec<Granted>> {
    let mut all = Vec::new();
    for line in lines.iter().filter(|line| line.writer.starts_with(OWNERS)) {
        let Some(opened) = line.content.as_ref().ok().and_then(|content| envelope::open(content).ok()) else { continue };
        let Some(waiver) = Waiver::from_payload(&opened.payload) else { continue };
        let refused = refused(scale, &line.writer, &waiver, &opened)?;
        all.push(Granted { waiver, refused });
    }
    Ok(all)
}

fn refused(scale: &Scale<'_>, in_notes_of: &str, waiver: &Waiver, opened: &Opened) -> Result<Option<String>> {
    Ok(if waiver.tree != scale.tree {
        Some(format!("it is for another tree, {}", waiver.tree.short()))
    } else if !(scale.belongs)(&waiver.repository)? {
        Some("it is of another repository".to_owned())
    } else if let Err(why) = signed_by_owner(scale, in_notes_of, waiver, opened) {
        Some(why)
    } else if scale.now >= waiver.expires {
        Some(format!("it expired on {}", waiver.expires))
    } else if waiver.created.duration_since(scale.now) > SKEW {
        Some(format!("it was made in the future, on {}", waiver.created))
    } else {
        None
    })
}

fn signed_by_owner(scale: &Scale<'_>, in_notes_of: &str, waiver: &Waiver, opened: &Opened) -> std::result::Result<(), String> {
    let [signature] = opened.signatures.as_slice() else { return Err("it has not one signature".to_owned()) };
    let bad = |why: &str| format!("its signature is not good: {}", escape(brief(why).as_bytes()));
    let armour = signature.as_ref().map_err(|why| bad(why))?;
    let key = signature::verify(armour, signature::EVIDENCE, &envelope::signed_bytes(&opened.payload)).map_err(|why| bad(&why))?;
    let signers = scale.policy.signers(&key);
    let owner = signers.iter().find(|(signer, _)| match signer {
        Signer::Owner => true,
        Signer::Runner(_) | Signer::Specialist(_) => false,
    });
    let Some((_, line)) = owner else { return Err(format!("signed by {}, who is no owner", fingerprint(&key))) };
    line.value.valid_at(waiver.created)?;
    let own = writer::names(scale.policy, &key).iter().any(|name| name == in_notes_of);
    if own { Ok(()) } else { Err(format!("it stands in the notes of `{}`, who did not sign it", escape(in_notes_of.as_bytes()))) }
}
