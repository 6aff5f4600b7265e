//! Waivers: an owner's signed word that exactly this violation may pass, on exactly this tree, until then.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::envelope::{self, Opened};
use super::record::nonce;
use super::statement::Digests;
use crate::error::Result;
use crate::evidence::note::{NoteLine, Origin};
use crate::evidence::predicate;
use crate::evidence::verify::{SKEW, VerificationContext};
use crate::model::Oid;
use crate::policy::OWNER_WRITER;
use crate::policy::Signer;
use crate::text::truncate;

const PREDICATE: &str = "urn:guard:waiver/v1";

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
    /// Which owner's it is: what stands behind the key in the policy, else its fingerprint; escaped. `None`: no owner's.
    pub by: Option<String>,
    /// Why it is worth nothing, as a phrase, escaped; `None`: it holds.
    pub refused: Option<String>,
}

/// What stands in the notes of owners and says that it is a waiver.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waivers {
    /// Those that can be read.
    pub granted: Vec<Granted>,
    /// In whose notes one stands that can't be read, and why; raw.
    pub unreadable: Vec<(String, String)>,
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

impl Waiver {
    /// The payload of an envelope.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn payload(&self) -> Result<Vec<u8>> {
        let subject = Digests { git_tree: Some(self.tree.to_string()), ..Digests::default() };
        let predicate = Predicate {
            rule: self.rule.clone(),
            paths: self.paths.clone(),
            limit: self.limit,
            reason: self.reason.clone(),
            created: self.created.to_string(),
            expires: self.expires.to_string(),
            repository: self.repository.to_string(),
            nonce: nonce()?,
        };
        predicate::payload(subject, PREDICATE, predicate)
    }

    /// Reads the payload of a waiver; why it can't be, as a phrase, raw.
    fn from_payload(payload: &[u8]) -> std::result::Result<Self, String> {
        let (subject, predicate): (Digests, Predicate) = predicate::read(payload)?;
        let Digests { git_tree: Some(tree), git_commit: None, git_blob: None, sha256: None } = subject else {
            return Err("its subject is not one tree".to_owned());
        };
        let id = |hex: &str| Oid::from_hex(hex).ok_or_else(|| "an id in it is none".to_owned());
        let time = |text: &str| text.parse().map_err(|_not_a_time| "its times are not RFC 3339".to_owned());
        Ok(Self {
            tree: id(&tree)?,
            rule: predicate.rule,
            paths: predicate.paths,
            limit: predicate.limit,
            reason: predicate.reason,
            created: time(&predicate.created)?,
            expires: time(&predicate.expires)?,
            repository: id(&predicate.repository)?,
        })
    }
}

/// Every waiver in the notes of owners, each with what stands in its way.
///
/// # Errors
/// As what the context asks.
pub fn waivers(context: &VerificationContext<'_>, lines: &[NoteLine]) -> Result<Waivers> {
    let mut all = Waivers::default();
    let there = lines.iter().filter(|line| line.origin != Origin::Unpushed);
    for line in there.filter(|line| line.writer.starts_with(OWNER_WRITER)) {
        // A line that is no envelope can't say that it is a waiver: to `examine` it is a record that can't be read.
        let Ok(Ok(opened)) = line.content.as_ref().map(|content| envelope::open(content)) else { continue };
        if predicate::kind(&opened.payload).is_none_or(|kind| kind != PREDICATE) {
            continue;
        }
        match Waiver::from_payload(&opened.payload) {
            Err(why) => all.unreadable.push((line.writer.clone(), truncate(&why))),
            Ok(waiver) => {
                let owner = signed_by_owner(context, &line.writer, &waiver, &opened);
                let refused = refused(context, &waiver, owner.as_ref().err())?;
                all.granted.push(Granted { waiver, by: owner.ok(), refused });
            }
        }
    }
    Ok(all)
}

fn refused(context: &VerificationContext<'_>, waiver: &Waiver, no_owner: Option<&String>) -> Result<Option<String>> {
    Ok(if waiver.tree != context.tree {
        Some(format!("it is for another tree, {}", waiver.tree.short()))
    } else if !(context.is_expected_root)(&waiver.repository)? {
        Some("it is of another repository".to_owned())
    } else if let Some(why) = no_owner {
        Some(why.clone())
    } else if context.since.unwrap_or(context.now) >= waiver.expires {
        Some(format!("it expired on {}", waiver.expires))
    } else if waiver.created.duration_since(context.now) > SKEW {
        Some(format!("it was made in the future, on {}", waiver.created))
    } else {
        None
    })
}

/// Which owner signed it, escaped; else why none did.
fn signed_by_owner(
    context: &VerificationContext<'_>,
    in_notes_of: &str,
    waiver: &Waiver,
    opened: &Opened,
) -> std::result::Result<String, String> {
    let signed = predicate::signed(context.policy, in_notes_of, opened)?;
    let Some((_, line)) = signed.signers.iter().find(|(signer, _)| is_owner(signer)) else {
        let known = signed.signers.iter().find_map(|(signer, _)| predicate::named(signer));
        return Err(format!("signed by {}, who is no owner", known.unwrap_or_else(|| signed.key.clone())));
    };
    line.value.valid_at(waiver.created)?;
    match &signed.misplaced {
        Some(why) => Err(why.clone()),
        None => Ok(predicate::owner(&signed, line)),
    }
}

fn is_owner(signer: &Signer<'_>) -> bool {
    match signer {
        Signer::Owner => true,
        Signer::Runner(_) | Signer::Specialist(_) => false,
    }
}

#[cfg(test)]
#[path = "waiver_tests.rs"]
mod tests;
