//! Counts, held against real git's.

use super::*;
use crate::git::scratch::{Dice, File, Scratch, assert_numstat, file, numstat, run};
use crate::model::{LineCount, Oid};

/// Exact numbers are git's, bounds hold them, and inserted bytes are those of git's inserted lines.
fn assert_like_git(scratch: &Scratch, old: &[File], new: &[File]) {
    let (old, new, bounds) = scratch.changes_of(old, new);
    let exact = scratch.exact(&bounds);
    assert_numstat(&exact, &numstat(scratch.path(), "-M100%", old, new), "identical");
    for (bounds, exact) in bounds.iter().zip(&exact) {
        match (bounds.lines, exact.lines) {
            (LineCount::Text { added, deleted }, LineCount::Text { added: a, deleted: d }) => {
                assert!(holds(added, a) && holds(deleted, d), "{bounds:?} {exact:?}");
            }
            (one, other) => assert_eq!(one, other),
        }
        assert!(holds(bounds.inserted_bytes, exact.inserted_bytes), "{bounds:?} {exact:?}");
    }
    let text = exact.iter().filter(|change| change.lines != LineCount::Binary);
    let ours: u64 = text.map(|change| change.inserted_bytes.known().unwrap()).sum();
    assert_eq!(ours, inserted_bytes(scratch, old, new));
}

fn holds(bounds: Bounds, exact: Bounds) -> bool {
    let n = exact.known().unwrap();
    bounds.at_least <= n && n <= bounds.at_most
}

/// Bytes of the `+` lines of git's patch. (A patch shows a change of type as a deletion and an addition.)
fn inserted_bytes(scratch: &Scratch, old: Oid, new: Oid) -> u64 {
    let patch = run(scratch.path(), &["diff-tree", "-r", "-p", "-U0", "-M100%", &old.to_string(), &new.to_string()]);
    let (mut left, mut bytes, mut after_insertion) = (0_u64, 0, false);
    for line in patch.split(|b| *b == b'\n') {
        if line.starts_with(b"@@ ") && left == 0 {
            let header = String::from_utf8_lossy(line).into_owned();
            let plus = header.split(' ').find(|word| word.starts_with('+')).unwrap()[1..].to_owned();
            left = plus.split_once(',').map_or(1, |(_, n)| n.parse().unwrap());
        } else if line.starts_with(b"+") && left > 0 {
            left -= 1;
            bytes += line.len() as u64; // its `+` stands for the newline
        } else if line.starts_with(b"\\ No newline") && after_insertion {
            bytes -= 1;
        }
        after_insertion = line.starts_with(b"+");
    }
    bytes
}

#[test]
fn random_edits_count_as_in_git() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for (most, alphabet, edits) in [(12, 4, 4), (60, 30, 8), (200, 5, 40), (400, 1000, 30), (3000, 40, 200)] {
        let scratch = Scratch::new();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for i in 0..120 {
            let before = dice.lines(most, alphabet);
            let after = if i % 5 == 0 { dice.lines(most, alphabet) } else { dice.edit(&before, edits, alphabet) };
            let name = format!("{i:03}");
            old.push(file(&name, "100644", before.concat()));
            new.push(file(&name, "100644", after.concat()));
        }
        assert_like_git(&scratch, &old, &new);
    }
}

#[test]
fn permutations_and_reversals_count_as_in_git() {
    let mut dice = Dice(7);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for (i, n) in [2, 3, 10, 100, 1000, 5000].into_iter().enumerate() {
        let lines: Vec<Vec<u8>> = (0..n).map(|line| format!("{line}\n").into_bytes()).collect();
        let mut shuffled = lines.clone();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, dice.below(at + 1));
        }
        let reversed: Vec<Vec<u8>> = lines.iter().rev().cloned().collect();
        for (kind, after) in [("shuffled", &shuffled), ("reversed", &reversed)] {
            old.push(file(format!("{kind}{i}"), "100644", lines.concat()));
            new.push(file(format!("{kind}{i}"), "100644", after.concat()));
        }
    }
    assert_like_git(&Scratch::new(), &old, &new);
}

