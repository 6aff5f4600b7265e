//! What the options change, and what they don't.

use super::*;

const TWO: &str = r#"version = 1
base = "main"

[specialist.dev]
emails = ["author@example.org"]
allowed = ["api/"]

[specialist.web]
allowed = ["web/"]
max-files-per-commit = 2
"#;

#[test]
fn as_somebody_else() {
    let repo = Repo::with_policy(TWO);
    on_work(&repo).write_many("api/f", 3).commit_unjudged("api");
    assert_accepted(&repo.json(&["check"]));
    let json = repo.json(&["check", "--as", "web", "--stage", "branch"]);
    assert_violated(&json, "commit", "scope");
    assert_eq!(
        judgement(&json, "commit")["specialist"],
        serde_json::json!({"name": "web", "source": "claim:as", "strength": "claim"})
    );
    assert_violated(&json, "commit", "file-limit");
    let run = repo.guard(&["check", "--as", "nobody"]).undecided().says("no specialist `nobody` in the policy");
    run.says("the policy names dev, web");
    repo.write("web/a", "a\n").stage();
    assert_violated(&repo.json(&["check", "--staged"]), "index", "scope");
    assert_accepted(&repo.json(&["check", "--staged", "--as", "web"]));
}

#[test]
fn at_each_stage_its_own_level() {
    let repo = under(&POLICY.replace("branch = \"claimed\"", "branch = \"none\""));
    on_work(&repo).write("middleware/auth.py", "pass\n").commit_unjudged("unproven");
    let level = |stage: &str| {
        let json = repo.json(&["check", "--stage", stage]);
        assert_eq!(json["stage"], stage);
        let found = violations(&json, "landing", "guarded-area");
        found.first().map(|v| v["demanded"].as_str().unwrap().to_owned())
    };
    assert_eq!(level("commit").as_deref(), Some("recorded"));
    assert_eq!(level("branch"), None);
    assert_eq!(level("land").as_deref(), Some("claimed"));
    repo.write("middleware/auth.py", "really pass\n").stage();
    assert_accepted(&repo.json(&["check", "--staged", "--stage", "branch"]));
    assert_violated(&repo.json(&["check", "--staged"]), "index", "guarded-area");
}

#[test]
fn by_a_policy_that_is_not_the_trusted_one() {
    let repo = guarded();
    repo.write("strict.toml", POLICY.replace("max-files-per-commit = 5", "max-files-per-commit = 1"));
    repo.git(&["add", "strict.toml"]).ok();
    repo.write_many("one", 1).git(&["add", "one1.txt"]).ok();
    repo.guard(&["check", "--staged"]).ok().says_not("WARNING");
    let run = repo.guard(&["check", "--staged", "--policy", "strict.toml"]).rejected();
    let text = run.says("(not the trusted policy)").out();
    assert!(text.starts_with("guard: WARNING: judged by strict.toml, which is not the trusted policy\n"), "{text}");
    let json = repo.json(&["--policy", "strict.toml", "check", "--staged"]);
    assert_eq!(json["policy"], serde_json::json!({"source": "strict.toml", "commit": null, "blob": null, "trusted": false}));
    // said as loudly where it accepts
    repo.git(&["reset", "-q", "one1.txt"]).ok();
    repo.guard(&["check", "--staged", "--policy", "strict.toml"]).ok().says("WARNING").says("guard: accepted");
    on_work(&repo);
    repo.guard(&["check", "--policy", "strict.toml"]).ok().says("WARNING").says("nothing to judge");
    repo.guard(&["check", "--policy", "gone.toml"]).undecided().says("--policy: the policy `gone.toml` can't be read");
    repo.write("strict.toml", "version = 1\nprotect = []\n");
    repo.guard(&["check", "--policy", "strict.toml"]).undecided().says("strict.toml:2:1").says("did you mean `protected`?");
}

#[test]
fn quiet_says_rejections_alone() {
    let repo = guarded();
    let run = repo.guard(&["check", "--staged", "-q"]).ok();
    assert_eq!((run.out(), run.err()), (String::new(), String::new()));
    on_work(&repo);
    assert_eq!(repo.guard(&["check", "-q"]).ok().out(), "");
    repo.write_many("many", 6).stage();
    let loud = repo.guard(&["check", "--staged"]).rejected().out();
    assert_eq!(repo.guard(&["check", "--staged", "-q"]).rejected().out(), loud);
    assert!(repo.guard(&["check", "nowhere", "-q"]).undecided().err().contains("no revision `nowhere`"));
    let json = repo.guard(&["check", "--staged", "-q", "--format", "json"]).rejected();
    assert_eq!(json.out(), repo.guard(&["check", "--staged", "--format", "json"]).rejected().out());
}

