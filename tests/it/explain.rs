//! `guard explain`: a rule in full, or what a path would demand.

use crate::scene::*;
use crate::support::*;

const RICH: &str = r#"version = 1
base = "main"

[owners]
users = ["boss"]

[specialist.dev]
emails = ["author@example.org"]
allowed = ["api/", "db/"]
prohibited = ["area:auth"]
requires = ["unit"]

[specialist."*"]
allowed = ["docs/"]

[area.database]
paths = ["db/"]
forbid = ["delete"]
requires = ["pool"]
affects = ["auth"]

[area.auth]
paths = ["**/auth/"]
lines = ['login\(']
requires = ["login"]

[area.controls]
paths = [".github/"]
owners-only = true

[suite.unit]
run = "true"
[suite.pool]
run = "true"
[suite.login]
run = "true"

[evidence]
land = "claimed"
"#;

fn json(repo: &Repo, what: &str) -> serde_json::Value {
    serde_json::from_str(&repo.guard(&["explain", what, "--format", "json"]).ok().out()).unwrap()
}

#[test]
fn every_rule_is_explained_in_full() {
    let repo = Repo::new();
    let list = repo.guard(&["explain"]).ok().out();
    for rule in rule_ids() {
        assert!(list.contains(&format!("  {rule:<17} ")), "{rule}\n{list}");
        let text = repo.guard(&["explain", rule]).ok().out();
        assert!(text.starts_with(&format!("{rule}: ")), "{text}");
        for part in ["Why: ", "To satisfy it: ", &format!("error[{rule}]: ")] {
            assert!(text.contains(part), "`{rule}` lacks `{part}`\n{text}");
        }
        assert!(text.lines().all(|line| line.starts_with("    ") || line.chars().count() <= 88), "{text}");
        assert_eq!(json(&repo, rule)["rule"]["id"], rule);
    }
}

#[test]
fn what_a_report_says_to_ask_is_answered() {
    let repo = guarded();
    repo.write_many("many", 6).write("middleware/auth.py", "pass\n").stage();
    let text = repo.guard(&["check", "--staged"]).rejected().out();
    let questions: Vec<&str> = text.split("why: ").nth(1).unwrap().split(" · ").map(str::trim).collect();
    assert_eq!(questions, ["guard explain file-limit", "guard explain guarded-area"]);
    questions.iter().for_each(|question| drop(repo.run("sh", &["-c", question]).ok()));
}

#[test]
fn a_misspelt_rule_is_guessed() {
    let repo = guarded();
    repo.guard(&["explain", "file-limits"]).undecided().says("no rule `file-limits`").says("did you mean `file-limit`?");
    repo.guard(&["explain", "nonsense"]).undecided().says("no rule `nonsense`").says("guard explain ./nonsense");
}

#[test]
fn a_path_s_areas_people_and_demands() {
    let repo = Repo::with_policy(RICH);
    repo.write("db/auth/users.py", "x\n").write("api/x.py", "x\n").write(".github/ci.yml", "x\n").commit_unjudged("files");
    let run = repo.guard(&["explain", "db/auth/users.py"]).ok().says("by main:policy.toml");
    run.says("database").says("by `db/`, line 17").says("auth").says("pool").says("login");
    let facts = json(&repo, "db/auth/users.py");
    let names = |key: &str, field: &str| -> Vec<String> {
        facts[key].as_array().unwrap().iter().map(|a| a[field].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("areas", "name"), ["database", "auth"]);
    assert_eq!((&facts["areas"][0]["forbid"], &facts["trusted"]), (&serde_json::json!(["delete"]), &true.into()));
    assert_eq!(facts["specialists"][0]["may"], false, "an area is prohibited: {facts:#}");
    let suites = names("suites", "suite");
    for suite in ["pool", "login", "unit"] {
        assert!(suites.iter().any(|s| s == suite), "{suites:?}");
    }
    let facts = json(&repo, "api/x.py");
    assert_eq!((&facts["areas"], &facts["specialists"][0]["may"]), (&serde_json::json!([]), &true.into()));
    assert_eq!(json(&repo, ".github/ci.yml")["owners_only"], true);
    assert_eq!(json(&repo, "policy.toml")["owners_only"], true);
}

#[test]
fn a_path_that_is_not_there_yet_and_one_from_below() {
    let repo = Repo::with_policy(RICH);
    repo.write("db/x.py", "x\n").commit_unjudged("files");
    repo.guard(&["explain", "db/new.py"]).ok().says("nothing of that name is here yet").says("database");
    let below = repo.within("db");
    below.guard(&["explain", "x.py"]).ok().says("db/x.py");
    below.guard(&["explain", "./x.py"]).ok().says("db/x.py");
    below.guard(&["explain", "../api/y.py"]).ok().says("api/y.py");
    repo.guard(&["explain", "../outside"]).undecided();
    repo.guard(&["explain", "/etc/passwd"]).undecided();
    // a rule's name is the rule; ./NAME is the path
    repo.write("scope", "x\n").guard(&["explain", "./scope"]).ok().says("scope\n  by main");
}

#[test]
fn paths_of_any_bytes_are_shown_escaped() {
    let repo = Repo::with_policy(RICH);
    let text = repo.guard(&["explain", "db/\u{1b}[31mred\u{202e}"]).ok().out();
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::OsStr::from_bytes(b"db/n\xffame");
    let run = repo.guard(&[std::ffi::OsStr::new("--format"), "json".as_ref(), "explain".as_ref(), path]).ok();
    let facts: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&facts["path"]["bytes"], &facts["areas"][0]["name"]), (&"ZGIvbv9hbWU=".into(), &"database".into()));
}

