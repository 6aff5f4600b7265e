//! No session over more areas than allowed.

use super::*;

const RULE: &str = "area-limit";

/// Two areas are allowed, of three by path and one by line.
fn limits() -> String {
    with_dev(
        "max-areas-per-session = 2\n\
         [area.api]\npaths = [\"api/\"]\n[area.database]\npaths = [\"migrations/\", \"**/db/\"]\n\
         [area.middleware]\npaths = [\"middleware/\"]\nlines = ['add_middleware']\n[area.webui]\npaths = [\"webui/\"]\n",
    )
}

/// A branch that changes these files.
fn changing(paths: &[&str]) -> Repo {
    let repo = working(&limits());
    for path in paths {
        repo.write(path, format!("{path}\n")).commit_unjudged(path);
    }
    repo
}

#[test]
fn says_which_areas_by_which_paths() {
    let repo = changing(&["api/a.py", "api/b.py", "webui/x.ts", "middleware/m.py", "README"]);
    let place = format!("(main@{})", &repo.rev("main")[..7]);
    let expected = format!(
        "error[area-limit]: 3 areas touched in this session, 2 allowed\n  \
           api/a.py  api/b.py  middleware/m.py  webui/x.ts\n  \
           `api`: `api/a.py` and 1 more\n  \
           `middleware`: `middleware/m.py`\n  \
           `webui`: `webui/x.ts`\n  \
           policy.toml:7  max-areas-per-session = 2        {place}\n  \
           help: let one area land before the next: `api`, `middleware`, `webui`\n"
    );
    assert_eq!(block(&repo.guard(&["check"]).rejected().out(), RULE), expected);
    let json = repo.json(&["check"]);
    let expected = json!({
        "message": "3 areas touched in this session, 2 allowed", "scope": "session",
        "paths": ["api/a.py", "api/b.py", "middleware/m.py", "webui/x.ts"], "measured": 3, "limit": 2,
        "suite": null, "demanded": null, "found": null, "policy": at(&limits(), "max-areas-per-session"),
        "help": "let one area land before the next: `api`, `middleware`, `webui`", "next": [],
    });
    assert_eq!(*assert_violated(&json, "session", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    assert_eq!(judgement(&json, "session")["areas"], json!(["api", "middleware", "webui"]));
}

#[test]
fn the_limit_itself_still_passes() {
    let repo = changing(&["api/a.py", "webui/x.ts", "elsewhere/y"]);
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "session", RULE), ["2 areas touched in this session, 2 allowed"]);
}

#[test]
fn without_the_key_there_is_no_limit_and_only_sessions_have_one() {
    let repo = working(&with_dev("[area.a]\npaths = [\"a.txt\"]\n"));
    repo.write("a.txt", "x\n").commit_unjudged("a");
    let json = repo.json(&["check"]);
    assert_eq!(reasons(&json, "session", RULE), ["no such limit"]);
    for kind in ["commit", "landing"] {
        assert_eq!(reasons(&json, kind, RULE), ["areas are counted over a session"]);
    }
}

#[test]
fn at_every_door() {
    let repo = Repo::with_policy(&limits());
    let server = server(&repo, "dev");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.write("api/a.py", "a\n").commit_unjudged("api");
    repo.write("webui/x.ts", "x\n").commit_unjudged("webui");
    repo.install().write("app/db/0.sql", "drop\n");
    let commit = repo.commit("database").rejected();
    assert!(block(&commit.err(), RULE).starts_with("error[area-limit]: 3 areas touched in this session, 2 allowed\n"));
    let json = staged(&repo);
    assert_violated(&json, "session", RULE);
    assert_eq!(words(&json, "index", RULE), ["not-applicable"]);
    repo.commit_unjudged("database");
    assert_violated(&received(&repo, &server, &[("refs/heads/work", "", "HEAD")]), "session", RULE);
    let push = repo.git(&["push", "-q", "--no-verify", "origin", "work"]).rejected();
    assert!(block(&push.err(), RULE).contains("`database`: `app/db/0.sql`\n"));
}

