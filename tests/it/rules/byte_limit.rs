//! No more inserted bytes than allowed, in a commit and in a session.

use super::*;

const RULE: &str = "byte-limit";

fn limits() -> String {
    with_dev("max-bytes-per-commit = \"1 KiB\"\nmax-bytes-per-session = 1500\n")
}

#[test]
fn says_how_many_of_how_many_and_takes_out_the_largest() {
    let repo = Repo::with_policy(&limits());
    repo.write("a.txt", "y".repeat(500)).write("line.txt", "x".repeat(1000));
    let excess = Excess {
        rule: RULE,
        policy: &limits(),
        line: "max-bytes-per-commit = \"1 KiB\"",
        message: "1500 bytes inserted in this commit, 1024 allowed",
        measured: 1500,
        limit: 1024,
        paths: &["a.txt", "line.txt"],
        out: &["line.txt"],
    };
    excess.is_said_of(&repo);
}

#[test]
fn the_limit_itself_still_passes() {
    let repo = Repo::with_policy(&limits());
    repo.write("b.txt", "x".repeat(1024));
    passes(&repo, RULE, "1024 bytes inserted in this commit, 1024 allowed");
    repo.write("b.txt", "x".repeat(1025));
    assert_eq!(measured(&repo, RULE), 1025);
}

#[test]
fn one_byte_is_one_and_without_the_key_there_is_no_limit() {
    let repo = Repo::with_policy(&limits());
    repo.write("b.txt", "x");
    passes(&repo, RULE, "1 byte inserted in this commit, 1024 allowed");
    let repo = Repo::with_policy(&with_dev(""));
    repo.write("b.txt", "x".repeat(9000));
    passes(&repo, RULE, "no such limit");
}

#[test]
fn only_what_is_inserted_counts() {
    let repo = Repo::with_policy(&limits());
    repo.write("long", numbered("x", 500)).write("gone", numbered("y", 500)).commit_unjudged("before");
    repo.remove("gone").git(&["mv", "long", "moved"]).ok();
    passes(&repo, RULE, "0 bytes inserted in this commit, 1024 allowed");
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write("long", numbered("x", 500).replace("x 7\n", "seven\n"));
    passes(&repo, RULE, "6 bytes inserted in this commit, 1024 allowed");
}

#[test]
fn a_binary_file_counts_with_its_size_and_a_mode_with_nothing() {
    let repo = Repo::with_policy(&limits());
    let image = |last: u8| [vec![0; 2000], vec![last]].concat();
    repo.write("image", image(1)).write("script", "x\n").commit_unjudged("before");
    repo.git(&["update-index", "--chmod=+x", "image", "script"]).ok();
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(reasons(&json, "index", RULE), ["0 bytes inserted in this commit, 1024 allowed"]);
    repo.write("image", image(2));
    assert_eq!(measured(&repo, RULE), 2001);
}

#[test]
fn similarity_does_not_make_fewer_bytes() {
    let repo = Repo::with_policy(&with_dev("max-files-per-commit = 1\nmax-bytes-per-commit = 400\n"));
    repo.write("old", numbered("x", 100)).commit_unjudged("old");
    repo.git(&["mv", "old", "new"]).ok();
    repo.write("new", numbered("x", 101));
    let json = staged(&repo);
    assert_eq!(words(&json, "index", "file-limit"), ["satisfied"]);
    assert_eq!(assert_violated(&json, "index", RULE)["measured"], numbered("x", 101).len());
}

#[test]
fn what_is_left_out_of_lines_is_left_out_of_bytes() {
    let repo = Repo::with_policy(&format!("{}[count]\nnot-lines = [\"*.lock\"]\n", limits()));
    repo.write("Cargo.lock", numbered("l", 900)).write("big.lock", vec![0; 3000]);
    passes(&repo, RULE, "0 bytes inserted in this commit, 1024 allowed");
    repo.write("sub/Cargo.lock", numbered("l", 900));
    assert_eq!(measured(&repo, RULE), numbered("l", 900).len());
}

#[test]
fn at_every_door() {
    let (commit, session) =
        ("1025 bytes inserted in this commit, 1024 allowed", "1501 bytes inserted in this session, 1500 allowed");
    assert_at_every_door(RULE, &limits(), ["b".repeat(1025), "c".repeat(476)], commit, session);
}

#[test]
fn a_single_commit_may_hold_what_a_session_may() {
    let repo = working(&limits());
    repo.write("b.txt", "b".repeat(1500)).commit_unjudged("squashed");
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(words(&json, "commit", RULE), ["not-applicable"]);
}