#[test]
fn by_another_policy_or_none() {
    let repo = Repo::with_policy(RICH);
    repo.write("other.toml", POLICY);
    repo.guard(&["explain", "middleware/x", "--policy", "other.toml"])
        .ok()
        .says("which is not the trusted policy")
        .says("integration");
    let repo = Repo::new();
    repo.write("a.txt", "a\n").commit_unjudged("start");
    repo.guard(&["explain", "a.txt"]).undecided().says("there is no policy");
    let server = Repo::with_policy(RICH).remote();
    server.guard(&["explain", "db/x"]).ok().says("database");
}

#[test]
fn an_area_s_reach_is_told_where_it_is_asked_where_it_is_broken_and_as_a_graph() {
    let repo = Repo::with_policy(RICH);
    repo.guard(&["explain", "db/x.sql"]).ok().says("what a touch reaches").says("affected by `database`; adds `login`");
    assert_eq!(json(&repo, "db/x.sql")["reaches"][1]["way"], serde_json::json!(["database", "auth"]));
    repo.write("db/x.sql", "one\n").stage();
    repo.guard(&["check", "--staged"]).rejected().says("`database` affects `auth`, which adds `login`");
    let graph = repo.guard(&["policy", "show", "--graph"]).ok().out();
    assert!(graph.starts_with("database\n  touched by   db/\n  demands      pool\n  affects      auth: adds login\n"), "{graph}");
    let svg = repo.guard(&["policy", "show", "--graph", "svg"]).ok().out();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && svg.contains(">database</text>"), "{svg}");
    let data: serde_json::Value =
        serde_json::from_str(&repo.guard(&["policy", "show", "--graph", "--format", "json"]).ok().out()).unwrap();
    assert_eq!(data["areas"][0]["reaches"][0]["adds"], serde_json::json!(["login"]));
}

#[test]
fn a_link_is_explained_by_where_it_leads_and_a_bad_name_by_safe_path() {
    let policy = "version = 1\nbase = \"main\"\n[specialist.web]\nemails = [\"web@agents.example\"]\nallowed = [\"docs/\"]\n\
                  [specialist.ops]\nemails = [\"ops@agents.example\"]\nprohibited = [\"api/\"]\n[area.mw]\npaths = [\"api/\"]\nrequires = [\"s\"]\n\
                  [suite.s]\nrun = \"true\"\n";
    let repo = Repo::with_policy(policy);
    repo.write("api/m", "m\n").write("docs/d", "d\n").write("aux.c", "a\n");
    for (link, to) in [("docs/link", "../api/m"), ("docs/chain", "link"), ("docs/free", "d"), ("docs/out", "/etc/passwd")] {
        std::os::unix::fs::symlink(to, repo.path().join(link)).unwrap();
    }
    repo.stage();
    let may = |path: &str| {
        let out: serde_json::Value =
            serde_json::from_slice(&repo.guard(&["explain", path, "--format", "json"]).ok().stdout).unwrap();
        let people: Vec<bool> = out["specialists"].as_array().unwrap().iter().map(|who| who["may"].as_bool().unwrap()).collect();
        (people, out["areas"].as_array().unwrap().len())
    };
    assert_eq!(may("api/m"), (vec![false, false], 1));
    assert_eq!(may("docs/link"), (vec![false, false], 1), "a link into a guarded area");
    assert_eq!(may("docs/chain"), (vec![false, false], 1), "over another link");
    assert_eq!(may("docs/free"), (vec![true, true], 0));
    assert_eq!(may("docs/out"), (vec![false, false], 0));
    assert_eq!(may("aux.c"), (vec![false, true], 0), "a name that stands there may be edited");
    assert_eq!(may("docs/con.c"), (vec![false, false], 0), "a new one is judged");
    repo.guard(&["explain", "docs/link"])
        .ok()
        .says("a symbolic link to `api/m`")
        .says("safe-path: a symbolic link into guarded area `mw`");
    repo.guard(&["explain", "docs/out"]).ok().says("out of the repository, to `/etc/passwd`");
    repo.guard(&["explain", "./docs/a\u{2}b"]).ok().says("nobody may have it: safe-path: a control or invisible character");
}
