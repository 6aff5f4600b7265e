use snapbox::{IntoData as _, assert_data_eq, str};

use super::*;
use crate::policy::{PolicySource, load};

const POLICY: &str = r#"version = 1

[specialist.gateway]
emails = ["gateway@agents.example"]
allowed = ["api/"]
prohibited = ["area:database"]
requires = ["endpoints"]

[specialist."*"]
prohibited = ["API/csrf*"]

[area.database]
paths = ["api/db/"]
requires = ["pool"]
affects = ["auth"]
forbid = ["delete"]

[area.auth]
paths = ["**/auth/", "**/csrf*"]
lines = ['login']
requires = ["login-flow"]

[area.controls]
paths = ["policy.toml", ".github/"]
owners-only = true

[suite.endpoints]
run = "true"
[suite.pool]
run = "true"
[suite.login-flow]
run = "true"

[evidence]
commit = "recorded"
branch = "claimed"
land = "claimed"
"#;

fn about(path: &str) -> (String, serde_json::Value) {
    let source = PolicySource { name: "main:policy.toml".to_owned(), commit: None, blob: None, trusted: true };
    let policy = load(POLICY, source).unwrap();
    let change = crate::rules::fixture::change(path.as_bytes(), crate::model::FileStatus::Modified);
    let facts = facts::of(&policy, &change);
    (show::text(&facts, true), serde_json::from_str(&json::document(&facts)).unwrap())
}

#[test]
fn a_path_is_explained_with_all_that_it_demands() {
    assert_data_eq!(
        about("api/db/pool.py").0,
        str![[r#"
api/db/pool.py
  by main:policy.toml
areas:
  database                 by `api/db/`, line 13; nobody may delete here
  by content, wherever it is: auth (its lines that match)
who may touch it:
  gateway                  no (`prohibited` has `area:database`, line 6)
  *                        yes (nothing in its entry is against it)
what a touch reaches:
  auth                     affected by `database`; adds `login-flow`; `gateway` may work there
what a touch demands:
  pool                     area `database`
  login-flow               area `database`, which affects `auth`
  endpoints                work of `gateway`
proof: recorded before a commit, claimed in a push, claimed in a landing
next: guard test login-flow pool

"#]]
        .raw()
    );
}

#[test]
fn prohibitions_are_read_generously_and_permissions_strictly() {
    let may = |path: &str| {
        let specialists = about(path).1["specialists"].clone();
        (specialists[0]["may"].as_bool().unwrap(), specialists[1]["may"].as_bool().unwrap())
    };
    assert_eq!(may("api/x.py"), (true, true));
    assert_eq!(may("API/x.py"), (false, true));
    assert_eq!(may("api/CSRF.py"), (true, false));
    assert_eq!(about("api/CSRF.py").1["areas"][0]["name"], "auth");
}

#[test]
fn what_is_for_owners_is_said() {
    let (text, json) = about("policy.toml");
    assert!(
        text.contains("who may touch it: owners alone\n  gateway                  no (outside of `allowed`)\nwhat a touch demands"),
        "{text}"
    );
    assert_eq!(json["owners_only"], true);
    assert_eq!(about("README.md").1["areas"], serde_json::json!([]));
}

#[test]
fn a_misspelt_rule_is_told_from_a_path() {
    let error = unknown(OsStr::new("file-limits"));
    assert_eq!(error.help.as_deref(), Some("did you mean `file-limit`? guard explain file-limit"));
    let error = unknown(OsStr::new("zzz"));
    assert_eq!(error.help.as_deref(), Some("guard explain lists the rules; guard explain ./zzz is about the path"));
    for (word, rule) in [("file-limits", true), ("src/x", false), ("Makefile", false), ("./src", false), ("x.py", false)] {
        assert_eq!(could_be_rule(OsStr::new(word)), rule, "{word}");
    }
}

#[test]
fn every_rule_is_listed_and_explained() {
    for rule in RULES {
        assert!(rules_text().contains(&format!("  {:<17} {}\n", rule.id, rule.summary)));
        let json: serde_json::Value = serde_json::from_str(&rule_json(rule)).unwrap();
        assert_eq!((&json["version"], json["rule"]["id"].as_str()), (&1.into(), Some(rule.id)));
        assert!(!rule.summary.is_empty() && rule.explanation.ends_with('\n'), "{}", rule.id);
    }
}
