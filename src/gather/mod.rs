//! Facts, gathered from the repository before anybody judges.

mod base;
mod contributions;
mod halt;
mod history;
mod index;
mod landing;
mod last_good;
mod merge_renames;
mod notes_cache;
mod push_budget;
mod session;
mod signed;
mod touches;
pub mod trusted_policy;
mod verification;
mod window;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use history::{Ancestor, Brought};
pub use index::{IndexParents, index_case};
pub use landing::{Landing, landing_case};
pub use last_good::{KnownGood, Undone};
pub use touches::{suite_touches, touches};
pub use verification::{TreeVerification, base_tree};

use crate::context::{Context, Settings};
use crate::error::{Error, Result};
use crate::evidence::halt::Halted;
use crate::facts::{Part, PolicyEdit, Predecessor, Subject, SubjectKind};
use crate::gather::trusted_policy::PolicyFile;
use crate::git::ledger::Ledger;
use crate::git::tree_diff::Walk;
use crate::git::{Commit, Repo, changes, merge, range, tree_diff};
use crate::identity::Owned;
use crate::identity::{Actor, Signed, Sources};
use crate::ledger::window::Counted;
use crate::model::{BySuite, FileChange, Oid, Totals, TreeProblem};
use crate::policy::Stage;
use crate::policy::{self, Policy};
use crate::rules;
use notes_cache::NotesCache;
use push_budget::PushBudget;

/// What all gathering needs.
pub struct Gatherer<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// The policy that judges.
    pub policy: &'a Policy,
    /// The policy is a bootstrap's.
    pub bootstrap: bool,
    /// git config.
    pub settings: &'a Settings,
    /// Environment and common options.
    pub context: &'a Context,
    /// `--as`.
    pub option: Option<&'a str>,
    /// Work that is new here is its account's, never its claims'.
    pub on_server: bool,
    /// Every number is shown, so every number must be exact.
    pub exact: bool,
    /// Evidence refs that the push proposes.
    pub proposed_notes: &'a [(Vec<u8>, Oid)],
    /// The message isn't known yet, but a hook that is installed and runs will see it.
    pub marker_may_come: bool,
    /// The remote that a push goes to.
    pub remote: Option<&'a str>,
    /// In hindsight: when the commit was made that is being looked at.
    since: Cell<Option<Timestamp>>,
    /// Whoever started this is somewhere below the root of the work tree.
    below_root: bool,
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
    /// What is reserved and not yet recorded, newest first.
    pub reserved: &'a [Counted],
    /// Whose commits are is not asked of the ledger: it is damaged.
    pub no_ledger: bool,
    /// What has landed here, opened once.
    ledger: OnceCell<Ledger<'a>>,
    /// Whose commits are by it, each asked once.
    owned: RefCell<BTreeMap<Oid, Option<Owned>>>,
    /// What a server keeps in memory of all that is pushed.
    kept: PushBudget,
}

impl<'a> Gatherer<'a> {
    /// Starts gathering; the fields that are public may be changed afterwards.
    ///
    /// # Errors
    /// The account's variable isn't UTF-8.
    pub fn new(repo: &'a Repo, policy: &'a Policy, settings: &'a Settings, context: &'a Context) -> Result<Self> {
        let accounts = context.accounts(&settings.identity)?;
        Ok(Self {
            repo,
            policy,
            bootstrap: false,
            settings,
            context,
            option: None,
            on_server: false,
            exact: false,
            proposed_notes: &[],
            marker_may_come: false,
            remote: None,
            since: Cell::new(None),
            below_root: repo.work_tree().is_ok_and(|root| context.is_below(root)),
            accounts,
            certificate: None,
            known: OnceCell::new(),
            halts: OnceCell::new(),
            written: NotesCache::default(),
            reserved: &[],
            no_ledger: false,
            ledger: OnceCell::new(),
            owned: RefCell::default(),
            kept: PushBudget::default(),
        })
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
        let mut sources = Sources { signature, option: self.option, email, branch, ..Sources::default() };
        sources.recorded = recorded;
        if new && recorded.is_none() {
            sources.certificate = self.certificate.as_ref();
            sources.only_account = self.on_server;
            sources.accounts = &self.accounts;
            sources.environment = self.context.specialist.as_deref();
            sources.config = self.settings.specialist.as_deref();
        }
        Actor::resolve(self.policy, stage, &sources)
    }

    /// Who pushes, whoever made the commits.
    pub fn pusher(&self) -> Actor {
        self.actor(Stage::Land, None, (None, None), true, None)
    }

