//! Signatures of security keys (`sk-*`), made without one: PROTOCOL.u2f says what such a key signs, an ordinary key can sign that.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::desk::{Key, Parts, raw, string};

/// Somebody touched it.
pub const TOUCHED: u8 = 1;
const WEBAUTHN: &str = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";

/// The security key that has the secret of an ordinary one (ed25519, or ecdsa on P-256).
pub struct SecurityKey<'k> {
    secret: &'k Key,
    name: &'static str,
    application: &'static str,
    /// As the policy has it.
    pub key: Key,
}

impl<'k> SecurityKey<'k> {
    pub fn new(secret: &'k Key, application: &'static str) -> Self {
        use base64::engine::general_purpose::STANDARD;
        let (plain, name) = match secret.line.split(' ').next().unwrap() {
            "ssh-ed25519" => ("ssh-ed25519", "sk-ssh-ed25519@openssh.com"),
            "ecdsa-sha2-nistp256" => ("ecdsa-sha2-nistp256", "sk-ecdsa-sha2-nistp256@openssh.com"),
            other => panic!("no security key is of type {other}"),
        };
        let blob = secret.blob();
        let point = &blob[string(plain.as_bytes()).len()..];
        let blob = [string(name.as_bytes()), point.to_vec(), string(application.as_bytes())].concat();
        let line = format!("{name} {}", STANDARD.encode(blob));
        Self { secret, name, application, key: Key { path: secret.path.clone(), line } }
    }

    /// Signs `message`, as its flags and its counter are. `trailing`: bytes where none belong.
    pub fn sign(&self, flags: u8, counter: u32, trailing: &[u8], message: &[u8]) -> Parts {
        let mut parts = Parts::new(&self.key);
        let state = [&[flags][..], &counter.to_be_bytes()].concat();
        let bytes = [&Sha256::digest(self.application)[..], &state, &Sha256::digest(parts.signed(message))].concat();
        let signature = [raw(&self.secret.private(), &bytes).as_bytes(), trailing].concat();
        parts.signature = [string(self.name.as_bytes()), string(&signature), state].concat();
        parts
    }

    /// The same by a browser, which signs what it was asked in JSON.
    pub fn sign_in_browser(&self, message: &[u8]) -> Parts {
        let mut parts = Parts::new(&self.key);
        let (challenge, origin) = (URL_SAFE_NO_PAD.encode(parts.signed(message)), "https://example.org");
        let asked = format!("{{\"type\":\"webauthn.get\",\"challenge\":\"{challenge}\",\"origin\":\"{origin}\"}}");
        let state = [TOUCHED, 0, 0, 0, 1];
        let bytes = [&Sha256::digest(self.application)[..], &state, &Sha256::digest(&asked)].concat();
        let signature = raw(&self.secret.private(), &bytes);
        let fields = [origin.as_bytes(), asked.as_bytes(), b""].map(string).concat();
        parts.signature = [string(WEBAUTHN.as_bytes()), string(signature.as_bytes()), state.to_vec(), fields].concat();
        parts
    }
}
