//! What the evidence of one tree is measured by, from the repository.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::diff::suite_files;
use crate::error::Result;
use crate::evidence;
use crate::evidence::note::NoteLine;
use crate::evidence::waiver::{Waivers, waivers};
use crate::evidence::{FilesOf, MarkedCommit, Proof, VerificationContext, VerifiedRecord};
use crate::facts::{ProofBase, ProofQuestion, Proofs, Subject};
use crate::gather::Gatherer;
use crate::git::tree_diff::Delta;
use crate::git::{Repo, range, tree_diff};
use crate::identity::Actor;
use crate::model::{BySuite, Oid};
use crate::policy::OWNER_WRITER;
use crate::policy::Suite;

/// One tree, whose evidence is asked for. Every command that asks makes this in one way, so that all give one answer.
pub struct TreeVerification<'g, 'a> {
    g: &'g Gatherer<'a>,
    since: Option<Timestamp>,
    tree: Oid,
    /// The tree whose files of a suite judge the work; `None`: the tree's own.
    base: Option<Oid>,
    /// Whose work it is.
    workers: &'g [&'g Actor],
    lines: OnceCell<Vec<NoteLine>>,
}

/// The tree that work on top of `tip` is compared with: that of the newest commit that it shares with the base; where it shares none, the
/// base's; where there is no base, the tip's own.
///
/// # Errors
/// A commit is missing.
pub fn base_tree(repo: &Repo, base: Option<Oid>, tip: Option<Oid>) -> Result<Option<Oid>> {
    let commit = match (base, tip) {
        (Some(base), Some(tip)) => range::merge_bases(repo, base, tip)?.first().copied().or(Some(base)),
        (base, tip) => base.or(tip),
    };
    commit.map(|oid| Ok(repo.commit(oid)?.tree)).transpose()
}

impl<'a> Gatherer<'a> {
    /// The tree whose files of a suite judge the work up to `tip`.
    ///
    /// # Errors
    /// A ref can't be read; a commit is missing.
    pub fn base_tree_of(&self, tip: Oid) -> Result<Option<Oid>> {
        base_tree(self.repo, self.base()?.map(|base| base.commit), Some(tip))
    }

    /// Asks what is known of every suite on `tree`, for the work of `workers`, as of the time that is looked at.
    pub(super) fn question(&self, tree: Oid, from: ProofBase, workers: &[&Actor], marked: Arc<[MarkedCommit]>) -> ProofQuestion {
        let workers = workers.iter().map(|worker| (*worker).clone()).collect();
        ProofQuestion { tree, from, workers, marked, since: self.since.get(), marker_may_come: false }
    }

    /// The evidence that a question is about; none where the policy has no suite to prove.
    pub(super) fn evidence_of(&self, question: ProofQuestion) -> Proofs {
        if self.proves_nothing() { Proofs::default() } else { Proofs::of(question) }
    }

    /// Whether there is nothing to prove: no suite, or no policy that could demand one.
    pub(super) fn proves_nothing(&self) -> bool {
        self.policy.suites.is_empty() || self.bootstrap
    }

    /// The waivers on a subject's tree; none are looked for where no owner has written any.
    pub(super) fn waive(&self, subject: &mut Subject) -> Result<()> {
        let Some(tree) = subject.tree.filter(|_| !self.policy.owners.keys.is_empty()) else { return Ok(()) };
        let notes = self.notes()?;
        if notes.any_writer(|writer| writer.starts_with(OWNER_WRITER.as_bytes())) {
            subject.waivers = self.verification(tree, None, &[]).waivers()?.granted;
        }
        Ok(())
    }

    /// All that there is for a tree: every line that is a record and what it is worth, what is known of every suite, and the waivers. By the
    /// same lines and the same measure as a judgement's.
    ///
    /// # Errors
    /// The notes can't be read; an object is missing or damaged.
    pub fn evidence(
        &self,
        tree: Oid,
        base: Option<Oid>,
        workers: &[&Actor],
        messages: &[MarkedCommit],
    ) -> Result<(Vec<VerifiedRecord>, BySuite<Proof>, Waivers)> {
        let verification = self.verification(tree, base, workers);
        Ok((verification.examine()?, verification.proofs(messages)?, verification.waivers()?))
    }