    /// Of `range`, the commits of `tips` without those of `hidden`, those that nobody had before: on a server no ref, on a client no
    /// remote-tracking branch.
    fn new_commits(&self, range: &[Oid], tips: &[Oid], hidden: &[Oid]) -> Result<BTreeSet<Oid>> {
        if self.known.get().is_none() {
            let all = range::tips(self.repo, &|_| true, self.remote)?;
            let there = all.into_iter().filter(|(name, _)| self.on_server || name.starts_with(b"refs/remotes/"));
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

    /// What one commit itself introduces.
    fn commit_walk(&self, commit: &Commit) -> Result<Walk> {
        let max = self.settings.max_paths;
        let parents = u64::try_from(commit.parents.len()).unwrap_or(u64::MAX);
        if parents > self.settings.max_parents {
            return Err(Error::new(format!(
                "commit {} has {parents} parents, over guard.maxParents ({})",
                commit.oid, self.settings.max_parents
            )));
        }
        let message = u64::try_from(commit.message.len()).unwrap_or(u64::MAX);
        if message > self.settings.max_message {
            return Err(Error::new(format!(
                "commit {} has a message of {message} bytes, over guard.maxMessage ({})",
                commit.oid, self.settings.max_message
            )));
        }
        match commit.parents.as_slice() {
            [] => tree_diff::between(self.repo, None, Some(commit.tree), max),
            [parent] => tree_diff::between(self.repo, Some(self.repo.commit(*parent)?.tree), Some(commit.tree), max),
            several => merge::own(self.repo, several, commit.tree, max),
        }
        .map_err(|e| e.context(format!("commit {}", commit.oid.short())))
    }

    /// A subject of one change set, without proofs.
    fn change_set(
        &self,
        kind: SubjectKind,
        stage: Stage,
        commit: Option<Oid>,
        tree: Oid,
        actor: Actor,
        walk: Walk,
    ) -> Result<Subject> {
        let policy_edit = self.policy_edit(&walk, tree)?;
        let mut changes = changes::file_changes(self.repo, walk.deltas, tree, self.policy)?;
        changes::settle_conflicts(self.repo, &mut changes, &walk.conflicts, self.policy)?;
        let (touches, suites) = (touches(self.policy, &changes), suite_touches(self.policy, &changes));
        let mut subject = self.empty_subject(kind, stage);
        subject.commit = commit;
        subject.tree = Some(tree);
        subject.parts = vec![Part { commit, actor: actor.clone(), changes: !changes.is_empty(), touches, suites }];
        subject.actor = Some(actor);
        subject.tree_problems = walk.problems;
        subject.policy_edit = policy_edit;
        self.measure(&mut subject, changes)?;
        Ok(subject)
    }

    fn empty_subject(&self, kind: SubjectKind, stage: Stage) -> Subject {
        Subject {
            kind,
            stage,
            commit: None,
            reference: None,
            tree: None,
            actor: None,
            changes: Vec::new(),
            totals: Totals::default(),
            similar: None,
            parts: Vec::new(),
            tree_problems: Vec::<TreeProblem>::new(),
            proofs: BySuite::new(),
            waivers: Vec::new(),
            tree_in_base_history: false,
            free: false,
            lone: false,
            before: Predecessor::Parent,
            below_root: self.below_root && !self.on_server,
            merges: None,
            policy_edit: PolicyEdit::Untouched,
            update: None,
            earlier: Vec::new(),
            undecided: Vec::new(),
        }
    }

    /// Fills in changes and sums: bounds first, exact numbers and similarity only where they are shown or can change the answer.
    fn measure(&self, subject: &mut Subject, changes: Vec<FileChange>) -> Result<()> {
        if self.on_server {
            self.kept.add(&changes, &subject.tree_problems, self.settings.max_paths)?;
        }
        subject.totals = self.policy.count.totals(&changes);
        subject.changes = changes;
        if self.exact || rules::wants_exact(self.policy, subject) {
            changes::count_exactly(self.repo, &mut subject.changes)?;
            subject.totals = self.policy.count.totals(&subject.changes);
        }
        if rules::wants_similarity(self.policy, subject).is_some() {
            subject.similar = Some(changes::similar_totals(self.repo, &subject.changes, &self.policy.count)?);
        }
        Ok(())
    }

    /// Asks whether the tree stands in the base's history, but only where a limit is exceeded or the project is halted.
    fn measure_history(&self, subject: &mut Subject, base: Option<Oid>) -> Result<()> {
        if let (Some(tree), Some(base)) = (subject.tree, base)
            && (rules::wants_history(self.policy, subject) || self.halted()?.is_some())
        {
            subject.tree_in_base_history = range::tree_in_history(self.repo, tree, base, self.settings.max_commits)?;
        }
        Ok(())
    }

    fn policy_edit(&self, walk: &Walk, tree: Oid) -> Result<PolicyEdit> {
        if !walk.deltas.iter().any(|d| d.path.as_bytes() == policy::FILE.as_bytes()) {
            return Ok(PolicyEdit::Untouched);
        }
        Ok(match trusted_policy::in_tree(self.repo, tree)? {
            PolicyFile::Missing => PolicyEdit::Deleted,
            PolicyFile::Unusable(why) => PolicyEdit::Broken(why),
            PolicyFile::Text { text, blob } => {
                let name = policy::FILE.to_owned();
                let source = policy::PolicySource { name, commit: None, blob: Some(blob), trusted: false };
                match policy::load(&text, source) {
                    Ok(_) => PolicyEdit::Changed,
                    Err(error) => PolicyEdit::Broken(error.rendered),
                }
            }
        })
    }
}
