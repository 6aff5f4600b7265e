//! Push certificates: who signed a push, as `git push --signed` sends it.

use super::{Signed, signed};
use crate::model::ref_update;
use crate::model::ref_update::RefUpdate;
use crate::policy::Policy;
use crate::text::escape;

/// What a server got, and what it says of it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The certificate's blob.
    pub content: &'a [u8],
    /// The nonce that the server asked for.
    pub nonce: Option<&'a str>,
    /// What the server says of the certificate's nonce: only `OK` is good. (`SLOP` is older than `receive.certNonceSlop` allows.)
    pub status: Option<&'a str>,
    /// What the push would do.
    pub updates: &'a [RefUpdate],
    /// `guard.pushee`: what this repository is called by those who push to it; empty: that isn't asked.
    pub pushees: &'a [String],
}

/// Who vouches for the push. The key's dates are measured by the server's own time, which its nonce holds.
pub fn certified(policy: &Policy, received: &Received<'_>) -> Signed {
    match read(received) {
        Ok(Certificate { signature, payload, time, .. }) => signed(policy, signature, payload, time),
        Err(why) => Signed::Broken(why),
    }
}

struct Certificate<'a> {
    payload: &'a [u8],
    signature: &'a [u8],
    time: i64,
}

/// # Errors
/// Why it is worth nothing, as a phrase.
fn read<'a>(received: &Received<'a>) -> Result<Certificate<'a>, String> {
    let (payload, signature) = cut(received.content)?;
    let Head { pushee, nonce, lines } = head(payload)?;
    addressed(pushee, received.pushees)?;
    let time = fresh(nonce, received)?;
    let mut certified = ref_update::pre_receive(lines).map_err(|e| e.message)?;
    let mut pushed = received.updates.to_vec();
    certified.sort_by(|one, other| one.name.cmp(&other.name));
    pushed.sort_by(|one, other| one.name.cmp(&other.name));
    if certified != pushed {
        return Err("it is for other ref updates than those that are pushed".to_owned());
    }
    Ok(Certificate { payload, signature, time })
}

/// What is signed, and the signature: everything from the first line of armour on.
fn cut(content: &[u8]) -> Result<(&[u8], &[u8]), String> {
    const ARMOUR: &[u8] = b"-----BEGIN ";
    let mut at = 0;
    for line in content.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(ARMOUR) {
            let (payload, signature) = content.split_at(at);
            return if line.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
                Ok((payload, signature))
            } else {
                Err("its signature is none of SSH's, and no others are verified".to_owned())
            };
        }
        at += line.len();
    }
    Err("it is not signed".to_owned())
}

/// What stands in front of the signature.
struct Head<'a> {
    pushee: Option<&'a [u8]>,
    nonce: &'a str,
    lines: &'a [u8],
}

/// Whom it was given to, the nonce, and the lines of the ref updates. The headers come in git's order, each once but for push options.
fn head(payload: &[u8]) -> Result<Head<'_>, String> {
    let mut rest = payload;
    if next(&mut rest) != Some(b"certificate version 0.1") {
        return Err("it is no certificate of version 0.1".to_owned());
    }
    let mut header = |name: &str| {
        let mut ahead = rest;
        let value = next(&mut ahead)?.strip_prefix(name.as_bytes())?.strip_prefix(b" ")?;
        rest = ahead;
        Some(value)
    };
    header("pusher").ok_or("it names no pusher")?;
    // A local or unnamed remote may have none.
    let pushee = header("pushee");
    let nonce = header("nonce").ok_or("it has no nonce")?;
    while header("push-option").is_some() {}
    let nonce = std::str::from_utf8(nonce).map_err(|_binary| "its nonce is not text")?;
    match next(&mut rest) {
        Some(b"") => Ok(Head { pushee, nonce, lines: rest }),
        Some(line) => Err(format!("it has a line that no certificate has: `{}`", escape(line.get(..200).unwrap_or(line)))),
        None => Err("it ends before its ref updates".to_owned()),
    }
}

/// Whether it is for this repository: whoever got a certificate for another could pass it on.
fn addressed(pushee: Option<&[u8]>, pushees: &[String]) -> Result<(), String> {
    let plain = |name: &[u8]| name.strip_suffix(b"/").unwrap_or(name).to_vec();
    match pushee {
        _ if pushees.is_empty() => Ok(()),
        Some(pushee) if pushees.iter().any(|own| plain(own.as_bytes()) == plain(pushee)) => Ok(()),
        Some(pushee) => {
            let shown = escape(pushee.get(..200).unwrap_or(pushee));
            Err(format!("it was given to `{shown}`, and this repository is another (`guard.pushee`)"))
        }
        None => Err("it doesn't say to which repository it was given (`guard.pushee`)".to_owned()),
    }
}

/// The next line without its end, and what follows.
fn next<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|b| *b == b'\n')?;
    let (line, after) = rest.split_at(end);
    *rest = after.get(1..).unwrap_or_default();
    Some(line)
}

/// The time that the nonce holds, in seconds since 1970, where it is the one that was asked for: git's are `<seconds>-<digest>`.
fn fresh(nonce: &str, received: &Received<'_>) -> Result<i64, String> {
    let asked = received.nonce.ok_or("this server asks for no nonce, so it may be an old one: git config receive.certNonceSeed")?;
    match received.status {
        Some("OK") if nonce == asked => {}
        Some("SLOP") => return Err("its nonce is older than `receive.certNonceSlop` allows".to_owned()),
        Some(_) | None => return Err("its nonce is not the one that was asked for".to_owned()),
    }
    let seconds = nonce.split_once('-').and_then(|(seconds, _digest)| seconds.parse().ok());
    seconds.ok_or_else(|| "its nonce does not say when it was asked for".to_owned())
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
