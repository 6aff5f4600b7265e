//! An index that is not as git writes it.

use super::*;

#[test]
fn an_entry_without_its_object_is_an_error() {
    let scratch = filled();
    let id = "1234567890123456789012345678901234567890";
    scratch.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},a/gone")]);
    assert_eq!(refused(&scratch).message, format!("`a/gone` is staged as object {id}, which is missing from this repository"));
}

#[test]
fn a_tree_that_the_cache_names_and_nobody_has_is_made_again() {
    let scratch = filled();
    let tree = same(&scratch);
    for name in [tree.to_string(), scratch.oid("HEAD:a").to_string()] {
        std::fs::remove_file(scratch.path().join(format!(".git/objects/{}/{}", &name[..2], &name[2..]))).unwrap();
    }
    assert_eq!(ours(&scratch).unwrap(), tree);
    assert_eq!(same(&scratch), tree);
}

#[test]
fn a_file_and_a_directory_of_one_name_are_an_error() {
    let scratch = filled();
    let index = scratch.path().join(".git/index");
    let blob = scratch.blob("x");
    let list = format!("100644 {blob}\tzz\n100644 {blob}\tzz-x\n");
    scratch.git_with(&["update-index", "--index-info"], list);
    let mut bytes = std::fs::read(&index).unwrap();
    let at = bytes.windows(4).position(|w| w == b"zz-x").unwrap();
    bytes[at + 2] = b'/';
    let end = bytes.len() - 20;
    bytes[end..].fill(0);
    std::fs::write(&index, bytes).unwrap();
    assert_eq!(refused(&scratch).message, "the index holds both `zz` and `zz/x`");
}

#[test]
fn damage_is_an_error() {
    let scratch = filled();
    let index = scratch.path().join(".git/index");
    let whole = std::fs::read(&index).unwrap();
    let with = |bytes: &[u8]| {
        std::fs::write(&index, bytes).unwrap();
        ours(&scratch).map_err(|e| e.message)
    };
    let said = |how: &str| Err(format!("the index is damaged: {how}"));
    assert_eq!(with(b""), said("it is too short"));
    assert_eq!(with(&[b"CRID", &whole[4..]].concat()), said("it does not start with `DIRC`"));
    assert_eq!(with(&whole[..whole.len() - 30]), said("its extensions do not end where the file does"));
    assert_eq!(with(&whole[..200]), said("an entry is truncated"));
    let version = [&whole[..7], &[5], &whole[8..]].concat();
    assert_eq!(with(&version), Err("the index has version 5, and only 2, 3 and 4 are known".to_owned()));
    // One cut takes exactly the extensions away: the entries alone give the same, to git as well.
    let tree = with(&whole).unwrap();
    let fine: Vec<_> = (0..whole.len()).filter_map(|cut| with(&whole[..cut]).ok()).collect();
    assert_eq!(fine, [tree]);
    let unknown = [&whole[..whole.len() - 20], b"odd!\0\0\0\x02ab", &whole[whole.len() - 20..]].concat();
    let words = with(&unknown).unwrap_err();
    assert!(
        words.starts_with("the index has the extension `odd!`, and is left to the git program: git write-tree says: error: "),
        "{words}"
    );
}

#[test]
fn a_cache_tree_that_miscounts_is_an_error() {
    let scratch = filled();
    scratch.write("top", "other");
    scratch.git(&["add", "top"]);
    let index = scratch.path().join(".git/index");
    let whole = std::fs::read(&index).unwrap();
    let at = whole.windows(6).position(|w| w == b"a\x003 1\n").unwrap() + 2;
    for (count, below) in [(b'2', "counts too few"), (b'4', "miscounts the"), (b'0', "miscounts the")] {
        let mut bytes = whole.clone();
        bytes[at] = count;
        std::fs::write(&index, bytes).unwrap();
        assert_eq!(ours(&scratch).unwrap_err().message, format!("the index is damaged: its cache tree {below} entries below `a/`"));
    }
    let mut bytes = whole.clone();
    bytes[at] = b'9';
    bytes[at + 1] = b'9';
    std::fs::write(&index, bytes).unwrap();
    assert!(ours(&scratch).is_err());
}

#[test]
fn flipped_bytes_never_panic() {
    let scratch = filled();
    let index = scratch.path().join(".git/index");
    scratch.write("a/new", "x");
    scratch.git(&["add", "-A"]);
    for version in ["2", "4"] {
        scratch.git(&["-c", "index.threads=2", "update-index", "--index-version", version, "--force-write-index"]);
        let whole = std::fs::read(&index).unwrap();
        let repo = scratch.repo();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at * 5 % 8);
            if bytes.windows(4).any(|w| w == b"lINK") || bytes[at].is_ascii_lowercase() && whole[at].is_ascii_uppercase() {
                continue; // would be left to git, once a flip
            }
            std::fs::write(&index, bytes).unwrap();
            drop(Index::open(&index).and_then(|found| build::root(&repo, &mut found.unwrap()).map(drop)));
        }
        std::fs::write(&index, whole).unwrap();
    }
}
