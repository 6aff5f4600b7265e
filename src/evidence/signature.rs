//! SSH signatures (SSHSIG), verified in process: nothing is started, nothing is fetched.

use ssh_key::SshSig;
use ssh_key::public::KeyData;

use crate::policy;

/// The namespace of everything that the guard signs. Never `git`: a signed commit must not pass for a record.
pub const EVIDENCE: &str = "guard-evidence";
/// The namespace of git's own signatures, of commits and of push certificates.
pub const GIT: &str = "git";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// Signatures of more bytes aren't read: the largest, by an RSA key of 16,384 bits, is well below.
const MAX: usize = 16 << 10;

/// The key that has signed `message` in `namespace`. Whose it is, and whether it may, is the policy's to say. `signature`: one block of
/// armour, as `ssh-keygen -Y sign` writes it.
///
/// # Errors
/// Why it is worth nothing, as a phrase.
pub fn verify(signature: &[u8], namespace: &str, message: &[u8]) -> Result<KeyData, String> {
    let parsed = parse(signature)?;
    if parsed.namespace() != namespace {
        return Err(format!("signed for `{}`, not for `{namespace}`", parsed.namespace()));
    }
    let key = parsed.public_key().clone();
    policy::strong(&key)?;
    ssh_key::PublicKey::from(key.clone()).verify(namespace, message, &parsed).map_err(|_does_not_verify| {
        format!("the signature of {} does not match what it stands under", policy::fingerprint(&key))
    })?;
    Ok(key)
}

fn parse(signature: &[u8]) -> Result<SshSig, String> {
    if signature.len() > MAX {
        return Err(format!("a signature of {} bytes, at most {MAX} are read", signature.len()));
    }
    let text = std::str::from_utf8(signature).map_err(|_binary| "no SSH signature".to_owned())?.trim();
    if text.matches(BEGIN).count() != 1 || !text.starts_with(BEGIN) || !text.ends_with(END) {
        return Err("not one SSH signature alone".to_owned());
    }
    SshSig::from_pem(text).map_err(|e| format!("no SSH signature: {e}"))
}
