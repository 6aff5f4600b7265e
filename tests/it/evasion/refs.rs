//! Ways around what is trusted: the branch that holds the policy, names that stand for two things, the refs that hold evidence.

use super::*;

/// A file for each name, committed on a new branch.
fn branch(repo: &Repo, name: &str, files: usize) {
    repo.git(&["switch", "-q", "-c", name, "main"]).ok();
    repo.write_many(name, files).commit_unjudged(name);
}

#[test]
fn a_server_whose_head_leads_nowhere_does_not_ask_the_push_for_a_policy() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev").write_many("many", 20).commit_unjudged("far too much");
    // `git init --bare` names a HEAD of its own: which of the usual names is there must not decide, since anybody can make one
    server.git(&["symbolic-ref", "HEAD", "refs/heads/master"]).ok();
    let before = server.state_of_refs();
    repo.git(&["push", "origin", "main"]).rejected().says("`master`").says("git symbolic-ref HEAD refs/heads/");
    repo.git(&["push", "origin", "main:master"]).rejected().says("`master`");
    assert_eq!(server.state_of_refs(), before);
    server.git(&["config", "guard.policyRef", "main"]).ok();
    repo.git(&["push", "origin", "main"]).rejected().says("error[file-limit]");
    server.git(&["config", "--unset", "guard.policyRef"]).ok();
    server.git(&["branch", "-m", "main", "trunk"]).ok();
    server.git(&["symbolic-ref", "HEAD", "refs/heads/nowhere"]).ok();
    let before = server.state_of_refs();
    repo.git(&["push", "origin", "main:trunk"]).rejected().says("`nowhere`").says("git symbolic-ref HEAD refs/heads/");
    repo.git(&["push", "origin", "main:other"]).rejected().says("`nowhere`");
    assert_eq!(server.state_of_refs(), before);
}

/// A server where `main` holds the policy, strict since its last commit, and work lands on `develop`.
fn policy_beside_the_base() -> (Repo, Repo) {
    let policy = STRICT_POLICY.replace("base = \"main\"", "base = \"develop\"");
    let repo = Repo::with_policy(&policy.replace("max-files-per-commit = 5", "max-files-per-commit = 500"));
    repo.write("policy.toml", policy).commit_unjudged("strict");
    repo.git(&["branch", "develop"]).ok();
    let server = repo.remote();
    repo.git(&["push", "-q", "origin", "develop"]).ok();
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    server.git(&["config", "receive.denyDeleteCurrent", "ignore"]).ok();
    server.guard(&["install", "--server"]).ok();
    repo.login("dev");
    (repo, server)
}