    /// Verifies the evidence of `tree` for the work of `workers`. `base`: the tree whose files of a suite judge it.
    pub fn verification<'g>(&'g self, tree: Oid, base: Option<Oid>, workers: &'g [&'g Actor]) -> TreeVerification<'g, 'a> {
        self.verification_at(self.since.get(), tree, base, workers)
    }

    /// As `verification`. `since`: in hindsight, when the commit was made that is looked at.
    pub(super) fn verification_at<'g>(
        &'g self,
        since: Option<Timestamp>,
        tree: Oid,
        base: Option<Oid>,
        workers: &'g [&'g Actor],
    ) -> TreeVerification<'g, 'a> {
        TreeVerification { g: self, since, tree, base, workers, lines: OnceCell::new() }
    }
}

impl TreeVerification<'_, '_> {
    /// Every line, and what it is worth.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn examine(&self) -> Result<Vec<VerifiedRecord>> {
        self.measured(|context| evidence::examine(context, self.lines()?))
    }

    /// What is known of every suite on the tree.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn proofs(&self, marked: &[MarkedCommit]) -> Result<BySuite<Proof>> {
        self.measured(|context| evidence::proofs(context, self.lines()?, marked))
    }

    /// The waivers of owners.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn waivers(&self) -> Result<Waivers> {
        self.measured(|context| waivers(context, self.lines()?))
    }

    /// The digest of a suite's own files.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn files(&self, suite: &Suite, of: FilesOf) -> Result<String> {
        let tree = match of {
            FilesOf::Tree => self.tree,
            FilesOf::Base => self.base.unwrap_or(self.tree),
        };
        suite_files::digest(self.g.repo, tree, &suite.files)
    }

    /// Whether a suite's own files are others in the tree than in the base.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn changed(&self, suite: &Suite) -> Result<bool> {
        self.changed_among(suite, &OnceCell::new())
    }

    /// The same. `differing`: the paths that are others, walked to when first asked for.
    fn changed_among(&self, suite: &Suite, differing: &OnceCell<Vec<Delta>>) -> Result<bool> {
        let Some(base) = self.base.filter(|base| *base != self.tree && !suite.files.is_empty()) else { return Ok(false) };
        let deltas = match differing.get() {
            Some(deltas) => deltas,
            None => {
                let walk = tree_diff::between(self.g.repo, Some(base), Some(self.tree), self.g.settings.max_paths)?;
                differing.get_or_init(|| walk.deltas)
            }
        };
        Ok(deltas.iter().any(|delta| suite.files.concerned(&delta.path, delta.leads()).is_some()))
    }

    fn lines(&self) -> Result<&[NoteLine]> {
        if let Some(lines) = self.lines.get() {
            return Ok(lines);
        }
        let lines = self.g.lines(self.tree)?;
        Ok(self.lines.get_or_init(|| lines))
    }

    fn measured<T>(&self, measure: impl FnOnce(&VerificationContext<'_>) -> Result<T>) -> Result<T> {
        let differing = OnceCell::new();
        let known: RefCell<BTreeMap<(String, FilesOf), String>> = RefCell::new(BTreeMap::new());
        let context = VerificationContext {
            policy: self.g.policy,
            tree: self.tree,
            // Asked of every record before its signature is. Any object may lie here, another repository's root as well: only the base says
            // which repository this is.
            is_expected_root: &|oid| {
                self.g.repo.deadline.check()?;
                Ok(self.g.expected_root()?.is_some_and(|root| root == *oid))
            },
            changed: &|suite| self.changed_among(suite, &differing),
            files: &|suite, of| {
                let key = (suite.name.value.clone(), of);
                if let Some(digest) = known.borrow().get(&key) {
                    return Ok(digest.clone());
                }
                let digest = self.files(suite, of)?;
                known.borrow_mut().insert(key, digest.clone());
                Ok(digest)
            },
            workers: self.workers,
            now: self.g.inputs.now,
            since: self.since,
            // Before a push it is asked what the server will make of it.
            on_server: self.g.is_server() || self.g.inputs.remote.is_some(),
        };
        measure(&context)
    }
}