#[test]
fn odd_contents_count_as_in_git() {
    let mut late_nul = vec![b'x'; 8000];
    late_nul.extend(b"\0\n");
    let mut last_nul = vec![b'x'; 7999];
    last_nul.extend(b"\0\n");
    let huge = vec![b'y'; 300_000];
    let cases: &[(&[u8], &[u8])] = &[
        (b"", b"one"),
        (b"one", b""),
        (b"one", b"one\n"),
        (b"one\n", b"one"),
        (b"one", b"one\ntwo"),
        (b"one\ntwo", b"two"),
        (b"a\nb\nc\n", b"a\r\nb\r\nc\r\n"),
        (b"a\nb", b"b\na"),
        (b"\n\n\n", b"\n"),
        (b"\n", b"\n\n\n\n"),
        (b"a\n\0", b"a\nb\n"),
        (b"a\nb\n", b"a\n\0"),
        (b"\0", b""),
        (b"a\n", &late_nul),
        (b"a\n", &last_nul),
        (b"short\n", &huge),
        (&huge, b"short\n"),
        (b"x\ny\nx\n", b"x\nx\n"),
        (b"same\n", b"same\n"),
        (b"\r\n", b"\n"),
        (b"abcb\nb\n", b"ab\nb\n"),
        (b"ab", b"b"),
        (b"x\nab", b"b"),
    ];
    let name = |i: usize| format!("{i:02}");
    let old: Vec<File> = cases.iter().enumerate().map(|(i, case)| file(name(i), "100644", case.0)).collect();
    let new: Vec<File> = cases.iter().enumerate().map(|(i, case)| file(name(i), "100644", case.1)).collect();
    assert_like_git(&Scratch::new(), &old, &new);
}

#[test]
fn added_and_deleted_files_are_exact_at_once() {
    let files = [
        file("empty", "100644", ""),
        file("text", "100644", "one\ntwo\nthree"),
        file("binary", "100755", b"\0\n\n"),
        file("link", "120000", "text"),
        file("sub", "160000", "1234567890123456789012345678901234567890"),
    ];
    let scratch = Scratch::new();
    let other = [file("other", "100644", "unlike\n")];
    assert_like_git(&scratch, &other, &files);
    assert_like_git(&scratch, &files, &other);
    let (_, _, found) = scratch.changes_of(&other, &files);
    assert!(found.iter().all(|c| c.inserted_bytes.known().is_some()));
    assert_eq!(found.iter().map(|c| c.size).collect::<Vec<_>>(), [3, 0, 4, 0, 0, 13]);
}

#[test]
fn kinds_and_modes_count_as_in_git() {
    let (a, b) = ("1234567890123456789012345678901234567890", "abcdefabcdefabcdefabcdefabcdefabcdefabcd");
    let old = [
        file("chmod", "100644", "a\nb\n"),
        file("chmod-and-edit", "100755", "a\nb\n"),
        file("file-to-link", "100644", "a\nb\nc\n"),
        file("file-to-link-same", "100644", "target"),
        file("file-to-sub", "100755", "a\nb\n"),
        file("link-moved", "120000", "here"),
        file("link-to-file", "120000", "here"),
        file("sub-moved", "160000", a),
        file("sub-to-file", "160000", a),
        file("sub-to-link", "160000", a),
        file("binary-to-sub", "100644", b"\0"),
        file(b"\"quoted\"\n\xff\ttab", "100644", "a\nb\n"),
        file(b"-dash \xfe", "100644", "a\nb\n"),
        file("dir/became", "100644", "a file\n"),
    ];
    let new = [
        file("chmod", "100755", "a\nb\n"),
        file("chmod-and-edit", "100644", "a\nc\n"),
        file("file-to-link", "120000", "a"),
        file("file-to-link-same", "120000", "target"),
        file("file-to-sub", "160000", b),
        file("link-moved", "120000", "there"),
        file("link-to-file", "100644", "here\nand there\n"),
        file("sub-moved", "160000", b),
        file("sub-to-file", "100644", "no\nlonger\n"),
        file("sub-to-link", "120000", "x"),
        file("binary-to-sub", "160000", a),
        file(b"\"quoted\"\n\xff\ttab", "100644", "b\n"),
        file(b"-dash \xfe", "100644", "a\nb\nc\n"),
        file("dir", "100644", "a dir\n"),
    ];
    let scratch = Scratch::new();
    let (old, new, found) = scratch.changes_of(&old, &new);
    let found = scratch.exact(&found);
    assert_numstat(&found, &numstat(scratch.path(), "-M100%", old, new), "kinds");
}

