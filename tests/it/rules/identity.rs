//! Sources that contradict each other, and which of them is believed.

use super::*;

const RULE: &str = "identity";

/// Three specialists whom every kind of source can name, and nobody else.
fn people() -> String {
    let one = |name: &str| {
        format!("[specialist.{name}]\nusers = [\"{name}-bot\"]\nemails = [\"{name}@example.org\"]\nbranches = [\"{name}/**\"]\n")
    };
    policy(&["api", "web", "db"].map(one).concat())
}

fn repo() -> Repo {
    let repo = Repo::with_policy(&people());
    repo.write("x", "x\n").stage();
    repo
}

/// Who did it, and how that is known.
#[track_caller]
fn who(json: &Value, kind: &str) -> (String, String) {
    let specialist = &judgement(json, kind)["specialist"];
    let text = |key: &str| specialist[key].as_str().unwrap_or("nobody").to_owned();
    (text("name"), text("source"))
}

#[track_caller]
fn assert_who(json: &Value, name: &str, source: &str) {
    assert_eq!(who(json, "index"), (name.to_owned(), source.to_owned()));
}

#[test]
fn says_which_claim_names_nobody() {
    let repo = repo();
    repo.author("api@example.org").git(&["config", "guard.specialist", "ap1"]).ok();
    let expected = "error[identity]: `git config guard.specialist` names `ap1`, which the policy does not have\n  \
           claimed by git config guard.specialist: ap1\n  \
           claimed by author e-mail: api@example.org\n  \
           claimed by branch: main\n  \
           help: correct the claim, or have an owner correct the policy\n";
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "`git config guard.specialist` names `ap1`, which the policy does not have", "scope": "commit", "paths": [],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": null,
        "help": "correct the claim, or have an owner correct the policy", "next": [],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_only_violated(&json, &["known-specialist", RULE]);
    assert_violated(&json, "session", RULE);
    repo.git(&["config", "guard.specialist", "api"]).ok();
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["no source contradicts another of its strength"]);
}

#[test]
fn among_claims_the_order_decides() {
    let repo = repo();
    repo.git(&["switch", "-q", "-c", "web/x"]).ok();
    repo.author("nobody@example.org");
    assert_who(&staged(&repo), "web", "claim:branch");
    repo.author("db@example.org");
    assert_who(&staged(&repo), "db", "claim:email");
    repo.git(&["config", "guard.specialist", "api"]).ok();
    assert_who(&staged(&repo), "api", "claim:config");
    repo.set("GUARD_SPECIALIST", "web");
    assert_who(&staged(&repo), "web", "claim:env");
    let json = repo.json(&["check", "--staged", "--as", "db"]);
    assert_who(&json, "db", "claim:as");
    assert_eq!(judgement(&json, "index")["specialist"]["strength"], "claim");
    assert_accepted(&json);
    let verbose = repo.guard(&["check", "--staged", "-v"]).ok();
    let shown = verbose.says("claim:env: web").says("claim:config: api").says("claim:email: db@example.org");
    shown.says("claim:branch: web/x");
    repo.guard(&["check", "--staged", "--as", "d8"]).undecided().says("no specialist `d8` in the policy");
}

#[test]
fn a_misspelt_claim_under_one_that_names_somebody_is_no_offence() {
    let repo = repo();
    repo.set("GUARD_SPECIALIST", "api").git(&["config", "guard.specialist", "ap1"]).ok();
    assert_accepted(&staged(&repo));
    repo.set("GUARD_SPECIALIST", "ap1").git(&["config", "guard.specialist", "api"]).ok();
    let violation = assert_violated(&staged(&repo), "index", RULE)["message"].clone();
    assert_eq!(violation, "`GUARD_SPECIALIST` names `ap1`, which the policy does not have");
}

#[test]
fn where_anybody_may_come_a_name_that_the_policy_lacks_is_anybody_s() {
    let repo = Repo::with_policy(&format!("{}\n[specialist.\"*\"]\nmax-files-per-commit = 1\n", people()));
    repo.set("GUARD_SPECIALIST", "stranger").author("api@example.org").write("x", "x\n");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_who(&json, "*", "claim:env");
    repo.write("y", "y\n");
    assert_only_violated(&staged(&repo), &["file-limit"]);
}

