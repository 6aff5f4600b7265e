//! Settings that would decide, trees that are malformed, bounds.

use super::*;

#[test]
fn a_malformed_tree_is_the_merges_problem_only_where_no_parent_has_it() {
    let scratch = sides(&[("a", "1\n")], |s| s.write("b", "1\n"), |s| s.write("c", "1\n"));
    let blob = scratch.oid("main:a");
    let twice = scratch.raw_tree(&entry("100644", b"x", blob.as_bytes()).repeat(2));
    let tree = scratch.raw_tree(&[entry("100644", b"a", blob.as_bytes()), entry("40000", b"d", twice.as_bytes())].concat());
    let repo = scratch.repo();
    let (main, side) = (scratch.oid("main"), scratch.oid("side"));
    let problems = own(&repo, &[main, side], tree, 100).unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    let theirs = scratch.id(&["commit-tree", "-p", "side", "-m", "malformed", &tree.to_string()]);
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
    let (scratch, _) = histories::crossed();
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
