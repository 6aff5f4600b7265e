//! The last known good state, and what lies between it and the tip.

use crate::error::{Error, Result};
use crate::evidence::{MarkedCommit, Proof};
use crate::gather::Gatherer;
use crate::git::{Commit, range};
use crate::identity::Actor;
use crate::model::{BySuite, Oid};
use crate::policy::Stage;
use crate::rules::known_good;

/// A commit whose tree is proven.
#[derive(Clone, Debug)]
pub struct KnownGood {
    /// It.
    pub commit: Commit,
    /// How many first parents before the tip; 0: the tip itself.
    pub back: u64,
    /// What is known of every suite on its tree.
    pub proofs: BySuite<Proof>,
}

/// A commit that a return would undo.
#[derive(Clone, Debug)]
pub struct Undone {
    /// It.
    pub commit: Commit,
    /// Whose it is.
    pub actor: Actor,
}

impl Gatherer<'_> {
    /// The newest first-parent ancestor of `tip`, itself included, on whose tree all `suites` are proven as a landing demands.
    ///
    /// # Errors
    /// A commit is missing; `guard.maxCommits` of them were looked at.
    pub fn last_good(&self, tip: Oid, suites: &[&str]) -> Result<Option<KnownGood>> {
        let mut next = Some(tip);
        for back in 0..self.settings.max_commits {
            let Some(oid) = next else { return Ok(None) };
            let commit = self.repo.commit(oid)?;
            let proofs = self.proven(&commit)?;
            if !suites.is_empty() && known_good::missing(self.policy, suites, &proofs).is_empty() {
                return Ok(Some(KnownGood { commit, back, proofs }));
            }
            next = commit.parents.first().copied();
        }
        let max = self.settings.max_commits;
        Err(Error::new(format!("none of the newest {max} commits is proven (`guard.maxCommits`)"))
            .next(format!("git config guard.maxCommits {}", max.saturating_mul(10))))
    }

    /// What is known of every suite on a commit's tree, by the suites' own files there.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn proven(&self, commit: &Commit) -> Result<BySuite<Proof>> {
        let author = self.author(Stage::Land, commit, None, false)?;
        let marked = MarkedCommit { commit: Some(commit.oid), tree: commit.tree, message: commit.message.clone() };
        if self.proves_nothing() {
            return Ok(BySuite::new());
        }
        self.verification(commit.tree, None, &[&author]).proofs(&[marked])
    }

    /// What `tip` has and `good` doesn't, newest first, with whose each is.
    ///
    /// # Errors
    /// A commit is missing; more than `guard.maxCommits`.
    pub fn between(&self, good: Oid, tip: Oid) -> Result<Vec<Undone>> {
        let mut all = Vec::new();
        for oid in range::commits(self.repo, &[tip], &[good], self.settings.max_commits)?.into_iter().rev() {
            let commit = self.repo.commit(oid)?;
            let actor = self.author(Stage::Land, &commit, None, false)?;
            all.push(Undone { commit, actor });
        }
        Ok(all)
    }
}
