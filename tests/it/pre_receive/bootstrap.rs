//! Before there is a trusted policy, and where an administrator names another one.

use super::*;

/// A repository, and an empty server that guards.
fn empty(policy: Option<&str>) -> (Repo, Repo) {
    let repo = Repo::new();
    if let Some(policy) = policy {
        repo.write("policy.toml", policy);
    }
    repo.write_many("many", 9).commit_unjudged("start");
    repo.git(&["init", "-q", "--bare", "-b", "main", "../server.git"]).ok();
    let server = repo.sibling("server.git");
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    server.guard(&["install", "--server"]).ok();
    repo.git(&["remote", "add", "origin", "../server.git"]).ok();
    (repo, server)
}

#[test]
fn the_first_push_brings_the_policy() {
    let (repo, server) = empty(Some(POLICY));
    let run = repo.git(&["push", "origin", "main"]).ok();
    run.says("bootstrap: the trusted branch has no policy yet").says("push:policy.toml");
    repo.write_many("more", 6).commit_unjudged("more");
    assert_refused(&repo, &server, &["main:work"], "known-specialist");
    repo.login("dev");
    assert_refused(&repo, &server, &["main:work"], "file-limit");
}

#[test]
fn a_policy_that_does_not_load_is_not_brought() {
    for (broken, word) in [
        (POLICY.replace("max-files-per-commit", "max-file-per-commit"), "did you mean"),
        (format!("{POLICY}\n[halt]\non-failure = []\n"), "`on-failure` is an empty list"),
        (format!("{POLICY}\n[runner.ci]\nkeys = []\n"), "runner `ci` has no `keys`"),
        ("version = 2\n".to_owned(), "version"),
    ] {
        let (repo, server) = empty(Some(&broken));
        refused(&repo, &server, &["main"]).says(word);
    }
}

#[test]
fn paths_are_judged_from_the_first_push_on() {
    let (repo, server) = empty(Some(POLICY));
    repo.link("out", "../../etc/passwd").commit_unjudged("a link that leaves");
    assert_refused(&repo, &server, &["main"], "safe-path");
}

#[test]
fn without_any_policy_there_is_nothing_to_guard() {
    let (repo, server) = empty(None);
    repo.git(&["push", "origin", "main"]).ok().says("remote: guard: no policy.toml on the trusted branch: nothing to guard");
    repo.write("b.txt", "b\n").commit_unjudged("b");
    server.git(&["config", "guard.required", "true"]).ok();
    refused(&repo, &server, &["main"]).says("there is no policy.toml on the trusted branch").says("`guard.required` is set");
    server.git(&["config", "guard.required", "perhaps"]).ok();
    refused(&repo, &server, &["main"]).says("could not decide").says("guard.required");
}

#[test]
fn the_first_branch_need_not_be_the_trusted_one() {
    let (repo, server) = empty(Some(POLICY));
    repo.git(&["push", "origin", "main:work"]).ok().says("bootstrap");
    repo.git(&["push", "origin", "main"]).ok().says("bootstrap");
    repo.write_many("more", 6).commit_unjudged("more");
    repo.login("dev");
    assert_refused(&repo, &server, &["main:work"], "file-limit");
}

#[test]
fn a_file_that_the_administrator_names_judges_instead() {
    let (repo, server) = pushing();
    let strict = POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 1");
    server.write("strict.toml", &strict);
    let absolute = server.file("strict.toml");
    repo.write_many("two", 2).commit_unjudged("two");
    for name in ["strict.toml", absolute.to_str().unwrap()] {
        server.git(&["config", "guard.policyFile", name]).ok();
        let run = assert_refused(&repo, &server, &["work"], "file-limit");
        run.says("2 files changed in this commit, 1 allowed").says("(named by guard.policyFile)").says_not("WARNING");
    }
    server.write("strict.toml", "version = 1\nbase = 7\n");
    refused(&repo, &server, &["work"]).says("could not decide").says("strict.toml");
    server.git(&["config", "guard.policyFile", "gone.toml"]).ok();
    refused(&repo, &server, &["work"]).says("could not decide").says("gone.toml").says("guard.policyFile");
}

#[test]
fn a_branch_that_the_administrator_names_holds_the_policy() {
    let (repo, server) = pushing();
    repo.git(&["switch", "-q", "-c", "policy", "main"]).ok();
    repo.write("policy.toml", POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 1")).commit_unjudged("strict");
    place(&repo, &server, "policy:policy");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.write_many("two", 2).commit_unjudged("two");
    for name in ["policy", "refs/heads/policy"] {
        server.git(&["config", "guard.policyRef", name]).ok();
        assert_refused(&repo, &server, &["work"], "file-limit").says("1 allowed").says("(policy@");
    }
    server.git(&["config", "guard.policyRef", "gone"]).ok();
    refused(&repo, &server, &["work"]).says("could not decide").says("there is no such branch").says("guard.policyRef");
    server.git(&["config", "--unset", "guard.policyRef"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn a_head_that_leads_nowhere_leaves_no_door_open() {
    // as `git init --bare` leaves it where everybody pushes `main`
    let (repo, server) = pushing();
    server.git(&["symbolic-ref", "HEAD", "refs/heads/master"]).ok();
    let found = server.guard(&["doctor"]).rejected().says("HEAD").says("names `master`, and there is no such branch");
    found.says("git symbolic-ref HEAD refs/heads/BRANCH");
    repo.write("policy.toml", OPEN_POLICY).write_many("many", 6).commit_unjudged("weaken");
    // Whichever branch is there must not decide which policy judges, nor the one that HEAD names and that anybody could make.
    for refs in ["work", "work:master", "main:master2", "main~0:refs/tags/x"] {
        let run = refused(&repo, &server, &[refs]).says("could not decide").says("HEAD of this repository is `master`");
        run.says("git symbolic-ref HEAD refs/heads/BRANCH").says("config guard.policyRef BRANCH");
    }
    for way in [["symbolic-ref", "HEAD", "refs/heads/main"].as_slice(), &["config", "guard.policyRef", "main"]] {
        server.git(&["symbolic-ref", "HEAD", "refs/heads/master"]).ok();
        server.git(way).ok();
        assert_refused(&repo, &server, &["work"], "policy-change").says("(main@");
        assert_refused(&repo, &server, &["work:master"], "policy-change");
    }
    server.guard(&["doctor"]).ok();
}
