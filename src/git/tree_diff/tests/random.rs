//! Random trees.

use std::collections::BTreeMap;

use crate::git::scratch::Dice;
use crate::git::tree_diff::tests::*;

enum Node {
    Leaf(&'static str, [u8; 20]),
    Directory(Tree),
}

type Tree = BTreeMap<Vec<u8>, Node>;

const NAMES: [&[u8]; 14] = [
    b"a",
    b"a.b",
    b"a-",
    b"a0",
    b"a.",
    b"ab",
    b"b",
    b"B",
    b"-x",
    b"new\nline",
    b"\xff\xfe",
    "\u{fc}".as_bytes(),
    b"a.b.c",
    b"longer-than-eight",
];

const MODES: [&str; 4] = ["100644", "100755", "120000", "160000"];

fn random(dice: &mut Dice, depth: u64) -> Tree {
    let mut tree = Tree::new();
    for _ in 0..dice.below(9) {
        let name = NAMES[dice.below(14)].to_vec();
        let node = random_node(dice, depth);
        tree.insert(name, node);
    }
    tree
}

fn random_node(dice: &mut Dice, depth: u64) -> Node {
    if depth > 0 && dice.below(2) == 0 {
        return Node::Directory(random(dice, depth - 1));
    }
    Node::Leaf(MODES[dice.below(4)], [1 + u8::try_from(dice.below(3)).unwrap(); 20])
}

fn mutate(dice: &mut Dice, tree: &mut Tree, depth: u64) {
    for _ in 0..dice.below(3) {
        let name = NAMES[dice.below(14)].to_vec();
        match dice.below(3) {
            0 => drop(tree.remove(&name)),
            1 => drop(tree.insert(name, random_node(dice, depth))),
            _ => {}
        }
    }
    for node in tree.values_mut() {
        if let Node::Directory(below) = node {
            mutate(dice, below, depth.saturating_sub(1));
        }
    }
}

/// Writes it as git would: no empty directories, git's order.
fn write(odb: &git2::Odb<'_>, tree: &Tree) -> Option<Oid> {
    let mut entries: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for (name, node) in tree {
        match node {
            Node::Leaf(mode, id) => entries.push((name.clone(), entry(mode, name, id))),
            Node::Directory(below) => {
                if let Some(oid) = write(odb, below) {
                    entries.push(([name, b"/".as_slice()].concat(), entry("40000", name, oid.as_bytes())));
                }
            }
        }
    }
    entries.sort();
    let bytes: Vec<u8> = entries.into_iter().flat_map(|(_, bytes)| bytes).collect();
    (!bytes.is_empty()).then(|| Oid::from_bytes(odb.write(git2::ObjectType::Tree, &bytes).unwrap().as_bytes()).unwrap())
}

#[test]
fn random_trees_differ_as_git_says() {
    let scratch = Scratch::new();
    let disk = git2::Repository::open(scratch.path()).unwrap();
    let odb = disk.odb().unwrap();
    let repo = scratch.repo();
    let mut dice = Dice(7);
    let empty = scratch.raw_tree(b"");
    let mut seen = 0;
    for round in 0..150 {
        let mut tree = random(&mut dice, 3);
        let old = write(&odb, &tree);
        if round % 5 == 0 {
            tree = random(&mut dice, 3)
        } else {
            mutate(&mut dice, &mut tree, 3)
        }
        let new = write(&odb, &tree);
        let walk = between(&repo, old, new, MANY).unwrap();
        assert_eq!(walk.problems, []);
        assert_eq!(walk.deltas, deltas(scratch.path(), old.unwrap_or(empty), new.unwrap_or(empty)), "round {round}");
        let back = between(&repo, new, old, MANY).unwrap().deltas;
        assert!(back.iter().zip(&walk.deltas).all(|(b, d)| b.path == d.path && b.old == d.new && b.new == d.old));
        for delta in &walk.deltas {
            assert_eq!(new.and_then(|new| entry_at(&repo, new, &delta.path).unwrap()), delta.new);
        }
        seen += walk.deltas.len();
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn fsck_and_the_walk_agree_on_random_trees_of_files_and_directories() {
    let scratch = Scratch::new();
    let below = scratch.raw_tree(b"");
    let mut dice = Dice(3);
    for _ in 0..60 {
        let mut entries: Vec<(Vec<u8>, Vec<u8>)> = (0..dice.below(7))
            .map(|_| {
                let name = NAMES[dice.below(14)].to_vec();
                let is_dir = dice.below(2) == 0;
                let raw = if is_dir { entry("40000", &name, below.as_bytes()) } else { entry("160000", &name, X) };
                (if is_dir { [&name[..], b"/"].concat() } else { name }, raw)
            })
            .collect();
        entries.sort();
        if dice.below(4) == 0 && entries.len() > 1 {
            entries.swap(0, 1);
        }
        let bytes: Vec<u8> = entries.into_iter().flat_map(|(_, raw)| raw).collect();
        let tree = scratch.raw_tree(&bytes);
        let output = scratch.try_git(&["fsck", "--no-dangling", &tree.to_string()]);
        let words = String::from_utf8(output.stderr).unwrap();
        let fsck: Vec<&str> = words.lines().filter(|line| line.contains(&tree.to_string())).collect();
        let found = messages(&scratch, &bytes);
        assert_eq!(
            fsck.iter().any(|l| l.contains("duplicateEntries")),
            found.iter().any(|m| m.ends_with("duplicate entry")),
            "{found:?}"
        );
        let disordered = fsck.iter().any(|l| l.contains("treeNotSorted"));
        assert_eq!(disordered, found.iter().any(|m| m.ends_with("out of order")), "{fsck:?} {found:?} {bytes:?}");
    }
}
