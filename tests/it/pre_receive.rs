//! pre-receive: the push, on the server, where nothing of it selects or alters what judges it.

use crate::scene::*;
use crate::support::*;

mod bootstrap;
mod bounds;
mod evidence;
mod identity;
mod immutable;
mod names;
mod neutral;
mod notes;
mod refs;
mod removed;
mod servers;
mod strangers;
mod unreadable;

/// A guarded repository without hooks, a server with them, logged in as `dev`, and `work` checked out.
fn pushing() -> (Repo, Repo) {
    pushing_under(POLICY)
}

fn pushing_under(policy: &str) -> (Repo, Repo) {
    let repo = under(policy);
    let server = repo.guarded_remote();
    on_work(&repo).login("dev");
    (repo, server)
}

/// The server refuses, and is as it was.
#[track_caller]
fn refused(repo: &Repo, server: &Repo, args: &[&str]) -> Run {
    let before = (repo.state(), server.state_of_refs());
    let run = repo.git(&[&["push", "origin"][..], args].concat()).rejected().says("pre-receive hook declined");
    assert_eq!((repo.state(), server.state_of_refs()), before, "`git push {}`", args.join(" "));
    run
}

#[track_caller]
fn assert_refused(repo: &Repo, server: &Repo, args: &[&str], rule: &str) -> Run {
    refused(repo, server, args).says(&format!("remote: error[{rule}]"))
}

/// Puts what `main` holds here onto the server without asking its hook.
fn place(repo: &Repo, server: &Repo, refspec: &str) {
    server.git(&["-c", "core.hooksPath=/dev/null", "fetch", "-q", "-u", repo.path().to_str().unwrap(), refspec]).ok();
}

#[test]
fn what_may_land_lands() {
    let (repo, server) = pushing();
    repo.write_many("few", 5).commit_unjudged("few");
    let run = repo.git(&["push", "origin", "work"]).ok();
    run.says("remote: guard: accepted for dev (account from env:GUARD_TEST_ACCOUNT): 5 files, 5 insertions");
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
    assert_eq!(server.rev("main"), repo.rev("work"));
}

#[test]
fn a_rejection_says_what_why_and_what_is_still_there() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    let text = assert_refused(&repo, &server, &["work"], "file-limit").err();
    for part in [
        "remote: guard: rejected for dev (account from env:GUARD_TEST_ACCOUNT)",
        &format!("remote: commit {}", &repo.rev("work")[..7]),
        "remote: error[file-limit]: 6 files changed in this commit, 5 allowed",
        "remote:   policy.toml:9  max-files-per-commit = 5",
        &format!("(main@{})", &server.rev("main")[..7]),
        "remote: why: guard explain file-limit",
        "remote: nothing was taken; your commits are still in your repository",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    let wide = text.lines().filter(|line| line.starts_with("remote: ")).find(|line| line.trim_end().chars().count() > 80);
    assert_eq!(wide, None, "wider than a terminal");
}

#[test]
fn one_rejected_ref_rejects_the_push() {
    let (repo, server) = pushing();
    repo.write("b.txt", "b\n").commit_unjudged("good");
    repo.git(&["branch", "good"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["good", "work"], "file-limit");
    repo.git(&["push", "-q", "origin", "good"]).ok();
}

#[test]
fn a_commit_that_is_on_the_server_under_another_name_still_lands_by_judgement() {
    let (repo, server) = pushing_under(&POLICY.replace("land = \"claimed\"", "land = \"recorded\""));
    repo.write("middleware/auth.py", "check(more)\n").stage();
    let claim = format!("work\n\n{}", marker(&repo.index_tree()));
    repo.git(&["commit", "-q", "-m", &claim]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    assert_refused(&repo, &server, &["work:main"], "guarded-area").says("needs recorded, found claimed");
}

#[test]
fn the_policy_of_the_server_judges_not_the_pushed_one() {
    let (repo, server) = pushing();
    repo.author("boss@example.org").write("policy.toml", OPEN_POLICY).commit_unjudged("weaken");
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["work"], "policy-change");
    repo.login("boss");
    // not even the owner's own change judges itself
    assert_refused(&repo, &server, &["work:main"], "file-limit").says_not("policy-change");
    repo.git(&["push", "-q", "origin", "work^:main"]).ok();
    repo.login("dev").git(&["push", "-q", "origin", "work:main"]).ok();
}

#[test]
fn a_policy_that_does_not_load_decides_nothing() {
    let (repo, server) = pushing();
    let broken = POLICY.replace("max-files-per-commit", "max-file-per-commit");
    repo.write("policy.toml", broken).commit_unjudged("typo");
    repo.git(&["switch", "-q", "main"]).ok();
    place(&repo, &server, "work:main");
    repo.write("b.txt", "b\n").commit_unjudged("b");
    let run = refused(&repo, &server, &["main:other"]).says("remote: guard: could not decide");
    run.says("max-file-per-commit").says("^^^").says("did you mean `max-files-per-commit`?").says("main:policy.toml");
    let before = server.state_of_refs();
    server.run_with(GUARD, &["hook", "pre-receive"], b"").undecided();
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn an_old_id_that_the_ref_does_not_hold_is_undecided() {
    let (_repo, server) = pushing();
    let (one, two) = (server.rev("main"), server.rev("main^"));
    let line = format!("{two} {one} refs/heads/main\n");
    server.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes()).undecided().says("is not what the push says it was");
    let line = format!("{one} {two} refs/heads/other\n");
    server.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes()).undecided().says("is not what the push says it was");
    let gone = format!("{} {} refs/heads/other\n", "0".repeat(40), "1".repeat(40));
    server.run_with(GUARD, &["hook", "pre-receive"], gone.as_bytes()).undecided().says("is missing from this repository");
}

#[test]
fn an_empty_list_of_updates_is_accepted() {
    let (_repo, server) = pushing();
    server.run_with(GUARD, &["hook", "pre-receive"], b"").ok();
}

#[test]
fn a_hook_that_was_there_gets_the_same_input() {
    let (repo, server) = pushing();
    server.guard(&["uninstall"]).ok();
    server.script("hooks/pre-receive", "#!/bin/sh\ncat >input\necho \"legacy $#\"\ntest ! -e no\n");
    server.guard(&["install", "--server"]).ok();
    repo.write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["work"], "file-limit").says("remote: legacy 0");
    let expected = format!("{} {} refs/heads/work\n", "0".repeat(40), repo.rev("work"));
    assert_eq!(std::fs::read_to_string(server.file("input")).unwrap(), expected);
    server.write("no", "");
    refused(&repo, &server, &["work^:refs/heads/other"]).says("remote: legacy 0").says_not("guard:");
}

#[test]
fn nothing_of_the_pusher_s_environment_is_heard() {
    let (repo, server) = pushing();
    repo.write_many("many", 6).commit_unjudged("many");
    for (name, value) in [
        ("GUARD_SPECIALIST", "boss"),
        ("GIT_CONFIG_COUNT", "0"),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
        ("GIT_NO_REPLACE_OBJECTS", "0"),
    ] {
        repo.set(name, value);
        assert_refused(&repo, &server, &["work"], "file-limit");
        repo.unset(name);
    }
}

#[test]
fn what_is_accepted_is_read_from_the_quarantine_as_packs_and_as_loose_objects() {
    let (repo, server) = pushing();
    for (limit, name) in [("1", "packed"), ("100", "loose")] {
        server.git(&["config", "receive.unpackLimit", limit]).ok();
        repo.write_many(name, 3).commit_unjudged(name);
        repo.git(&["push", "-q", "origin", "work"]).ok().says("files");
    }
}
