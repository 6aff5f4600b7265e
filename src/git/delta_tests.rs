use std::collections::BTreeMap;

use super::*;
use crate::change::EntryKind;
use crate::git::scratch::{self, Dice, Scratch, entry};

const MANY: u64 = 100_000;

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

/// What git finds.
fn by_git(scratch: &Scratch, old: Oid, new: Oid) -> Vec<Delta> {
    scratch::deltas(scratch.path(), old, new)
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
        assert_eq!(walk.deltas, by_git(&scratch, old.unwrap_or(empty), new.unwrap_or(empty)), "round {round}");
        let back = between(&repo, new, old, MANY).unwrap().deltas;
        assert!(back.iter().zip(&walk.deltas).all(|(b, d)| b.path == d.path && b.old == d.new && b.new == d.old));
        for delta in &walk.deltas {
            assert_eq!(new.and_then(|new| entry_at(&repo, new, &delta.path).unwrap()), delta.new);
        }
        seen += walk.deltas.len();
    }
    assert!(seen > 1000, "{seen}");
}

fn messages(scratch: &Scratch, tree: &[u8]) -> Vec<String> {
    let tree = scratch.raw_tree(tree);
    let walk = between(&scratch.repo(), None, Some(tree), MANY).unwrap();
    walk.problems.iter().map(|p| format!("{}: {}", crate::report::escape(p.path.as_bytes()), p.message)).collect()
}

const X: &[u8; 20] = &[1; 20];

#[test]
fn what_fsck_refuses_is_a_problem() {
    let scratch = Scratch::new();
    let below = scratch.raw_tree(&entry("100644", b"f", X));
    let dir = |name: &[u8]| entry("40000", name, below.as_bytes());
    let file = |name: &[u8]| entry("100644", name, X);
    let of = |entries: &[Vec<u8>]| messages(&scratch, &entries.concat());
    let none: [&str; 0] = [];
    assert_eq!(of(&[file(b"a"), file(b"a.b"), dir(b"b"), file(b"b0")]), none);
    assert_eq!(of(&[dir(b"a"), file(b"a0")]), none);
    assert_eq!(of(&[entry("100664", b"a", X)]), ["a: mode 100664"]);
    assert_eq!(of(&[entry("100777", b"a", X), entry("0100644", b"b", X)]), ["a: mode 100777", "b: mode 0100644"]);
    assert_eq!(of(&[entry("040000", b"d", below.as_bytes())]), ["d: mode 040000"]);
    assert_eq!(of(&[file(b"a"), file(b"a")]), ["a: duplicate entry"]);
    assert_eq!(of(&[file(b"a"), dir(b"a")]), ["a: duplicate entry"]);
    assert_eq!(
        of(&[file(b"a"), file(b"a.b"), file(b"a.b.c"), dir(b"a.b"), dir(b"a")]),
        ["a.b: duplicate entry", "a: duplicate entry"]
    );
    assert_eq!(of(&[file(b"b"), file(b"a")]), ["a: entry out of order"]);
    assert_eq!(of(&[dir(b"a"), file(b"a.b")]), ["a.b: entry out of order"]);
    assert_eq!(of(&[file(b"")]), [": empty name"]);
    for name in ["/", "a/b", "12345678/", "1234567/89012345678", "1234567890123456789/"] {
        assert_eq!(of(&[file(name.as_bytes())]), [format!("{name}: name that contains `/`")]);
    }
    assert_eq!(of(&[file(b"."), file(b".."), file(b".gIt")]), [".: name `.`", "..: name `..`", ".gIt: name `.gIt`"]);
    assert_eq!(of(&[entry("100644", b"a", &[0; 20])]), ["a: null id"]);
}

