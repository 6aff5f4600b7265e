use crate::git::scratch::{Scratch, entry};
use crate::git::tree_diff::between;
use crate::model::Oid;

const X: &[u8; 20] = &[1; 20];
const Y: &[u8; 20] = &[2; 20];

fn file(name: &str, id: &[u8; 20]) -> Vec<u8> {
    entry("100644", name.as_bytes(), id)
}

fn odd(name: &str, id: &[u8; 20]) -> Vec<u8> {
    entry("100664", name.as_bytes(), id)
}

/// What the change from one tree to the other is blamed for.
fn blamed(old: &[Vec<u8>], new: &[Vec<u8>]) -> Vec<String> {
    let scratch = Scratch::new();
    let (old, new) = (scratch.raw_tree(&old.concat()), scratch.raw_tree(&new.concat()));
    said(&scratch, old, new)
}

fn said(scratch: &Scratch, old: Oid, new: Oid) -> Vec<String> {
    let walk = between(&scratch.repo(), Some(old), Some(new), 100).unwrap();
    walk.problems.iter().map(|p| format!("{}: {}", p.path.as_str().unwrap(), p.message)).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_was_malformed_before_is_not_the_change_s_fault() {
    let old = [odd("a", X), file("b", X)];
    assert_eq!(blamed(&old, &[odd("a", X), file("b", Y)]), NOTHING);
    assert_eq!(blamed(&old, &[odd("a", X)]), NOTHING);
    assert_eq!(blamed(&old, &[odd("a", X), odd("b", X)]), ["b: mode 100664"]);
    assert_eq!(blamed(&old, &[odd("a", Y), file("b", X)]), ["a: mode 100664"], "other content is another entry");
    assert_eq!(blamed(&old, &[file("0", X), odd("a", X), odd("c", X)]), ["c: mode 100664"]);
    assert_eq!(blamed(&[file("a", X), file("b", X)], &[odd("a", X), file("b", X)]), ["a: mode 100664"], "other mode");
}

#[test]
fn an_old_entry_that_only_now_is_out_of_order_or_twice_there_is() {
    assert_eq!(blamed(&[file("b", X)], &[file("c", X), file("b", X)]), ["b: entry out of order"]);
    assert_eq!(blamed(&[file("a", X)], &[file("a", X), file("a", X)]), ["a: duplicate entry"]);
    let twice = [file("a", X), file("a", X)];
    assert_eq!(blamed(&twice, &[&twice[..], &[file("b", X)]].concat()), NOTHING);
    assert_eq!(blamed(&twice, &[&twice[..], &[file("a", X)]].concat()), ["a: duplicate entry"]);
    let wild = [file("c", X), file("b", X), file("a", X)];
    assert_eq!(blamed(&wild, &[file("c", Y), file("b", X), file("a", X)]), NOTHING);
}

#[test]
fn each_directory_answers_for_its_own_place() {
    let scratch = Scratch::new();
    let tree = |entries: &[Vec<u8>]| scratch.raw_tree(&entries.concat());
    let dir = |name: &str, tree: Oid| entry("40000", name.as_bytes(), tree.as_bytes());
    let (bad, changed) = (tree(&[odd("f", X)]), tree(&[odd("f", X), file("g", X)]));
    let old = tree(&[dir("d", bad)]);
    assert_eq!(said(&scratch, old, tree(&[dir("d", changed)])), NOTHING);
    assert_eq!(said(&scratch, old, tree(&[dir("d", bad), dir("e", bad)])), ["e/f: mode 100664"]);
    assert_eq!(said(&scratch, old, tree(&[dir("e", bad)])), ["e/f: mode 100664"], "a place of its own");
}

#[test]
fn a_thousand_that_stood_there_hide_no_new_one() {
    let many: Vec<Vec<u8>> = (0..2000).map(|n| odd(&format!("a{n:04}"), X)).collect();
    let more = [&many[..], &[odd("b", X)]].concat();
    assert_eq!(blamed(&many, &more), ["b: mode 100664"]);
}
