//! An account and a certificate both say who pushes: where they name different people, nothing is taken.

use super::push_cert::{certified, push};
use super::*;

const WORDS: &str = "error[identity]: the account and the push certificate are of different";

/// The server asks for both; `work` has an unsigned commit in `api/`, `there` stands on the server.
fn both() -> (Repo, Repo) {
    let (repo, server) = certified("api");
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    server.git(&["config", "--add", "guard.identity", "push-cert"]).ok();
    server.git(&["update-ref", "refs/heads/there", "refs/heads/main"]).ok();
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    (repo, server)
}

fn by(repo: &Repo, account: &str, key: &str) {
    repo.login(account).sign_with(&repo.key(key)).sign_nothing();
}

#[test]
fn of_two_specialists_neither_is_believed_whatever_is_pushed() {
    let (repo, server) = both();
    let before = server.state_of_refs();
    for (account, key) in [("web-bot", "api"), ("api-bot", "web")] {
        by(&repo, account, key);
        let pushes = ["work", "work:main", "main:refs/heads/new", "main:refs/tags/v1", ":there", "work:refs/tags/v1"];
        for refspec in pushes {
            let run = push(&repo, refspec).rejected().says(WORDS);
            run.says(&format!("`{account}` by env:{ACCOUNT}, the certificate by"));
        }
    }
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn an_owner_among_them_gives_nobody_an_owner_s_rights() {
    let (repo, server) = both();
    repo.write("policy.toml", format!("{}# more\n", people(&repo))).commit_unjudged("policy");
    let before = server.state_of_refs();
    for (account, key) in [("web-bot", "boss"), ("boss", "api"), ("stranger", "boss"), ("stranger", "api")] {
        by(&repo, account, key);
        for refspec in ["work:main", "main:refs/meta/x", "work"] {
            push(&repo, refspec).rejected().says(WORDS);
        }
    }
    assert_eq!(server.state_of_refs(), before);
    by(&repo, "boss", "boss");
    push(&repo, "work:main").ok();
}

#[test]
fn one_person_by_both_and_one_who_is_silent_are_no_conflict() {
    let (repo, _server) = both();
    by(&repo, "api-bot", "api");
    push(&repo, "work:refs/heads/one").ok();
    repo.git(&["push", "-q", "origin", "work:refs/heads/two"]).ok();
    by(&repo, "", "api");
    push(&repo, "work:refs/heads/three").ok();
    // A key that the policy doesn't name says nothing of who it is.
    by(&repo, "api-bot", "stranger");
    push(&repo, "work:refs/heads/four").ok().says("accepted for api");
    // Nor is a commit that somebody else has signed a conflict.
    repo.sign_with(&repo.key("web")).write("web/a.txt", "a\n").commit_unjudged("web's");
    by(&repo, "api-bot", "api");
    push(&repo, "work:refs/heads/five").ok();
}

#[test]
fn the_order_in_which_the_server_names_them_decides_nothing() {
    let (repo, server) = both();
    server.git(&["config", "--unset-all", "guard.identity"]).ok();
    for source in ["push-cert", &format!("env:{ACCOUNT}")] {
        server.git(&["config", "--add", "guard.identity", source]).ok();
    }
    by(&repo, "web-bot", "api");
    push(&repo, "work").rejected().says(WORDS);
    by(&repo, "api-bot", "api");
    push(&repo, "work").ok();
}
