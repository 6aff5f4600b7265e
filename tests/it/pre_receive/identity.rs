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

/// Everybody may do what is nobody else's: an account that is a named one but for its spelling is not everybody.
fn with_anyone_else() -> (Repo, Repo) {
    let more = "[defaults]\nmax-files-per-session = 5\n\n[specialist.\"*\"]\n\n[runner.ci]\nusers = [\"ci-bot\"]\n";
    pushing_under(&format!("{}\n{more}keys = [\"{}\"]\n", TWO.replace("allowed = [\"web/\"]", "prohibited = [\"api/\"]"), RUNNER))
}

const RUNNER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOu7nl1LAHvo0+43jGnTVei0B3iDvVZoSstjB7/wUIWg ci";

#[test]
fn another_spelling_of_a_named_account_is_not_anyone_else() {
    let (repo, server) = with_anyone_else();
    place(&repo, &server, "main:refs/heads/old");
    repo.write("api/a.txt", "a\n").commit_unjudged("web may not");
    repo.login("web");
    assert_refused(&repo, &server, &["work"], "scope");
    for account in ["Web", "WEB", "web ", " web", "w eb", "web\t", "web\u{a0}", "Boss", "boss ", "DEV", "Ci-Bot"] {
        repo.login(account);
        // Its commits, a branch or a tag of what is there, and a deletion.
        for push in ["work", "work:main", "main:refs/heads/new", "main:refs/tags/v1", ":old"] {
            assert_refused(&repo, &server, &[push], "identity").says("but for case or blanks");
        }
    }
    for account in ["web2", "carol", "web-", "vveb"] {
        repo.login(account).git(&["push", "-q", "origin", &format!("work:refs/heads/{account}")]).ok();
    }
}

#[test]
fn nor_does_another_spelling_have_a_budget_of_its_own_or_an_owner_s_rights() {
    let (repo, server) = with_anyone_else();
    repo.login("web").write_many("one", 5).commit_unjudged("one");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["switch", "-q", "-c", "two", "main"]).ok();
    repo.write_many("two", 1).commit_unjudged("two");
    assert_refused(&repo, &server, &["two"], "file-limit");
    for account in ["WEB", "wEb", "web "] {
        repo.login(account);
        assert_refused(&repo, &server, &["two"], "identity");
    }
    repo.git(&["switch", "-q", "-c", "policy", "main"]).ok();
    let policy = std::fs::read_to_string(repo.file("policy.toml")).unwrap();
    repo.write("policy.toml", format!("{policy}# more\n")).commit_unjudged("policy");
    for account in ["BOSS", "boss\n"] {
        repo.login(account);
        assert_refused(&repo, &server, &["policy:main"], "identity");
        assert_refused(&repo, &server, &["main:refs/meta/x"], "identity");
    }
}

#[test]
fn on_every_server_it_is_another_spelling_of_the_same_account() {
    let (repo, server) = with_anyone_else();
    repo.write("api/a.txt", "a\n").commit_unjudged("web may not");
    let servers = [("gitolite", "GL_USER"), ("gitea", "GITEA_PUSHER_NAME"), ("gitlab", "GL_USERNAME"), ("http", "REMOTE_USER")];
    for (name, variable) in servers {
        server.git(&["config", "guard.identity", name]).ok();
        repo.set("GITEA_DEPLOY_KEY_ID", "0").set(variable, "Web");
        let run = refused(&repo, &server, &["work"]).says("error[identity]");
        run.says(&format!("the account `Web` by {name} is `web` but for case or blanks"));
        repo.unset(variable);
    }
}
