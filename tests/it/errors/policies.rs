//! No policy, and policies that can't be enforced.

use super::*;

#[test]
fn no_policy_is_one_line() {
    let repo = Repo::new();
    repo.write("a.txt", "a\n").commit_unjudged("start");
    for args in [&["check"][..], &["check", "--staged"], &["check", "HEAD"], &["hook", "pre-commit"]] {
        let run = repo.guard(args).ok();
        let said = run.out() + &run.err();
        assert!(said.starts_with("guard: no policy.toml on the trusted branch: nothing to guard"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        let json = repo.json(args);
        assert_accepted(&json);
        assert_eq!((&json["policy"], &json["judgements"]), (&serde_json::Value::Null, &serde_json::json!([])));
    }
    assert_undecided(&repo, &["test", "integration"], "there is no policy");
    assert_undecided(&repo, &["explain", "a.txt"], "there is no policy");
    assert_undecided(&repo, &["policy", "show"], "there is no policy.toml");
    repo.guard(&["evidence"]).ok().says("nothing to prove");
    repo.guard(&["doctor"]).rejected().says("there is none: nothing is guarded yet");
    repo.git(&["config", "guard.required", "true"]).ok();
    repo.guard(&["check"]).rejected().says("`guard.required` is set");
    assert_eq!(repo.json(&["check"])["decision"], "rejected");
    repo.guard(&["doctor"]).rejected().says("`guard.required` rejects everything");
}

#[test]
fn a_policy_of_the_trusted_branch_that_does_not_load() {
    let repo = guarded();
    repo.write("policy.toml", POLICY.replace("paths =", "pahts =")).commit_unjudged("typo");
    let server = repo.remote();
    repo.install();
    let words = format!("the policy `main:policy.toml` ({}) can't be enforced: unknown key `pahts`", &repo.rev("main")[..7]);
    for args in [
        &["check"][..],
        &["check", "--staged"],
        &["check", "HEAD~1..HEAD"],
        &["test", "integration"],
        &["evidence"],
        &["explain", "a.txt"],
        &["policy", "show"],
        &["hook", "pre-commit"],
        &["hook", "pre-receive"],
    ] {
        let run = assert_undecided(&repo, args, &words);
        run.says("main:policy.toml:16:1").says("^^^^^").says("did you mean `paths`?").says("next: guard policy check");
    }
    repo.write("b.txt", "b\n").stage();
    assert_commit_refused(&repo, &words);
    repo.guard(&["doctor"]).rejected().says("unknown key `pahts`");
    repo.git(&["push", "origin", "main:other"]).rejected().says(&words).says("nothing was pushed; your commits are as they were");
    assert!(!server.state_of_refs().contains("other"));
    // the way out that it names
    repo.author("boss@example.org").write("policy.toml", POLICY).stage();
    repo.git(&["commit", "-q", "--no-verify", "-m", "correct it"]).ok().says("guard: no marker is written: the policy");
    repo.git(&["push", "-q", "--no-verify", "origin", "main"]).ok();
    repo.guard(&["check"]).ok();
}

#[test]
fn something_else_in_the_policy_s_place() {
    let too_large = format!("{OPEN_POLICY}#{}\n", "x".repeat(1 << 20));
    for words in ["is a symbolic link", "is a directory", "is not UTF-8", "and a policy may have 1048576"] {
        let repo = Repo::new();
        repo.write("a.txt", "a\n");
        match words {
            "is a symbolic link" => repo.link("policy.toml", "a.txt"),
            "is a directory" => repo.write("policy.toml/x", "x"),
            "is not UTF-8" => repo.write("policy.toml", b"version = 1\n# \xff\n"),
            _ => repo.write("policy.toml", &too_large),
        }
        .commit_unjudged("start");
        assert_undecided(&repo, &["check"], words);
        assert_undecided(&repo, &["check", "--staged"], words);
    }
}

#[test]
fn a_configuration_that_says_nonsense() {
    let repo = guarded();
    for (key, value, words) in [
        ("guard.maxCommits", "many", "`git config guard.maxCommits` is no positive number"),
        ("guard.identity", "gitae", "`git config guard.identity` says `gitae`, which this version does not know"),
    ] {
        repo.git(&["config", key, value]).ok();
        assert_undecided(&repo, &["check"], words);
        assert_undecided(&repo, &["hook", "pre-commit"], words);
        repo.git(&["config", "--unset", key]).ok();
    }
    repo.git(&["config", "guard.required", "perhaps"]).ok();
    repo.guard(&["check"]).undecided().says("guard.required");
    repo.git(&["config", "--unset", "guard.required"]).ok();
    repo.git(&["config", "guard.policyFile", "gone.toml"]).ok();
    repo.guard(&["check"]).undecided().says("`git config guard.policyFile`: the policy").says("gone.toml");
}
