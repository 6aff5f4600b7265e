//! Who writes which notes: one writer a ref, `refs/notes/guard/<writer>`.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use ssh_key::public::KeyData;

use crate::policy::{OWNER_WRITER, Policy, Signer, fingerprint};
use crate::text::hex;

/// Every name under which the holder of `key` may write: a runner's and a specialist's own, an owner's by the key. The first is the one
/// to write under; none: the policy doesn't have the key.
pub fn names(policy: &Policy, key: &KeyData) -> Vec<String> {
    let name = |signer: Signer<'_>| match signer {
        Signer::Runner(runner) => in_a_ref(&runner.name.value),
        Signer::Specialist(specialist) => in_a_ref(&specialist.name.value),
        Signer::Owner => of_owner(key),
    };
    policy.signers(key).into_iter().map(|(signer, _)| name(signer)).collect()
}

/// The names under which a halt or a resume may stand: the owners' and the runners'.
pub fn speakers(policy: &Policy) -> BTreeSet<String> {
    let owners = policy.owners.keys.iter().map(|key| of_owner(&key.value.data));
    owners.chain(policy.runners.iter().map(|runner| in_a_ref(&runner.name.value))).collect()
}

/// Those under which the specialists write.
pub fn specialists(policy: &Policy) -> BTreeSet<String> {
    policy.specialists.iter().map(|specialist| in_a_ref(&specialist.name.value)).collect()
}

/// Whether the holder of `key` may write under `name`.
pub fn writes(policy: &Policy, key: &KeyData, name: &str) -> bool {
    names(policy, key).iter().any(|own| own == name)
}

/// The name under which an owner whose key that is writes.
pub fn of_owner(key: &KeyData) -> String {
    let digest = hex(&Sha256::digest(fingerprint(key)));
    format!("{OWNER_WRITER}{}", digest.get(..12).unwrap_or(&digest))
}

/// A name as one component of a ref: what git would refuse there is replaced.
fn in_a_ref(name: &str) -> String {
    let plain = name.replace("..", "--").replace('*', "anyone");
    let plain = plain.strip_suffix(".lock").map_or_else(|| plain.clone(), |stem| format!("{stem}-lock"));
    plain.strip_prefix('.').map_or_else(|| plain.clone(), |rest| format!("-{rest}")).trim_end_matches('.').to_owned()
}
