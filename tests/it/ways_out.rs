//! What is told to be done works when it is pasted, moves nothing that was not judged, and reaches whoever has to see it.

use crate::support::*;

const POLICY: &str = "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n\
    [defaults]\nmax-files-per-commit = 3\n[specialist.\"*\"]\n[area.core]\npaths = [\"core/\"]\nrequires = [\"unit\"]\n\
    [suite.unit]\nrun = \"! grep -rq broken core\"\n[evidence]\ncommit = \"recorded\"\nbranch = \"claimed\"\nland = \"claimed\"\n";

#[track_caller]
fn paste(repo: &Repo, run: &Run) {
    let commands = run.nexts();
    assert!(!commands.is_empty(), "{}{}", run.out(), run.err());
    commands.iter().for_each(|command| drop(repo.run("sh", &["-c", command])));
}

#[test]
fn a_commit_of_all_or_of_a_path_is_tested_by_its_own_tree() {
    let repo = Repo::with_policy(POLICY);
    repo.write("core/a", "1\n").commit_unjudged("core");
    repo.install().git(&["switch", "-q", "-c", "work"]).ok();
    for (n, args) in
        [&["commit", "-qam", "all"][..], &["commit", "-qm", "path", "core/a"], &["commit", "-qm", "only", "-o", "core/a"]]
            .into_iter()
            .enumerate()
    {
        repo.write("core/a", format!("{n} new\n")).write("other", format!("{n}\n"));
        repo.git(&["add", "other"]).ok();
        let refused = repo.git(args).rejected().says("--tree ");
        paste(&repo, &refused);
        repo.git(args).ok();
        assert_eq!(repo.git(&["show", "HEAD:core/a"]).ok().out(), format!("{n} new\n"));
    }
    repo.write("core/a", "broken\n");
    let refused = repo.git(&["commit", "-qam", "broken"]).rejected();
    paste(&repo, &refused);
    repo.git(&["commit", "-qam", "broken"]).rejected().says("the run failed").says("correct what failed");
    repo.guard(&["test", "unit", "--tree", &repo.rev("HEAD")]).undecided().says("is no tree");
}

#[test]
fn a_refused_amend_is_taken_up_as_one() {
    let repo = Repo::with_policy(POLICY);
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("two", 2);
    repo.set("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z").commit_unjudged("first");
    repo.unset("GIT_AUTHOR_DATE").install().write_many("more", 2).stage();
    repo.git(&["commit", "--amend", "-m", "better"]).rejected().says("the message is kept: git commit --amend -eF ");
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write_many("plain", 4).stage();
    repo.git(&["commit", "-m", "plain"]).rejected().says_not("--amend");
}

#[test]
fn advice_about_another_branch_moves_none() {
    let repo = Repo::with_policy(POLICY);
    repo.git(&["switch", "-q", "-c", "big"]).ok();
    repo.write_many("many", 4).commit_unjudged("big");
    repo.git(&["switch", "-q", "-c", "mine", "main"]).ok();
    repo.write("mine", "1\n").commit_unjudged("mine");
    let before = repo.state_of_refs();
    let refused = repo.guard(&["check", "big"]).rejected().says("in a work tree of its own");
    paste(&repo, &refused);
    assert_eq!(repo.state_of_refs(), before);
    let aside = repo.path().join(format!("../anew-{}", &repo.rev("big")[..7]));
    assert!(aside.join("many0.txt").exists() || aside.join("many1.txt").exists(), "the commit lies apart, to be taken apart");
    repo.git(&["switch", "-q", "big"]).ok();
    let refused = repo.guard(&["check"]).rejected().says(&format!("next: git reset --soft {}^", repo.rev("big")));
    paste(&repo, &refused);
    assert_eq!(repo.rev("big"), repo.rev("main"), "on the branch itself it is taken back, and stays in the index");
    assert_eq!(repo.git(&["diff", "--cached", "--name-only"]).ok().out().lines().count(), 4);
}

#[test]
fn a_commit_under_several_names_is_taken_back_where_head_holds_it() {
    let repo = Repo::with_policy(POLICY);
    repo.guarded_remote();
    repo.install().git(&["switch", "-q", "-c", "big"]).ok();
    repo.write_many("many", 4).commit_unjudged("big");
    repo.git(&["branch", "-q", "twin"]).ok();
    for names in [["big", "twin"], ["twin", "big"]] {
        let refused = repo.git(&[&["push", "origin"][..], &names].concat()).rejected();
        refused.says(&format!("next: git reset --soft {}^", repo.rev("big"))).says_not("worktree add");
    }
}

