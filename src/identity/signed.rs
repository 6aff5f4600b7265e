//! What a signature says of who made something.

use jiff::Timestamp;

use crate::identity::signature;
use crate::identity::signature::GIT;
use crate::policy::{Policy, Signer, fingerprint};
use crate::text::escape;

/// What a signature is worth under a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Signed {
    /// The signature verifies, by a key of somebody whom the policy names.
    By {
        /// The specialist whose key it is.
        specialist: Option<String>,
        /// Whether it is an owner's, too.
        owner: bool,
        /// What an owner without an entry is called: what stands behind the key, or its fingerprint.
        name: String,
        /// The key's fingerprint.
        key: String,
    },
    /// It verifies, by a key of a runner's, which makes no changes.
    Runner {
        /// The runner's name.
        name: String,
        /// The key's fingerprint.
        key: String,
    },
    /// It names nobody: why, as a phrase.
    Nobody(String),
    /// The signature is worth nothing. The phrase says why.
    Broken(String),
}

impl Signed {
    /// For the report: the key, or why nobody is believed.
    pub fn shown(&self) -> String {
        match self {
            Self::By { key: text, .. } | Self::Nobody(text) | Self::Broken(text) => escape(text.as_bytes()),
            Self::Runner { name, key } => {
                let name = escape(name.as_bytes());
                format!("{}, the key of runner `{name}`, which makes no changes", escape(key.as_bytes()))
            }
        }
    }

    /// Why it is worth nothing.
    pub fn broken(&self) -> Option<&str> {
        match self {
            Self::Broken(why) => Some(why),
            Self::By { .. } | Self::Runner { .. } | Self::Nobody(_) => None,
        }
    }
}

const ARMOUR: &str = "-----BEGIN SSH SIGNATURE-----";

/// Verifies git's signature of `payload`, said to be made at `seconds` since 1970, and asks the policy whose key that is.
pub fn signed(policy: &Policy, signature: &[u8], payload: &[u8], seconds: i64) -> Signed {
    if let Some(kind) = foreign(signature) {
        return Signed::Nobody(format!("{kind}, and only SSH signatures are verified"));
    }
    if let Some(kind) = signature::unverifiable(signature) {
        return Signed::Nobody(format!("{kind}, which can't be verified here"));
    }
    match believed(policy, signature, payload, seconds) {
        Ok(signed) => signed,
        Err(why) => Signed::Broken(why),
    }
}

/// What it is, where it is none of SSH's.
fn foreign(signature: &[u8]) -> Option<&'static str> {
    let has = |text: &str| signature.windows(text.len()).any(|window| window == text.as_bytes());
    if has(ARMOUR) {
        None
    } else if has("-----BEGIN PGP ") {
        Some("an OpenPGP signature")
    } else if has("-----BEGIN SIGNED MESSAGE-----") {
        Some("an X.509 signature")
    } else {
        Some("a signature of no known kind")
    }
}

/// # Errors
/// Why it is worth nothing.
fn believed(policy: &Policy, signature: &[u8], payload: &[u8], seconds: i64) -> Result<Signed, String> {
    // Git takes what has anything in front, if only a space, for no signature.
    if !signature.starts_with(ARMOUR.as_bytes()) {
        return Err("not one SSH signature alone".to_owned());
    }
    let data = signature::verify(signature, GIT, payload)?;
    let time = Timestamp::from_second(seconds).map_err(|_range| "nobody can tell when it was made".to_owned())?;
    let key = fingerprint(&data);
    let (mut specialist, mut owner, mut comment, mut runner, mut lapsed) = (None, false, "", None, None);
    for (signer, cited) in policy.signers(&data) {
        let slot = match signer {
            // Whoever tests changes makes none.
            Signer::Runner(found) => {
                runner = Some(&found.name.value);
                continue;
            }
            Signer::Specialist(found) => Some(&found.name.value),
            Signer::Owner => None,
        };
        if let Err(why) = cited.value.valid_at(time) {
            lapsed = Some(why);
            continue;
        }
        comment = &cited.value.comment;
        owner |= slot.is_none();
        specialist = specialist.or(slot);
    }
    match (specialist.is_some() || owner, lapsed, runner) {
        (true, _, _) => {
            // Nobody goes by a specialist's name without being it.
            let own = !comment.is_empty() && policy.specialist(comment).is_none();
            let name = if own { comment.to_owned() } else { key.clone() };
            Ok(Signed::By { specialist: specialist.cloned(), owner, name, key })
        }
        (false, Some(why), _) => Err(why),
        (false, None, Some(name)) => Ok(Signed::Runner { name: name.clone(), key }),
        (false, None, None) => Ok(Signed::Nobody(format!("{key}, a key that the policy does not name"))),
    }
}
