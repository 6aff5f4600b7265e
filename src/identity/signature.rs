//! SSH signatures (SSHSIG), verified in process: nothing is started, nothing is fetched.
//!
//! Stricter than `ssh-keygen -Y verify`, never more lenient: a signature has one form, but for the width of its lines.
//! `tests/it/signature.rs` lists the differences, and fails at any other. As there, the signature of a security key counts whether
//! or not it was touched: the flag is signed, but nothing of the policy asks for it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, PublicKey, Signature, SshSig};

use crate::policy;
use crate::text::escape;

/// The namespace of everything that the guard signs. Never `git`: a signed commit must not pass for a record.
pub const EVIDENCE: &str = "guard-evidence";
/// The namespace of git's own signatures, of commits and of push certificates.
pub const GIT: &str = "git";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
/// Signatures of more bytes aren't read: the largest that is believed, by an RSA key of 4096 bits, has about 1,600.
const MAX: usize = 16 << 10;
/// The types of keys whose signatures are verified. A certificate has a type of its own.
const KNOWN: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];
/// Columns of base64 in a line, as `ssh-keygen` writes them, and the only number that the crate reads.
const WIDTH: usize = 70;
/// Behind the signature proper of a security key: its flags (a byte) and its counter (four).
const SECURITY_KEY_TRAILER: usize = 5;
/// A namespace of more bytes isn't shown.
const SHOWN: usize = 60;

/// The key that has signed `message` in `namespace`. Whose it is, and whether it may, is the policy's to say. `signature`: one block
/// of armour, as `ssh-keygen -Y sign` writes it (its lines may be of another width), and nothing around it.
///
/// # Errors
/// Why it is worth nothing, as a phrase.
pub fn verify(signature: &[u8], namespace: &str, message: &[u8]) -> Result<KeyData, String> {
    let (parsed, key) = claimed(signature, namespace)?;
    PublicKey::from(key.clone()).verify(namespace, message, &parsed).map_err(|_does_not_verify| {
        format!("the signature of {} does not match what it stands under", policy::fingerprint(&key))
    })?;
    Ok(key)
}

/// The key that a signature names, without asking whether it matches: for what may turn out not to be worth the work. Never to be believed.
///
/// # Errors
/// Why it would be worth nothing whatever it stands under, as a phrase.
pub fn named(signature: &[u8], namespace: &str) -> Result<KeyData, String> {
    claimed(signature, namespace).map(|(_, key)| key)
}

fn claimed(signature: &[u8], namespace: &str) -> Result<(SshSig, KeyData), String> {
    let parsed = parse(signature)?;
    if parsed.namespace() != namespace {
        let shown = parsed.namespace();
        let other = if shown.len() > SHOWN { "something else".to_owned() } else { format!("`{}`", escape(shown.as_bytes())) };
        return Err(format!("signed for {other}, not for `{namespace}`"));
    }
    let key = parsed.public_key().clone();
    policy::strong(&key)?;
    if !signs(&key, &parsed.algorithm()) {
        return Err(format!("a signature of type {} by a key of type {}", parsed.algorithm(), key.algorithm()));
    }
    Ok((parsed, key))
}

/// What makes that nobody here can verify a signature, whoever made it: the kind of its key, as a phrase.
///
/// `None` says nothing of the signature but that `verify` has the word.
pub fn unverifiable(signature: &[u8]) -> Option<String> {
    let bytes = STANDARD.decode(body(signature).ok()?).ok()?;
    let (key, _) = field(bytes.strip_prefix(b"SSHSIG\0\0\0\x01")?)?;
    let (algorithm, numbers) = field(key)?;
    if !KNOWN.iter().any(|known| known.as_bytes() == algorithm) {
        let shown = if algorithm.len() > SHOWN { "something else".to_owned() } else { escape(algorithm) };
        return Some(format!("a signature by a key of type {shown}"));
    }
    if algorithm != b"ssh-rsa" {
        return None;
    }
    let (_exponent, rest) = field(numbers)?;
    let (modulus, _) = field(rest)?;
    let bits = policy::bits(modulus);
    (bits > policy::MAX_RSA_BITS).then(|| format!("a signature by an RSA key of {bits} bits"))
}

