//! The DSSE v1 envelope: one line of JSON around a payload in base64, with its signatures (SSH ones, in their armour).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};
use ssh_key::public::KeyData;

use crate::identity::signature;

/// The type of the payload: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// More signatures on one envelope aren't read.
const MAX_SIGNATURES: usize = 8;
/// An envelope over this many bytes isn't read.
pub const MAX_LINE: usize = 1 << 20;

/// An envelope's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// The payload, as it was signed.
    pub payload: Vec<u8>,
    /// The signatures, as they stand there, unverified: armour of `ssh-keygen -Y sign`, or why it can't be read.
    pub signatures: Vec<Result<Vec<u8>, String>>,
}

impl Opened {
    /// The keys that have signed the payload, in the order of their signatures: each verified, or why it is worth nothing, as a phrase. A
    /// signature that is there again says nothing more, and is passed over.
    pub fn signers(&self) -> impl Iterator<Item = Result<KeyData, String>> {
        let signed = signed_bytes(&self.payload);
        let verify = move |armour: &Vec<u8>| signature::verify(armour, signature::EVIDENCE, &signed);
        self.once().map(move |armour| armour.as_ref().map_err(Clone::clone).and_then(&verify))
    }

    /// The keys that the signatures name, unverified, or why one is worth nothing whatever it signs.
    pub fn named(&self) -> impl Iterator<Item = Result<KeyData, String>> {
        self.once()
            .map(|armour| armour.as_ref().map_err(Clone::clone).and_then(|armour| signature::named(armour, signature::EVIDENCE)))
    }

    /// The signatures, each once.
    fn once(&self) -> impl Iterator<Item = &Result<Vec<u8>, String>> {
        let known = |at: usize, one: &Result<Vec<u8>, String>| self.signatures.iter().take(at).any(|other| other == one);
        self.signatures.iter().enumerate().filter(move |(at, one)| !known(*at, one)).map(|(_, one)| one)
    }
}

/// A signature to put on an envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seal {
    /// The key's fingerprint, `SHA256:…`. A hint, never believed.
    pub key: String,
    /// The armour that `ssh-keygen -Y sign` wrote over `signed_bytes` of the payload.
    pub armour: String,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
struct Signature {
    #[serde(skip_serializing_if = "Option::is_none")]
    keyid: Option<String>,
    sig: String,
}

/// What is signed: DSSE's pre-authentication encoding of a payload.
pub fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    pre_authentication(PAYLOAD_TYPE, payload)
}

fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Wraps a payload. One line without its newline.
///
/// # Errors
/// JSON can't be written.
#[expect(clippy::disallowed_methods, reason = "nobody reads an envelope: a repository stores it, and it is digested as it stands")]
pub fn seal(payload: &[u8], seals: &[Seal]) -> Result<String, serde_json::Error> {
    let signature = |seal: &Seal| Signature { keyid: Some(seal.key.clone()), sig: STANDARD.encode(&seal.armour) };
    serde_json::to_string(&Envelope {
        payload: STANDARD.encode(payload),
        payload_type: PAYLOAD_TYPE.to_owned(),
        signatures: seals.iter().map(signature).collect(),
    })
}

/// Takes the payload out. Fields that DSSE doesn't know are ignored, as it demands; a known one twice, another type and anything
/// after the envelope are refused.
///
/// # Errors
/// What is wrong with it, as a phrase.
pub fn open(line: &[u8]) -> Result<Opened, String> {
    if line.len() > MAX_LINE {
        return Err(format!("an envelope of {} bytes, at most {MAX_LINE} are read", line.len()));
    }
    let envelope: Envelope = serde_json::from_slice(line).map_err(|e| format!("no DSSE envelope: {e}"))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err("the envelope's payload is no in-toto statement".to_owned());
    }
    if envelope.signatures.len() > MAX_SIGNATURES {
        return Err(format!("an envelope of {} signatures, at most {MAX_SIGNATURES} are read", envelope.signatures.len()));
    }
    let payload = decode(&envelope.payload).map_err(|e| format!("the envelope's payload is no base64: {e}"))?;
    let signature = |signature: &Signature| decode(&signature.sig).map_err(|e| format!("a signature is no base64: {e}"));
    Ok(Opened { payload, signatures: envelope.signatures.iter().map(signature).collect() })
}

/// DSSE: either alphabet must be accepted.
fn decode(text: &str) -> Result<Vec<u8>, base64::DecodeError> {
    STANDARD.decode(text).or_else(|_not_standard| URL_SAFE.decode(text))
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
