//! Clones as people have them: of one branch, partial, sparse, bare with work trees, beside a GUI without a PATH.

use super::*;

#[test]
fn a_clone_of_one_branch_is_led_to_the_one_that_holds_the_policy() {
    let (repo, server) = project(STRICT_POLICY);
    repo.git(&["push", "-q", "origin", "main:refs/heads/feat"]).ok();
    let url = format!("file://{}", server.path().display());
    repo.git(&["clone", "-q", "--single-branch", "-b", "feat", &url, "../single"]).ok();
    let single = repo.sibling("single");
    single.install().login("dev");
    drop(single.git(&["remote", "set-head", "origin", "-d"]));
    // A branch that isn't here is no reason to let HEAD's policy judge.
    single.git(&["config", "guard.policyRef", "main"]).ok();
    single.write_many("many", 20);
    let run = single.commit("many").rejected().says("`git config guard.policyRef` says `main`, and there is no such branch");
    for next in run.nexts() {
        single.run("sh", &["-c", &next]).ok();
    }
    single.commit("many").rejected().says("error[file-limit]");
    single.git(&["config", "--unset", "guard.policyRef"]).ok();
    single.git(&["update-ref", "-d", "refs/remotes/origin/main"]).ok();
    // Two branches that don't say the same: git can point to none that it doesn't have.
    repo.git(&["switch", "-q", "-c", "other"]).ok();
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    repo.write("policy.toml", policy + "# more\n").commit_unjudged("another policy");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "other:other"]).ok();
    single.git(&["fetch", "-q", "origin", "other:refs/remotes/origin/other"]).ok();
    let run = single.commit("many").rejected().says("doesn't know its default branch");
    for next in run.nexts() {
        single.run("sh", &["-c", &next]).ok();
    }
    single.commit("many").rejected().says("error[file-limit]");
}

#[test]
fn a_suite_runs_on_the_whole_tree_of_a_partial_sparse_clone() {
    let (repo, server) = project(STRICT_POLICY);
    server.git(&["config", "uploadpack.allowFilter", "true"]).ok();
    server.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]).ok();
    let url = format!("file://{}", server.path().display());
    repo.git(&["clone", "-q", "--filter=blob:none", "--sparse", &url, "../partial"]).ok();
    let partial = repo.sibling("partial");
    partial.install().login("dev").git(&["sparse-checkout", "set", "middleware"]).ok();
    partial.write("middleware/auth.py", "check()\nmore()\n").stage();
    // What a sparse checkout leaves out is no change that nobody staged.
    partial.guard(&["test", "integration"]).ok().says_not("unstaged changes");
    partial.git(&["commit", "-q", "-m", "guarded"]).ok();
}

#[test]
fn a_bare_repository_that_is_there_for_its_work_trees_gets_the_hooks_of_whoever_commits() {
    let (repo, server) = project(STRICT_POLICY);
    repo.git(&["clone", "-q", "--bare", server.path().to_str().unwrap(), "../bare"]).ok();
    let bare = repo.sibling("bare");
    bare.guard(&["install"]).undecided().says("guard install --server");
    bare.git(&["worktree", "add", "-q", "-b", "work", "../tree", "main"]).ok();
    bare.guard(&["install"]).ok();
    let tree = repo.sibling("tree");
    tree.login("dev").write_many("many", 20);
    tree.commit("many").rejected().says("error[file-limit]");
}

#[test]
fn the_hooks_need_nothing_of_a_path() {
    let (repo, _server) = project(STRICT_POLICY);
    repo.guard(&["install", "--strict"]).ok();
    start(&repo, "work");
    let git =
        std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|place| place.join("git")).find(|git| git.exists()).unwrap();
    repo.write("one", "1\n").stage();
    repo.set("PATH", "/nowhere");
    repo.run(&git, &["commit", "-q", "-m", "one"]).ok();
    repo.run(&git, &["branch", "other"]).ok();
    repo.write_many("many", 20);
    repo.run(&git, &["add", "-A"]).ok();
    repo.run(&git, &["commit", "-q", "--no-verify", "-m", "many"]).says("error[file-limit]").says("no branch was moved");
}

#[test]
fn at_the_strict_door_a_branch_that_goes_asks_for_nothing() {
    let (repo, _server) = project(STRICT_POLICY);
    for n in 0..20 {
        repo.git(&["branch", &format!("b{n}")]).ok();
    }
    repo.guard(&["install", "--strict"]).ok();
    // Packing moves none, and has a transaction for each that goes from its own file.
    repo.git(&["pack-refs", "--all"]).ok();
    let hook = repo.file(".git/hooks/reference-transaction");
    let text = std::fs::read_to_string(&hook).unwrap();
    let guard = text.lines().find(|line| line.starts_with("guard=")).unwrap().to_owned();
    std::fs::write(&hook, text.replace(&guard, "guard=/nowhere/guard")).unwrap();
    repo.git(&["branch", "-D", "b0", "b1"]).ok();
    repo.git(&["branch", "new"]).says("there is no guard at the path");
}

#[test]
fn remotes_that_change_names_keep_their_evidence_apart() {
    let (repo, _server) = project(STRICT_POLICY);
    repo.git(&["init", "-q", "--bare", "../fork.git"]).ok();
    repo.git(&["remote", "add", "upstream", "../fork.git"]).ok();
    repo.guard(&["install"]).ok();
    repo.git(&["remote", "rename", "origin", "fork"]).ok();
    repo.git(&["remote", "rename", "upstream", "origin"]).ok();
    repo.guard(&["install"]).ok();
    for remote in ["origin", "fork"] {
        let specs = repo.git(&["config", "--get-all", &format!("remote.{remote}.fetch")]).ok().out();
        let own = format!("+refs/heads/*:refs/remotes/{remote}/*\n+refs/notes/guard/*:refs/notes/guard/remotes/{remote}/*\n");
        assert_eq!(specs, own);
    }
}

#[test]
fn a_clone_that_is_behind_is_told_to_fetch_and_to_take_back_nothing_of_others() {
    let (repo, _server) = project(STRICT_POLICY);
    let clone = repo.clone_from_server("clone");
    clone.install().login("dev");
    start(&repo, "feat");
    repo.write("one", "1\n").commit("one").ok();
    // An owner's change lands, and the branch takes it in.
    repo.git(&["switch", "-q", "main"]).ok();
    repo.author("boss@example.org").write_many("many", 7).commit_unjudged("much");
    repo.login("boss").git(&["push", "-q", "--no-verify", "origin", "main"]).ok();
    repo.author("author@example.org").login("dev").git(&["switch", "-q", "feat"]).ok();
    repo.git(&["merge", "-q", "--no-edit", "main"]).ok();
    repo.git(&["push", "-q", "origin", "feat"]).ok();
    // Fetched by name, the branch alone has come.
    clone.git(&["fetch", "-q", "origin", "feat:refs/remotes/origin/feat"]).ok();
    clone.git(&["switch", "-q", "-c", "feat", "origin/feat"]).ok();
    clone.write("two", "2\n").commit_unjudged("two");
    let run = clone.git(&["push", "origin", "feat"]).rejected();
    let run = run.says("already: if this clone is behind, git fetch origin, and push again");
    assert!(!run.nexts().iter().any(|next| next.starts_with("git reset")), "{:?}", run.nexts());
    clone.git(&["fetch", "-q", "origin"]).ok();
    clone.git(&["push", "-q", "origin", "feat"]).ok();
}