#[test]
fn an_old_policy_put_back_by_rewinding_the_branch_that_holds_it() {
    let (repo, server) = policy_beside_the_base();
    let before = server.state_of_refs();
    repo.git(&["push", "origin", "+main^:main"]).rejected().says("error[protected-ref]");
    repo.git(&["push", "origin", ":main"]).rejected().says("error[protected-ref]");
    repo.git(&["push", "origin", "main:refs/heads/Main"]).rejected().says("error[protected-ref]");
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn a_tag_that_takes_the_base_s_name() {
    let repo = guarded();
    repo.guarded_remote();
    branch(&repo, "work", 20);
    assert_violated(&repo.json(&["check", "--base", "origin/main"]), "session", "file-limit");
    assert_violated(&repo.json(&["check", "main..work"]), "session", "file-limit");
    for tag in ["origin/main", "main"] {
        repo.git(&["tag", tag, "work"]).ok();
    }
    repo.guard(&["check", "--base", "origin/main"]).undecided().says("refs/tags/origin/main").says("refs/remotes/origin/main");
    repo.guard(&["check", "main..work"]).undecided().says("refs/tags/main");
    repo.guard(&["check", "main~0..work"]).undecided().says("refs/tags/main");
    repo.guard(&["check", "refs/heads/main..work"]).rejected();
    // two names of one commit deceive nobody
    repo.git(&["tag", "-f", "main", "refs/heads/main"]).ok();
    repo.guard(&["check", "main..work"]).rejected();
}

#[test]
fn a_pushed_tag_of_a_protected_branch_s_name() {
    let repo = guarded();
    let server = repo.guarded_remote();
    branch(&repo, "evil", 1);
    server.git(&["update-ref", "refs/tags/main", "refs/heads/main"]).ok();
    repo.login("dev");
    for tag in ["main", "origin/main", "up/stream/main", "Main"] {
        let run = repo.git(&["push", "-f", "origin", &format!("evil:refs/tags/{tag}")]).rejected();
        run.says("error[protected-ref]").says("takes the name of protected `main`");
    }
    // What only looks like it is no matter of the guard's: it is git that keeps no ref below another's name.
    let run = repo.git(&["push", "origin", "evil:refs/tags/domain", "evil:refs/tags/main/1"]).rejected();
    run.says_not("error[").says("guard: accepted").says("'refs/tags/main' exists; cannot create 'refs/tags/main/1'");
    assert_eq!(server.rev("refs/tags/domain"), repo.rev("evil"));
    // One that is there may go, and then its name is free for others below it.
    repo.git(&["push", "origin", ":refs/tags/main"]).ok();
    repo.git(&["push", "origin", "evil:refs/tags/main/1"]).ok();
}

#[test]
fn evidence_taken_away_by_a_push_that_goes_forward() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev");
    let run = |rev: &str| repo.guard(&["test", "integration", "--again", "--rev", rev]).rejected();
    run("HEAD");
    let notes = &repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/"]).ok().line();
    let note = |args: &[&str]| repo.git(&[&["notes", &format!("--ref={notes}")], args].concat()).ok();
    repo.git(&["push", "-q", "origin", notes]).ok();
    run("HEAD");
    run("HEAD^");
    repo.git(&["push", "-q", "origin", notes]).ok();
    let before = server.state_of_refs();
    let second = note(&["show", "HEAD^{tree}"]).out().lines().last().unwrap().to_owned();
    note(&["add", "-f", "-m", &second, "HEAD^{tree}"]);
    repo.git(&["push", "origin", notes]).rejected().says("error[protected-ref]");
    note(&["remove", "HEAD^{tree}"]);
    repo.git(&["push", "origin", notes]).rejected().says("error[protected-ref]");
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn evidence_that_is_no_commit() {
    let repo = guarded();
    repo.guarded_remote();
    let blob = repo.rev("HEAD:a.txt");
    repo.login("dev").git(&["push", "origin", &format!("{blob}:refs/notes/guard/x")]).rejected().says("error[protected-ref]");
}

#[test]
fn work_space_that_takes_in_the_branch_which_holds_the_policy() {
    let policy = STRICT_POLICY.replace("base = \"main\"", "base = \"develop\"\nprotected = [\"develop\"]\nfree = [\"*\"]");
    let repo = Repo::with_policy(&policy);
    let server = repo.guarded_remote();
    repo.login("dev").write("policy.toml", policy.replace("max-files-per-commit = 5", "")).commit_unjudged("weaken");
    let before = server.state_of_refs();
    repo.git(&["push", "origin", "main"]).rejected().says("no base: the policy's base branch `develop` is not in this repository");
    assert_eq!(server.state_of_refs(), before);
    server.git(&["branch", "develop", "main"]).ok();
    let before = server.state_of_refs();
    repo.git(&["push", "origin", "main"]).rejected().says("error[policy-change]");
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn a_tag_object_in_a_branch_s_place_that_git_refuses_after_all_else_was_taken() {
    let repo = guarded();
    let server = repo.guarded_remote();
    repo.login("dev");
    branch(&repo, "work", 7);
    repo.git(&["tag", "-a", "-m", "t", "t", "work"]).ok();
    let before = server.state_of_refs();
    let run = repo.git(&["push", "origin", "work", "t:refs/heads/main"]).rejected();
    let text = run
        .says("`refs/heads/main` would hold a tag, not its commit")
        .says("a branch holds a commit")
        .says_not("reaches no commit")
        .err();
    assert_eq!(server.state_of_refs(), before);
    let next = text.lines().find_map(|line| line.split_once("next: ")).unwrap_or_else(|| panic!("no next in\n{text}")).1;
    repo.run("sh", &["-c", next]).ok();
    assert_eq!(server.rev("main"), repo.rev("work"));
}

#[test]
fn a_second_root_after_which_nobody_knows_which_repository_this_is() {
    let repo = guarded();
    repo.guarded_remote();
    repo.login("dev");
    let empty = repo.run_with("git", &["mktree"], b"").ok().line();
    let orphan = repo.git(&["commit-tree", &empty, "-m", "nothing"]).ok().line();
    for parents in [["-p", &orphan, "-p", "main"], ["-p", "main", "-p", &orphan]] {
        let merge = repo.git(&[&["commit-tree", "main^{tree}", "-m", "merge"][..], &parents].concat()).ok().line();
        let to = format!("{merge}:refs/heads/main");
        repo.git(&["push", "origin", &to]).rejected().says("is protected and would get a second root");
    }
    // A history of its own on a branch of its own is no matter of main's, also where both come at once.
    repo.write("a", "a\n").commit_unjudged("work");
    let pages = format!("{orphan}:refs/heads/pages");
    repo.git(&["push", "-q", "origin", &pages, "main"]).ok();
}
