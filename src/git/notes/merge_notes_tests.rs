use crate::git::notes::merge_notes::*;
use crate::git::notes::{append, lines};
use crate::git::scratch::Scratch;

/// A repository whose `refs/notes/guard/w` has the line `both` on HEAD's tree.
fn started() -> (Scratch, Oid) {
    let scratch = Scratch::new();
    scratch.write("a", "a\n");
    scratch.commit("a");
    let tree = scratch.oid("HEAD^{tree}");
    append(&scratch.repo(), tree, "w", "both").unwrap();
    (scratch, tree)
}

/// What the ref has after a deed that starts from where it stands now; the ref is put back.
fn meanwhile(scratch: &Scratch, deed: impl FnOnce()) -> Oid {
    let before = scratch.git(&["rev-parse", "refs/notes/guard/w"]);
    deed();
    let after = scratch.oid("refs/notes/guard/w");
    scratch.git(&["update-ref", "refs/notes/guard/w", &before]);
    after
}

fn texts(scratch: &Scratch, on: Oid) -> Vec<String> {
    let found = lines(&scratch.repo(), on, &[]).unwrap();
    found.into_iter().map(|line| String::from_utf8(line.content.unwrap()).unwrap()).collect()
}

#[test]
fn lines_of_both_stand_there_once() {
    let (scratch, tree) = started();
    let other = Oid::from_bytes(&[7; 20]).unwrap();
    let theirs = meanwhile(&scratch, || {
        append(&scratch.repo(), tree, "w", "theirs").unwrap();
        append(&scratch.repo(), tree, "w", "same").unwrap();
    });
    let repo = scratch.repo();
    append(&repo, tree, "w", "same").unwrap();
    append(&repo, tree, "w", "ours").unwrap();
    append(&repo, other, "w", "elsewhere").unwrap();
    let ours = scratch.oid("refs/notes/guard/w");
    let new = unite(&repo, "w", theirs).unwrap();
    assert_eq!(scratch.oid("refs/notes/guard/w"), new);
    assert_eq!(texts(&scratch, tree), ["both", "theirs", "same", "ours"]);
    assert_eq!(texts(&scratch, other), ["elsewhere"]);
    for parent in [ours, theirs] {
        scratch.git(&["merge-base", "--is-ancestor", &parent.to_string(), &new.to_string()]);
    }
    scratch.git(&["fsck", "--strict"]);
    assert_eq!(unite(&scratch.repo(), "w", theirs).unwrap(), new, "there is nothing left to unite");
}

#[test]
fn one_that_has_all_is_taken_as_it_is() {
    let (scratch, tree) = started();
    let first = scratch.oid("refs/notes/guard/w");
    append(&scratch.repo(), tree, "w", "more").unwrap();
    let second = scratch.oid("refs/notes/guard/w");
    assert_eq!(unite(&scratch.repo(), "w", first).unwrap(), second, "theirs is older");
    assert_eq!(unite(&scratch.repo(), "fresh", second).unwrap(), second, "there is none of ours");
    scratch.git(&["update-ref", "refs/notes/guard/w", &first.to_string()]);
    assert_eq!(unite(&scratch.repo(), "w", second).unwrap(), second, "ours is older");
    // the same lines by another history
    let again = scratch.git(&["commit-tree", &format!("{second}^{{tree}}"), "-m", "again"]);
    let again = Oid::from_hex(&again).unwrap();
    assert_eq!(unite(&scratch.repo(), "w", again).unwrap(), again);
    assert_eq!(texts(&scratch, tree).len(), 4, "two writers, the same two lines");
}

#[test]
fn whatever_the_fan_out() {
    let (scratch, tree) = started();
    let name = tree.to_string();
    // git writes at the root what the guard writes one directory deeper
    scratch.git(&["notes", "--ref=guard/git", "add", "-m", "by git", &name]);
    let theirs = scratch.oid("refs/notes/guard/git");
    unite(&scratch.repo(), "w", theirs).unwrap();
    let mut found = texts(&scratch, tree);
    found.sort();
    assert_eq!(found, ["both", "by git", "by git"], "the one writer's, and the other's");
    let shown = scratch.git(&["notes", "--ref=guard/w", "show", &name]);
    assert!(shown.contains("both") && shown.contains("by git"), "{shown}");
}

#[test]
fn what_is_no_commit_or_over_the_bound_is_refused() {
    let (scratch, tree) = started();
    let error = unite(&scratch.repo(), "w", scratch.oid("HEAD:a")).unwrap_err();
    assert!(error.message.contains("could not unite two copies of `refs/notes/guard/w`"), "{error}");
    scratch.write("big", vec![b'x'; MAX_NOTE - 5]);
    let big = scratch.git(&["hash-object", "-w", "big"]);
    scratch.git(&["notes", "--ref=guard/big", "add", "-C", &big, &tree.to_string()]);
    let before = scratch.oid("refs/notes/guard/w");
    let error = unite(&scratch.repo(), "w", scratch.oid("refs/notes/guard/big")).unwrap_err();
    assert!(error.message.contains("is full"), "{error}");
    assert_eq!(scratch.oid("refs/notes/guard/w"), before);
}
