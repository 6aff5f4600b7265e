//! What cannot be read, or is too much.

use crate::git::tree_diff::tests::*;

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
