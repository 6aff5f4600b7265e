//! No more files than allowed, in a commit and in a session.

mod sessions;

use super::*;

const RULE: &str = "file-limit";

fn limits() -> String {
    with_dev("max-files-per-commit = 3\nmax-files-per-session = 5\n")
}

#[test]
fn says_how_many_of_how_many_which_by_what_line_and_what_next() {
    let repo = Repo::with_policy(&limits());
    repo.write_many("x", 5);
    let excess = Excess {
        rule: RULE,
        policy: &limits(),
        line: "max-files-per-commit = 3",
        message: "5 files changed in this commit, 3 allowed",
        measured: 5,
        limit: 3,
        paths: &["x1.txt", "x2.txt", "x3.txt", "x4.txt", "x5.txt"],
        out: &["x4.txt", "x5.txt"],
    };
    excess.is_said_of(&repo);
}

#[test]
fn the_limit_itself_still_passes() {
    let repo = Repo::with_policy(&limits());
    repo.write_many("x", 3);
    passes(&repo, RULE, "3 files changed in this commit, 3 allowed");
    repo.write_many("y", 1);
    assert_eq!(measured(&repo, RULE), 4);
}

#[test]
fn where_no_limit_is_set_or_nobody_is_named_it_says_nothing() {
    let repo = Repo::with_policy(&with_dev(""));
    repo.write_many("x", 60);
    assert_eq!(reasons(&staged(&repo), "index", RULE), ["no such limit"]);
    repo.author("stranger@example.org");
    assert_eq!(reasons(&staged(&repo), "index", RULE), ["the policy has no limits for somebody unknown"]);
}

#[test]
fn what_an_entry_does_not_say_it_inherits_key_by_key_and_owners_have_the_defaults() {
    let policy = with_dev(
        "max-files-per-commit = 3\n[defaults]\nmax-files-per-commit = 1\nmax-files-per-session = 4\n[owners]\nemails = [\"boss@example.org\"]\n",
    );
    let repo = Repo::with_policy(&policy);
    repo.write_many("x", 3);
    assert_accepted(&staged(&repo));
    repo.write_many("y", 2);
    let json = staged(&repo);
    assert_eq!(assert_violated(&json, "index", RULE)["limit"], 3);
    assert_eq!(assert_violated(&json, "session", RULE)["limit"], 4);
    repo.author("boss@example.org");
    assert_eq!(assert_violated(&staged(&repo), "index", RULE)["limit"], 1);
}

#[test]
fn at_every_door() {
    let repo = Repo::with_policy(&limits());
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("x", 4).commit_unjudged("four");
    repo.write_many("y", 2).commit_unjudged("two");
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/work", "", "HEAD")])] {
        assert_eq!(words(&json, "commit", RULE), ["violated", "satisfied"]);
        assert_eq!(assert_violated(&json, "session", RULE)["measured"], 6);
        assert_eq!(reasons(&json, "landing", RULE), ["limits judge commits and sessions"]);
    }
    let push = repo.install().git(&["push", "-q", "origin", "work"]).rejected();
    assert!(!push.err().contains("remote:") && push.err().contains("error[file-limit]"), "{}", push.err());
    repo.write_many("z", 4).commit("four more").rejected().says("error[file-limit]: 4 files changed in this commit, 3 allowed");
    let push = repo.git(&["push", "-q", "--no-verify", "origin", "work"]).rejected();
    assert!(block(&push.err(), RULE).starts_with("error[file-limit]: 4 files changed in this commit, 3 allowed\n"));
    assert_eq!(server.git(&["for-each-ref", "refs/heads/work"]).ok().out(), "");
}

