//! Signed commits, cut into signature and payload as git does it.

use super::Repo;
use crate::error::Result;
use crate::model::Oid;

/// A commit's signature, and what it signs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedCommit {
    /// The signature as its header has it, without the continuation's spaces.
    pub signature: Vec<u8>,
    /// The commit without the headers of signatures.
    pub payload: Vec<u8>,
    /// The time that the commit itself names, in seconds since 1970.
    pub committed: i64,
}

impl Repo {
    /// A commit's signature; `None` where it has none for this repository's format of objects.
    ///
    /// # Errors
    /// The object is missing, damaged, or no commit.
    pub fn signed_commit(&self, oid: Oid) -> Result<Option<SignedCommit>> {
        let committed = self.commit_header(oid)?.committed();
        let header = if oid.as_bytes().len() == 20 { "gpgsig" } else { "gpgsig-sha256" };
        let cut = cut(&self.object(oid)?.data, header);
        Ok(cut.map(|(signature, payload)| SignedCommit { signature, payload, committed }))
    }
}

/// Signature and payload, as `git verify-commit` cuts them.
///
/// Several headers of that name are one signature, which then doesn't verify. Signature headers of other formats are cut out of the
/// payload too. Nothing behind the first empty line is a header.
fn cut(commit: &[u8], header: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut signature, mut payload) = (Vec::new(), Vec::new());
    let (mut found, mut inside, mut other) = (false, false, false);
    let mut rest = commit;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        let own = match line.strip_prefix(b" ") {
            Some(continued) if inside => Some(continued),
            Some(_) => None,
            None => line.strip_prefix(header.as_bytes()).and_then(|value| value.strip_prefix(b" ")),
        };
        if let Some(part) = own {
            signature.extend_from_slice(part);
            (found, inside, other) = (true, true, false);
        } else {
            inside = false;
            other = line.starts_with(b"gpgsig") || (other && line.starts_with(b" "));
            if line == b"\n" {
                payload.extend_from_slice(rest);
                break;
            }
            if !other {
                payload.extend_from_slice(line);
            }
        }
        rest = after;
    }
    found.then_some((signature, payload))
}

#[cfg(test)]
#[path = "signed_tests.rs"]
mod tests;
