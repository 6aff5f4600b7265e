//! The graph of commits, in memory.
//!
//! Every merge of a history asks for common ancestors. A walk through the objects each time would cost more than all the rest.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::model::Oid;

/// Marks of a commit: reached from `one`, from `others`, from both, or from a common ancestor.
const ONE: u8 = 1;
const OTHERS: u8 = 2;
const BOTH: u8 = ONE | OTHERS;
const BELOW: u8 = 4;

/// A whole history: every commit's parents are in it, and have lower places.
#[derive(Debug, Default)]
pub struct Graph {
    places: HashMap<Oid, usize>,
    /// Each with its time.
    commits: Vec<(Oid, i64)>,
    parents: Vec<Box<[usize]>>,
}

impl Graph {
    /// The graph of commits that are listed parents first; `None` where a parent is missing from the list.
    pub(in crate::git) fn of(commits: Vec<(Oid, i64)>, places: HashMap<Oid, usize>, parents: &[Box<[Oid]>]) -> Option<Self> {
        let place = |(at, parent): (usize, &Oid)| places.get(parent).copied().filter(|place| *place < at);
        let known = |(at, all): (usize, &[Oid])| all.iter().map(|parent| place((at, parent))).collect::<Option<Box<[usize]>>>();
        let parents = parents.iter().map(AsRef::as_ref);
        let parents = parents.enumerate().map(known).collect::<Option<Vec<_>>>()?;
        Some(Self { places, commits, parents })
    }

    /// The best common ancestors of `one` and of a merge that `others` would make, newest first.
    ///
    /// The list is empty where they share no history. `None` means that a commit is unknown here.
    pub(in crate::git) fn bases(&self, one: Oid, others: &[Oid]) -> Option<Vec<Oid>> {
        let mut marks = vec![0_u8; self.commits.len()];
        let mut heap = BinaryHeap::new();
        let starts = [(one, ONE)].into_iter().chain(others.iter().map(|other| (*other, OTHERS)));
        for (oid, mark) in starts {
            let place = *self.places.get(&oid)?;
            let known = marks.get_mut(place)?;
            if *known == 0 {
                heap.push(place);
            }
            *known |= mark;
        }
        // Children have higher places, so that a commit is complete when its turn comes.
        let (mut open, mut found) = (heap.len(), Vec::new());
        while open > 0 {
            let Some(place) = heap.pop() else { break };
            let mark = *marks.get(place)?;
            open -= usize::from(mark & BELOW == 0);
            let down = if mark == BOTH {
                found.push(*self.commits.get(place)?);
                BOTH | BELOW
            } else {
                mark
            };
            for parent in self.parents.get(place)? {
                let known = marks.get_mut(*parent)?;
                let before = std::mem::replace(known, *known | down);
                match before {
                    0 => {
                        heap.push(*parent);
                        open += usize::from(*known & BELOW == 0);
                    }
                    _ => open -= usize::from(before & BELOW == 0 && *known & BELOW != 0),
                }
            }
        }
        found.sort_by_key(|(_, time)| Reverse(*time));
        Some(found.into_iter().map(|(oid, _)| oid).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn oid(n: usize) -> Oid {
        let mut raw = [1; 20];
        raw[..8].copy_from_slice(&n.to_be_bytes());
        Oid::from_bytes(&raw).unwrap()
    }

    fn graph(parents: &[Vec<usize>]) -> Graph {
        // Newer ones have higher places here, but that is no rule.
        let commits: Vec<(Oid, i64)> = (0..parents.len()).map(|n| (oid(n), i64::try_from(n).unwrap())).collect();
        let places = commits.iter().enumerate().map(|(place, (oid, _))| (*oid, place)).collect();
        let parents: Vec<Box<[Oid]>> = parents.iter().map(|all| all.iter().map(|n| oid(*n)).collect()).collect();
        Graph::of(commits, places, &parents).unwrap()
    }

    /// What it is by definition: common ancestors that no other common ancestor reaches.
    fn best(parents: &[Vec<usize>], one: usize, others: &[usize]) -> Vec<usize> {
        let reach = |starts: &[usize]| {
            let (mut known, mut open) = (vec![false; parents.len()], starts.to_vec());
            while let Some(n) = open.pop() {
                if !std::mem::replace(&mut known[n], true) {
                    open.extend(&parents[n]);
                }
            }
            known
        };
        let (from_one, from_others) = (reach(&[one]), reach(others));
        let common: Vec<usize> = (0..parents.len()).filter(|n| from_one[*n] && from_others[*n]).collect();
        common.iter().copied().filter(|n| !common.iter().any(|other| other != n && reach(&[*other])[*n])).collect()
    }

    proptest! {
        #[test]
        fn they_are_the_best_common_ancestors(choices in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3), 1..24),
                                          asked in proptest::collection::vec(any::<u8>(), 2..4)) {
            let parents: Vec<Vec<usize>> = choices.iter().enumerate().map(|(n, all)| {
                let mut parents: Vec<usize> = all.iter().filter(|_| n > 0).map(|c| n - 1 - usize::from(*c) % n.min(4)).collect();
                parents.dedup();
                parents
            }).collect();
            let asked: Vec<usize> = asked.iter().map(|n| usize::from(*n) % parents.len()).collect();
            let expected = best(&parents, asked[0], &asked[1..]).into_iter().rev().map(oid).collect();
            let others: Vec<Oid> = asked[1..].iter().map(|n| oid(*n)).collect();
            prop_assert_eq!(graph(&parents).bases(oid(asked[0]), &others), Some(expected));
        }
    }

    #[test]
    fn what_is_not_whole_is_no_graph() {
        let (commits, parents) = (vec![(oid(0), 0)], [Box::from([oid(7)])]);
        assert!(Graph::of(commits, HashMap::from([(oid(0), 0)]), &parents).is_none());
        assert_eq!(graph(&[vec![], vec![0]]).bases(oid(9), &[oid(0)]), None);
    }
}