#[test]
fn a_commit_is_taken_back_and_made_anew_in_parts() {
    let repo = working(&limits());
    repo.write_many("x", 4).commit_unjudged("four");
    repo.write_many("y", 1).commit_unjudged("one");
    let json = repo.json(&["check"]);
    let violation = assert_violated(&json, "commit", RULE);
    assert_eq!(violation["next"], json!([format!("git reset --soft {}^", repo.rev("HEAD^"))]));
    paste(&repo, violation);
    paste(&repo, assert_violated(&staged(&repo), "index", RULE));
    repo.git(&["commit", "-q", "-m", "three"]).ok();
    repo.commit_unjudged("the rest");
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_root_commit_is_taken_back_too() {
    let repo = Repo::with_policy(&limits());
    repo.git(&["checkout", "-q", "--orphan", "work"]).ok();
    repo.git(&["rm", "-q", "-r", "-f", "."]).ok();
    repo.write_many("x", 4).commit_unjudged("four");
    repo.write_many("y", 1).commit_unjudged("one");
    let root = repo.rev("HEAD^");
    repo.git(&["checkout", "-q", "--detach"]).ok();
    let json = repo.json(&["check"]);
    let violation = assert_violated(&json, "commit", RULE);
    assert_eq!(violation["next"], json!([format!("git checkout --orphan anew-{}", &root[..7])]));
    paste(&repo, violation);
    paste(&repo, assert_violated(&staged(&repo), "index", RULE));
    repo.git(&["commit", "-q", "-m", "three"]).ok();
    repo.commit_unjudged("the rest");
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn the_way_out_of_an_amend_goes_back_to_before_it() {
    let repo = working(&limits());
    repo.install().write_many("x", 3).commit("three").ok();
    repo.write_many("a", 1).stage();
    let run = repo.git(&["commit", "-q", "--amend", "--no-edit"]).rejected();
    let next = "git restore --staged --source=HEAD^ -- x3.txt";
    assert!(block(&run.err(), RULE).ends_with(&format!("next: {next}\n")), "{}", run.err());
    repo.run("sh", &["-c", next]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    assert_eq!(repo.git(&["show", "--format=", "--name-only"]).ok().out(), "a1.txt\nx1.txt\nx2.txt\n");
}

#[test]
fn a_deletion_a_mode_and_a_submodule_count_like_any_other_file() {
    let repo = Repo::with_policy(&limits());
    repo.write_many("x", 2).commit_unjudged("x");
    let head = repo.rev("HEAD");
    repo.git(&["rm", "-q", "x1.txt"]).ok();
    repo.git(&["update-index", "--chmod=+x", "x2.txt"]).ok();
    repo.write("a.txt", "other\n").git(&["add", "a.txt"]).ok();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},module")]).ok();
    let json = repo.json(&["check", "--staged"]);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!((&violation["measured"], &violation["paths"]), (&4.into(), &json!(["a.txt", "module", "x1.txt", "x2.txt"])));
}

#[test]
fn a_move_of_identical_content_is_one_file() {
    let repo = Repo::with_policy(&limits());
    repo.write("old/1", numbered("one", 9))
        .write("old/2", numbered("two", 9))
        .write("old/3", numbered("three", 9))
        .commit_unjudged("old");
    repo.git(&["mv", "old", "new"]).ok();
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "index")["files"], 3);
    repo.write_many("x", 1);
    let json = staged(&repo);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!((&violation["measured"], &violation["paths"]), (&4.into(), &json!(["new/1", "new/2", "new/3", "x1.txt"])));
    assert_eq!(violation["next"], json!(["git restore --staged -- x1.txt"]));
}

#[test]
fn similarity_is_asked_between_the_limit_and_twice_it() {
    let repo = Repo::with_policy(&limits());
    for n in 1..=4 {
        repo.write(format!("old/{n}"), numbered(&format!("word {n}"), 20));
    }
    repo.commit_unjudged("old");
    repo.git(&["mv", "old", "new"]).ok();
    for n in 1..=3 {
        repo.write(format!("new/{n}"), numbered(&format!("word {n}"), 19));
    }
    // 4 moves of which 3 were edited: 7 paths count, but no more than 6 = 2 × 3 are looked at for likeness
    assert_eq!(measured(&repo, RULE), 7);
    repo.write("new/3", numbered("word 3", 20));
    let json = staged(&repo);
    assert_eq!(assert_violated(&json, "index", RULE)["measured"], 4, "6 of which two pairs are alike");
    assert_eq!(judgement(&json, "index")["files"], 6, "the number that is reported is that of identical moves");
    repo.remove("new/4").write("old/4", numbered("word 4", 20));
    assert_accepted(&staged(&repo));
}

