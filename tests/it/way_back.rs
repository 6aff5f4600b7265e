//! `guard last-good` and `guard rollback`: the newest state that is proven, and a return to it.

use crate::support::*;

/// Attested landings; at most two files in a session, so that no return of more passes but by its proof.
fn policy(repo: &Repo) -> String {
    format!(
        "version = 1\nbase = \"main\"\n[owners]\nusers = [\"boss\"]\n\
         [defaults]\nmax-files-per-commit = 2\nmax-files-per-session = 2\n\
         [specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n\
         [specialist.web]\nusers = [\"web\"]\nemails = [\"web@example.org\"]\n\
         [area.api]\npaths = [\"api/\"]\nrequires = [\"works\"]\n[suite.works]\nrun = \"! grep -r broken api\"\n\
         [evidence]\ncommit = \"none\"\nbranch = \"none\"\nland = \"attested\"\n[runner.ci]\nkeys = [\"{}\"]\n",
        repo.key("ci").public
    )
}

/// A runner's record on a revision's tree, passed or failed.
fn attest(repo: &Repo, rev: &str, status: &str) -> Run {
    let key = repo.key("ci").private;
    repo.write("../log", "log\n");
    let log = repo.path().join("../log");
    let args = ["attest", "works", "--rev", rev, "--log", log.to_str().unwrap(), "--exit-status", status];
    repo.guard(&[&args[..], &["--sign", key.to_str().unwrap(), "--push", "origin"]].concat())
}

/// A server whose main is good at `good`, and three commits of two people later isn't.
fn broken() -> (Repo, Repo, String) {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).write("api/a", "a\n").write("b", "b\n").commit_unjudged("start");
    repo.write("api/a", "works\n");
    let good = repo.commit_unjudged("Make the API work");
    let server = repo.remote();
    attest(&repo, "HEAD", "0").ok();
    repo.write("api/a", "broken\n").commit_unjudged("Fix the login");
    repo.author("web@example.org");
    repo.write("api/b", "broken\n").write("c", "c\n").commit_unjudged("Integration-Tested: works tree=1\n\nIt all works.");
    repo.write("api/d", "broken\n").write("b", "other\n").commit_unjudged("Fix \u{1b}[31m the menu");
    repo.author("author@example.org").git(&["push", "-q", "origin", "main"]).ok();
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    server.guard(&["install", "--server"]).ok();
    repo.login("dev");
    (repo, server, good)
}

