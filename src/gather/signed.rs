//! Who signed: commits, and the push that brings them.

use super::{Gatherer, Inputs};
use crate::context::Identity;
use crate::error::{Error, Result};
use crate::git::{Commit, Kind, Repo, range};
use crate::identity::certificate::{Received, certified};
use crate::identity::{Actor, Conflict, Owned, Signed, contradiction, signed};
use crate::model::Oid;
use crate::model::ref_update::RefUpdate;
use crate::policy::{Policy, Runner, Stage};

/// Clocks differ by this many seconds without anything being wrong.
const SKEW: i64 = 300;
/// A certificate of more bytes is not read.
const MAX_CERTIFICATE: u64 = 8 << 20;

impl Gatherer<'_> {
    /// Whose commit that is: its signer's, where the policy knows signers at all; else as `actor` has it.
    pub(super) fn author(&self, stage: Stage, commit: &Commit, branch: Option<&[u8]>, new: bool) -> Result<Actor> {
        let signature = if self.policy.has_keys() { self.repo.signed_commit(commit.oid)? } else { None };
        let recorded = self.recorded(commit.oid)?;
        let told = |time: i64| signature.as_ref().map(|found| signed(self.policy, &found.signature, &found.payload, time));
        let committed = signature.as_ref().map_or(0, |found| found.committed);
        let mut signature = told(committed);
        // The date of a commit is its signer's own word. What nobody has taken yet as theirs is signed now, and a retired key signs nothing new.
        if signature.as_ref().is_some_and(|signed| is_untaken(signed, new, recorded.as_ref())) {
            signature = self.told_now(&told, committed);
        }
        let actor = self.actor(stage, signature.as_ref(), (Some(&commit.author_email), branch), new, recorded.as_ref());
        // What an owner lands of somebody whom the policy no longer names is the owner's: else nobody could ever land it.
        let left_behind = actor.name.is_none()
            && actor.conflict.is_none()
            && stage == Stage::Land
            && (self.is_server() || self.inputs.pushing.is_some());
        Ok(if left_behind && self.pusher().owner { self.pusher() } else { actor })
    }

    /// What a signature says at the time of the judgement: at the one within what clocks differ by that believes it, if any does.
    fn told_now(&self, told: &dyn Fn(i64) -> Option<Signed>, committed: i64) -> Option<Signed> {
        let now = self.inputs.now.as_second();
        let near = [now, committed.clamp(now - SKEW, now + SKEW), now - SKEW, now + SKEW];
        let believed = near.into_iter().map(told).find(|signed| matches!(signed, Some(Signed::By { .. })));
        believed.unwrap_or_else(|| told(now))
    }

    /// The account that pushes, the server's or whoever signed the push, and what says so.
    pub fn account_and_source(&self) -> (Option<String>, String) {
        match (self.accounts.first(), &self.certificate) {
            (Some((how, account)), _) => (Some(account.clone()), how.clone()),
            (None, Some(Signed::By { specialist, name, .. })) => {
                (Some(specialist.clone().unwrap_or_else(|| name.clone())), "push-cert".to_owned())
            }
            (None, Some(Signed::Runner { .. } | Signed::Nobody(_) | Signed::Broken(_)) | None) => (None, "none".to_owned()),
        }
    }

    /// The account alone.
    pub(super) fn account_name(&self) -> Option<String> {
        self.account_and_source().0
    }

    /// Whose commits those are that `tips` reach and `hidden` don't, each author once.
    ///
    /// # Errors
    /// A commit can't be read; more of them than `guard.maxCommits`.
    pub fn authors(&self, tips: &[Oid], hidden: &[Oid]) -> Result<Vec<Actor>> {
        let range = range::commits(self.repo, tips, hidden, self.settings.max_commits)?;
        let new = self.new_commits(&range, tips, hidden)?;
        let mut authors: Vec<Actor> = Vec::new();
        for oid in range {
            let author = self.author(Stage::Land, &self.repo.commit(oid)?, None, new.contains(&oid))?;
            if !authors.iter().any(|known| known.name == author.name) {
                authors.push(author);
            }
        }
        Ok(authors)
    }

    /// What is wrong with what is known of who pushes.
    pub fn doubt(&self) -> Option<Conflict> {
        let why = self.certificate.as_ref().and_then(Signed::broken);
        let broken = why.map(|why| Conflict::Signature(format!("the push certificate is not believed: {why}")));
        broken.or_else(|| contradiction(self.policy, &self.accounts, self.certificate.as_ref()))
    }

    /// The runner that pushes, by its account or its key, where no entry names it for more.
    pub(super) fn pushing_runner(&self) -> Option<&str> {
        let named = self.pusher().entry.is_some_and(|entry| entry != "*") || self.pusher().owner;
        let account = |(_, account): &(String, String)| {
            let runs = |runner: &&Runner| runner.users.iter().any(|user| user.value == *account);
            self.policy.runners.iter().find(runs).map(|runner| runner.name.value.as_str())
        };
        let by_key = match &self.certificate {
            Some(Signed::Runner { name, .. }) => Some(name.as_str()),
            Some(Signed::By { .. } | Signed::Nobody(_) | Signed::Broken(_)) | None => None,
        };
        self.accounts.iter().find_map(account).or(by_key).filter(|_| !named)
    }
}

/// Whether whoever signed a commit is first believed now: it is new, or came as somebody else's, as work space takes it from anybody.
fn is_untaken(signed: &Signed, new: bool, recorded: Option<&Owned>) -> bool {
    let Signed::By { specialist, name, .. } = signed else { return false };
    let signer = specialist.as_ref().unwrap_or(name);
    recorded.map_or(new, |owned| owned.specialist.as_ref() != Some(signer))
}

/// What the push's certificate says, where `guard.identity` asks for one and there is one.
///
/// # Errors
/// The certificate can't be read, or is too large.
pub(super) fn certificate(repo: &Repo, policy: &Policy, inputs: &Inputs<'_>, updates: &[RefUpdate]) -> Result<Option<Signed>> {
    if !inputs.settings.identity.contains(&Identity::PushCert) {
        return Ok(None);
    }
    let Some(told) = inputs.context.push_certificate()? else { return Ok(None) };
    let (kind, size) = repo.header(told.blob)?;
    if kind != Kind::Blob || size > MAX_CERTIFICATE {
        return Err(Error::new(format!("the push certificate {} is no blob of at most {MAX_CERTIFICATE} bytes", told.blob)));
    }
    let content = repo.blob(told.blob)?;
    let pushees = &inputs.settings.pushees;
    let received = Received { content: &content, nonce: told.nonce.as_deref(), status: told.status.as_deref(), updates, pushees };
    Ok(Some(certified(policy, &received)))
}
