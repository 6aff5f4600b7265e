//! Ways to land what nobody judged: in what a merge alone brings together, in the exemption for a single commit.

use super::*;

/// Two protected branches and a suite that passes.
fn two_lines_of_work() -> (Repo, Repo) {
    let repo = Repo::with_policy(&POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"main\", \"release/*\"]"));
    repo.write("ok", "").write("middleware/auth.py", "check()\n").write("app.py", "a\napp = App()\nb\n").commit_unjudged("start");
    let server = repo.guarded_remote();
    repo.login("dev");
    (repo, server)
}

/// Stages everything and commits with the claim that the suite has passed.
fn commit_proven(repo: &Repo, message: &str) {
    let tree = repo.stage().index_tree();
    let message = format!("{message}\n\nIntegration-Tested: integration tree={tree}\n");
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", &message]).ok();
}

#[test]
fn a_merge_of_two_proven_branches_is_no_proven_tree() {
    let (repo, server) = two_lines_of_work();
    repo.git(&["switch", "-q", "-c", "release/1"]).ok();
    commit_proven(repo.write("middleware/a.py", "a\n"), "a");
    repo.git(&["push", "-q", "origin", "release/1"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    commit_proven(repo.write("middleware/b.py", "b\n"), "b");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "both", "release/1"]).ok();
    repo.git(&["push", "origin", "main"]).rejected().says("error[guarded-area]").says("middleware/a.py");
    let tree = repo.index_tree();
    let message = format!("both\n\nIntegration-Tested: integration tree={tree}\n");
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "-m", &message]).ok();
    repo.git(&["push", "-q", "origin", "main"]).ok();
    // where nothing new comes together, the proof of the tip is good enough
    repo.git(&["push", "-q", "origin", "main:release/1"]).ok();
    assert_eq!(server.rev("release/1"), repo.rev("main"));
}

#[test]
fn a_guarded_line_of_the_other_side_dropped_while_resolving_a_conflict() {
    let (repo, _server) = two_lines_of_work();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("app.py", "a\napp = App(1)\nb\n").commit_unjudged("mine");
    repo.git(&["switch", "-q", "main"]).ok();
    commit_proven(repo.write("app.py", "a\napp = App()\napp.add_middleware(Csrf)\nb\n"), "theirs");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "main"]).exits(1);
    repo.write("app.py", "a\napp = App(1)\nb\n").commit_unjudged("resolved");
    repo.git(&["push", "origin", "work:main"]).rejected().says("error[guarded-area]").says("app.add_middleware(Csrf)");
    assert_violated(&repo.json(&["check"]), "landing", "guarded-area");
    // resolved so that both stand, it touches nothing that is guarded
    repo.write("app.py", "a\napp = App(1)\napp.add_middleware(Csrf)\nb\n").stage();
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "--no-edit"]).ok();
    repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

#[test]
fn two_names_that_another_file_system_takes_for_one_meet_in_a_merge() {
    let (repo, _server) = two_lines_of_work();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("makefile", "mine\n").commit_unjudged("mine");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("Makefile", "theirs\n").commit_unjudged("theirs");
    repo.git(&["push", "-q", "origin", "main"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "both", "work"]).ok();
    repo.git(&["push", "origin", "main"]).rejected().says("error[safe-path]").says("but for case");
}

#[test]
fn one_commit_of_any_size_where_no_session_is_limited() {
    let policy: String = POLICY.lines().filter(|line| !line.contains("per-session")).map(|line| format!("{line}\n")).collect();
    let repo = Repo::with_policy(&policy);
    repo.guarded_remote();
    let lines: String = (0..500).map(|n| format!("{n}\n")).collect();
    repo.login("dev").write_many("many", 20).write("lines.txt", lines).commit_unjudged("all at once");
    let push = repo.git(&["push", "origin", "main"]).rejected();
    push.says("error[file-limit]").says("error[line-limit]");
}
