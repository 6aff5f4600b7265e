//! Keys that prove less than they seem to.

use jiff::Timestamp;

use super::super::key::Key;
use super::{Finding, notice, warning};
use crate::policy::Cited;
use crate::policy::types::{Policy, Signer};

/// Keys of runners that somebody else has, and keys that have expired by `now`.
pub(super) fn keys(policy: &Policy, now: Timestamp) -> Vec<Finding> {
    let mut found = shared(policy);
    let owners = policy.owners.keys.iter().map(|key| (Signer::Owner, key));
    let specialists = policy.specialists.iter().flat_map(|s| s.keys.iter().map(move |key| (Signer::Specialist(s), key)));
    let runners = policy.runners.iter().flat_map(|r| r.keys.iter().map(move |key| (Signer::Runner(r), key)));
    found.extend(owners.chain(specialists).chain(runners).filter_map(|(whose, key)| expired(whose, key, now)));
    found
}

/// Who holds a runner's key attests to what he did himself.
fn shared(policy: &Policy) -> Vec<Finding> {
    let mut found = Vec::new();
    for runner in &policy.runners {
        for key in &runner.keys {
            for (other, _) in policy.signers(&key.value.data) {
                if matches!(other, Signer::Specialist(_) | Signer::Owner) {
                    let message = format!(
                        "a key of {} is also {}: its holder attests to work of his own",
                        name(Signer::Runner(runner)),
                        whose(other)
                    );
                    let help = "give the runner a key that nobody has who works here";
                    found.push(warning(Some(key.at), message, help));
                }
            }
        }
    }
    found
}

fn expired(of: Signer<'_>, key: &Cited<Key>, now: Timestamp) -> Option<Finding> {
    let before = key.value.before.filter(|before| *before <= now)?;
    let message = format!("key {} of {} has expired: it was valid before {before}", key.value.fingerprint(), name(of));
    let help = "what it signed in time still counts; put a new key beside it, or take it out, which revokes all that it signed";
    Some(notice(Some(key.at), message, help))
}

fn name(signer: Signer<'_>) -> String {
    match signer {
        Signer::Runner(runner) => format!("runner `{}`", runner.name.value),
        Signer::Specialist(specialist) => format!("specialist `{}`", specialist.name.value),
        Signer::Owner => "an owner".to_owned(),
    }
}

fn whose(signer: Signer<'_>) -> String {
    format!("{}'s", name(signer))
}
