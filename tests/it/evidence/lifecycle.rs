//! What else a signed record may lack, each in its own words: `signed.rs` has the rest.

use super::signed::{attest, policy, started};
use super::*;

/// The policy of the trusted side from now on, as far as this clone knows.
fn trusted(repo: &Repo, text: &str) {
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", text).commit_unjudged("another policy");
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
}

/// Why the one record on HEAD's tree is worth no more.
fn why(repo: &Repo) -> String {
    why_of(repo, "HEAD")
}

fn why_of(repo: &Repo, rev: &str) -> String {
    let json = evidence(repo, &[rev]);
    let suite = &json["suites"][0];
    [&suite["refused"], &suite["short"]].iter().flat_map(|all| all.as_array().unwrap()).map(|why| why.as_str().unwrap()).collect()
}

#[test]
fn of_another_repository_with_the_same_tree() {
    let (repo, _server) = started("");
    attest(&repo, "ci");
    assert_eq!((found(&evidence(&repo, &["HEAD"]), "integration").as_str(), why(&repo).as_str()), ("attested", ""));
    let other = Repo::new();
    other.write("policy.toml", policy(&repo, "")).write("ok", "").write("middleware/a.py", "a\n").commit_unjudged("another start");
    other.git(&["switch", "-q", "-c", "work"]).ok();
    other.write("middleware/a.py", "a\nb\n").commit_unjudged("touch");
    assert_eq!(other.rev("HEAD^{tree}"), repo.rev("HEAD^{tree}"));
    other.git(&["fetch", "-q", repo.path().to_str().unwrap(), "refs/notes/guard/*:refs/notes/guard/*"]).ok();
    assert_eq!(
        (found(&evidence(&other, &["HEAD"]), "integration").as_str(), why(&other).as_str()),
        ("none", "it is of another repository")
    );
}

#[test]
fn of_another_repository_whose_root_was_brought_along() {
    let (repo, server) = started("");
    let other = Repo::new();
    other.write("policy.toml", policy(&repo, "")).write("ok", "").write("middleware/a.py", "a\n").commit_unjudged("another start");
    other.write("middleware/a.py", "a\nb\n").commit_unjudged("touch");
    assert_eq!(other.rev("HEAD^{tree}"), repo.rev("HEAD^{tree}"));
    let key = repo.key("ci").private;
    other.guard(&["test", "integration", "--rev", "HEAD", "--sign", key.to_str().unwrap()]).ok();
    let from = other.path().to_str().unwrap().to_owned();
    repo.git(&["fetch", "-q", &from, "main:refs/other/main", "refs/notes/guard/ci:refs/notes/guard/ci"]).ok();
    // The history of notes is nobody's work, and an empty tree holds no line.
    let empty = repo.run_with("git", &["mktree"], b"").ok().line();
    let root = repo.git(&["rev-list", "--max-parents=0", "refs/other/main"]).ok().line();
    let notes = repo.git(&["commit-tree", &empty, "-p", &root, "-m", "notes"]).ok().line();
    repo.git(&["push", "-q", "origin", &format!("{notes}:refs/notes/guard/local-dev")]).ok();
    let run = repo.git(&["push", "origin", "refs/notes/guard/ci", "work:main"]).rejected();
    run.says("error[guarded-area]").says("it is of another repository");
    // What is asked on the server says the same, once all that stands there.
    let from = repo.path().to_str().unwrap();
    server.git(&["fetch", "-q", from, "work:refs/heads/work", "refs/notes/guard/ci:refs/notes/guard/ci"]).ok();
    assert_eq!(
        (found(&evidence(&server, &["work"]), "integration").as_str(), why_of(&server, "work").as_str()),
        ("none", "it is of another repository")
    );
}

#[test]
fn by_a_runner_whose_key_is_the_specialist_s_own() {
    let (repo, _server) = started("");
    attest(&repo, "ci");
    let own =
        policy(&repo, "").replace(&repo.key("ci").public, "@RUNNER@").replace(&repo.key("dev").public, &repo.key("ci").public);
    trusted(&repo, &own.replace("@RUNNER@", &repo.key("ci").public));
    assert_eq!(found(&evidence(&repo, &["HEAD"]), "integration"), "signed");
    assert_eq!(why(&repo), "the runner's key is `dev`'s own, whose work this is");
}

#[test]
fn by_a_key_that_had_expired_or_is_not_there_any_more() {
    let (repo, _server) = started("");
    attest(&repo, "ci");
    let key = repo.key("ci").public;
    trusted(&repo, &policy(&repo, "").replace(&format!("\"{key}\""), &format!("'valid-before=\"2020-01-01T00:00:00Z\" {key}'")));
    assert!(why(&repo).starts_with("its signature is not good: "), "{}", why(&repo));
    trusted(&repo, &policy(&repo, "").replace(&key, &repo.key("next").public));
    assert!(why(&repo).contains("a key that the policy does not have"), "{}", why(&repo));
}

#[test]
fn altered_after_it_was_signed_or_moved_to_another_writer() {
    let (repo, _server) = started("");
    attest(&repo, "ci");
    let line = repo.git(&["notes", "--ref", "guard/ci", "show", "HEAD^{tree}"]).ok().line();
    let put = |writer: &str, line: &str| {
        repo.write("../line", format!("{line}\n"));
        repo.git(&["notes", "--ref", &format!("guard/{writer}"), "add", "-f", "-F", "../line", "HEAD^{tree}"]).ok();
    };
    // As nobody remembers what is on the server.
    repo.git(&["update-ref", "-d", "refs/notes/guard/remotes/origin/ci"]).ok();
    put("ci", &line.replacen("\"payload\":\"ey", "\"payload\":\"ew", 1));
    assert_eq!(found(&evidence(&repo, &["HEAD"]), "integration"), "none");
    repo.git(&["update-ref", "-d", "refs/notes/guard/ci"]).ok();
    put("web", &line);
    assert_eq!(why(&repo), "it stands in the notes of `web`, who did not sign it");
    // The runner's own notes are on the server since the run; what was moved is not taken into another's.
    let moved = repo.git(&["push", "origin", "refs/notes/guard/web"]).rejected();
    moved.says("error[protected-ref]").says("would hold what is not its writer's");
}
