//! `guard check` in a clone as a CI makes it, where nothing says which branch is the remote's default one: anybody may push a name.

use super::*;

/// A server of plain git whose default branch is `trunk`; `small` has a file more, `big` far too many.
fn of_trunk(trunk: &str) -> (Repo, Repo) {
    let repo = Repo::with_policy(&STRICT_POLICY.replace("base = \"main\"", &format!("base = \"{trunk}\"")));
    repo.git(&["branch", "-m", "main", trunk]).ok();
    let server = repo.sibling("server.git");
    repo.git(&["init", "-q", "--bare", "-b", trunk, "../server.git"]).ok();
    repo.git(&["remote", "add", "origin", "../server.git"]).ok();
    for (name, files) in [("small", 1), ("big", 20)] {
        repo.git(&["switch", "-q", "-c", name, trunk]).ok();
        repo.write_many(name, files).commit_unjudged(name);
    }
    repo.git(&["push", "-q", "origin", trunk, "small", "big"]).ok();
    (repo, server)
}

/// A clone as `actions/checkout` makes it, on that branch's commit.
fn ci(repo: &Repo, branch: &str) -> Repo {
    let ci = repo.sibling("ci");
    if ci.path().exists() {
        std::fs::remove_dir_all(ci.path()).unwrap();
    }
    repo.git(&["init", "-q", "../ci"]).ok();
    ci.git(&["remote", "add", "origin", "../server.git"]).ok();
    ci.git(&["fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]).ok();
    ci.git(&["checkout", "-q", "--detach", &format!("refs/remotes/origin/{branch}")]).ok();
    ci
}

/// Whatever is asked, the far too many files are not accepted; and what is said leads to the remote's own default branch.
#[track_caller]
fn assert_not_deceived(repo: &Repo, trunk: &str) {
    let gate = ci(repo, "big");
    for args in
        [&["check"][..], &["check", "HEAD"], &["check", "HEAD~1..HEAD"], &["check", "--stage", "land"], &["check", "--merge"]]
    {
        let run = gate.guard(args);
        assert_ne!(run.status, 0, "`{}`\n{}{}", run.command, run.out(), run.err());
    }
    let nexts = gate.guard(&["check"]).undecided().says("which branch of `origin` holds the policy").nexts();
    assert_eq!(nexts, ["git fetch origin '+refs/heads/*:refs/remotes/origin/*'", "git remote set-head origin -a"]);
    for next in nexts {
        gate.run("sh", &["-c", &next]).ok();
    }
    gate.guard(&["check"]).rejected().says("error[file-limit]").says(trunk);
    gate.git(&["checkout", "-q", "--detach", "refs/remotes/origin/small"]).ok();
    gate.guard(&["check"]).ok();
}

#[test]
fn a_branch_of_a_usual_name_with_a_policy_of_its_own() {
    for (trunk, usual) in [("trunk", "main"), ("master", "main"), ("trunk", "master"), ("main", "master")] {
        let (repo, server) = of_trunk(trunk);
        let policy = format!("version = 1\nbase = \"{trunk}\"\n[specialist.\"*\"]\n");
        repo.git(&["switch", "-q", "-c", usual, trunk]).ok();
        repo.write("policy.toml", policy).commit_unjudged("mine");
        repo.git(&["push", "-q", "origin", usual]).ok();
        assert_not_deceived(&repo, trunk);
        // It is its own base now, which must not choose it either.
        repo.write("policy.toml", OPEN_POLICY.replace("main", usual)).commit_unjudged("my own base");
        repo.git(&["push", "-q", "origin", usual]).ok();
        assert_not_deceived(&repo, trunk);
        assert!(server.state_of_refs().contains(usual));
    }
}

#[test]
fn a_branch_that_has_no_policy_under_a_usual_name() {
    let (repo, _server) = of_trunk("trunk");
    repo.git(&["switch", "-q", "-c", "main", "trunk"]).ok();
    repo.remove("policy.toml").commit_unjudged("nothing to guard");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    assert_not_deceived(&repo, "trunk");
}

#[test]
fn names_that_are_taken_for_the_remote_s_default_branch() {
    let (repo, server) = of_trunk("trunk");
    repo.git(&["switch", "-q", "-c", "evil", "trunk"]).ok();
    repo.write("policy.toml", OPEN_POLICY.replace("main", "trunk")).commit_unjudged("mine");
    repo.git(&["push", "-q", "origin", "evil"]).ok();
    // A branch `HEAD` is fetched to where git notes which the remote's default branch is.
    drop(repo.git(&["push", "-q", "origin", "evil:refs/heads/HEAD"]));
    if !server.state_of_refs().contains("refs/heads/HEAD") {
        server.git(&["update-ref", "refs/heads/HEAD", "refs/heads/evil"]).ok();
    }
    assert_not_deceived(&repo, "trunk");
    server.git(&["update-ref", "-d", "refs/heads/HEAD"]).ok();
    for name in ["refs/heads/origin/HEAD", "refs/heads/origin/trunk", "refs/tags/origin/HEAD", "refs/tags/main"] {
        repo.git(&["push", "-q", "origin", &format!("evil:{name}")]).ok();
    }
    assert_not_deceived(&repo, "trunk");
}

#[test]
fn branches_that_all_hold_the_same_policy_are_of_one_mind_until_one_is_not() {
    let (repo, _server) = of_trunk("trunk");
    ci(&repo, "big").guard(&["check"]).rejected().says("error[file-limit]");
    ci(&repo, "small").guard(&["check"]).ok();
    repo.git(&["push", "-q", "origin", "small:refs/heads/main"]).ok();
    ci(&repo, "big").guard(&["check"]).rejected().says("error[file-limit]");
    repo.git(&["switch", "-q", "-c", "evil", "trunk"]).ok();
    repo.write("policy.toml", OPEN_POLICY).commit_unjudged("mine");
    repo.git(&["push", "-q", "origin", "evil"]).ok();
    assert_not_deceived(&repo, "trunk");
}

#[test]
fn a_clone_of_one_branch_alone_does_not_judge_it_by_its_own_policy() {
    let (repo, server) = of_trunk("trunk");
    repo.git(&["switch", "-q", "-c", "main", "trunk"]).ok();
    repo.write("policy.toml", OPEN_POLICY).write_many("more", 20).commit_unjudged("mine, as is the policy");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    let url = format!("file://{}", server.path().display());
    for (how, detached) in [(&["--single-branch"][..], false), (&["--depth=2"], false), (&["--depth=2"], true)] {
        let gate = repo.sibling("gate");
        drop(std::fs::remove_dir_all(gate.path()));
        repo.git(&[&["clone", "-q", "-b", "main"][..], how, &[&url, "../gate"]].concat()).ok();
        if detached {
            gate.git(&["checkout", "-q", "--detach"]).ok();
        }
        for args in
            [&["check"][..], &["check", "HEAD"], &["check", "HEAD~1..HEAD"], &["check", "--stage", "branch"], &["check", "--merge"]]
        {
            gate.guard(args).undecided().says("nothing says that `main` is the default branch of `origin`");
        }
        for next in gate.guard(&["check"]).undecided().nexts() {
            gate.run("sh", &["-c", &next]).ok();
        }
        gate.guard(&["check"]).rejected().says("error[file-limit]");
    }
}

#[test]
fn nor_does_it_keep_anybody_from_work_on_what_it_holds() {
    let (repo, server) = of_trunk("main");
    let url = format!("file://{}", server.path().display());
    repo.git(&["clone", "-q", "--single-branch", "-b", "main", &url, "../alone"]).ok();
    let alone = repo.sibling("alone");
    alone.git(&["remote", "set-head", "origin", "-d"]).ok();
    alone.install().write("one.txt", "1\n").git(&["add", "-A"]).ok();
    alone.guard(&["check", "--staged"]).ok();
    alone.git(&["commit", "-q", "-m", "one"]).ok();
    alone.guard(&["check"]).ok();
    alone.guard(&["check", "--base", "origin/main", "origin/main"]).ok().says("nothing to judge");
}
