//! No single file over the size that is allowed.

use super::*;

const RULE: &str = "file-size";

fn limits() -> String {
    with_dev("max-file-size = \"1 KiB\"\n")
}

#[test]
fn says_which_file_has_how_many_bytes() {
    let repo = Repo::with_policy(&limits());
    repo.write("dump.sql", "x".repeat(2000)).write("small", "x").stage();
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    let expected = format!(
        "error[file-size]: `dump.sql` has 2000 bytes, 1024 allowed\n  \
           dump.sql\n  \
           policy.toml:7  max-file-size = \"1 KiB\"          {place}\n  \
           help: take the file out of the index\n  \
           next: git restore --staged -- dump.sql\n"
    );
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "`dump.sql` has 2000 bytes, 1024 allowed", "scope": "commit", "paths": ["dump.sql"],
        "measured": 2000, "limit": 1024, "suite": null, "demanded": null, "found": null,
        "policy": at(&limits(), "max-file-size"),
        "help": "take the file out of the index", "next": ["git restore --staged -- dump.sql"],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    paste(&repo, &expected);
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn the_limit_itself_still_passes_and_every_file_over_it_is_named() {
    let repo = Repo::with_policy(&limits());
    repo.write("a", "x".repeat(1024)).write("b", [0; 1024]);
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["no file over 1024 bytes is added or modified"]);
    repo.write("a", "x".repeat(1025)).write("b", [0; 1026]);
    let json = staged(&repo);
    let measured: Vec<&Value> = violations(&json, "index", RULE).into_iter().map(|v| &v["measured"]).collect();
    assert_eq!(measured, [1025, 1026]);
}

#[test]
fn only_content_that_is_new_here_counts() {
    let repo = Repo::with_policy(&limits());
    repo.write("large", numbered("x", 400)).write("gone", "y".repeat(3000)).commit_unjudged("before");
    let head = repo.rev("HEAD");
    repo.git(&["mv", "large", "moved"]).ok();
    repo.git(&["rm", "-q", "gone"]).ok();
    repo.git(&["update-index", "--chmod=+x", "moved"]).ok();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},module")]).ok();
    let json = repo.json(&["check", "--staged"]);
    assert_accepted(&json);
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.write("large", numbered("x", 399));
    assert_violated(&staged(&repo), "index", RULE);
    // what another system would put in its place is no smaller
    repo.git(&["reset", "-q", "--hard"]).ok();
    repo.remove("large").link("large", "./".repeat(600));
    assert_violated(&staged(&repo), "index", RULE);
}

#[test]
fn what_is_left_out_of_counts_has_a_size_all_the_same() {
    let repo = Repo::with_policy(&format!("{}[count]\nnot-lines = [\"*.lock\"]\nnot-files = [\"*.lock\"]\n", limits()));
    repo.write("Cargo.lock", "x".repeat(2000));
    let json = staged(&repo);
    assert_violated(&json, "index", RULE);
    assert_eq!(judgement(&json, "index")["files"], 0);
}

#[test]
fn without_the_key_there_is_no_limit() {
    let repo = Repo::with_policy(&with_dev(""));
    repo.write("dump.sql", "x".repeat(2000));
    assert_eq!(reasons(&staged(&repo), "index", RULE), ["no such limit"]);
}

#[test]
fn at_every_door_in_a_single_commit_too_and_although_it_is_gone_at_the_tip() {
    let repo = Repo::with_policy(&limits());
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("dump.sql", "x".repeat(1025)).commit_unjudged("dump");
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/main", "main", "HEAD")])] {
        assert_eq!(assert_violated(&json, "commit", RULE)["measured"], 1025);
        for kind in ["session", "landing"] {
            assert_eq!(reasons(&json, kind, RULE), ["the commits are judged one by one"]);
        }
    }
    let json = repo.json(&["check"]);
    repo.remove("dump.sql").commit_unjudged("gone");
    assert_violated(&repo.json(&["check"]), "commit", RULE);
    let push = repo.git(&["push", "-q", "origin", "work"]).rejected();
    assert!(block(&push.err(), RULE).starts_with("error[file-size]: `dump.sql` has 1025 bytes, 1024 allowed\n"));
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    paste(&repo, assert_violated(&json, "commit", RULE));
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn a_return_to_a_proven_tree_of_the_base_is_exempt() {
    let repo = Repo::new();
    let policy = format!("{}[suite.unit]\nrun = \"true\"\n[evidence]\nland = \"claimed\"\n", limits());
    repo.write("policy.toml", policy).write("large", "x".repeat(2000)).commit_unjudged("start");
    let good = repo.rev("HEAD");
    repo.remove("large").commit_unjudged("removed by mistake");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["revert", "--no-commit", "HEAD"]).ok();
    assert_violated(&repo.json(&["check", "--staged"]), "index", RULE);
    repo.guard(&["test", "unit", "--rev", &good]).ok();
    let json = repo.json(&["check", "--staged"]);
    assert_accepted(&json);
    let because = "a file over 1024 bytes comes back, and exempt: its tree is proven and stands in the base's history";
    assert_eq!(reasons(&json, "index", RULE), [because]);
}
