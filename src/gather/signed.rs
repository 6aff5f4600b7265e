//! Who signed: commits, and the push that brings them.

use super::Gatherer;
use crate::case::Stage;
use crate::context::Identity;
use crate::error::{Error, Result};
use crate::git::push::RefUpdate;
use crate::git::{Commit, Kind};
use crate::identity::certificate::{Received, certified};
use crate::identity::{Actor, Signed, signed};

/// A certificate of more bytes is not read.
const MAX_CERTIFICATE: u64 = 8 << 20;

impl Gatherer<'_> {
    /// Whose commit that is: its signer's, where the policy knows signers at all; else as `actor` has it.
    pub(super) fn author(&self, stage: Stage, commit: &Commit, branch: Option<&[u8]>, new: bool) -> Result<Actor> {
        let signature = if self.policy.has_keys() { self.repo.signed_commit(commit.oid)? } else { None };
        let signature = signature.map(|found| signed(self.policy, &found.signature, &found.payload, found.committed));
        Ok(self.actor(stage, signature.as_ref(), Some(&commit.author_email), branch, new))
    }

    /// Takes the push's certificate, where `guard.identity` asks for it and there is one.
    ///
    /// # Errors
    /// It can't be read, or is too large.
    pub fn certify(&mut self, updates: &[RefUpdate]) -> Result<()> {
        if self.settings.identity != Identity::PushCert {
            return Ok(());
        }
        let Some(told) = self.context.push_certificate()? else { return Ok(()) };
        let (kind, size) = self.repo.header(told.blob)?;
        if kind != Kind::Blob || size > MAX_CERTIFICATE {
            return Err(Error::new(format!("the push certificate {} is no blob of at most {MAX_CERTIFICATE} bytes", told.blob)));
        }
        let content = self.repo.blob(told.blob)?;
        let received = Received { content: &content, nonce: told.nonce.as_deref(), status: told.status.as_deref(), updates };
        self.certificate = Some(certified(self.policy, &received));
        Ok(())
    }

    /// What is wrong with the certificate, as a phrase.
    pub fn broken_certificate(&self) -> Option<String> {
        let why = self.certificate.as_ref().and_then(Signed::broken);
        why.map(|why| format!("the push certificate is not believed: {why}"))
    }
}
