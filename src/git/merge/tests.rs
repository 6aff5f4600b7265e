use super::scratch::{Scratch, lines};
use super::*;
use crate::change::EntryKind;

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
fn oracle(scratch: &Scratch, merge: Oid) -> Option<String> {
    let (one, two) = (format!("{merge}^1"), format!("{merge}^2"));
    let (clean, tree) = scratch.try_git(&["merge-tree", "--write-tree", "--allow-unrelated-histories", &one, &two]);
    clean.then_some(tree)
}

/// The deltas are exactly what differs between git's automatic merge and the commit's tree.
fn agrees(scratch: &Scratch, merge: Oid) -> Vec<Delta> {
    let deltas = judged(scratch, merge);
    let tree = oracle(scratch, merge).expect("a clean merge");
    let expected = scratch.git(&["diff-tree", "-r", "--no-renames", "--abbrev=40", &tree, &format!("{merge}^{{tree}}")]);
    let mode = |e: Option<Entry>| match e.map(|e| e.kind) {
        None => "000000",
        Some(EntryKind::File) => "100644",
        Some(EntryKind::Executable) => "10755",
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
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
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
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
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

fn renamed() -> (Scratch, String) {
    let text = lines("line", 20);
    let edited = text.replace("line 18\n", "fix\n");
    let scratch = sides(&[("old", &text), ("keep", "1\n")], |s| drop(s.git(&["mv", "old", "new"])), |s| s.write("old", &edited));
    (scratch, edited)
}

#[test]
fn an_edit_that_follows_a_rename_is_nobodys_own() {
    let (scratch, edited) = renamed();
    let merge = scratch.merge(&["side"], unchanged);
    assert_eq!(scratch.git(&["show", "main:new"]), edited.trim_end());
    assert_eq!(agrees(&scratch, merge), []);
    let (scratch, _) = renamed();
    let tree = oracle(&scratch, scratch.merge(&["side"], unchanged)).unwrap();
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
    assert_eq!(merged(&scratch, "side", "main^1"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
}

#[test]
fn an_edit_dropped_across_a_rename_is() {
    let (scratch, _) = renamed();
    let merge = scratch.merge(&["side"], |s| s.write("new", lines("line", 20)));
    assert_eq!(paths(&agrees(&scratch, merge)), ["new"]);
}

#[test]
fn an_edit_kept_under_the_old_name_is() {
    let (scratch, edited) = renamed();
    let merge = scratch.merge(&["side"], |s| {
        s.git(&["rm", "-q", "-f", "new"]);
        s.write("old", &edited);
    });
    assert_eq!(paths(&agrees(&scratch, merge)), ["new", "old"]);
}

#[test]
fn both_names_with_the_edit_dropped_are() {
    let (scratch, edited) = renamed();
    let merge = scratch.merge(&["side"], |s| s.files(&[("old", &edited), ("new", &lines("line", 20))]));
    assert_eq!(paths(&agrees(&scratch, merge)), ["new", "old"]);
}

#[test]
fn a_rename_with_edits_on_both_sides() {
    let text = lines("line", 20);
    let scratch = sides(
        &[("d/old", &text)],
        |s| {
            s.git(&["mv", "d/old", "new"]);
            s.write("new", text.replace("line 2\n", "ours\n"));
        },
        |s| s.write("d/old", text.replace("line 18\n", "theirs\n")),
    );
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
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
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(Oid::from_hex(&tree).unwrap()));

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
fn a_merge_without_a_common_ancestor() {
    let scratch = Scratch::with(&[("a", "1\n")]);
    scratch.git(&["checkout", "-q", "--orphan", "side"]);
    scratch.git(&["rm", "-q", "-rf", "."]);
    scratch.commit(&[("b", "1\n")]);
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
    let error = automatic(&scratch.repo(), scratch.oid("main^1"), scratch.oid("side")).unwrap_err();
    assert!(error.message.ends_with("share no history"), "{error}");
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
    scratch.commit(&[("a", "2\n")]);
    let tree = oracle_of(&scratch, "main", "side").unwrap();
    assert_eq!(merged(&scratch, "main", "side"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
    module("2")(&scratch);
    assert_eq!(merged(&scratch, "main", "side"), Merged::Conflicts(vec!["module".into()]));
    let repo = scratch.repo();
    let parents = [scratch.oid("main"), scratch.oid("side")];
    assert_eq!(paths(&own(&repo, &parents, scratch.oid("main^{tree}"), 10).unwrap().deltas), ["module"]);
}

fn oracle_of(scratch: &Scratch, one: &str, two: &str) -> Option<String> {
    let (clean, tree) = scratch.try_git(&["merge-tree", "--write-tree", one, two]);
    clean.then_some(tree)
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
    assert_eq!(merged(&scratch, "side", "main^1"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
    assert_eq!(agrees(&scratch, scratch.oid("main")), []);
}

/// Both sides merged each other once before.
fn crossed() -> (Scratch, String) {
    let text = lines("line", 40);
    let scratch = sides(
        &[("a", &text), ("b", "1\n")],
        |s| s.write("a", text.replace("line 2\n", "ours\n")),
        |s| s.write("a", text.replace("line 20\n", "theirs\n")),
    );
    scratch.git(&["branch", "one"]);
    scratch.git(&["branch", "two", "side"]);
    scratch.merge(&["two"], unchanged);
    scratch.branch("side", "side");
    scratch.git(&["merge", "-q", "one"]);
    let both = text.replace("line 2\n", "ours\n").replace("line 20\n", "theirs\n");
    scratch.write("a", both.replace("line 30\n", "side again\n"));
    scratch.commit_all();
    scratch.branch("main", "main");
    scratch.write("a", both.replace("line 2\n", "main again\n"));
    scratch.commit_all();
    assert_eq!(scratch.git(&["merge-base", "--all", "main", "side"]).lines().count(), 2);
    (scratch, both)
}

#[test]
fn a_criss_cross_merge() {
    let (scratch, _) = crossed();
    let tree = oracle(&scratch, scratch.merge(&["side"], unchanged)).unwrap();
    assert_eq!(agrees(&scratch, scratch.oid("main")), []);
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(Oid::from_hex(&tree).unwrap()));
    let (scratch, both) = crossed();
    let merge = scratch.merge(&["side"], |s| s.write("a", both));
    assert_eq!(paths(&agrees(&scratch, merge)), ["a"]);
}

fn octopus() -> Scratch {
    let text = lines("line", 40);
    let scratch = Scratch::with(&[("a", &text), ("b", "1\n"), ("c", "1\n")]);
    for (branch, line) in [("one", 10), ("two", 20), ("three", 30)] {
        scratch.branch(branch, "main");
        scratch.commit(&[("a", &text.replace(&format!("line {line}\n"), branch)), (branch, "new\n")]);
    }
    scratch.branch("main", "main");
    scratch.commit(&[("b", "2\n")]);
    scratch
}

#[test]
fn an_octopus_is_folded() {
    let branches = ["one", "two", "three"];
    let scratch = octopus();
    let merge = scratch.merge(&branches, unchanged);
    assert_eq!(scratch.repo().commit(merge).unwrap().parents.len(), 4);
    assert_eq!(judged(&scratch, merge), []);
    let scratch = octopus();
    let merge = scratch.merge(&branches, |s| {
        s.write("c", "evil\n");
        s.git(&["rm", "-q", "-f", "two"]);
    });
    assert_eq!(paths(&judged(&scratch, merge)), ["c", "two"]);
}

#[test]
fn what_conflicts_in_an_octopus_is_the_mergers_own() {
    let scratch = octopus();
    scratch.branch("two", "one~1");
    scratch.commit(&[("a", &lines("line", 40).replace("line 10\n", "other\n"))]);
    scratch.branch("main", "main");
    let merge = scratch.merge(&["one", "two", "three"], |s| {
        s.git(&["read-tree", "main"]);
        s.git(&["checkout", "-q", "-f", "main"]);
        s.write("a", lines("mine", 3));
        s.write("one", "new\n");
        s.write("three", "new\n");
    });
    assert_eq!(scratch.repo().commit(merge).unwrap().parents.len(), 4);
    assert_eq!(paths(&judged(&scratch, merge)), ["a"]);
}

#[test]
fn a_directory_that_moved_carries_the_few_edits_of_the_other_side() {
    let names: Vec<String> = (0..300).map(|i| format!("{i}")).collect();
    let scratch = Scratch::new();
    for name in &names {
        scratch.write(&format!("old/{name}.txt"), lines(&format!("file {name} line"), 10));
    }
    scratch.commit_all();
    scratch.branch("side", "main");
    for name in ["7", "107"] {
        scratch.write(&format!("old/{name}.txt"), lines(&format!("file {name} line"), 11));
    }
    scratch.commit_all();
    scratch.branch("main", "main");
    scratch.git(&["mv", "old", "new"]);
    scratch.write("new/107.txt", format!("first\n{}", lines("file 107 line", 10)));
    scratch.commit_all();
    let merge = scratch.merge(&["side"], unchanged);
    assert_eq!(agrees(&scratch, merge), []);
    let merge = scratch.merge_again(|s| s.write("new/7.txt", lines("file 7 line", 10)));
    assert_eq!(paths(&agrees(&scratch, merge)), ["new/7.txt"]);
}

#[test]
fn a_malformed_tree_is_the_merges_problem_only_where_no_parent_has_it() {
    let scratch = sides(&[("a", "1\n")], |s| s.write("b", "1\n"), |s| s.write("c", "1\n"));
    let blob = scratch.oid("main:a");
    let mut bytes = Vec::new();
    for _ in 0..2 {
        bytes.extend_from_slice(b"100644 x\0");
        bytes.extend_from_slice(blob.as_bytes());
    }
    std::fs::write(scratch.home().join("tree"), bytes).unwrap();
    let file = scratch.home().join("tree");
    let twice = scratch.git(&["hash-object", "-w", "-t", "tree", "--literally", file.to_str().unwrap()]);
    let tree = scratch.git_with(&["mktree"], &format!("040000 tree {twice}\td\n100644 blob {blob}\ta\n"));
    let tree = Oid::from_hex(&tree).unwrap();
    let repo = scratch.repo();
    let (main, side) = (scratch.oid("main"), scratch.oid("side"));
    let problems = own(&repo, &[main, side], tree, 100).unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    let theirs = scratch.git(&["commit-tree", "-p", "side", "-m", "malformed", &tree.to_string()]);
    let theirs = Oid::from_hex(&theirs).unwrap();
    assert_eq!(own(&repo, &[main, theirs], tree, 100).unwrap().problems, []);
    assert_eq!(own(&repo, &[theirs, main], tree, 100).unwrap().problems, []);
}

#[test]
fn attributes_and_settings_decide_nothing() {
    let text = lines("line", 20);
    let attributes = "* -merge\nnew merge=union\n[attr]merge -text\n";
    let make = |clean: bool| {
        let changed = text.replace(if clean { "line 18\n" } else { "line 2\n" }, "theirs\n");
        sides(
            &[("old", &text), ("d/old", &text), (".gitattributes", attributes), ("d/.gitattributes", "* merge=union\n")],
            |s| {
                for (from, to) in [("old", "new"), ("d/old", "d/new")] {
                    s.git(&["mv", from, to]);
                    s.write(to, text.replace("line 2\n", "ours\n"));
                }
            },
            |s| s.files(&["old", "d/old"].map(|p| (p, changed.as_str()))),
        )
    };
    let hostile = |s: &Scratch| {
        s.write(".git/info/attributes", "* merge=binary\n");
        s.write(".git/attributes", "* merge=union\n");
        for (key, value) in [
            ("core.attributesFile", ".git/attributes"),
            ("merge.default", "union"),
            ("merge.renameLimit", "1"),
            ("merge.renames", "false"),
            ("diff.renames", "false"),
        ] {
            s.git(&["config", key, value]);
        }
    };
    let both = text.replace("line 2\n", "ours\n").replace("line 18\n", "theirs\n");
    let repo_blob = |s: &Scratch, tree: Oid, path: &str| {
        let repo = s.repo();
        let entry = entry_at(&repo, tree, &path.into()).unwrap().unwrap();
        repo.blob(entry.oid)
    };
    let scratch = make(true);
    let plain = merged(&scratch, "main", "side");
    hostile(&scratch);
    assert_eq!(merged(&scratch, "main", "side"), plain);
    let Merged::Clean(tree) = plain else { panic!("{plain:?}") };
    let repo = scratch.repo();
    let Merged::Clean(again) = automatic(&repo, scratch.oid("main"), scratch.oid("side")).unwrap() else { panic!() };
    assert_eq!(again, tree);
    for path in ["new", "d/new"] {
        let entry = entry_at(&repo, tree, &path.into()).unwrap().unwrap();
        assert_eq!(String::from_utf8(repo.blob(entry.oid).unwrap()).unwrap(), both);
    }
    assert!(repo_blob(&scratch, scratch.oid("main^{tree}"), "new").is_ok());

    let scratch = make(false);
    hostile(&scratch);
    let Merged::Conflicts(conflicts) = merged(&scratch, "main", "side") else { panic!("union by attribute") };
    assert!(conflicts.contains(&"new".into()) && conflicts.contains(&"d/new".into()), "{conflicts:?}");
}

#[test]
fn nothing_is_written_to_the_repository() {
    let (scratch, _) = crossed();
    scratch.merge(&["side"], |s| s.write("a", "evil\n"));
    let objects = || scratch.git(&["count-objects", "-v"]);
    let before = objects();
    merged(&scratch, "main^1", "side");
    judged(&scratch, scratch.oid("main"));
    assert_eq!(objects(), before);
}

#[test]
fn a_file_over_the_bound_is_never_merged_by_line() {
    let big = |first: &str, last: &str| format!("{first}\n{}{last}\n", lines("a long line of many bytes", 300_000));
    let text = big("first", "last");
    assert!(text.len() as u64 > file::MAX_BYTES);
    let scratch = sides(
        &[("a", &text), ("b", &text), ("c", &text)],
        |s| {
            s.write("a", big("ours", "last"));
            s.git(&["mv", "c", "n"]);
        },
        |s| s.files(&[("a", &big("first", "theirs")), ("b", &big("theirs", "last")), ("c", "small\n")]),
    );
    let repo = scratch.repo();
    let Merged::Conflicts(paths) = automatic(&repo, scratch.oid("main"), scratch.oid("side")).unwrap() else { panic!() };
    assert_eq!(paths, ["a".into()]);
}

#[test]
fn bounds_are_errors() {
    let scratch = sides(&[("a", "1\n")], |s| s.write("b", "1\n"), |s| s.files(&[("x", "1\n"), ("y", "1\n"), ("z", "1\n")]));
    let merge = scratch.merge(&["side"], unchanged);
    let repo = scratch.repo();
    let commit = repo.commit(merge).unwrap();
    assert!(own(&repo, &commit.parents, commit.tree, 2).unwrap_err().message.contains("guard.maxPaths"));
    assert!(own(&repo, &commit.parents[..1], commit.tree, 10).is_err());
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

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// Changes a few of the files, each in its own way.
    fn work(&mut self, scratch: &Scratch, who: &str) {
        let files = scratch.git(&["ls-files"]);
        let files: Vec<&str> = files.lines().collect();
        for step in 0..4 {
            let file = files[self.roll(files.len())];
            let Ok(text) = std::fs::read_to_string(scratch.path().join(file)) else { continue };
            let at = self.roll(text.lines().count().max(1));
            let edited: String =
                text.lines().enumerate().map(|(i, l)| if i == at { format!("{who} {step}\n") } else { format!("{l}\n") }).collect();
            match self.roll(7) {
                0 => std::fs::remove_file(scratch.path().join(file)).unwrap(),
                1 => drop(scratch.try_git(&["mv", "-k", file, &format!("{who}{step}")])),
                2 => {
                    scratch.try_git(&["mv", "-k", file, &format!("moved/{who}{step}")]);
                    std::fs::remove_file(scratch.path().join(file)).ok();
                    scratch.write(&format!("moved/{who}{step}"), edited);
                }
                3 => scratch.write(&format!("new/{}", self.roll(3)), lines(who, 5)),
                _ => scratch.write(file, edited),
            }
        }
        scratch.commit_all();
    }
}

#[test]
fn random_merges_agree_with_git() {
    let mut dice = Dice(2);
    let (mut clean, mut conflicting) = (0, 0);
    for _ in 0..12 {
        let scratch = Scratch::new();
        for i in 0..8 {
            scratch.write(&format!("d{}/{i}", i % 3), lines(&format!("file {i} line"), 24));
        }
        scratch.commit_all();
        scratch.branch("side", "main");
        dice.work(&scratch, "theirs");
        scratch.branch("main", "main");
        dice.work(&scratch, "ours");
        let slip = dice.roll(2) == 0;
        let merge = scratch.merge(&["side"], |s| {
            if slip {
                s.write("d1/1", "evil\n")
            }
        });
        if oracle(&scratch, merge).is_some() {
            agrees(&scratch, merge);
            clean += 1;
        } else {
            assert!(matches!(merged(&scratch, "main^1", "main^2"), Merged::Conflicts(_)));
            assert_ne!(judged(&scratch, merge), []);
            conflicting += 1;
        }
    }
    assert!(clean >= 3 && conflicting >= 1, "{clean} clean, {conflicting} conflicting");
}
