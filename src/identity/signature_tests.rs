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
