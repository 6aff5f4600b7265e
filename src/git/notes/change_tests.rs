use super::*;
use crate::git::notes::append;
use crate::git::scratch::Scratch;

const DEEP: &str = "refs/notes/guard/w";

fn started() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("a", "a line\n");
    scratch.commit("a");
    scratch
}

/// A commit of a tree that holds these entries of `git mktree`, whose ids are named by what they are.
fn commit(scratch: &Scratch, entries: &str) -> Oid {
    let blob = scratch.oid("HEAD:a").to_string();
    let entries = entries.replace("BLOB", &blob).replace("COMMIT", &scratch.oid("HEAD").to_string());
    let tree = scratch.git_with(&["mktree", "--missing"], &entries);
    let commit = scratch.git(&["commit-tree", &tree, "-m", "notes"]);
    scratch.git(&["update-ref", DEEP, &commit]);
    scratch.oid(DEEP)
}

/// What a new ref with this tree is told.
fn odd(scratch: &Scratch, entries: &str) -> Vec<String> {
    let new = commit(scratch, entries);
    change(&scratch.repo(), None, new, MAX_LINES).unwrap().odd
}

#[test]
fn notes_at_every_fan_out_are_no_stranger() {
    let scratch = started();
    let id = "0123456789".repeat(4);
    assert_eq!(odd(&scratch, &format!("100644 blob BLOB\t{id}\n")), [""; 0]);
    let mut below = scratch.git_with(&["mktree"], format!("100644 blob {}\t{}\n", scratch.oid("HEAD:a"), &id[38..]));
    for pair in (0..19).rev() {
        let name = &id[pair * 2..pair * 2 + 2];
        assert_eq!(odd(&scratch, &format!("040000 tree {below}\t{name}\n")).is_empty(), pair == 0, "{pair}");
        below = scratch.git_with(&["mktree"], format!("040000 tree {below}\t{name}\n"));
    }
    let change = change(&scratch.repo(), None, scratch.oid(DEEP), MAX_LINES).unwrap();
    assert_eq!((change.added, change.keeps), (vec![b"a line".to_vec()], true));
}

#[test]
fn what_is_no_note_is_named() {
    let scratch = started();
    let id = "0123456789".repeat(4);
    let told = |entry: &str, what: &str| {
        let found = odd(&scratch, entry);
        assert!(found.iter().any(|one| one.contains(what)), "{entry}: {found:?}");
    };
    told("100644 blob BLOB\tpolicy.toml\n", "`policy.toml`, which is the place of no note");
    told(&format!("100644 blob BLOB\t{}\n", &id[1..]), "is the place of no note");
    told(&format!("100644 blob BLOB\t{}\n", id.replace('0', "A")), "is the place of no note");
    told(&format!("100644 blob BLOB\t{}\n", "0".repeat(40)), "is the place of no note");
    told(&format!("100755 blob BLOB\t{id}\n"), "is executable, and no note");
    told(&format!("120000 blob BLOB\t{id}\n"), "is a symbolic link, and no note");
    told(&format!("160000 commit COMMIT\t{id}\n"), "is a submodule, and no note");
    let empty = scratch.git_with(&["mktree"], "");
    told(&format!("040000 tree {empty}\tab\n"), "`ab`, which is an empty directory");
    told(&format!("040000 tree {empty}\tabc\n"), "`abc`, which is the place of no note");
    told(&format!("040000 tree {empty}\t{id}\n"), "is the place of no note");
    scratch.write("big", vec![b'x'; MAX_NOTE + 1]);
    let big = scratch.git(&["hash-object", "-w", "big"]);
    told(&format!("100644 blob {big}\t{id}\n"), "is of 16777217 bytes, which is over the bound");
}

/// A tree of these raw entries, which git's own tools would not write.
fn raw(scratch: &Scratch, entries: &[(&str, &str)]) -> Oid {
    raw_of(scratch, entries, scratch.oid("HEAD:a"))
}

