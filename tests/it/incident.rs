//! The incident replayed: one commit, 17 files over API, middleware and web UI, 292,900 insertions and 286,373 deletions,
//! middleware untested.

use super::support::*;

const FILES: u64 = 17;
const INSERTIONS: u64 = 292_900;
const DELETIONS: u64 = 286_373;
const NAMES: [&str; FILES as usize] = [
    "api/fixtures.sql",
    "api/openapi.json",
    "api/orders.json",
    "api/profile.json",
    "api/search.json",
    "middleware/csrf.py",
    "middleware/rates.map",
    "middleware/routes.map",
    "middleware/sessions.map",
    "webui/app.js",
    "webui/forms.js",
    "webui/hooks.js",
    "webui/icons.svg",
    "webui/index.html",
    "webui/locale.json",
    "webui/theme.css",
    "webui/vendor.js",
];

const POLICY: &str = r#"version = 1
base = "main"

[owners]
users = ["maintainer"]

[defaults]
max-files-per-commit = 10
max-files-per-session = 10
max-lines-per-commit = 500
max-lines-per-session = 1500
max-areas-per-session = 2

[specialist.backend-gateway-expert]
users = ["backend-bot"]
emails = ["backend-gateway-expert@agents.example"]
allowed = ["api/", "middleware/"]

[area.api]
paths = ["api/"]

[area.middleware]
paths = ["**/middleware/"]
requires = ["integration"]

[area.webui]
paths = ["webui/"]

[suite.integration]
run = "grep -q token middleware/csrf.py"
timeout = "1m"

[evidence]
commit = "recorded"
branch = "claimed"
land = "claimed"
"#;

/// Fills the 17 files with so many lines in all, no two of them alike.
fn fill(repo: &Repo, word: &str, lines: u64) {
    for (n, name) in (0..FILES).zip(NAMES) {
        let here = lines / FILES + u64::from(n < lines % FILES);
        let text: String = (0..here).map(|line| format!("{word} {n} {line}\n")).collect();
        repo.write(name, text);
    }
}

/// A repository before the incident, by its specialist, with the incident staged.
fn staged() -> Repo {
    let repo = Repo::with_policy(POLICY);
    fill(&repo, "was", DELETIONS);
    repo.commit_unjudged("before");
    fill(&repo, "now", INSERTIONS);
    repo.author("backend-gateway-expert@agents.example").stage();
    repo
}

#[track_caller]
fn assert_incident(json: &serde_json::Value, kind: &str) {
    let judgement = judgement(json, kind);
    assert_eq!(judgement["files"], FILES);
    assert_eq!(judgement["insertions"], INSERTIONS);
    assert_eq!(judgement["deletions"], DELETIONS);
    assert_eq!(judgement["areas"], serde_json::json!(["api", "middleware", "webui"]));
}

#[test]
fn git_counts_it_as_the_report_does() {
    let repo = staged();
    let before = repo.rev("HEAD");
    let after = repo.commit_unjudged("CRITICAL FIX");
    assert_eq!(totals(&repo.numstat(&before, &after)), (FILES, INSERTIONS, DELETIONS));
}

#[test]
fn by_hand_it_is_rejected_with_the_exact_numbers() {
    let json = staged().json(&["check", "--staged"]);
    assert_incident(&json, "index");
    let files = assert_violated(&json, "index", "file-limit");
    assert_eq!((&files["measured"], &files["limit"]), (&FILES.into(), &10.into()));
    assert_eq!(files["scope"], "commit");
    assert_eq!(files["paths"], serde_json::json!(NAMES));
    let lines = assert_violated(&json, "index", "line-limit");
    assert_eq!((&lines["measured"], &lines["limit"]), (&(INSERTIONS + DELETIONS).into(), &500.into()));
    let suite = assert_violated(&json, "index", "guarded-area");
    assert_eq!(suite["suite"], "integration");
    assert_eq!((&suite["demanded"], &suite["found"]), (&"recorded".into(), &"none".into()));
    assert_violated(&json, "index", "scope");
}

#[test]
fn at_the_commit_it_is_rejected_and_nothing_is_lost() {
    let repo = staged();
    let before = repo.install().state();
    let commit = repo.git(&["commit", "-m", "CRITICAL FIX"]).rejected();
    commit.says("error[file-limit]").says("17 files").says("error[line-limit]").says("error[guarded-area]");
    assert_eq!(repo.state(), before);
}

#[test]
fn past_the_local_hooks_the_server_rejects_it() {
    let repo = Repo::with_policy(POLICY);
    fill(&repo, "was", DELETIONS);
    repo.commit_unjudged("before");
    let server = repo.guarded_remote();
    fill(&repo, "now", INSERTIONS);
    repo.install().login("backend-bot").author("backend-gateway-expert@agents.example").stage();
    repo.git(&["commit", "-q", "--no-verify", "-m", "CRITICAL FIX"]).ok();
    let before = server.rev("main");
    let push = repo.git(&["push", "--no-verify", "origin", "main"]).rejected();
    push.says("error[file-limit]").says("17 files").says("error[guarded-area]");
    assert_eq!(server.rev("main"), before);
}

#[test]
fn within_the_limits_it_waits_for_its_suite_and_lands() {
    let repo = Repo::with_policy(POLICY);
    repo.write("middleware/csrf.py", "check = None\n").commit_unjudged("before");
    let server = repo.guarded_remote();
    repo.install().login("backend-bot").author("backend-gateway-expert@agents.example");
    repo.write("middleware/csrf.py", "check = token\n");
    repo.commit("check the token").rejected().says("error[guarded-area]").says("guard test integration");
    repo.guard(&["test", "integration"]).ok();
    repo.commit("check the token").ok();
    let marker = format!("Integration-Tested: integration tree={}", repo.rev("HEAD^{tree}"));
    repo.git(&["log", "-1", "--format=%B"]).ok().says(&marker);
    repo.git(&["push", "origin", "main"]).ok();
    assert_eq!(server.rev("main"), repo.rev("HEAD"));
}
