use super::*;
use crate::context::Common;
use crate::output::ColorWhen;

fn context(format: Format) -> Context {
    let common = Common { directory: None, policy: None, format, color: ColorWhen::Never, quiet: false, verbose: false };
    Context { specialist: None, author_email: None, author_date: None, committer_date: None, now: jiff::Timestamp::now(), common }
}

fn loaded(text: &str) -> Policy {
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: false };
    policy::load(text, source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

fn no_repo() -> Error {
    Error::new("not in a git repository")
}

#[test]
fn a_policy_that_does_not_load_is_undecided_with_its_carets() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("p.toml");
    std::fs::write(&file, "version = 1\nprotect = [\"main\"]\n").unwrap();
    let done = check(&context(Format::Text), Some(&file)).unwrap();
    assert_eq!((done.status, done.out.as_str()), (2, ""));
    assert!(done.err.contains("p.toml:2:1") && done.err.contains("did you mean `protected`?"), "{}", done.err);
    assert!(done.err.ends_with("\n1 error: the policy can't be enforced\n"), "{}", done.err);
    let done = check(&context(Format::Json), Some(&file)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((done.status, &report["valid"], &report["findings"][0]["line"]), (2, &json!(false), &json!(2)));
    assert_eq!(report["findings"][0]["severity"], "error");
}

#[test]
fn warnings_are_findings_and_notices_are_not() {
    let weak = loaded("version = 1\n[suite.s]\nrun = \"true\"\n");
    let done = report(&context(Format::Text), &weak, Err(&no_repo())).unwrap();
    assert_eq!(done.status, 1);
    assert!(done.out.contains("warning: nothing requires suite `s`\n --> policy.toml:2:8\n"), "{}", done.out);
    assert!(done.out.ends_with("policy.toml is valid: 3 warnings, 2 notices\n"), "{}", done.out);
    let sound = loaded("version = 1\n[owners]\nusers = [\"o\"]\n[specialist.\"*\"]\n");
    let done = report(&context(Format::Text), &sound, Err(&no_repo())).unwrap();
    assert_eq!(done.status, 0);
    let done = report(&context(Format::Json), &sound, Err(&no_repo())).unwrap();
    let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((done.status, &report["valid"], &report["findings"][0]["severity"]), (0, &json!(true), &json!("notice")));
}

#[test]
fn a_file_that_is_no_policy_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        std::fs::write(dir.path().join(name), content).unwrap();
        text::of_file(&dir.path().join(name)).map(|_| ()).unwrap_err().message
    };
    assert!(file("a", b"\xff").ends_with("is not UTF-8"));
    assert!(file("b", &vec![b' '; (1 << 20) + 1]).ends_with("is over 1 MiB"));
    assert!(text::of_file(dir.path()).map(|_| ()).unwrap_err().message.ends_with("is no file"));
    assert!(text::of_file(&dir.path().join("none")).is_err());
}

#[test]
fn a_comparison_says_rules_and_lines() {
    let old = loaded("version = 1\n[specialist.x]\nmax-files-per-session = 10\n");
    let new = loaded("version = 1\n[specialist.x]\nmax-files-per-session = 20\n");
    assert_eq!(
        compared(Format::Text, &old, &new),
        "`file-limit`: `max-files-per-session` of `x` 10 → 20 (weaker)\n\n--- policy.toml\n+++ policy.toml\n@@ -1,3 +1,3 @@\n version = 1\n [specialist.x]\n-max-files-per-session = 10\n+max-files-per-session = 20\n"
    );
    assert_eq!(compared(Format::Text, &old, &old), "both mean the same\n");
    let report: serde_json::Value = serde_json::from_str(&compared(Format::Json, &old, &new)).unwrap();
    assert_eq!(report["differences"][0]["effect"], "weaker");
}
