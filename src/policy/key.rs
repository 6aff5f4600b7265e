//! Keys as the policy has them: a line of OpenSSH's format, with what an allowed-signers file may put in front of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ssh_key::public::KeyData;
use ssh_key::{Fingerprint, HashAlg, PublicKey};

use super::diagnostic::shown;
use crate::text::escape;

/// RSA keys of fewer bits are refused.
const MIN_RSA_BITS: u64 = 2048;
/// RSA keys of more bits can't be verified with: the crate takes them for an attempt to keep it busy.
pub const MAX_RSA_BITS: u64 = 4096;
/// What private keys begin with, in any of their formats; in base64, too (`openssh-key-`).
const PRIVATE: [&str; 4] = ["PRIVATE KEY", "PuTTY-User-Key-File", "SSH PRIVATE KEY FILE", "b3BlbnNzaC1rZXkt"];

/// A public key, and when it is to be believed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// The line as written.
    pub text: String,
    /// The key itself.
    pub data: KeyData,
    /// What stands behind it, such as `alice@example.org`; may be empty.
    pub comment: String,
    /// Not before this.
    pub after: Option<Timestamp>,
    /// Not at or after this.
    pub before: Option<Timestamp>,
}

/// What is wrong, as a phrase, and what to write instead where that is known. Neither holds anything of a private key.
type Problem = (String, Option<String>);

impl Key {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong, as a phrase, and what to write instead where that is known.
    pub fn parse(line: &str) -> Result<Self, Problem> {
        let text = line.trim();
        if PRIVATE.iter().any(|mark| text.contains(mark)) {
            return Err(("it is a private key, which stands in no policy".to_owned(), Some(EXAMPLE.to_owned())));
        }
        if text.chars().any(char::is_control) {
            let help = "one line holds one key, its parts are separated by spaces".to_owned();
            return Err(("it holds a control character, such as a tab or a newline".to_owned(), Some(help)));
        }
        let (options, key) = split(text)?;
        let (data, comment) = read(key)?;
        let mut parsed = Self { text: text.to_owned(), data, comment, after: None, before: None };
        for (name, value) in options {
            parsed.set(name, value)?;
        }
        if parsed.after.zip(parsed.before).is_some_and(|(after, before)| after >= before) {
            return Err(("it is never valid: `valid-after` is not before `valid-before`".to_owned(), None));
        }
        Ok(parsed)
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), Problem> {
        let slot = match name {
            "valid-after" => &mut self.after,
            "valid-before" => &mut self.before,
            _ => return Err(unknown(name)),
        };
        let no_time = || {
            let example = format!("such as `{name}=\\\"2026-12-31T00:00:00Z\\\"`");
            (format!("`{name}` is no time of RFC 3339"), Some(example))
        };
        let value = value.filter(|value| is_rfc_3339(value)).ok_or_else(no_time)?;
        let time = value.parse().map_err(|_no_such_day| no_time())?;
        if slot.replace(time).is_some() { Err((format!("`{name}` is said twice"), None)) } else { Ok(()) }
    }

    /// As `ssh-keygen -l` has it: `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.data)
    }

    /// Whether a signature made at `time` is to be believed; else why not, as a phrase.
    ///
    /// # Errors
    /// Not a failure: why it isn't.
    pub fn valid_at(&self, time: Timestamp) -> Result<(), String> {
        match (self.after, self.before) {
            (Some(after), _) if time < after => Err(format!("its key is valid after {after}")),
            (_, Some(before)) if time >= before => Err(format!("its key was valid before {before}")),
            _ => Ok(()),
        }
    }
}

/// As `ssh-keygen -l` has it: `SHA256:…`.
pub fn fingerprint(data: &KeyData) -> String {
    Fingerprint::new(HashAlg::Sha256, data).to_string()
}

/// Refuses what is too weak to be believed.
///
/// # Errors
/// Why, as a phrase.
pub fn strong(data: &KeyData) -> Result<(), String> {
    if let Some(rsa) = data.rsa() {
        let bits = bits(rsa.n.as_positive_bytes().unwrap_or_default());
        return match bits {
            ..MIN_RSA_BITS => Err(format!("an RSA key of {bits} bits, at least {MIN_RSA_BITS} are needed")),
            MIN_RSA_BITS..=MAX_RSA_BITS => Ok(()),
            _ => Err(format!("an RSA key of {bits} bits, at most {MAX_RSA_BITS} are believed")),
        };
    }
    let believed = data.is_ed25519() || data.is_ecdsa() || data.is_sk_ed25519() || data.is_sk_ecdsa_p256();
    if believed { Ok(()) } else { Err(format!("keys of type {} are not believed", escape(data.algorithm().as_str().as_bytes()))) }
}

