//! Changed files, held against real git's.

use super::*;
use crate::change::{LineTouch, LinkTarget};
use crate::git::scratch::{self, Dice, File, Scratch, assert_numstat, deltas, file, numstat, policy, run};

fn described(scratch: &Scratch, old: &[File], new: &[File], policy: &Policy) -> Vec<FileChange> {
    let (old, new) = (scratch.tree(old), scratch.tree(new));
    let deltas = deltas(scratch.path(), old, new);
    file_changes(&scratch.repo(), deltas, new, policy).unwrap()
}

fn changes(old: &[File], new: &[File]) -> Vec<FileChange> {
    described(&Scratch::new(), old, new, &policy(&[]))
}

/// The same moves and counts as git's, with identical content alone and with similarity. Gives how many pairs the latter found.
fn assert_like_git(old: &[File], new: &[File]) -> usize {
    let scratch = Scratch::new();
    let (old, new) = (scratch.tree(old), scratch.tree(new));
    let ours = |similar: bool| {
        let deltas = deltas(scratch.path(), old, new);
        let repo = scratch.repo();
        let mut found = file_changes(&repo, deltas, new, &policy(&[])).unwrap();
        count_exactly(&repo, &mut found).unwrap();
        if similar { join_similar(&repo, &found).unwrap() } else { found }
    };
    let (identical, similar) = (ours(false), ours(true));
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

#[test]
fn kinds_of_change_are_told_apart() {
    let old = [
        file("edited", "100644", "1\n"),
        file("chmod", "100644", "1\n2\n"),
        file("typed", "100644", "target"),
        file("deleted", "100644", "gone\n"),
        file("moved", "100644", "moved\n"),
    ];
    let new = [
        file("edited", "100644", "2\n"),
        file("chmod", "100755", "1\n2\n"),
        file("typed", "120000", "target"),
        file("added", "100644", "new\n"),
        file("to/moved", "100755", "moved\n"),
    ];
    let found = changes(&old, &new);
    let brief: Vec<_> = found.iter().map(|c| (c.path.as_str().unwrap(), c.status.clone(), c.size)).collect();
    assert_eq!(
        brief,
        [
            ("added", FileStatus::Added, 4),
            ("chmod", FileStatus::Modified, 4),
            ("deleted", FileStatus::Deleted, 0),
            ("edited", FileStatus::Modified, 2),
            ("to/moved", FileStatus::Renamed { from: "moved".into() }, 6),
            ("typed", FileStatus::TypeChanged, 6),
        ]
    );
    let moved = &found[4];
    assert_eq!((moved.old.unwrap().kind, moved.new.unwrap().kind), (EntryKind::File, EntryKind::Executable));
    assert_eq!((moved.lines, moved.inserted_bytes), (Counted::NOTHING.lines, Counted::NOTHING.inserted_bytes));
}

fn links(old: &[File], new: &[File], path: &str) -> Vec<LinkTarget> {
    changes(old, new).into_iter().find(|c| c.path == path.into()).unwrap().links
}

fn inside(path: &str) -> LinkTarget {
    LinkTarget::Inside(path.into())
}

fn outside(target: &str) -> LinkTarget {
    LinkTarget::Outside(target.as_bytes().to_vec())
}

#[test]
fn links_resolve_within_the_tree() {
    let links_of = |target: &str| links(&[], &[file("a/b/link", "120000", target)], "a/b/link");
    assert_eq!(links_of("x"), [inside("a/b/x")]);
    assert_eq!(links_of("./x//y/."), [inside("a/b/x/y")]);
    assert_eq!(links_of("../../x"), [inside("x")]);
    assert_eq!(links_of("../.."), [inside("")]);
    assert_eq!(links_of("../../.."), [outside("../../..")]);
    assert_eq!(links_of("../../../a/b/x"), [outside("../../../a/b/x")]);
    assert_eq!(links_of("x/../../../../y"), [outside("x/../../../../y")]);
    assert_eq!(links_of("/etc/passwd"), [outside("/etc/passwd")]);
    for unknown in ["a\0/../../../..", "x".repeat(4097).as_str()] {
        assert!(matches!(links_of(unknown).as_slice(), [LinkTarget::Unknown(_)]), "{unknown}");
    }
}

#[test]
fn links_are_followed_through_links_of_the_tree() {
    let tree = |target: &str| {
        vec![
            file("a/link", "120000", target),
            file("out", "120000", "../elsewhere"),
            file("deep/down", "120000", "../area/sub"),
            file("area/sub/file", "100644", "x\n"),
            file("loop1", "120000", "loop2"),
            file("loop2", "120000", "loop1"),
            file("a/top", "120000", ".."),
        ]
    };
    let links_of = |target: &str| links(&[], &tree(target), "a/link");
    assert_eq!(links_of("../out/x"), [outside("../out/x")]);
    assert_eq!(links_of("../deep/down/file"), [inside("area/sub/file")]);
    assert_eq!(links_of("../deep/down/../x"), [inside("area/x")]);
    assert_eq!(links_of("top/top/x"), [inside("top/x")]);
    assert_eq!(links_of("top/../x"), [outside("top/../x")]);
    assert!(matches!(links_of("../loop1/x").as_slice(), [LinkTarget::Unknown(_)]));
    assert!(matches!(links_of("link").as_slice(), [LinkTarget::Unknown(_)]));
    let chain: Vec<File> = (0..40).map(|i| file(format!("{i:02}"), "120000", format!("{:02}", i + 1))).collect();
    assert_eq!(links(&[], &chain, "00"), [inside("40")]);
    let longer: Vec<File> = (0..60).map(|i| file(format!("{i:02}"), "120000", format!("{:02}", i + 1))).collect();
    assert!(matches!(links(&[], &longer, "00").as_slice(), [LinkTarget::Unknown(_)]));
}

#[test]
fn both_sides_of_a_link_are_shown() {
    let old = [file("d/l", "120000", "x"), file("r/l", "120000", "same"), file("t", "120000", "/etc"), file("gone", "120000", "y")];
    let new = [file("d/l", "120000", "../../x"), file("s/l", "120000", "same"), file("t", "100644", "text\n")];
    let scratch = Scratch::new();
    let found = described(&scratch, &old, &new, &policy(&[]));
    let links: Vec<_> = found.into_iter().map(|c| (c.path, c.links)).collect();
    assert_eq!(
        links,
        [
            ("d/l".into(), vec![inside("d/x"), outside("../../x")]),
            ("gone".into(), vec![inside("y")]),
            ("s/l".into(), vec![inside("r/same"), inside("s/same")]),
            ("t".into(), vec![outside("/etc")]),
        ]
    );
}

#[test]
fn an_old_link_keeps_its_place_when_its_directory_becomes_a_link() {
    let old = [file("d/e/l", "120000", "../x"), file("d/e/f", "100644", "f\n")];
    let new = [file("d", "120000", "elsewhere")];
    assert_eq!(links(&old, &new, "d/e/l"), [inside("d/x")]);
}

fn collisions(old: &[&str], new: &[&str]) -> Vec<(String, Vec<RepoPath>)> {
    let files = |paths: &[&str]| -> Vec<File> { paths.iter().map(|path| file(path, "100644", path)).collect() };
    let found = changes(&files(old), &files(new));
    found.into_iter().map(|c| (c.path.as_str().unwrap().to_owned(), c.collisions)).filter(|(_, c)| !c.is_empty()).collect()
}

#[test]
fn names_that_fold_onto_each_other_collide() {
    let found = collisions(&["src/main.rs", "README"], &["src/main.rs", "README", "src/Main.rs"]);
    assert_eq!(found, [("src/Main.rs".to_owned(), vec!["src/main.rs".into()])]);
    let found = collisions(&["src/api/a"], &["src/api/a", "src/API/b"]);
    assert_eq!(found, [("src/API/b".to_owned(), vec!["src/api".into()])]);
    let found = collisions(&[], &["A/x", "a"]);
    assert_eq!(found, [("A/x".to_owned(), vec!["a".into()]), ("a".to_owned(), vec!["A".into()])]);
    assert_eq!(collisions(&["a", "A"], &["a", "A", "b"]), []);
    assert_eq!(collisions(&["readme"], &["README"]), [], "the other is gone");
    // What is equal beyond ASCII is the policy's to say.
    for (one, other) in [("\u{e9}", "e\u{301}"), ("\u{c9}", "\u{e9}"), ("k", "\u{212a}"), ("ss", "\u{df}"), ("\u{e9}", "e")] {
        let equal = crate::policy::fold(one.as_bytes()) == crate::policy::fold(other.as_bytes());
        assert_eq!(!collisions(&[], &[one, other]).is_empty(), equal, "{one} {other}");
    }
}

#[test]
fn a_move_can_collide_and_an_edit_does_not() {
    let old =
        [file("x", "100644", "moved\n"), file("a", "100644", "1\n"), file("A", "100644", "1\n"), file("dir/y", "100644", "y\n")];
    let new = [
        file("dir/Y", "100644", "moved\n"),
        file("a", "100644", "2\n"),
        file("A", "100644", "1\n"),
        file("dir/y", "100644", "y\n"),
    ];
    let found = changes(&old, &new);
    let brief: Vec<_> = found.into_iter().map(|c| (c.path, c.collisions)).collect();
    assert_eq!(brief, [("a".into(), vec![]), ("dir/Y".into(), vec!["dir/y".into()])]);
}

#[test]
fn a_malformed_tree_is_read_by_name_and_a_damaged_one_is_an_error() {
    let scratch = Scratch::new();
    let repo = scratch.repo();
    let blob = repo.write(crate::git::Kind::Blob, b"x").unwrap();
    let mut raw = Vec::new();
    for (mode, name) in [("100666", "a"), ("100644", ""), ("100644", "A")] {
        raw.extend(format!("{mode} {name}\0").bytes());
        raw.extend(blob.as_bytes());
    }
    let tree = repo.write(crate::git::Kind::Tree, &raw).unwrap();
    let new = Entry { kind: EntryKind::File, oid: blob };
    let added = |path: &str| Delta { path: path.into(), old: None, new: Some(new) };
    let found = file_changes(&repo, vec![added("a")], tree, &policy(&[])).unwrap();
    assert_eq!(found[0].collisions, ["A".into()]);
    let cut = repo.write(crate::git::Kind::Tree, &raw[..raw.len() - 1]).unwrap();
    assert!(file_changes(&repo, vec![added("a")], cut, &policy(&[])).is_err());
}

#[test]
fn what_is_missing_is_an_error() {
    let scratch = Scratch::new();
    let tree = scratch.tree(&[file("a", "100644", "x\n")]);
    let missing = Oid::from_hex("1234567890123456789012345678901234567890").unwrap();
    for kind in [EntryKind::File, EntryKind::Symlink] {
        let delta = Delta { path: "a".into(), old: None, new: Some(Entry { kind, oid: missing }) };
        let error = file_changes(&scratch.repo(), vec![delta], tree, &policy(&[])).unwrap_err();
        assert!(error.message.starts_with("could not read `a`: object 1234567890"), "{error}");
    }
    let tree_as_file = Delta { path: "a".into(), old: None, new: Some(Entry { kind: EntryKind::File, oid: tree }) };
    assert!(file_changes(&scratch.repo(), vec![tree_as_file], tree, &policy(&[])).is_err());
}

fn touches(patterns: &[&str], old: &[u8], new: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let side = |content: &[u8]| vec![file("a", "100644", content), file("other", "100644", "x\n")];
    let found = described(&Scratch::new(), &side(old), &side(new), &policy(&[("area", patterns)]));
    match &found[0].line_touches {
        LineTouches::Known(touches) => touches.iter().map(|t| (t.line, t.text.clone())).collect(),
        LineTouches::Unknown(why) => panic!("{why}"),
    }
}

#[test]
fn changes_of_matching_lines_are_touches() {
    let one = |line: u64, text: &str| vec![(line, text.as_bytes().to_vec())];
    let mark = &["add_middleware\\("][..];
    assert_eq!(touches(mark, b"a\n", b"b\n"), []);
    assert_eq!(touches(mark, b"a\nadd_middleware(x)\n", b"b\nc\nadd_middleware(x)\n"), [], "it only moved down");
    assert_eq!(touches(mark, b"a\n", b"a\n  add_middleware(x)\n"), one(2, "  add_middleware(x)"));
    assert_eq!(touches(mark, b"a\nadd_middleware(x)\n", b"a\n"), one(2, "add_middleware(x)"));
    assert_eq!(touches(mark, b"a\nadd_middleware(x)\n", b"a\nadd_middleware(y)"), one(2, "add_middleware(y)"));
    assert_eq!(touches(mark, b"add_middleware(x)", b"add_middleware(x)\nz\n"), [], "the text is the same");
    assert_eq!(touches(mark, b"\0add_middleware(x)\n", b"\0\n"), one(1, "\0add_middleware(x)"));
    let swapped = touches(mark, b"q\nadd_middleware(x)\nadd_middleware(y)\n", b"q\nadd_middleware(y)\nadd_middleware(x)\n");
    assert_eq!(swapped, one(2, "add_middleware(y)"));
    let doubled = touches(mark, b"add_middleware(x)\n", b"add_middleware(x)\nadd_middleware(x)\n");
    assert_eq!(doubled, one(2, "add_middleware(x)"));
    let removed =
        touches(mark, b"add_middleware(x)\nadd_middleware(y)\nadd_middleware(z)\n", b"add_middleware(x)\nadd_middleware(z)\n");
    assert_eq!(removed, one(2, "add_middleware(y)"));
}

#[test]
fn lines_are_matched_one_by_one() {
    let one = |line: u64, text: &[u8]| vec![(line, text.to_vec())];
    assert_eq!(touches(&["^import os$"], b"a\nb\n", b"a\nimport os\nb\n"), one(2, b"import os"));
    assert_eq!(touches(&["^import os$"], b"a\nb\n", b"a\r\nimport os\r\nb\n"), one(2, b"import os\r"));
    assert_eq!(touches(&["\\Aimport os\\z"], b"a\nb\n", b"a\nimport os\nb\n"), one(2, b"import os"));
    assert_eq!(touches(&["(?i)IMPORT"], b"a\nb\n", b"a\nimport os\nb\n"), one(2, b"import os"));
    assert_eq!(touches(&["a\\s+b"], b"x\n", b"a\nb\n"), [], "a pattern doesn't reach over lines");
    assert_eq!(touches(&["^$"], b"a\nb\n", b"a\n\nb\n"), one(2, b""));
    let crlf = touches(&["import"], b"import os\nx\n", b"import os\r\nx\r\n");
    assert_eq!(crlf, one(1, b"import os\r"), "a change of line ends is a change of the line");
    let long = touches(&["long"], b"", &[b"long".to_vec(), vec![b'.'; 500]].concat());
    assert_eq!(long[0].1.len(), 200);
}

#[test]
fn whole_files_and_links_touch_and_moves_do_not() {
    let old =
        [file("deleted", "100644", "x\nguarded\n"), file("moved", "100644", "guarded too\n"), file("sub", "100644", "guarded\n")];
    let new = [
        file("added", "100644", "\n\nguarded 3\n"),
        file("to/moved", "100644", "guarded too\n"),
        file("link", "120000", "guarded"),
        file("sub", "160000", "1234567890123456789012345678901234567890"),
    ];
    let both = policy(&[("one", &["guarded"]), ("two", &["Subproject", "guarded [0-9]"]), ("none", &[])]);
    let found = described(&Scratch::new(), &old, &new, &both);
    let touch = |area: &str, line, text: &str| LineTouch { area: area.to_owned(), line, text: text.as_bytes().to_vec() };
    let brief: Vec<_> = found.into_iter().map(|c| (c.path, c.line_touches)).collect();
    assert_eq!(
        brief,
        [
            ("added".into(), LineTouches::Known(vec![touch("one", 3, "guarded 3"), touch("two", 3, "guarded 3")])),
            ("deleted".into(), LineTouches::Known(vec![touch("one", 2, "guarded")])),
            ("link".into(), LineTouches::Known(vec![touch("one", 1, "guarded")])),
            ("sub".into(), LineTouches::Known(vec![touch("one", 1, "guarded")])),
            ("to/moved".into(), LineTouches::Known(vec![])),
        ]
    );
}

#[test]
fn what_is_too_large_to_search_is_unknown() {
    let policy = policy(&[("area", &["x"])]);
    let (large, small) = (Side::TooLarge(1 << 30), Side::Loaded(Vec::new()));
    assert!(matches!(ContentAreas::of(&policy).touches(&small, &large), LineTouches::Unknown(_)));
    assert_eq!(ContentAreas::of(&scratch::policy(&[])).touches(&small, &large), LineTouches::Known(vec![]));
}

/// Every commit of a repository that `GUARD_TEST_REPOSITORY` names (merges aside), on demand.
#[test]
#[ignore = "needs a repository: GUARD_TEST_REPOSITORY=<path> cargo test -- --ignored real_history"]
fn real_history_counts_as_in_git() {
    let dir = std::path::PathBuf::from(std::env::var_os("GUARD_TEST_REPOSITORY").unwrap());
    let most = std::env::var("GUARD_TEST_COMMITS").unwrap_or("500".to_owned());
    let list = run(&dir, &["rev-list", "--no-merges", "--parents", "-n", &most, "--all"]);
    let repo = Repo::open_at(&dir);
    let nothing = policy(&[]);
    let (mut commits, mut similar) = (0, 0);
    for line in String::from_utf8(list).unwrap().lines() {
        let Some((commit, parent)) = line.split_once(' ') else { continue };
        let tree = repo.commit(Oid::from_hex(commit).unwrap()).unwrap().tree;
        let mut found = match file_changes(&repo, deltas(&dir, parent, commit), tree, &nothing) {
            Ok(found) => found,
            Err(e) if e.message.contains("is missing") => continue, // a partial clone, and git can't count it either
            Err(e) => panic!("{commit}: {e}"),
        };
        count_exactly(&repo, &mut found).unwrap();
        assert_numstat(&found, &theirs(&dir, "-M100%", parent, commit, &found), commit);
        let joined = join_similar(&repo, &found).unwrap();
        similar += usize::from(joined.len() != found.len());
        assert_numstat(&joined, &theirs(&dir, "-M", parent, commit, &joined), commit);
        commits += 1;
    }
    assert!(commits > 0 && similar > 0, "{commits} commits, {similar} with similar files");
}

/// git calls an unchanged file binary where it is; we don't look, since it has no lines either way.
fn theirs(dir: &std::path::Path, how: &str, old: &str, new: &str, ours: &[FileChange]) -> Vec<scratch::Stat> {
    let mut theirs = numstat(dir, how, old, new);
    for (stat, change) in theirs.iter_mut().zip(ours) {
        if change.old.map(|e| e.oid) == change.new.map(|e| e.oid) {
            stat.0 = stat.0.or(Some((0, 0)));
        }
    }
    theirs
}
