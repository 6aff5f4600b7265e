//! What an owner waives: one rule, on one tree, for a while, and every report says so.

mod command;
mod doors;
mod listing;

use crate::support::*;

/// At most two files; `boss` owns, and `ci` runs.
fn policy(repo: &Repo) -> String {
    format!(
        "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\nkeys = [\"{}\"]\n\
         [defaults]\nmax-files-per-commit = 2\nmax-files-per-session = 2\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\nkeys = [\"{}\"]\nprohibited = [\"closed/\"]\n\
         [runner.ci]\nkeys = [\"{}\"]\n[evidence]\ncommit = \"none\"\nbranch = \"none\"\nland = \"none\"\n",
        repo.key("boss").public,
        repo.key("dev").public,
        repo.key("ci").public
    )
}

/// A branch `work` with a commit of three files, one of them closed to dev; and the server.
fn started() -> (Repo, Repo) {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.login("dev").write("closed/a", "a\n").write("b", "b\n").write("c", "c\n").commit_unjudged("three");
    (repo, server)
}

/// `guard waive` on HEAD's tree, for a day, signed by that key.
fn waive(repo: &Repo, by: &str, args: &[&str]) -> Run {
    let key = repo.key(by).private;
    let fixed = ["--reason", "it is generated", "--expires", "1d", "--sign", key.to_str().unwrap()];
    let place = ["--rev", "HEAD"];
    let place = if args.contains(&"--tree") { &[][..] } else { &place[..] };
    repo.guard(&[&["waive"], args, place, &fixed].concat())
}

#[test]
fn what_is_waived_passes_and_every_report_says_so() {
    let (repo, _server) = started();
    waive(&repo, "boss", &["file-limit", "--limit", "3"]).ok().says("file-limit: waived on tree ");
    waive(&repo, "boss", &["scope", "--push", "origin"]).ok().says("pushed to origin");
    let run = repo.guard(&["check"]).ok().says("accepted");
    run.says("waived[scope]: `closed/a`: in `closed/`, which `dev` may not").says("(owner `boss`, until ").says("it is generated)");
    let json = repo.json(&["check"]);
    assert_eq!(outcome(&json, "session", "file-limit"), "waived");
    assert_eq!(outcome(&json, "commit", "scope"), "waived");
    assert_sound(&json);
    repo.git(&["push", "origin", "work"]).ok().says("remote: waived[scope]");
}

#[test]
fn a_waiver_comes_with_the_push_that_needs_it() {
    let (repo, server) = started();
    repo.git(&["push", "origin", "work"]).rejected();
    for rule in [&["scope"][..], &["file-limit", "--limit", "3"]] {
        waive(&repo, "boss", rule).ok();
    }
    let notes = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line();
    repo.git(&["push", "--atomic", "origin", "work", &notes]).ok();
    assert_eq!(server.rev("work"), repo.rev("work"));
}

#[test]
fn the_index_is_waived_by_its_tree() {
    let (repo, _server) = started();
    repo.git(&["reset", "-q", "--soft", "main"]).ok();
    let tree = repo.index_tree();
    repo.install().commit("three").rejected();
    for rule in [&["scope"][..], &["file-limit", "--limit", "3"]] {
        waive(&repo, "boss", &[rule, &["--tree", &tree]].concat()).ok();
    }
    repo.commit("three").ok();
    repo.write("d", "d\n").stage().commit("four").rejected().says("error[file-limit]").says_not("a waiver");
}

#[test]
fn what_does_not_cover_says_why() {
    let (repo, _server) = started();
    let why = |args: &[&str], why: &str| {
        waive(&repo, "boss", args).ok();
        repo.guard(&["check"]).rejected().says(why);
    };
    why(&["file-limit", "--limit", "2"], "a waiver does not cover it: it covers 2, and this is 3");
    why(&["scope", "--path", "open/"], "a waiver does not cover it: it is for other paths than `closed/a`");
    repo.guard(&["check"]).rejected().says("error[scope]");
    waive(&repo, "boss", &["scope", "--path", "closed/"]).ok();
    repo.guard(&["check"]).rejected().says("waived[scope]").says("error[file-limit]");
    waive(&repo, "boss", &["file-limit", "--limit", "3"]).ok();
    repo.guard(&["check"]).ok();
    // other content is another tree
    repo.write("b", "bb\n").stage().git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    repo.guard(&["check"]).rejected().says("error[scope]").says_not("waived[").says_not("does not cover");
}

