//! Ways to land what nobody judged: in what a merge alone brings together, in the exemption for a single commit.

use super::*;

/// Two protected branches and a suite that passes.
fn two_lines_of_work() -> (Repo, Repo) {
    let repo =
        Repo::with_policy(&STRICT_POLICY.replace("base = \"main\"", "base = \"main\"\nprotected = [\"main\", \"release/*\"]"));
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
    server.git(&["branch", "release/1", "main"]).ok();
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
fn an_unproven_commit_in_the_middle_of_another_protected_branch() {
    let (repo, server) = two_lines_of_work();
    server.git(&["branch", "release/1", "main"]).ok();
    repo.git(&["switch", "-q", "-c", "release/1"]).ok();
    repo.write("middleware/a.py", "broken\n").commit_unjudged("broken");
    let middle = repo.rev("HEAD");
    commit_proven(repo.write("middleware/a.py", "mended\n"), "mended");
    repo.git(&["push", "-q", "origin", "release/1"]).ok();
    // It brings no commit that is new there, and a tree that nobody has tested.
    let refused = |target: &str| {
        let run = repo.git(&["push", "origin", &format!("{middle}:{target}")]).rejected();
        run.says("error[guarded-area]").says("middleware/a.py");
    };
    refused("refs/heads/main");
    repo.login("boss");
    refused("refs/heads/release/2");
    refused("refs/heads/main");
    repo.git(&["push", "-q", "origin", "release/1:refs/heads/release/2", "release/1:main"]).ok();
    // What the base holds may be branched off, however old.
    repo.git(&["push", "-q", "origin", "release/1~2:refs/heads/release/0"]).ok();
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
    let policy: String =
        STRICT_POLICY.lines().filter(|line| !line.contains("per-session")).map(|line| format!("{line}\n")).collect();
    let repo = Repo::with_policy(&policy);
    repo.guarded_remote();
    let lines: String = (0..500).map(|n| format!("{n}\n")).collect();
    repo.login("dev").write_many("many", 20).write("lines.txt", lines).commit_unjudged("all at once");
    let push = repo.git(&["push", "origin", "main"]).rejected();
    push.says("error[file-limit]").says("error[line-limit]");
}

/// `main` has moved `src/` to `lib/`; HEAD is on `work`, which started before.
fn moved_meanwhile(policy: &str) -> (Repo, Repo) {
    let repo = Repo::with_policy(policy);
    let long = |n: usize| (0..30).map(|line| format!("file {n}, line {line}\n")).collect::<String>();
    for n in 0..12 {
        repo.write(format!("src/{n}.py"), long(n));
    }
    repo.commit_unjudged("sources");
    repo.git(&["branch", "work"]).ok();
    repo.git(&["mv", "src", "lib"]).ok();
    repo.commit_unjudged("move");
    let server = repo.guarded_remote();
    repo.login("dev").git(&["switch", "-q", "work"]).ok();
    (repo, server)
}

/// Edits one line of these files under their old names and merges `main`, which carries the edits to the new ones.
fn edit_and_merge(repo: &Repo, files: std::ops::Range<usize>) {
    for n in files {
        let path = format!("src/{n}.py");
        let text = std::fs::read_to_string(repo.file(&path)).unwrap();
        repo.write(&path, text.replace("line 15\n", "line 15, edited\n")).commit_unjudged("edit");
    }
    repo.git(&["merge", "-q", "--no-verify", "-m", "take main in", "main"]).ok();
    assert!(repo.file("lib/0.py").exists() && !repo.file("src/0.py").exists());
}

#[test]
fn a_session_that_a_merge_carries_to_other_names() {
    let (repo, _server) = moved_meanwhile(STRICT_POLICY);
    edit_and_merge(&repo, 0..9);
    repo.git(&["push", "origin", "work"]).rejected().says("9 files changed in this session, 8 allowed").says("lib/0.py");
    // what may be done is still taken
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "take main in", "main"]).ok();
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn an_edit_that_a_merge_carries_where_it_is_not_allowed() {
    let policy = STRICT_POLICY
        .replace("emails = [\"author@example.org\"]\n", "emails = [\"author@example.org\"]\nprohibited = [\"lib/\"]\n");
    let (repo, _server) = moved_meanwhile(&policy);
    edit_and_merge(&repo, 0..1);
    repo.git(&["push", "origin", "work"]).rejected().says("error[scope]").says("lib/0.py");
    assert_violated(&repo.json(&["check"]), "carried", "scope");
}

