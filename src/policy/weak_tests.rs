use super::*;
use crate::policy::{Source, load};

fn policy(text: &str) -> Policy {
    let source = Source { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: false };
    load(text, source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

fn said(text: &str, paths: Option<&[&str]>, severity: Severity) -> Vec<String> {
    let paths: Option<Vec<RepoPath>> = paths.map(|paths| paths.iter().map(|path| RepoPath::from(*path)).collect());
    let found = findings(&policy(text), paths.as_deref());
    found.into_iter().filter(|f| f.severity == severity).map(|f| f.message).collect()
}

const ALL_LIMITS: &str = "max-files-per-commit = 1\nmax-files-per-session = 1\nmax-lines-per-commit = 1\nmax-lines-per-session = 1\nmax-areas-per-session = 1\nmax-bytes-per-commit = 1\nmax-bytes-per-session = 1\nmax-file-size = 1\n";

#[test]
fn a_sound_policy_has_no_findings() {
    let text = format!(
        "version = 1\n[defaults]\n{ALL_LIMITS}[specialist.a]\nusers = [\"a\"]\n[specialist.\"*\"]\n[area.x]\npaths = [\"x/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[evidence]\nland = \"recorded\"\n"
    );
    assert_eq!(findings(&policy(&text), Some(&["X/y".into()])), []);
}

#[test]
fn every_weakness_is_a_warning_where_it_stands() {
    let text = "version = 1\n[specialist.a]\n[area.x]\npaths = [\"x/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[suite.t]\nrun = \"true\"\n[evidence]\nland = \"claimed\"\n";
    assert_eq!(
        said(text, Some(&["y"]), Severity::Warning),
        [
            "there is no [specialist.\"*\"]",
            "specialist `a` has no identity",
            "area `x` is guarded, and `land` is content with `claimed`",
            "area `x` matches no path of the repository",
            "nothing requires suite `t`",
        ]
    );
    assert_eq!(said(text, None, Severity::Warning).len(), 4);
}

#[test]
fn an_absent_limit_is_a_notice() {
    let text = format!("version = 1\n[specialist.a]\n{ALL_LIMITS}[specialist.\"*\"]\nmax-files-per-commit = 3\n");
    let notices = said(&text, None, Severity::Notice);
    assert_eq!(notices.len(), 7);
    assert_eq!(notices[0], "there is no limit `max-files-per-session` for `*`");
    assert_eq!(said("version = 1\n", None, Severity::Notice).len(), 8);
}

#[test]
fn a_finding_shows_its_line() {
    let policy = policy("version = 1\n[suite.t] # a comment\nrun = \"true\"\n");
    let found = findings(&policy, None);
    let unused = found.iter().find(|f| f.message.contains("suite")).unwrap();
    assert_eq!(
        unused.render(&policy),
        "warning: nothing requires suite `t`\n --> policy.toml:2:8\n  |\n2 | [suite.t] # a comment\n  |        ^\n  |\nhelp: name it in a `requires`, or drop it\n"
    );
}
