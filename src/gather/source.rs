//! What is costly to know: a fact asks for it when a rule looks at it, and gather answers.

use crate::diff::changes;
use crate::error::{Error, Result};
use crate::evidence::Proof;
use crate::evidence::halt::Halted;
use crate::facts::{Exact, Facts, ProofBase, ProofQuestion, Source, Subject};
use crate::gather::{Gatherer, base_tree};
use crate::git::range;
use crate::identity::Actor;
use crate::model::{BySuite, FileChange, Oid, Totals};
use crate::policy::Stage;

impl Gatherer<'_> {
    /// Facts of these subjects, as of today: a halt that is in force counts.
    pub(super) fn facts(&self, stage: Stage, subjects: Vec<Subject>) -> Result<Facts<'_>> {
        let mut facts = Facts::new(self, stage, self.bootstrap, subjects);
        facts.halted =
            self.halted()?.map(|newest| Ok::<_, Error>(Halted { repair: self.repairers()?, ..newest.clone() })).transpose()?;
        Ok(facts)
    }
}

impl Source for Gatherer<'_> {
    fn exact(&self, changes: &[FileChange]) -> Result<Exact> {
        let each = changes::exact_counts(self.repo, changes)?;
        let totals = self.policy.count.totals_of(changes.iter().zip(each.iter().copied()));
        Ok(Exact { each, totals })
    }

    fn similar(&self, changes: &[FileChange], lines: &[Vec<usize>]) -> Result<Totals> {
        changes::similar_totals(self.repo, changes, lines, &self.policy.count)
    }

    fn in_history(&self, tree: Oid, tip: Oid) -> Result<bool> {
        range::tree_in_history(self.repo, tree, tip, self.settings.max_commits)
    }

    fn proofs(&self, of: &ProofQuestion) -> Result<BySuite<Proof>> {
        let base = match of.from {
            ProofBase::Tree(tree) => tree,
            ProofBase::Shared { base, tip } => base_tree(self.repo, base, tip)?,
        };
        let workers: Vec<&Actor> = of.workers.iter().collect();
        let mut proofs = self.verification_at(of.since, of.tree, base, &workers).proofs(&of.marked)?;
        for proof in proofs.values_mut() {
            proof.marker_may_come = of.marker_may_come;
        }
        Ok(proofs)
    }
}
