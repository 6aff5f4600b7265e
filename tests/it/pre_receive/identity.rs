//! Whose a push is: the account that the administrator named, or nobody's.

use super::*;

const TWO: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]

[specialist.dev]
users = ["dev"]
emails = ["author@example.org"]
branches = ["dev/**"]
allowed = ["api/"]

[specialist.web]
users = ["web"]
emails = ["web@example.org"]
allowed = ["web/"]
"#;

#[test]
fn the_account_counts_and_no_claim() {
    let (repo, server) = pushing_under(TWO);
    repo.write("web/a.txt", "a\n").commit_unjudged("by dev's e-mail");
    repo.set("GUARD_SPECIALIST", "web").author("web@example.org");
    assert_refused(&repo, &server, &["work"], "scope").says("rejected for dev (account from env:GUARD_TEST_ACCOUNT)");
    repo.login("web").git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn an_unset_or_empty_variable_is_nobody() {
    let (repo, server) = pushing_under(TWO);
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    for branch in ["work", "work:dev/x"] {
        repo.unset(ACCOUNT);
        assert_refused(&repo, &server, &[branch], "known-specialist");
        repo.login("");
        assert_refused(&repo, &server, &[branch], "known-specialist");
    }
    repo.login("dev").git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn without_identity_everybody_is_anyone_else() {
    let (repo, server) = pushing_under(&format!("{TWO}\n[specialist.\"*\"]\nallowed = [\"docs/\"]\n"));
    for value in [None, Some("none")] {
        server.git(&["config", "--unset-all", "guard.identity"]).exits(if value.is_none() { 0 } else { 5 });
        if let Some(value) = value {
            server.git(&["config", "guard.identity", value]).ok();
        }
        let name = value.unwrap_or("unset");
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.write("api/a.txt", "a\n").commit_unjudged("by dev's e-mail");
        assert_refused(&repo, &server, &[name], "scope").says("anyone else (`*`)");
        repo.git(&["switch", "-q", "-C", name, "main"]).ok();
        repo.write(format!("docs/{name}.txt"), "a\n").commit_unjudged("docs");
        repo.git(&["push", "-q", "origin", name]).ok();
    }
}

#[test]
fn an_account_that_the_policy_does_not_know_is_nobody() {
    let (repo, server) = pushing_under(TWO);
    repo.login("stranger").write("api/a.txt", "a\n").commit_unjudged("by dev's e-mail");
    assert_refused(&repo, &server, &["work"], "known-specialist").says("stranger");
}

#[test]
fn account_names_are_compared_to_the_byte() {
    let (repo, server) = pushing_under(TWO);
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    for account in ["Dev", "dev ", "dev\n", "d\u{435}v"] {
        repo.login(account);
        assert_refused(&repo, &server, &["work"], "known-specialist");
    }
}

#[test]
fn an_account_that_is_not_text_is_undecided() {
    use std::os::unix::ffi::OsStrExt;
    let (repo, server) = pushing_under(TWO);
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    repo.set(ACCOUNT, std::ffi::OsStr::from_bytes(b"d\xffv"));
    refused(&repo, &server, &["work"]).says("could not decide").says("is not UTF-8");
}

#[test]
fn an_identity_that_this_version_does_not_know_is_undecided() {
    let (repo, server) = pushing_under(TWO);
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    for value in ["gitae", "Gitolite", "push-cert ", "env:", "env:A=B", "GL_USER", ""] {
        server.git(&["config", "guard.identity", value]).ok();
        refused(&repo, &server, &["work"]).says("could not decide").says("guard.identity").says("env:NAME");
    }
}

#[test]
fn an_owner_without_an_entry_is_judged_by_the_defaults() {
    let (repo, server) = pushing();
    repo.login("boss").write_many("many", 6).commit_unjudged("many");
    assert_refused(&repo, &server, &["work"], "file-limit").says("rejected for boss");
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    let more = POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 6");
    repo.write("policy.toml", &more).commit_unjudged("more");
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
    repo.write("policy.toml", more.replace("version", "versoin")).commit_unjudged("typo");
    assert_refused(&repo, &server, &["work:main"], "policy-change").says("versoin");
}

#[test]
fn a_commit_that_was_here_before_is_its_author_s() {
    let (repo, server) = pushing_under(TWO);
    repo.write("api/a.txt", "a\n").commit_unjudged("dev's");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    // merged and landed by somebody who may touch nothing of it
    repo.login("web").author("web@example.org").write("web/b.txt", "b\n").commit_unjudged("web's");
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
    assert_eq!(server.rev("main"), repo.rev("work"));
}

#[test]
fn what_is_new_is_the_pusher_s_whoever_wrote_it() {
    let (repo, server) = pushing_under(TWO);
    repo.author("web@example.org").write("web/b.txt", "b\n").commit_unjudged("web's, never pushed");
    assert_refused(&repo, &server, &["work"], "scope").says("rejected for dev");
}
