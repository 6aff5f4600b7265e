//! Random pushes: honest work, and whatever else git lets somebody push.

use std::collections::BTreeMap;

use super::graph::{Graph, PATHS, POLICY, Tree};
use super::server::Server;
use super::world::World;

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n as u64).unwrap()
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// One ref of a push, as it is named there.
#[derive(Clone, Debug)]
pub struct Update {
    pub reference: String,
    pub old: Option<usize>,
    pub new: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Push {
    pub account: Option<&'static str>,
    pub updates: Vec<Update>,
}

const BRANCHES: [&str; 12] = [
    "heads/a",
    "heads/a",
    "heads/b",
    "heads/b",
    "heads/c",
    "heads/d",
    "heads/wip/x",
    "heads/wip/y",
    "tags/v1",
    "tags/v2",
    "tags/t",
    "heads/plain",
];
const LANDINGS: [&str; 6] = ["heads/main", "heads/main", "heads/main", "heads/release/1", "heads/release/1", "heads/release/2"];
const ACCOUNTS: [Option<&str>; 16] = [
    Some("dev"),
    Some("dev"),
    Some("dev"),
    Some("dev"),
    Some("dev-two"),
    Some("dev-two"),
    Some("web"),
    Some("web"),
    Some("web"),
    Some("boss"),
    Some("boss"),
    Some("boss"),
    Some("somebody"),
    Some("else"),
    None,
    Some("Dev"),
];

fn edit(dice: &mut Dice, tree: &mut Tree, times: usize) {
    for _ in 0..times {
        let path = u8::try_from(dice.below(usize::from(PATHS))).unwrap();
        let (place, value) = (dice.below(3), u16::try_from(dice.below(7)).unwrap());
        if dice.below(8) == 0 {
            tree.remove(&path);
        } else {
            tree.entry(path).or_default()[place] = value;
        }
    }
}

/// Makes commits and says what a push does with them.
pub struct Maker<'w> {
    pub world: &'w mut World,
    pub server: &'w mut Server,
    pub dice: &'w mut Dice,
}

impl Maker<'_> {
    fn graph(&self) -> &Graph {
        &self.world.graph
    }

    fn commit(&mut self, parents: Vec<usize>, tree: Tree) -> usize {
        let marked = self.dice.below(3) == 0;
        self.server.commit(&mut self.world.graph, parents, tree, marked)
    }

    /// A few commits on top of one.
    fn work(&mut self, mut on: usize) -> usize {
        for _ in 0..1 + self.dice.below(2) {
            let mut tree = self.graph().tree(on).clone();
            let times = 1 + self.dice.below(3);
            edit(self.dice, &mut tree, times);
            on = self.commit(vec![on], tree);
        }
        on
    }

    fn tip(&mut self) -> usize {
        let tips: Vec<usize> = self.world.refs.values().copied().collect();
        self.dice.pick(&tips)
    }

    fn main(&self) -> usize {
        self.world.refs["refs/heads/main"]
    }

    /// What is pushed to a ref that holds `at`.
    fn next(&mut self, at: usize) -> usize {
        let other = self.tip();
        match self.dice.below(16) {
            0..=4 => self.work(at),
            5 | 6 => self.merge(at, other, false),
            7 => self.merge(at, other, true),
            8 => {
                let main = self.main();
                self.merge(at, main, false)
            }
            // A squash.
            9 => {
                let tree = self.graph().merge(at, other);
                self.commit(vec![at], tree)
            }
            10 => self.rebase(at, other),
            // Back to a tree that was.
            11 => {
                let history: Vec<usize> = self.graph().commits[at].history.iter().copied().collect();
                let then = self.dice.pick(&history);
                let tree = self.graph().tree(then).clone();
                self.commit(vec![at], tree)
            }
            // Some paths as main has them.
            12 => {
                let (main, mut tree) = (self.graph().tree(self.main()).clone(), self.graph().tree(at).clone());
                for path in 0..PATHS {
                    if self.dice.below(2) == 0 {
                        let _old = match main.get(&path) {
                            Some(file) => tree.insert(path, *file),
                            None => tree.remove(&path),
                        };
                    }
                }
                self.commit(vec![at], tree)
            }
            // What goes on from elsewhere.
            13 | 14 => other,
            _ => {
                let on = self.dice.below(self.graph().commits.len());
                self.work(on)
            }
        }
    }

    /// `-s ours`, a clean merge, or one with something slipped in.
    fn merge(&mut self, one: usize, other: usize, ours: bool) -> usize {
        let graph = self.graph();
        if graph.holds(one, other) || graph.holds(other, one) {
            return self.work(one);
        }
        let mut tree = if ours { graph.tree(one).clone() } else { graph.merge(one, other) };
        if self.dice.below(5) == 0 {
            edit(self.dice, &mut tree, 1);
        }
        self.commit(vec![one, other], tree)
    }

    /// The commits of `other` anew on top of `at`.
    fn rebase(&mut self, mut at: usize, other: usize) -> usize {
        for one in self.graph().range(other, [at]) {
            let graph = self.graph();
            let [parent] = graph.commits[one].parents.as_slice() else { continue };
            let mut tree = graph.tree(at).clone();
            for change in super::graph::between(graph.tree(*parent), graph.tree(one)) {
                let _old = match change.new {
                    Some(file) => tree.insert(change.path, file),
                    None => tree.remove(&change.path),
                };
            }
            if tree != *graph.tree(at) {
                at = self.commit(vec![at], tree);
            }
        }
        at
    }

    fn orphan(&mut self) -> usize {
        let mut tree = Tree::new();
        edit(self.dice, &mut tree, 2);
        self.commit(Vec::new(), tree)
    }

    fn update(&mut self) -> Option<Update> {
        let land = self.dice.below(3) == 0;
        let mut reference = format!("refs/{}", if land { self.dice.pick(&LANDINGS) } else { self.dice.pick(&BRANCHES) });
        if let Some((alias, _)) = self.world.links.iter().find(|(_, target)| *target == reference)
            && self.dice.below(2) == 0
        {
            reference.clone_from(alias);
        }
        let old = self.world.refs.get(self.world.target(&reference)).copied();
        let new = match (old, self.dice.below(20)) {
            (Some(_), 0) if !self.world.is_linked(&reference) => None,
            (Some(_), 1) => Some(self.dice.below(self.graph().commits.len())),
            (_, 2) if self.dice.below(3) == 0 => Some(self.orphan()),
            (Some(old), _) => Some(self.next(old)),
            (None, 3..=12) => {
                let main = self.main();
                Some(self.next(main))
            }
            (None, _) => Some(self.tip()),
        };
        let lacks = |tip: usize| !self.graph().tree(tip).contains_key(&POLICY);
        let bare = self.world.is_protected(&reference) && new.is_some_and(lacks);
        (old != new && !bare && (old.is_some() || new.is_some())).then_some(Update { reference, old, new })
    }

    pub fn push(&mut self) -> Push {
        let account = self.dice.pick(&ACCOUNTS);
        let many = [1, 1, 1, 1, 2, 2, 3][self.dice.below(7)];
        let mut updates: BTreeMap<String, Update> = BTreeMap::new();
        while updates.len() < many {
            let Some(update) = self.update() else { continue };
            updates.entry(self.world.target(&update.reference).to_owned()).or_insert(update);
        }
        Push { account, updates: updates.into_values().collect() }
    }
}
