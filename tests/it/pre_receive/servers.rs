//! `guard.identity` names the server; its variable is the account, and no other variable is anything.

use super::*;

/// Every name and the variable that stands behind it (interface.md, "The server").
const SERVERS: [(&str, &str); 7] = [
    ("gitolite", "GL_USER"),
    ("gitea", "GITEA_PUSHER_NAME"),
    ("forgejo", "GITEA_PUSHER_NAME"),
    ("gitlab", "GL_USERNAME"),
    ("github", "GITHUB_USER_LOGIN"),
    ("bitbucket", "BB_USER_NAME"),
    ("http", "REMOTE_USER"),
];

const TWO: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]

[specialist.dev]
users = ["dev", "dev@ldap"]
emails = ["author@example.org"]
allowed = ["api/"]

[specialist.web]
users = ["web"]
allowed = ["web/"]
"#;

/// Somebody has pushed `api/a.txt` to nowhere yet, under every variable as the owner.
fn scene() -> (Repo, Repo) {
    let (repo, server) = pushing_under(TWO);
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    for (_, variable) in SERVERS {
        repo.set(variable, "boss");
    }
    repo.set("GITEA_DEPLOY_KEY_ID", "0");
    (repo, server)
}

fn names(server: &Repo, sources: &[&str]) {
    drop(server.git(&["config", "--unset-all", "guard.identity"]));
    for source in sources {
        server.git(&["config", "--add", "guard.identity", source]).ok();
    }
}

#[test]
fn each_server_s_own_variable_is_the_account_and_no_other() {
    let (repo, server) = scene();
    for (name, variable) in SERVERS {
        names(&server, &[name]);
        repo.git(&["switch", "-q", "-C", name, "main"]).ok();
        repo.write(format!("api/{name}.txt"), "a\n").commit_unjudged("a");
        repo.set(variable, "web");
        refused(&repo, &server, &[name]).says("error[scope]").says(&format!("for web (account from {name})"));
        for nobody in ["", "Dev", "nobody"] {
            repo.set(variable, nobody);
            refused(&repo, &server, &[name]).says("error[known-specialist]");
        }
        repo.unset(variable);
        refused(&repo, &server, &[name]).says("error[known-specialist]");
        let run = repo.set(variable, "dev").git(&["push", "origin", name]).ok();
        run.says(&format!("accepted for dev (account from {name})"));
        repo.set(variable, "boss");
        server.guard(&["doctor"]).ok().says(&format!("from the environment variable `{variable}`"));
    }
}

#[test]
fn the_report_says_which_server_it_was() {
    let (repo, server) = scene();
    names(&server, &["gitea"]);
    place(&repo, &server, "work:refs/heads/elsewhere");
    server.set("GITEA_PUSHER_NAME", "dev").git(&["update-ref", "-d", "refs/heads/elsewhere"]).ok();
    let line = format!("{} {} refs/heads/work\n", "0".repeat(40), repo.rev("work"));
    let run = server.run_with(GUARD, &["--format", "json", "hook", "pre-receive"], line.as_bytes());
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let specialist = &judgement(&json, "commit")["specialist"];
    assert_eq!(*specialist, serde_json::json!({"name": "dev", "source": "account:gitea", "strength": "account"}));
}

#[test]
fn nothing_is_guessed_from_the_environment() {
    let (repo, server) = scene();
    for sources in [&[][..], &["none"], &["env:NOT_SET"]] {
        names(&server, sources);
        assert_refused(&repo, &server, &["work"], "known-specialist").says_not("boss");
    }
}

#[test]
fn a_misspelt_name_is_told_what_was_meant_and_all_there_are() {
    let (repo, server) = scene();
    for (wrong, meant) in [("gitolit", "gitolite"), ("Forgejo", "forgejo"), ("pushcert", "push-cert"), ("GL_USERNAME", "gitlab")] {
        names(&server, &[wrong]);
        let run = refused(&repo, &server, &["work"]).says("could not decide").says(&format!("did you mean `{meant}`?"));
        run.says(&format!("`git config guard.identity` says `{wrong}`, which this version does not know"));
    }
    names(&server, &["cgit"]);
    let run = refused(&repo, &server, &["work"]).says_not("did you mean");
    SERVERS.iter().fold(run.says("env:NAME, push-cert, or none"), |run, (name, _)| run.says(name));
    names(&server, &["gitea", "none"]);
    refused(&repo, &server, &["work"]).says("says `none` and something else as well").says("git config --replace-all");
}

#[test]
fn a_deploy_key_is_not_the_repository_s_owner() {
    let (repo, server) = scene();
    names(&server, &["gitea"]);
    repo.set("GITEA_DEPLOY_KEY_ID", "7");
    assert_refused(&repo, &server, &["work"], "known-specialist").says("account from gitea: deploy key 7");
    repo.set("GITEA_DEPLOY_KEY_ID", "0").git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn accounts_that_contradict_each_other_are_refused_whatever_is_pushed() {
    let (repo, server) = scene();
    place(&repo, &server, "main:refs/heads/old");
    names(&server, &["gitolite", "http"]);
    repo.set("GL_USER", "dev").set("REMOTE_USER", "web");
    let words = "contradict each other: `dev` by gitolite, `web` by http";
    let run = assert_refused(&repo, &server, &["work"], "identity").says(words);
    assert_eq!(run.err().matches("error[identity]").count(), 1, "once, not for every subject: {}", run.err());
    // an owner among them gives nobody an owner's rights, and a push without any commit is no way round
    for pair in [("boss", "web"), ("web", "boss"), ("nobody", "boss"), ("mallory", "nobody")] {
        repo.set("GL_USER", pair.0).set("REMOTE_USER", pair.1);
        assert_refused(&repo, &server, &["work"], "identity");
        assert_refused(&repo, &server, &[":old"], "identity").says("have the administrator name one source");
        assert_refused(&repo, &server, &["main:again"], "identity");
        assert_refused(&repo, &server, &["main:refs/keep/it"], "protected-ref");
    }
    // one person under two names, and one who says nothing, are no contradiction
    for pair in [("dev", "dev@ldap"), ("dev", "dev"), ("dev", ""), ("", "dev")] {
        repo.set("GL_USER", pair.0).set("REMOTE_USER", pair.1).git(&["push", "-q", "origin", "work"]).ok();
        repo.git(&["push", "-q", "origin", ":work"]).ok();
        repo.write("api/a.txt", format!("{pair:?}\n")).commit_unjudged("more");
    }
}
