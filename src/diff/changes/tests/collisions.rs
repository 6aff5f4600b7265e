//! Names that are one name where case or form does not count.

use super::*;

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
