//! Several specialists' work lands together only with evidence.

use super::*;

const RULE: &str = "combined-change";

fn combined() -> String {
    with_dev(
        "[specialist.web]\nusers = [\"web\"]\nemails = [\"web@example.org\"]\n[specialist.db]\nemails = [\"db@example.org\"]\n\
         [owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n\
         [suite.integration]\nrun = \"true\"\n[suite.load]\nrun = \"true\"\n[combined]\nrequires = [\"integration\", \"load\"]\n\
         [evidence]\ncommit = \"recorded\"\nbranch = \"claimed\"\nland = \"recorded\"\n",
    )
}

/// A branch with a commit of each.
fn by(authors: &[&str]) -> Repo {
    let repo = working(&combined());
    for author in authors {
        repo.author(author).write(author.replace('@', "-"), "x\n").commit_unjudged(author);
    }
    repo
}

const DEV: &str = "author@example.org";
const WEB: &str = "web@example.org";

#[test]
fn says_who_lands_together_and_which_suites_have_not_passed() {
    let repo = by(&[DEV, WEB]);
    let (tip, tree) = (repo.rev("HEAD"), repo.rev("HEAD^{tree}"));
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    let expected = format!(
        "error[combined-change]: `dev` and `web` land together, suite `integration` not proven on this tree\n  \
           author-example.org  web-example.org\n  \
           needs recorded, found none for tree {}\n  \
           policy.toml:20  requires = [\"integration\", \"load\"]  {place}\n  \
           help: run the suite on this tree\n  \
           next: guard test integration --rev {tip}\n",
        &tree[..7]
    );
    assert_eq!(block(&repo.guard(&["check"]).rejected().out(), RULE), expected);
    let json = repo.json(&["check"]);
    let expected = json!({
        "message": "`dev` and `web` land together, suite `integration` not proven on this tree", "scope": "landing",
        "paths": ["author-example.org", "web-example.org"], "measured": null, "limit": null,
        "suite": "integration", "demanded": "recorded", "found": "none", "policy": at(&combined(), "requires"),
        "help": "run the suite on this tree", "next": [format!("guard test integration --rev {tip}")],
    });
    assert_eq!(*assert_violated(&json, "landing", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    let suites: Vec<&Value> = violations(&json, "landing", RULE).iter().map(|v| &v["suite"]).collect();
    assert_eq!(suites, ["integration", "load"]);
    assert_eq!(judgement(&json, "landing")["specialist"], Value::Null);
    violations(&json, "landing", RULE).iter().for_each(|violation| paste(&repo, violation));
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "landing", RULE), ["`dev` and `web` land together, with every suite that this needs"]);
}

#[test]
fn one_specialist_s_work_is_not_combined() {
    let repo = by(&[DEV, DEV]);
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "landing", RULE), ["all of it is one specialist's work"]);
    for kind in ["commit", "session"] {
        let reasons = reasons(&json, kind, RULE);
        assert!(reasons.iter().all(|r| *r == "only what lands together can be combined"), "{reasons:?}");
    }
    repo.author(WEB).write("x", "x\n");
    assert_eq!(words(&staged(&repo), "index", RULE), ["not-applicable"]);
}

#[test]
fn without_the_table_anybody_may_land_with_anybody() {
    let repo = working(&combined().replace("[combined]\nrequires = [\"integration\", \"load\"]\n", ""));
    repo.write("a", "a\n").commit_unjudged("a");
    repo.author(WEB).write("b", "b\n").commit_unjudged("b");
    assert_eq!(reasons(&repo.json(&["check"]), "landing", RULE), ["the policy has no `[combined]`"]);
}

#[test]
fn everybody_is_named_owners_and_strangers_too() {
    let repo = by(&[WEB, DEV, "db@example.org", "boss@example.org", "stranger@example.org"]);
    for args in [&["check"][..], &["check", "--stage", "commit"]] {
        let json = repo.json(args);
        let message = assert_violated(&json, "landing", RULE)["message"].as_str().unwrap();
        assert!(message.starts_with("somebody unknown, `boss@example.org`, `db`, `dev` and `web` land together, "), "{message}");
    }
}

