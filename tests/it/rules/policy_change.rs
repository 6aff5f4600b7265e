//! The policy is changed by owners, and stays one that can be enforced.

use super::*;

const RULE: &str = "policy-change";

fn owned() -> String {
    with_dev("max-files-per-commit = 3\n[owners]\nusers = [\"boss\"]\nemails = [\"boss@example.org\"]\n")
}

fn weaker() -> String {
    owned().replace("commit = 3", "commit = 300")
}

fn repo() -> Repo {
    Repo::with_policy(&owned())
}

#[test]
fn says_who_changed_it_and_who_may() {
    let repo = repo();
    repo.write("policy.toml", weaker()).stage();
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    let expected = format!(
        "error[policy-change]: `policy.toml` changed by `dev`, who is no owner\n  \
           policy.toml\n  \
           policy.toml:9  users = [\"boss\"]                 {place}\n  \
           help: take `policy.toml` out of the index\n  \
           next: git restore --staged -- policy.toml\n"
    );
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "`policy.toml` changed by `dev`, who is no owner", "scope": "commit", "paths": ["policy.toml"],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": at(&owned(), "users = [\"boss\"]"),
        "help": "take `policy.toml` out of the index", "next": ["git restore --staged -- policy.toml"],
    });
    let found = assert_violated(&json, "index", RULE);
    assert_eq!(found["policy"]["line"], expected["policy"]["line"]);
    assert_eq!(*found, expected);
    assert_only_violated(&json, &[RULE]);
    paste(&repo, &expected);
    let json = repo.json(&["check", "--staged"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["the policy is not touched"]);
    assert_eq!(reasons(&json, "session", RULE), ["the commits are judged one by one"]);
}

#[test]
fn an_owner_may_and_an_e_mail_makes_one_before_a_commit_only() {
    let repo = repo();
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.author("BOSS@example.org").write("policy.toml", weaker());
    assert_eq!(reasons(&staged(&repo), "index", RULE), ["changed by an owner, to a policy that loads"]);
    repo.commit_unjudged("weaker");
    assert_violated(&repo.json(&["check"]), "commit", RULE);
    let update = [("refs/heads/main", "main", "HEAD")];
    assert_violated(&received(&repo, &server, &update), "commit", RULE);
    let push = repo.git(&["push", "-q", "origin", "HEAD:main"]).rejected();
    assert!(block(&push.err(), RULE).starts_with("error[policy-change]: `policy.toml` changed by `dev`, who is no owner\n"));
    server.login("boss");
    assert_accepted(&received(&repo, &server, &update));
    repo.login("boss").git(&["push", "-q", "origin", "HEAD:main"]).ok();
}

