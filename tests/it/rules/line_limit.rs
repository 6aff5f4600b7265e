//! No more lines than allowed, in a commit and in a session.

use super::*;

const RULE: &str = "line-limit";

fn limits() -> String {
    with_dev("max-lines-per-commit = 10\nmax-lines-per-session = 15\n")
}

#[test]
fn says_how_many_of_how_many_and_takes_out_the_largest() {
    let repo = Repo::with_policy(&limits());
    repo.write("a.txt", "one\n").write("b.txt", numbered("b", 5)).write("c.txt", numbered("c", 6));
    let excess = Excess {
        rule: RULE,
        policy: &limits(),
        line: "max-lines-per-commit = 10",
        message: "13 lines changed in this commit, 10 allowed",
        measured: 13,
        limit: 10,
        paths: &["a.txt", "b.txt", "c.txt"],
        out: &["c.txt"],
    };
    excess.is_said_of(&repo);
}

#[test]
fn the_limit_itself_still_passes() {
    let repo = Repo::with_policy(&limits());
    repo.write("a.txt", "1\ntwo\n3\n").write("b.txt", numbered("b", 6));
    passes(&repo, RULE, "10 lines changed in this commit, 10 allowed");
    repo.write("b.txt", numbered("b", 7));
    assert_eq!(measured(&repo, RULE), 11);
}

#[test]
fn without_the_key_there_is_no_limit() {
    let repo = Repo::with_policy(&with_dev(""));
    repo.write("b.txt", numbered("b", 9000));
    passes(&repo, RULE, "no such limit");
}

#[test]
fn lines_are_git_s_whatever_attributes_and_configuration_say() {
    let repo = Repo::with_policy(&limits());
    let old: String = (0..300).map(|n| format!("{}\n", n * n % 17)).collect();
    repo.write("mixed.txt", &old).write("ends.txt", "no newline").write("gone.txt", numbered("g", 20)).commit_unjudged("old");
    let new: String = (0..290).map(|n| format!("{}{}\n", n * n % 17, if n % 13 == 0 { " " } else { "" })).collect();
    repo.write(".gitattributes", "* binary -diff -text\n").remove("gone.txt").write("mixed.txt", new.replace("4 \n", "4\r\n"));
    repo.write("ends.txt", "no newline\n").git(&["config", "diff.algorithm", "patience"]).ok();
    repo.git(&["config", "core.autocrlf", "input"]).ok();
    let found = measured(&repo, RULE);
    let before = repo.rev("HEAD");
    let after = repo.commit_unjudged("new");
    let (_, insertions, deletions) = totals(&repo.numstat(&before, &after));
    assert_eq!(found, insertions + deletions);
}

#[test]
fn a_binary_file_has_no_lines_and_a_nul_that_comes_late_makes_none() {
    let repo = Repo::with_policy(&limits());
    repo.write("image", [b"\0".to_vec(), numbered("x", 900).into_bytes()].concat());
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "index")["files"], 1);
    repo.write("text", [vec![b'x'; 8000], b"\0\n".to_vec(), numbered("x", 10).into_bytes()].concat());
    assert_eq!(measured(&repo, RULE), 11);
}

#[test]
fn a_move_has_no_lines_and_a_similar_one_those_of_the_difference() {
    let policy = with_dev("max-files-per-commit = 1\nmax-lines-per-commit = 10\n");
    let repo = Repo::with_policy(&policy);
    repo.write("old", numbered("x", 40)).commit_unjudged("old");
    repo.git(&["mv", "old", "new"]).ok();
    passes(&repo, RULE, "0 lines changed in this commit, 10 allowed");
    // two files where one is allowed: likeness is asked, and counts for lines as well
    repo.write("new", numbered("x", 43));
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["3 lines changed in this commit, 10 allowed"]);
    assert_eq!(judgement(&json, "index")["insertions"], 43);
    // three files, which is over twice the limit: nobody asks
    repo.write("b.txt", "b\n");
    assert_eq!(measured(&repo, RULE), 40 + 43 + 1);
}

