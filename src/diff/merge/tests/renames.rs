//! Names that change on one side.

use super::*;

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
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(tree));
    assert_eq!(merged(&scratch, "side", "main^1"), Merged::Clean(tree));
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
fn a_file_that_takes_its_directorys_name() {
    let text = lines("line", 20);
    let scratch = sides(
        &[("d/x", &text), ("d/y", "1\n")],
        |s| {
            s.git(&["mv", "d/x", "x"]);
            s.git(&["rm", "-q", "d/y"]);
            s.git(&["mv", "x", "d"]);
        },
        |s| s.files(&[("d/x", &text.replace("line 18\n", "fix\n")), ("d/y", "2\n")]),
    );
    assert!(matches!(merged(&scratch, "main", "side"), Merged::Conflicts(_)));
    let repo = scratch.repo();
    let parents = [scratch.oid("main"), scratch.oid("side")];
    let tree = scratch.oid("main^{tree}");
    assert!(!own(&repo, &parents, tree, 100).unwrap().deltas.is_empty());
}

/// One side renamed it, and the other renamed, deleted or replaced it.
#[test]
fn renames_that_conflict() {
    let text = lines("line", 20);
    let to = |name: &'static str| move |s: &Scratch| drop(s.git(&["mv", "old", name]));
    let add = |s: &Scratch| s.files(&[("new", "other\n"), ("old", &lines("line", 21))]);
    let rm = |s: &Scratch| drop(s.git(&["rm", "-q", "old"]));
    type Other<'a> = (&'a dyn Fn(&Scratch), &'a [&'a str]);
    let others: [Other<'_>; 3] = [(&to("elsewhere"), &["elsewhere", "new", "old"]), (&rm, &["new"]), (&add, &["new"])];
    for (theirs, expected) in others {
        let scratch = sides(&[("old", &text), ("keep", "1\n")], to("new"), theirs);
        let conflicts = expected.iter().map(|p| RepoPath::from(*p)).collect();
        assert_eq!(merged(&scratch, "main", "side"), Merged::Conflicts(conflicts));
        assert_eq!(oracle_of(&scratch, "main", "side"), None);
    }
    let scratch = sides(&[("old", &text), ("keep", "1\n")], to("new"), |s| {
        to("new")(s);
        s.write("new", text.replace("line 18\n", "fix\n"));
    });
    let tree = oracle_of(&scratch, "main", "side").unwrap();
    assert_eq!(merged(&scratch, "main", "side"), Merged::Clean(tree));
}

#[test]
fn similarity_is_gits() {
    // few lines in common, but long ones: 60 % of the bytes, and less than half by libgit2's samples
    let filler = |name: &str| (1..=120).map(|i| format!("{name} {i}\n")).collect::<String>();
    let long: String = (1..=24).map(|i| format!("{i} {}\n", "a long line that stays as it is, ".repeat(6))).collect();
    let scratch = sides(
        &[("old", &format!("{}{long}", filler("before")))],
        |s| {
            s.git(&["mv", "old", "new"]);
            s.write("new", format!("{}{long}", filler("after")));
        },
        |s| s.write("old", format!("{}{long}fix\n", filler("before"))),
    );
    let tree = oracle_of(&scratch, "main", "side").unwrap();
    assert_eq!(merged(&scratch, "main", "side"), Merged::Clean(tree));
}
