//! Keys as the policy has them: a line of OpenSSH's format, with what an allowed-signers file may put in front of it.

use jiff::Timestamp;
use ssh_key::public::KeyData;
use ssh_key::{Fingerprint, HashAlg, PublicKey};

/// RSA keys of fewer bits are refused.
const MIN_RSA_BITS: u64 = 2048;

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

impl Key {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong, as a phrase, and what to write instead where that is known.
    pub fn parse(line: &str) -> Result<Self, (String, Option<String>)> {
        let text = line.trim();
        let (options, key) = split(text).map_err(|problem| (problem, None))?;
        let mut parsed = Self { text: text.to_owned(), data: data(key)?, comment: comment(key), after: None, before: None };
        for (name, value) in options {
            let time = value.parse().map_err(|_not_a_time| {
                let example = format!("such as `{name}=\\\"2026-12-31T00:00:00Z\\\"`");
                (format!("`{name}` is no time of RFC 3339"), Some(example))
            })?;
            let slot = match name {
                "valid-after" => &mut parsed.after,
                "valid-before" => &mut parsed.before,
                _ => {
                    return Err((
                        format!("option `{name}` is not known"),
                        Some("known are valid-after and valid-before".to_owned()),
                    ));
                }
            };
            if slot.replace(time).is_some() {
                return Err((format!("`{name}` is said twice"), None));
            }
        }
        if parsed.after.zip(parsed.before).is_some_and(|(after, before)| after >= before) {
            return Err(("it is never valid: `valid-after` is not before `valid-before`".to_owned(), None));
        }
        Ok(parsed)
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
        return if bits < MIN_RSA_BITS {
            Err(format!("an RSA key of {bits} bits, at least {MIN_RSA_BITS} are needed"))
        } else {
            Ok(())
        };
    }
    let believed = data.is_ed25519() || data.is_ecdsa() || data.is_sk_ed25519() || data.is_sk_ecdsa_p256();
    if believed { Ok(()) } else { Err(format!("keys of type {} are not believed", data.algorithm())) }
}

fn bits(number: &[u8]) -> u64 {
    let leading = number.first().map_or(0, |byte| u64::from(byte.leading_zeros()));
    (number.len() as u64 * 8).saturating_sub(leading)
}

fn data(key: &str) -> Result<KeyData, (String, Option<String>)> {
    let help = || Some("a line of a `.pub` file, such as \"ssh-ed25519 AAAA… name\"".to_owned());
    if key.contains("PRIVATE KEY") {
        return Err(("it is a private key, which stands in no policy".to_owned(), help()));
    }
    let data = PublicKey::from_openssh(key).map_err(|e| (format!("it is no public key of OpenSSH: {e}"), help()))?;
    strong(data.key_data()).map_err(|problem| (problem, None))?;
    Ok(data.key_data().clone())
}

fn comment(key: &str) -> String {
    key.split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
}

/// The options and the key behind them.
fn split(text: &str) -> Result<(Vec<(&str, &str)>, &str), String> {
    let mut options = Vec::new();
    let mut rest = text;
    while let Some((name, behind)) = option(rest) {
        let Some((value, behind)) = behind.split_once('"') else { return Err(format!("the value of `{name}` has no end")) };
        options.push((name, value));
        match behind.strip_prefix(',') {
            Some(next) if option(next).is_some() => rest = next,
            Some(_) => return Err("there is no option after a comma".to_owned()),
            None if behind.starts_with([' ', '\t']) => return Ok((options, behind.trim_start())),
            None => return Err(format!("there is no key behind `{name}`")),
        }
    }
    Ok((options, rest))
}

/// `name="` in front, and what follows.
fn option(text: &str) -> Option<(&str, &str)> {
    let (name, behind) = text.split_once("=\"")?;
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).then_some((name, behind))
}
