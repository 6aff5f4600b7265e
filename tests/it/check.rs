//! `guard check`: the same judgement, by hand.

use crate::scene::*;
use crate::support::*;

mod agreement;
mod options;
mod place;

fn refs(json: &serde_json::Value) -> (&str, &str) {
    (json["base"]["ref"].as_str().unwrap(), json["base"]["commit"].as_str().unwrap())
}

fn commits(json: &serde_json::Value) -> Vec<&str> {
    judgements(json, "commit").iter().map(|j| j["subject"]["commit"].as_str().unwrap()).collect()
}

#[test]
fn a_branch_is_judged_against_its_base() {
    let repo = guarded();
    on_work(&repo).write_many("one", 2).commit_unjudged("one");
    repo.write_many("two", 6).commit_unjudged("two");
    for args in [&["check"][..], &["check", "work"], &["check", "HEAD"], &["check", &repo.rev("work")]] {
        let json = repo.json(args);
        assert_only_violated(&json, &["file-limit"]);
        assert_eq!(json["stage"], "land");
        assert_eq!(refs(&json), ("refs/heads/main", repo.rev("main").as_str()));
        assert_eq!(commits(&json), [repo.rev("work^"), repo.rev("work")]);
        assert_eq!((judgements(&json, "session").len(), judgements(&json, "landing").len()), (1, 1));
        let landing = judgement(&json, "landing");
        assert_eq!((&landing["files"], &landing["subject"]["tree"]), (&8.into(), &repo.rev("work^{tree}").into()));
        let named = !matches!(args.get(1), Some(rev) if *rev != "work");
        assert_eq!(landing["subject"]["ref"], if named { "refs/heads/work".into() } else { serde_json::Value::Null });
    }
    let policy = &repo.json(&["check"])["policy"];
    let (blob, commit) = (repo.rev("main:policy.toml"), repo.rev("main"));
    assert_eq!(policy, &serde_json::json!({"source": "main:policy.toml", "commit": commit, "blob": blob, "trusted": true}));
}

#[test]
fn the_report_goes_to_standard_output() {
    let repo = guarded();
    on_work(&repo).write_many("many", 6).commit_unjudged("many");
    repo.write("b.txt", "b\n").commit_unjudged("not alone");
    let run = repo.guard(&["check"]).rejected();
    assert_eq!(run.err(), "");
    let text = run.out();
    assert!(text.starts_with("guard: rejected for dev (claimed by author e-mail)\n\ncommit "), "{text}");
    assert!(text.ends_with("why: guard explain file-limit\n"), "{text}");
}

