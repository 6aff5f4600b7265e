use super::*;
use crate::git::scratch::{Scratch, entry, lines};
use crate::model::EntryKind;

mod histories;
mod hostile;
mod random;
mod renames;

/// The merger's own paths in the commit `merge`.
fn judged(scratch: &Scratch, merge: Oid) -> Vec<Delta> {
    let repo = scratch.repo();
    let commit = repo.commit(merge).unwrap();
    own(&repo, &commit.parents, commit.tree, 10_000).unwrap().deltas
}

fn paths(deltas: &[Delta]) -> Vec<&str> {
    deltas.iter().map(|d| d.path.as_str().unwrap()).collect()
}

/// What git's automatic merge of the two parents holds; `None`: they conflict.
fn oracle(scratch: &Scratch, merge: Oid) -> Option<Oid> {
    oracle_of(scratch, &format!("{merge}^1"), &format!("{merge}^2"))
}

fn oracle_of(scratch: &Scratch, one: &str, two: &str) -> Option<Oid> {
    let output = scratch.try_git(&["merge-tree", "--write-tree", "--allow-unrelated-histories", one, two]);
    output.status.success().then(|| Oid::from_hex(std::str::from_utf8(&output.stdout).unwrap().trim_end()).unwrap())
}

/// The deltas are exactly what differs between git's automatic merge and the commit's tree.
fn agrees(scratch: &Scratch, merge: Oid) -> Vec<Delta> {
    let deltas = judged(scratch, merge);
    let tree = oracle(scratch, merge).expect("a clean merge");
    let expected =
        scratch.git(&["diff-tree", "-r", "--no-renames", "--abbrev=40", &tree.to_string(), &format!("{merge}^{{tree}}")]);
    let mode = |e: Option<Entry>| match e.map(|e| e.kind) {
        None => "000000",
        Some(EntryKind::File) => "100644",
        Some(EntryKind::Executable) => "100755",
        Some(EntryKind::Symlink) => "120000",
        Some(EntryKind::Submodule) => "160000",
    };
    let oid = |e: Option<Entry>| e.map_or("0".repeat(40), |e| e.oid.to_string());
    let raw: Vec<String> = deltas
        .iter()
        .map(|d| {
            let status = if d.old.is_none() {
                "A"
            } else if d.new.is_none() {
                "D"
            } else {
                "M"
            };
            let path = d.path.as_str().unwrap();
            format!(":{} {} {} {} {status}\t{path}", mode(d.old), mode(d.new), oid(d.old), oid(d.new))
        })
        .collect();
    let expected = expected.replace(" T\t", " M\t");
    assert_eq!(raw.join("\n"), expected);
    deltas
}

fn unchanged(_: &Scratch) {}

fn merged(scratch: &Scratch, one: &str, two: &str) -> Merged {
    automatic(&scratch.repo(), scratch.oid(one), scratch.oid(two)).unwrap()
}

/// `main` and `side` from one base: each closure works on its branch.
fn sides(base: &[(&str, &str)], ours: impl FnOnce(&Scratch), theirs: impl FnOnce(&Scratch)) -> Scratch {
    let scratch = Scratch::with(base);
    scratch.branch("side", "main");
    theirs(&scratch);
    scratch.commit_all();
    scratch.branch("main", "main");
    ours(&scratch);
    scratch.commit_all();
    scratch
}

#[test]
fn a_clean_merge_adds_nothing() {
    let base = [("a", "1\n"), ("b", "1\n"), ("d/e", "1\n")];
    let scratch = sides(&base, |s| s.write("a", "2\n"), |s| s.files(&[("b", "2\n"), ("d/n", "x\n")]));
    let tree = oracle(&scratch, scratch.merge(&["side"], unchanged)).unwrap();
    assert_eq!(agrees(&scratch, scratch.oid("main")), []);
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(tree));
}

#[test]
fn one_file_changed_on_both_sides_in_different_places() {
    let text = lines("line", 20);
    let scratch = sides(
        &[("a", &text)],
        |s| s.write("a", text.replace("line 2\n", "ours\n")),
        |s| s.write("a", text.replace("line 18\n", "theirs\n")),
    );
    let tree = oracle(&scratch, scratch.merge(&["side"], unchanged)).unwrap();
    assert_eq!(agrees(&scratch, scratch.oid("main")), []);
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(tree));
}

