//! What a session counts, and who is exempt.

use super::*;

/// What the session of the branch is measured at.
#[track_caller]
fn session(repo: &Repo) -> Value {
    judgement(&repo.json(&["check"]), "session")["files"].clone()
}

#[test]
fn says_it_of_a_session_over_all_its_commits_and_the_index() {
    let repo = working(&limits());
    repo.write_many("x", 3).commit_unjudged("x");
    repo.write_many("y", 2).commit_unjudged("y");
    assert_accepted(&repo.json(&["check"]));
    repo.write_many("z", 2).stage();
    let json = staged(&repo);
    let expected = json!({
        "message": "7 files changed in this session, 5 allowed", "scope": "session",
        "paths": ["x1.txt", "x2.txt", "x3.txt", "y1.txt", "y2.txt", "z1.txt", "z2.txt"], "measured": 7, "limit": 5,
        "suite": null, "demanded": null, "found": null, "policy": at(&limits(), "max-files-per-session"),
        "help": "take 2 out of the index", "next": ["git restore --staged -- z1.txt z2.txt"],
    });
    assert_eq!(*assert_violated(&json, "session", RULE), expected);
    assert_eq!(words(&json, "index", RULE), ["satisfied"]);
    paste(&repo, &expected);
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn one_path_changed_twice_is_one_and_what_is_taken_back_is_none() {
    let repo = working(&limits());
    for word in ["one", "two"] {
        repo.write_many("x", 3).write("x1.txt", word).commit_unjudged(word);
    }
    assert_eq!(session(&repo), 3);
    repo.git(&["rm", "-q", "x1.txt", "x2.txt"]).ok();
    repo.commit_unjudged("back");
    assert_eq!(session(&repo), 1);
}

#[test]
fn what_the_base_has_by_now_does_not_count() {
    let repo = working(&limits());
    repo.write_many("x", 3).commit_unjudged("x");
    let x = repo.rev("HEAD");
    repo.write_many("y", 2).commit_unjudged("y");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["cherry-pick", &x]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    assert_eq!(session(&repo), 2);
}

#[test]
fn what_others_did_on_the_branch_and_what_a_merge_brings_is_not_the_specialist_s() {
    let policy = format!("{}[specialist.other]\nemails = [\"other@example.org\"]\n", limits());
    let repo = working(&policy);
    repo.write_many("x", 3).commit_unjudged("x");
    repo.author("other@example.org").write_many("o", 5).commit_unjudged("o");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write_many("m", 9).commit_unjudged("m");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.author("author@example.org").git(&["merge", "-q", "--no-edit", "main"]).ok();
    let json = repo.json(&["check"]);
    let of = |name: &str| {
        let sessions = judgements(&json, "session");
        sessions.into_iter().find(|j| j["specialist"]["name"] == name).unwrap()["files"].clone()
    };
    assert_eq!((of("dev"), of("other")), (3.into(), 5.into()));
}

#[test]
fn of_several_merge_bases_the_one_that_makes_it_least_counts() {
    let repo = working(&limits());
    // criss-cross: each branch merges the other's first commit
    repo.write("w.txt", numbered("w", 40)).commit_unjudged("w");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("m.txt", numbered("m", 40)).commit_unjudged("m");
    let (w, m) = (repo.rev("work"), repo.rev("main"));
    repo.git(&["merge", "-q", "--no-edit", &w]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "--no-edit", &m]).ok();
    repo.write("w.txt", numbered("w", 41)).commit_unjudged("w again");
    assert_eq!(repo.git(&["merge-base", "--all", "main", "work"]).ok().out().lines().count(), 2);
    let json = repo.json(&["check"]);
    assert_eq!(judgement(&json, "session")["insertions"], 1, "41 from the other merge base");
}

#[test]
fn a_landing_of_a_single_commit_is_judged_by_the_session_s_limit_alone() {
    let repo = Repo::with_policy(&limits());
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("x", 4).commit_unjudged("squashed");
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/main", "main", "HEAD")])] {
        assert_accepted(&json);
        assert_eq!(reasons(&json, "commit", RULE), ["a landing of a single commit is judged by the session's limits"]);
    }
    let branch = received(&repo, &server, &[("refs/heads/work", "", "HEAD")]);
    assert_violated(&branch, "commit", RULE);
    assert_violated(&repo.json(&["check", "--stage", "branch"]), "commit", RULE);
    let both = received(&repo, &server, &[("refs/heads/main", "main", "HEAD"), ("refs/heads/work", "", "HEAD")]);
    assert_accepted(&both);
    repo.write_many("y", 2).git(&["add", "-A"]).ok();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    assert_eq!(assert_violated(&repo.json(&["check"]), "session", RULE)["measured"], 6);
}

#[test]
fn a_merge_that_lands_two_commits_is_no_landing_of_a_single_one() {
    let repo = working(&limits());
    repo.write_many("x", 4).commit_unjudged("four");
    repo.write_many("y", 1).commit_unjudged("one");
    assert_eq!(words(&repo.json(&["check"]), "commit", RULE), ["violated", "satisfied"]);
}

const SUITE: &str = "[suite.unit]\nrun = \"true\"\n[evidence]\ncommit = \"recorded\"\nbranch = \"claimed\"\nland = \"claimed\"\n";

