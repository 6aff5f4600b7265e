//! Facts, gathered from the repository before anybody judges.

mod base;
mod charge;
mod contributions;
mod halt;
mod history;
mod index;
mod inputs;
mod landing;
mod last_good;
mod merge_renames;
mod names;
mod notes_cache;
mod place;
mod push;
mod push_budget;
mod session;
mod signed;
mod source;
mod subject;
mod touches;
pub mod trusted_policy;
mod verification;
mod window;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

pub use base::missing_base;
pub use history::{Ancestor, Brought};
pub use index::{IndexParents, index_facts};
pub use inputs::{Inputs, ReceivedPush, Side};
pub use landing::{Landing, landing_facts};
pub use last_good::{KnownGood, Undone};
pub use push::Push;
pub use touches::{suite_touches, touches};
pub use verification::{TreeVerification, base_tree};

use crate::context::{Context, Settings};
use crate::error::Result;
use crate::evidence::halt::Halted;
use crate::facts::Place;
use crate::git::ledger::Ledger;
use crate::git::{Repo, range};
use crate::identity::Owned;
use crate::identity::{Actor, Signed, Sources};
use crate::model::Oid;
use crate::policy::{Policy, Stage};
use notes_cache::NotesCache;
use push_budget::PushBudget;

/// Gathers the facts of one judgement.
pub struct Gatherer<'a> {
    repo: &'a Repo,
    /// The policy that judges.
    policy: &'a Policy,
    /// The policy is a bootstrap's.
    bootstrap: bool,
    inputs: Inputs<'a>,
    settings: &'a Settings,
    context: &'a Context,
    /// In hindsight: when the commit was made that is being looked at.
    since: Cell<Option<Timestamp>>,
    /// Where the commands of an answer are pasted.
    place: Arc<Place>,
    /// The branch that holds the policy stands in for the base.
    base_stands_in: Cell<bool>,
    /// The accounts that `guard.identity` names, read once.
    accounts: Vec<(String, String)>,
    /// What the push certificate says, where `guard.identity` asks for one.
    certificate: Option<Signed>,
    /// Commits that were here (on a client: on a remote) before; asked once.
    known: OnceCell<Vec<Oid>>,
    /// The halts that are in force; asked once.
    halts: OnceCell<Vec<Halted>>,
    /// Everybody's evidence.
    written: NotesCache<'a>,
    /// What has landed here, opened once.
    ledger: OnceCell<Ledger<'a>>,
    /// Symbolic refs and what they stand for; asked once.
    aliases: OnceCell<range::Aliases>,
    /// Whose commits are by it, each asked once.
    owned: RefCell<BTreeMap<Oid, Option<Owned>>>,
    /// What a server keeps in memory of all that is pushed.
    kept: PushBudget,
}

impl<'a> Gatherer<'a> {
    /// Starts gathering. `bootstrap`: the trusted branch has no policy yet, and this is the one that waits to be its first.
    ///
    /// # Errors
    /// The account's variable isn't UTF-8; the push certificate can't be read.
    pub fn new(repo: &'a Repo, policy: &'a Policy, bootstrap: bool, inputs: Inputs<'a>) -> Result<Self> {
        let (settings, context) = (inputs.settings, inputs.context);
        let accounts = context.accounts(&settings.identity)?;
        let certificate = match inputs.side.push() {
            Some(push) => signed::certificate(repo, policy, &inputs, push.updates)?,
            None => None,
        };
        let written = NotesCache::new(repo, inputs.writers.clone());
        let place = Arc::new(place::of(repo, &inputs)?);
        Ok(Self {
            repo,
            policy,
            bootstrap,
            inputs,
            settings,
            context,
            since: Cell::new(None),
            place,
            base_stands_in: Cell::new(false),
            accounts,
            certificate,
            known: OnceCell::new(),
            halts: OnceCell::new(),
            written,
            ledger: OnceCell::new(),
            aliases: OnceCell::new(),
            owned: RefCell::default(),
            kept: PushBudget::default(),
        })
    }

    /// The repository.
    pub fn repo(&self) -> &'a Repo {
        self.repo
    }

    /// The policy that judges.
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// Whether it is a bootstrap's.
    pub fn is_bootstrap(&self) -> bool {
        self.bootstrap
    }

    /// Where the commands of an answer are pasted.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What was told.
    pub fn inputs(&self) -> &Inputs<'a> {
        &self.inputs
    }

    /// Whether the repository that is pushed to asks.
    pub fn is_server(&self) -> bool {
        self.inputs.side.is_server()
    }

    /// Whose work is that: `new` if it was not here before, `recorded` where the ledger says it.
    fn actor(
        &self,
        stage: Stage,
        signature: Option<&Signed>,
        (email, branch): (Option<&[u8]>, Option<&[u8]>),
        new: bool,
        recorded: Option<&Owned>,
    ) -> Actor {
        let mut sources = Sources { signature, option: self.inputs.specialist, email, branch, ..Sources::default() };
        sources.recorded = recorded;
        sources.claims_own = stage == Stage::Commit || (email.is_some() && email == self.inputs.pushing);
        if new && recorded.is_none() {
            sources.certificate = self.certificate.as_ref();
            sources.only_account = self.is_server();
            sources.accounts = &self.accounts;
            sources.environment = self.context.specialist.as_deref();
            sources.config = self.settings.specialist.as_deref();
        }
        Actor::resolve(self.policy, &sources)
    }

    /// Who pushes, whoever made the commits.
    pub fn pusher(&self) -> Actor {
        self.actor(Stage::Land, None, (self.inputs.pushing, None), true, None)
    }

    /// Of `range`, the commits of `tips` without those of `hidden`, those that nobody had before: on a server no ref, on a client no
    /// remote-tracking branch.
    fn new_commits(&self, range: &[Oid], tips: &[Oid], hidden: &[Oid]) -> Result<BTreeSet<Oid>> {
        if self.known.get().is_none() {
            let all = range::readable(self.repo, self.inputs.remote)?;
            let there = all.into_iter().filter(|(name, _)| self.is_server() || name.starts_with(b"refs/remotes/"));
            // INVARIANT: nobody else sets it, this is the one thread.
            drop(self.known.set(there.map(|(_, oid)| oid).collect()));
        }
        let known = self.known.get().map_or(&[][..], Vec::as_slice);
        let mut hidden: BTreeSet<Oid> = hidden.iter().copied().collect();
        let hides = hidden.len();
        hidden.extend(known);
        if range.is_empty() || hidden.len() == hides {
            return Ok(range.iter().copied().collect());
        }
        let hidden: Vec<Oid> = hidden.into_iter().collect();
        Ok(range::commits(self.repo, tips, &hidden, self.settings.max_commits)?.into_iter().collect())
    }
}
