//! No path outside what a specialist may touch.

use super::*;

const RULE: &str = "scope";

fn scoped() -> String {
    with_dev(
        "allowed = [\"api/\", \"docs/*.md\", \"über/\"]\n[specialist.web]\nemails = [\"web@example.org\"]\n\
         prohibited = [\"api/\", \"**/db/\", \"area:middleware\", \"größe/\"]\n\
         [area.middleware]\npaths = [\"middleware/\"]\nlines = ['add_middleware']\n",
    )
}

fn repo() -> Repo {
    let repo = Repo::with_policy(&scoped());
    repo.write("api/a.py", numbered("a", 5)).write("middleware/m.py", "m\n").write("web/w.ts", numbered("w", 5));
    repo.commit_unjudged("before");
    repo
}

/// Somebody who may touch anything but what is prohibited.
fn web() -> Repo {
    let repo = repo();
    repo.author("web@example.org");
    repo
}

/// The messages of the index's violations.
#[track_caller]
fn said(repo: &Repo) -> Vec<String> {
    let json = staged(repo);
    messages(&json, "index", RULE)
}

#[track_caller]
fn passes(repo: &Repo) {
    assert_eq!(reasons(&staged(repo), "index", RULE), ["every path is within the specialist's scope"]);
}

#[test]
fn says_what_is_outside_of_what_is_allowed() {
    let repo = repo();
    repo.write("api/b.py", "b\n").write("web/w.ts", "w\n").write("Makefile", "all:\n").stage();
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    let expected = format!(
        "error[scope]: `Makefile` and 1 more: outside what `dev` may touch\n  \
           Makefile  web/w.ts\n  \
           policy.toml:7  allowed = [\"api/\", \"docs/*.md\", \"über/…  {place}\n  \
           help: take these paths out of the index\n  \
           next: git restore --staged -- Makefile web/w.ts\n"
    );
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "`Makefile` and 1 more: outside what `dev` may touch", "scope": "commit", "paths": ["Makefile", "web/w.ts"],
        "measured": null, "limit": null, "suite": null, "demanded": null, "found": null, "policy": at(&scoped(), "allowed"),
        "help": "take these paths out of the index", "next": ["git restore --staged -- Makefile web/w.ts"],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    paste(&repo, &expected);
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn says_each_prohibition_by_itself_with_its_own_place() {
    let repo = web();
    repo.write("api/b.py", "b\n").write("app/db/1.sql", "1\n").write("app/db/2.sql", "2\n").write("web/w.ts", "add_middleware\n");
    let json = staged(&repo);
    let found = violations(&json, "index", RULE);
    let facts: Vec<(&Value, &Value)> = found.iter().map(|v| (&v["message"], &v["paths"])).collect();
    let expected = [
        (json!("`api/b.py`: in `api/`, which `web` may not touch"), json!(["api/b.py"])),
        (json!("`app/db/1.sql` and 1 more: in `**/db/`, which `web` may not touch"), json!(["app/db/1.sql", "app/db/2.sql"])),
        (json!("area `middleware` touched, which `web` may not touch"), json!(["web/w.ts"])),
    ];
    assert_eq!(facts, expected.iter().map(|(message, paths)| (message, paths)).collect::<Vec<_>>());
    assert_eq!(found[0]["policy"]["line"], at(&scoped(), "prohibited")["line"]);
    assert_eq!(found[2]["policy"]["line"], at(&scoped(), "prohibited")["line"]);
    assert!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE).contains("api/b.py\n"));
    repo.guard(&["check", "--staged"]).rejected().says("web/w.ts:1  add_middleware");
    found.iter().for_each(|violation| paste(&repo, violation));
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn a_trailing_slash_is_everything_below_and_the_entry_itself_and_a_star_stays_within_its_directory() {
    let repo = repo();
    repo.write("api/deep/er/x.py", "x\n").write("docs/a.md", "a\n");
    passes(&repo);
    repo.write("docs/deep/b.md", "b\n").write("rapi/c", "c\n");
    assert_eq!(said(&repo), ["`docs/deep/b.md` and 1 more: outside what `dev` may touch"]);
    let repo = web();
    repo.write("lib/db", "a file\n").write("db", "another\n");
    assert_eq!(said(&repo), ["`db` and 1 more: in `**/db/`, which `web` may not touch"]);
}

#[test]
fn permissions_are_read_by_exact_bytes_and_prohibitions_generously() {
    let repo = repo();
    repo.write("\u{fc}ber/a", "composed\n");
    passes(&repo);
    for other in ["API/x.py", "u\u{308}ber/a"] {
        repo.git(&["reset", "-q", "--hard"]).ok();
        repo.write(other, "x\n");
        assert_eq!(said(&repo).len(), 1, "{other}");
    }
    let repo = web();
    for other in ["API/x.py", "lib/DB/x", "gro\u{308}\u{df}e/x", "GRÖSSE/x"] {
        repo.write(other, "x\n");
        assert_eq!(said(&repo).len(), 1, "{other}");
        repo.remove(other);
    }
}

