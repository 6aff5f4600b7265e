use super::*;
use crate::git::scratch::{Scratch, entry};

fn tree_with(scratch: &Scratch, mode: &str, content: &[u8]) -> Oid {
    let blob = scratch.id_with(&["hash-object", "-w", "--stdin"], content);
    scratch.raw_tree(&entry(mode, FILE.as_bytes(), blob.as_bytes()))
}

fn unusable(scratch: &Scratch, tree: Oid) -> String {
    match in_tree(&scratch.repo(), tree).unwrap() {
        PolicyFile::Unusable(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_of_text_is_read() {
    let scratch = Scratch::new();
    let largest = vec![b'#'; 1 << 20];
    for (mode, content) in [("100644", &b"version = 1\n"[..]), ("100755", b""), ("100664", "# ü".as_bytes()), ("100644", &largest)]
    {
        let blob = scratch.id_with(&["hash-object", "-w", "--stdin"], content);
        let expected = PolicyFile::Text { text: String::from_utf8(content.to_vec()).unwrap(), blob };
        assert_eq!(in_tree(&scratch.repo(), tree_with(&scratch, mode, content)).unwrap(), expected);
    }
}

#[test]
fn nothing_else_is() {
    let scratch = Scratch::new();
    let empty = scratch.raw_tree(b"");
    assert_eq!(in_tree(&scratch.repo(), empty).unwrap(), PolicyFile::Missing);
    let elsewhere = scratch.raw_tree(&entry("100644", b"Policy.toml", &[1; 20]));
    assert_eq!(in_tree(&scratch.repo(), elsewhere).unwrap(), PolicyFile::Missing);
    assert_eq!(unusable(&scratch, tree_with(&scratch, "120000", b"other")), "is a symbolic link");
    assert_eq!(unusable(&scratch, tree_with(&scratch, "160000", b"")), "is a submodule");
    let directory = scratch.raw_tree(&entry("40000", FILE.as_bytes(), empty.as_bytes()));
    assert_eq!(unusable(&scratch, directory), "is a directory");
    let blob_that_is_a_tree = scratch.raw_tree(&entry("100644", FILE.as_bytes(), empty.as_bytes()));
    assert_eq!(unusable(&scratch, blob_that_is_a_tree), "is no blob");
    let large = tree_with(&scratch, "100644", &vec![b'#'; (1 << 20) + 1]);
    assert_eq!(unusable(&scratch, large), "has 1048577 bytes, and a policy may have 1048576");
    assert_eq!(unusable(&scratch, tree_with(&scratch, "100644", b"# \xff")), "is not UTF-8 (from byte 2 on)");
}

#[test]
fn a_missing_blob_is_an_error() {
    let scratch = Scratch::new();
    let tree = scratch.raw_tree(&entry("100644", FILE.as_bytes(), &[1; 20]));
    let error = in_tree(&scratch.repo(), tree).unwrap_err();
    assert!(error.message.starts_with("could not read `policy.toml`: object 01010101"), "{error}");
    assert!(in_tree(&scratch.repo(), Oid::from_bytes(&[1; 20]).unwrap()).is_err());
}
