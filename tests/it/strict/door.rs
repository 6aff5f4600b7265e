//! What the strict door lets pass, what it agrees on with the others, and how it is put in and taken away.

use super::*;

#[test]
fn what_pre_commit_accepts_it_accepts() {
    let repo = strict();
    repo.write("middleware/auth.py", "check()\nmore()\n").commit("guarded").rejected().says("error[guarded-area]");
    repo.write("ok", "").stage();
    repo.guard(&["test", "integration"]).ok();
    repo.commit("guarded").ok();
    refused_for(&repo, "error[guarded-area]");
    repo.git(&["switch", "-q", "-c", "other"]).ok();
    repo.git(&["branch", "-m", "other", "renamed"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "--no-ff", "-m", "nothing new", "renamed"]).ok();
    repo.git(&["branch", "-D", "renamed"]).ok();
}

/// A guarded change without proof, past the other hooks.
fn refused_for(repo: &Repo, what: &str) {
    repo.write("middleware/auth.py", "check()\nelse()\n").stage();
    let run = repo.git(&["commit", "-q", "--no-verify", "-m", "unproven"]);
    assert_ne!(run.status, 0);
    run.says(what);
    repo.git(&["reset", "-q", "--hard"]).ok();
}

#[test]
fn a_session_is_counted_whole() {
    let repo = under(&POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 5\nmax-files-per-session = 6"));
    repo.remote();
    on_work(&repo).guard(&["install", "--strict"]).ok();
    repo.write_many("one", 4).commit("one").ok();
    repo.write_many("two", 3).stage();
    let run = repo.git(&["commit", "-q", "--no-verify", "-m", "two"]);
    assert_ne!(run.status, 0);
    run.says("error[file-limit]: 7 files changed in this session, 6 allowed");
    // What was wrong before the guard came stands in nobody's way.
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "two"]).ok();
    repo.git(&["rm", "-q", "one1.txt", "one2.txt"]).ok();
    repo.git(&["commit", "-q", "--no-verify", "-m", "less"]).ok();
}

