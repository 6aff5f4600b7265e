//! The model's repository: commits and what their trees hold, nothing of it read from git.
//!
//! A file is a few places among lines that stay, so that what a diff counts and what a merge by line makes of it is known without
//! either: places merge one by one, and every line tells its path and place, so that no two are the same.

use std::collections::{BTreeMap, BTreeSet};

/// The directories; each is an area.
pub const FOLDERS: [&str; 4] = ["api", "web", "closed", "guarded"];
/// In each directory.
const FILES: u8 = 4;
/// So many paths, but for the policy's.
pub const PATHS: u8 = 4 * FILES;
/// The policy's file.
pub const POLICY: u8 = 255;

/// What stands in a file's places; 0: nothing.
pub type File = [u16; 3];
pub type Tree = BTreeMap<u8, File>;

pub fn folder(path: u8) -> &'static str {
    if path == POLICY { "" } else { FOLDERS[usize::from(path / FILES)] }
}

pub fn name(path: u8) -> String {
    if path == POLICY { "policy.toml".to_owned() } else { format!("{}/f{}", folder(path), path % FILES) }
}

/// The lines of a file that is no policy.
pub fn lines(path: u8, file: &File) -> Vec<String> {
    let of = name(path);
    let mut lines = vec![format!("{of} first"), format!("{of} second")];
    for (place, value) in file.iter().enumerate() {
        if *value > 0 {
            lines.push(format!("{of} place {place} holds {value}"));
        }
        lines.extend([format!("{of} after {place}"), format!("{of} and after {place}")]);
    }
    lines
}

/// What an amount limit counts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Amount {
    pub lines: u64,
    pub bytes: u64,
}

/// A commit, by its place in the graph.
pub struct Commit {
    pub parents: Vec<usize>,
    pub tree: Tree,
    /// It says of its own tree that the suite passed.
    pub marked: bool,
    pub id: String,
    /// Itself and all that it goes back to.
    pub history: BTreeSet<usize>,
}

/// One path that is not what was expected of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Change {
    pub path: u8,
    pub old: Option<File>,
    pub new: Option<File>,
}

#[derive(Default)]
pub struct Graph {
    pub commits: Vec<Commit>,
    /// The policy's lines and bytes.
    pub policy: (u64, u64),
}

/// What a three-way merge makes of a path; `None`: a conflict.
fn merged(base: Option<File>, ours: Option<File>, theirs: Option<File>) -> Option<Option<File>> {
    if theirs == base || ours == theirs {
        return Some(ours);
    }
    if ours == base {
        return Some(theirs);
    }
    let (base, ours, theirs) = (base?, ours?, theirs?);
    let mut file = File::default();
    for place in 0..file.len() {
        let (b, o, t) = (base[place], ours[place], theirs[place]);
        file[place] = match () {
            () if t == b || o == t => o,
            () if o == b => t,
            () => return None,
        };
    }
    Some(Some(file))
}

/// Whether a base that holds `there` has all of a change: merged into it, the change adds nothing.
pub fn is_held(change: &Change, there: Option<File>) -> bool {
    let alone = change.old.is_none() || change.new.is_none() || there.is_none() || there == change.old;
    there == change.new || (!alone && merged(change.old, there, change.new) == Some(there))
}

fn all_paths<'t>(trees: impl IntoIterator<Item = &'t Tree>) -> BTreeSet<u8> {
    trees.into_iter().flat_map(|tree| tree.keys().copied()).collect()
}

/// Where two trees differ.
pub fn between(old: &Tree, new: &Tree) -> Vec<Change> {
    let change = |path: u8| Change { path, old: old.get(&path).copied(), new: new.get(&path).copied() };
    all_paths([old, new]).into_iter().map(change).filter(|change| change.old != change.new).collect()
}

impl Graph {
    pub fn amount(&self, change: &Change) -> Amount {
        let Change { path, old, new } = change;
        if *path == POLICY {
            return match (old, new) {
                (None, Some(_)) => Amount { lines: self.policy.0, bytes: self.policy.1 },
                (Some(_), None) => Amount { lines: self.policy.0, bytes: 0 },
                (Some(_), Some(_)) | (None, None) => Amount::default(),
            };
        }
        let side = |side: &Option<File>| -> BTreeSet<String> { side.iter().flat_map(|file| lines(*path, file)).collect() };
        let (old, new) = (side(old), side(new));
        let added: Vec<&String> = new.difference(&old).collect();
        let lines = (added.len() + old.difference(&new).count()) as u64;
        Amount { lines, bytes: added.iter().map(|line| line.len() as u64 + 1).sum() }
    }