#[test]
fn an_edit_slipped_in_is_the_mergers_own_and_counted_against_the_merged_file() {
    let text = lines("line", 20);
    let scratch = sides(
        &[("a", &text), ("b", "1\n")],
        |s| s.write("a", text.replace("line 2\n", "ours\n")),
        |s| s.write("a", text.replace("line 18\n", "theirs\n")),
    );
    let evil = text.replace("line 2\n", "ours\n").replace("line 18\n", "theirs\n").replace("line 10\n", "evil\n");
    let merge = scratch.merge(&["side"], |s| s.files(&[("a", &evil), ("new", "evil\n"), ("b", "evil\n")]));
    let deltas = agrees(&scratch, merge);
    assert_eq!(paths(&deltas), ["a", "b", "new"]);
    let repo = scratch.repo();
    assert_eq!(own(&repo, &repo.commit(merge).unwrap().parents, repo.commit(merge).unwrap().tree, 10).unwrap().deltas, deltas);
}

#[test]
fn ours_drops_all_of_theirs() {
    let scratch = sides(&[("a", "1\n"), ("b", "1\n")], |s| s.write("a", "2\n"), |s| s.files(&[("b", "2\n"), ("c", "1\n")]));
    let merge = scratch.merge(&["side"], |s| {
        s.git(&["checkout", "-q", "-f", "main", "--", "."]);
        s.git(&["rm", "-q", "-f", "c"]);
    });
    assert_eq!(paths(&agrees(&scratch, merge)), ["b", "c"]);
}

#[test]
fn a_fix_dropped_from_a_file_that_both_changed() {
    let text = lines("line", 20);
    let ours = text.replace("line 2\n", "ours\n");
    let scratch = sides(&[("a", &text)], |s| s.write("a", &ours), |s| s.write("a", text.replace("line 18\n", "theirs\n")));
    let merge = scratch.merge(&["side"], |s| s.write("a", &ours));
    assert_eq!(paths(&agrees(&scratch, merge)), ["a"]);
}

#[test]
fn deleted_here_and_modified_there_is_the_mergers_own_either_way() {
    let base = [("a", "1\n2\n3\n4\n5\n"), ("b", "1\n")];
    let make = || sides(&base, |s| drop(s.git(&["rm", "-q", "a"])), |s| s.write("a", "1\n2\n3\n4\n6\n"));
    let scratch = make();
    let merge = scratch.merge(&["side"], |s| drop(s.git(&["rm", "-q", "-f", "a"])));
    let deltas = judged(&scratch, merge);
    assert_eq!(paths(&deltas), ["a"]);
    assert_eq!((deltas[0].old.map(|e| e.oid), deltas[0].new), (Some(scratch.oid("side:a")), None));
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Conflicts(vec!["a".into()]));

    let scratch = make();
    let merge = scratch.merge(&["side"], |s| s.write("a", "1\n2\n3\n4\n6\n"));
    let deltas = judged(&scratch, merge);
    assert_eq!(paths(&deltas), ["a"]);
    assert_eq!(deltas[0].old, deltas[0].new);
}

#[test]
fn a_conflict_is_counted_against_the_nearer_parent() {
    let scratch = sides(&[("a", "1\n"), ("b", "1\n")], |s| s.write("a", "ours\n"), |s| s.write("a", "x\ny\nz\n"));
    let merge = scratch.merge(&["side"], |s| s.write("a", "x\ny\nz\nours\n"));
    let deltas = judged(&scratch, merge);
    assert_eq!(paths(&deltas), ["a"]);
    assert_eq!(deltas[0].old.unwrap().oid, scratch.oid("side:a"));
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Conflicts(vec!["a".into()]));
}

#[test]
fn modes_merge_like_content() {
    let text = lines("line", 20);
    let chmod = |s: &Scratch| {
        s.git(&["update-index", "--chmod=+x", "a"]);
        s.git(&["commit", "-q", "-m", "mode"]);
        s.git(&["reset", "-q", "--hard"]);
    };
    let scratch = sides(&[("a", &text)], chmod, |s| s.write("a", text.replace("line 18\n", "theirs\n")));
    let tree = oracle(&scratch, scratch.merge(&["side"], unchanged)).unwrap();
    assert_eq!(agrees(&scratch, scratch.oid("main")), []);
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(tree));

    let scratch = sides(&[("a", &text)], |s| s.write("b", ""), |s| s.write("a", "2\n"));
    let merge = scratch.merge(&["side"], |s| {
        s.git(&["update-index", "--chmod=+x", "a"]);
        s.git(&["checkout-index", "-f", "a"]);
    });
    assert_eq!(paths(&agrees(&scratch, merge)), ["a"]);
}

