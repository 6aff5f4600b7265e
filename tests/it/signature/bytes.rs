//! Signatures that were cut or altered, byte by byte.

use super::desk::{Desk, NAMESPACE, armour, blob};
use super::security_key::{SecurityKey, TOUCHED};
use super::{Case, MESSAGE};

/// Where the version's last byte stands: flipped, it is the version 0 of `DIFFERENCES`.
const VERSION: usize = 9;

#[test]
fn no_signature_is_worth_anything_cut_short() {
    let desk = Desk::new();
    let key = desk.key("key", "ed25519");
    let whole = desk.sign(&key, NAMESPACE, "sha512", MESSAGE);
    for length in 0..whole.len() {
        let case = Case::new(format!("{length} bytes"), length == whole.len() - 1, &whole[..length], &key.line);
        // without its last newline it is whole
        assert_eq!(case.ours().is_ok(), case.good, "{}", case.name);
        assert_eq!(case.theirs(&desk), case.good, "{}", case.name);
    }
    let inner = blob(&whole);
    for length in 0..inner.len() {
        let case = Case::new("", false, armour(&inner[..length], 70, "\n"), &key.line);
        assert!(case.ours().is_err(), "{length} bytes within");
    }
}

#[test]
fn no_byte_of_a_signature_can_be_another() {
    let desk = Desk::new();
    let p256 = desk.key("p256", "ecdsa 256");
    let key = SecurityKey::new(&p256, "ssh:");
    let whole = key.sign(TOUCHED, 7, b"", MESSAGE).blob();
    for place in 0..whole.len() {
        let mut altered = whole.clone();
        altered[place] ^= 1;
        let case = Case::new("", false, armour(&altered, 70, "\n"), &key.key.line);
        assert!(case.ours().is_err(), "byte {place}");
        assert_eq!(case.theirs(&desk), place == VERSION, "byte {place}");
    }
}

#[test]
fn nor_of_its_armour_and_nothing_panics() {
    let desk = Desk::new();
    for kind in ["ed25519", "ecdsa 256", "ecdsa 384", "rsa 2048"] {
        let key = desk.key(kind, kind);
        let whole = desk.sign(&key, NAMESPACE, "sha512", MESSAGE);
        assert_eq!(Case::new("", true, &whole[..], &key.line).ours(), Ok(()));
        for place in 0..whole.len() {
            for bit in [0x01, 0x20, 0x80] {
                let mut altered = whole.clone();
                altered[place] ^= bit;
                assert!(Case::new("", false, altered, &key.line).ours().is_err(), "{kind}: bit {bit:#x} of byte {place}");
            }
        }
        let inner = blob(&whole);
        for place in 0..inner.len() {
            let mut altered = inner.clone();
            altered[place] ^= 0x80;
            assert!(Case::new("", false, armour(&altered, 70, "\n"), &key.line).ours().is_err(), "{kind}: byte {place} within");
            altered.remove(place);
            assert!(Case::new("", false, armour(&altered, 70, "\n"), &key.line).ours().is_err(), "{kind}: without byte {place}");
        }
    }
}
