//! Who stands behind a record, and how much their word is worth.

use jiff::Timestamp;
use ssh_key::public::KeyData;

use crate::evidence::envelope::Opened;
use crate::evidence::note::{NoteLine, Origin};
use crate::evidence::verify::VerificationContext;
use crate::evidence::{RejectReason, note_namespace};
use crate::policy::Level;
use crate::policy::{Cited, Key, Signer, fingerprint};
use crate::text::escape;
use crate::text::truncate;

/// How far a record is believed.
pub(super) struct SignerTrust {
    pub level: Level,
    /// Whose it is, escaped.
    pub by: String,
    /// Why no further, where a signature might have done it.
    pub short: Option<RejectReason>,
}

/// Believes a record that ended at `end` and stands in that line. Every signature on it must be good: one that isn't
/// says that somebody changed it.
///
/// # Errors
/// Not a failure: why it isn't believed at all.
pub(super) fn standing(
    context: &VerificationContext<'_>,
    line: &NoteLine,
    end: Timestamp,
    opened: &Opened,
) -> Result<SignerTrust, RejectReason> {
    let mut best = None;
    for key in opened.signers() {
        let key = key.map_err(|why| RejectReason::BadSignature(truncate(&why)))?;
        let one = of_key(context, line, end, &key)?;
        if best.as_ref().is_none_or(|best: &SignerTrust| one.level > best.level) {
            best = Some(one);
        }
    }
    Ok(best.unwrap_or_else(|| unsigned(context, line)))
}

/// Nobody's word but the repository's: what this clone has recorded itself is a run on this machine, anything else is what somebody says.
fn unsigned(context: &VerificationContext<'_>, line: &NoteLine) -> SignerTrust {
    if !context.on_server && line.origin == Origin::Own {
        return SignerTrust { level: Level::Recorded, by: "a run on this machine".to_owned(), short: Some(RejectReason::Unsigned) };
    }
    let by = format!("an unsigned record of {}", escape(line.writer.as_bytes()));
    let short = if context.on_server { RejectReason::Unsigned } else { RejectReason::NotRecordedHere };
    SignerTrust { level: Level::Claimed, by, short: Some(short) }
}

/// The most that somebody whose key that is can stand for.
fn of_key(context: &VerificationContext<'_>, line: &NoteLine, end: Timestamp, key: &KeyData) -> Result<SignerTrust, RejectReason> {
    let signers = context.policy.signers(key);
    if signers.is_empty() {
        return Err(RejectReason::UnknownSigner(fingerprint(key)));
    }
    if !note_namespace::writes(context.policy, key, &line.writer) {
        return Err(RejectReason::OtherWriter(line.writer.clone()));
    }
    let mut best: Result<SignerTrust, RejectReason> = Err(RejectReason::UnknownSigner(fingerprint(key)));
    for (signer, key) in &signers {
        let one = match key.value.valid_at(end) {
            Err(why) => Err(RejectReason::BadSignature(why)),
            Ok(()) => Ok(of_signer(context, line.origin, signer, &signers)),
        };
        best = match (best, one) {
            (Ok(best), Ok(one)) if one.level > best.level => Ok(one),
            (Ok(best), _) => Ok(best),
            (Err(_), one) => one,
        };
    }
    best
}

fn of_signer(
    context: &VerificationContext<'_>,
    origin: Origin,
    signer: &Signer<'_>,
    all: &[(Signer<'_>, &Cited<Key>)],
) -> SignerTrust {
    let works = |name: &str| context.workers.iter().any(|actor| actor.entry.as_deref() == Some(name));
    let name = |name: &str| escape(name.as_bytes());
    match signer {
        Signer::Runner(runner) => {
            let by = format!("runner `{}`", name(&runner.name.value));
            let own = all.iter().find_map(|(signer, _)| match signer {
                Signer::Specialist(specialist) => works(&specialist.name.value).then_some(&specialist.name.value),
                Signer::Runner(_) | Signer::Owner => None,
            });
            match own.filter(|_| context.policy.evidence.independent) {
                Some(specialist) => {
                    SignerTrust { level: Level::Signed, by, short: Some(RejectReason::NotIndependent(specialist.clone())) }
                }
                None => SignerTrust { level: Level::Attested, by, short: None },
            }
        }
        Signer::Specialist(specialist) => {
            let (specialist, by) = (&specialist.name.value, format!("specialist `{}`", name(&specialist.name.value)));
            if works(specialist) {
                return SignerTrust { level: Level::Signed, by, short: Some(RejectReason::NoRunner) };
            }
            // Worth what an unsigned one is: its signer's key has been at this machine, or it has come from elsewhere.
            let level = if context.on_server || origin == Origin::Fetched { Level::Claimed } else { Level::Recorded };
            SignerTrust { level, by, short: Some(RejectReason::OthersWork(specialist.clone())) }
        }
        Signer::Owner => SignerTrust { level: Level::Signed, by: "an owner".to_owned(), short: Some(RejectReason::NoRunner) },
    }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
pub(super) mod tests;