#[test]
fn added_on_both_sides() {
    let same = |s: &Scratch| s.write("new", "same\n");
    let scratch = sides(&[("a", "1\n")], same, same);
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
    let scratch = sides(&[("a", "1\n")], |s| s.write("new", "ours\n"), |s| s.write("new", "theirs\n"));
    let merge = scratch.merge(&["side"], |s| s.write("new", "both\n"));
    assert_eq!(paths(&judged(&scratch, merge)), ["new"]);
}

#[test]
fn links_and_submodules() {
    let link = |target: &'static str| {
        move |s: &Scratch| {
            s.try_git(&["rm", "-q", "-f", "link"]);
            std::os::unix::fs::symlink(target, s.path().join("link")).unwrap();
        }
    };
    let scratch = sides(&[("a", "1\n")], link("a"), |s| s.write("b", "1\n"));
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
    assert_eq!(paths(&agrees(&scratch, scratch.merge(&["side"], link("b")))), ["link"]);
    let scratch = sides(&[("a", "1\n")], link("a"), link("b"));
    let merge = scratch.merge(&["side"], link("a"));
    assert_eq!(paths(&judged(&scratch, merge)), ["link"]);

    let module = |id: &str| {
        let info = format!("160000,{},module", id.repeat(40));
        move |s: &Scratch| {
            s.git(&["update-index", "--add", "--cacheinfo", &info]);
            s.git(&["commit", "-q", "-m", "module"]);
        }
    };
    let scratch = Scratch::with(&[("a", "1\n")]);
    scratch.branch("side", "main");
    module("1")(&scratch);
    scratch.branch("main", "main");
    scratch.commit_files(&[("a", "2\n")]);
    let tree = oracle_of(&scratch, "main", "side").unwrap();
    assert_eq!(merged(&scratch, "main", "side"), Merged::Clean(tree));
    module("2")(&scratch);
    assert_eq!(merged(&scratch, "main", "side"), Merged::Conflicts(vec!["module".into()]));
    let repo = scratch.repo();
    let parents = [scratch.oid("main"), scratch.oid("side")];
    assert_eq!(paths(&own(&repo, &parents, scratch.oid("main^{tree}"), 10).unwrap().deltas), ["module"]);
}

#[test]
fn a_file_here_and_a_directory_there() {
    let scratch = sides(&[("a", "1\n")], |s| s.write("n", "file\n"), |s| s.write("n/x", "below\n"));
    assert!(matches!(merged(&scratch, "main", "side"), Merged::Conflicts(_)));
    let merge = scratch.merge(&["side"], |s| {
        s.try_git(&["rm", "-q", "-rf", "."]);
        std::fs::remove_dir_all(s.path().join("n")).ok();
        s.write("n", "file\n");
        s.write("a", "1\n");
        for entry in std::fs::read_dir(s.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().contains('~') {
                std::fs::remove_file(path).unwrap();
            }
        }
    });
    assert_eq!(paths(&judged(&scratch, merge)), ["n/x"]);
}

#[test]
fn a_directory_that_becomes_a_file_merges() {
    let scratch = sides(
        &[("d/x", "1\n"), ("a", "1\n")],
        |s| {
            s.git(&["rm", "-q", "d/x"]);
            s.write("d", "file\n");
        },
        |s| s.write("a", "2\n"),
    );
    let tree = oracle(&scratch, scratch.merge(&["side"], unchanged)).unwrap();
    assert_eq!(merged(&scratch, "side", "main^1"), Merged::Clean(tree));
    assert_eq!(agrees(&scratch, scratch.oid("main")), []);
}

#[test]
fn a_merge_that_leaves_nothing_of_a_file_but_itself() {
    let text = lines("line", 20);
    let head: String = lines("line", 8);
    let tail: String = text.split_inclusive('\n').skip(12).collect();
    let scratch = sides(&[("a", &text)], |s| s.write("a", text.replace(&head, "")), |s| s.write("a", text.replace(&tail, "")));
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
    let two = "1\n2\n3\n";
    let scratch = sides(&[("a", two)], |s| s.write("a", ""), |s| s.write("a", ""));
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
}
