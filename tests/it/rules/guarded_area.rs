//! No touch of a guarded area without evidence.

mod stages;
mod trees;

use super::*;

const RULE: &str = "guarded-area";

/// `ok` must be there for `integration` to pass.
fn guarded() -> String {
    with_dev(
        "[specialist.gateway]\nusers = [\"gateway\"]\nemails = [\"gateway@example.org\"]\nrequires = [\"api\"]\n\
         [area.middleware]\npaths = [\"**/middleware/\"]\nlines = ['\\.add_middleware\\s*\\(']\nrequires = [\"integration\"]\n\
         [area.database]\npaths = [\"db/\"]\naffects = [\"auth\"]\n\
         [area.auth]\npaths = [\"auth/\"]\nrequires = [\"login\"]\naffects = [\"sessions\", \"database\"]\n\
         [area.sessions]\npaths = [\"sessions/\"]\nrequires = [\"cookies\", \"login\"]\n\
         [suite.integration]\nrun = \"test -e ok\"\n[suite.login]\nrun = \"true\"\n[suite.cookies]\nrun = \"true\"\n[suite.api]\nrun = \"true\"\n\
         [evidence]\ncommit = \"recorded\"\nbranch = \"claimed\"\nland = \"claimed\"\n",
    )
}

fn repo() -> Repo {
    repo_under(&guarded())
}

fn repo_under(policy: &str) -> Repo {
    let repo = Repo::with_policy(policy);
    repo.write("ok", "").write("middleware/m.py", "m\n").write("app.py", "app = App()\napp.add_middleware(A)\napp.run()\n");
    repo.write("db/1.sql", "1\n").write("auth/login.py", "l\n").commit_unjudged("before");
    repo
}

/// Suites that are missing on the index, and what each violation says.
#[track_caller]
fn missing(repo: &Repo) -> Vec<(String, String)> {
    let json = staged(repo);
    let text = |v: &Value, key: &str| v[key].as_str().unwrap().to_owned();
    violations(&json, "index", RULE).iter().map(|v| (text(v, "suite"), text(v, "message"))).collect()
}

#[test]
fn says_what_is_touched_where_and_which_suite_has_not_passed_on_this_tree() {
    let repo = repo();
    repo.write("app.py", "app = App()\napp.add_middleware(B)\napp.run()\n").write("lib/middleware/x.py", "x\n").stage();
    let (place, tree) = (format!("(main@{})", &repo.rev("main")[..7]), repo.index_tree());
    let expected = format!(
        "error[guarded-area]: area `middleware` touched, suite `integration` not proven on this tree\n  \
           lib/middleware/x.py\n  \
           app.py:2  app.add_middleware(B)\n  \
           needs recorded, found none for tree {}\n  \
           policy.toml:14  requires = [\"integration\"]       {place}\n  \
           help: run the suite on this tree, once nothing else is to change\n  \
           next: guard test integration\n",
        &tree[..7]
    );
    assert_eq!(block(&repo.guard(&["check", "--staged"]).rejected().out(), RULE), expected);
    let json = staged(&repo);
    let expected = json!({
        "message": "area `middleware` touched, suite `integration` not proven on this tree", "scope": "commit",
        "paths": ["app.py", "lib/middleware/x.py"], "measured": null, "limit": null,
        "suite": "integration", "demanded": "recorded", "found": "none", "policy": at(&guarded(), "requires = [\"integration\"]"),
        "help": "run the suite on this tree, once nothing else is to change", "next": ["guard test integration"],
    });
    assert_eq!(*assert_violated(&json, "index", RULE), expected);
    assert_only_violated(&json, &[RULE]);
    assert_eq!(reasons(&json, "session", RULE), ["a tree is proven, not a session"]);
    paste(&repo, &expected);
    let json = repo.json(&["check", "--staged"]);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["1 demand proven on this tree"]);
}

#[test]
fn what_touches_nothing_needs_nothing() {
    let repo = repo();
    repo.write("app.py", "import os\n\napp = App()\napp.add_middleware(A)\napp.stop()\n").write("middlewares/x", "x\n");
    let json = staged(&repo);
    assert_accepted(&json);
    assert_eq!(reasons(&json, "index", RULE), ["nothing that is touched demands a suite"]);
    assert_eq!(judgement(&json, "index")["areas"], json!([]));
}

#[test]
fn lines_that_match_must_be_the_same_in_text_number_and_order() {
    let two = "a.add_middleware(A)\nb.add_middleware(B)\n";
    let repo = repo();
    repo.write("app.py", two).write("data.bin", format!("\0{two}")).commit_unjudged("two");
    for (file, content) in [
        ("app.py", "b.add_middleware(B)\na.add_middleware(A)\n"),
        ("app.py", "a.add_middleware(A)\n"),
        ("app.py", "a.add_middleware(A)\nb.add_middleware(B)\nb.add_middleware(B)\n"),
        ("app.py", "a.add_middleware (A)\nb.add_middleware(B)\n"),
        ("app.py", "a.add_middleware(A)\r\nb.add_middleware(B)\r\n"),
        ("data.bin", "\0a.add_middleware(A)\n"),
        ("new.py", "a.add_middleware(A)\n"),
    ] {
        repo.write(".gitattributes", "* binary -diff\n").write(file, content);
        assert_eq!(missing(&repo).len(), 1, "{content:?}");
        repo.git(&["reset", "-q", "--hard"]).ok();
    }
    repo.write("app.py", format!("first\n{}last\n", two.replace('\n', "\nbetween\n")));
    assert_eq!(missing(&repo), []);
}