#[test]
fn what_is_left_out_of_the_count_is_left_out() {
    let policy = format!("{}[count]\nnot-files = [\"**/*.snap\"]\n", limits());
    let repo = Repo::with_policy(&policy);
    repo.write_many("x", 3).write("tests/a.snap", "1\n").write("b.snap", "1\n");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "index")["files"], 3);
    repo.write("B.SNAP", "permissions are read by exact bytes\n");
    assert_eq!(measured(&repo, RULE), 4);
}

#[test]
fn a_move_out_of_the_count_is_in_it() {
    let policy = format!("{}[count]\nnot-files = [\"*.snap\"]\n", limits());
    let repo = Repo::with_policy(&policy);
    repo.write_many("x", 3).stage().git(&["mv", "a.txt", "z.snap"]).ok();
    let json = staged(&repo);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!((&violation["measured"], &violation["paths"]), (&4.into(), &json!(["x1.txt", "x2.txt", "x3.txt", "z.snap"])));
    paste(&repo, violation);
    assert_accepted(&repo.json(&["check", "--staged"]));
}

/// What stands behind `next: ` in the block of this rule.
fn next(text: &str) -> String {
    block(text, RULE).split("next: ").nth(1).unwrap().trim_end().to_owned()
}

#[test]
fn the_way_out_works_where_it_is_pasted() {
    let repo = Repo::with_policy(&limits());
    repo.write_many("sub/x", 4).write("sub/_y", "y\n").write("-z", "z\n").stage();
    let below = |command: &str| repo.run("sh", &["-c", &format!("cd sub && {command}")]);
    let hint = next(&below("guard check --staged").rejected().out());
    assert_eq!(hint, "git restore --staged -- :/sub/x2.txt :/sub/x3.txt :/sub/x4.txt");
    below(&hint).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
    repo.stage().install();
    let hint = next(&below("git commit -q -m sub").rejected().err());
    assert_eq!(hint, "git restore --staged -- :/sub/x2.txt :/sub/x3.txt :/sub/x4.txt");
    below(&hint).ok();
    repo.write_many("a", 1).write("_a", "a\n").stage();
    repo.git(&["rm", "-q", "--cached", "sub/x1.txt", "sub/x2.txt", "sub/x3.txt", "sub/x4.txt", "sub/_y"]).ok();
    repo.write("~b", "b\n").git(&["add", "~b"]).ok();
    let hint = next(&below("guard check --staged").rejected().out());
    assert_eq!(hint, "git restore --staged -- ':(top,literal)~b'");
    below(&hint).ok();
    below("git commit -q -m sub").ok();
}

#[test]
fn the_way_out_works_where_a_directory_took_a_file_s_place_and_a_file_a_directory_s() {
    let repo = Repo::with_policy(&with_dev("max-files-per-commit = 1\n"));
    repo.write("dir/x", "x\n").commit_unjudged("before");
    repo.remove("dir/x").remove("a.txt").write("a.txt/y", "y\n").write("a.txt/z", "z\n");
    std::fs::remove_dir(repo.file("dir")).unwrap();
    repo.write("dir", "file\n");
    let json = staged(&repo);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!(violation["paths"], json!(["a.txt", "a.txt/y", "a.txt/z", "dir", "dir/x"]));
    assert_eq!(violation["next"], json!(["git restore --staged -- a.txt/y a.txt/z dir"]));
    paste(&repo, violation);
    assert_accepted(&repo.json(&["check", "--staged"]));
    repo.stage();
    repo.git(&["restore", "--staged", "dir"]).ok();
    repo.write("_first", "1\n").git(&["add", "_first"]).ok();
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
}
