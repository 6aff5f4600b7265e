//! README.md says what is so: every rule has its heading, and every policy in it loads.

use super::support::*;

const README: &str = include_str!("../../README.md");

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// It can be enforced; what is legal but weak (exit status 1) may be.
#[track_caller]
fn assert_loads(repo: &Repo, policy: &str) {
    let run = repo.write("policy.toml", policy).guard(&["policy", "check"]);
    assert!(matches!(run.status, 0 | 1), "{}\n{}{}", run.status, run.out(), run.err());
}

#[test]
fn every_rule_has_a_heading_in_the_order_of_reports() {
    let ids = rule_ids();
    let headings = README.lines().filter_map(|line| line.strip_prefix("### ")).filter(|heading| ids.contains(heading));
    assert_eq!(headings.collect::<Vec<_>>(), ids);
}

#[test]
fn every_policy_in_it_loads() {
    let repo = Repo::new();
    repo.write("policy.toml", "version = 1\nbse = \"main\"\n").guard(&["policy", "check"]).undecided().says("did you mean");
    let policies: Vec<&str> = blocks("toml").into_iter().filter(|text| text.starts_with("version")).collect();
    assert!(!policies.is_empty());
    for text in policies {
        assert_loads(&repo, text);
    }
}

/// Ids are of this run.
fn without_ids(text: &str) -> String {
    regex::Regex::new("\\b[0-9a-f]{7}\\b").unwrap().replace_all(text, "1234567").into_owned()
}

#[test]
fn the_rejection_in_it_is_what_is_said() {
    let policy = blocks("toml")[0];
    let shown: Vec<&str> = blocks("text").into_iter().filter(|text| text.starts_with("guard: ")).collect();
    let repo = Repo::new();
    repo.write("policy.toml", policy).write("api/main.py", "app = FastAPI()\n").commit_unjudged("start");
    repo.install().author("backend-gateway-expert@agents.example");
    repo.write("api/main.py", "app = FastAPI()\napp.add_middleware(CSRFMiddleware)\n");
    for name in ["csrf", "orders", "profile", "users"] {
        repo.write(format!("api/{name}.py"), "import app\n");
    }
    for name in ["api", "auth", "form", "home", "login", "menu", "page", "rows", "side", "tabs", "time", "user"] {
        repo.write(format!("webui/{name}.ts"), "import app\n");
    }
    let said = repo.commit("critical fix").rejected().err();
    snapbox::assert_data_eq!(without_ids(&said), snapbox::Data::text(without_ids(&shown.concat())).raw());
}

#[test]
fn its_links_lead_somewhere() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in README.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert!(target.starts_with("https://") || target.starts_with('#') || root.join(target).exists(), "{target}");
    }
}
