//! A specialist who is known by a signature has one budget, with a certificate, by an account, or by neither.

use super::*;

/// Five files in a session; with `star` for anyone else as well. The server believes certificates, and accounts where `account` says so.
fn limited(star: bool, account: bool) -> (Repo, Repo) {
    let repo = Repo::new();
    let limits = "[defaults]\nmax-files-per-session = 5\n[specialist.api]";
    let more = if star { "[specialist.\"*\"]\n" } else { "" };
    let text = people(&repo).replace("[specialist.api]", limits) + more;
    repo.write("policy.toml", text).write("a.txt", "a\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    server.git(&["config", "guard.identity", "push-cert"]).ok();
    server.git(&["config", "receive.certNonceSeed", "seed"]).ok();
    if account {
        server.git(&["config", "--add", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    }
    repo.unset(ACCOUNT);
    (repo, server)
}

/// A branch from main with so many new files of api's, signed by api or not.
fn branch(repo: &Repo, name: &str, files: usize, signed: bool) {
    repo.git(&["switch", "-q", "-c", name, "main"]).ok();
    repo.sign_with(&repo.key("api"));
    if !signed {
        repo.sign_nothing();
    }
    repo.author("api@example.org").write_many(&format!("api/{name}"), files).commit_unjudged(name);
    repo.sign_nothing();
}

fn certified(repo: &Repo, name: &str) -> Run {
    repo.git(&["push", "--signed", "origin", name])
}

fn plain(repo: &Repo, name: &str) -> Run {
    repo.git(&["push", "origin", name])
}

const OVER: &str = "6 files changed in this session, 5 allowed";

#[test]
fn with_a_certificate_and_then_without() {
    for star in [false, true] {
        let (repo, server) = limited(star, false);
        branch(&repo, "one", 3, true);
        certified(&repo, "one").ok();
        branch(&repo, "two", 3, true);
        certified(&repo, "two").rejected().says(OVER);
        let before = server.state_of_refs();
        let run = plain(&repo, "two").rejected();
        if star {
            run.says(OVER);
        }
        plain(&repo, "two:refs/tags/two").rejected();
        plain(&repo, "two:main").rejected();
        assert_eq!(server.state_of_refs(), before);
    }
}

#[test]
fn without_a_certificate_and_then_with() {
    let (repo, _server) = limited(true, false);
    branch(&repo, "one", 3, true);
    plain(&repo, "one").ok();
    branch(&repo, "two", 3, true);
    plain(&repo, "two").rejected().says(OVER);
    certified(&repo, "two").rejected().says(OVER);
    // What isn't signed is the pusher's: nobody's, or by the certificate api's.
    branch(&repo, "three", 3, false);
    certified(&repo, "three").rejected().says(OVER);
}

#[test]
fn by_an_account_and_by_a_certificate() {
    let (repo, _server) = limited(true, true);
    branch(&repo, "one", 3, false);
    repo.login("api-bot");
    plain(&repo, "one").ok();
    branch(&repo, "two", 3, false);
    plain(&repo, "two").rejected().says(OVER);
    repo.unset(ACCOUNT);
    certified(&repo, "two").rejected().says(OVER);
    branch(&repo, "three", 3, true);
    plain(&repo, "three").rejected().says(OVER);
    repo.login("api-bot");
    certified(&repo, "three").rejected().says(OVER);
}

#[test]
fn another_key_of_the_same_specialist_is_no_other_one() {
    let repo = Repo::new();
    let second = format!("keys = [\"{}\", \"{}\"]\n", repo.key("api").public, repo.key("api-two").public);
    let text = people(&repo).replace(&format!("keys = [\"{}\"]\n", repo.key("api").public), &second);
    let text = text.replace("[specialist.api]", "[defaults]\nmax-files-per-session = 5\n[specialist.api]");
    repo.write("policy.toml", text).write("a.txt", "a\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    server.git(&["config", "guard.identity", "push-cert"]).ok();
    server.git(&["config", "receive.certNonceSeed", "seed"]).ok();
    branch(&repo, "one", 3, false);
    certified(&repo, "one").ok();
    branch(&repo, "two", 3, false);
    repo.sign_with(&repo.key("api-two")).sign_nothing();
    certified(&repo, "two").rejected().says(OVER);
    // Another specialist has their own.
    repo.sign_with(&repo.key("web")).sign_nothing();
    repo.git(&["switch", "-q", "-c", "three", "main"]).ok();
    repo.write_many("web/three", 3).commit_unjudged("three");
    certified(&repo, "three").ok();
}
