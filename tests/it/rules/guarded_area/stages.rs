//! What each stage demands, and at every door.

use super::*;

/// A policy with these levels.
fn levels(commit: &str, branch: &str, land: &str) -> String {
    guarded()
        .replace("commit = \"recorded\"", &format!("commit = \"{commit}\""))
        .replace("branch = \"claimed\"", &format!("branch = \"{branch}\""))
        .replace("land = \"claimed\"", &format!("land = \"{land}\""))
}

fn marker(tree: &str) -> String {
    format!("work\n\nIntegration-Tested: integration tree={tree}\n")
}

#[test]
fn the_level_is_the_stage_s() {
    for (stage, demanded) in [("commit", "recorded"), ("branch", "claimed"), ("land", "recorded")] {
        let repo = repo_under(&levels("recorded", "claimed", "recorded"));
        repo.git(&["switch", "-q", "-c", "work"]).ok();
        repo.write("middleware/m.py", "new\n").stage();
        let claim = marker(&repo.index_tree());
        repo.git(&["commit", "-q", "-m", "work"]).ok();
        let args = ["check", "--stage", stage];
        let json = repo.json(&args);
        let violation = assert_violated(&json, "landing", RULE);
        assert_eq!((&violation["demanded"], &violation["found"]), (&demanded.into(), &"none".into()), "{stage}");
        repo.git(&["commit", "-q", "--amend", "-m", &claim]).ok();
        let json = repo.json(&args);
        let expected = if demanded == "claimed" { "satisfied" } else { "violated" };
        assert_eq!(words(&json, "landing", RULE), [expected], "{stage}");
        if demanded == "recorded" {
            assert_eq!(assert_violated(&json, "landing", RULE)["found"], "claimed");
            repo.guard(&args).rejected().says(&format!("found claimed (trailer in {}) for tree", &repo.rev("HEAD")[..7]));
        }
        repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
        assert_accepted(&repo.json(&args));
    }
}

#[test]
fn where_nothing_is_demanded_nothing_is_missing() {
    let repo = repo_under(&levels("none", "none", "none"));
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "new\n");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["nothing has to be proven at this stage"]);
    repo.commit_unjudged("work");
    for stage in ["branch", "land"] {
        assert_eq!(words(&repo.json(&["check", "--stage", stage]), "landing", RULE), ["satisfied"]);
    }
}

#[test]
fn the_tip_that_lands_is_proven_and_not_every_commit_unless_the_policy_says_so() {
    let repo = repo();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "one\n").commit_unjudged("one");
    let one = repo.rev("HEAD");
    repo.write("middleware/m.py", "two\n").commit_unjudged("two");
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "commit", RULE), ["the tip that lands must be proven, not every commit"; 2]);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", guarded().replace("[evidence]", "[evidence]\neach-commit = true")).commit_unjudged("policy");
    repo.git(&["switch", "-q", "work"]).ok();
    let json = repo.json(&["check"]);
    assert_eq!(words(&json, "commit", RULE), ["violated", "satisfied"]);
    let violation = assert_violated(&json, "commit", RULE);
    let expected = json!([format!("guard test integration --rev {one}")]);
    assert_eq!((&violation["next"], &violation["scope"]), (&expected, &"commit".into()));
    paste(&repo, violation);
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_branch_without_a_marker_gets_its_record_pushed() {
    let repo = repo();
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "new\n").commit_unjudged("work");
    let update = [("refs/heads/work", "", "HEAD")];
    let json = received(&repo, &server, &update);
    let expected = json!([format!("guard test integration --rev {} --push origin", repo.rev("HEAD"))]);
    assert_eq!(assert_violated(&json, "landing", RULE)["next"], expected);
    let push = repo.git(&["push", "-q", "origin", "work"]).rejected();
    let text = block(&push.err(), RULE);
    assert!(text.starts_with("error[guarded-area]: area `middleware` touched, suite `integration` not proven on this tree\n"));
    assert!(text.contains("needs claimed, found none for tree"), "{text}");
    repo.install();
    paste(&repo, assert_violated(&json, "landing", RULE));
    let json = received(&repo, &server, &update);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "landing", RULE), ["1 demand proven on this tree"]);
    repo.git(&["push", "-q", "origin", "work"]).ok();
    assert_accepted(&received(&repo, &server, &[("refs/heads/main", "main", "HEAD")]));
}

#[test]
fn a_record_counts_here_and_is_a_claim_on_a_server() {
    let repo = repo_under(&levels("recorded", "recorded", "claimed"));
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "new\n").commit_unjudged("work");
    repo.guard(&["test", "integration", "--rev", "HEAD"]).ok();
    assert_accepted(&repo.json(&["check", "--stage", "branch"]));
    let notes = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/"]).ok().line();
    let json = received(&repo, &server, &[(&notes, "", &notes), ("refs/heads/work", "", "HEAD")]);
    let violation = violations(&json, "landing", RULE)[0];
    assert_eq!((&violation["demanded"], &violation["found"]), (&"recorded".into(), &"claimed".into()));
    let json = received(&repo, &server, &[(&notes, "", &notes), ("refs/heads/main", "main", "HEAD")]);
    assert_accepted(&json);
}

#[test]
fn a_claim_is_enough_before_a_commit_where_the_policy_says_so_and_somebody_sees_the_message() {
    let repo = repo_under(&levels("claimed", "claimed", "claimed"));
    repo.write("middleware/m.py", "new\n").stage();
    let message = marker(&repo.index_tree());
    assert_violated(&staged(&repo), "index", RULE);
    repo.guard(&["hook", "pre-commit"]).rejected().says("guarded-area");
    repo.install();
    repo.git(&["commit", "-q", "-m", "no marker"]).rejected().says("error[guarded-area]").says("needs claimed, found none");
    let other = marker(&repo.rev("HEAD^{tree}"));
    repo.git(&["commit", "-q", "-m", &other]).rejected().says("error[guarded-area]");
    repo.git(&["commit", "-q", "-m", &message]).ok();
}

#[test]
fn at_the_stage_commit_every_commit_of_a_branch_is_judged_as_its_index_was() {
    let repo = repo();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "one\n").commit_unjudged("one");
    repo.write("README", "two\n").commit_unjudged("two");
    let json = repo.json(&["check", "--stage", "commit"]);
    assert_eq!(words(&json, "commit", RULE), ["violated", "satisfied"]);
    paste(&repo, assert_violated(&json, "commit", RULE));
    paste(&repo, assert_violated(&json, "landing", RULE));
    assert_accepted(&repo.json(&["check", "--stage", "commit"]));
}

#[test]
fn to_a_protected_branch_the_level_of_landing_is_demanded() {
    let policy = levels("recorded", "none", "claimed");
    let policy = policy.replace("base = \"main\"\n", "base = \"main\"\nprotected = [\"main\", \"release/*\"]\n");
    let repo = repo_under(&policy);
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("middleware/m.py", "new\n").commit_unjudged("work");
    for (name, demanded) in [("work", None), ("release/1", Some("claimed")), ("releases", None), ("deep/release/1", None)] {
        let json = received(&repo, &server, &[(&format!("refs/heads/{name}"), "", "HEAD")]);
        match demanded {
            Some(level) => assert_eq!(assert_violated(&json, "landing", RULE)["demanded"], level),
            None => assert_accepted(&json),
        }
    }
    let json = received(&repo, &server, &[("refs/heads/work", "", "HEAD"), ("refs/heads/main", "main", "HEAD")]);
    assert_eq!(words(&json, "landing", RULE), ["satisfied", "violated"], "each ref at its own stage");
}