/// How many bits a number has that is written in bytes, the largest first.
pub fn bits(number: &[u8]) -> u64 {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let number = number.get(zeros..).unwrap_or_default();
    let leading = number.first().map_or(0, |byte| u64::from(byte.leading_zeros()));
    (number.len() as u64 * 8).saturating_sub(leading)
}

const KNOWN: &str = "known are valid-after and valid-before";
const EXAMPLE: &str = "a line of a `.pub` file, such as \"ssh-ed25519 AAAA… name\"";

/// The key and its comment, of a line without options.
fn read(line: &str) -> Result<(KeyData, String), Problem> {
    let none = |why: &str| (format!("it is no public key of OpenSSH: {why}"), Some(EXAMPLE.to_owned()));
    if line.is_empty() {
        return Err(("there is no key".to_owned(), Some(EXAMPLE.to_owned())));
    }
    let (kind, rest) = line.split_once(' ').ok_or_else(|| none("it has one part alone"))?;
    let rest = rest.trim_start();
    let (base64, comment) = rest.split_once(' ').unwrap_or((rest, ""));
    if kind.ends_with("-cert-v01@openssh.com") {
        return Err(("it is a certificate".to_owned(), Some("write the key that it is for".to_owned())));
    }
    let key = PublicKey::from_openssh(&format!("{kind} {base64}")).map_err(|e| none(&escape(e.to_string().as_bytes())))?;
    strong(key.key_data()).map_err(|problem| (problem, None))?;
    // A key has one form, so that nobody mistakes two lines for two keys.
    if key.to_bytes().map(|bytes| STANDARD.encode(bytes)).map_err(|e| none(&e.to_string()))? != base64 {
        return Err(none("it is not in the one form that it has"));
    }
    Ok((key.key_data().clone(), comment.trim().to_owned()))
}

/// An option in front of a key: its name, and its value where it has one.
type Written<'t> = (&'t str, Option<&'t str>);

/// The options, known or not, and the key behind them.
fn split(text: &str) -> Result<(Vec<Written<'_>>, &str), Problem> {
    let mut options = Vec::new();
    let mut rest = text;
    if text.is_empty() || ["ssh-", "ecdsa-sha2-", "sk-"].iter().any(|kind| text.starts_with(kind)) {
        return Ok((options, text));
    }
    loop {
        let (name, behind) = rest.split_at(rest.find([' ', ',', '=']).unwrap_or(rest.len()));
        if name.is_empty() {
            return Err(("there is an option without a name".to_owned(), Some(KNOWN.to_owned())));
        }
        let (value, behind) = match behind.strip_prefix('=') {
            Some(behind) => quoted(name, behind).map(|(value, behind)| (Some(value), behind))?,
            None => (None, behind),
        };
        options.push((name, value));
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None if behind.is_empty() || behind.starts_with(' ') => return Ok((options, behind.trim_start())),
            None => return Err((format!("there is no space behind the value of `{}`", shown(name)), None)),
        }
    }
}

/// What stands between the quotes in front of `text`, and what follows.
fn quoted<'t>(name: &str, text: &'t str) -> Result<(&'t str, &'t str), Problem> {
    let problem = |what: &str| (format!("the value of `{}` has no {what}", shown(name)), Some("put it between `\\\"`".to_owned()));
    let text = text.strip_prefix('"').ok_or_else(|| problem("quotes"))?;
    text.split_once('"').ok_or_else(|| problem("end"))
}

fn unknown(name: &str) -> Problem {
    let problem = format!("option `{}` is not known", shown(name));
    let help = match name {
        "cert-authority" => "certificates are not believed, write the key of each who signs",
        "namespaces" => "leave it out: what a key may sign follows from where it stands",
        _ if name.contains('@') => "put names behind the key, as its comment",
        _ => KNOWN,
    };
    (problem, Some(help.to_owned()))
}

/// Whether it has RFC 3339's form: the crate reads others, too (`2026-12-31`, `20261231T00Z`, `…[Europe/Berlin]`).
fn is_rfc_3339(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let Some(rest) = shape.strip_prefix("0000-00-00T00:00:00") else { return false };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with('0') => fraction.trim_start_matches('0'),
        Some(_) => return false,
        None => rest,
    };
    ["Z", "+00:00", "-00:00"].contains(&zone)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
