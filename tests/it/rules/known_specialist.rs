//! Only who is named by the policy.

use super::*;

const RULE: &str = "known-specialist";

fn people() -> String {
    with_dev("branches = [\"agent/dev/**\"]\n[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n[specialist.web]\n")
}

/// A staged change by this author.
fn by(policy: &str, email: &str) -> Repo {
    let repo = Repo::with_policy(policy);
    repo.author(email).write("x", "x\n").stage();
    repo
}

#[test]
fn says_who_was_named_and_who_is_known() {
    let repo = by(&people(), "stranger@example.org");
    let expected = "error[known-specialist]: the policy names nobody who made this change\n  \
           claimed by author e-mail: stranger@example.org\n  \
           claimed by branch: main\n  \
           help: say which specialist you are, in this work tree alone (`git\n        \
                 config --worktree guard.specialist NAME`, with more than one\n        \
                 after `git config extensions.worktreeConfig true`; or\n        \
                 GUARD_SPECIALIST), or have an owner add you: `dev`, `web`\n";
    let run = repo.guard(&["check", "--staged"]).rejected();
    assert_eq!(block(&run.out(), RULE), expected);
    run.says("guard: rejected for an unknown specialist (nobody the policy names)");
    let json = staged(&repo);
    let expected = json!({
        "message": "the policy names nobody who made this change", "scope": "commit", "paths": [],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": null,
        "help": "say which specialist you are, in this work tree alone (`git config --worktree guard.specialist NAME`, with more than one after `git config extensions.worktreeConfig true`; or GUARD_SPECIALIST), or have an owner add you: `dev`, `web`",
        "next": [],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_violated(&json, "session", RULE);
    assert_only_violated(&json, &[RULE]);
    assert_eq!(judgement(&json, "index")["specialist"], json!({"name": null, "source": "none", "strength": "claim"}));
    repo.git(&["config", "guard.specialist", "web"]).ok();
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["`web`, claimed by git config guard.specialist"]);
}

#[test]
fn a_policy_that_names_nobody_says_so() {
    let repo = by(&policy(""), "stranger@example.org");
    let json = staged(&repo);
    let help = &assert_violated(&json, "index", RULE)["help"];
    assert_eq!(*help, "the policy names no specialist: have an owner add one");
}

#[test]
fn whoever_no_other_entry_names_is_the_wildcard_s() {
    let repo = by(&format!("{}[specialist.\"*\"]\n", people()), "stranger@example.org");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "index")["specialist"]["name"], "*");
    repo.author("author@example.org");
    assert_eq!(judgement(&staged(&repo), "index")["specialist"]["name"], "dev");
}

#[test]
fn e_mails_are_compared_without_regard_to_ascii_case_and_without_a_mailmap() {
    let policy = with_dev("").replace("author@example.org", "Jörg@Example.org");
    let repo = by(&policy, "jöRG@EXAMPLE.org");
    assert_accepted(&staged(&repo));
    repo.author("JÖRG@example.org");
    assert_violated(&staged(&repo), "index", RULE);
    repo.write(".mailmap", "A <Jörg@Example.org> <other@example.org>\n").author("other@example.org");
    assert_violated(&staged(&repo), "index", RULE);
}

#[test]
fn a_branch_is_a_claim_by_a_pattern_over_its_short_name() {
    let repo = by(&people(), "stranger@example.org");
    for (branch, word) in [("agent/dev/a/b", "satisfied"), ("agent/development", "violated"), ("x/agent/dev/a", "violated")] {
        repo.git(&["switch", "-q", "-c", branch, "main"]).ok();
        assert_eq!(words(&staged(&repo), "index", RULE), [word], "{branch}");
    }
    repo.git(&["switch", "-q", "--detach", "agent/dev/a/b"]).ok();
    assert_eq!(words(&staged(&repo), "index", RULE), ["violated"]);
}

#[test]
fn an_owner_needs_no_entry_and_has_an_owner_s_rights_by_e_mail_before_a_commit_only() {
    let repo = by(&people(), "Boss@example.org");
    let server = server(&repo, "boss");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["`Boss@example.org`, claimed by author e-mail"]);
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.commit_unjudged("by the boss");
    for stage in ["branch", "land"] {
        let json = repo.json(&["check", "--stage", stage]);
        assert_accepted(&json);
        assert_eq!(judgement(&json, "session")["specialist"]["name"], "Boss@example.org");
    }
    assert_accepted(&repo.json(&["check", "--stage", "commit"]));
    let update = [("refs/heads/work", "", "HEAD")];
    let json = received(&repo, &server, &update);
    assert_accepted(&json);
    assert_eq!(judgement(&json, "session")["specialist"]["name"], "boss");
    server.login("dev");
    assert_eq!(judgement(&received(&repo, &server, &update), "session")["specialist"]["name"], "dev");
}

#[test]
fn on_a_server_it_is_the_account_that_must_be_known() {
    let repo = Repo::with_policy(&people());
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "agent/dev/x"]).ok();
    repo.write("x", "x\n").commit_unjudged("x");
    let update = [("refs/heads/agent/dev/x", "", "HEAD")];
    for account in ["mallory", "Dev", "author@example.org", ""] {
        let json = received(&repo, server.login(account), &update);
        assert_violated(&json, "commit", RULE);
        assert_violated(&json, "session", RULE);
        // A name that is another's but for case is somebody's mistake, and rule `identity` tells it.
        let why = if account == "Dev" { "what says who pushes is not believed" } else { "the commits say it" };
        assert_eq!(reasons(&json, "landing", RULE), [why]);
    }
    server.unset(ACCOUNT);
    assert_violated(&received(&repo, &server, &update), "commit", RULE);
    server.login("dev").git(&["config", "guard.identity", "none"]).ok();
    assert_violated(&received(&repo, &server, &update), "commit", RULE);
    server.git(&["config", "guard.identity", "gitae"]).ok();
    server.run_with(GUARD, &["hook", "pre-receive"], format!("{NULL} {} refs/heads/x\n", repo.rev("HEAD")).as_bytes()).undecided();
    server.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
    let push = repo.login("mallory").git(&["push", "-q", "origin", "HEAD"]).rejected();
    let text = block(&push.err(), RULE);
    assert!(text.starts_with("error[known-specialist]: the policy names nobody who made this change\n"), "{text}");
    assert!(text.contains("account from env:GUARD_TEST_ACCOUNT: mallory\n"), "{text}");
    repo.login("dev").git(&["push", "-q", "origin", "HEAD"]).ok();
}

#[test]
fn an_empty_commit_is_somebody_s_too() {
    let repo = Repo::with_policy(&people());
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.author("stranger@example.org").commit_unjudged("nothing in it");
    let json = repo.json(&["check"]);
    assert_violated(&json, "commit", RULE);
    assert_violated(&json, "session", RULE);
}
