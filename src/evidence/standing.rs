//! Who stands behind a record, and how much their word is worth.

use jiff::Timestamp;
use ssh_key::public::KeyData;

use super::envelope::Opened;
use super::weigh::Scale;
use crate::evidence::note::{NoteLine, Origin};
use crate::evidence::{Missing, writer};
use crate::policy::Level;
use crate::policy::{Cited, Key, Signer, fingerprint};
use crate::text::escape;
use crate::text::truncate;

/// How far a record is believed.
pub(super) struct Standing {
    pub level: Level,
    /// Whose it is, escaped.
    pub by: String,
    /// Why no further, where a signature might have done it.
    pub short: Option<Missing>,
}

/// Believes a record that ended at `end` and stands in that line. Every signature on it must be good: one that isn't
/// says that somebody changed it.
///
/// # Errors
/// Not a failure: why it isn't believed at all.
pub(super) fn standing(scale: &Scale<'_>, line: &NoteLine, end: Timestamp, opened: &Opened) -> Result<Standing, Missing> {
    let mut best = None;
    for key in opened.signers() {
        let key = key.map_err(|why| Missing::BadSignature(truncate(&why)))?;
        let one = of_key(scale, line, end, &key)?;
        if best.as_ref().is_none_or(|best: &Standing| one.level > best.level) {
            best = Some(one);
        }
    }
    Ok(best.unwrap_or_else(|| unsigned(scale, line)))
}

/// Nobody's word but the repository's: what this clone has recorded itself is a run on this machine, anything else is what somebody says.
fn unsigned(scale: &Scale<'_>, line: &NoteLine) -> Standing {
    if !scale.on_server && line.origin == Origin::Own {
        return Standing { level: Level::Recorded, by: "a run on this machine".to_owned(), short: Some(Missing::Unsigned) };
    }
    let by = format!("an unsigned record of {}", escape(line.writer.as_bytes()));
    let short = if scale.on_server { Missing::Unsigned } else { Missing::NotRecordedHere };
    Standing { level: Level::Claimed, by, short: Some(short) }
}

/// The most that somebody whose key that is can stand for.
fn of_key(scale: &Scale<'_>, line: &NoteLine, end: Timestamp, key: &KeyData) -> Result<Standing, Missing> {
    let signers = scale.policy.signers(key);
    if signers.is_empty() {
        return Err(Missing::UnknownSigner(fingerprint(key)));
    }
    if !writer::writes(scale.policy, key, &line.writer) {
        return Err(Missing::OtherWriter(line.writer.clone()));
    }
    let mut best: Result<Standing, Missing> = Err(Missing::UnknownSigner(fingerprint(key)));
    for (signer, key) in &signers {
        let one = match key.value.valid_at(end) {
            Err(why) => Err(Missing::BadSignature(why)),
            Ok(()) => Ok(of_signer(scale, line.origin, signer, &signers)),
        };
        best = match (best, one) {
            (Ok(best), Ok(one)) if one.level > best.level => Ok(one),
            (Ok(best), _) => Ok(best),
            (Err(_), one) => one,
        };
    }
    best
}

fn of_signer(scale: &Scale<'_>, origin: Origin, signer: &Signer<'_>, all: &[(Signer<'_>, &Cited<Key>)]) -> Standing {
    let works = |name: &str| scale.workers.iter().any(|actor| actor.entry.as_deref() == Some(name));
    let name = |name: &str| escape(name.as_bytes());
    match signer {
        Signer::Runner(runner) => {
            let by = format!("runner `{}`", name(&runner.name.value));
            let own = all.iter().find_map(|(signer, _)| match signer {
                Signer::Specialist(specialist) => works(&specialist.name.value).then_some(&specialist.name.value),
                Signer::Runner(_) | Signer::Owner => None,
            });
            match own.filter(|_| scale.policy.evidence.independent) {
                Some(specialist) => Standing { level: Level::Signed, by, short: Some(Missing::NotIndependent(specialist.clone())) },
                None => Standing { level: Level::Attested, by, short: None },
            }
        }
        Signer::Specialist(specialist) => {
            let (specialist, by) = (&specialist.name.value, format!("specialist `{}`", name(&specialist.name.value)));
            if works(specialist) {
                return Standing { level: Level::Signed, by, short: Some(Missing::NoRunner) };
            }
            // Worth what an unsigned one is: its signer's key has been at this machine, or it has come from elsewhere.
            let level = if scale.on_server || origin == Origin::Fetched { Level::Claimed } else { Level::Recorded };
            Standing { level, by, short: Some(Missing::OthersWork(specialist.clone())) }
        }
        Signer::Owner => Standing { level: Level::Signed, by: "an owner".to_owned(), short: Some(Missing::NoRunner) },
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
pub(super) mod tests;
