//! Ways to change who judges.

use super::*;

const WEAK: &str = "version = 1\nbase = \"main\"\n\n[specialist.\"*\"]\n";

/// A push of the branch that stands is rejected by the server for `rule`, and changes nothing there.
#[track_caller]
fn assert_refused(repo: &Repo, server: &Repo, refspec: &str, rule: &str) {
    let before = server.state_of_refs();
    repo.git(&["push", "origin", refspec]).rejected().says(&format!("error[{rule}]"));
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn a_policy_weakened_in_the_same_commit() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev").write("policy.toml", WEAK).write("middleware/auth.py", "pass\n").commit_unjudged("both");
    assert_refused(&repo, &server, "main", "guarded-area");
    assert_refused(&repo, &server, "main", "policy-change");
}

#[test]
fn a_policy_weakened_in_an_earlier_commit_of_the_push() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev").write("policy.toml", WEAK).commit_unjudged("weaken");
    repo.write("middleware/auth.py", "pass\n").commit_unjudged("use it");
    repo.write("policy.toml", STRICT_POLICY).commit_unjudged("put it back");
    assert_refused(&repo, &server, "main", "policy-change");
    assert_refused(&repo, &server, "main", "guarded-area");
}

#[test]
fn a_policy_weakened_on_a_branch_judges_nothing() {
    let repo = guarded();
    repo.install().git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("policy.toml", WEAK).commit_unjudged("weaken");
    repo.write("middleware/auth.py", "pass\n").commit("use it").rejected().says("guarded-area");
}

#[test]
fn a_policy_deleted() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev").remove("policy.toml").commit_unjudged("delete");
    assert_refused(&repo, &server, "main", "policy-change");
}

#[test]
fn a_policy_replaced_by_a_link() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev").write("weak.toml", WEAK).remove("policy.toml").link("policy.toml", "weak.toml").commit_unjudged("link");
    assert_refused(&repo, &server, "main", "policy-change");
    // not even an owner may land a policy that can't judge
    repo.login("boss");
    assert_refused(&repo, &server, "main", "policy-change");
}

#[test]
fn a_policy_with_a_misspelt_key_lands_for_nobody() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("boss")
        .write("policy.toml", STRICT_POLICY.replace("max-files-per-commit", "max-file-per-commit"))
        .commit_unjudged("typo");
    repo.git(&["push", "origin", "main"]).rejected().says("max-files-per-commit").says("error[policy-change]");
    assert_eq!(server.rev("main"), repo.rev("HEAD^"));
}

#[test]
fn an_owner_may_change_the_policy() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("boss")
        .write("policy.toml", STRICT_POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 6"))
        .commit_unjudged("more");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    assert_eq!(server.rev("main"), repo.rev("HEAD"));
}

#[test]
fn the_word_of_the_author_makes_nobody_an_owner_on_a_server() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev").author("boss@example.org").write("policy.toml", WEAK).commit_unjudged("as the boss");
    assert_refused(&repo, &server, "main", "policy-change");
}

#[test]
fn nobody_is_not_somebody() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.set("GUARD_SPECIALIST", "dev").write("b.txt", "b\n").commit_unjudged("b");
    assert_refused(&repo, &server, "HEAD:refs/heads/work", "known-specialist");
}

#[test]
fn the_work_tree_s_policy_judges_nothing() {
    let repo = guarded();
    repo.write("policy.toml", WEAK).write("middleware/auth.py", "pass\n").git(&["add", "middleware"]).ok();
    assert_violated(&repo.json(&["check", "--staged"]), "index", "guarded-area");
}

#[test]
fn a_trailer_for_another_tree_is_no_evidence() {
    let repo = guarded();
    let server = repo.guarded_remote();
    let old = repo.rev("HEAD^{tree}");
    repo.login("dev").write("middleware/auth.py", "pass\n").stage();
    let message = format!("work\n\nIntegration-Tested: integration tree={old}\n");
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", &message]).ok();
    assert_refused(&repo, &server, "HEAD:refs/heads/work", "guarded-area");
}

#[test]
fn protected_branches_stay() {
    let repo = guarded();
    let server = repo.guarded_remote();
    server.git(&["config", "--unset-all", "receive.hideRefs"]).ok();
    repo.login("dev");
    assert_refused(&repo, &server, ":main", "protected-ref");
    assert_refused(&repo, &server, "+HEAD^:main", "protected-ref");
    assert_refused(&repo, &server, "HEAD:refs/heads/Main", "protected-ref");
    assert_refused(&repo, &server, "HEAD:refs/heads/HEAD", "protected-ref");
    assert_refused(&repo, &server, "HEAD:refs/replace/0123456789012345678901234567890123456789", "protected-ref");
    assert_refused(&repo, &server, "HEAD:refs/guard/ledger", "protected-ref");
    repo.git(&["push", "-q", "origin", "HEAD:refs/heads/fresh"]).ok();
    repo.git(&["push", "-q", "origin", ":fresh"]).ok();
}

#[test]
fn hostile_configuration_changes_no_verdict() {
    let repo = guarded();
    repo.write("middleware/auth.py", "pass\n").write("caf\u{e9}.txt", "x\n").stage();
    let before = repo.json(&["check", "--staged"]);
    for (key, value) in [
        ("diff.renames", "copies"),
        ("diff.noprefix", "true"),
        ("diff.external", "true"),
        ("core.quotePath", "true"),
        ("diff.algorithm", "patience"),
        ("core.ignoreCase", "true"),
        ("core.precomposeUnicode", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("core.autocrlf", "true"),
        ("core.fileMode", "false"),
    ] {
        repo.git(&["config", key, value]).ok();
    }
    repo.write(".git/info/attributes", "* -diff -text binary merge=union\n");
    assert_eq!(repo.json(&["check", "--staged"]), before);
}

#[test]
fn replaced_objects_are_not_looked_at() {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/auth.py", "pass\n").commit_unjudged("work");
    let before = repo.json(&["check"]);
    repo.git(&["replace", "HEAD", "main"]).ok();
    assert_eq!(repo.json(&["check", "work"])["judgements"], before["judgements"]);
}

#[test]
fn grafts_are_refused() {
    let repo = guarded();
    repo.write(".git/info/grafts", format!("{}\n", repo.rev("HEAD")));
    repo.guard(&["check"]).undecided().says("grafts");
}

#[test]
fn a_clone_that_holds_nothing_but_the_work_does_not_take_its_policy_for_the_first() {
    // as a CI checks out: the branch alone, and no branch of its own
    let repo = guarded();
    repo.remote();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("policy.toml", OPEN_POLICY).write_many("many", 20).commit_unjudged("weakened");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    let ci = repo.sibling("ci");
    repo.git(&["init", "-q", "../ci"]).ok();
    ci.git(&["fetch", "-q", "../server.git", "work"]).ok();
    ci.git(&["checkout", "-q", "FETCH_HEAD"]).ok();
    for args in [&["check"][..], &["check", "HEAD"], &["check", "HEAD~1..HEAD"], &["check", "--staged"]] {
        ci.guard(args).undecided().says("which branch holds the policy").says("git fetch");
    }
    ci.git(&["fetch", "-q", "../server.git", "main:refs/remotes/origin/main"]).ok();
    ci.git(&["remote", "add", "origin", "../server.git"]).ok();
    assert_violated(&ci.json(&["check"]), "session", "file-limit");
}