#[test]
fn on_the_base_itself_the_index_is_judged() {
    let repo = guarded();
    repo.write_many("many", 6).stage();
    let json = repo.json(&["check"]);
    assert_eq!(json["stage"], "commit");
    assert_violated(&json, "index", "file-limit");
    assert_eq!(repo.json(&["check", "--staged"]), json);
    repo.git(&["reset", "-q"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn on_the_base_with_an_upstream_what_that_lacks_is_judged() {
    let repo = guarded();
    repo.remote();
    repo.write_many("one", 6).commit_unjudged("one");
    let json = repo.json(&["check"]);
    assert_violated(&json, "commit", "file-limit");
    assert_eq!(refs(&json), ("refs/remotes/origin/main", repo.rev("origin/main").as_str()));
    repo.write("b.txt", "b\n").commit_unjudged("two");
    assert_eq!(commits(&repo.json(&["check"])).len(), 2);
}

#[test]
fn a_remote_tracking_base_wins_over_a_local_one() {
    let repo = guarded();
    repo.remote();
    repo.write_many("many", 6).commit_unjudged("ahead of origin");
    on_work(&repo).write("b.txt", "b\n").commit_unjudged("b");
    let json = repo.json(&["check"]);
    assert_eq!(commits(&json).len(), 2);
    assert_violated(&json, "commit", "file-limit");
    assert_eq!(json["policy"]["commit"], repo.rev("origin/main"));
}

#[test]
fn nothing_to_judge_is_accepted_without_judgements() {
    let repo = guarded();
    on_work(&repo);
    repo.guard(&["check"]).ok().says("guard: accepted: nothing to judge, no commit that `refs/heads/main` does not have");
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!((&json["judgements"], &json["error"]), (&serde_json::json!([]), &serde_json::Value::Null));
    assert_accepted(&repo.json(&["check", "HEAD..HEAD"]));
    assert_accepted(&repo.json(&["check", "work", "--base", "work"]));
    assert_accepted(&repo.json(&["check", "HEAD~1"]));
}

#[test]
fn a_range_is_measured_against_its_start() {
    let repo = guarded();
    on_work(&repo).write_many("one", 6).commit_unjudged("one");
    repo.write_many("two", 2).commit_unjudged("two");
    repo.write_many("three", 2).commit_unjudged("three");
    let json = repo.json(&["check", "work~2..work"]);
    assert_accepted(&json);
    assert_eq!(commits(&json).len(), 2);
    assert_eq!(refs(&json), ("work~2", repo.rev("work~2").as_str()));
    assert_eq!(repo.json(&["check", "work~2.."])["judgements"], json["judgements"]);
    assert_violated(&repo.json(&["check", "main..work"]), "commit", "file-limit");
    assert_accepted(&repo.json(&["check", "..main"]));
}

#[test]
fn a_symmetric_difference_is_no_range() {
    let repo = guarded();
    on_work(&repo).write("b.txt", "b\n").commit_unjudged("b");
    for revision in ["main...work", "...work", "main..."] {
        let run = repo.guard(&["check", revision]).undecided();
        run.says("is a symmetric difference, which has no base").says("name a range A..B");
    }
}

#[test]
fn the_base_of_one_s_choice() {
    let repo = guarded();
    on_work(&repo).write_many("one", 6).commit_unjudged("one");
    repo.write("b.txt", "b\n").commit_unjudged("two");
    repo.git(&["tag", "-a", "-m", "mark", "mark", "work^"]).ok();
    for base in ["work^", "mark", &repo.rev("work^")] {
        let json = repo.json(&["check", "--base", base]);
        assert_accepted(&json);
        assert_eq!(refs(&json), (base, repo.rev("work^").as_str()));
        // the trusted policy stays that of the trusted branch
        assert_eq!(json["policy"]["source"], "main:policy.toml");
    }
    repo.guard(&["check", "--base", "nowhere"]).undecided().says("no revision `nowhere` in this repository");
}

#[test]
fn the_merge_with_the_base() {
    let repo = guarded();
    repo.write("ok", "").commit_unjudged("ok");
    on_work(&repo).write("middleware/auth.py", "check(more)\n").stage();
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["commit", "-q", "-m", &format!("work\n\n{}", marker(&repo.index_tree()))]).ok();
    assert_accepted(&repo.json(&["check", "--merge"]));
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("moved.txt", "on\n").commit_unjudged("moved on");
    assert_accepted(&repo.json(&["check", "work"]));
    let json = repo.json(&["check", "work", "--merge"]);
    let violation = assert_violated(&json, "landing", "guarded-area");
    assert_eq!((&violation["demanded"], &violation["found"]), (&"claimed".into(), &"none".into()));
    let merged = repo.git(&["merge-tree", "--write-tree", "main", "work"]).ok().line();
    assert_eq!(judgement(&json, "landing")["subject"]["tree"], merged);
}

#[test]
fn a_merge_that_conflicts_is_undecided() {
    let repo = guarded();
    on_work(&repo).write("a.txt", "theirs\n").commit_unjudged("theirs");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("a.txt", "ours\n").commit_unjudged("ours");
    let run = repo.guard(&["check", "work", "--merge"]).undecided();
    run.says("merging into `refs/heads/main` conflicts in 1 path: a.txt")
        .says("next: git switch work && git merge refs/heads/main");
    assert_eq!(repo.json(&["check", "work", "--merge"])["decision"], "undecided");
    repo.guard(&["check", "main~1..work", "--merge"]).ok();
}

#[test]
fn the_base_that_is_named_holds_the_policy_as_well() {
    let of = |limit: &str| {
        format!("version = 1\nbase = \"main\"\n\n[specialist.dev]\nemails = [\"author@example.org\"]\nusers = [\"dev\"]\n{limit}")
    };
    let (strict, open) = (of("max-files-per-commit = 1\n"), of(""));
    let repo = Repo::with_policy(&strict);
    let server = repo.guarded_remote();
    server.git(&["branch", "other", "main"]).ok();
    // A clone as CIs make it: nothing says which branch of the remote is its default one.
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("policy.toml", &open).commit_unjudged("another policy");
    server.git(&["fetch", "-q", repo.path().to_str().unwrap(), "work:refs/heads/open"]).ok();
    let ci = repo.clone_from_server("ci");
    ci.git(&["remote", "set-head", "origin", "-d"]).ok();
    ci.git(&["switch", "-q", "-c", "work", "origin/main"]).ok();
    ci.git(&["branch", "-q", "-D", "main"]).ok();
    ci.write_many("many", 2).commit_unjudged("two");
    ci.guard(&["check"]).undecided().says("guard check --base REF").says("next: git remote set-head origin -a");
    for base in ["origin/main", "refs/remotes/origin/main", "main"] {
        ci.guard(&["check", "--base", base]).rejected().says("error[file-limit]").says("not the trusted policy");
    }
    ci.guard(&["check", "--base", "origin/open"]).ok().says("not the trusted policy");
    // A commit is no branch, and names nothing but what work is measured against.
    let commit = ci.rev("origin/main");
    ci.guard(&["check", "--base", &commit]).undecided().says("next: git remote set-head origin -a");
    ci.git(&["remote", "set-head", "origin", "-a"]).ok();
    ci.guard(&["check", "--base", &commit]).rejected().says("error[file-limit]").says_not("not the trusted policy");
    ci.guard(&["check", "--base", "origin/main"]).rejected().says_not("not the trusted policy");
}
