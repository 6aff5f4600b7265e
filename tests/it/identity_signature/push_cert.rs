//! `git push --signed`, where the server asks who signed it.

use super::*;

/// The same scene, with a server that goes by push certificates; pushes are signed by `name`.
pub(super) fn certified(name: &str) -> (Repo, Repo) {
    let (repo, server) = signing();
    server.git(&["config", "guard.identity", "push-cert"]).ok();
    server.git(&["config", "receive.certNonceSeed", "seed"]).ok();
    repo.sign_with(&repo.key(name)).sign_nothing();
    (repo, server)
}

pub(super) fn push(repo: &Repo, refspec: &str) -> Run {
    repo.git(&["push", "--signed", "origin", refspec])
}

#[test]
fn what_is_new_is_the_certificate_s_signer_s() {
    let (repo, server) = certified("api");
    repo.author("web@example.org").write("api/a.txt", "a\n").commit_unjudged("unsigned");
    push(&repo, "work").ok().says("accepted for api (signed push)");
    assert_eq!(server.rev("work"), repo.rev("work"));
    repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
    repo.write("web/a.txt", "a\n").commit_unjudged("not api's");
    push(&repo, "work:other").rejected().says("rejected for api (signed push)").says("error[scope]");
    repo.sign_with(&repo.key("web")).sign_nothing();
    push(&repo, "work:other").ok().says("accepted for web (signed push)");
}

#[test]
fn without_a_certificate_it_is_nobody_s_and_no_account_or_claim_counts() {
    let (repo, _server) = certified("api");
    repo.set("GUARD_SPECIALIST", "api").login("api-bot").write("api/a.txt", "a\n").commit_unjudged("unsigned");
    repo.git(&["push", "origin", "work"]).rejected().says("error[known-specialist]").says_not("error[identity]");
    for (name, value) in [("STATUS", "G"), ("SIGNER", "api"), ("KEY", "SHA256:x"), ("NONCE", "1-x"), ("NONCE_STATUS", "OK")] {
        repo.set(&format!("GIT_PUSH_CERT_{name}"), value);
    }
    repo.git(&["push", "origin", "work"]).rejected().says("error[known-specialist]").says_not("error[identity]");
}

#[test]
fn a_key_of_nobody_or_of_a_runner_is_nobody() {
    for (name, why) in [("stranger", "a key that the policy does not name"), ("ci", "the key of runner `ci`")] {
        let (repo, _server) = certified(name);
        repo.write("api/a.txt", "a\n").commit_unjudged("unsigned");
        let run = push(&repo, "work").rejected().says("error[known-specialist]").says_not("error[identity]");
        run.says("signed push: SHA256:").says(why);
    }
}

#[test]
fn a_signed_commit_of_another_in_it_is_no_offence() {
    let (repo, _server) = certified("api");
    repo.write("api/a.txt", "a\n").commit_unjudged("api's by the push");
    repo.sign_with(&repo.key("web")).write("web/a.txt", "a\n").commit_unjudged("web's by its signature");
    repo.sign_with(&repo.key("api")).sign_nothing();
    push(&repo, "work").ok();
}

#[test]
fn an_owner_s_certificate_opens_what_is_an_owner_s() {
    let (repo, server) = certified("api");
    let more = format!("{}\n[specialist.docs]\nusers = [\"docs-bot\"]\n", people(&repo));
    repo.write("policy.toml", &more).commit_unjudged("unsigned");
    push(&repo, "work:main").rejected().says("error[policy-change]");
    push(&repo, "main:refs/meta/x").rejected().says("error[protected-ref]");
    repo.sign_with(&repo.key("boss")).sign_nothing();
    push(&repo, "main:refs/meta/x").ok();
    push(&repo, "work:main").ok().says("accepted for boss (signed push)");
    assert_eq!(server.rev("main"), repo.rev("work"));
}

#[test]
fn a_key_that_was_given_up_rejects_the_whole_push() {
    let (repo, server) = certified("old");
    let before = server.state_of_refs();
    let run = push(&repo, "main:refs/heads/other").rejected().says("error[identity]");
    run.says("the push certificate is not believed: its key was valid before 2020-01-01T00:00:00Z");
    // whatever it says of when it was made: the server's nonce tells the time
    repo.set("GIT_COMMITTER_DATE", "@1560000000 +0000");
    push(&repo, "main:refs/heads/other").rejected().says("error[identity]");
    assert_eq!(server.state_of_refs(), before);
}

#[test]
fn what_git_on_the_server_thinks_of_the_signature_is_never_asked() {
    let (repo, server) = certified("api");
    // It reads what git sends it, or git ends by a broken pipe.
    server.script("no", "#!/bin/sh\ncase $2 in verify|check-novalidate) cat >/dev/null ;; esac\nexit 1\n");
    let no = server.file("no").into_os_string().into_string().unwrap();
    for (key, value) in [("gpg.ssh.program", no.as_str()), ("gpg.format", "openpgp"), ("gpg.ssh.allowedSignersFile", "/dev/null")] {
        server.git(&["config", key, value]).ok();
        repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
        repo.write("api/a.txt", key).commit_unjudged(key);
        push(&repo, &format!("work:{key}")).ok().says("accepted for api (signed push)");
    }
}

#[test]
fn several_refs_options_and_deletions_are_certified_together() {
    let (repo, server) = certified("api");
    server.git(&["config", "receive.advertisePushOptions", "true"]).ok();
    repo.write("api/a.txt", "a\n").commit_unjudged("a");
    repo.git(&["branch", "other", "main"]).ok();
    repo.git(&["push", "--signed", "-o", "one", "-o", "two words", "origin", "work", "other"]).ok();
    repo.git(&["push", "--signed", "--atomic", "origin", ":other", "work:third"]).ok();
    assert!(!server.state_of_refs().contains("other"));
}

#[test]
fn doctor_says_what_certificates_need() {
    let (_repo, server) = certified("api");
    server.guard(&["doctor"]).rejected().says("whose pushee isn't asked").says("git config --add guard.pushee URL");
    server.git(&["config", "guard.pushee", server.path().to_str().unwrap()]).ok();
    server.guard(&["doctor"]).ok().says("from push certificates (`git push --signed`), verified against the policy's keys");
    server.git(&["config", "--unset", "receive.certNonceSeed"]).ok();
    server.guard(&["doctor"]).rejected().says("has a seed for their nonces").says("git config receive.certNonceSeed");
    let open = Repo::with_policy(OPEN_POLICY);
    let server = open.guarded_remote();
    server.git(&["config", "guard.identity", "push-cert"]).ok();
    server.git(&["config", "receive.certNonceSeed", "seed"]).ok();
    server.guard(&["doctor"]).rejected().says("the policy names no `keys`");
}
