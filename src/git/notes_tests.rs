use std::collections::BTreeSet;

use super::*;
use crate::evidence::note::NoteLine;
use crate::git::scratch::Scratch;

fn texts(lines: &[NoteLine]) -> Vec<String> {
    lines
        .iter()
        .map(|line| match &line.content {
            Ok(bytes) => format!("{}: {}", line.writer, String::from_utf8_lossy(bytes)),
            Err(why) => format!("{}! {why}", line.writer),
        })
        .collect()
}

fn started() -> (Scratch, Oid) {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.commit("a");
    let tree = scratch.oid("HEAD^{tree}");
    (scratch, tree)
}

#[test]
fn what_is_appended_is_there_for_us_and_for_git() {
    let (scratch, tree) = started();
    let repo = scratch.repo();
    assert!(lines(&repo, tree, &[]).unwrap().is_empty());
    append(&repo, tree, "local", "one").unwrap();
    append(&repo, tree, "local", "two").unwrap();
    append(&repo, tree, "local", "one").unwrap();
    append(&repo, tree, "other", "three").unwrap();
    append(&repo, Oid::from_bytes(&[7; 20]).unwrap(), "local", "elsewhere, on no object").unwrap();
    assert_eq!(texts(&lines(&repo, tree, &[]).unwrap()), ["local: one", "local: two", "other: three"]);
    assert_eq!(scratch.git(&["notes", "--ref=guard/local", "show", &tree.to_string()]), "one\ntwo");
    assert_eq!(scratch.git(&["notes", "--ref=guard/local", "list"]).lines().count(), 2);
    assert_eq!(scratch.git(&["log", "-1", "--format=%an <%ae>", "refs/notes/guard/local"]), "Tester <Tester@Example.org>");
    scratch.git(&["fsck", "--strict"]);
    assert!(scratch.git(&["status", "--short"]).is_empty());
}

#[test]
fn every_fan_out_of_git_is_read_and_continued() {
    let (scratch, tree) = started();
    let repo = scratch.repo();
    let name = tree.to_string();
    scratch.git(&["notes", "--ref=guard/flat", "add", "-m", "by git", &name]);
    append(&repo, tree, "flat", "by us").unwrap();
    let mut found = texts(&lines(&repo, tree, &[]).unwrap());
    found.sort();
    assert_eq!(found, ["flat: by git", "flat: by us"]);
    let shown = scratch.git(&["notes", "--ref=guard/flat", "show", &name]);
    assert!(shown.contains("by git") && shown.contains("by us"), "git unites what stands at two fan-outs: {shown}");
    scratch.git(&["notes", "--ref=guard/flat", "append", "-m", "by git again", &name]);
    assert_eq!(lines(&repo, tree, &[]).unwrap().len(), 3);
    let blob = scratch.oid("HEAD:a").to_string();
    let deep = format!("100644 blob {blob}\t{}\n", &name[4..]);
    let mktree = |input: &str| scratch.git_with(&["mktree"], input);
    let two = mktree(&deep);
    let one = mktree(&format!("040000 tree {two}\t{}\n", &name[2..4]));
    let top = mktree(&format!("040000 tree {one}\t{}\n", &name[..2]));
    let commit = scratch.git(&["commit-tree", &top, "-m", "deep"]);
    scratch.git(&["update-ref", "refs/notes/guard/deep", &commit]);
    assert_eq!(texts(&lines(&repo, tree, &[]).unwrap())[0], "deep: a");
    append(&repo, tree, "deep", "a").unwrap();
    assert_eq!(scratch.git(&["rev-parse", "refs/notes/guard/deep"]), commit, "what is there already isn't written again");
    append(&repo, tree, "deep", "b").unwrap();
    let shown = scratch.git(&["notes", "--ref=guard/deep", "show", &name]);
    assert!(shown.contains('a') && shown.contains('b'));
}

