//! What a return to a good tree would undo.

use serde_json::{Value, json};

use super::refusal::{self, Refusal};
use super::{Made, commits, date, last_good, subject};
use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::evidence::Proof;
use crate::gather::trusted_policy;
use crate::gather::{Gatherer, Undone};
use crate::git::{Commit, range, tree_diff};
use crate::model::{BySuite, Oid};
use crate::policy::Level;
use crate::report::text::{HEAD, UNSURE};
use crate::rules::known_good;
use crate::text::escape;

/// Commits that the message lists: more would be no message.
const MOST: usize = 200;

/// A plan.
pub struct Plan {
    /// The base's name and tip.
    pub base: (String, Oid),
    /// The commit whose tree is restored.
    pub target: Commit,
    made: String,
    tip_tree: Oid,
    undone: Vec<Undone>,
    files: usize,
    proofs: BySuite<Proof>,
    missing: Vec<(String, Level)>,
    in_history: bool,
    /// The policy is another there.
    policy_goes_back: bool,
    /// What else the rules will say of it.
    pub refused: Vec<Refusal>,
}

impl Plan {
    /// A return to `to`, or to the last good state.
    ///
    /// # Errors
    /// There is none; a commit can't be read.
    pub fn make(invocation: &Invocation<'_>, g: &Gatherer<'_>, base: (String, Oid), to: Option<&str>) -> Result<Self> {
        let suites = known_good::suites(g.policy());
        let target = match to {
            Some(rev) => invocation.repo.commit(invocation.repo.resolve(rev)?)?,
            None => match g.last_good(base.1, &last_good::suites(g.policy(), &[])?)? {
                Some(good) => good.commit,
                None => {
                    return Err(Error::new(format!("no commit of `{}` is proven, so none is good", escape(base.0.as_bytes())))
                        .help("name the commit whose tree you want: guard rollback --to REV")
                        .next("guard last-good"));
                }
            },
        };
        let tip_tree = invocation.repo.commit(base.1)?.tree;
        let proofs = g.proven(&target)?;
        let missing = known_good::missing(g.policy(), &suites, &proofs);
        let standing = |tree| trusted_policy::standing(&invocation.repo, tree);
        Ok(Self {
            made: date(&invocation.repo, target.oid)?,
            undone: g.between(target.oid, base.1)?,
            files: tree_diff::between(&invocation.repo, Some(tip_tree), Some(target.tree), invocation.settings.max_paths)?
                .deltas
                .len(),
            missing: missing.into_iter().map(|(suite, level)| (suite.to_owned(), level)).collect(),
            in_history: range::tree_in_history(&invocation.repo, target.tree, base.1, invocation.settings.max_commits)?,
            policy_goes_back: standing(tip_tree)? != standing(target.tree)?,
            refused: if tip_tree == target.tree { Vec::new() } else { refusal::of(g, target.tree, base.1)? },
            tip_tree,
            proofs,
            base,
            target,
        })
    }

    /// Whether the base's tip has that very tree.
    pub fn is_there_already(&self) -> bool {
        self.tip_tree == self.target.tree
    }

    /// Says in words that the tip has the tree already.
    pub fn already(&self) -> String {
        format!("the tip of `{}` has the tree of {} already", escape(self.base.0.as_bytes()), self.target.oid.short())
    }

    /// For people.
    pub fn text(&self) -> String {
        let name = escape(self.base.0.as_bytes());
        let mut out = format!(
            "guard: {HEAD}rollback{HEAD:#} of `{name}` to {} of {}\n  {}\n",
            self.target.oid.short(),
            self.made,
            subject(&self.target.message)
        );
        for (suite, proof) in self.proofs.iter().filter(|(_, proof)| proof.level > Level::None) {
            let by = proof.by.as_ref().map_or_else(String::new, |by| format!(", {by}"));
            out.push_str(&format!("  {}: {}{by}\n", escape(suite.as_bytes()), proof.level));
        }
        for (suite, found) in &self.missing {
            out.push_str(&format!("  {UNSURE}not proven{UNSURE:#}: {} ({found} found)\n", escape(suite.as_bytes())));
        }
        if !self.in_history {
            out.push_str(&format!("  {UNSURE}no state of the base{UNSURE:#}: it is judged like any other change\n"));
        } else if !self.missing.is_empty() {
            out.push_str("  limits apply: only a tree that is proven is exempt from them\n");
        }
        if self.policy_goes_back {
            out.push_str(&format!(
                "  {UNSURE}the policy goes back as well{UNSURE:#}: that is for an owner to land (policy-change)\n"
            ));
        }
        for refusal in &self.refused {
            out.push_str(&format!("  {UNSURE}will be refused{UNSURE:#}: {}\n", refusal.words()));
        }
        let files = if self.files == 1 { "1 file".to_owned() } else { format!("{} files", self.files) };
        out.push_str(&format!(
            "undoes {}, {files}; nothing can conflict, the tree is restored whole\n",
            commits(self.undone.len())
        ));
        for (who, count) in last_good::by_whom(&self.undone) {
            out.push_str(&format!("  {who}: {}\n", commits(count)));
        }
        last_good::list(&self.undone).iter().for_each(|line| out.push_str(&format!("    {line}\n")));
        out
    }

    /// The commit's message: what it restores, why that may be believed, what it undoes. Indented, so that no line of it is a trailer.
    pub fn message(&self) -> String {
        let branch = self.base.0.rsplit_once("refs/heads/").map_or(self.base.0.as_str(), |(_, name)| name);
        let branch = branch.strip_prefix("refs/remotes/").unwrap_or(branch);
        let mut out = format!(
            "Roll back {} to {}\n\nRestores the tree {} of commit {}, {}.\n",
            escape(branch.as_bytes()),
            self.target.oid.short(),
            self.target.tree,
            self.target.oid,
            self.made
        );
        for (suite, proof) in self.proofs.iter().filter(|(_, proof)| proof.level > Level::None) {
            let by = proof.by.as_ref().map_or_else(String::new, |by| format!(", {by}"));
            out.push_str(&format!("Proven there: {}, {}{by}.\n", escape(suite.as_bytes()), proof.level));
        }
        out.push_str(&format!("\nUndoes {}:\n\n", commits(self.undone.len())));
        self.undone.iter().take(MOST).for_each(|undone| out.push_str(&format!("  {}\n", last_good::line(undone))));
        if self.undone.len() > MOST {
            out.push_str(&format!("  … {} more\n", self.undone.len() - MOST));
        }
        out
    }

    /// For programs.
    pub fn document(&self, made: Option<&Made>) -> Value {
        let proofs =
            self.proofs.iter().map(|(suite, proof)| json!({ "suite": suite, "found": proof.level.as_str(), "by": proof.by }));
        json!({
            "version": 1,
            "base": { "ref": self.base.0, "commit": self.base.1.to_string() },
            "to": { "commit": self.target.oid.to_string(), "tree": self.target.tree.to_string(), "time": self.made },
            "proofs": proofs.collect::<Vec<_>>(),
            "missing": self.missing.iter().map(|(suite, _)| suite).collect::<Vec<_>>(),
            "in_base_history": self.in_history,
            "files": self.files,
            "policy_goes_back": self.policy_goes_back,
            "refused": self.refused.iter().map(Refusal::document).collect::<Vec<_>>(),
            "undoes": self.undone.iter().map(last_good::undone).collect::<Vec<_>>(),
            "branch": made.map(|made| &made.branch),
            "commit": made.map(|made| made.tip.to_string()),
            "pushed": made.and_then(|made| made.pushed.as_ref()),
        })
    }
}
