//! Where it is asked: another HEAD, no commit yet, no work tree.

use super::*;

#[test]
fn with_a_detached_head() {
    let repo = guarded();
    repo.git(&["switch", "-q", "--detach"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo.write_many("many", 6).commit_unjudged("many");
    repo.write("b.txt", "b\n").commit_unjudged("b");
    let json = repo.json(&["check"]);
    assert_violated(&json, "commit", "file-limit");
    assert_eq!(judgement(&json, "landing")["subject"]["ref"], serde_json::Value::Null);
}

#[test]
fn before_the_first_commit_the_index_is_all_there_is() {
    let repo = Repo::new();
    repo.write("policy.toml", POLICY).write_many("many", 9).stage();
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!((&json["policy"]["source"], &json["policy"]["trusted"]), (&"index:policy.toml".into(), &false.into()));
    assert_eq!(json["base"], serde_json::Value::Null);
    assert_eq!(outcome(&json, "index", "safe-path"), "satisfied");
    assert_eq!(outcome(&json, "index", "file-limit"), "not-applicable");
    repo.guard(&["check"]).ok().says("bootstrap: the trusted branch has no policy yet, so only index:policy.toml");
    repo.guard(&["check", "HEAD"]).undecided().says("HEAD");
    repo.guard(&["check", "--merge"]).undecided().says("HEAD has no commit yet").says("guard check --staged");
}

#[test]
fn a_bare_repository_judges_branches() {
    let repo = guarded();
    let server = repo.remote();
    on_work(&repo).write_many("many", 6).commit_unjudged("many");
    repo.write("b.txt", "b\n").commit_unjudged("b");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    assert_violated(&server.json(&["check", "work"]), "commit", "file-limit");
    assert_violated(&server.json(&["check", "main..work"]), "commit", "file-limit");
    assert_violated(&server.json(&["check", "work", "--merge"]), "commit", "file-limit");
    assert_accepted(&server.json(&["check"]));
    server.guard(&["check", "--staged"]).undecided().says("this repository is bare: it has no work tree and no index");
}

#[test]
fn a_branch_without_a_common_ancestor_has_only_its_own_commits() {
    let repo = guarded();
    repo.git(&["switch", "-q", "--orphan", "other"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    repo.write("b.txt", "b\n").commit_unjudged("b");
    let json = repo.json(&["check"]);
    assert_eq!(commits(&json).len(), 2);
    let violation = assert_violated(&json, "commit", "file-limit");
    assert_eq!(violation["measured"], 6);
}

#[test]
fn a_base_that_moved_on_is_measured_from_the_merge_base() {
    let repo = guarded();
    on_work(&repo).write_many("work", 3).commit_unjudged("work");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write_many("main", 9).commit_unjudged("main");
    let json = repo.json(&["check", "work"]);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "landing")["files"], 3);
    // merging the base into it adds nothing, as its work is nobody's here
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "--no-edit", "main"]).ok();
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "landing")["files"], 3);
}

#[test]
fn names_that_look_like_options_or_are_ambiguous() {
    let repo = guarded();
    repo.git(&["update-ref", "refs/heads/--staged", "HEAD"]).ok();
    repo.guard(&["check", "--", "--staged"]).ok().says("nothing to judge");
    repo.guard(&["check", "HEAD:a.txt"]).undecided().says("is no commit");
    repo.guard(&["check", "main^{tree}"]).undecided().says("is no commit");
    repo.guard(&["check", ""]).undecided();
    repo.guard(&["check", "a\u{1b}[31mb"]).undecided().says_not("\u{1b}");
}

#[test]
fn an_upstream_of_another_remote() {
    let repo = guarded();
    repo.git(&["clone", "-q", "--bare", ".", "../up.git"]).ok();
    repo.git(&["remote", "add", "up", "../up.git"]).ok();
    repo.git(&["fetch", "-q", "up"]).ok();
    on_work(&repo).write_many("two", 2).commit_unjudged("two");
    assert_eq!(refs(&repo.json(&["check"])).0, "refs/remotes/up/main");
}
