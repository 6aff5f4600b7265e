//! Who stands behind a record, and how much their word is worth.

use std::collections::BTreeMap;

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

/// Signatures of one writer on one tree that are verified, where they are a runner's or an owner's.
const MANY: u32 = 1_000;
/// Likewise, where they are anybody else's: of somebody's own records the newest counts.
const FEW: u32 = 64;

/// How many signatures of each writer have been verified, so that nobody's padding delays what another has recorded.
#[derive(Debug, Default)]
pub(super) struct Verified(BTreeMap<String, u32>);

impl Verified {
    /// Whether one more of that writer's is verified.
    fn one_more(&mut self, context: &VerificationContext<'_>, line: &NoteLine, key: &KeyData) -> bool {
        let specialists = context.policy.signers(key).iter().all(|(signer, _)| matches!(signer, Signer::Specialist(_)));
        let spent = self.0.entry(line.writer.clone()).or_default();
        *spent = spent.saturating_add(1);
        *spent <= if specialists { FEW } else { MANY }
    }
}

/// What a record that ended at `end` and stands in that line can be worth at most: by the keys that its signatures name, unverified.
///
/// # Errors
/// Not a failure: why it isn't believed at all, whatever its signatures match.
pub(super) fn at_most(
    context: &VerificationContext<'_>,
    line: &NoteLine,
    end: Timestamp,
    opened: &Opened,
) -> Result<SignerTrust, RejectReason> {
    if line.origin == Origin::Unpushed {
        return Err(RejectReason::Unpushed);
    }
    best(context, line, end, opened.named())
}

/// Believes a record that ended at `end` and stands in that line. Every signature on it must be good: one that isn't
/// says that somebody changed it.
///
/// What could reach no more than anybody's unsigned word isn't verified: it is worth that, and no more, whatever it matches.
///
/// # Errors
/// Not a failure: why it isn't believed at all.
pub(super) fn standing(
    context: &VerificationContext<'_>,
    line: &NoteLine,
    end: Timestamp,
    opened: &Opened,
    verified: &mut Verified,
) -> Result<SignerTrust, RejectReason> {
    let most = at_most(context, line, end, opened)?;
    if most.level <= Level::Claimed || opened.signatures.is_empty() {
        return Ok(most);
    }
    for key in opened.named().flatten() {
        if !verified.one_more(context, line, &key) {
            return Err(RejectReason::TooManySignatures(line.writer.clone()));
        }
    }
    best(context, line, end, opened.signers())
}

fn best(
    context: &VerificationContext<'_>,
    line: &NoteLine,
    end: Timestamp,
    keys: impl Iterator<Item = Result<KeyData, String>>,
) -> Result<SignerTrust, RejectReason> {
    let mut best = None;
    for key in keys {
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
