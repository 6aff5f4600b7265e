//! Changed lines that a policy looks for.

use super::*;
use crate::model::LineTouch;

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
fn whole_files_links_and_moves_touch() {
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
            ("to/moved".into(), LineTouches::Known(vec![touch("one", 1, "guarded too")])),
        ]
    );
}

#[test]
fn what_is_too_large_to_search_is_unknown() {
    let policy = policy(&[("area", &["x"])]);
    let (large, small) = (Side::TooLarge(1 << 30), Side::Loaded(Vec::new()));
    assert!(matches!(ContentAreas::of(&policy).touches(&small, &large), LineTouches::Unknown(_)));
    assert_eq!(ContentAreas::of(&super::policy(&[])).touches(&small, &large), LineTouches::Known(vec![]));
}
