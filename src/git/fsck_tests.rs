use crate::git::scratch::{Scratch, entry};
use crate::git::tree_diff::between;
use crate::model::Oid;

const X: &[u8; 20] = &[1; 20];
const Y: &[u8; 20] = &[2; 20];

fn file(name: &str, id: &[u8; 20]) -> Vec<u8> {
    entry("100644", name.as_bytes(), id)
}

fn odd(name: &str, id: &[u8; 20]) -> Vec<u8> {
    entry("0100644", name.as_bytes(), id)
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
    assert_eq!(blamed(&old, &[odd("a", X), odd("b", X)]), ["b: mode 0100644"]);
    assert_eq!(blamed(&old, &[odd("a", Y), file("b", X)]), ["a: mode 0100644"], "other content is another entry");
    assert_eq!(blamed(&old, &[file("0", X), odd("a", X), odd("c", X)]), ["c: mode 0100644"]);
    assert_eq!(blamed(&[file("a", X), file("b", X)], &[odd("a", X), file("b", X)]), ["a: mode 0100644"], "other mode");
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
    assert_eq!(said(&scratch, old, tree(&[dir("d", bad), dir("e", bad)])), ["e/f: mode 0100644"]);
    assert_eq!(said(&scratch, old, tree(&[dir("e", bad)])), ["e/f: mode 0100644"], "a place of its own");
}

#[test]
fn a_thousand_that_stood_there_hide_no_new_one() {
    let many: Vec<Vec<u8>> = (0..2000).map(|n| odd(&format!("a{n:04}"), X)).collect();
    let more = [&many[..], &[odd("b", X)]].concat();
    assert_eq!(blamed(&many, &more), ["b: mode 0100644"]);
}

#[test]
fn a_mode_that_fsck_only_remarks_on_is_read_as_git_reads_it() {
    let with = |mode: &str| [entry(mode, b"f", X)];
    for mode in ["100664", "100775", "100600", "120777", "160755", "40755"] {
        let scratch = Scratch::new();
        let empty = scratch.raw_tree(&[]);
        let id = if mode == "40755" { empty } else { Oid::from_bytes(X).unwrap() };
        let tree = scratch.raw_tree(&entry(mode, b"f", id.as_bytes()));
        assert_eq!(said(&scratch, empty, tree), NOTHING, "{mode}");
    }
    for mode in ["140000", "060644", "0", "0120000", "00100644"] {
        assert_eq!(blamed(&[], &with(mode)), [format!("f: mode {mode}")], "{mode}");
    }
}

#[test]
fn an_excuse_is_for_the_objects_that_it_names() {
    let scratch = Scratch::new();
    let (empty, bad, other) = (scratch.raw_tree(&[]), scratch.raw_tree(&odd("f", X)), scratch.raw_tree(&odd("f", Y)));
    scratch.write(".git/skip", format!("{bad}\n"));
    scratch.git(&["config", "receive.fsck.skipList", "skip"]);
    assert_eq!(said(&scratch, empty, bad), NOTHING);
    assert_eq!(said(&scratch, empty, other), ["f: mode 0100644"]);
    scratch.git(&["config", "receive.fsck.zeroPaddedFilemode", "ignore"]);
    assert_eq!(said(&scratch, empty, other), NOTHING);
}