#[test]
fn a_commit_is_taken_back_and_made_without_it() {
    let repo = working(&owned());
    repo.write("policy.toml", weaker()).write("x", "x\n").commit_unjudged("both");
    paste(&repo, assert_violated(&repo.json(&["check"]), "commit", RULE));
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
    repo.git(&["commit", "-q", "-m", "one"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn it_judges_nothing_before_it_has_landed() {
    let repo = working(&owned());
    repo.author("boss@example.org").write("policy.toml", format!("{}[specialist.\"*\"]\n", weaker())).commit_unjudged("weaker");
    repo.author("author@example.org").write_many("x", 4);
    assert_eq!(assert_violated(&staged(&repo), "index", "file-limit")["limit"], 3);
    repo.author("stranger@example.org");
    assert_violated(&staged(&repo), "index", "known-specialist");
}

#[test]
fn deleting_moving_and_its_mode_are_changes_of_it() {
    let repo = repo();
    for (command, message) in [
        ("git rm -q policy.toml", "`policy.toml` deleted by `dev`, who is no owner"),
        ("git mv policy.toml other.toml", "`policy.toml` deleted by `dev`, who is no owner"),
        ("git update-index --chmod=+x policy.toml", "`policy.toml` changed by `dev`, who is no owner"),
    ] {
        repo.run("sh", &["-c", command]).ok();
        let json = repo.json(&["check", "--staged"]);
        assert_eq!(assert_violated(&json, "index", RULE)["message"], message, "{command}");
        paste(&repo, assert_violated(&json, "index", RULE));
        assert_accepted(&repo.json(&["check", "--staged"]));
        repo.git(&["reset", "-q", "--hard"]).ok();
        repo.git(&["clean", "-q", "-f", "-d"]).ok();
        repo.author("boss@example.org").run("sh", &["-c", command]).ok();
        assert_eq!(words(&repo.json(&["check", "--staged"]), "index", RULE), ["satisfied"]);
        repo.author("author@example.org").git(&["reset", "-q", "--hard"]).ok();
        repo.git(&["clean", "-q", "-f", "-d"]).ok();
    }
    repo.write("lib/policy.toml", "another\n").write("policy.toml.bak", owned());
    assert_accepted(&staged(&repo));
}

#[test]
fn nobody_may_make_it_one_that_cannot_be_enforced() {
    let repo = repo();
    repo.author("boss@example.org");
    for (content, words) in [
        (owned().replace("max-files", "max-fils").into_bytes(), "did you mean `max-files-per-commit`?"),
        (b"version = 1\n\xff".to_vec(), "UTF-8"),
        ([owned().into_bytes(), vec![b'#'; 1 << 20]].concat(), "has 1048749 bytes, and a policy may have 1048576"),
    ] {
        repo.write("policy.toml", content).stage();
        let text = block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE);
        assert!(text.starts_with("error[policy-change]: `policy.toml` changed to a policy that can't be enforced\n"), "{text}");
        assert!(text.contains(words), "{text}");
        let json = repo.json(&["check", "--staged"]);
        let violation = assert_violated(&json, "index", RULE);
        assert_eq!(violation["help"], "correct it (`guard policy check`), or take `policy.toml` out of the index");
        assert_eq!(violation["next"], json!(["git restore --staged -- policy.toml"]));
        repo.run("sh", &["-c", violation["next"][0].as_str().unwrap()]).ok();
        assert_accepted(&repo.json(&["check", "--staged"]));
    }
}

#[test]
fn nor_put_something_else_in_its_place() {
    let repo = repo();
    repo.author("boss@example.org");
    let head = repo.rev("HEAD");
    for command in [
        "rm policy.toml; ln -s a.txt policy.toml; git add policy.toml",
        "rm policy.toml; mkdir policy.toml; touch policy.toml/x; git add policy.toml",
        &format!("git rm -q policy.toml; git update-index --add --cacheinfo 160000,{head},policy.toml"),
    ] {
        repo.run("sh", &["-c", command]).ok();
        let json = repo.json(&["check", "--staged"]);
        let violation = assert_violated(&json, "index", RULE);
        assert_eq!(violation["message"], "`policy.toml` changed to a policy that can't be enforced", "{command}");
        repo.run("sh", &["-c", violation["next"][0].as_str().unwrap()]).ok();
        assert_eq!(repo.git(&["diff", "--cached", "--name-only"]).ok().out(), "", "{command}");
        repo.git(&["reset", "-q", "--hard"]).ok();
    }
}

#[test]
fn an_owner_s_change_that_a_merge_brings_is_not_the_merger_s() {
    let repo = working(&owned());
    repo.write("x", "x\n").commit_unjudged("x");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.author("boss@example.org").write("policy.toml", weaker()).commit_unjudged("weaker");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.author("author@example.org").git(&["merge", "-q", "--no-edit", "main"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo.write("policy.toml", owned()).git(&["commit", "-q", "-a", "--amend", "--no-edit"]).ok();
    assert_violated(&repo.json(&["check"]), "commit", RULE);
}

#[test]
fn before_the_trusted_branch_has_one_anybody_may_propose_one_that_loads() {
    let repo = Repo::new();
    repo.write("a.txt", "a\n").commit_unjudged("start");
    let server = server(&repo, "stranger");
    repo.write("policy.toml", owned()).write_many("x", 9);
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["the trusted branch has no policy yet, and this one loads"]);
    let others = rule_ids().into_iter().filter(|rule| !matches!(*rule, RULE | "safe-path"));
    assert!(others.into_iter().all(|rule| reasons(&json, "index", rule) == ["the trusted branch has no policy yet"]));
    repo.commit_unjudged("policy");
    assert_accepted(&received(&repo, &server, &[("refs/heads/main", "HEAD^", "HEAD")]));
    repo.write("policy.toml", "version = 1\nbse = \"main\"\n").stage();
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).ok();
    let push = repo.login("stranger").git(&["push", "-q", "origin", "main"]).rejected();
    assert!(push.err().contains("did you mean `base`?"), "{}", push.err());
}
