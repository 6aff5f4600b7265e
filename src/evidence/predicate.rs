//! What the guard itself has to say, beside records: waivers, halts, resumes. In-toto statements with a predicate of its own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::evidence::envelope::Opened;
use crate::evidence::note_namespace;
use crate::evidence::statement::{Digests, Resource, STATEMENT};
use crate::policy::{Cited, Key, Policy, Signer, fingerprint};
use crate::text::escape;
use crate::text::truncate;

/// The types of what is no record begin with this.
const OWN: &str = "urn:guard:";

#[derive(Serialize, Deserialize)]
struct Statement<P> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Resource>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: P,
}

/// The type of a statement's predicate, of whatever kind it is.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

/// Whether a payload is something of the guard's own that is no record, or what a later version writes.
pub(super) fn is_own(payload: &[u8]) -> bool {
    kind(payload).is_some_and(|kind| kind.starts_with(OWN))
}

/// The type of a payload's predicate.
pub(super) fn kind(payload: &[u8]) -> Option<String> {
    serde_json::from_slice::<Kind>(payload).ok().map(|statement| statement.predicate_type)
}

/// The payload of an envelope.
///
/// # Errors
/// It can't be written as JSON.
pub(super) fn payload<P: Serialize>(subject: Digests, predicate_type: &str, predicate: P) -> Result<Vec<u8>> {
    let statement = Statement {
        kind: STATEMENT.to_owned(),
        subject: vec![Resource { name: None, digest: subject }],
        predicate_type: predicate_type.to_owned(),
        predicate,
    };
    serde_json::to_vec(&statement).map_err(|e| Error::new(format!("a statement can't be written: {e}")))
}

/// What a payload is about, and what it says; why it can't be read, as a phrase, raw.
pub(super) fn read<P: DeserializeOwned>(payload: &[u8]) -> std::result::Result<(Digests, P), String> {
    let statement: Statement<P> = serde_json::from_slice(payload).map_err(|e| format!("it can't be read: {e}"))?;
    if statement.kind != STATEMENT {
        return Err("no in-toto Statement v1".to_owned());
    }
    let mut subjects = statement.subject.into_iter();
    match (subjects.next(), subjects.next()) {
        (Some(one), None) => Ok((one.digest, statement.predicate)),
        (_, _) => Err("it has not one subject".to_owned()),
    }
}

/// Whose the one good signature of an envelope is, and whether it stands in that signer's notes; else why it is nobody's, escaped.
pub(super) struct Signed<'p> {
    /// Everybody whose key it is.
    pub signers: Vec<(Signer<'p>, &'p Cited<Key>)>,
    /// What to call the key.
    pub key: String,
    /// Why the notes that it stands in are not the signer's.
    pub misplaced: Option<String>,
}

/// Looks at who signed.
pub(super) fn signed<'p>(policy: &'p Policy, in_notes_of: &str, opened: &Opened) -> std::result::Result<Signed<'p>, String> {
    let mut signers = opened.signers();
    let (Some(key), None) = (signers.next(), signers.next()) else { return Err("it has not one signature".to_owned()) };
    let key = key.map_err(|why| format!("its signature is not good: {}", escape(truncate(&why).as_bytes())))?;
    let at_home = note_namespace::writes(policy, &key, in_notes_of);
    let misplaced = || format!("it stands in the notes of `{}`, who did not sign it", escape(in_notes_of.as_bytes()));
    Ok(Signed { signers: policy.signers(&key), key: fingerprint(&key), misplaced: (!at_home).then(misplaced) })
}

/// What an owner is called: by what stands behind the key in the policy, else by its fingerprint; escaped.
pub(super) fn owner(signed: &Signed<'_>, line: &Cited<Key>) -> String {
    let comment = line.value.comment.trim();
    if comment.is_empty() { signed.key.clone() } else { escape(comment.as_bytes()) }
}

/// A runner or a specialist, as a report calls them.
pub(super) fn named(signer: &Signer<'_>) -> Option<String> {
    let shown = |kind: &str, name: &str| Some(format!("{kind} `{}`", escape(name.as_bytes())));
    match signer {
        Signer::Runner(runner) => shown("runner", &runner.name.value),
        Signer::Specialist(specialist) => shown("specialist", &specialist.name.value),
        Signer::Owner => None,
    }
}