fn raw_of(scratch: &Scratch, entries: &[(&str, &str)], blob: Oid) -> Oid {
    let bytes: Vec<u8> = entries
        .iter()
        .flat_map(|(mode, name)| [format!("{mode} {name}\0").into_bytes(), blob.as_bytes().to_vec()].concat())
        .collect();
    scratch.write("raw", bytes);
    let tree = scratch.git(&["hash-object", "-t", "tree", "-w", "--literally", "raw"]);
    let commit = scratch.git(&["commit-tree", &tree, "-m", "notes"]);
    scratch.git(&["update-ref", DEEP, &commit]);
    scratch.oid(DEEP)
}

#[test]
fn malformed_trees_are_named_and_of_old_ones_nothing_is_said() {
    let scratch = started();
    let (one, two) = ("1".repeat(40), "2".repeat(40));
    let told = |entries: &[(&str, &str)]| change(&scratch.repo(), None, raw(&scratch, entries), MAX_LINES).unwrap().odd.join(" ");
    assert!(told(&[("100644", &one), ("100644", &one)]).contains("malformed: duplicate entry"));
    assert!(told(&[("100644", &two), ("100644", &one)]).contains("malformed: entry out of order"));
    assert!(told(&[("100600", &one)]).contains("is the place of no note"));
    assert!(told(&[("100644", "")]).contains("malformed: empty name"));
    let new = raw_of(&scratch, &[("100644", &one)], scratch.oid("HEAD"));
    assert!(change(&scratch.repo(), None, new, MAX_LINES).unwrap().odd[0].contains("is no blob"));
    let old = raw(&scratch, &[("100644", &two), ("100644", &one)]);
    assert_eq!(change(&scratch.repo(), Some(old), old, MAX_LINES).unwrap().odd, [""; 0]);
    let new = raw(&scratch, &[("100644", &two), ("100644", &one), ("100644", "x")]);
    assert_eq!(change(&scratch.repo(), Some(old), new, MAX_LINES).unwrap().odd, ["`x`, which is the place of no note"]);
}

#[test]
fn a_bomb_is_refused_at_its_first_few_places() {
    let scratch = started();
    let mut below = scratch.git_with(&["mktree"], format!("100644 blob {}\tx\n", scratch.oid("HEAD:a")));
    for _ in 0..18 {
        let all: String = (0..256).map(|n| format!("040000 tree {below}\t{n:02x}\n")).collect();
        below = scratch.git_with(&["mktree"], &all);
    }
    let new = commit(&scratch, &format!("040000 tree {below}\tab\n"));
    assert_eq!(change(&scratch.repo(), None, new, MAX_LINES).unwrap().odd.len(), MAX_ODD);
}

#[test]
fn lines_are_kept_added_and_counted() {
    let scratch = started();
    let repo = scratch.repo();
    let tree = scratch.oid("HEAD^{tree}");
    append(&repo, tree, "w", "one").unwrap();
    let old = scratch.oid(DEEP);
    append(&repo, tree, "w", "two").unwrap();
    append(&repo, scratch.oid("HEAD"), "w", "three").unwrap();
    let new = scratch.oid(DEEP);
    let compare = |old, new, room| change(&scratch.repo(), old, new, room);
    let mut added = compare(Some(old), new, 2).unwrap().added;
    added.sort();
    assert_eq!(added, [b"three".to_vec(), b"two".to_vec()]);
    assert_eq!(compare(None, new, 3).unwrap().added.len(), 3);
    let error = compare(None, new, 2).unwrap_err();
    assert!(error.message.contains("more than 20000 lines of evidence are added in one push, which is the bound"), "{error}");
    assert!(compare(Some(old), new, 2).unwrap().keeps && !compare(Some(new), old, 2).unwrap().keeps);
    // what moves to another fan-out stays
    scratch.git(&["update-ref", DEEP, &old.to_string()]);
    let hex = tree.to_string();
    let blob = scratch.git(&["rev-parse", &format!("{DEEP}:{}/{}", &hex[..2], &hex[2..])]);
    let flat = commit(&scratch, &format!("100644 blob {blob}\t{hex}\n"));
    let moved = compare(Some(old), flat, 0).unwrap();
    assert!(moved.keeps && moved.added.is_empty() && moved.odd.is_empty());
}