#[test]
fn both_sides_of_a_move_a_deletion_a_mode_and_a_link_touch() {
    let repo = repo();
    for command in [
        "git mv middleware/m.py m.py",
        "git mv ok middleware/ok",
        "git rm -q middleware/m.py",
        "git update-index --chmod=+x middleware/m.py",
        "git rm -q -r middleware; ln -s a.txt middleware; git add middleware",
        "git rm -q app.py",
        "mkdir -p lib/MIDDLEWARE; touch lib/MIDDLEWARE/x; git add lib",
    ] {
        repo.run("sh", &["-c", command]).ok();
        assert_eq!(violations(&repo.json(&["check", "--staged"]), "index", RULE).len(), 1, "{command}");
        repo.git(&["reset", "-q", "--hard"]).ok();
    }
    repo.link("door", "middleware/m.py");
    let json = staged(&repo);
    assert_eq!(assert_violated(&json, "index", RULE)["paths"], json!(["door"]));
}

#[test]
fn what_an_area_affects_is_demanded_too_and_so_on_round_in_circles() {
    let repo = repo();
    repo.write("db/1.sql", "one\n");
    let what = |suite: &str| (suite.to_owned(), format!("area `database` touched, suite `{suite}` not proven on this tree"));
    assert_eq!(missing(&repo), [what("login"), what("cookies")]);
    let out = repo.guard(&["check", "--staged"]).rejected().out();
    let reached = "  `database` affects `auth`, which adds `login`\n  `auth` affects `sessions`, which adds `cookies`, `login`\n  needs recorded";
    assert_eq!(out.matches(reached).count(), 2, "every violation says what the touch reaches\n{out}");
    let json = repo.json(&["check", "--staged"]);
    let at_line = |n: usize| violations(&json, "index", RULE)[n]["policy"].clone();
    assert_eq!(at_line(0), at(&guarded(), "requires = [\"login\"]"));
    assert_eq!(at_line(1)["line"], at(&guarded(), "requires = [\"cookies\"")["line"]);
    violations(&json, "index", RULE).iter().for_each(|violation| paste(&repo, violation));
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn each_area_that_is_touched_says_it_and_each_suite_is_run_once() {
    let repo = repo();
    repo.write("auth/login.py", "new\n").write("sessions/s.py", "new\n");
    let suites: Vec<String> = missing(&repo).into_iter().map(|(suite, _)| suite).collect();
    assert_eq!(suites, ["login", "cookies", "cookies", "login"]);
    repo.guard(&["test", "login"]).ok();
    let suites: Vec<String> = missing(&repo).into_iter().map(|(suite, _)| suite).collect();
    assert_eq!(suites, ["cookies", "cookies"]);
    repo.guard(&["test", "cookies"]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
}

#[test]
fn work_of_a_specialist_needs_the_specialist_s_suites_wherever_it_is() {
    let repo = repo();
    repo.author("gateway@example.org").write("README", "r\n");
    assert_eq!(missing(&repo), [("api".to_owned(), "work of `gateway`, suite `api` not proven on this tree".to_owned())]);
    let json = repo.json(&["check", "--staged"]);
    assert_eq!(assert_violated(&json, "index", RULE)["paths"], json!(["README"]));
    paste(&repo, assert_violated(&json, "index", RULE));
    assert_accepted(&repo.json(&["check", "--staged"]));
    repo.commit_unjudged("by gateway");
    // nothing of one's own needs nothing: an empty commit, a clean merge
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.commit_unjudged("empty");
    assert_eq!(reasons(&repo.json(&["check"]), "landing", RULE), ["nothing that is touched demands a suite"]);
}

#[test]
fn every_way_in_which_evidence_does_not_count_has_a_name() {
    let repo = repo();
    repo.write("middleware/m.py", "broken\n").git(&["rm", "-q", "ok"]).ok();
    repo.stage().guard(&["test", "integration"]).rejected();
    let says = |words: &str| {
        repo.guard(&["check", "--staged"]).rejected().says("needs recorded, found none for tree").says(words);
    };
    says("does not count: the run failed: exit status 1");
    repo.write("ok", "").stage();
    repo.guard(&["check", "--staged"]).rejected().says_not("does not count");
    repo.guard(&["test", "integration"]).ok();
    repo.git(&["switch", "-q", "-c", "work"]).ok();
    repo.git(&["commit", "-q", "-m", "broken"]).ok();
    assert_accepted(&repo.json(&["check"]));
    // the suite's table is another now, and the proof of the old one is worth nothing
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", guarded().replace("test -e ok", "test -e ok && true")).commit_unjudged("policy");
    repo.git(&["switch", "-q", "work"]).ok();
    repo.guard(&["check"]).rejected().says("does not count: the suite was defined otherwise when it ran");
    repo.git(&["switch", "-q", "main"]).ok();
    repo.write("policy.toml", format!("# a comment\n{}", guarded())).commit_unjudged("policy");
    repo.git(&["switch", "-q", "work"]).ok();
    assert_accepted(&repo.json(&["check"]));
}

#[test]
fn what_cannot_be_searched_leaves_it_undecided_unless_the_suite_has_passed() {
    let repo = repo();
    std::fs::File::create(repo.file("dump")).unwrap().set_len((64 << 20) + 1).unwrap();
    let json = staged(&repo);
    assert_eq!(json["decision"], "undecided");
    let because = "whether `dump` touches area `middleware` can't be told: it is over 64 MiB, too large to be searched for lines";
    assert_eq!((words(&json, "index", RULE), reasons(&json, "index", RULE)), (vec!["indeterminate"], vec![because]));
    repo.guard(&["test", "integration"]).ok();
    assert_accepted(&repo.json(&["check", "--staged"]));
}
