//! Trees that git would not write: each is a problem, and hides nothing.

use crate::git::tree_diff::tests::*;

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
    assert_eq!(of(&[entry("100664", b"a", X)]), [""; 0], "git reads a file");
    assert_eq!(of(&[entry("140000", b"a", X), entry("0100644", b"b", X)]), ["a: mode 140000", "b: mode 0100644"]);
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
    let deep = scratch.raw_tree(&entry("0100644", b"f", X));
    let middle = scratch.raw_tree(&entry("40000", b"m", deep.as_bytes()));
    let problems = messages(&scratch, &entry("40000", b"r", middle.as_bytes()));
    assert_eq!(problems, ["r/m/f: mode 0100644"]);
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