#[test]
fn others_accepted_work_is_free() {
    let repo = strict();
    let other = repo.clone_from_server("other");
    other.author("boss@example.org").write_many("landed", 9).commit_unjudged("landed");
    other.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["pull", "-q", "--no-rebase", "origin", "main"]).ok();
    repo.write("mine.txt", "1\n").commit("mine").ok();
    other.write_many("more", 9).commit_unjudged("more");
    other.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    repo.git(&["rebase", "-q", "origin/main"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--ff-only", "origin/main"]).ok();
}

#[test]
fn the_first_commit_of_an_empty_repository() {
    let repo = Repo::new();
    repo.guard(&["install", "--strict"]).ok();
    repo.write("a", "a\n").commit("no policy yet").ok();
    repo.write("policy.toml", POLICY).commit("a policy").ok();
    too_many(&repo).stage();
    let run = repo.git(&["commit", "-q", "--no-verify", "-m", "many"]);
    assert_ne!(run.status, 0);
    run.says("error[file-limit]");
}

#[test]
fn what_cannot_be_decided_is_refused_in_words() {
    let repo = strict();
    repo.git(&["config", "guard.maxPaths", "3"]).ok();
    too_many(&repo).stage();
    let before = repo.state_of_refs();
    let run = repo.git(&["commit", "-q", "--no-verify", "-m", "many"]);
    assert_ne!(run.status, 0);
    run.says("could not decide").says("no branch was moved");
    assert_eq!(repo.state_of_refs(), before);
    let line = format!("{} {} refs/heads/x", "0".repeat(40), repo.rev("HEAD"));
    repo.run_with(GUARD, &["hook", "reference-transaction", "prepared"], line.as_bytes()).undecided().says("malformed line");
}

#[test]
fn a_symbolic_ref_and_other_states_say_nothing() {
    let repo = strict();
    repo.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/work"]).ok();
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/unborn"]).ok();
    for state in ["committed", "aborted", "preparing", ""] {
        repo.run_with(GUARD, &["hook", "reference-transaction", state], b"nonsense").ok();
    }
}

#[test]
fn a_branch_stands_for_nothing_that_is_no_branch() {
    let repo = strict();
    let commit = unjudged(&repo, "main");
    repo.git(&["update-ref", "refs/elsewhere/x", &commit]).ok();
    if git_is_since(2, 46) {
        let before = repo.state_of_refs();
        let run = repo.git(&["symbolic-ref", "refs/heads/alias", "refs/elsewhere/x"]);
        assert_ne!(run.status, 0);
        run.says("`refs/heads/alias` would stand for `refs/elsewhere/x`, which is no branch").says("no branch was moved");
        assert_eq!(repo.state_of_refs(), before);
    }
    // One that came by an older git, which doesn't ask, makes nothing known.
    repo.git(&["-c", "core.hooksPath=/dev/null", "symbolic-ref", "refs/heads/alias", "refs/elsewhere/x"]).ok();
    refused(&repo, &["update-ref", "refs/heads/new", &commit]);
    // What is made a branch of its own was one's target before.
    let line = format!("ref:refs/heads/work {commit} refs/heads/alias\n");
    let run = repo.run_with(repo.file(".git/hooks/reference-transaction"), &["prepared"], line.as_bytes());
    run.rejected().says("error[file-limit]");
}

#[test]
fn a_branch_among_many_other_refs_is_judged() {
    let repo = strict();
    let (commit, main) = (unjudged(&repo, "main"), repo.rev("main"));
    let zero = "0".repeat(40);
    let others: String = (0..12).map(|n| format!("{zero} {main} refs/remotes/other/b{n}\n")).collect();
    let hook = repo.file(".git/hooks/reference-transaction");
    repo.run_with(&hook, &["prepared"], others.as_bytes()).ok();
    for last in ["\n", ""] {
        let lines = format!("{others}{zero} {commit} refs/heads/new{last}");
        let run = repo.run_with(&hook, &["prepared"], lines.as_bytes());
        assert_ne!(run.status, 0, "{}", run.err());
    }
    // What could not be read whole is no answer.
    let lines = format!("{others}unreadable\n");
    repo.run_with(&hook, &["prepared"], lines.as_bytes()).undecided().says("malformed line");
}

#[test]
fn it_is_put_in_proven_kept_and_taken_away() {
    let repo = guarded();
    let hook = repo.path().join(".git/hooks/reference-transaction");
    repo.install();
    assert!(!hook.exists());
    repo.guard(&["doctor"]).ok().says_not("reference-transaction");
    repo.script(".git/hooks/reference-transaction", "#!/bin/sh\ncat >>../seen\necho \"$1\" >>../seen\n");
    repo.guard(&["install", "--strict"]).ok().says("reference-transaction");
    repo.guard(&["install"]).ok();
    repo.guard(&["doctor"]).ok().says("reference-transaction");
    too_many(on_work(&repo)).stage();
    assert_ne!(repo.git(&["commit", "-q", "--no-verify", "-m", "many"]).status, 0);
    let seen = std::fs::read_to_string(repo.scratch().join("seen")).unwrap();
    assert!(seen.contains("refs/heads/work") && seen.contains("prepared") && seen.contains("aborted"), "{seen}");
    repo.guard(&["uninstall"]).ok();
    assert!(std::fs::read_to_string(&hook).unwrap().contains("../seen"));
    repo.git(&["commit", "-q", "--no-verify", "-m", "many"]).ok();
}

#[test]
fn two_hundred_refs_are_fetched() {
    let repo = strict();
    let server = repo.sibling("server.git");
    let lines: String = (0..200).map(|n| format!("create refs/heads/b{n} {}\n", repo.rev("main"))).collect();
    server.run_with("git", &["update-ref", "--stdin"], lines.as_bytes()).ok();
    repo.git(&["fetch", "-q"]).ok();
    assert_eq!(repo.git(&["for-each-ref", "refs/remotes/origin/b*"]).ok().out().lines().count(), 200);
}
