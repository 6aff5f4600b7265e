//! What has landed as the same edit of another version of a file: rebased, or squashed, over what others did to it.

use std::collections::{BTreeMap, BTreeSet};

use super::Gatherer;
use crate::diff::lines::{Edit, edit};
use crate::error::Result;
use crate::model::{Entry, FileChange, RepoPath};

/// Change sets of one path that are put together, to see whether they landed as one.
const MOST_TOGETHER: usize = 50;

/// Edits that have landed. Each excuses one edit that is the same, and no second one.
pub(super) struct LandedEdits {
    by_path: BTreeMap<RepoPath, Vec<Landed>>,
}

/// An edit, looked at when the first of its path is asked for.
enum Landed {
    Unread(Option<Entry>, Option<Entry>),
    Read(Option<Edit>),
}

impl LandedEdits {
    /// Of what landed, at the paths of `changes`.
    pub fn at<'c>(changes: &[&FileChange], landed: impl IntoIterator<Item = &'c FileChange>) -> Self {
        let paths: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
        Self::of(landed.into_iter().filter(|change| paths.contains(&change.path)))
    }

    /// Of what landed.
    pub fn of<'c>(landed: impl IntoIterator<Item = &'c FileChange>) -> Self {
        let mut by_path: BTreeMap<RepoPath, Vec<Landed>> = BTreeMap::new();
        for change in landed {
            by_path.entry(change.path.clone()).or_default().push(Landed::Unread(change.old, change.new));
        }
        Self { by_path }
    }

    /// Takes out of `changes`, which somebody made one after the other, what has landed: alone, or several of one path as one.
    ///
    /// # Errors
    /// An object is missing or damaged.
    pub fn leave<'c>(&mut self, g: &Gatherer<'_>, changes: Vec<&'c FileChange>) -> Result<Vec<&'c FileChange>> {
        let mut of_path: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
        for (place, change) in changes.iter().enumerate().filter(|(_, change)| self.by_path.contains_key(&change.path)) {
            of_path.entry(&change.path).or_default().push(place);
        }
        let mut gone = vec![false; changes.len()];
        for places in of_path.into_values() {
            let mut rest = places.as_slice();
            while let Some(together) = self.first(g, rest, &changes)? {
                let (landed, others) = rest.split_at(together.max(1));
                for place in landed.iter().filter(|_| together > 0) {
                    if let Some(gone) = gone.get_mut(*place) {
                        *gone = true;
                    }
                }
                rest = others;
            }
        }
        Ok(changes.into_iter().zip(gone).filter(|(_, gone)| !gone).map(|(change, _)| change).collect())
    }

    /// How many of the first of `places` have landed as one edit; `None`: there is nothing left.
    fn first(&mut self, g: &Gatherer<'_>, places: &[usize], changes: &[&FileChange]) -> Result<Option<usize>> {
        let follow = |pair: &[usize]| match pair {
            [one, next] => matches!((changes.get(*one), changes.get(*next)), (Some(one), Some(next)) if one.new == next.old),
            _ => false,
        };
        let run = 1 + places.windows(2).take(MOST_TOGETHER).take_while(|pair| follow(pair)).count();
        let Some(first) = places.first().and_then(|place| changes.get(*place)) else { return Ok(None) };
        for together in (1..=run).rev() {
            let last = places.get(together - 1).and_then(|place| changes.get(*place));
            if let Some(last) = last
                && self.takes(g, &first.path, (first.old, last.new))?
            {
                return Ok(Some(together));
            }
        }
        Ok(Some(0))
    }

    /// Whether that edit of the path has landed; it is used up then.
    fn takes(&mut self, g: &Gatherer<'_>, path: &RepoPath, (old, new): (Option<Entry>, Option<Entry>)) -> Result<bool> {
        let Some(all) = self.by_path.get_mut(path).filter(|all| !all.is_empty()) else { return Ok(false) };
        let Some(own) = edit(g.repo, old, new)? else { return Ok(false) };
        for place in 0..all.len() {
            let Some(landed) = all.get_mut(place) else { break };
            if let Landed::Unread(old, new) = *landed {
                *landed = Landed::Read(edit(g.repo, old, new)?);
            }
            if matches!(landed, Landed::Read(Some(edit)) if *edit == own) {
                all.swap_remove(place);
                return Ok(true);
            }
        }
        Ok(false)
    }
}