#[test]
fn a_base_that_is_not_there_is_no_empty_one() {
    let repo = Repo::with_policy(POLICY);
    for n in 0..5 {
        repo.write(format!("old{n}"), "1\n").commit_unjudged("old");
    }
    let server = repo.guarded_remote();
    server.git(&["branch", "-m", "main", "trunk"]).ok();
    repo.login("dev").git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("a", "1\n").commit_unjudged("work");
    let said = "no base: the policy's base branch `main` is not in this repository";
    repo.git(&["push", "-q", "origin", "work"]).rejected().says("could not decide").says(said).says_not("error[");
    server.guard(&["policy", "check"]).rejected().says(said);
    server.guard(&["doctor"]).rejected().says(said);
    // An owner corrects it, in a change of nothing else.
    repo.git(&["switch", "-q", "-c", "fix", "main"]).ok();
    repo.write("policy.toml", POLICY.replace("base = \"main\"", "base = \"trunk\"")).write("b", "1\n").commit_unjudged("and more");
    repo.login("boss").git(&["push", "-q", "origin", "fix:trunk"]).rejected().says(said);
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.write("policy.toml", POLICY.replace("base = \"main\"", "base = \"trunk\"")).commit_unjudged("the base");
    repo.login("dev").git(&["push", "-q", "origin", "fix:trunk"]).rejected();
    repo.login("boss").git(&["push", "-q", "origin", "fix:trunk"]).ok();
    repo.login("dev").git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn too_many_commits_are_pushed_in_parts() {
    let repo = Repo::with_policy(POLICY);
    let server = repo.guarded_remote();
    server.git(&["config", "guard.maxCommits", "4"]).ok();
    repo.login("dev");
    for n in 0..10 {
        repo.write("a.txt", format!("{n}\n")).commit_unjudged("step");
    }
    let mut pushes = 0;
    loop {
        let run = repo.git(&["push", "-q", "origin", "main"]);
        if run.status == 0 {
            break;
        }
        pushes += 1;
        assert!(pushes < 4, "{}", run.err());
        assert!(run.nexts().iter().all(|next| !next.contains("git config")), "{}", run.err());
        paste(&repo, &run);
    }
    assert_eq!(server.rev("main"), repo.rev("main"));
    // A branch that nobody protects is judged whole, however it came.
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    for n in 0..5 {
        repo.write("a.txt", format!("work {n}\n")).commit_unjudged("step");
    }
    let run = repo.git(&["push", "-q", "origin", "work"]).rejected().says("land it in parts");
    assert_eq!(run.nexts(), [""; 0]);
}

#[test]
fn every_command_says_that_the_hooks_are_dead() {
    let repo = Repo::with_policy(POLICY);
    repo.install();
    let commands = [&["check", "--staged"][..], &["evidence"], &["policy", "check"], &["log"], &["check", "-q"]];
    commands.iter().for_each(|args| drop(repo.guard(args).says_not("hooksPath")));
    repo.git(&["config", "core.hooksPath", "/dev/null"]).ok();
    for args in commands {
        let run = repo.guard(args);
        assert!(run.err().contains("no commit is guarded here") && run.err().contains("`core.hooksPath` (local)"), "{args:?}");
    }
    let json = repo.guard(&["check", "--staged", "--format", "json"]);
    assert!(json.err().contains("hooksPath") && serde_json::from_str::<serde_json::Value>(&json.out()).is_ok());
    repo.git(&["config", "--unset", "core.hooksPath"]).ok();
    std::fs::remove_file(repo.path().join(".git/hooks/pre-commit")).unwrap();
    assert!(repo.guard(&["check", "--staged"]).err().contains("don't run: pre-commit"));
}

#[test]
fn a_claim_that_all_work_trees_share_is_found() {
    let repo = Repo::with_policy(&POLICY.replace("[specialist.\"*\"]", "[specialist.\"*\"]\n[specialist.a]\n[specialist.b]"));
    repo.install().git(&["config", "guard.specialist", "a"]).ok();
    repo.guard(&["doctor"]).ok();
    repo.git(&["worktree", "add", "-q", "../second", "-b", "second"]).ok();
    let found = repo.guard(&["doctor"]).rejected().says("is shared by all work trees");
    paste(&repo, &found);
    repo.guard(&["doctor"]).ok();
    assert_eq!(repo.git(&["config", "--worktree", "guard.specialist"]).ok().line(), "a");
}

#[test]
fn a_policy_without_owners_says_how_it_is_changed() {
    let owned = "[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n";
    let repo = Repo::with_policy(&POLICY.replace(owned, ""));
    repo.guard(&["policy", "check"]).rejected().says("there is no owner");
    repo.install().write("policy.toml", POLICY).stage();
    repo.git(&["commit", "-m", "owners"]).rejected().says("the policy names no owner").says("guard.policyFile").says("--no-verify");
}
