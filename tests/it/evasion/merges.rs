//! Ways to hide work in a merge.

use super::*;

/// `main` and `work` have each gone on; HEAD is on `work`.
fn diverged() -> Repo {
    let repo = guarded();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("mine.txt", "mine\n").commit_unjudged("mine");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("middleware/auth.py", "check()\nfix()\n").write_many("theirs", 5).commit_unjudged("theirs");
    repo.git(&["switch", "-q", "work"]).ok();
    repo
}

#[test]
fn a_clean_merge_of_accepted_work_is_free() {
    let repo = diverged();
    repo.install();
    repo.git(&["merge", "-q", "main"]).ok();
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    let merge = repo.rev("HEAD");
    let merge = judgements(&json, "commit").into_iter().find(|j| j["subject"]["commit"] == merge.as_str()).unwrap();
    assert_eq!(merge["files"], 0);
}

#[test]
fn an_edit_slipped_into_a_merge() {
    let repo = diverged();
    repo.install();
    repo.git(&["merge", "-q", "--no-commit", "main"]).ok();
    repo.write("middleware/auth.py", "check()\nfix()\nbackdoor()\n").stage();
    let before = repo.state();
    repo.git(&["commit", "-q", "-m", "merge"]).rejected().says("guarded-area").says("middleware/auth.py");
    assert_eq!(repo.state(), before);
    repo.git(&["commit", "-q", "--no-verify", "-m", "merge"]).ok();
    let json = repo.json(&["check"]);
    assert_violated(&json, "landing", "guarded-area");
}

#[test]
fn an_edit_slipped_into_a_merge_by_plumbing() {
    let repo = diverged();
    repo.git(&["merge", "-q", "--no-verify", "main"]).ok();
    repo.write("middleware/auth.py", "backdoor()\n").stage();
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "--no-edit"]).ok();
    assert_violated(&repo.json(&["check"]), "landing", "guarded-area");
}

#[test]
fn a_merge_that_drops_the_other_side() {
    let repo = diverged();
    repo.install();
    // the strategy `ours` makes the whole of theirs disappear
    repo.git(&["merge", "-q", "-s", "ours", "main"]).rejected().says("guarded-area");
    repo.git(&["merge", "--abort"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "-s", "ours", "main"]).ok();
    let json = repo.json(&["check"]);
    assert_violated(&json, "landing", "guarded-area");
}

#[test]
fn a_fix_dropped_silently_while_resolving() {
    let repo = diverged();
    repo.git(&["merge", "-q", "--no-commit", "main"]).ok();
    repo.write("middleware/auth.py", "check()\n").stage();
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "merge"]).ok();
    assert_violated(&repo.json(&["check"]), "landing", "guarded-area");
}

#[test]
fn an_edit_dropped_across_a_rename() {
    let repo = guarded();
    let long: String = (0..30).map(|n| format!("line {n}\n")).collect();
    repo.write("middleware/long.py", &long).commit_unjudged("long");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["mv", "middleware/long.py", "middleware/renamed.py"]).ok();
    repo.commit_unjudged("rename");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("middleware/long.py", long.replace("line 7\n", "line 7, fixed\n")).commit_unjudged("fix");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "--no-verify", "main"]).ok();
    let honest = repo.json(&["check"]);
    let of = |json: &serde_json::Value, id: &str| {
        judgements(json, "commit").into_iter().find(|j| j["subject"]["commit"] == id).unwrap()["files"].clone()
    };
    assert_eq!(of(&honest, &repo.rev("HEAD")), 0, "{honest:#}");
    repo.write("middleware/renamed.py", &long).stage();
    repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "--no-edit"]).ok();
    assert_eq!(of(&repo.json(&["check"]), &repo.rev("HEAD")), 1);
}

#[test]
fn a_landing_of_two_specialists_needs_the_test_of_the_combination() {
    let policy = format!(
        "{STRICT_POLICY}\n[specialist.other]\nusers = [\"other\"]\nemails = [\"other@example.org\"]\n\n[combined]\nrequires = [\"integration\"]\n"
    );
    let repo = Repo::with_policy(&policy);
    repo.write("ok", "").commit_unjudged("ok");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("one.txt", "1\n").commit_unjudged("one");
    repo.author("other@example.org").write("two.txt", "2\n").commit_unjudged("two");
    let json = repo.json(&["check"]);
    assert_violated(&json, "landing", "combined-change");
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_guarded_line_dropped_while_resolving_a_conflict() {
    let repo = guarded();
    let app = |line: &str, middleware: &str| format!("a\napp = App({line})\n{middleware}b\n");
    repo.write("app.py", app("", "")).commit_unjudged("app");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("app.py", app("1", "")).commit_unjudged("mine");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("app.py", app("", "app.add_middleware(Csrf)\n")).commit_unjudged("theirs");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.install();
    repo.git(&["merge", "-q", "main"]).exits(1);
    for dropped in [app("1", ""), app("", ""), app("1", "app.add_middleware(Other)\n")] {
        let json = repo.write("app.py", dropped).stage().json(&["check", "--staged"]);
        assert_violated(&json, "index", "guarded-area");
    }
    // taken over, from either side, it is the other side's work
    for kept in [app("1", "app.add_middleware(Csrf)\n"), app("", "app.add_middleware(Csrf)\n")] {
        assert_accepted(&repo.write("app.py", kept).stage().json(&["check", "--staged"]));
    }
    repo.git(&["commit", "-q", "-m", "merged"]).ok();
}

#[test]
fn a_guarded_line_dropped_in_a_conflict_across_a_rename() {
    let numbers = |fifth: &str| (1..=40).map(|n| if n == 5 { format!("{fifth}\n") } else { format!("{n}\n") }).collect::<String>();
    let guarded_line = "5\napp.add_middleware(Csrf)";
    for renamed_by in ["work", "main"] {
        let repo = guarded();
        repo.write("app.py", numbers("5")).commit_unjudged("app");
        for (branch, fifth) in [("work", "five"), ("main", guarded_line)] {
            repo.git(&["switch", "-q", if branch == "work" { "-C" } else { "--no-guess" }, branch]).ok();
            let name = if branch == renamed_by { "start.py" } else { "app.py" };
            repo.git(&["mv", "-k", "app.py", name]).ok();
            repo.write(name, numbers(fifth)).commit_unjudged(branch);
        }
        repo.git(&["switch", "-q", "work"]).ok();
        repo.install();
        repo.git(&["merge", "-q", "main"]).exits(1);
        for dropped in ["five", "5"] {
            let json = repo.write("start.py", numbers(dropped)).stage().json(&["check", "--staged"]);
            assert_violated(&json, "index", "guarded-area");
        }
        let kept = numbers("five\napp.add_middleware(Csrf)");
        let json = repo.write("start.py", kept).stage().json(&["check", "--staged"]);
        // kept, it is no work of the merge; carried to a name that the merger chose, it is judged as that
        assert!(violations(&json, "index", "guarded-area").is_empty(), "{json:#}");
        if renamed_by == "main" {
            assert_accepted(&json);
        }
    }
}