    pub fn tree(&self, commit: usize) -> &Tree {
        &self.commits[commit].tree
    }

    pub fn holds(&self, commit: usize, ancestor: usize) -> bool {
        self.commits[commit].history.contains(&ancestor)
    }

    /// The commits of `tip` without those of `hidden`, parents before children.
    pub fn range(&self, tip: usize, hidden: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let hidden: Vec<usize> = hidden.into_iter().collect();
        let new = |one: &usize| !hidden.iter().any(|hidden| self.holds(*hidden, *one));
        self.commits[tip].history.iter().copied().filter(new).collect()
    }

    pub fn bases(&self, one: usize, other: usize) -> Vec<usize> {
        let common: Vec<usize> = self.commits[one].history.intersection(&self.commits[other].history).copied().collect();
        let best = |base: &usize| !common.iter().any(|later| later != base && self.holds(*later, *base));
        common.iter().copied().filter(best).collect()
    }

    /// The commits without a parent that one reaches.
    pub fn roots(&self, commit: usize) -> BTreeSet<usize> {
        self.commits[commit].history.iter().copied().filter(|one| self.commits[*one].parents.is_empty()).collect()
    }

    /// A commit and where its first parents lead.
    pub fn first_parents(&self, commit: usize) -> Vec<usize> {
        std::iter::successors(Some(commit), |one| self.commits[*one].parents.first().copied()).collect()
    }

    /// The commit without a parent to which they lead.
    pub fn first_root(&self, commit: usize) -> usize {
        *self.first_parents(commit).last().unwrap()
    }

    /// What is expected at a path of a merge, by each merge base; `None`: a conflict.
    fn expected(&self, one: usize, other: usize, path: u8) -> Vec<Option<Option<File>>> {
        let at = |commit: usize| self.tree(commit).get(&path).copied();
        let bases = self.bases(one, other);
        if bases.is_empty() {
            return vec![merged(None, at(one), at(other))];
        }
        bases.into_iter().map(|base| merged(at(base), at(one), at(other))).collect()
    }

    /// A merge of two commits, conflicts settled as the first has it.
    pub fn merge(&self, one: usize, other: usize) -> Tree {
        let mut tree = Tree::new();
        for path in all_paths([self.tree(one), self.tree(other)]) {
            let first = self.expected(one, other, path)[0];
            if let Some(file) = first.unwrap_or_else(|| self.tree(one).get(&path).copied()) {
                tree.insert(path, file);
            }
        }
        tree
    }

    /// What a commit itself introduces.
    pub fn own(&self, commit: usize) -> Vec<Change> {
        let Commit { parents, tree, .. } = &self.commits[commit];
        match parents.as_slice() {
            [] => between(&Tree::new(), tree),
            [parent] => between(self.tree(*parent), tree),
            [one, other] => {
                let paths = all_paths([self.tree(*one), self.tree(*other), tree]);
                paths.into_iter().filter_map(|path| self.mergers(*one, *other, path, tree.get(&path).copied())).collect()
            }
            more => panic!("{} parents", more.len()),
        }
    }

    /// What is a merger's own at a path: what any merge base leaves unexplained, against what that one leads to or, after a conflict,
    /// the nearer parent.
    fn mergers(&self, one: usize, other: usize, path: u8, new: Option<File>) -> Option<Change> {
        let mut most: Option<(u64, Change)> = None;
        for expected in self.expected(one, other, path) {
            if expected == Some(new) {
                continue;
            }
            let against = |old: Option<File>| {
                let change = Change { path, old, new };
                (self.amount(&change).lines, change)
            };
            let sides = || [one, other].map(|parent| against(self.tree(parent).get(&path).copied()));
            let found = expected.map_or_else(|| sides().into_iter().min_by_key(|side| side.0).unwrap(), against);
            if most.as_ref().is_none_or(|known| found.0 > known.0) {
                most = Some(found);
            }
        }
        // With several merge bases a whole merge has one made of them, by which it may explain what is settled as one parent has it.
        let explained = self.bases(one, other).len() > 1;
        most.map(|(_, change)| change).filter(|change| !(explained && change.old == change.new))
    }
}
