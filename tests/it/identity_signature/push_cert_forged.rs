//! Push certificates that are not believed. What receive-pack would hand to the hook is handed to it here.

use super::*;

const NONCE: &str = "1700000000-0123456789abcdef";

/// A server that goes by push certificates, and a commit of api's for `work`.
fn handed() -> (Repo, Repo) {
    let (repo, server) = signing();
    server.git(&["config", "guard.identity", "push-cert"]).ok();
    repo.author("web@example.org").write("api/a.txt", "a\n").commit_unjudged("unsigned");
    server.set("GIT_PUSH_CERT_NONCE", NONCE).set("GIT_PUSH_CERT_NONCE_STATUS", "OK");
    (repo, server)
}

/// What is signed to push HEAD to `name`.
fn payload(repo: &Repo, name: &str) -> String {
    let head = format!("certificate version 0.1\npusher api 1700000000 +0000\npushee ../server.git\nnonce {NONCE}\n\n");
    format!("{head}{} {} {name}\n", "0".repeat(40), repo.rev("HEAD"))
}

/// Hands a certificate to the server.
fn hand(server: &Repo, certificate: &str) {
    let blob = server.run_with("git", &["hash-object", "-w", "--stdin"], certificate.as_bytes()).ok().line();
    server.set("GIT_PUSH_CERT", blob);
}

fn sign(repo: &Repo, name: &str, payload: &str) -> String {
    format!("{payload}{}", repo.key(name).sign("git", payload))
}

#[track_caller]
fn assert_unbelieved(repo: &Repo, server: &Repo, why: &str) {
    let json = received(repo, server);
    let found = assert_violated(&json, "landing", "identity")["message"].as_str().unwrap();
    assert!(found.starts_with("the push certificate is not believed: ") && found.contains(why), "`{found}` is not `{why}`");
}

#[test]
fn a_good_one_is_believed_whatever_git_says_of_it() {
    let (repo, server) = handed();
    hand(&server, &sign(&repo, "api", &payload(&repo, "refs/heads/work")));
    let json = received(&repo, &server);
    assert_accepted(&json);
    assert_who(&json, "api", "signature:push-cert", "signature");
    for (status, signer) in [("G", "web"), ("B", ""), ("U", "boss"), ("N", "api"), ("E", "stranger")] {
        server.set("GIT_PUSH_CERT_STATUS", status).set("GIT_PUSH_CERT_SIGNER", signer).set("GIT_PUSH_CERT_KEY", "SHA256:x");
        assert_eq!(received(&repo, &server), json);
    }
}

#[test]
fn git_saying_that_a_bad_one_is_good_changes_nothing() {
    let (repo, server) = handed();
    server.set("GIT_PUSH_CERT_STATUS", "G").set("GIT_PUSH_CERT_SIGNER", "api").set("GIT_PUSH_CERT_KEY", "SHA256:x");
    let good = payload(&repo, "refs/heads/work");
    hand(&server, &sign(&repo, "api", &good).replace("pusher api", "pusher web"));
    assert_unbelieved(&repo, &server, "does not match what it stands under");
    hand(&server, &good);
    assert_unbelieved(&repo, &server, "it is not signed");
    hand(&server, &sign(&repo, "stranger", &good));
    assert_only_violated(&received(&repo, &server), &["known-specialist"]);
}

#[test]
fn an_old_one_is_not_taken_again() {
    let (repo, server) = handed();
    hand(&server, &sign(&repo, "api", &payload(&repo, "refs/heads/work")));
    server.set("GIT_PUSH_CERT_NONCE", "1700000900-fedcba9876543210");
    assert_unbelieved(&repo, &server, "its nonce is not the one that was asked for");
    server.set("GIT_PUSH_CERT_NONCE_STATUS", "BAD");
    assert_unbelieved(&repo, &server, "its nonce is not the one that was asked for");
    server.set("GIT_PUSH_CERT_NONCE_STATUS", "SLOP");
    assert_unbelieved(&repo, &server, "its nonce is older than `receive.certNonceSlop` allows");
    server.unset("GIT_PUSH_CERT_NONCE").unset("GIT_PUSH_CERT_NONCE_STATUS");
    assert_unbelieved(&repo, &server, "this server asks for no nonce");
}

#[test]
fn one_for_other_refs_is_not_believed() {
    let (repo, server) = handed();
    for name in ["refs/heads/main", "refs/heads/works", "refs/heads/Work"] {
        hand(&server, &sign(&repo, "api", &payload(&repo, name)));
        assert_unbelieved(&repo, &server, "other ref updates than those that are pushed");
    }
    let good = payload(&repo, "refs/heads/work");
    let more = format!("{good}{} {} refs/heads/x\n", "0".repeat(40), repo.rev("main"));
    for text in [more, good.replace(&repo.rev("HEAD"), &repo.rev("main")), good.replace(&"0".repeat(40), &repo.rev("main"))] {
        hand(&server, &sign(&repo, "api", &text));
        assert_unbelieved(&repo, &server, "other ref updates than those that are pushed");
    }
}

#[test]
fn a_signature_for_something_else_or_two_of_them_are_not_believed() {
    let (repo, server) = handed();
    let good = payload(&repo, "refs/heads/work");
    hand(&server, &format!("{good}{}", repo.key("api").sign("file", &good)));
    assert_unbelieved(&repo, &server, "signed for `file`, not for `git`");
    let signed = sign(&repo, "api", &good);
    hand(&server, &format!("{signed}{}", repo.key("boss").sign("git", &good)));
    assert_unbelieved(&repo, &server, "not one SSH signature alone");
    hand(&server, &sign(&repo, "boss", &signed));
    assert_unbelieved(&repo, &server, "not one SSH signature alone");
}

#[test]
fn a_broken_one_rejects_a_push_in_which_nothing_is_new() {
    let (repo, server) = handed();
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "work:there"]).ok();
    hand(&server, "nonsense\n");
    assert_unbelieved(&repo, &server, "it is not signed");
    // even where it is nobody's, and every commit is somebody's by signature
    sign_head(&repo, &repo.key("api"), "git");
    let json = received(&repo, &server);
    assert_only_violated(&json, &["identity"]);
}

#[test]
fn one_that_can_not_be_read_is_undecided() {
    let (repo, server) = handed();
    let line = format!("{} {} refs/heads/work\n", "0".repeat(40), repo.rev("HEAD"));
    let large = "x".repeat((8 << 20) + 1);
    let large = server.run_with("git", &["hash-object", "-w", "--stdin"], large.as_bytes()).ok().line();
    for (value, why) in [
        ("1".repeat(40), "is missing from this repository"),
        ("nonsense".to_owned(), "names no object"),
        ("0".repeat(40), "names no object"),
        (repo.rev("HEAD"), "is no blob of at most"),
        (large, "is no blob of at most"),
    ] {
        server.set("GIT_PUSH_CERT", &value);
        server.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes()).undecided().says(why);
    }
}