#[test]
fn a_problem_deep_down_has_its_path() {
    let scratch = Scratch::new();
    let deep = scratch.raw_tree(&entry("100666", b"f", X));
    let middle = scratch.raw_tree(&entry("40000", b"m", deep.as_bytes()));
    let problems = messages(&scratch, &entry("40000", b"r", middle.as_bytes()));
    assert_eq!(problems, ["r/m/f: mode 100666"]);
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

#[test]
fn odd_modes_are_read_as_git_reads_them() {
    let scratch = Scratch::new();
    let tree = |mode: &str| scratch.raw_tree(&entry(mode, b"a", X));
    let kind_of = |mode: &str| entry_at(&scratch.repo(), tree(mode), &"a".into()).unwrap().unwrap().kind;
    assert_eq!(kind_of("100664"), EntryKind::File);
    assert_eq!(kind_of("100777"), EntryKind::Executable);
    assert_eq!(kind_of("120777"), EntryKind::Symlink);
    assert_eq!(kind_of("0"), EntryKind::Submodule);
    for mode in ["100664", "100777", "120777", "0", "0100644", "60000"] {
        let (old, new) = (tree(mode), tree("100644"));
        assert_eq!(between(&scratch.repo(), Some(old), Some(new), MANY).unwrap().deltas, by_git(&scratch, old, new), "{mode}");
    }
}

#[test]
fn a_tree_in_the_wrong_order_hides_nothing() {
    let scratch = Scratch::new();
    let file = |name: &[u8], id: u8| entry("100644", name, &[id; 20]);
    let sorted = scratch.raw_tree(&[file(b"a", 1), file(b"b", 1), file(b"c", 1)].concat());
    let wild = scratch.raw_tree(&[file(b"c", 1), file(b"b", 2), file(b"a", 1)].concat());
    let there = between(&scratch.repo(), Some(sorted), Some(wild), MANY).unwrap();
    let paths: Vec<_> = there.deltas.iter().map(|d| d.path.as_bytes()).collect();
    assert_eq!(paths, [b"b"]);
    assert_eq!(there.problems.len(), 2);
    let back = between(&scratch.repo(), Some(wild), Some(sorted), MANY).unwrap();
    assert_eq!((back.deltas.len(), back.problems.len()), (1, 0));
}

#[test]
fn a_name_with_a_slash_is_not_the_directory() {
    let scratch = Scratch::new();
    let below = scratch.raw_tree(&entry("100644", b"b", X));
    let honest = scratch.raw_tree(&entry("40000", b"a", below.as_bytes()));
    let forged = scratch.raw_tree(&entry("100644", b"a/", X));
    let walk = between(&scratch.repo(), Some(honest), Some(forged), MANY).unwrap();
    let paths: Vec<_> = walk.deltas.iter().map(|d| d.path.as_bytes()).collect();
    assert_eq!(paths, [&b"a/"[..], b"a/b"]);
}

fn error(scratch: &Scratch, old: Option<Oid>, new: Option<Oid>, max: u64) -> String {
    between(&scratch.repo(), old, new, max).unwrap_err().message
}

#[test]
fn what_is_missing_or_damaged_is_an_error_and_never_empty() {
    let scratch = Scratch::new();
    let gone = Oid::from_bytes(X).unwrap();
    let missing = format!("object {gone} is missing from this repository");
    assert_eq!(error(&scratch, None, Some(gone), MANY), format!("could not read the root tree: {missing}"));
    assert_eq!(error(&scratch, Some(gone), None, MANY), format!("could not read the root tree: {missing}"));
    let root = scratch.raw_tree(&entry("40000", b"src", X));
    assert_eq!(error(&scratch, None, Some(root), MANY), format!("could not read the tree `src`: {missing}"));
    let whole = entry("100644", b"a", X);
    for damaged in [&whole[..whole.len() - 1], b"100644 a", b"x", b" a\x001234567890123456789", b"1o0644 a\x0012345678901234567890"]
    {
        let tree = scratch.raw_tree(damaged);
        let expected = "could not read the root tree: it is truncated or damaged";
        assert_eq!(error(&scratch, None, Some(tree), MANY), expected, "{damaged:?}");
        assert_eq!(error(&scratch, Some(tree), None, MANY), expected, "{damaged:?}");
    }
    let blob = scratch.blob("text");
    let root = scratch.raw_tree(&entry("40000", b"d", blob.as_bytes()));
    assert_eq!(error(&scratch, None, Some(root), MANY), format!("could not read the tree `d`: object {blob} is no tree"));
}

#[test]
fn bounds_are_named() {
    let scratch = Scratch::new();
    let tree = scratch.raw_tree(&[entry("100644", b"a", X), entry("100644", b"b", X)].concat());
    assert_eq!(between(&scratch.repo(), None, Some(tree), 2).unwrap().deltas.len(), 2);
    let over = between(&scratch.repo(), None, Some(tree), 1).unwrap_err();
    assert_eq!(over.message, "more than 1 paths differ (`guard.maxPaths`)");
    assert_eq!(over.next, ["git config guard.maxPaths 2"]);
    // 10^10 files in 11 trees, and the same with no file at all.
    for leaf in [entry("100644", b"f", X), Vec::new()] {
        let mut tree = scratch.raw_tree(&leaf);
        for _ in 0..10 {
            let bytes: Vec<u8> = (0..10).flat_map(|i| entry("40000", format!("{i}").as_bytes(), tree.as_bytes())).collect();
            tree = scratch.raw_tree(&bytes);
        }
        let words = error(&scratch, None, Some(tree), MANY);
        let expected = if leaf.is_empty() { "takes more than 4000000 entries of trees" } else { "more than 100000 paths differ" };
        assert!(words.contains(expected), "{words}");
    }
}

#[test]
fn depth_is_bounded() {
    let scratch = Scratch::new();
    let disk = git2::Repository::open(scratch.path()).unwrap();
    let odb = disk.odb().unwrap();
    let mut bytes = entry("100644", b"f", X);
    for level in 0..1_025 {
        let tree = Oid::from_bytes(odb.write(git2::ObjectType::Tree, &bytes).unwrap().as_bytes()).unwrap();
        if level >= 1_023 {
            match between(&scratch.repo(), None, Some(tree), MANY) {
                Ok(walk) => assert_eq!((level, walk.deltas[0].path.as_bytes().len()), (1_023, 2 * level + 1)),
                Err(e) => assert!(level == 1_024 && e.message.contains("goes more than 1024 directories deep, which is the bound")),
            }
        }
        bytes = entry("40000", b"d", tree.as_bytes());
    }
}

#[test]
fn one_entry_is_looked_up() {
    let scratch = Scratch::new();
    scratch.write("dir/file", "x");
    let commit = scratch.commit_all();
    let tree = scratch.repo().commit(commit).unwrap().tree;
    let at = |path: &str| entry_at(&scratch.repo(), tree, &path.into()).unwrap();
    assert_eq!(at("dir/file").unwrap().kind, EntryKind::File);
    assert_eq!((at("dir"), at("dir/fil"), at("dir/file/x"), at("")), (None, None, None, None));
    let twice = scratch.raw_tree(&[entry("100644", b"a", X), entry("100644", b"a", X)].concat());
    let words = entry_at(&scratch.repo(), twice, &"a".into()).unwrap_err().message;
    assert_eq!(words, "could not read the root tree: it has two entries `a`");
}
