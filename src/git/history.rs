//! A whole history at once: every commit of a range, and which of them each landing on its first-parent line brought in.

mod graph;

use std::collections::HashMap;
use std::sync::Arc;

pub(super) use graph::Graph;

use super::Repo;
use super::range;
use super::range::{cut_off, is_ancestor};
use crate::error::Result;
use crate::model::Oid;

/// For a range of this many commits or more, the commits before it are read too, so that the graph is whole.
const LONG: usize = 2_000;

/// One commit of a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The commit.
    pub oid: Oid,
    /// Its root tree.
    pub tree: Oid,
    /// The time that the commit itself names, in seconds since 1970.
    pub time: i64,
    /// The step that brought the commit to the first-parent line; on that line, the commit itself.
    pub landing: usize,
    /// Whether a shallow clone ends here, so that the parents are absent.
    pub cut: bool,
    /// Whether the tree stood on the first-parent line before the landing, but not directly before it.
    pub returns: bool,
}

/// The commits of a range, parents before children.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The commits.
    pub steps: Vec<Step>,
    /// Where each landing begins that took several commits of the first-parent line, as a ledger knows it.
    begins: HashMap<usize, usize>,
    /// Which commit comes after which, where the whole history is known.
    graph: Option<Arc<Graph>>,
}

impl History {
    /// The first commit of the first-parent line that came with a landing. Unless a ledger says otherwise, that is the landing
    /// itself.
    pub fn begins(&self, landing: usize) -> usize {
        self.begins.get(&landing).copied().unwrap_or(landing)
    }

    /// The commits before `place` that came with its landing, parents before children.
    pub fn came_before(&self, place: usize) -> impl Iterator<Item = (usize, &Step)> {
        let landing = self.steps.get(place).map(|step| step.landing);
        self.steps.iter().enumerate().take(place).filter(move |(_, step)| Some(step.landing) == landing)
    }

    /// Takes over the landings that are known, oldest first, each as the branch's tip before and after.
    ///
    /// Without them each commit of the first-parent line counts as one landing.
    ///
    /// # Errors
    /// A commit is missing.
    pub fn land(&mut self, repo: &Repo, landings: impl Iterator<Item = (Oid, Oid)>) -> Result<()> {
        let line: Vec<usize> = self.steps.iter().enumerate().filter(|(at, step)| step.landing == *at).map(|(at, _)| at).collect();
        let places: HashMap<Oid, usize> = self.steps.iter().enumerate().map(|(at, step)| (step.oid, at)).collect();
        let on_line = |commit: Oid| places.get(&commit).map(|place| line.binary_search(place));
        let mut moved: HashMap<usize, usize> = HashMap::new();
        for (old, new) in landings {
            let (Some(Ok(end)), start) = (on_line(new), on_line(old)) else { continue };
            let start = match start {
                // Before the range.
                None => 0,
                Some(Ok(at)) => at + 1,
                // The branch was taken into the work before, which then became the line.
                Some(Err(_)) => self.left_behind(repo, &line, old)?,
            };
            let together = line.get(start..=end).unwrap_or_default();
            if let (Some(first), Some(last), true) = (together.first(), together.last(), together.len() > 1)
                && !together.iter().any(|place| moved.contains_key(place))
            {
                self.begins.insert(*last, *first);
                moved.extend(together.iter().map(|place| (*place, *last)));
            }
        }
        for step in &mut self.steps {
            step.landing = moved.get(&step.landing).copied().unwrap_or(step.landing);
        }
        Ok(())
    }

    /// How many commits of the line, from its start, `commit` already contains.
    fn left_behind(&self, repo: &Repo, line: &[usize], commit: Oid) -> Result<usize> {
        let (mut has, mut lacks) = (0, line.len());
        while has < lacks {
            let middle = usize::midpoint(has, lacks);
            let step = line.get(middle).and_then(|place| self.steps.get(*place));
            let reached = match step {
                Some(step) => is_ancestor(repo, step.oid, commit)?,
                None => false,
            };
            (has, lacks) = if reached { (middle + 1, lacks) } else { (has, middle) };
        }
        Ok(has)
    }
}

impl Repo {
    /// Answers questions about common ancestors from `history` from now on, as far as it is known.
    pub fn know(&self, history: &History) {
        self.graph.replace(history.graph.clone());
    }
}

