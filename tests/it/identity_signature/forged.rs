//! Signatures that don't verify: rejected wherever they are met, whoever pushes them.

use super::*;

/// The server and the machine refuse HEAD, by rule `identity` and with these words.
#[track_caller]
fn assert_unbelieved(repo: &Repo, server: &Repo, why: &str) {
    for account in ["web-bot", "boss", ""] {
        server.login(account);
        assert!(complaint(&received(repo, server)).starts_with("the commit's signature is not believed: "));
    }
    for json in [received(repo, server), repo.json(&["check"]), repo.json(&["check", "--stage", "commit"])] {
        let found = complaint(&json);
        assert!(found.contains(why), "`{found}` is not `{why}`");
    }
    repo.git(&["push", "origin", "work"]).rejected().says("error[identity]").says("git commit --amend -S");
}

/// A commit of web's own, unsigned, which would be accepted.
fn plain() -> (Repo, Repo) {
    let (repo, server) = signing();
    repo.author("web@example.org").write("web/a.txt", "a\n").commit_unjudged("web's");
    assert_accepted(&received(&repo, &server));
    (repo, server)
}

#[test]
fn a_commit_that_was_changed_after_it_was_signed() {
    let (repo, server) = plain();
    sign_head(&repo, &repo.key("web"), "git");
    assert_accepted(&received(&repo, &server));
    let signed = raw(&repo);
    put(&repo, &signed.replace("web's", "api's"));
    assert_unbelieved(&repo, &server, "does not match what it stands under");
    put(&repo, &signed.replace("author An", "author Another"));
    assert_unbelieved(&repo, &server, "does not match what it stands under");
}

#[test]
fn a_signature_for_something_else() {
    let (repo, server) = plain();
    for namespace in ["file", "guard-evidence"] {
        sign_head(&repo, &repo.key("web"), namespace);
        assert_unbelieved(&repo, &server, &format!("signed for `{namespace}`, not for `git`"));
        repo.git(&["reset", "-q", "--hard", "main"]).ok();
        repo.write("web/a.txt", namespace).commit_unjudged("web's");
    }
}

#[test]
fn two_signatures_of_one_commit() {
    let (repo, server) = plain();
    let (commit, one) = (raw(&repo), repo.key("web"));
    let signature = one.sign("git", &commit);
    let twice = header("gpgsig", &format!("{signature}{}", repo.key("api").sign("git", &commit)));
    put(&repo, &with_headers(&commit, &twice));
    assert_unbelieved(&repo, &server, "not one SSH signature alone");
    put(&repo, &with_headers(&commit, &header("gpgsig", &signature).repeat(2)));
    assert_unbelieved(&repo, &server, "not one SSH signature alone");
    put(&repo, &with_headers(&commit, &header("gpgsig", &format!("see:\n{signature}"))));
    assert_unbelieved(&repo, &server, "not one SSH signature alone");
}

#[test]
fn a_key_that_was_given_up() {
    let (repo, server) = plain();
    sign_head(&repo, &repo.key("old"), "git");
    assert_unbelieved(&repo, &server, "its key was valid before 2020-01-01T00:00:00Z");
    // also where the committer's time, which is the signer's own word, lies before that
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.set("GIT_COMMITTER_DATE", "@1560000000 +0000").write("web/a.txt", "b\n").commit_unjudged("old's");
    sign_head(&repo, &repo.key("old"), "git");
    assert_unbelieved(&repo, &server, "its key was valid before 2020-01-01T00:00:00Z");
}

#[test]
fn a_key_that_is_too_weak() {
    let (repo, server) = plain();
    let keys = keys::Keys::new(repo.scratch().join("keys"));
    sign_head(&repo, &keys.key_of("weak", &["-t", "rsa", "-b", "1024"]), "git");
    assert_unbelieved(&repo, &server, "an RSA key of 1024 bits, at least 2048 are needed");
}

#[test]
fn the_owner_s_key_mends_nothing() {
    let (repo, server) = plain();
    sign_head(&repo, &repo.key("boss"), "git");
    let signed = raw(&repo);
    put(&repo, &signed.replace("web's", "boss's"));
    assert_unbelieved(&repo, &server, "does not match what it stands under");
}
