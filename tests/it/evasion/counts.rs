//! Ways around a number.

use super::*;

#[test]
fn attributes_that_hide_a_diff() {
    let repo = guarded();
    let lines: String = (0..200).map(|n| format!("{n}\n")).collect();
    repo.write(".gitattributes", "*.txt -diff\n*.txt binary\n").write("a.txt", lines);
    let json = repo.stage().json(&["check", "--staged"]);
    assert_eq!(assert_violated(&json, "index", "line-limit")["measured"], 200 + 3 + 2);
}

#[test]
fn only_the_line_ends_change() {
    let repo = guarded();
    let lines: String = (0..80).map(|n| format!("{n}\n")).collect();
    repo.write("a.txt", &lines).commit_unjudged("lines");
    repo.write("a.txt", lines.replace('\n', "\r\n"));
    let json = repo.stage().json(&["check", "--staged"]);
    assert_eq!(assert_violated(&json, "index", "line-limit")["measured"], 160);
}

#[test]
fn one_huge_line() {
    let repo = guarded();
    repo.write("a.txt", "x".repeat(5000));
    let json = repo.stage().json(&["check", "--staged"]);
    assert_eq!(assert_violated(&json, "index", "byte-limit")["measured"], 5000);
    assert_ne!(outcome(&json, "index", "line-limit"), "violated");
}

#[test]
fn a_nul_makes_it_binary_and_its_bytes_count() {
    let repo = guarded();
    let mut content = b"\0".to_vec();
    content.extend(b"line\n".repeat(2000));
    repo.write("a.txt", content);
    assert_violated(&repo.stage().json(&["check", "--staged"]), "index", "byte-limit");
}

#[test]
fn split_over_commits() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.install();
    repo.write_many("one", 4).commit("one").ok();
    repo.write_many("two", 4).commit("two").ok();
    repo.write_many("three", 1).commit("three").rejected().says("error[file-limit]").says("9 files");
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(assert_violated(&json, "session", "file-limit")["measured"], 9);
}

#[test]
fn taking_a_change_back_frees_the_session() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.install();
    repo.write_many("one", 4).commit("one").ok();
    repo.write_many("two", 4).commit("two").ok();
    repo.git(&["rm", "-q", "one1.txt", "one2.txt"]).ok();
    repo.git(&["commit", "-q", "-m", "take back"]).ok();
    repo.write_many("three", 2).commit("three").ok();
}

#[test]
fn split_over_pushes() {
    let repo = guarded();
    repo.guarded_remote();
    repo.login("dev").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("one", 4).commit_unjudged("one");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.write_many("two", 4).commit_unjudged("two");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.write_many("three", 4).commit_unjudged("three");
    repo.git(&["push", "-q", "origin", "work"]).rejected().says("12 files changed in this session, 8 allowed");
}

#[test]
fn split_over_refs_of_one_push() {
    let repo = guarded();
    repo.guarded_remote();
    repo.login("dev");
    for name in ["one", "two", "three"] {
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.write_many(name, 4).commit_unjudged(name);
    }
    repo.git(&["push", "-q", "origin", "one", "two", "three"]).rejected().says("12 files changed in this session, 8 allowed");
    repo.git(&["push", "-q", "origin", "one", "two"]).ok();
}

#[test]
fn the_same_work_on_two_refs_is_counted_once() {
    let repo = guarded();
    repo.guarded_remote();
    repo.login("dev").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("one", 5).commit_unjudged("one");
    repo.git(&["tag", "-a", "-m", "v", "v1"]).ok();
    repo.git(&["push", "-q", "origin", "work", "work:refs/heads/again", "v1"]).ok();
}

#[test]
fn commit_all_sees_what_git_commits() {
    let repo = guarded();
    repo.install();
    repo.write("middleware/auth.py", "pass\n");
    let before = repo.state();
    repo.git(&["commit", "-q", "-a", "-m", "all"]).rejected().says("guarded-area");
    assert_eq!(repo.state(), before);
}

#[test]
fn commit_of_a_path_sees_what_git_commits() {
    let repo = guarded();
    repo.install();
    repo.write("middleware/auth.py", "pass\n").write("a.txt", "other\n").git(&["add", "a.txt"]).ok();
    let before = repo.state();
    repo.git(&["commit", "-q", "-m", "path", "middleware/auth.py"]).rejected().says("guarded-area");
    assert_eq!(repo.state(), before);
    // what is staged besides is not part of this commit
    repo.write("b.txt", "b\n").git(&["add", "-A"]).ok();
    repo.git(&["commit", "-q", "-m", "path", "a.txt"]).ok();
}

#[test]
fn an_intent_to_add_is_no_part_of_a_commit() {
    let repo = guarded();
    repo.write_many("later", 9).git(&["add", "-N", "."]).ok();
    repo.write("a.txt", "other\n").git(&["add", "a.txt"]).ok();
    let json = repo.json(&["check", "--staged"]);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "index")["files"], 1);
}

#[test]
fn amend_adds_up() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.install();
    repo.write_many("one", 4).commit("one").ok();
    repo.write_many("two", 3).stage();
    let before = repo.state();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).rejected().says("7 files changed in this commit, 5 allowed");
    assert_eq!(repo.state(), before);
    repo.git(&["commit", "-q", "-m", "two"]).ok();
}

#[test]
fn amend_may_take_out_what_was_too_much() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("one", 9).commit_unjudged("too much");
    repo.install();
    repo.git(&["rm", "-q", "one1.txt", "one2.txt", "one3.txt", "one4.txt", "one5.txt", "one6.txt"]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
}
