//! Which files moved where: git's pairs.

use super::*;
use crate::git::scratch::{Dice, assert_numstat, numstat};

/// Asserts that moves and counts are git's, with identical content alone and with similarity. Gives how many pairs similarity found.
fn assert_like_git(old: &[File], new: &[File]) -> usize {
    let scratch = Scratch::new();
    let (old, new, found) = scratch.changes_of(old, new);
    let identical = scratch.exact(&found);
    let similar = join_similar(&scratch.repo(), &identical, &[(0..identical.len()).collect()]).unwrap();
    for (ours, similarity) in [(&identical, "-M100%"), (&similar, "-M")] {
        assert_numstat(ours, &numstat(scratch.path(), similarity, old, new), similarity);
    }
    identical.len() - similar.len()
}

#[test]
fn identical_moves_are_paired_as_in_git() {
    let link = "120000";
    let old = [
        file("a/one", "100644", "one\n"),
        file("a/two", "100644", "one\n"),
        file("b/three", "100644", "one\n"),
        file("empty1", "100644", ""),
        file("empty2", "100755", ""),
        file("link", link, "target"),
        file("link-to-be-file", link, "content"),
        file("sub", "160000", "1234567890123456789012345678901234567890"),
        file("script", "100644", "#!/bin/sh\n"),
        file("kept", "100644", "kept\n"),
        file("d", "100644", "directory\n"),
    ];
    let new = [
        file("c/three", "100644", "one\n"),
        file("c/two", "100755", "one\n"),
        file("c/four", "100644", "one\n"),
        file("c/five", "100644", "one\n"),
        file("empty3", "100644", ""),
        file("x/empty1", "100644", ""),
        file("y/link", link, "target"),
        file("y/link-to-be-file", "100644", "content"),
        file("y/sub", "160000", "1234567890123456789012345678901234567890"),
        file("y/script", "100755", "#!/bin/sh\n"),
        file("kept", "100644", "kept\n"),
        file("copied", "100644", "kept\n"),
        file("d/e", "100644", "directory\n"),
    ];
    assert_like_git(&old, &new);
    assert_like_git(&new, &old);
}

#[test]
fn many_identical_copies_are_paired_as_in_git() {
    let mut dice = Dice(42);
    for n in [20, 130, 400] {
        let mut side = |top: &str| -> Vec<File> {
            (0..n).map(|_| file(format!("{top}/{}/f{}", dice.below(n), dice.below(n / 2)), "100644", "copy\n")).collect()
        };
        let (old, new) = (side("old"), side("new"));
        assert_like_git(&old, &new);
    }
}

#[test]
fn similar_files_are_paired_as_in_git() {
    let mut dice = Dice(2024);
    let mut pairs = 0;
    for round in 0..24 {
        let n = 5 + dice.below(40);
        let (most, alphabet) = ([4, 30, 300][round % 3], [3, 50, 100_000][round % 3]);
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let common = dice.lines(most, alphabet);
        for i in 0..n {
            // Some files are near to each other, so that there is something to choose.
            let before = if i % 3 == 0 { dice.edit(&common, most / 2, alphabet) } else { dice.lines(most, alphabet) };
            let after = dice.edit(&before, most, alphabet);
            let (old_name, new_name) = (dice.below(n), if i % 2 == 0 { dice.below(n) } else { i });
            let mode = ["100644", "100755", "100644", "120000"][if i % 10 == 0 { 3 } else { dice.below(3) }];
            let bytes = |lines: Vec<Vec<u8>>| if mode == "120000" { format!("to/{i}").into_bytes() } else { lines.concat() };
            old.push(file(format!("old/{}/{old_name}", i % 4), mode, bytes(before)));
            new.push(file(format!("new/{}/{new_name}", i % 5), mode, bytes(after)));
        }
        pairs += assert_like_git(&old, &new);
    }
    assert!(pairs > 100, "{pairs}");
}

#[test]
fn similar_odd_files_are_paired_as_in_git() {
    let long: Vec<u8> = (0..5000_u32).map(|n| b'a' + u8::try_from(n * n % 23).unwrap()).collect();
    let mut cut = long.clone();
    cut.drain(1000..2500);
    let binary: Vec<u8> = long.iter().map(|b| b - b'a').collect();
    let lf: Vec<u8> = (0..300).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
    let crlf: Vec<u8> = (0..300).flat_map(|n| format!("line {n}\r\n").into_bytes()).collect();
    let old = [
        file("long", "100644", &long),
        file("binary", "100644", &binary),
        file("lf", "100644", &lf),
        file("empty", "100644", ""),
        file("tail", "100644", "x\ntail without newline"),
        file("half", "100644", "aaaa\nbbbb\n"),
    ];
    let new = [
        file("n/longer", "100644", &cut),
        file("n/binary2", "100644", &binary[..4000]),
        file("n/crlf", "100644", &crlf),
        file("n/not-empty", "100644", "x"),
        file("n/tail2", "100644", "y\ntail without newline"),
        file("n/half2", "100644", "aaaa\ncccc\n"),
    ];
    assert_eq!(assert_like_git(&old, &new), 5);
}

#[test]
fn over_gits_limit_only_names_pair() {
    let text = |i: usize, side: &str| format!("{i} one\n{i} two\n{i} three\n{i} four\n{i} five\n{side}\n");
    let old: Vec<File> = (0..1010).map(|i| file(format!("old/{i}"), "100644", text(i, "old"))).collect();
    let mut new: Vec<File> = (0..1010).map(|i| file(format!("new/{i}x"), "100644", text(i, "new"))).collect();
    new.push(file("new/7", "100644", text(7, "named")));
    assert_eq!(assert_like_git(&old, &new), 1);
}