#[test]
fn neither_attributes_nor_configuration_change_a_count() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path().join(".git/info/attributes"), "* -diff\n* binary\n").unwrap();
    for (key, value) in [("core.bigFileThreshold", "1"), ("diff.algorithm", "patience"), ("diff.ignoreSubmodules", "all")] {
        scratch.git(&["config", key, value]);
    }
    let attributes = file(".gitattributes", "100644", "* -diff -text\n");
    let old = [attributes.clone(), file("a", "100644", "1\n2\n3\n4\n5\n")];
    let new = [attributes, file("a", "100644", "1\n3\nx\n2\n5\n")];
    let (_, _, found) = scratch.changes_of(&old, &new);
    let found = scratch.exact(&found);
    assert_numstat(&found, &[(Some((2, 2)), None, "a".into())], "settings");
}

#[test]
fn over_the_cap_there_are_bounds_and_they_hold() {
    let mut old: Vec<u8> = (0..2_000_000).flat_map(|n: u32| format!("{}\n", n % 100).into_bytes()).collect();
    let mut new = old.clone();
    old.splice(0..0, *b"gone\nx\n");
    new.splice(3_000_000..3_000_003, *b"abc\nd\n");
    new.extend(vec![b'\n'; usize::try_from(DIFF_CAP).unwrap() - 5_000_000]);
    assert!(new.len() as u64 > DIFF_CAP);
    let scratch = Scratch::new();
    let (_, _, found) = scratch.changes_of(&[file("a", "100644", old)], &[file("a", "100644", &new)]);
    let found = scratch.exact(&found);
    let LineCount::Text { added, deleted } = found[0].lines else { panic!("text") };
    assert!(added.known().is_none() && added.at_least >= 3_000_000, "{added:?}");
    assert!(deleted.at_most <= 2_000_002, "{deleted:?}");
    // Added or deleted whole, it is free and exact.
    let (_, _, found) = scratch.changes_of(&[], &[file("a", "100644", &new)]);
    assert_eq!(found[0].lines, LineCount::Text { added: Bounds::exact(count_lines(&new)), deleted: Bounds::exact(0) });
}

#[test]
fn what_is_not_loaded_has_the_widest_bounds() {
    let large = Side::TooLarge(LOAD_CAP + 1);
    let counted = estimate(&Side::Loaded(Vec::new()), &large);
    assert_eq!(counted.inserted_bytes, Bounds::exact(LOAD_CAP + 1));
    let LineCount::Text { added, deleted } = counted.lines else { panic!("text") };
    assert_eq!((added.at_least, added.at_most, deleted.known()), (0, LOAD_CAP + 1, Some(0)));
    let counted = estimate(&large, &Side::Loaded(b"a\n".to_vec()));
    assert_eq!(counted.inserted_bytes, Bounds { at_least: 0, at_most: 2 });
}

#[test]
fn too_many_lines_are_over_the_cap_however_short() {
    let lines = usize::try_from(DIFF_LINES).unwrap();
    let text = |n: usize| b"\n".repeat(n);
    let (mut old, mut new) = (text(lines), text(lines));
    old.splice(0..2, *b"a\n");
    new.splice(lines - 2.., *b"b\n");
    let scratch = Scratch::new();
    let (_, _, found) = scratch.changes_of(&[file("a", "100644", &old)], &[file("a", "100644", &new)]);
    let found = scratch.exact(&found);
    assert_eq!(found[0].lines, LineCount::Text { added: Bounds::exact(1), deleted: Bounds::exact(1) }, "at the cap");
    old.extend(b"\n\n");
    let (_, _, found) = scratch.changes_of(&[file("a", "100644", &old)], &[file("a", "100644", &new)]);
    assert_eq!(scratch.exact(&found), found);
    assert!(!Counted { lines: found[0].lines, inserted_bytes: found[0].inserted_bytes }.is_exact());
}
