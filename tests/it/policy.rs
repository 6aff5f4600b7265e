//! `guard policy check | show | diff | schema`. The words of every error are under tests/policies/bad.

use std::path::{Path, PathBuf};

use crate::support::{OPEN_POLICY, Repo, policy};

fn policies(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

/// All limits and a suite that is required: nothing to warn of.
const SOUND: &str = r#"
[defaults]
max-files-per-commit = 10
max-files-per-session = 10
max-lines-per-commit = 500
max-lines-per-session = 1500
max-areas-per-session = 2
max-bytes-per-commit = "200 KiB"
max-bytes-per-session = "1 MiB"
max-file-size = "1 MiB"

[specialist."*"]

[area.a]
paths = ["a*"]
requires = ["s"]

[suite.s]
run = "true"

[evidence]
land = "claimed"

[owners]
users = ["o"]
"#;

#[test]
fn a_bad_policy_is_undecided_with_the_words_of_its_snapshot() {
    let repo = Repo::new();
    for path in policies("bad") {
        let snapshot = std::fs::read_to_string(path.with_extension("stderr")).unwrap();
        repo.write("policy.toml", std::fs::read_to_string(&path).unwrap());
        let run = repo.guard(&["policy", "check"]).undecided();
        assert!(run.err().contains(&snapshot), "{}\n{}", path.display(), run.err());
        assert_eq!(run.out(), "");
    }
}

#[test]
fn a_good_policy_is_never_undecided() {
    let repo = Repo::with_policy(OPEN_POLICY);
    for path in policies("good") {
        let run = repo.guard(&["policy", "check", path.to_str().unwrap()]);
        assert!(matches!(run.status, 0 | 1), "{}\n{}", path.display(), run.err());
    }
}

#[test]
fn check_is_0_without_findings_and_1_with_a_warning() {
    let repo = Repo::with_policy(&policy(SOUND));
    repo.guard(&["policy", "check"]).ok().says("policy.toml is valid: 0 warnings, 1 notice");
    repo.write("policy.toml", policy(&SOUND.replace("a*", "gone/")));
    repo.guard(&["policy", "check"]).rejected().says("in `paths` matches no path of the repository").says("policy.toml:18:1");
    repo.write("policy.toml", format!("{OPEN_POLICY}\n[owners]\nusers = [\"o\"]\n"));
    repo.guard(&["policy", "check"]).ok().says("notice: there are no limits `max-files-per-commit`, ");
}

#[test]
fn the_format_does_not_change_the_status() {
    let repo = Repo::with_policy(&policy(SOUND));
    for (text, status) in [(policy(SOUND), 0), (policy(&SOUND.replace("\"*\"", "x")), 1), ("version = 2\n".to_owned(), 2)] {
        repo.write("policy.toml", text);
        let run = repo.guard(&["policy", "check", "--format", "json"]).exits(status);
        let report: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
        assert_eq!((&report["version"], &report["valid"]), (&1.into(), &(status < 2).into()));
    }
}

#[test]
fn show_prints_the_trusted_policy_and_not_the_one_of_the_work_tree() {
    let repo = Repo::with_policy(&policy(SOUND));
    repo.write("policy.toml", policy(&SOUND.replace("= 10\n", "= 99\n")));
    let shown = repo.guard(&["policy", "show"]).ok().says("# read from main:policy.toml").says_not("= 99");
    let json: serde_json::Value = serde_json::from_str(&repo.guard(&["policy", "show", "--format", "json"]).ok().out()).unwrap();
    assert_eq!((&json["policy"]["trusted"], json["text"].as_str()), (&true.into(), Some(shown.out().as_str())));
    repo.write("shown.toml", shown.out());
    repo.guard(&["policy", "check", "shown.toml"]).ok();
}

#[test]
fn diff_says_what_an_edit_means() {
    let repo = Repo::with_policy(&policy(SOUND));
    repo.guard(&["policy", "diff"]).ok().says("both mean the same");
    repo.write("policy.toml", policy(&SOUND.replace("max-files-per-session = 10", "max-files-per-session = 20")));
    repo.guard(&["policy", "diff"]).ok().says("`file-limit`: `max-files-per-session` of `*` 10 → 20 (weaker)");
    repo.guard(&["policy", "diff", "HEAD"]).ok().says("-max-files-per-session = 10\n+max-files-per-session = 20\n");
    repo.write("policy.toml", "version = 1\nprotect = []\n");
    repo.guard(&["policy", "diff"]).undecided().says("did you mean `protected`?");
    repo.guard(&["policy", "diff", "nowhere"]).undecided().says("nowhere");
}

/// `SOUND` with a runner that attests, its tests named.
fn attested(repo: &Repo) -> String {
    let sound = SOUND.replace("run = \"true\"", "run = \"true\"\nfiles = [\"t/\"]").replace("\"claimed\"", "\"attested\"");
    policy(&format!("{sound}\n[runner.ci]\nkeys = [\"{}\"]\n", repo.key("ci").public))
}

#[test]
fn check_tells_what_signatures_are_worth() {
    let repo = Repo::new();
    let sound = attested(&repo);
    let checked =
        |text: &str| repo.write("policy.toml", text).write("a.txt", "a\n").write("t/x", "x\n").stage().guard(&["policy", "check"]);
    checked(&sound).ok().says("is valid: 0 warnings, 0 notices");
    let (without, _) = sound.split_once("[runner.ci]").unwrap();
    checked(without).rejected().says("`land` is `attested`, and no runner is declared: nothing that demands a suite can pass");
    checked(&without.replace("land = \"attested\"", ""))
        .rejected()
        .says("`land` is `attested` by default, and no runner is declared");
    checked(&sound.replace("\"attested\"", "\"claimed\"")).rejected().says("`land` is content with `claimed`");
    checked(&sound.replace("files = [\"t/\"]", "")).ok().says("notice: suite `s` names no `files`");
    let shared = sound.replace("[runner.ci]", &format!("[specialist.a]\nkeys = [\"{}\"]\n[runner.ci]", repo.key("ci").public));
    checked(&shared).rejected().says("a key of runner `ci` is also specialist `a`'s");
    let expired = sound.replace("keys = [\"", "keys = [\"valid-before=\\\"2020-01-01T00:00:00Z\\\" ");
    checked(&expired).ok().says("of runner `ci` has expired: it was valid before 2020-01-01T00:00:00Z");
}

#[test]
fn show_and_diff_know_runners_and_what_records_must_match() {
    let repo = Repo::new();
    let sound = attested(&repo);
    repo.write("policy.toml", &sound).commit_unjudged("start");
    let shown = repo.guard(&["policy", "show"]).ok();
    let shown = shown
        .says("[runner.ci]\nkeys = [\"ssh-ed25519 ")
        .says("files = [\"t/\"]")
        .says("independent = true")
        .says("# max-age: none");
    repo.write("policy.toml", shown.out()).guard(&["policy", "diff"]).ok().says("both mean the same");
    repo.write("policy.toml", sound.replace("[evidence]", "[evidence]\nmax-age = \"14d\"\nindependent = false"));
    let diff = repo.guard(&["policy", "diff"]).ok();
    diff.says("`max-age` is new: 14d (stricter)").says("`independent` `true` → `false` (weaker)");
}

#[test]
fn a_link_in_place_of_the_policy_is_an_error() {
    let repo = Repo::with_policy(OPEN_POLICY);
    let place = repo.path().join("policy.toml");
    std::fs::remove_file(&place).unwrap();
    std::os::unix::fs::symlink("a.txt", &place).unwrap();
    repo.guard(&["policy", "check"]).undecided().says("is a symbolic link");
}

#[test]
fn a_bare_repository_checks_the_trusted_policy() {
    let repo = Repo::with_policy(&policy(SOUND));
    repo.remote().guard(&["policy", "check"]).ok().says("is valid: 0 warnings");
}

#[test]
fn no_policy_anywhere_is_said() {
    let repo = Repo::new();
    repo.guard(&["policy", "check"]).undecided().says("policy.toml");
    repo.guard(&["policy", "show"]).undecided().says("there is no policy.toml");
}

#[test]
fn schema_is_json() {
    let schema = Repo::new().guard(&["policy", "schema"]).ok().out();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["required"], serde_json::json!(["version"]));
}