#[test]
fn several_refs_of_one_push_are_one_session() {
    let repo = Repo::with_policy(&limits());
    let server = server(&repo, "dev");
    for path in ["api/x", "webui/x", "middleware/x"] {
        let branch = path.split('/').next().unwrap();
        repo.git(&["switch", "-q", "-c", branch, "main"]).ok();
        repo.write(path, "x\n").commit_unjudged(branch);
    }
    let update = |name: &'static str| (name, "", name);
    let two = [update("refs/heads/api"), update("refs/heads/webui")];
    assert_accepted(&received(&repo, &server, &two));
    let three = [two[0], two[1], update("refs/heads/middleware")];
    assert_violated(&received(&repo, &server, &three), "session", RULE);
}

#[test]
fn a_move_touches_both_and_a_line_touches_from_anywhere() {
    let repo = working(&limits());
    repo.write("api/a.py", numbered("a", 9)).commit_unjudged("a");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.git(&["merge", "-q", "work"]).ok();
    repo.git(&["switch", "-q", "work"]).ok();
    repo.git(&["mv", "api", "webui"]).ok();
    repo.commit_unjudged("moved");
    assert_accepted(&repo.json(&["check"]));
    repo.write("main.py", "app.add_middleware(X)\n").commit_unjudged("line");
    let json = repo.json(&["check"]);
    let violation = assert_violated(&json, "session", RULE);
    assert_eq!(violation["paths"], json!(["api/a.py", "main.py", "webui/a.py"]));
}

#[test]
fn a_link_into_an_area_touches_it() {
    let repo = changing(&["api/a.py", "webui/x.ts"]);
    repo.link("door", "middleware/m.py").commit_unjudged("link");
    let json = repo.json(&["check"]);
    assert_eq!(assert_violated(&json, "session", RULE)["paths"], json!(["api/a.py", "door", "webui/x.ts"]));
}

#[test]
fn taking_a_change_back_frees_its_area() {
    let repo = changing(&["api/a.py", "webui/x.ts", "middleware/m.py"]);
    assert_violated(&repo.json(&["check"]), "session", RULE);
    repo.git(&["rm", "-q", "webui/x.ts"]).ok();
    repo.commit_unjudged("back");
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn a_return_to_a_proven_tree_of_the_base_is_exempt() {
    let suite = "[suite.unit]\nrun = \"true\"\n[evidence]\nland = \"claimed\"\n";
    let repo = Repo::with_policy(&format!("{}{suite}", limits()));
    let good = repo.rev("HEAD");
    repo.write("api/a", "a\n").write("webui/w", "w\n").write("middleware/m", "m\n").commit_unjudged("bad");
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["revert", "--no-edit", "HEAD"]).ok();
    assert_violated(&repo.json(&["check"]), "session", RULE);
    repo.guard(&["test", "unit", "--rev", &good]).ok();
    let json = repo.json(&["check"]);
    assert_accepted(&json);
    assert!(reasons(&json, "session", RULE)[0].ends_with(", and exempt: its tree is proven and stands in the base's history"));
}

#[test]
fn what_cannot_be_searched_for_lines_leaves_it_undecided_only_where_it_matters() {
    let repo = changing(&["api/a.py"]);
    std::fs::File::create(repo.file("dump")).unwrap().set_len((64 << 20) + 1).unwrap();
    assert_eq!(words(&staged(&repo), "session", RULE), ["satisfied"]);
    repo.write("webui/x.ts", "x\n");
    let json = staged(&repo);
    assert_eq!(json["decision"], "undecided");
    let because = "whether `dump` touches area `middleware` can't be told: it is over 64 MiB, too large to be searched for lines";
    assert_eq!((words(&json, "session", RULE), reasons(&json, "session", RULE)), (vec!["indeterminate"], vec![because]));
    repo.write("middleware/m.py", "m\n");
    assert_violated(&staged(&repo), "session", RULE);
}
