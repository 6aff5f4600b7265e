//! Where symbolic links lead.

use super::*;
use crate::model::LinkTarget;

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