#[test]
fn both_sides_of_a_move_are_looked_at() {
    let dev = repo();
    dev.git(&["mv", "web/w.ts", "api/w.ts"]).ok();
    assert_eq!(said(&dev), ["`web/w.ts`: outside what `dev` may touch"]);
    let web = web();
    web.git(&["mv", "api/a.py", "web/a.py"]).ok();
    assert_eq!(said(&web), ["`api/a.py`: in `api/`, which `web` may not touch"]);
    paste(&web, assert_violated(&staged(&web), "index", RULE));
    assert_accepted(&web.json(&["check", "--staged"]));
}

#[test]
fn a_link_is_looked_at_where_it_points_too() {
    let dev = repo();
    dev.link("api/door", "../web/w.ts").stage();
    let json = staged(&dev);
    let violation = assert_violated(&json, "index", RULE);
    assert_eq!(
        (&violation["message"], &violation["paths"]),
        (&"`api/door`: outside what `dev` may touch".into(), &json!(["api/door"]))
    );
    dev.guard(&["check", "--staged"]).rejected().says("`api/door` is a symbolic link to `web/w.ts`");
    let web = web();
    web.link("web/door", "../api/a.py").link("web/other", "../middleware/m.py");
    let json = staged(&web);
    let expected = ["`web/door`: in `api/`, which `web` may not touch", "area `middleware` touched, which `web` may not touch"];
    assert_eq!(said(&web), expected);
    for violation in violations(&json, "index", RULE) {
        paste(&web, violation);
    }
    assert_accepted(&web.json(&["check", "--staged"]));
}

#[test]
fn a_link_whose_target_cannot_be_told_leaves_it_undecided() {
    let repo = Repo::with_policy(&format!("{}[paths]\nsymlinks = \"allow\"\n", scoped()));
    let blob = repo.run_with("git", &["hash-object", "-w", "--stdin"], "x/".repeat(2100).as_bytes()).ok().line();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{blob},api/door")]).ok();
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(json["decision"], "undecided");
    let because =
        "where the symbolic link `api/door` points can't be told: the target of a symbolic link is 4200 bytes long, over 4096";
    assert_eq!((words(&json, "index", RULE), reasons(&json, "index", RULE)), (vec!["indeterminate"], vec![because]));
    repo.guard(&["check", "--staged"]).undecided().says("scope");
}

#[test]
fn who_has_no_scope_is_not_asked() {
    let policy = policy("[owners]\nemails = [\"boss@example.org\"]\n[specialist.free]\nemails = [\"free@example.org\"]\n");
    let repo = Repo::with_policy(&policy);
    repo.write("x", "x\n");
    for (who, because) in [
        ("free@example.org", "the specialist may touch any path"),
        ("boss@example.org", "an owner without an entry may touch any path"),
        ("stranger@example.org", "somebody unknown has no scope"),
    ] {
        repo.author(who);
        let json = staged(&repo);
        assert_eq!((words(&json, "index", RULE), reasons(&json, "index", RULE)), (vec!["not-applicable"], vec![because]));
        assert_eq!(reasons(&json, "session", RULE), ["the commits are judged one by one"]);
    }
}

#[test]
fn at_every_door_and_although_it_was_taken_back() {
    let repo = repo();
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("web/w.ts", "w\n").write("api/b.py", "b\n").commit_unjudged("outside");
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    for json in [repo.json(&["check"]), received(&repo, &server, &[("refs/heads/work", "", "HEAD")])] {
        assert_eq!(words(&json, "commit", RULE), ["violated", "violated"]);
        assert_eq!(words(&json, "landing", RULE), ["not-applicable"]);
    }
    let push = repo.git(&["push", "-q", "origin", "work"]).rejected();
    assert!(block(&push.err(), RULE).starts_with("error[scope]: `web/w.ts`: outside what `dev` may touch\n"));
    repo.git(&["reset", "-q", "--hard", "HEAD^"]).ok();
    paste(&repo, assert_violated(&repo.json(&["check"]), "commit", RULE));
    paste(&repo, assert_violated(&repo.json(&["check", "--staged"]), "index", RULE));
    repo.git(&["commit", "-q", "-m", "inside"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_merge_of_what_others_did_is_no_touch_of_it() {
    let repo = repo();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("api/b.py", "b\n").commit_unjudged("mine");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.author("web@example.org").write("web/w.ts", "theirs\n").commit_unjudged("theirs");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.author("author@example.org").git(&["merge", "-q", "--no-edit", "main"]).ok();
    assert_accepted(&repo.json(&["check"]));
    repo.write("web/w.ts", "slipped in\n").git(&["commit", "-q", "-a", "--amend", "--no-edit"]).ok();
    assert_eq!(assert_violated(&repo.json(&["check"]), "commit", RULE)["paths"], json!(["web/w.ts"]));
}
