//! What a server takes, and what it doesn't: a clone says no more than that, and what was taken stands whatever the policy becomes.

use super::words::*;
use super::*;

/// What this clone itself has in owners' notes.
fn owners(repo: &Repo) -> String {
    repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().out()
}

fn force(repo: &Repo) -> Run {
    resume(repo, "boss", &["--force", "--reason", "mended"])
}

#[test]
fn a_resume_that_did_not_get_there_was_not_said() {
    let (repo, server) = halted();
    let (from, away) = (server.file("hooks/pre-receive"), server.file("hooks/kept"));
    std::fs::rename(&from, &away).unwrap();
    server.script("hooks/pre-receive", "#!/bin/sh\necho no >&2\nexit 1\n");
    force(&repo).undecided().says("not resumed").says_not("guard: resumed");
    assert_eq!(owners(&repo), "");
    std::fs::rename(&away, &from).unwrap();
    repo.git(&["remote", "set-url", "origin", "../nowhere.git"]).ok();
    force(&repo).undecided().says("not resumed");
    assert_eq!(owners(&repo), "");
    repo.git(&["remote", "set-url", "origin", server.path().to_str().unwrap()]).ok();
    force(&repo).ok().says("resumed without proof");
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn a_halt_that_was_refused_stands_in_nobody_s_way() {
    let (repo, server) = broken();
    let (from, away) = (server.file("hooks/pre-receive"), server.file("hooks/kept"));
    std::fs::rename(&from, &away).unwrap();
    server.script("hooks/pre-receive", "#!/bin/sh\nexit 1\n");
    let halt = |reason: &str| repo.guard(&["halt", "--reason", reason, "--sign", &key(&repo, "boss"), "--push", "origin"]);
    halt("first").undecided().says("not halted: it was refused");
    assert_eq!(owners(&repo), "");
    std::fs::rename(&away, &from).unwrap();
    halt("second").ok().says("halted");
    repo.git(&["push", "origin", "work"]).rejected().says("second");
}

#[test]
fn a_halt_that_counts_for_nothing_is_refused_in_words() {
    let (repo, server) = broken();
    let before = server.state_of_refs();
    set_words(&repo, "dev", &forged(&repo, "halt", "dev", &at(0)));
    let run = repo.git(&["push", "origin", "refs/notes/guard/dev"]).rejected();
    run.says("a halt that counts for nothing: signed by specialist `dev`, who is neither an owner nor a runner");
    // Of another repository, and a runner's resume.
    let other = forged(&repo, "halt", "ci", &at(0));
    let elsewhere = repo.sibling("elsewhere");
    std::fs::create_dir(elsewhere.path()).unwrap();
    elsewhere.git(&["init", "-q", "-b", "main"]).ok();
    elsewhere.commit_unjudged("another root");
    let foreign = forged(&elsewhere, "halt", "ci", &at(0));
    let kept = repo.git(&["for-each-ref", "--format=%(objectname)", "refs/notes/guard/ci"]).ok().line();
    for line in [foreign, forged(&repo, "resume", "ci", &at(0))] {
        set_words(&repo, "ci", &line);
        repo.git(&["push", "origin", "refs/notes/guard/ci"]).rejected().says("that counts for nothing");
        repo.git(&["update-ref", "refs/notes/guard/ci", &kept]).ok();
    }
    assert_eq!(server.state_of_refs(), before);
    set_words(&repo, "ci", &other);
    repo.git(&["push", "-q", "origin", "refs/notes/guard/ci"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
}

#[test]
fn a_halt_stands_under_a_policy_that_does_not_know_who_said_it() {
    let (repo, server) = halted();
    // As a return to a tree from before that runner was named.
    repo.git(&["switch", "-q", "main"]).ok();
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    let without: String = policy.split("[runner.ci]").next().unwrap().to_owned() + "[halt]\non-failure = [\"works\"]\n";
    repo.write("policy.toml", without).commit_unjudged("as it was before");
    repo.git(&["push", "-q", "--no-verify", "origin", "main:refs/heads/wip/x"]).rejected().says("error[halted]");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "main"]).ok();
    server.git(&["update-ref", "refs/heads/main", "FETCH_HEAD"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
    repo.write("e", "e\n").commit_unjudged("more");
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]: halted by runner `ci`");
    force(&repo).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    server.guard(&["log", "-n", "2"]).ok().says("resume");
    // What a resume lifted stays lifted when the halt's signer is known again.
    server.git(&["update-ref", "refs/heads/main", "main~"]).ok();
    repo.git(&["switch", "-q", "-C", "again", "main~"]).ok();
    repo.write("f", "f\n").commit_unjudged("again");
    repo.git(&["push", "-q", "origin", "again"]).ok();
}

#[test]
fn a_retired_key_says_nothing_new_and_what_it_said_stays() {
    let (repo, server) = halted();
    repo.git(&["switch", "-q", "main"]).ok();
    let line = |text: String| repo.write("policy.toml", text).commit_unjudged("keys");
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    let old = repo.key("old").public;
    let listed = format!("keys = [\"{}\", 'valid-before=\"2024-01-01T00:00:00Z\" {old}']", repo.key("boss").public);
    line(policy.replace(&format!("keys = [\"{}\"]", repo.key("boss").public), &listed));
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "main"]).ok();
    server.git(&["update-ref", "refs/heads/main", "FETCH_HEAD"]).ok();
    let lifts = serde_json::json!({ "forced": true, "lifts": [newest_halt(&server)] });
    let names = |key: &str| {
        let print = repo.run("ssh-keygen", &["-lf", &format!("{}.pub", repo.key(key).private.display())]).ok().line();
        let digest = <sha2::Sha256 as sha2::Digest>::digest(print.split(' ').nth(1).unwrap());
        format!("owner-{}", digest.iter().map(|b| format!("{b:02x}")).collect::<String>().get(..12).unwrap())
    };
    let root = repo.git(&["rev-list", "--max-parents=0", "main"]).ok().line();
    for (kind, created) in [("resume", "2023-06-01T00:00:00Z"), ("resume", &at(0)), ("halt", "2023-06-01T00:00:00Z")] {
        let name = names("old");
        set_words(&repo, &name, &forged_with(&repo, kind, "old", created, &lifts));
        let run = repo.git(&["push", "origin", &format!("refs/notes/guard/{name}")]).rejected();
        run.says("that comes only now: its key was valid before 2024-01-01T00:00:00Z");
        repo.git(&["notes", &format!("--ref=refs/notes/guard/{name}"), "remove", &root]).ok();
        repo.git(&["update-ref", "-d", &format!("refs/notes/guard/{name}")]).ok();
    }
    repo.git(&["push", "origin", "work"]).rejected().says("error[halted]");
    force(&repo).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}
