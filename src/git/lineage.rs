//! A history by parents alone, for where libgit2 can't walk: a commit on its way is one that it can't parse.
//!
//! All that is reached is read. libgit2 stops earlier, by dates, so this is asked only where that has failed.

use std::collections::{HashMap, HashSet};

use super::history::Graph;
use crate::error::{Error, Result};
use crate::git::{Kind, Repo};
use crate::model::Oid;

/// Commits of one walk.
const MAX_COMMITS: usize = 4_000_000;

/// All that some commits reach, parents before children.
#[derive(Default)]
pub struct Lineage {
    order: Vec<(Oid, i64)>,
    places: HashMap<Oid, usize>,
    parents: Vec<Box<[Oid]>>,
}

/// What is still to be done of a walk.
enum Next {
    /// To be read.
    Enter(Oid),
    /// All of its parents have a place.
    Leave(Oid, i64, Box<[Oid]>),
}

impl Lineage {
    /// Reads all that `tips` reach. Parents of `cut` aren't there.
    ///
    /// # Errors
    /// A commit is missing or damaged; there are too many.
    pub fn of(repo: &Repo, tips: impl Iterator<Item = Oid>, cut: &dyn Fn(&Oid) -> bool) -> Result<Self> {
        let mut all = Self::default();
        let mut open: Vec<Next> = tips.map(Next::Enter).collect();
        let mut entered = HashSet::new();
        while let Some(next) = open.pop() {
            match next {
                Next::Enter(oid) if entered.insert(oid) => {
                    if entered.len() > MAX_COMMITS {
                        return Err(Error::new(format!("more than {MAX_COMMITS} commits are looked at, which is the bound")));
                    }
                    let header = repo.commit_header(oid)?;
                    let committed = header.committed();
                    let parents: Box<[Oid]> = if cut(&oid) { Box::default() } else { header.parents.into() };
                    let first: Vec<Next> = parents.iter().rev().copied().map(Next::Enter).collect();
                    open.push(Next::Leave(oid, committed, parents));
                    open.extend(first);
                }
                Next::Enter(_) => {}
                Next::Leave(oid, time, parents) => {
                    all.places.insert(oid, all.order.len());
                    all.order.push((oid, time));
                    all.parents.push(parents);
                }
            }
        }
        Ok(all)
    }

    /// Commits that `tips` reach and `hidden` don't, parents before children.
    pub fn without(&self, tips: &[Oid], hidden: &[Oid]) -> Vec<Oid> {
        let (reached, gone) = (self.reached(tips), self.reached(hidden));
        let here = |(place, (oid, _)): (usize, &(Oid, i64))| (reached.contains(&place) && !gone.contains(&place)).then_some(*oid);
        self.order.iter().enumerate().filter_map(here).collect()
    }

    fn reached(&self, from: &[Oid]) -> HashSet<usize> {
        let mut open: Vec<usize> = from.iter().filter_map(|oid| self.places.get(oid).copied()).collect();
        let mut reached = HashSet::new();
        while let Some(place) = open.pop() {
            if reached.insert(place) {
                open.extend(self.parents.get(place).into_iter().flatten().filter_map(|oid| self.places.get(oid).copied()));
            }
        }
        reached
    }

    /// As a graph that answers for common ancestors; `None` where a parent is not there.
    pub fn graph(self) -> Option<Graph> {
        Graph::of(self.order, self.places, &self.parents)
    }
}

/// Whether an object is a commit that is there, whatever libgit2 makes of it.
///
/// # Errors
/// The object database can't be read.
pub fn is_commit(repo: &Repo, oid: Oid) -> Result<bool> {
    Ok(repo.exists(oid)? && repo.header(oid)?.0 == Kind::Commit)
}

#[cfg(test)]
#[path = "lineage_tests.rs"]
mod tests;
