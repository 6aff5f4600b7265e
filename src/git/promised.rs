//! Objects that a partial clone left out: git fetches them from the remote that promised them, many at once.
//!
//! A client's alone. On a server nothing is fetched: what isn't there can't be judged.

use std::collections::BTreeSet;

use super::tree_diff::between;
use super::{Repo, program};
use crate::error::Result;
use crate::model::Oid;

/// Paths of one comparison; where there are more, what is missing is fetched as it is asked for.
const MAX_PATHS: u64 = 100_000;

impl Repo {
    /// The remote that promised what is missing here; `None`: none did, or this is a server.
    fn promisor(&self) -> Result<Option<String>> {
        if self.server || self.is_bare() {
            return Ok(None);
        }
        if let Some(remote) = self.config("extensions.partialClone")? {
            return Ok(Some(remote));
        }
        let names = self.inner_remotes()?;
        for name in names {
            if self.config_bool(&format!("remote.{name}.promisor"))? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    fn inner_remotes(&self) -> Result<Vec<String>> {
        let names = self.raw().remotes().map_err(super::repo::git)?;
        Ok(names.iter().filter_map(|name| name.ok().flatten()).map(str::to_owned).collect())
    }

    /// Has git fetch these objects, as far as a remote has promised them. Whether it did.
    ///
    /// # Errors
    /// The configuration can't be read; git can't be started.
    pub(super) fn fetch_promised(&self, wanted: &BTreeSet<Oid>) -> Result<bool> {
        let Some(remote) = self.promisor()?.filter(|_| !wanted.is_empty()) else { return Ok(false) };
        // As git itself asks for what it misses.
        let fetch = ["-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];
        let more = ["--recurse-submodules=no", "--filter=blob:none", "--stdin", "--", &remote];
        let list: String = wanted.iter().map(|oid| format!("{oid}\n")).collect();
        let run = program::run_with(self, &[&fetch[..], &more].concat(), list.as_bytes())?;
        Ok(run.status.success())
    }

    /// Fetches at once what the judgement of these commits will look at: what each has and its parents had at the paths that differ.
    ///
    /// # Errors
    /// A commit or a tree is missing.
    pub(super) fn fetch_what_changed(&self, commits: &[Oid]) -> Result<()> {
        if self.promisor()?.is_none() {
            return Ok(());
        }
        let mut wanted = BTreeSet::new();
        for oid in commits {
            let commit = self.commit(*oid)?;
            let mut before: Vec<Option<Oid>> = Vec::new();
            for parent in &commit.parents {
                before.push(Some(self.commit(*parent)?.tree));
            }
            if before.is_empty() {
                before.push(None);
            }
            for old in before {
                for delta in between(self, old, Some(commit.tree), MAX_PATHS)?.deltas {
                    let content = [delta.old, delta.new].into_iter().flatten().filter(|entry| entry.kind.is_blob());
                    wanted.extend(content.map(|entry| entry.oid));
                }
            }
        }
        self.fetch_missing(wanted)
    }

    /// Fetches at once every file of a root tree.
    ///
    /// # Errors
    /// A tree is missing.
    pub(super) fn fetch_whole(&self, tree: Oid) -> Result<()> {
        if self.promisor()?.is_none() {
            return Ok(());
        }
        let files = between(self, None, Some(tree), u64::MAX)?.deltas.into_iter().filter_map(|delta| delta.new);
        self.fetch_missing(files.filter(|entry| entry.kind.is_blob()).map(|entry| entry.oid).collect())
    }

    /// What can't be had now is asked for once more by whoever needs it, who says so.
    fn fetch_missing(&self, wanted: BTreeSet<Oid>) -> Result<()> {
        let mut missing = BTreeSet::new();
        for oid in wanted {
            if !self.exists(oid)? {
                missing.insert(oid);
            }
        }
        self.fetch_promised(&missing).map(drop)
    }
}
