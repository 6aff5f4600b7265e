//! More than two parents, more than one base, or none.

use super::*;

#[test]
fn a_merge_without_a_common_ancestor() {
    let scratch = Scratch::with(&[("a", "1\n")]);
    scratch.git(&["checkout", "-q", "--orphan", "side"]);
    scratch.git(&["rm", "-q", "-rf", "."]);
    scratch.commit_files(&[("b", "1\n")]);
    assert_eq!(agrees(&scratch, scratch.merge(&["side"], unchanged)), []);
    let error = automatic(&scratch.repo(), scratch.oid("main^1"), scratch.oid("side")).unwrap_err();
    assert!(error.message.ends_with("share no history"), "{error}");
}

/// Both sides merged each other once before.
pub(super) fn crossed() -> (Scratch, String) {
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
    assert_eq!(merged(&scratch, "main^1", "side"), Merged::Clean(tree));
    let (scratch, both) = crossed();
    let merge = scratch.merge(&["side"], |s| s.write("a", both));
    assert_eq!(paths(&agrees(&scratch, merge)), ["a"]);
}

fn octopus() -> Scratch {
    let text = lines("line", 40);
    let scratch = Scratch::with(&[("a", &text), ("b", "1\n"), ("c", "1\n")]);
    for (branch, line) in [("one", 10), ("two", 20), ("three", 30)] {
        scratch.branch(branch, "main");
        scratch.commit_files(&[("a", &text.replace(&format!("line {line}\n"), branch)), (branch, "new\n")]);
    }
    scratch.branch("main", "main");
    scratch.commit_files(&[("b", "2\n")]);
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
    scratch.commit_files(&[("a", &lines("line", 40).replace("line 10\n", "other\n"))]);
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
