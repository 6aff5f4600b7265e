//! One signature alone, byte for byte; `tests/it/signature.rs` holds all kinds of them against `ssh-keygen`.

use proptest::prelude::*;

use crate::identity::signature::*;

/// Over `testing`, in the namespace `example`.
const ARMOUR: &str = "-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgsz6u836i33yqAQ3v3qNOJB9l8b
UppPQ+0UMn9cVKq2IAAAAHZXhhbXBsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQy
NTUxOQAAAEBPEav+tMGNnox4MuzM7rlHyVBajCn8B0kAyiOWwPKprNsG3i6X+voz/WCSik
/FowYwqhgCABUJSvRX3AERVBUP
-----END SSH SIGNATURE-----
";
const KEY: &str = "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ";

fn refused(armour: &str) -> String {
    verify(armour.as_bytes(), "example", b"testing").unwrap_err()
}

#[test]
fn the_key_that_signed_is_told() {
    let key = verify(ARMOUR.as_bytes(), "example", b"testing").unwrap();
    assert_eq!(policy::fingerprint(&key), KEY);
}

#[test]
fn why_a_signature_is_worth_nothing_is_said() {
    assert_eq!(refused(""), "not one SSH signature alone");
    assert_eq!(refused(&ARMOUR.repeat(2)), "not one SSH signature alone");
    assert_eq!(refused(&" ".repeat(MAX + 1)), "a signature of 16385 bytes, at most 16384 are read");
    assert_eq!(refused(&ARMOUR.replace("ADMAAAAL", "ADQAAAAL")), "no SSH signature: not in the one form that it has");
    let cut = ARMOUR.replace("/FowYwqhgCABUJSvRX3AERVBUP\n", "");
    assert!(refused(&cut).starts_with("no SSH signature: "), "{}", refused(&cut));
    let altered = verify(ARMOUR.as_bytes(), "example", b"Testing").unwrap_err();
    assert_eq!(altered, format!("the signature of {KEY} does not match what it stands under"));
    let elsewhere = verify(ARMOUR.as_bytes(), EVIDENCE, b"testing").unwrap_err();
    assert_eq!(elsewhere, "signed for `example`, not for `guard-evidence`");
}

/// A namespace is the signer's own text.
#[test]
fn a_namespace_neither_deceives_nor_fills_the_screen() {
    let signed_for = |namespace: &str| {
        let parsed = SshSig::from_pem(ARMOUR).unwrap();
        let hash = parsed.hash_alg();
        let other = SshSig::new(parsed.public_key().clone(), namespace, hash, parsed.signature().clone()).unwrap();
        refused(&other.to_pem(ssh_key::LineEnding::LF).unwrap())
    };
    assert_eq!(signed_for("a\u{1b}[2J\u{202e}"), "signed for `a\\u{1b}[2J\\u{202e}`, not for `example`");
    assert_eq!(signed_for(&"n".repeat(61)), "signed for something else, not for `example`");
}

#[test]
fn a_key_signs_as_what_it_is() {
    let key = SshSig::from_pem(ARMOUR).unwrap().public_key().clone();
    assert!(signs(&key, &Algorithm::Ed25519));
    for other in ["sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "rsa-sha2-512", "ssh-rsa", "ssh-dss", "x@example.org"] {
        assert!(!signs(&key, &Algorithm::new(other).unwrap()), "{other}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_refused_in_one_line(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let armoured = armour(&STANDARD.encode(&bytes));
        let headed = armour(&STANDARD.encode([b"SSHSIG\0\0\0\x01\0\0\0\x33\0\0\0\x0bssh-ed25519", &bytes[..]].concat()));
        for signature in [&bytes[..], armoured.as_bytes(), headed.as_bytes()] {
            let problem = verify(signature, EVIDENCE, b"").unwrap_err();
            prop_assert!(problem.len() < 400 && !problem.chars().any(char::is_control), "{}", problem);
        }
    }
}

/// Armour around what a key of this type, and what stands behind it, begins with.
fn by(algorithm: &str, numbers: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::new();
    put(&mut key, algorithm.as_bytes()).unwrap();
    numbers.iter().for_each(|number| put(&mut key, number).unwrap());
    let mut bytes = b"SSHSIG\0\0\0\x01".to_vec();
    put(&mut bytes, &key).unwrap();
    put(&mut bytes, b"git").unwrap();
    armour(&STANDARD.encode(bytes)).into_bytes()
}

#[test]
fn what_nobody_here_can_verify_is_named_and_what_is_wrong_is_not() {
    let rsa = |bytes: usize| [&[0][..], &vec![0xff; bytes]].concat();
    fn said(algorithm: &str, numbers: &[&[u8]]) -> Option<String> {
        unverifiable(&by(algorithm, numbers))
    }
    let kind = |what: &str| Some(format!("a signature by a key of type {what}"));
    assert_eq!(said("ssh-ed25519-cert-v01@openssh.com", &[]), kind("ssh-ed25519-cert-v01@openssh.com"));
    assert_eq!(said("ssh-dss", &[]), kind("ssh-dss"));
    assert_eq!(said("ssh-mldsa-65\u{202e}", &[]), kind("ssh-mldsa-65\\u{202e}"));
    assert_eq!(said(&"x".repeat(100), &[]), kind("something else"));
    assert_eq!(said("ssh-rsa", &[&[3], &rsa(640)]), Some("a signature by an RSA key of 5120 bits".to_owned()));
    assert_eq!(said("ssh-rsa", &[&[3], &rsa(2048)]), Some("a signature by an RSA key of 16384 bits".to_owned()));
    for (algorithm, numbers) in
        [("ssh-rsa", vec![&[3][..], &rsa(512)]), ("ssh-rsa", vec![&[3][..], &rsa(64)]), ("ssh-ed25519", vec![])]
    {
        assert_eq!(said(algorithm, &numbers), None, "{algorithm}");
    }
    let whole = by("ssh-dss", &[]);
    for damaged in [&whole[1..], &whole[..whole.len() - 2], b"", &[&whole[..], b"\n"].concat()] {
        assert_eq!(unverifiable(damaged), None);
    }
}