#[test]
fn a_guarded_file_edited_under_the_name_that_it_had() {
    let (repo, _server) = moved_meanwhile(&STRICT_POLICY.replace("**/middleware/", "lib/"));
    edit_and_merge(&repo, 0..1);
    repo.git(&["push", "origin", "work"]).rejected().says("error[guarded-area]").says("lib/0.py");
}

#[test]
fn the_policy_edited_under_the_name_that_it_had() {
    let repo = Repo::new();
    repo.write("rules.toml", STRICT_POLICY).commit_unjudged("rules");
    repo.git(&["branch", "work"]).ok();
    repo.git(&["mv", "rules.toml", "policy.toml"]).ok();
    repo.commit_unjudged("policy");
    repo.guarded_remote();
    repo.login("dev").git(&["switch", "-q", "work"]).ok();
    repo.write("rules.toml", STRICT_POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 500"))
        .commit_unjudged("weaken");
    repo.git(&["merge", "-q", "--no-verify", "-m", "take main in", "main"]).ok();
    repo.git(&["push", "origin", "work:main"]).rejected().says("error[policy-change]");
}

/// Commits `src/0.py` with one line edited under its old name.
fn edit_one(repo: &Repo) {
    let text = std::fs::read_to_string(repo.file("src/0.py")).unwrap();
    repo.write("src/0.py", text.replace("line 15\n", "line 15, edited\n")).commit_unjudged("edit");
}

#[test]
fn what_a_merge_carries_is_judged_before_it_is_committed() {
    let policy = STRICT_POLICY
        .replace("emails = [\"author@example.org\"]\n", "emails = [\"author@example.org\"]\nprohibited = [\"lib/\"]\n");
    let (repo, _server) = moved_meanwhile(&policy);
    repo.guard(&["install"]).ok();
    edit_one(&repo);
    let merge = repo.git(&["merge", "-m", "take main in", "main"]).rejected();
    merge.says("carried by the merge").says("error[scope]: `lib/0.py`").says("next: git merge --abort");
    repo.git(&["merge", "--abort"]).ok();
    // a merge that another makes of it carries nothing of theirs
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "take work in", "work"]).ok();
    let json = repo.json(&["check"]);
    assert_eq!(judgement(&json, "carried")["specialist"]["name"], "dev");
    assert_eq!(assert_violated(&json, "carried", "scope")["paths"], serde_json::json!(["lib/0.py"]));
}

#[test]
fn what_a_merge_carries_costs_its_author_nothing_where_both_names_are_theirs() {
    let (repo, _server) = moved_meanwhile(STRICT_POLICY);
    edit_and_merge(&repo, 0..7);
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    // more files than one commit may have: they were counted where they were edited
    assert_eq!(judgement(&json, "carried")["files"], 7);
    assert_eq!(judgement(&json, "session")["files"], 7);
    repo.git(&["push", "-q", "origin", "work"]).ok();
}

#[test]
fn an_edit_that_two_merges_carry_on() {
    let policy = STRICT_POLICY
        .replace("emails = [\"author@example.org\"]\n", "emails = [\"author@example.org\"]\nprohibited = [\"deep/\"]\n");
    let (repo, _server) = moved_meanwhile(&policy);
    edit_and_merge(&repo, 0..1);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["mv", "lib", "deep"]).ok();
    repo.commit_unjudged("move again");
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "once more", "main"]).ok();
    assert!(repo.file("deep/0.py").exists());
    assert_violated(&repo.json(&["check"]), "carried", "scope");
}

#[test]
fn an_edit_that_an_octopus_carries() {
    let policy = STRICT_POLICY
        .replace("emails = [\"author@example.org\"]\n", "emails = [\"author@example.org\"]\nprohibited = [\"lib/\"]\n");
    let (repo, _server) = moved_meanwhile(&policy);
    edit_one(&repo);
    repo.git(&["branch", "other", "HEAD~1"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-m", "take main in", "main"]).ok();
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]).ok().line();
    repo.git(&["switch", "-q", "other"]).ok();
    repo.write("notes.txt", "notes\n").commit_unjudged("notes");
    // made by hand: git's own octopus follows no rename
    repo.git(&["read-tree", &tree]).ok();
    let blob = repo.git(&["rev-parse", "other:notes.txt"]).ok().line();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},notes.txt")]).ok();
    let tree = repo.git(&["write-tree"]).ok().line();
    let parents = ["-p", "work^1", "-p", "main", "-p", "other"];
    let octopus = repo.git(&[&["commit-tree", "-m", "all", &tree], &parents[..]].concat()).ok().line();
    let json = repo.json(&["check", &octopus]);
    assert_violated(&json, "carried", "scope");
    assert_eq!(judgements(&json, "carried").len(), 1);
}
