//! What was let in although it is over a limit, by a waiver or as a return to a proven tree, spends no budget later either.

use super::*;

/// Five files a session; landings are attested. The start is proven, and others' nine files lie on top of it.
fn proven() -> (Repo, Repo) {
    let repo = Repo::new();
    let owner = format!("users = [\"boss\"]\nkeys = [\"{}\"]\n", repo.key("boss").public);
    let more = format!(
        "[area.app]\npaths = [\"app/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[evidence]\nbranch = \"none\"\n\
         [runner.ci]\nkeys = [\"{}\"]\n",
        repo.key("ci").public
    );
    repo.write("policy.toml", POLICY.replace("users = [\"boss\"]\n", &owner) + &more).write("app/a", "1\n").commit_unjudged("good");
    repo.git(&["tag", "good"]).ok();
    let server = repo.guarded_remote();
    let key = repo.key("ci").private;
    repo.login("boss").guard(&["test", "s", "--rev", "HEAD", "--sign", key.to_str().unwrap(), "--push", "origin"]).ok();
    repo.author("other@example.org").write_many("others", 9).commit_unjudged("others' work");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "main"]).ok();
    server.git(&["update-ref", "refs/heads/main", "FETCH_HEAD"]).ok();
    repo.git(&["fetch", "-q"]).ok();
    repo.author("author@example.org").login("dev");
    (repo, server)
}

/// A return to the proven tree.
fn back(repo: &Repo) -> String {
    repo.git(&["commit-tree", "good^{tree}", "-p", "main", "-m", "back"]).ok().line()
}

/// An owner lets HEAD go so far over a limit of files.
fn waive(repo: &Repo, files: &str, args: &[&str]) {
    let key = repo.key("boss").private;
    let all = ["waive", "file-limit", "--rev", "HEAD", "--limit", files, "--reason", "r", "--expires", "7d", "--sign"];
    repo.login("boss").guard(&[&all[..], &[key.to_str().unwrap(), "--push", "origin"], args].concat()).ok();
    repo.login("dev");
}

/// Five files more are taken, and the sixth is not: nothing else was spent.
#[track_caller]
fn all_is_left(repo: &Repo) {
    branch(repo, "left", 5);
    taken(repo, &["left"]);
    branch(repo, "over", 1);
    refused(repo, &["over"], "6 files changed in this session, 5 allowed");
}

#[test]
fn a_return_that_waits_on_a_branch() {
    let (repo, _server) = proven();
    taken(&repo, &[&format!("{}:refs/heads/back", back(&repo))]);
    all_is_left(&repo);
}

#[test]
fn a_return_that_was_given_up_or_stands_under_several_names() {
    let (repo, _server) = proven();
    let back = back(&repo);
    taken(&repo, &[&format!("{back}:refs/heads/back"), &format!("{back}:refs/heads/once-more")]);
    taken(&repo, &[&format!("{back}:refs/tags/back")]);
    taken(&repo, &[":refs/heads/back", ":once-more", ":refs/tags/back"]);
    taken(&repo, &[&format!("{back}:refs/heads/again")]);
    all_is_left(&repo);
}

#[test]
fn what_an_owner_has_waived() {
    let (repo, _server) = proven();
    branch(&repo, "seven", 7);
    refused(&repo, &["seven"], "7 files changed in this session, 5 allowed");
    waive(&repo, "7", &[]);
    taken(&repo, &["seven"]);
    taken(&repo, &["seven:refs/heads/copy", "seven:refs/tags/copy"]);
    taken(&repo, &[":seven"]);
    all_is_left(&repo);
}

#[test]
fn what_was_spent_before_is_spent_beside_what_was_let_in() {
    let (repo, _server) = proven();
    branch(&repo, "three", 3);
    taken(&repo, &["three"]);
    taken(&repo, &[&format!("{}:refs/heads/back", back(&repo))]);
    branch(&repo, "two", 2);
    taken(&repo, &["two"]);
    branch(&repo, "one", 1);
    refused(&repo, &["one"], "6 files changed in this session, 5 allowed");
}

#[test]
fn what_comes_on_top_of_it_is_let_in_by_nothing() {
    let (repo, _server) = proven();
    branch(&repo, "seven", 7);
    waive(&repo, "7", &[]);
    taken(&repo, &["seven"]);
    repo.write_many("more", 6).commit_unjudged("more");
    refused(&repo, &["seven"], "files changed in this session, 5 allowed");
    let back = back(&repo);
    taken(&repo, &[&format!("{back}:refs/heads/back")]);
    repo.git(&["switch", "-q", "-c", "back", &back]).ok();
    repo.write_many("on-top", 6).commit_unjudged("on top");
    refused(&repo, &["back"], "files changed in this session, 5 allowed");
    // A return to a tree that nobody has proven is a change of so many files.
    let unproven = repo.git(&["commit-tree", &format!("{}^{{tree}}", repo.rev("seven")), "-p", "main", "-m", "x"]).ok().line();
    refused(&repo, &[&format!("{unproven}:refs/heads/unproven")], "files changed in this session, 5 allowed");
}

#[test]
fn a_return_among_other_commits_lets_in_nothing_of_theirs() {
    let (repo, _server) = proven();
    repo.git(&["switch", "-q", "-c", "there-and-back", "good"]).ok();
    repo.write_many("many", 5).commit_unjudged("there");
    repo.git(&["rm", "-rq", "."]).ok();
    repo.git(&["checkout", "-q", "good", "--", "."]).ok();
    repo.commit_unjudged("back");
    assert_eq!(repo.rev("HEAD^{tree}"), repo.rev("good^{tree}"));
    repo.write_many("many", 5).commit_unjudged("there again");
    taken(&repo, &["there-and-back"]);
    branch(&repo, "one", 1);
    refused(&repo, &["one"], "6 files changed in this session, 5 allowed");
    taken(&repo, &[":there-and-back"]);
    refused(&repo, &["one"], "6 files changed in this session, 5 allowed");
}

#[test]
fn the_same_goes_for_another_account_of_theirs_and_nobody_else_s_budget() {
    let (repo, _server) = proven();
    branch(&repo, "seven", 7);
    waive(&repo, "7", &[]);
    taken(&repo, &["seven"]);
    repo.login("other").author("other@example.org");
    branch(&repo, "others-five", 5);
    taken(&repo, &["others-five"]);
    repo.login("dev-two").author("author@example.org");
    all_is_left(&repo);
}