#[test]
fn who_changes_nothing_of_their_own_is_nobody() {
    let repo = by(&[DEV]);
    repo.git(&["switch", "-q", "main"]).ok();
    repo.author("db@example.org").write("landed", "x\n").commit_unjudged("landed on main by another");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.author(WEB).git(&["merge", "-q", "--no-edit", "main"]).ok();
    repo.commit_unjudged("an empty commit");
    assert_accepted(&repo.json(&["check"]));
    repo.write("landed", "an edit slipped into the merge\n").git(&["commit", "-q", "-a", "--amend", "--no-edit"]).ok();
    assert_violated(&repo.json(&["check"]), "landing", RULE);
}

#[test]
fn the_level_is_the_stage_s() {
    let repo = by(&[DEV, WEB]);
    for (stage, demanded) in [("commit", "recorded"), ("branch", "claimed"), ("land", "recorded")] {
        let json = repo.json(&["check", "--stage", stage]);
        assert_eq!(assert_violated(&json, "landing", RULE)["demanded"], demanded);
    }
    let tree = repo.rev("HEAD^{tree}");
    let message = format!("x\n\nIntegration-Tested: integration tree={tree}\nIntegration-Tested: load tree={tree}\n");
    repo.git(&["commit", "-q", "--amend", "-m", &message]).ok();
    assert_accepted(&repo.json(&["check", "--stage", "branch"]));
    assert_eq!(assert_violated(&repo.json(&["check"]), "landing", RULE)["found"], "claimed");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", combined().replace("\"recorded\"", "\"none\"")).commit_unjudged("policy");
    repo.git(&["switch", "-q", "work"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn evidence_of_the_parts_is_none_of_the_whole() {
    let repo = by(&[DEV]);
    repo.git(&["switch", "-q", "-c", "other", "main"]).ok();
    repo.author(WEB).write("w", "w\n").commit_unjudged("w");
    for part in ["work", "other"] {
        repo.guard(&["test", "integration", "load", "--rev", part]).ok();
    }
    repo.git(&["merge", "-q", "--no-edit", "work"]).ok();
    assert_eq!(violations(&repo.json(&["check"]), "landing", RULE).len(), 2);
    repo.guard(&["test", "integration", "load", "--rev", "HEAD"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn on_a_server_what_is_new_is_the_account_s_and_the_rest_its_author_s() {
    let repo = by(&[DEV]);
    repo.git(&["switch", "-q", "main"]).ok();
    let server = server(&repo, "dev");
    repo.git(&["push", "-q", "origin", "work"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.author("db@example.org").write("more", "x\n").commit_unjudged("more");
    let update = [("refs/heads/work", "HEAD^", "HEAD")];
    let json = received(&repo, &server, &update);
    assert_eq!(reasons(&json, "landing", RULE), ["all of it is one specialist's work"], "the claim of what is new is nothing");
    server.login("web");
    let json = received(&repo, &server, &update);
    let message = assert_violated(&json, "landing", RULE)["message"].as_str().unwrap();
    assert!(message.starts_with("`dev` and `web` land together, "), "{message}");
    let push = repo.login("web").git(&["push", "-q", "origin", "work"]).rejected();
    assert!(block(&push.err(), RULE).starts_with("error[combined-change]: `dev` and `web` land together, suite `integration`"));
    // from branches of their own they land one by one
    repo.git(&["branch", "-q", "own", "main"]).ok();
    repo.git(&["switch", "-q", "own"]).ok();
    repo.write("own", "x\n").commit_unjudged("own");
    assert_accepted(&received(&repo, &server, &[("refs/heads/own", "", "HEAD"), ("refs/heads/again", "", "origin/work")]));
}
