//! Honest work, which a guard that is worth having lets through: who is refused for no reason goes around it the next time.

use super::support::*;

mod clones;
mod owners;

/// A repository under a policy with a server, the hooks, and some history.
fn project(policy: &str) -> (Repo, Repo) {
    let repo = Repo::with_policy(policy);
    repo.write_many("old", 9).write("ok", "").commit_unjudged("history");
    let server = repo.guarded_remote();
    repo.install().login("dev");
    (repo, server)
}

/// Starts a branch off `main`.
fn start(repo: &Repo, name: &str) {
    repo.git(&["switch", "-q", "-c", name, "main"]).ok();
}

#[test]
fn a_day() {
    let (repo, server) = project(STRICT_POLICY);
    start(&repo, "one");
    repo.write_many("one", 3).commit("one").ok();
    repo.git(&["push", "-q", "-u", "origin", "one"]).ok();
    start(&repo, "two");
    repo.write("old1.txt", "new\n").commit("two").ok();
    repo.write("middleware/auth.py", "check()\n").stage();
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "-m", "guarded"]).ok();
    repo.git(&["push", "-q", "-u", "origin", "two"]).ok();
    // the first lands by a merge commit of the maintainer's
    let boss = repo.clone_from_server("boss");
    boss.login("boss").author("boss@example.org");
    boss.git(&["merge", "-q", "--no-ff", "-m", "land one", "origin/one"]).ok();
    boss.git(&["push", "-q", "origin", "main"]).ok();
    // the second takes it in; what was proven is another tree now, and is proven again
    repo.git(&["fetch", "-q"]).ok();
    repo.git(&["merge", "-q", "-m", "take main in", "origin/main"]).ok();
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    repo.guard(&["check"]).ok();
    repo.git(&["push", "-q"]).ok();
    // it lands by a fast-forward, with a tag
    boss.git(&["fetch", "-q"]).ok();
    boss.git(&["merge", "-q", "--ff-only", "origin/two"]).ok();
    boss.git(&["tag", "-a", "-m", "first", "v1"]).ok();
    boss.git(&["push", "-q", "origin", "main", "v1"]).ok();
    // branches go away
    repo.git(&["push", "-q", "origin", ":one", ":two"]).ok();
    assert_eq!(server.rev("main"), boss.rev("v1^{commit}"));
}

#[test]
fn a_squash_lands_with_its_tag() {
    let (repo, _server) = project(STRICT_POLICY);
    start(&repo, "work");
    repo.write_many("one", 4).commit("one").ok();
    repo.write_many("two", 4).commit("two").ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--squash", "work"]).ok();
    repo.git(&["commit", "-q", "--no-verify", "-m", "squashed"]).ok();
    repo.git(&["tag", "v1"]).ok();
    repo.git(&["push", "-q", "origin", "main", "v1"]).ok();
}

#[test]
fn rebase_and_push_again() {
    let (repo, _server) = project(STRICT_POLICY);
    start(&repo, "work");
    repo.write_many("one", 3).commit("one").ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("old2.txt", "other\n").commit_unjudged("meanwhile");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["rebase", "-q", "main"]).ok();
    repo.git(&["push", "-q", "--force-with-lease", "origin", "work"]).ok();
}

#[test]
fn a_revert() {
    let (repo, _server) = project(STRICT_POLICY);
    repo.write("old1.txt", "oops\n").commit_unjudged("oops");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    repo.git(&["push", "-q", "origin", "main"]).ok();
}

#[test]
fn an_owner_without_an_entry_works_like_everybody_else() {
    let (repo, _server) = project(STRICT_POLICY);
    repo.login("boss").author("boss@example.org");
    start(&repo, "work");
    repo.write("b.txt", "b\n").commit("b").ok();
    repo.guard(&["check"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--ff-only", "work"]).ok();
    repo.git(&["push", "-q", "origin", "main"]).ok();
    // limits are for owners, too
    start(&repo, "more");
    repo.write_many("many", 9).commit_unjudged("many");
    assert_violated(&repo.json(&["check"]), "session", "file-limit");
}

#[test]
fn stacked_branches_in_one_push() {
    let (repo, _server) = project(STRICT_POLICY);
    start(&repo, "work");
    repo.write_many("old", 5).write("old1.txt", "1\n").write("old2.txt", "2\n").write("old3.txt", "3\n");
    repo.write("old4.txt", "4\n").write("old5.txt", "5\n").commit("one").ok();
    repo.git(&["switch", "-q", "-c", "more"]).ok();
    for n in 1..=5 {
        repo.write(format!("old{n}.txt"), "once more\n");
    }
    repo.commit("two").ok();
    repo.git(&["push", "-q", "origin", "work", "more"]).ok();
}

#[test]
fn a_branch_where_the_base_is_not_protected() {
    let (repo, _server) = project(&STRICT_POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"release/*\"]"));
    start(&repo, "work");
    repo.write("b.txt", "b\n").commit("b").ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

#[test]
fn a_merge_with_the_base_demands_nothing_for_what_the_base_has_landed() {
    let (repo, _server) = project(STRICT_POLICY);
    start(&repo, "work");
    repo.write("b.txt", "b\n").commit("b").ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("middleware/auth.py", "check()\n").commit_unjudged("theirs");
    repo.git(&["push", "-q", "--no-verify", "../server.git", "main:refs/heads/theirs"]).rejected();
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    let json = repo.json(&["check", "--merge", "work"]);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "landing")["files"], 1);
}
