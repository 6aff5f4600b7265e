//! What may happen to refs.

use super::*;

const RULE: &str = "protected-ref";

fn protecting(rest: &str) -> String {
    let head = "version = 1\nbase = \"main\"\nprotected = [\"main\", \"release/*\", \"zw\u{f6}lf\"]\n";
    let people = "[specialist.dev]\nusers = [\"dev\"]\nemails = [\"author@example.org\"]\n[owners]\nusers = [\"boss\"]\n";
    format!("{head}{people}{rest}")
}

/// A repository with three commits on `main`, and its server.
fn pair(policy: &str) -> (Repo, Repo) {
    let repo = Repo::with_policy(policy);
    repo.write("b.txt", "b\n").commit_unjudged("b");
    let server = server(&repo, "dev");
    (repo, server)
}

/// The messages about one update.
#[track_caller]
fn said(repo: &Repo, server: &Repo, name: &str, old: &str, new: &str) -> Vec<String> {
    let json = received(repo, server, &[(name, old, new)]);
    if json["decision"] == "accepted" {
        return Vec::new();
    }
    messages(&json, "landing", RULE)
}

#[test]
fn says_what_may_not_happen_to_which_ref() {
    let (repo, server) = pair(&protecting(""));
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    repo.write("c.txt", "c\n").commit_unjudged("instead");
    let push = repo.git(&["push", "-q", "--force", "origin", "main"]).rejected();
    let tip = repo.rev("HEAD");
    let expected = format!(
        "error[protected-ref]: `refs/heads/main` is protected and can't be rewound\n  \
           policy.toml:3  protected = [\"main\", \"release/*\", \"zwö…  {place}\n  \
           help: put the work on top of what the branch holds, and push without\n        \
                 --force\n  \
           next: git worktree add --detach ../anew-{short} {named}\n  \
           next: git -C ../anew-{short} fetch origin refs/heads/main\n  \
           next: git -C ../anew-{short} rebase FETCH_HEAD\n",
        short = &tip[..7],
        named = &tip[..12]
    );
    assert_eq!(block(&push.err(), RULE), expected);
    let json = received(&repo, &server, &[("refs/heads/main", "origin/main", "HEAD")]);
    let expected = json!({
        "message": "`refs/heads/main` is protected and can't be rewound", "scope": "landing", "paths": [],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": at(&protecting(""), "protected"),
        "help": "put the work on top of what the branch holds, and push without --force", "next": [
            format!("git worktree add --detach ../anew-{} {}", &tip[..7], &tip[..12]),
            format!("git -C ../anew-{} fetch origin refs/heads/main", &tip[..7]), format!("git -C ../anew-{} rebase FETCH_HEAD", &tip[..7])],
    });
    assert_eq!(*assert_violated(&json, "landing", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    assert_eq!(reasons(&json, "commit", RULE), ["a push moves refs, not a commit"]);
    assert_eq!(reasons(&json, "session", RULE), ["a push moves refs, not a commit"]);
    paste(&repo, &expected);
    let aside = repo.sibling(&format!("anew-{}", &tip[..7]));
    aside.git(&["push", "-q", "origin", "HEAD:main"]).ok();
    assert_eq!(server.rev("main"), aside.rev("HEAD"));
}

#[test]
fn the_hook_before_a_push_says_the_same() {
    let (repo, _server) = pair(&protecting(""));
    repo.install().git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    let push = repo.git(&["push", "-q", "--force", "origin", "main"]).rejected();
    assert!(!push.err().contains("remote:"), "{}", push.err());
    assert!(block(&push.err(), RULE).starts_with("error[protected-ref]: `refs/heads/main` is protected and can't be rewound\n"));
    repo.git(&["push", "-q", "origin", ":main"]).rejected().says("`refs/heads/main` is protected and can't be deleted");
}

#[test]
fn a_protected_branch_is_neither_deleted_nor_rewound_nor_made_out_of_nothing() {
    let (repo, server) = pair(&protecting(""));
    repo.login("boss").git(&["push", "-q", "origin", "main:refs/heads/release/1"]).ok();
    repo.login("dev").git(&["checkout", "-q", "--orphan", "nothing"]).ok();
    repo.commit_unjudged("nothing in common");
    let main = "refs/heads/main";
    let of = |what: &str| [format!("`refs/heads/release/1` is protected and can't be {what}")];
    assert_eq!(said(&repo, &server, main, "main", ""), ["`refs/heads/main` is protected and can't be deleted"]);
    assert_eq!(said(&repo, &server, "refs/heads/release/1", "main", ""), of("deleted"));
    assert_eq!(said(&repo, &server, "refs/heads/release/1", "main", "main^"), of("rewound"));
    assert_eq!(said(&repo, &server, "refs/heads/release/1", "main", "nothing"), of("rewound"));
    let new = said(&repo, &server, "refs/heads/release/2", "", "nothing");
    assert_eq!(new, ["`refs/heads/release/2` is protected and can't be created out of nothing"]);
    let by_owners = "`refs/heads/release/2` would be protected by a pattern, and owners alone make such a branch";
    assert_eq!(said(&repo, &server, "refs/heads/release/2", "", "main^"), [by_owners]);
    server.login("boss");
    assert_eq!(said(&repo, &server, "refs/heads/release/2", "", "main^"), [""; 0]);
    assert_eq!(said(&repo, &server, "refs/heads/release/1", "main", ""), [""; 0]);
    assert_eq!(said(&repo, &server, main, "main", "main^"), ["`refs/heads/main` is protected and can't be rewound"]);
}

#[test]
fn a_branch_that_is_not_protected_may_go_and_come_and_be_rewritten() {
    let (repo, server) = pair(&protecting(""));
    for name in ["work", "release", "release/1/deep", "pre-release/1"] {
        let name = &format!("refs/heads/{name}");
        server.git(&["update-ref", name, &repo.rev("main")]).ok();
        assert_eq!(said(&repo, &server, name, "main", "main^"), [""; 0]);
        assert_eq!(said(&repo, &server, name, "main", ""), [""; 0]);
        server.git(&["update-ref", "-d", name]).ok();
    }
    repo.git(&["checkout", "-q", "--orphan", "nothing"]).ok();
    repo.commit_unjudged("nothing in common");
    assert_eq!(said(&repo, &server, "refs/heads/fresh", "", "nothing"), [""; 0]);
}

#[test]
fn where_the_policy_does_not_say_the_base_alone_is_protected() {
    let (repo, server) = pair(&with_dev(""));
    server.git(&["update-ref", "refs/heads/release/1", "main"]).ok();
    assert_eq!(said(&repo, &server, "refs/heads/release/1", "main", ""), [""; 0]);
    let json = received(&repo, &server, &[("refs/heads/main", "main", "main^")]);
    assert_eq!(assert_violated(&json, "landing", RULE)["policy"], at(&with_dev(""), "base"));
    let (repo, server) = pair("version = 1\n[specialist.dev]\nusers = [\"dev\"]\n");
    let json = received(&repo, &server, &[("refs/heads/main", "main", "main^")]);
    assert_eq!(assert_violated(&json, "landing", RULE)["policy"], Value::Null);
}

#[test]
fn only_some_refs_may_be_pushed_at_all_but_for_owners() {
    let (repo, server) = pair(&protecting(""));
    let oid = "0123456789012345678901234567890123456789";
    for name in [&format!("refs/replace/{oid}"), "refs/meta/config", "refs/pull/1/head", "refs/guard/ledger", "refs/notes/commits"]
    {
        let json = received(&repo, &server, &[(name, "", "main")]);
        let violation = assert_violated(&json, "landing", RULE);
        assert_eq!(violation["message"], format!("`{name}` is no ref that may be pushed"));
        assert_eq!(violation["policy"], Value::Null, "it is the default, which stands nowhere");
        server.login("boss");
        assert_eq!(said(&repo, &server, name, "", "main"), [""; 0]);
        server.login("dev");
    }
    for name in ["refs/heads/a/b/c", "refs/tags/v1/x"] {
        assert_eq!(said(&repo, &server, name, "", "main"), [""; 0]);
    }
    let own = protecting("[refs]\nallowed = [\"refs/heads/agent/*\"]\n");
    let (repo, server) = pair(&own);
    assert_eq!(said(&repo, &server, "refs/heads/agent/a/b", "", "main"), [""; 0]);
    let json = received(&repo, &server, &[("refs/heads/work", "", "main")]);
    assert_eq!(assert_violated(&json, "landing", RULE)["policy"]["line"], at(&own, "allowed")["line"]);
}

#[test]
fn a_name_that_is_a_protected_one_s_but_for_case_or_normalisation_deceives() {
    let (repo, server) = pair(&protecting(""));
    server.git(&["update-ref", "refs/heads/release/1", "main"]).ok();
    for (name, twin) in [("MAIN", "main"), ("Main", "main"), ("Release/1", "release/1"), ("zwo\u{308}lf", "zw\u{f6}lf")] {
        let expected = format!("`refs/heads/{name}` is protected `{twin}` but for case or normalisation");
        assert_eq!(said(&repo, &server, &format!("refs/heads/{name}"), "", "main"), [expected]);
    }
    let push = repo.git(&["push", "-q", "origin", "HEAD:refs/heads/Main"]).rejected();
    let expected = "error[protected-ref]: `refs/heads/Main` is protected `main` but for case or normalisation\n  \
           help: push to a branch of another name\n";
    assert_eq!(block(&push.err(), RULE), expected);
    // what stands there already may always go
    server.git(&["update-ref", "refs/heads/Main", "main"]).ok();
    assert_eq!(said(&repo, &server, "refs/heads/Main", "main", ""), [""; 0]);
}

#[test]
fn a_name_that_git_takes_for_another_deceives() {
    let (repo, server) = pair(&protecting(""));
    for (name, what) in [
        ("refs/heads/HEAD", "is taken for HEAD"),
        ("refs/heads/refs/heads/main", "is taken for a full ref name"),
        ("refs/heads/refs/x", "is taken for a full ref name"),
        ("refs/heads/refs", "is taken for a full ref name"),
    ] {
        assert_eq!(said(&repo, &server, name, "", "main"), [format!("`{name}` {what}")]);
    }
    for name in ["refs/heads/HEADS", "refs/heads/refsx/y", "refs/heads/x/HEAD"] {
        assert_eq!(said(&repo, &server, name, "", "main"), [""; 0]);
    }
}

#[test]
fn a_branch_or_tag_reaches_a_commit() {
    let (repo, server) = pair(&protecting(""));
    repo.git(&["tag", "blob", "HEAD:a.txt"]).ok();
    repo.git(&["tag", "-a", "-m", "t", "tree", "HEAD^{tree}"]).ok();
    repo.git(&["tag", "-a", "-m", "c", "good"]).ok();
    for name in ["blob", "tree"] {
        let full = format!("refs/tags/{name}");
        assert_eq!(said(&repo, &server, &full, "", &full), [format!("`{full}` reaches no commit")]);
        let branch = format!("refs/heads/{name}");
        assert_eq!(said(&repo, &server, &branch, "", &full), [format!("`{branch}` reaches no commit")]);
        let push = repo.git(&["push", "-q", "origin", &full]).rejected();
        assert!(block(&push.err(), RULE).starts_with(&format!("error[protected-ref]: `{full}` reaches no commit\n")));
    }
    repo.git(&["push", "-q", "origin", "good"]).ok();
}

#[test]
fn a_tag_s_commits_are_judged_like_a_branch_s() {
    let (repo, server) = pair(&protecting("[defaults]\nmax-files-per-commit = 1\n"));
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write_many("x", 2).commit_unjudged("two");
    repo.git(&["tag", "-a", "-m", "t", "v1"]).ok();
    let json = received(&repo, &server, &[("refs/tags/v1", "", "v1")]);
    assert_only_violated(&json, &["file-limit"]);
    assert_eq!(reasons(&json, "landing", RULE), ["`refs/tags/v1` may be updated like this"]);
}

#[test]
fn so_many_refs_at_a_time_and_no_more_and_it_is_said_once() {
    let policy = protecting("[refs]\nmax-per-push = 2\n");
    let (repo, server) = pair(&policy);
    let update = |name: &'static str| (name, "", "main");
    let two = [update("refs/heads/a"), update("refs/heads/b")];
    assert_accepted(&received(&repo, &server, &two));
    let json = received(&repo, &server, &[two[0], two[1], update("refs/tags/c")]);
    let expected = json!({
        "message": "3 ref updates in this push, 2 allowed", "scope": "landing", "paths": [], "measured": 3, "limit": 2,
        "suite": null, "demanded": null, "found": null, "policy": at(&policy, "max-per-push"),
        "help": "push fewer refs at a time", "next": [],
    });
    assert_eq!(violations(&json, "landing", RULE), [&expected]);
    let (repo, server) = pair(&protecting(""));
    let names: Vec<String> = (0..51).map(|n| format!("refs/heads/b{n}")).collect();
    let updates: Vec<(&str, &str, &str)> = names.iter().map(|name| (name.as_str(), "", "main")).collect();
    assert_accepted(&received(&repo, &server, &updates[..50]));
    let json = received(&repo, &server, &updates);
    let violation = assert_violated(&json, "landing", RULE);
    assert_eq!((&violation["measured"], &violation["limit"], &violation["policy"]), (&51.into(), &50.into(), &Value::Null));
}

#[test]
fn evidence_is_added_to_and_never_rewritten() {
    let (repo, server) = pair(&protecting("[suite.unit]\nrun = \"true\"\n"));
    repo.guard(&["test", "unit"]).ok();
    let notes = repo.git(&["for-each-ref", "--format=%(refname)", "refs/notes/guard/"]).ok().line();
    assert_eq!(said(&repo, &server, &notes, "", &notes), [""; 0]);
    repo.git(&["push", "-q", "origin", &notes]).ok();
    let first = repo.rev(&notes);
    repo.write("x", "x\n").stage().guard(&["test", "unit"]).ok();
    assert_eq!(said(&repo, &server, &notes, &first, &notes), [""; 0]);
    let expected = [format!("`{notes}` holds evidence and can't be rewritten")];
    assert_eq!(said(&repo, &server, &notes, &first, ""), expected);
    repo.git(&["update-ref", "-d", &notes]).ok();
    repo.guard(&["test", "unit", "--again"]).ok();
    assert_eq!(said(&repo, &server, &notes, &first, &notes), expected);
    repo.git(&["push", "-q", "--force", "origin", &notes]).rejected().says("holds evidence and can't be rewritten");
    server.login("boss");
    assert_eq!(said(&repo, &server, &notes, &first, ""), expected);
}

#[test]
fn a_symbolic_ref_on_the_server_is_what_it_stands_for() {
    let (repo, server) = pair(&protecting(""));
    server.git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]).ok();
    assert_eq!(said(&repo, &server, "refs/heads/alias", "main", "main^"), ["`refs/heads/alias` is protected and can't be rewound"]);
    repo.git(&["push", "-q", "--force", "origin", "main^:refs/heads/alias"]).rejected();
    repo.write("c", "c\n").commit_unjudged("c");
    repo.git(&["push", "-q", "origin", "HEAD:refs/heads/alias"]).ok();
    assert_eq!(server.rev("main"), repo.rev("HEAD"));
}

#[test]
fn without_a_push_no_ref_is_moved() {
    let repo = working(&protecting(""));
    repo.write("x", "x\n").commit_unjudged("x");
    let json = repo.json(&["check"]);
    assert_eq!((words(&json, "landing", RULE), reasons(&json, "landing", RULE)), (vec!["not-applicable"], vec!["no ref is moved"]));
    assert_eq!(reasons(&staged(&repo), "index", RULE), ["a push moves refs, not a commit"]);
}
