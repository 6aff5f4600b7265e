use crate::git::range::{commits, is_ancestor, merge_bases};
use crate::git::root;
use crate::git::scratch::Scratch;
use crate::model::Oid;

/// A commit whose author has no e-mail, made at that time.
fn old(scratch: &Scratch, parents: &[Oid], at: u32) -> Oid {
    let tree = scratch.oid("HEAD^{tree}");
    let parents: String = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
    let text = format!("tree {tree}\n{parents}author x 1 +0000\ncommitter x {at} +0000\n\nold\n");
    Oid::from_hex(&scratch.git_with(&["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], text)).unwrap()
}

fn child(scratch: &Scratch, parents: &[Oid]) -> Oid {
    let parents: Vec<String> = parents.iter().flat_map(|parent| ["-p".to_owned(), parent.to_string()]).collect();
    let mut args = vec!["commit-tree", "-m", "child", "HEAD^{tree}"];
    args.extend(parents.iter().map(String::as_str));
    scratch.id(&args)
}

#[test]
fn a_history_that_libgit2_cannot_parse_is_walked_by_its_parents() {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.commit("a");
    let first = old(&scratch, &[], 1);
    let (left, right) = (child(&scratch, &[first]), old(&scratch, &[first], 2_000_000_000));
    let both = child(&scratch, &[left, right]);
    let repo = scratch.repo();
    assert_eq!(root::of(&repo, both).unwrap(), first);
    assert_eq!(merge_bases(&repo, left, right).unwrap(), [first]);
    assert!(is_ancestor(&repo, first, both).unwrap() && is_ancestor(&repo, right, both).unwrap());
    assert!(!is_ancestor(&repo, right, left).unwrap());
    assert_eq!(repo.commit(first).unwrap().author_email, b"");
    assert_eq!(repo.peel_to_commit(first).unwrap(), Some(first));
    // What is there already is not judged; what is new and malformed is said by git's own name for it.
    assert_eq!(commits(&repo, &[both], &[right], 9).unwrap(), [left, both]);
    let error = commits(&repo, &[both], &[left], 9).unwrap_err();
    assert!(
        error.message.contains(&format!("commit {right} is malformed: git's fsck calls it `missingEmail`")),
        "{}",
        error.message
    );
    assert_eq!(commits(&repo, &[left], &[left], 9).unwrap(), []);
}

#[test]
fn what_an_administrator_lists_is_excused() {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.commit("a");
    let (first, second) = (old(&scratch, &[], 1), old(&scratch, &[], 2));
    let tip = child(&scratch, &[first]);
    scratch.write(".git/old", format!("# the import of 2003\n{first} # its root\n\n"));
    scratch.git(&["config", "receive.fsck.skipList", "old"]);
    assert_eq!(commits(&scratch.repo(), &[tip], &[], 9).unwrap(), [first, tip]);
    assert!(commits(&scratch.repo(), &[second], &[], 9).is_err(), "new work is not on the list");
    scratch.git(&["config", "--unset", "receive.fsck.skipList"]);
    scratch.git(&["config", "fsck.skipList", "old"]);
    assert_eq!(commits(&scratch.repo(), &[tip], &[], 9).unwrap(), [first, tip]);
    scratch.git(&["config", "--unset", "fsck.skipList"]);
    assert!(commits(&scratch.repo(), &[tip], &[], 9).is_err());
    scratch.git(&["config", "receive.fsck.missingEmail", "warn"]);
    assert_eq!(commits(&scratch.repo(), &[tip], &[], 9).unwrap(), [first, tip]);
    scratch.git(&["config", "receive.fsck.missingEmail", "error"]);
    assert!(commits(&scratch.repo(), &[tip], &[], 9).is_err());
    scratch.write(".git/old", "no id\n");
    scratch.git(&["config", "receive.fsck.skipList", "old"]);
    let error = commits(&scratch.repo(), &[tip], &[], 9).unwrap_err();
    assert!(error.message.contains("`no id` is no object id"), "{}", error.message);
}
