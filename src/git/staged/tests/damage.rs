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
    // Git can't read this one, and builds from the entries.
    same(&scratch);
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

/// An index whose entries hold a file that its cache tree doesn't know, with what stands behind the root's record altered.
fn hiding(alter: impl Fn(&mut Vec<u8>, usize)) -> Scratch {
    let scratch = filled();
    let tree = same(&scratch);
    scratch.write("top", "hidden");
    scratch.git(&["add", "top"]);
    let hidden = scratch.id(&["write-tree"]);
    let index = scratch.path().join(".git/index");
    let mut bytes = std::fs::read(&index).unwrap();
    let at = bytes.windows(20).position(|w| w == hidden.as_bytes()).unwrap();
    bytes[at..at + 20].copy_from_slice(tree.as_bytes());
    alter(&mut bytes, at + 20);
    let end = bytes.len() - 20;
    bytes[end..].fill(0);
    std::fs::write(&index, bytes).unwrap();
    scratch
}

#[test]
fn a_cache_tree_is_believed_whole_or_as_git_believes_it() {
    let known = filled();
    let tree = same(&known);
    let after = |bytes: &[u8], from: usize, what: &[u8]| from + bytes[from..].windows(what.len()).position(|w| w == what).unwrap();
    // A record that can't be read: git drops all of it.
    let unreadable = hiding(|bytes, rest| {
        let at = after(bytes, rest, b" ");
        bytes[at - 1] = b'x';
    });
    assert_ne!(same(&unreadable), tree);
    let truncated = hiding(|bytes, rest| {
        let at = after(bytes, rest, b"\n");
        bytes[at - 1] = b'9';
    });
    assert_ne!(same(&truncated), tree);
    // A number that git reads and we don't.
    let blank = hiding(|bytes, rest| {
        let at = after(bytes, rest, b" ");
        bytes[at - 1] = b' ';
    });
    same(&blank);
    // A tree that nobody has, below a root that is there.
    let missing = hiding(|bytes, rest| {
        let at = after(bytes, rest, b"\n") + 1;
        bytes[at..at + 20].fill(0x12);
    });
    same(&missing);
    // An entry that is a directory: git expands the index, and drops the cache tree.
    let directory = hiding(|bytes, _| {
        let at = bytes.windows(4).position(|w| w == b"a/b\0" || w == b"top\0").unwrap();
        let mode = at - 62 + 24;
        bytes[mode..mode + 4].copy_from_slice(&0o040_000_u32.to_be_bytes());
    });
    assert_ne!(ours(&directory).ok(), Some(tree));
}