/// A `string` of RFC 4251, and what follows.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn parse(signature: &[u8]) -> Result<SshSig, String> {
    let body = body(signature)?;
    let none = |e: &dyn std::fmt::Display| format!("no SSH signature: {}", escape(e.to_string().as_bytes()));
    let parsed = SshSig::from_pem(armour(&body)).map_err(|e| none(&e))?;
    let canonical = encode(&parsed).map_err(|e| none(&e))?;
    // The crate doesn't see everything: bytes behind a field within its declared length, another version, a name of no algorithm.
    if STANDARD.encode(canonical) != body {
        return Err("no SSH signature: not in the one form that it has".to_owned());
    }
    Ok(parsed)
}

/// The base64 within the armour, without its line ends.
fn body(signature: &[u8]) -> Result<String, String> {
    if signature.len() > MAX {
        return Err(format!("a signature of {} bytes, at most {MAX} are read", signature.len()));
    }
    let alone = || "not one SSH signature alone".to_owned();
    let text = std::str::from_utf8(signature).map_err(|_binary| alone())?;
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    match lines.as_slice() {
        [BEGIN, body @ .., END] if body.iter().all(|line| is_base64(line)) => Ok(body.concat()),
        _ => Err(alone()),
    }
}

fn is_base64(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

/// Base64 as the crate reads it. `body`: ASCII.
fn armour(body: &str) -> String {
    let mut text = format!("{BEGIN}\n");
    for (column, c) in body.chars().enumerate() {
        if column > 0 && column.is_multiple_of(WIDTH) {
            text.push('\n');
        }
        text.push(c);
    }
    text + "\n" + END + "\n"
}

/// The bytes of what was understood, and of nothing else: version 1, and nothing reserved.
fn encode(parsed: &SshSig) -> Result<Vec<u8>, String> {
    let key = PublicKey::from(parsed.public_key().clone()).to_bytes().map_err(|e| e.to_string())?;
    let mut bytes = b"SSHSIG\0\0\0\x01".to_vec();
    let signature = encode_signature(parsed.signature())?;
    for field in [&key, parsed.namespace().as_bytes(), b"", parsed.hash_alg().as_str().as_bytes(), &signature] {
        put(&mut bytes, field)?;
    }
    Ok(bytes)
}

/// By hand since the crate writes those of `sk-ecdsa-sha2-nistp256@openssh.com` otherwise than it reads them.
fn encode_signature(signature: &Signature) -> Result<Vec<u8>, String> {
    let algorithm = signature.algorithm();
    let security_key = [Algorithm::SkEd25519, Algorithm::SkEcdsaSha2NistP256].contains(&algorithm);
    let trailer = if security_key { SECURITY_KEY_TRAILER } else { 0 };
    let data = signature.as_bytes();
    let (proper, trailer) = data.split_at_checked(data.len().saturating_sub(trailer)).unwrap_or((data, &[]));
    let mut bytes = Vec::new();
    put(&mut bytes, algorithm.as_str().as_bytes())?;
    put(&mut bytes, proper)?;
    bytes.extend_from_slice(trailer);
    Ok(bytes)
}

/// A `string` of RFC 4251: its length in four bytes, itself.
fn put(bytes: &mut Vec<u8>, field: &[u8]) -> Result<(), String> {
    let length = u32::try_from(field.len()).map_err(|e| e.to_string())?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(field);
    Ok(())
}

/// Whether keys of this type make signatures of that one: of RSA those with SHA-2, of the others those of the same name.
fn signs(key: &KeyData, signature: &Algorithm) -> bool {
    if key.is_rsa() { matches!(signature, Algorithm::Rsa { hash: Some(_) }) } else { key.algorithm() == *signature }
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
