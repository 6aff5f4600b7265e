//! Evidence on its way: trailers, and records pushed beside the branch. Unsigned ones are worth a claim here.

use super::*;

const NOTES: &str = "refs/notes/guard/*";

/// A change of the middleware, proven here, in a commit that says nothing of it.
fn proven_in_silence(policy: &str) -> (Repo, Repo) {
    let (repo, server) = pushing_under(policy);
    proven_change(&repo, "check(more)\n");
    repo.commit_unjudged("says nothing");
    (repo, server)
}

#[test]
fn a_record_in_the_same_push_counts_as_claimed() {
    let (repo, server) = proven_in_silence(POLICY);
    assert_refused(&repo, &server, &["work"], "guarded-area").says("needs claimed, found none");
    repo.git(&["push", "-q", "--atomic", "origin", "work", NOTES]).ok();
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

#[test]
fn a_record_that_went_ahead_counts_too() {
    let (repo, _server) = proven_in_silence(POLICY);
    repo.git(&["push", "-q", "origin", NOTES]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn nothing_unsigned_is_more_than_a_claim() {
    let (repo, server) = proven_in_silence(&POLICY.replace("land = \"claimed\"", "land = \"recorded\""));
    repo.git(&["push", "-q", "--atomic", "origin", "work", NOTES]).ok();
    assert_refused(&repo, &server, &["work:main"], "guarded-area").says("needs recorded, found claimed");
}

#[test]
fn a_failure_counts_against_it() {
    let (repo, server) = pushing();
    repo.write("middleware/auth.py", "pass\n").stage();
    repo.guard(&["test", "integration"]).rejected();
    repo.commit_unjudged("fails");
    assert_refused(&repo, &server, &["--atomic", "work", NOTES], "guarded-area").says("exit status 1");
}

#[test]
fn a_record_of_another_tree_or_definition_is_named_and_none() {
    let (repo, server) = proven_in_silence(POLICY);
    repo.write("b.txt", "b\n").commit_unjudged("another tree");
    assert_refused(&repo, &server, &["--atomic", "work", NOTES], "guarded-area").says("found none");
    let (repo, server) = proven_in_silence(POLICY);
    let run = POLICY.replace("test -e ok", "true");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", run).commit_unjudged("another suite");
    place(&repo, &server, "main:main");
    repo.git(&["switch", "-q", "work"]).ok();
    assert_refused(&repo, &server, &["--atomic", "work", NOTES], "guarded-area").says("defined otherwise");
}

#[test]
fn a_marker_of_the_tip_is_enough_and_of_another_commit_is_not() {
    let (repo, server) = pushing();
    repo.install();
    proven_change(&repo, "check(more)\n");
    repo.git(&["commit", "-q", "-m", "work"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("on top");
    assert_refused(&repo, &server, &["--no-verify", "work"], "guarded-area");
    repo.git(&["push", "-q", "--no-verify", "origin", "work^:refs/heads/work"]).ok();
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    repo.git(&["push", "-q", "--no-verify", "origin", "work"]).ok();
}

#[test]
fn each_commit_where_the_policy_says_so() {
    let (repo, server) = pushing_under(&POLICY.replace("[evidence]", "[evidence]\neach-commit = true"));
    repo.write("middleware/auth.py", "pass\n").commit_unjudged("unproven");
    proven_change(&repo, "check(more)\n");
    repo.commit_unjudged("proven");
    let run = assert_refused(&repo, &server, &["--atomic", "work", NOTES], "guarded-area");
    run.says(&format!("commit {}", &repo.rev("work^")[..7]));
}

#[test]
fn a_clean_merge_of_two_proven_branches_is_proven_by_neither() {
    let (repo, server) = pushing();
    proven_change(&repo, "check(one)\n");
    repo.commit_unjudged("one");
    repo.git(&["switch", "-q", "-c", "two", "main"]).ok();
    repo.write("ok", "").write("lib/middleware/b.py", "check(two)\n").stage();
    repo.guard(&["test", "integration"]).ok();
    repo.commit_unjudged("two");
    repo.git(&["merge", "-q", "--no-edit", "work"]).ok();
    assert_refused(&repo, &server, &["--atomic", "two", NOTES], "guarded-area");
    repo.guard(&["test", "integration", "--rev", "two"]).ok();
    repo.git(&["push", "-q", "--atomic", "origin", "two", NOTES]).ok();
}

#[test]
fn evidence_is_added_to_and_never_rewritten() {
    let (repo, server) = proven_in_silence(POLICY);
    repo.git(&["push", "-q", "origin", NOTES]).ok();
    let writer = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/"]).ok().line();
    assert_refused(&repo, &server, &[&format!(":{writer}")], "protected-ref").says("holds evidence and can't be rewritten");
    repo.guard(&["test", "integration", "--again"]).ok();
    repo.git(&["push", "-q", "origin", NOTES]).ok();
    let older = format!("{writer}^:{writer}");
    assert_refused(&repo, &server, &["--force", &older], "protected-ref").says("can't be rewritten");
}

#[test]
fn evidence_alone_is_no_work() {
    let (repo, _server) = proven_in_silence(POLICY);
    for n in 0..12 {
        repo.write("n.txt", format!("{n}\n")).stage();
        repo.guard(&["test", "integration"]).ok();
    }
    let run = repo.login("somebody").git(&["push", "-q", "origin", NOTES]).rejected();
    run.says("error[known-specialist]: the policy names nobody who pushes this");
    repo.login("dev").git(&["push", "-q", "origin", NOTES]).ok();
}

#[test]
fn notes_that_hold_something_else_stop_nobody() {
    let (repo, server) = proven_in_silence(POLICY);
    let writer = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/"]).ok().line();
    repo.git(&["push", "-q", "origin", &writer]).ok();
    let tree = repo.rev("HEAD^{tree}");
    repo.git(&["notes", "--ref=refs/notes/guard/evil", "add", "-m", "garbage\n{\"payload\":1}", &tree]).ok();
    repo.git(&["push", "origin", "refs/notes/guard/evil"]).rejected().says("a line can't be read: no DSSE envelope");
    repo.git(&["push", "origin", "main:refs/notes/guard/branch"]).rejected().says("`policy.toml`, which is the place of no note");
    // as somebody may have put them there who needs no push
    let from = repo.path().to_str().unwrap();
    server.git(&["fetch", "-q", from, "refs/notes/guard/evil:refs/notes/guard/evil", "main:refs/notes/guard/branch"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}
