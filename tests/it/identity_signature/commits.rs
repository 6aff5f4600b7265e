//! Signed commits: whose they are, whoever pushes them.

use super::*;

#[test]
fn a_signed_commit_is_its_signer_s_whoever_pushes_it() {
    let (repo, server) = signing();
    repo.sign_with(&repo.key("api")).author("web@example.org").write("api/a.txt", "a\n").commit_unjudged("api's");
    let json = received(&repo, &server);
    assert_accepted(&json);
    assert_who(&json, "api", "signature:commit", "signature");
    let run = repo.git(&["push", "origin", "work"]).ok();
    run.says("accepted for api (signed commit)");
    // the same on a machine, before it is pushed
    repo.write("api/b.txt", "b\n").commit_unjudged("api's, too");
    assert_who(&repo.json(&["check", "HEAD^..HEAD"]), "api", "signature:commit", "signature");
    // and the signer's boundaries are what it is held to
    repo.write("web/a.txt", "a\n").commit_unjudged("not api's");
    repo.git(&["push", "origin", "work"]).rejected().says("error[scope]");
}

#[test]
fn what_is_not_signed_is_the_account_s_or_a_claim_s() {
    let (repo, server) = signing();
    repo.write("api/a.txt", "a\n").commit_unjudged("by api's e-mail");
    let json = received(&repo, &server);
    assert_only_violated(&json, &["scope"]);
    assert_who(&json, "web", &format!("account:env:{ACCOUNT}"), "account");
    assert_who(&repo.json(&["check"]), "api", "claim:email", "claim");
}

#[test]
fn a_rebase_drops_the_signature_and_nobody_minds() {
    let (repo, server) = signing();
    repo.sign_with(&repo.key("api")).write("api/a.txt", "a\n").commit_unjudged("api's");
    repo.sign_nothing().git(&["rebase", "-q", "--force-rebase", "main"]).ok();
    let json = received(&repo, &server);
    assert_only_violated(&json, &["scope"]);
    assert_who(&json, "web", &format!("account:env:{ACCOUNT}"), "account");
    server.login("api-bot");
    assert_accepted(&received(&repo, &server));
}

#[test]
fn an_owner_s_signed_commit_may_change_the_policy_in_anybody_s_push() {
    let (repo, server) = signing();
    let more = format!("{}\n[specialist.docs]\nusers = [\"docs-bot\"]\n", people(&repo));
    repo.write("policy.toml", &more).commit_unjudged("unsigned");
    repo.git(&["push", "origin", "work:main"]).rejected().says("error[policy-change]");
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.sign_with(&repo.key("api")).write("policy.toml", &more).commit_unjudged("by api's key");
    repo.git(&["push", "origin", "work:main"]).rejected().says("error[policy-change]").says("changed by `api`");
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.sign_with(&repo.key("boss")).write("policy.toml", &more).commit_unjudged("by the owner's key");
    assert_who(&received(&repo, &server), "boss", "signature:commit", "signature");
    repo.git(&["push", "origin", "work:main"]).ok().says("accepted for boss (signed commit)");
    assert_eq!(server.rev("main"), repo.rev("work"));
}

#[test]
fn keys_of_nobody_and_of_runners_prove_nothing_and_say_so() {
    let (repo, server) = signing();
    for (name, why) in
        [("stranger", "a key that the policy does not name"), ("ci", "the key of runner `ci`, which makes no changes")]
    {
        repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
        repo.sign_with(&repo.key(name)).write("web/a.txt", name).commit_unjudged(name);
        let json = received(&repo, &server);
        assert_accepted(&json);
        assert_who(&json, "web", &format!("account:env:{ACCOUNT}"), "account");
        repo.guard(&["check", "-v"]).says("signature:commit: SHA256:").says(why);
    }
    server.login("");
    let line = format!("{} {} refs/heads/work\n", "0".repeat(40), repo.rev("HEAD"));
    let run = server.run_with(GUARD, &["hook", "pre-receive"], line.as_bytes()).rejected();
    run.says("error[known-specialist]").says("the key of runner `ci`").says_not("error[identity]");
}

#[test]
fn other_kinds_of_signatures_prove_nothing_and_say_so() {
    let (repo, server) = signing();
    for (armour, why) in [
        ("PGP SIGNATURE", "an OpenPGP signature, and only SSH signatures are verified"),
        ("SIGNED MESSAGE", "an X.509 signature, and only SSH signatures are verified"),
        ("NONSENSE", "a signature of no known kind, and only SSH signatures are verified"),
    ] {
        repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
        repo.write("web/a.txt", armour).commit_unjudged(armour);
        let signature = format!("-----BEGIN {armour}-----\n\nabcd\n-----END {armour}-----\n");
        put(&repo, &with_headers(&raw(&repo), &header("gpgsig", &signature)));
        let json = received(&repo, &server);
        assert_accepted(&json);
        assert_who(&json, "web", &format!("account:env:{ACCOUNT}"), "account");
        repo.guard(&["check", "-v"]).says(&format!("signature:commit: {why}"));
    }
}

#[test]
fn where_the_policy_names_no_keys_signatures_say_nothing() {
    let repo = Repo::with_policy(OPEN_POLICY);
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("b.txt", "b\n").commit_unjudged("b");
    sign_head(&repo, &repo.key("api"), "file");
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    repo.guard(&["check", "-v"]).ok().says_not("signature:commit");
}

#[test]
fn a_push_on_behalf_of_others_is_theirs_where_they_signed_and_the_pusher_s_where_they_did_not() {
    let (repo, server) = signing();
    // two specialists' signed work, and a merge of it that only the pusher made
    repo.sign_with(&repo.key("api")).write("api/a.txt", "a\n").commit_unjudged("api's");
    repo.git(&["switch", "-q", "-c", "side", "main"]).ok();
    repo.sign_with(&repo.key("web")).write("web/b.txt", "b\n").commit_unjudged("web's");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.sign_nothing().git(&["merge", "-q", "--no-edit", "side"]).ok();
    for account in ["web-bot", "api-bot", "boss"] {
        server.login(account);
        let json = received(&repo, &server);
        assert_accepted(&json);
        let sources = |kind: &str| -> Vec<String> {
            let found = judgements(&json, kind).into_iter().map(|j| j["specialist"]["source"].as_str().unwrap().to_owned());
            found.collect()
        };
        let signed = sources("commit").iter().filter(|source| *source == "signature:commit").count();
        assert_eq!((signed, sources("commit").len()), (2, 3), "{json:#}");
    }
    // nobody the policy doesn't know hands anything on, not even what others have signed
    server.login("mallory");
    assert_only_violated(&received(&repo, &server), &["known-specialist"]);
    repo.git(&["reset", "-q", "--hard", "HEAD^1"]).ok();
    let json = received(&repo, &server);
    assert_only_violated(&json, &["known-specialist"]);
    assert_who(&json, "api", "signature:commit", "signature");
    // picked by somebody else it is a commit of theirs, whoever its author is
    server.login("web-bot");
    repo.git(&["switch", "-q", "-C", "work", "main"]).ok();
    repo.write("web/c.txt", "c\n").commit_unjudged("below");
    repo.git(&["cherry-pick", "side"]).ok();
    assert_accepted(&received(&repo, &server));
    server.login("api-bot");
    assert_only_violated(&received(&repo, &server), &["scope"]);
}