#[test]
fn a_thousand_notes_lose_none() {
    let (scratch, tree) = started();
    let repo = scratch.repo();
    for n in 0..300_u32 {
        let mut bytes = [1; 20];
        bytes[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
        append(&repo, Oid::from_bytes(&bytes).unwrap(), "local", &n.to_string()).unwrap();
    }
    append(&repo, tree, "local", "last").unwrap();
    assert_eq!(scratch.git(&["notes", "--ref=guard/local", "list"]).lines().count(), 301);
    assert_eq!(texts(&lines(&repo, tree, &[]).unwrap()), ["local: last"]);
}

#[test]
fn two_at_once_lose_nothing() {
    let (scratch, tree) = started();
    let path = scratch.path().to_owned();
    let threads: Vec<_> = (0..6)
        .map(|writer| {
            let path = path.clone();
            std::thread::spawn(move || {
                let repo = Repo::open_at(&path);
                (0..15).for_each(|n| append(&repo, tree, "local", &format!("{writer}-{n}")).unwrap());
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(lines(&scratch.repo(), tree, &[]).unwrap().len(), 90);
}

#[test]
fn what_others_wrote_cannot_stop_a_reader() {
    let (scratch, tree) = started();
    let repo = scratch.repo();
    append(&repo, tree, "good", "line").unwrap();
    let blob = scratch.oid("HEAD:a").to_string();
    scratch.git(&["update-ref", "refs/notes/guard/blob", &blob]);
    scratch.write("big", vec![b'x'; MAX_NOTE + 1]);
    let big = scratch.git(&["hash-object", "-w", "big"]);
    scratch.git(&["notes", "--ref=guard/huge", "add", "-C", &big, &tree.to_string()]);
    let found = texts(&lines(&repo, tree, &[]).unwrap());
    assert_eq!(found, ["blob! its ref names no commit", "good: line", "huge! its note of 16777217 bytes is over the bound"]);
    let error = append(&repo, tree, "blob", "x").unwrap_err();
    assert!(error.message.contains("could not write the record"), "{error}");
    let error = append(&repo, tree, "huge", "x").unwrap_err();
    assert!(error.message.contains("over the bound"), "{error}");
}

#[test]
fn a_push_proposes_notes() {
    let (scratch, tree) = started();
    let repo = scratch.repo();
    append(&repo, tree, "local", "old").unwrap();
    append(&repo, tree, "new", "proposed").unwrap();
    let tip = scratch.oid("refs/notes/guard/new");
    scratch.git(&["update-ref", "-d", "refs/notes/guard/new"]);
    assert_eq!(texts(&lines(&repo, tree, &[]).unwrap()), ["local: old"]);
    let proposed = |name: &str| vec![(name.as_bytes().to_vec(), tip)];
    assert_eq!(texts(&lines(&repo, tree, &proposed("refs/notes/guard/new")).unwrap()), ["local: old", "new: proposed"]);
    assert_eq!(texts(&lines(&repo, tree, &proposed("refs/notes/guard/local")).unwrap()), ["local: proposed"], "in its place");
    assert_eq!(texts(&lines(&repo, tree, &proposed("refs/heads/new")).unwrap()), ["local: old"]);
}

#[test]
fn without_a_name_the_guard_has_its_own() {
    let (scratch, tree) = started();
    assert_eq!(local_writer(&scratch.repo()).unwrap(), "local-tester-example-org");
    scratch.git(&["config", "user.email", ""]);
    assert_eq!(local_writer(&scratch.repo()).unwrap(), "local");
    append(&scratch.repo(), tree, "local", "x").unwrap();
    assert_eq!(scratch.git(&["log", "-1", "--format=%ae", "refs/notes/guard/local"]), "guard@localhost");
}

#[test]
fn a_linked_worktree_shares_the_notes() {
    let (scratch, tree) = started();
    scratch.git(&["worktree", "add", "-q", "side", "-b", "side"]);
    let side = Repo::open_at(&scratch.path().join("side"));
    append(&side, tree, "local", "x").unwrap();
    assert_eq!(texts(&lines(&scratch.repo(), tree, &[]).unwrap()), ["local: x"]);
}

#[test]
fn the_root_names_the_repository() {
    let (scratch, _) = started();
    let first = scratch.oid("HEAD");
    let last = scratch.commit("b");
    let repo = scratch.repo();
    assert_eq!(crate::git::root::of(&repo, last).unwrap(), first);
    assert!(crate::git::root::is_parentless(&repo, &first).unwrap());
    assert!(!crate::git::root::is_parentless(&repo, &last).unwrap());
    assert!(!crate::git::root::is_parentless(&repo, &Oid::from_bytes(&[9; 20]).unwrap()).unwrap());
    assert!(!crate::git::root::is_parentless(&repo, &scratch.oid("HEAD^{tree}")).unwrap());
    let url = format!("file://{}", scratch.path().display());
    scratch.git(&["clone", "-q", "--depth=1", &url, "shallow"]);
    let shallow = Repo::open_at(&scratch.path().join("shallow"));
    assert!(crate::git::root::of(&shallow, last).unwrap_err().message.contains("shallow"));
}

#[test]
fn what_is_not_in_the_index_is_counted() {
    let (scratch, _) = started();
    scratch.write("a", "changed\n");
    scratch.write("staged", "x\n");
    scratch.git(&["add", "staged"]);
    scratch.write("dir/one", "");
    scratch.write("dir/two", "");
    scratch.write(".git/info/exclude", "ignored\n");
    scratch.write("ignored", "");
    let found = crate::git::unstaged::count(&scratch.repo()).unwrap();
    assert_eq!((found.changed, found.untracked), (1, 1));
}

#[test]
fn nobody_s_notes_take_the_room_of_those_who_are_read_first() {
    let (scratch, tree) = started();
    let large = scratch.path().join("large");
    std::fs::write(&large, [vec![b'x'; MAX_NOTE - 2], b"\n".to_vec()].concat()).unwrap();
    let blob = scratch.git(&["hash-object", "-w", large.to_str().unwrap()]);
    for name in ["aa", "bb", "cc", "dd", "ee"] {
        scratch.git(&["notes", &format!("--ref=guard/{name}"), "add", "-C", &blob, &tree.to_string()]);
    }
    let repo = scratch.repo();
    for name in ["ci", "web"] {
        append(&repo, tree, name, name).unwrap();
    }
    let [runners, specialists, none] = [&["ci"][..], &["aa", "bb", "cc", "dd", "web"], &[]]
        .map(|names| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>());
    let notes = Notes::open(&repo, &[]).unwrap();
    let said = |first: &[&BTreeSet<String>], alone| {
        let lines = notes.lines(tree, Order { first, alone }).unwrap();
        lines.into_iter().map(|line| (line.writer, line.content.map(|content| content.len()).map_err(drop))).collect::<Vec<_>>()
    };
    let read = |name: &str, length| (name.to_owned(), Ok(length));
    assert_eq!(said(&[&runners, &specialists], false)[0], read("ci", 2));
    assert!(said(&[&specialists], false).contains(&("ci".to_owned(), Err(()))), "it is the last but one");
    assert_eq!(said(&[&runners], true), [read("ci", 2)]);
    assert_eq!(said(&[&none, &runners], true), [read("ci", 2)]);
}