/// The commits that `tip` reaches and `hidden` don't.
///
/// `below` is how many first-parent commits before the range are searched for trees that the range returns to.
///
/// # Errors
/// A commit is missing.
pub fn history(repo: &Repo, tip: Oid, hidden: &[Oid], below: u64) -> Result<History> {
    let cut = cut_off(repo)?;
    let mut steps = Vec::new();
    let mut parents: Vec<Box<[Oid]>> = Vec::new();
    let mut places: HashMap<Oid, usize> = HashMap::new();
    for oid in range::all(repo, tip, hidden)? {
        let header = repo.commit_header(oid)?;
        let tree = header.tree;
        places.insert(oid, steps.len());
        let (time, landing) = (header.committed(), steps.len());
        parents.push(if cut.contains(&oid) { Box::default() } else { header.parents.into() });
        steps.push(Step { oid, tree, time, landing, cut: cut.contains(&oid), returns: false });
    }
    let line = first_parents(tip, &places, &parents);
    bring(&mut steps, &line, &places, &parents);
    let start = line.first().and_then(|place| parents.get(*place)?.first().copied());
    mark_returns(&mut steps, &line, &trees_from(repo, start, below)?);
    let commits = steps.iter().map(|step| (step.oid, step.time)).collect();
    let graph = match (cut.is_empty(), hidden) {
        (false, _) => None,
        (true, []) => Graph::of(commits, places, &parents),
        (true, _) if steps.len() < LONG => None,
        (true, _) => history(repo, tip, &[], 0)?.graph.and_then(Arc::into_inner),
    };
    Ok(History { steps, begins: HashMap::new(), graph: graph.map(Arc::new) })
}

/// The first-parent line as far as it is in the range, oldest first.
fn first_parents(tip: Oid, places: &HashMap<Oid, usize>, parents: &[Box<[Oid]>]) -> Vec<usize> {
    let mut line = Vec::new();
    let mut next = places.get(&tip);
    while let Some(place) = next {
        line.push(*place);
        next = parents.get(*place).and_then(|all| places.get(all.first()?));
    }
    line.reverse();
    line
}

/// Sets each commit's landing: the oldest commit of the line that reaches it.
fn bring(steps: &mut [Step], line: &[usize], places: &HashMap<Oid, usize>, parents: &[Box<[Oid]>]) {
    let mut known = vec![false; steps.len()];
    for landing in line {
        let mut open = vec![*landing];
        while let Some(place) = open.pop() {
            let Some(known) = known.get_mut(place).filter(|known| !**known) else { continue };
            *known = true;
            if let Some(step) = steps.get_mut(place) {
                step.landing = *landing;
            }
            open.extend(parents.get(place).into_iter().flatten().filter_map(|parent| places.get(parent)));
        }
    }
}

/// Root trees of the first-parent line from `start` backwards, at most `most`, as far as this clone has them.
fn trees_from(repo: &Repo, start: Option<Oid>, most: u64) -> Result<Vec<Oid>> {
    let (mut trees, mut next) = (Vec::new(), start);
    while let Some(oid) = next.filter(|_| u64::try_from(trees.len()).is_ok_and(|known| known < most)) {
        if !repo.exists(oid)? {
            break;
        }
        let commit = repo.commit(oid)?;
        trees.push(commit.tree);
        next = commit.parents.first().copied();
    }
    Ok(trees)
}

/// Sets `returns` of each step. `below` holds the trees before the line, nearest first.
fn mark_returns(steps: &mut [Step], line: &[usize], below: &[Oid]) {
    // The first place on the line (1-based; 0: before it) at which a tree stood.
    let mut first: HashMap<Oid, usize> = below.iter().map(|tree| (*tree, 0)).collect();
    let mut ranks: HashMap<usize, (usize, Option<Oid>)> = HashMap::new();
    let mut before = below.first().copied();
    for (index, place) in line.iter().enumerate() {
        let Some(step) = steps.get(*place) else { continue };
        first.entry(step.tree).or_insert(index + 1);
        ranks.insert(*place, (index + 1, before));
        before = Some(step.tree);
    }
    for step in steps {
        if let Some((rank, before)) = ranks.get(&step.landing) {
            step.returns = *before != Some(step.tree) && first.get(&step.tree).is_some_and(|first| first < rank);
        }
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
