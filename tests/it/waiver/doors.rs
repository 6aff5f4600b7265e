//! Waivers at each door, and of what is over more than one commit.

use serde_json::Value;

use super::*;

/// The ref of the one owner who has written notes.
fn owners_ref(repo: &Repo) -> String {
    repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line()
}

#[test]
fn a_commit_that_a_waiver_lets_pass_says_so() {
    let (repo, _server) = started();
    repo.git(&["reset", "-q", "--soft", "main"]).ok();
    let tree = repo.index_tree();
    for rule in [&["scope"][..], &["file-limit", "--limit", "3"]] {
        waive(&repo, "boss", &[rule, &["--tree", &tree]].concat()).ok();
    }
    let run = repo.install().commit("three").ok();
    run.says("waived[scope]").says("waived[file-limit]").says("owner `boss`, until ").says_not("next:");
}

#[test]
fn a_session_s_limit_is_waived_on_its_tip_s_tree() {
    let (repo, server) = started();
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.write("a", "a\n").write("b", "b\n").commit_unjudged("two");
    repo.write("c", "c\n").write("d", "d\n").commit_unjudged("two more");
    repo.guard(&["check"]).rejected().says("4 files changed in this session, 2 allowed").says_not("in this commit");
    repo.git(&["push", "origin", "work"]).rejected();
    waive(&repo, "boss", &["file-limit", "--limit", "3", "--push", "origin"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says("it covers 3, and this is 4");
    // one on the first commit's tree is none on the tip's
    waive(&repo, "boss", &["file-limit", "--limit", "9", "--tree", &repo.rev("HEAD~^{tree}"), "--push", "origin"]).ok();
    repo.git(&["push", "origin", "work"]).rejected().says_not("it covers 9");
    waive(&repo, "boss", &["file-limit", "--limit", "4", "--push", "origin"]).ok();
    repo.install().git(&["push", "origin", "work"]).ok().says("waived[file-limit]").says("remote: waived[file-limit]");
    assert_eq!(server.rev("work"), repo.rev("work"));
    // and where it lands
    repo.git(&["push", "origin", "work:main"]).ok().says("remote: waived[file-limit]: 4 files changed in this session");
}

#[test]
fn a_demand_of_a_landing_is_waived_on_its_tip_s_tree() {
    let repo = Repo::new();
    let demanding = policy(&repo).replace("branch = \"none\"\nland = \"none\"", "branch = \"none\"\nland = \"claimed\"")
        + "[area.core]\npaths = [\"core/\"]\nrequires = [\"unit\"]\n[suite.unit]\nrun = \"true\"\n";
    repo.write("policy.toml", demanding).commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.login("dev").write("core/a", "a\n").commit_unjudged("core");
    repo.git(&["push", "origin", "main"]).rejected().says("suite `unit` not proven");
    waive(&repo, "boss", &["guarded-area", "--path", "web/"]).ok();
    waive(&repo, "boss", &["combined-change", "--push", "origin"]).ok();
    repo.git(&["push", "origin", "main"]).rejected().says("it is for other paths than `core/a`");
    waive(&repo, "boss", &["guarded-area", "--path", "core/"]).ok();
    repo.git(&["push", "--atomic", "origin", "main", &owners_ref(&repo)]).ok().says("remote: waived[guarded-area]");
    assert_eq!(server.rev("main"), repo.rev("main"));
}

#[test]
fn what_an_owner_of_the_pushed_policy_waives_is_not() {
    let (repo, server) = started();
    let own = policy(&repo).replace(&repo.key("boss").public, &repo.key("mallory").public);
    repo.write("policy.toml", own).commit_unjudged("mine");
    let trusted = repo.rev("refs/remotes/origin/main");
    // on this machine mallory has the last word about what is trusted, and on the server not
    repo.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]).ok();
    for rule in [&["scope"][..], &["policy-change"], &["file-limit", "--limit", "9"]] {
        waive(&repo, "mallory", rule).ok();
    }
    repo.git(&["update-ref", "refs/remotes/origin/main", &trusted]).ok();
    let run = repo.guard(&["check"]).rejected().says("a waiver does not cover it: signed by SHA256:").says("who is no owner");
    run.says("error[policy-change]").says_not("waived[");
    repo.git(&["push", "origin", "work", &owners_ref(&repo)]).rejected();
    repo.git(&["push", "origin", "work"]).rejected().says_not("waived[");
    assert!(server.git(&["for-each-ref", "refs/notes", "refs/heads/work"]).ok().out().is_empty());
}

#[test]
fn an_altered_reason_or_number_voids_it_and_a_stranger_s_signature_too() {
    let (repo, server) = started();
    waive(&repo, "boss", &["file-limit", "--limit", "2"]).ok();
    waive(&repo, "boss", &["scope"]).ok();
    let name = owners_ref(&repo);
    let lines = repo.git(&["notes", "--ref", &name, "show", "HEAD^{tree}"]).ok().out();
    let payload = |line: &str| serde_json::from_str::<Value>(line).unwrap()["payload"].as_str().unwrap().to_owned();
    let (one, other) = (lines.lines().next().unwrap(), lines.lines().last().unwrap());
    // the signature of one waiver over the words of another
    repo.write("../forged", one.replace(&payload(one), &payload(other)) + "\n");
    repo.git(&["notes", "--ref", &name, "add", "-f", "-F", "../forged", "HEAD^{tree}"]).ok();
    repo.guard(&["check"]).rejected().says("a waiver does not cover it: its signature is not good").says_not("waived[");
    repo.git(&["push", "origin", "work", &name]).rejected();
    assert!(server.git(&["for-each-ref", "refs/notes"]).ok().out().is_empty());
}

#[test]
fn a_session_over_several_refs_is_waived_by_none_of_their_trees() {
    let (repo, _server) = started();
    repo.git(&["reset", "-q", "--hard", "main"]).ok();
    repo.write("b", "b\n").commit_unjudged("one");
    waive(&repo, "boss", &["file-limit", "--limit", "3"]).ok();
    repo.git(&["switch", "-q", "-c", "x", "main"]).ok();
    repo.write("c", "c\n").write("d", "d\n").commit_unjudged("two more");
    repo.git(&["push", "--no-verify", "origin", "work", "x", &owners_ref(&repo)])
        .rejected()
        .says("3 files changed in this session");
}