#[test]
fn the_last_good_state_is_told_with_what_lies_between_and_by_whom() {
    let (repo, _server, good) = broken();
    let out = repo.guard(&["last-good"]).ok().out();
    assert!(
        out.starts_with(&format!("guard: last good: {} on `refs/remotes/origin/main`, 3 first parents back", &good[..7])),
        "{out}"
    );
    for part in ["works: attested, runner `ci`", "since then: 3 commits, by web 2, dev 1", "Fix the login", "next: guard rollback"]
    {
        assert!(out.contains(part), "no `{part}` in\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "{out}");
    let json: serde_json::Value = serde_json::from_str(&repo.guard(&["last-good", "--format", "json"]).ok().out()).unwrap();
    assert_eq!((&json["good"]["commit"], &json["good"]["back"]), (&serde_json::json!(good), &serde_json::json!(3)));
    assert_eq!(json["between"][0]["specialist"], "web");
    assert_eq!(json["between"][2]["specialist"], "dev");
}

#[test]
fn nothing_good_is_status_1_and_an_unknown_suite_2() {
    let repo = Repo::new();
    repo.write("policy.toml", policy(&repo)).write("api/a", "a\n").commit_unjudged("start");
    assert_eq!(repo.guard(&["last-good"]).says("no good state").status, 1);
    assert_eq!(repo.guard(&["last-good", "--format", "json"]).says("\"good\":null").status, 1);
    repo.guard(&["last-good", "--suite", "work"]).undecided().says("did you mean `works`?");
    repo.guard(&["rollback"]).undecided().says("no commit of `refs/heads/main` is proven").says("guard rollback --to REV");
    // A claim is no proof where a landing wants an attestation, and neither is a failed run.
    repo.guard(&["test", "works", "--rev", "HEAD"]).ok();
    assert_eq!(repo.guard(&["last-good"]).status, 1);
}

#[test]
fn a_failure_of_the_runner_s_takes_a_state_s_goodness_away() {
    let (repo, _server, _good) = broken();
    attest(&repo, "HEAD~3", "1").rejected();
    assert_eq!(repo.guard(&["last-good"]).says("no good state").status, 1);
}

#[test]
fn the_plan_comes_first_and_changes_nothing() {
    let (repo, _server, good) = broken();
    let before = repo.state();
    let out = repo.guard(&["rollback"]).ok().out();
    for part in [
        &format!("rollback of `refs/remotes/origin/main` to {}", &good[..7]),
        "undoes 3 commits, 5 files; nothing can conflict",
        "  web: 2 commits\n  dev: 1 commit\n",
        "next: guard rollback --apply",
    ] {
        assert!(out.contains(part), "no `{part}` in\n{out}");
    }
    assert_eq!(repo.state(), before);
}

#[test]
fn a_rollback_restores_the_tree_whole_on_a_branch_of_its_own_and_lands() {
    let (repo, server, good) = broken();
    repo.write("b", "in the work tree\n");
    let status = repo.git(&["status", "--porcelain"]).ok().out();
    let out = repo.guard(&["rollback", "--apply", "--push"]).ok().out();
    let branch = format!("rollback/{}", &good[..7]);
    assert!(out.contains(&format!("on branch `{branch}`, pushed to origin")), "{out}");
    assert_eq!(repo.rev(&format!("{branch}^{{tree}}")), repo.rev(&format!("{good}^{{tree}}")));
    assert_eq!(repo.rev(&format!("{branch}^")), repo.rev("origin/main"));
    assert_eq!(repo.git(&["status", "--porcelain"]).ok().out(), status, "the work tree is as it was");
    let message = repo.git(&["log", "-1", "--format=%B", &branch]).ok().out();
    assert!(message.starts_with(&format!("Roll back origin/main to {}\n", &good[..7])), "{message}");
    assert!(message.contains("Undoes 3 commits:") && message.contains("web") && message.contains("Fix the login"), "{message}");
    assert_eq!(repo.git(&["log", "-1", "--format=%(trailers)", &branch]).ok().line(), "", "nothing in it is a trailer");
    // Five files where two are allowed: exempt, for the tree is proven.
    let next = out.lines().filter_map(|line| line.strip_prefix("next: ")).next_back().unwrap();
    repo.run("sh", &["-c", next]).ok();
    assert_eq!(server.rev("main^{tree}"), repo.rev(&format!("{good}^{{tree}}")));
    repo.git(&["fetch", "-q"]).ok();
    repo.guard(&["rollback", "--apply"]).ok().says("nothing to undo: the tip of `refs/remotes/origin/main` has the tree of ");
}

#[test]
fn a_return_to_what_is_not_proven_is_judged_like_any_other_change() {
    let (repo, server, good) = broken();
    let out = repo.guard(&["rollback", "--to", &format!("{good}^"), "--apply"]).ok().out();
    assert!(out.contains("not proven: works (none found)") && out.contains("limits apply"), "{out}");
    let branch = format!("rollback/{}:main", &repo.rev(&format!("{good}^"))[..7]);
    let before = server.rev("main");
    repo.git(&["push", "origin", &branch]).rejected().says("error[file-limit]").says("error[guarded-area]");
    assert_eq!(server.rev("main"), before);
}

#[test]
fn what_calls_itself_a_rollback_and_is_none_has_no_exemption() {
    let (repo, _server, good) = broken();
    repo.guard(&["rollback", "--apply"]).ok();
    let branch = format!("rollback/{}", &good[..7]);
    repo.git(&["switch", "-q", "-f", &branch]).ok();
    repo.write("extra", "slipped in\n").stage();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    repo.git(&["push", "origin", &format!("{branch}:main")]).rejected().says("error[file-limit]").says("error[guarded-area]");
}

#[test]
fn single_commits_are_reverted_newest_first_or_it_is_said_why_they_can_t() {
    let (repo, _server, _good) = broken();
    let out = repo.guard(&["rollback", "--only", "HEAD~2", "HEAD"]).ok().out();
    assert!(out.find("the menu").unwrap() < out.find("Fix the login").unwrap(), "{out}");
    let plan = out.lines().filter_map(|line| line.strip_prefix("next: ")).next().unwrap();
    let made = repo.run("sh", &["-c", plan]).ok().out();
    let branch = made.split("on branch `").nth(1).unwrap().split('`').next().unwrap();
    assert_eq!(repo.git(&["rev-list", "--count", &format!("main..{branch}")]).ok().line(), "2");
    assert_eq!(repo.git(&["show", &format!("{branch}:api/a")]).ok().out(), "works\n");
    assert_eq!(repo.git(&["show", &format!("{branch}:b")]).ok().out(), "b\n");
    assert_eq!(repo.git(&["show", &format!("{branch}:c")]).ok().out(), "c\n", "what wasn't named stays");
    let oracle = repo.clone_to("oracle");
    oracle.git(&["revert", "--no-edit", "HEAD"]).ok();
    oracle.git(&["revert", "--no-edit", "HEAD~3"]).ok();
    assert_eq!(repo.rev(&format!("{branch}^{{tree}}")), oracle.rev("HEAD^{tree}"), "as git reverts");
    repo.write("api/a", "other\n").commit_unjudged("later");
    repo.git(&["-c", "core.hooksPath=/dev/null", "push", "-q", "origin", "main"]).rejected();
    repo.guard(&["rollback", "--only", "HEAD"]).undecided().says("is no commit of `refs/remotes/origin/main`");
}

#[test]
fn a_commit_that_later_work_built_on_is_not_reverted_by_itself() {
    let repo = Repo::with_policy("version = 1\n[specialist.\"*\"]\n");
    repo.write("a", "1\n2\n3\n").commit_unjudged("one");
    repo.write("a", "1\ntwo\n3\n").commit_unjudged("two");
    repo.write("a", "1\nzwei\n3\n").commit_unjudged("three");
    let before = repo.state_of_refs();
    repo.guard(&["rollback", "--only", "HEAD~", "--apply"]).undecided().says("later work changed the same lines of a");
    assert_eq!(repo.state_of_refs(), before);
    repo.git(&["branch", "revert/x"]).ok();
    repo.guard(&["rollback", "--only", "HEAD", "HEAD~", "--apply"]).ok();
    let branch = format!("revert/{}", &repo.rev("HEAD")[..7]);
    assert_eq!(repo.git(&["show", &format!("{branch}:a")]).ok().out(), "1\n2\n3\n");
    // Another of that name gets a number.
    repo.guard(&["rollback", "--only", "HEAD", "--apply"]).ok().says(&format!("on branch `{branch}-2`"));
}

#[test]
fn the_same_return_is_made_once_and_named() {
    let (repo, _server, _good) = broken();
    let first = repo.guard(&["rollback", "--apply"]).ok().says("guard: made ").out();
    let before = repo.state_of_refs();
    let again = repo.guard(&["rollback", "--apply"]).ok().says("made before:").out();
    assert_eq!(repo.state_of_refs(), before);
    let branch = |text: &str| text.split("on branch `").nth(1).unwrap().split('`').next().unwrap().to_owned();
    assert_eq!(branch(&first), branch(&again));
}

#[test]
fn what_will_be_refused_of_a_return_comes_with_its_waiver() {
    let repo = Repo::new();
    let text = policy(&repo).replace("[area.api]", "[area.db]\npaths = [\"db/\"]\nforbid = [\"delete\"]\n[area.api]");
    repo.write("policy.toml", &text).write("api/a", "works\n").commit_unjudged("start");
    let _server = repo.remote();
    attest(&repo, "HEAD", "0").ok();
    repo.write("db/1", "1\n").write("api/a", "broken\n").commit_unjudged("migration");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.guard(&["rollback"]).ok().says("will be refused: forbidden-change").says_not("policy goes back");
    let made = repo.guard(&["rollback", "--apply"]).ok();
    made.says("next: guard waive forbidden-change --rev rollback/").says("--push origin");
    repo.write("policy.toml", text.replace("max-files-per-commit = 2", "max-files-per-commit = 1")).commit_unjudged("stricter");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.guard(&["rollback"]).ok().says("the policy goes back as well: that is for an owner to land");
}