#[test]
fn an_account_beats_every_claim_and_a_false_one_under_it_is_no_offence() {
    let repo = repo();
    repo.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    repo.login("web-bot").author("api@example.org").set("GUARD_SPECIALIST", "db");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_who(&json, "web", &format!("account:env:{ACCOUNT}"));
    assert_eq!(judgement(&json, "index")["specialist"]["strength"], "account");
    repo.guard(&["check", "--staged"]).ok().says("accepted for web (account from env:GUARD_TEST_ACCOUNT)");
    repo.set("GUARD_SPECIALIST", "d8");
    assert_accepted(&staged(&repo));
    // an account that nobody has is somebody, and no claim stands in for it
    repo.login("mallory").set("GUARD_SPECIALIST", "db");
    let json = staged(&repo);
    assert_only_violated(&json, &["known-specialist"]);
    assert_who(&json, "nobody", &format!("account:env:{ACCOUNT}"));
}

#[test]
fn on_a_server_what_is_new_is_its_account_s_whatever_it_claims() {
    let repo = Repo::with_policy(&people());
    let server = server(&repo, "web-bot");
    server.set("GUARD_SPECIALIST", "api").git(&["config", "guard.specialist", "api"]).ok();
    repo.git(&["switch", "-q", "-c", "api/x"]).ok();
    repo.author("api@example.org").write("x", "x\n").commit_unjudged("x");
    let json = received(&repo, &server, &[("refs/heads/api/x", "", "HEAD")]);
    assert_accepted(&json);
    for kind in ["commit", "session", "landing"] {
        assert_eq!(who(&json, kind), ("web".to_owned(), format!("account:env:{ACCOUNT}")));
    }
    assert_eq!(words(&json, "commit", RULE), ["satisfied"]);
    assert_eq!(reasons(&json, "landing", RULE), ["the commits are judged one by one"]);
    repo.git(&["push", "-q", "origin", "api/x"]).ok();
}

#[test]
fn what_is_not_new_is_its_author_s_so_that_merging_and_pushing_others_work_is_no_offence() {
    let repo = Repo::with_policy(&people());
    let server = server(&repo, "api-bot");
    repo.git(&["switch", "-q", "-c", "api/x"]).ok();
    repo.author("api@example.org").write("x", "x\n").commit_unjudged("x");
    repo.git(&["push", "-q", "origin", "api/x"]).ok();
    repo.git(&["switch", "-q", "-c", "web/y", "main"]).ok();
    repo.author("web@example.org").write("y", "y\n").commit_unjudged("y");
    repo.git(&["merge", "-q", "--no-edit", "api/x"]).ok();
    server.login("web-bot");
    let json = received(&repo, &server, &[("refs/heads/web/y", "", "HEAD")]);
    assert_accepted(&json);
    let found: Vec<(&Value, &Value)> =
        judgements(&json, "commit").iter().map(|j| (&j["specialist"]["name"], &j["specialist"]["source"])).collect();
    let account: Value = format!("account:env:{ACCOUNT}").into();
    assert_eq!(found.iter().filter(|f| **f == (&"api".into(), &"claim:email".into())).count(), 1, "{found:?}");
    assert_eq!(found.iter().filter(|f| **f == (&"web".into(), &account)).count(), 2, "{found:?}");
    // on a machine it is the same: what a remote has is not whose the configuration says
    repo.git(&["config", "guard.specialist", "db"]).ok();
    let json = repo.json(&["check"]);
    let names: Vec<&Value> = judgements(&json, "session").iter().map(|j| &j["specialist"]["name"]).collect();
    assert!(names.contains(&&"api".into()) && names.contains(&&"db".into()) && names.len() == 2, "{names:?}");
}

#[test]
fn an_account_in_two_entries_is_a_policy_that_does_not_load() {
    let repo = Repo::with_policy(&people().replace("db-bot", "api-bot"));
    repo.guard(&["check", "--staged"]).undecided().says("`api-bot` already names specialist `api`");
}