#[test]
fn a_return_to_a_proven_tree_of_the_base_is_exempt() {
    let repo = Repo::with_policy(&format!("{}{SUITE}", limits()));
    let good = repo.rev("HEAD");
    repo.write_many("x", 7).commit_unjudged("bad");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["revert", "--no-commit", "HEAD"]).ok();
    for kind in ["index", "session"] {
        assert_eq!(assert_violated(&staged(&repo), kind, RULE)["measured"], 7, "nothing proves the tree");
    }
    repo.guard(&["test", "unit", "--rev", &good]).ok();
    let json = staged(&repo);
    assert_accepted(&json);
    let because = "7 files changed in this commit, 3 allowed, and exempt: its tree is proven and stands in the base's history";
    assert_eq!(reasons(&json, "index", RULE), [because]);
    repo.write("y.txt", "and a little more\n");
    assert_eq!(assert_violated(&staged(&repo), "index", RULE)["measured"], 8);
    repo.git(&["rm", "-q", "-f", "y.txt"]).ok();
    repo.commit_unjudged("revert");
    assert_accepted(&repo.json(&["check"]));
    assert_accepted(&repo.json(&["check", "--stage", "branch"]));
}

#[test]
fn a_proven_tree_that_the_base_never_had_is_not_exempt() {
    let repo = working(&format!("{}{SUITE}", limits()));
    repo.write_many("x", 7).stage();
    repo.guard(&["test", "unit"]).ok();
    assert_violated(&staged(&repo), "index", RULE);
}

#[test]
fn evidence_pushed_along_exempts_a_rollback_on_the_server() {
    let policy = format!("{}{SUITE}", limits());
    let repo = Repo::with_policy(&policy);
    let server = server(&repo, "dev");
    repo.write_many("x", 7).commit_unjudged("bad");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "main:main"]).ok();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["revert", "--no-commit", "HEAD"]).ok();
    repo.install().guard(&["test", "unit"]).ok();
    repo.git(&["commit", "-q", "-m", "roll back"]).ok();
    repo.git(&["commit", "-q", "--allow-empty", "-m", "so that it is not a single one"]).ok();
    repo.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    assert_eq!(server.rev("main^^^{tree}"), repo.rev("work^^^{tree}"));
}

/// `main` and `work` have both changed four files, and `main` is being merged.
fn conflicted() -> Repo {
    let repo = Repo::with_policy(&limits());
    repo.write_many("x", 4).commit_unjudged("before");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    for (branch, word) in [("work", "ours"), ("main", "theirs")] {
        repo.git(&["switch", "-q", branch]).ok();
        (1..=4).for_each(|n| {
            repo.write(format!("x{n}.txt"), format!("{word}\n")).commit_unjudged(word);
        });
    }
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["merge", "-q", "main"]).rejected();
    repo.write_many("x", 4).stage();
    repo
}

#[test]
fn the_way_out_of_a_merge_drops_nobody_s_work() {
    let repo = conflicted();
    let json = repo.json(&["check", "--staged"]);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!((&violation["measured"], &violation["next"]), (&4.into(), &json!(["git merge --abort"])));
    paste(&repo, violation);
    assert_accepted(&repo.json(&["check", "--staged"]));
    let repo = conflicted();
    let merge = repo.commit_unjudged("merge");
    let json = repo.json(&["check"]);
    let violation = assert_violated(&json, "commit", RULE);
    assert_eq!(violation["next"], json!([format!("git show --remerge-diff {merge}")]));
    paste(&repo, violation);
}

#[test]
fn what_is_on_the_server_under_another_name_is_judged_where_it_lands() {
    // Without a window: with one, the second push would be too much.
    let repo = Repo::with_policy(&format!("{}[session]\nwindow = \"0s\"\n", limits()));
    let server = server(&repo, "dev");
    for name in ["one", "two"] {
        repo.git(&["switch", "-q", "-c", name, "main"]).ok();
        repo.write_many(name, 3).commit_unjudged(name);
        repo.git(&["push", "-q", "origin", name]).ok();
    }
    repo.git(&["merge", "-q", "--no-edit", "one"]).ok();
    repo.git(&["push", "-q", "origin", "HEAD:main"]).rejected().says("6 files changed in this session, 5 allowed");
    let json = received(&repo, &server, &[("refs/heads/main", "main", "one")]);
    assert_accepted(&json);
    assert_eq!(judgements(&json, "commit").len(), 1);
}

#[test]
fn what_a_protected_branch_has_is_nobody_s_work_in_another_landing() {
    let policy = limits().replace("base = \"main\"\n", "base = \"main\"\nprotected = [\"main\", \"release/*\"]\n");
    let repo = Repo::with_policy(&policy);
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "release/1"]).ok();
    repo.write_many("r", 9).commit_unjudged("released");
    repo.write_many("s", 9).commit_unjudged("released");
    assert_violated(&received(&repo, &server, &[("refs/heads/main", "main", "HEAD")]), "session", RULE);
    server.git(&["update-ref", "refs/heads/release/1", &repo.rev("HEAD")]).ok();
    assert_accepted(&received(&repo, &server, &[("refs/heads/main", "main", "HEAD")]));
    repo.git(&["switch", "-q", "-c", "work", "main"]).ok();
    repo.write_many("x", 3).commit_unjudged("x");
    repo.git(&["merge", "-q", "--no-edit", "release/1"]).ok();
    let json = received(&repo, &server, &[("refs/heads/main", "main", "HEAD")]);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "session")["files"], 3);
}