#[test]
fn what_is_left_out_of_the_count_is_left_out_of_a_move_only_on_both_sides() {
    let policy = format!("{}[count]\nnot-lines = [\"*.lock\"]\n", limits());
    let repo = Repo::with_policy(&policy);
    repo.write("Cargo.lock", numbered("l", 40)).write("x.txt", numbered("x", 40)).commit_unjudged("before");
    repo.write("Cargo.lock", numbered("k", 50)).write("other.LOCK", "one\n");
    let json = staged(&repo);
    assert_accepted(&json);
    let judged = judgement(&json, "index");
    assert_eq!((&judged["files"], &judged["insertions"], &judged["deletions"]), (&2.into(), &1.into(), &0.into()));
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.commit_unjudged("locked");
    let json = repo.json(&["check"]);
    for kind in ["commit", "session", "landing"] {
        assert_eq!(judgement(&json, kind)["insertions"], 1, "{kind}");
    }
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.remove("x.txt").write("x.lock", numbered("y", 40));
    assert_eq!(measured(&repo, RULE), 40, "what went away is counted");
}

#[test]
fn a_session_s_lines_are_those_from_the_merge_base_to_the_tip() {
    let repo = working(&limits());
    for word in ["one", "two", "three", "four"] {
        repo.write("b.txt", numbered(word, 5)).commit_unjudged(word);
    }
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "session", RULE), ["5 lines changed in this session, 15 allowed"]);
    repo.write("c.txt", numbered("c", 10)).commit_unjudged("c");
    assert_accepted(&repo.json(&["check"]));
    repo.write("d.txt", "d\n").stage();
    let json = staged(&repo);
    assert_eq!(assert_violated(&json, "session", RULE)["message"], "16 lines changed in this session, 15 allowed");
    let next = assert_violated(&json, "session", RULE)["next"][0].as_str().unwrap();
    repo.run("sh", &["-c", next]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn at_every_door() {
    let (commit, session) = ("11 lines changed in this commit, 10 allowed", "16 lines changed in this session, 15 allowed");
    assert_at_every_door(RULE, &limits(), [numbered("b", 11), numbered("c", 5)], commit, session);
}

/// `lines` lines, 9 MiB in all, the first and the last of which begin with `word`.
fn huge(word: &str, lines: usize) -> Vec<u8> {
    let filler = "x".repeat((9 << 20) / lines);
    let line = |n: usize| format!("{}{n}{filler}\n", if n == 0 || n + 1 == lines { word } else { "" });
    (0..lines).flat_map(|n| line(n).into_bytes()).collect()
}

#[test]
fn a_huge_file_is_judged_by_what_its_bounds_tell() {
    let repo = Repo::with_policy(&limits());
    repo.write("few", huge("old", 5)).write("many", huge("old", 50)).commit_unjudged("before");
    repo.write("few", huge("new", 5));
    let json = staged(&repo);
    assert_eq!(reasons(&json, "index", RULE), ["between 0 and 10 lines changed in this commit, 10 allowed"]);
    assert_accepted(&json);
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write("many", huge("new", 50));
    let json = staged(&repo);
    assert_eq!(json["decision"], "undecided");
    let because =
        "between 0 and 100 lines changed in this commit, 10 allowed: `many` is too large to be counted exactly (over 8 MiB a side)";
    assert_eq!((words(&json, "index", RULE), reasons(&json, "index", RULE)), (vec!["indeterminate"], vec![because]));
    repo.guard(&["check", "--staged"]).undecided().says("could not decide for dev").says("line-limit");
    repo.write("many", huge("new", 61));
    let json = staged(&repo);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!(violation["message"], "at least 11 lines changed in this commit, 10 allowed");
    assert_eq!((&violation["measured"], &violation["at_least"], &violation["at_most"]), (&Value::Null, &11.into(), &111.into()));
}