#[test]
fn verbose_says_every_rule_with_its_reason_and_every_path() {
    let repo = guarded();
    repo.write_many("many", 30).stage();
    let text = repo.guard(&["check", "--staged", "-v"]).rejected().out();
    for rule in rule_ids() {
        assert_eq!(text.matches(&format!("\n  {rule:<17} ")).count(), 2, "`{rule}` of the index and of the session\n{text}");
    }
    (1..=30).for_each(|n| assert!(text.contains(&format!("many{n}.txt")), "many{n}.txt\n{text}"));
    assert!(text.contains("the index (dev), tree ") && text.contains(": 30 files, 30 insertions, 0 deletions\n"), "{text}");
    assert!(text.contains("  file-limit        violated: 30 files changed in this commit, 5 allowed\n"), "{text}");
    assert!(text.contains("claim:email: author@example.org"), "{text}");
    repo.git(&["reset", "-q"]).ok();
    repo.guard(&["check", "-v"]).ok().says("  file-limit        satisfied: ");
}

#[test]
fn quiet_and_verbose_contradict_each_other() {
    let repo = guarded();
    repo.guard(&["check", "-q", "-v"]).undecided().says("cannot be used with");
}

#[test]
fn a_wrong_use_is_undecided_in_every_format() {
    let repo = guarded();
    for args in [
        &["check", "--nonsense"][..],
        &["check", "--staged", "HEAD"],
        &["check", "--staged", "--merge"],
        &["check", "--staged", "--base", "main"],
        &["check", "--stage", "never"],
        &["check", "one", "two"],
        &["chekc"],
        &["test"],
        &["hook"],
        &[],
    ] {
        let run = repo.guard(args).undecided();
        assert!(run.out().is_empty());
        assert!(run.err().contains("For more information") || run.err().contains("Usage"), "{args:?}\n{}", run.err());
        assert_eq!(repo.json(args)["decision"], "undecided");
    }
    repo.guard(&["check", "--format", "yaml"]).undecided().says("possible values: text, json");
}

#[test]
fn help_and_version_are_answers() {
    let repo = Repo::new();
    repo.guard(&["--help"]).ok().says("Exit status:").says("1  rejected");
    repo.guard(&["check", "--help"]).ok().says("--staged").says("Examples:");
    repo.guard(&["--version"]).ok().says(env!("CARGO_PKG_VERSION"));
    repo.git(&["guard", "--version"]).ok().says(env!("CARGO_PKG_VERSION"));
    repo.git(&["guard", "-h"]).ok();
}

#[test]
fn started_from_another_directory() {
    let repo = guarded();
    repo.write_many("many", 6).stage();
    let elsewhere = repo.sibling("");
    elsewhere.guard(&["check", "--staged"]).undecided();
    elsewhere.guard(&["-C", "work", "check", "--staged"]).rejected();
    elsewhere.guard(&["check", "--staged", "-C", "work"]).rejected();
    elsewhere.guard(&["-C", "nowhere", "check"]).undecided().says("could not change to directory `nowhere`");
    repo.git(&["-C", "..", "-C", "work", "guard", "check", "--staged"]).rejected();
}

#[test]
fn colour_only_where_it_is_wanted() {
    let repo = guarded();
    repo.write_many("many", 6).stage();
    let plain = |args: &[&str]| !repo.guard(&[&["check", "--staged"], args].concat()).rejected().out().contains('\u{1b}');
    assert!(plain(&[]) && plain(&["--color", "never"]) && !plain(&["--color", "always"]));
    repo.set("CLICOLOR_FORCE", "1");
    assert!(!plain(&[]) && plain(&["--color", "never"]));
    repo.set("NO_COLOR", "1").unset("CLICOLOR_FORCE");
    assert!(plain(&[]) && !plain(&["--color", "always"]));
    assert!(!repo.guard(&["check", "--staged", "--format", "json", "--color", "always"]).rejected().out().contains('\u{1b}'));
}
