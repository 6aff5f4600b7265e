//! Signatures as `ssh-keygen -Y verify` judges them, beside the guard's own judgement.
//!
//! Where the two differ, the guard refuses what `ssh-keygen` accepts, and `DIFFERENCES` says why. Any other difference fails.

use guard::identity::signature::verify;
use jiff::Timestamp;

mod agreement;
mod bytes;
mod desk;
mod security_key;

use desk::{Desk, NAMESPACE};

/// What is signed.
const MESSAGE: &[u8] = b"DSSEv1 28 application/vnd.in-toto+json 2 {}";
/// When, if nothing else is said.
const NOW: &str = "2026-06-15T12:00:00Z";

/// Every case in which `ssh-keygen` accepts and the guard doesn't, and why.
const DIFFERENCES: [(&str, &str); 16] = [
    ("text behind", "one signature alone: what nobody has signed says nothing"),
    ("two blocks", "one signature alone"),
    ("blank lines behind", "one form, whose end is the armour's"),
    ("a blank line within", "one form"),
    ("spaces within", "one form"),
    ("spaces behind the last label", "one form"),
    ("version 0", "there is none: the version isn't signed, and would be anybody's to alter"),
    ("reserved, unsigned", "`ssh-keygen` ignores it, anybody can alter it"),
    ("rsa 1024", "too weak: the least is 2048"),
    ("rsa 8192", "the crate verifies up to 4096 bits, so that nobody keeps a server busy"),
    ("rsa, its zeros left out", "one form: the crate doesn't fill up a short one, and OpenSSH writes none"),
    ("a certificate", "whom the policy doesn't name, nobody vouches for"),
    ("a browser's", "the crate doesn't read WebAuthn's"),
    ("at valid-before", "valid before it, as the option says; `ssh-keygen` says until it"),
    ("option in capitals", "the policy's keys are in lower case"),
    ("option namespaces", "what a key may sign follows from where it stands in the policy"),
];

/// A signature, what it is held against, and whether it should be accepted.
struct Case {
    name: String,
    armour: Vec<u8>,
    message: Vec<u8>,
    allowed: String,
    at: &'static str,
    good: bool,
}

impl Case {
    fn new(name: impl Into<String>, good: bool, armour: impl Into<Vec<u8>>, allowed: &str) -> Self {
        Self { name: name.into(), armour: armour.into(), message: MESSAGE.to_vec(), allowed: allowed.to_owned(), at: NOW, good }
    }

    /// The guard's answer.
    fn ours(&self) -> Result<(), String> {
        let line = guard::policy::Key::parse(&self.allowed).map_err(|(problem, _)| problem)?;
        if line.data != verify(&self.armour, NAMESPACE, &self.message)? {
            return Err("the key of nobody".to_owned());
        }
        line.valid_at(self.at.parse::<Timestamp>().unwrap())
    }

    fn theirs(&self, desk: &Desk) -> bool {
        desk.accepts(&self.armour, &in_digits(&self.allowed), &in_digits(self.at), &self.message)
    }
}

/// Times as `ssh-keygen` has them: `20260615120000Z`.
fn in_digits(text: &str) -> String {
    let (options, key) = text.split_at(text.find("ssh-").unwrap_or(text.len()));
    let mut parts: Vec<String> = options.split('"').map(str::to_owned).collect();
    for part in &mut parts {
        if part.parse::<Timestamp>().is_ok() {
            part.retain(|c| c.is_ascii_digit() || c == 'Z');
        }
    }
    parts.join("\"") + key
}
