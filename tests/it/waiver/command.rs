//! `guard waive`: what it refuses.

use super::*;

#[test]
fn a_commit_s_id_is_no_tree() {
    let (repo, _server) = started();
    let commit = repo.rev("HEAD");
    waive(&repo, "boss", &["scope", "--tree", &commit]).undecided().says("is no tree").says("git rev-parse COMMIT^{tree}");
    waive(&repo, "boss", &["scope", "--tree", "1234"]).undecided().says("`1234` is no full id of a tree");
    assert_eq!(repo.git(&["for-each-ref", "refs/notes/guard"]).ok().out(), "");
    // What a server has refused is in nobody's clone but its author's.
    let run = waive(&repo, "boss", &["scope", "--tree", &"1".repeat(40)]).ok();
    run.says("scope: waived on tree 1111111, which is not in this clone, until");
}

#[test]
fn what_is_no_limit_has_no_number() {
    let (repo, _server) = started();
    waive(&repo, "boss", &["scope", "--limit", "3"]).undecided().says("`scope` is no limit").says("leave --limit out");
    waive(&repo, "boss", &["halted"]).undecided().says("`halted` can't be waived, by nobody");
    waive(&repo, "boss", &["scope", "--path", "a/[b"]).undecided().says("bad pattern `a/[b`");
}

#[test]
fn a_policy_of_one_s_own_makes_nobody_an_owner() {
    let (repo, _server) = started();
    let own = policy(&repo).replace(&repo.key("boss").public, &repo.key("mallory").public);
    repo.write("../own.toml", own);
    let key = repo.key("mallory").private;
    let args = ["--policy", "../own.toml", "waive", "scope", "--rev", "HEAD", "--reason", "x", "--expires", "1d", "--sign"];
    let run = repo.guard(&[&args[..], &[key.to_str().unwrap()]].concat());
    run.undecided().says("`--policy` names nobody an owner");
}

#[test]
fn a_name_like_an_owner_s_makes_nobody_one() {
    let repo = Repo::new();
    let named = policy(&repo).replace("[specialist.dev]", "[specialist.owner-dev]");
    repo.write("policy.toml", named).commit_unjudged("start");
    waive(&repo, "dev", &["scope"]).undecided().says("is no owner's: owners alone waive");
}
