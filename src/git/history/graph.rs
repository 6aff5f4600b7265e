//! Who comes after whom, in memory: what two commits share is asked of every merge of a history, and a walk through the objects each time would
//! cost more than all the rest.

use std::collections::{BinaryHeap, HashMap};

use crate::change::Oid;

/// Reached from the one, from the others, from what both share.
const ONE: u8 = 1;
const OTHERS: u8 = 2;
const BOTH: u8 = ONE | OTHERS;
const BELOW: u8 = 4;

/// A whole history: every commit's parents are in it, and have lower places.
#[derive(Debug, Default)]
pub struct Graph {
    places: HashMap<Oid, usize>,
    oids: Vec<Oid>,
    parents: Vec<Box<[usize]>>,
}

impl Graph {
    /// Of commits and their parents, parents first; `None`: a parent isn't among them.
    pub(super) fn of(oids: Vec<Oid>, places: HashMap<Oid, usize>, parents: &[Box<[Oid]>]) -> Option<Self> {
        let place = |(at, parent): (usize, &Oid)| places.get(parent).copied().filter(|place| *place < at);
        let known = |(at, all): (usize, &[Oid])| all.iter().map(|parent| place((at, parent))).collect::<Option<Box<[usize]>>>();
        let parents = parents.iter().map(AsRef::as_ref);
        let parents = parents.enumerate().map(known).collect::<Option<Vec<_>>>()?;
        Some(Self { places, oids, parents })
    }

    /// The one best common ancestor of a commit and of a merge that `others` would make; inner `None`: they share no history. Outer `None`: it
    /// can't be told here, since a commit is unknown, or there are several.
    pub(in crate::git) fn base(&self, one: Oid, others: &[Oid]) -> Option<Option<Oid>> {
        let mut marks: HashMap<usize, u8> = HashMap::new();
        let mut heap = BinaryHeap::new();
        let starts = [(one, ONE)].into_iter().chain(others.iter().map(|other| (*other, OTHERS)));
        for (oid, mark) in starts {
            let place = *self.places.get(&oid)?;
            let known = marks.entry(place).or_insert(0);
            if *known == 0 {
                heap.push(place);
            }
            *known |= mark;
        }
        // Children have higher places, so that a commit is complete when its turn comes.
        let (mut open, mut found) = (heap.len(), None);
        while open > 0 {
            let Some(place) = heap.pop() else { break };
            let mark = marks.remove(&place).unwrap_or_default();
            open -= usize::from(mark & BELOW == 0);
            let down = if mark == BOTH {
                if found.replace(place).is_some() {
                    return None;
                }
                BOTH | BELOW
            } else {
                mark
            };
            for parent in self.parents.get(place)? {
                let before = marks.get(parent).copied();
                let after = before.unwrap_or_default() | down;
                marks.insert(*parent, after);
                match before {
                    None => {
                        heap.push(*parent);
                        open += usize::from(after & BELOW == 0);
                    }
                    Some(before) => open -= usize::from(before & BELOW == 0 && after & BELOW != 0),
                }
            }
        }
        Some(found.and_then(|place| self.oids.get(place).copied()))
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
        let oids: Vec<Oid> = (0..parents.len()).map(oid).collect();
        let places = oids.iter().enumerate().map(|(place, oid)| (*oid, place)).collect();
        let parents: Vec<Box<[Oid]>> = parents.iter().map(|all| all.iter().map(|n| oid(*n)).collect()).collect();
        Graph::of(oids, places, &parents).unwrap()
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
        fn it_is_the_best_common_ancestor(choices in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3), 1..24),
                                          asked in proptest::collection::vec(any::<u8>(), 2..4)) {
            let parents: Vec<Vec<usize>> = choices.iter().enumerate().map(|(n, all)| {
                let mut parents: Vec<usize> = all.iter().filter(|_| n > 0).map(|c| n - 1 - usize::from(*c) % n.min(4)).collect();
                parents.dedup();
                parents
            }).collect();
            let asked: Vec<usize> = asked.iter().map(|n| usize::from(*n) % parents.len()).collect();
            let expected = match best(&parents, asked[0], &asked[1..]).as_slice() {
                [] => Some(None),
                [one] => Some(Some(oid(*one))),
                _ => None,
            };
            let others: Vec<Oid> = asked[1..].iter().map(|n| oid(*n)).collect();
            prop_assert_eq!(graph(&parents).base(oid(asked[0]), &others), expected);
        }
    }

    #[test]
    fn what_is_not_whole_is_no_graph() {
        let (oids, parents) = (vec![oid(0)], [Box::from([oid(7)])]);
        assert!(Graph::of(oids, HashMap::from([(oid(0), 0)]), &parents).is_none());
        assert_eq!(graph(&[vec![], vec![0]]).base(oid(9), &[oid(0)]), None);
    }
}