#[test]
fn only_owners_waive() {
    let (repo, _server) = started();
    waive(&repo, "dev", &["scope"]).undecided().says("is no owner's: owners alone waive");
    waive(&repo, "ci", &["scope"]).undecided().says("is no owner's: owners alone waive");
    waive(&repo, "nobody", &["scope"]).undecided().says("does not have the key SHA256:");
    // a policy of one's own makes nobody an owner
    let own = policy(&repo).replace(&repo.key("boss").public, &repo.key("dev").public);
    repo.git(&["switch", "-q", "-c", "mine"]).ok();
    repo.write("policy.toml", own).commit_unjudged("mine");
    waive(&repo, "dev", &["scope"]).undecided();
}

#[test]
fn an_owner_s_word_ends_with_the_key_and_with_the_time() {
    let (repo, _server) = started();
    let key = repo.key("boss").private;
    let soon = ["waive", "scope", "--rev", "HEAD", "--reason", "x", "--expires", "1s", "--sign", key.to_str().unwrap()];
    repo.guard(&soon).ok();
    waive(&repo, "boss", &["file-limit", "--limit", "3"]).ok();
    std::thread::sleep(std::time::Duration::from_millis(2100));
    repo.guard(&["check"]).rejected().says("a waiver does not cover it: it expired on ").says("waived[file-limit]");
    let without = policy(&repo).replace(&repo.key("boss").public, &repo.key("other").public);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", without).commit_unjudged("another owner");
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.guard(&["check"]).rejected().says("a waiver does not cover it: signed by SHA256:").says("who is no owner");
}

#[test]
fn a_waiver_of_another_repository_or_tree_is_none() {
    let (repo, server) = started();
    for rule in [&["scope"][..], &["file-limit", "--limit", "3"]] {
        waive(&repo, "boss", rule).ok();
    }
    let name = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line();
    let (tree, other) = (repo.rev("HEAD^{tree}"), repo.rev("main^{tree}"));
    repo.git(&["notes", "--ref", &name, "copy", &tree, &other]).ok();
    repo.git(&["notes", "--ref", &name, "remove", &tree]).ok();
    repo.git(&["notes", "--ref", &name, "copy", &other, &tree]).ok();
    repo.guard(&["check"]).ok();
    // the same trees in another repository
    let other = Repo::new();
    other.write("policy.toml", policy(&repo)).commit_unjudged("another start");
    other.git(&["switch", "-q", "-c", "work"]).ok();
    other.write("closed/a", "a\n").write("b", "b\n").write("c", "c\n").commit_unjudged("three");
    assert_eq!(other.rev("HEAD^{tree}"), tree);
    other.git(&["fetch", "-q", repo.path().to_str().unwrap(), "refs/notes/guard/*:refs/notes/guard/*"]).ok();
    drop(server);
    other.guard(&["check"]).rejected().says("a waiver does not cover it: it is of another repository");
}

#[test]
fn a_forged_waiver_is_none() {
    let (repo, _server) = started();
    waive(&repo, "boss", &["file-limit", "--limit", "3"]).ok();
    waive(&repo, "boss", &["scope"]).ok();
    let name = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/owner-*"]).ok().line();
    let notes = repo.git(&["notes", "--ref", &name, "show", "HEAD^{tree}"]).ok().out();
    let forged = notes.replace("\"sig\":\"", "\"sig\":\"AAAA");
    repo.write("../forged", forged);
    repo.git(&["notes", "--ref", &name, "add", "-f", "-F", "../forged", "HEAD^{tree}"]).ok();
    repo.guard(&["check"]).rejected().says("a waiver does not cover it: its signature is not good");
    // a waiver in somebody else's notes is not looked at
    repo.write("../forged", notes);
    repo.git(&["notes", "--ref", &name, "remove", "HEAD^{tree}"]).ok();
    repo.git(&["notes", "--ref", "guard/local-x", "add", "-f", "-F", "../forged", "HEAD^{tree}"]).ok();
    repo.guard(&["check"]).rejected().says("error[scope]");
    assert!(repo.guard(&["evidence", "HEAD"]).ok().out().lines().all(|line| !line.contains("can't be read")));
}

#[test]
fn what_can_not_be_waived_is_refused_by_name() {
    let (repo, _server) = started();
    for rule in ["safe-path", "protected-ref"] {
        waive(&repo, "boss", &[rule]).undecided().says(&format!("`{rule}` can't be waived, by nobody"));
    }
    waive(&repo, "boss", &["scop"]).undecided().says("there is no rule `scop`");
    waive(&repo, "boss", &["file-limit"]).undecided().says("carries the number that it covers").says("--limit 17");
    let key = repo.key("boss").private;
    let all = |reason: &str, expires: &str| {
        let args = ["waive", "scope", "--rev", "HEAD", "--reason", reason, "--expires", expires, "--sign", key.to_str().unwrap()];
        repo.guard(&args).undecided()
    };
    all(" ", "1d").says("a reason has 1 to 1000 bytes");
    all("x", "2001-01-01").says("is over: a waiver ends in the future");
    all("x", "soon").says("`soon` is no time").says("2026-12-31");
}
