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
fn a_sound_policy_has_no_warnings() {
    let text = format!(
        "version = 1\n[defaults]\n{ALL_LIMITS}[specialist.a]\nusers = [\"a\"]\n[specialist.\"*\"]\n[area.x]\npaths = [\"x/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[evidence]\nland = \"claimed\"\n"
    );
    let found = findings(&policy(&text), Some(&["X/y".into()]));
    assert!(found.iter().all(|f| f.severity == Severity::Notice && f.message.contains("`claimed`")), "{found:?}");
}

#[test]
fn every_weakness_is_a_warning_where_it_stands() {
    let text = "version = 1\n[specialist.a]\n[area.x]\npaths = [\"x/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[suite.t]\nrun = \"true\"\n[evidence]\nland = \"none\"\n";
    assert_eq!(
        said(text, Some(&["y"]), Severity::Warning),
        [
            "there is no [specialist.\"*\"]",
            "specialist `a` has no identity",
            "area `x` matches no path of the repository",
            "nothing requires suite `t`",
            "suites are demanded, and `land` asks for no proof of them",
        ]
    );
    assert_eq!(said(text, None, Severity::Warning).len(), 4);
}

#[test]
fn an_absent_limit_is_a_notice() {
    let text = format!("version = 1\n[specialist.a]\n{ALL_LIMITS}[specialist.\"*\"]\nmax-files-per-commit = 3\n");
    let notices = said(&text, None, Severity::Notice);
    let [lacking] = &notices[..] else { panic!("one notice: {notices:?}") };
    assert!(lacking.starts_with("there are no limits `max-files-per-session`, ") && lacking.ends_with("`max-file-size` for `*`"));
    let [all] = &said("version = 1\n", None, Severity::Notice)[..] else { panic!("one notice") };
    assert_eq!(all.matches("`max-").count(), 8);
    let one = format!("version = 1\n[defaults]\n{}", ALL_LIMITS.replace("max-file-size = 1\n", ""));
    assert_eq!(said(&one, None, Severity::Notice), ["there is no limit `max-file-size`"]);
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

#[test]
fn a_level_that_no_server_can_find_is_a_warning() {
    let levels = |branch: &str, land: &str| {
        format!(
            "version = 1\n[specialist.a]\nusers = [\"a\"]\nrequires = [\"s\"]\n[specialist.\"*\"]\n[suite.s]\nrun = \"true\"\n[evidence]\nbranch = \"{branch}\"\nland = \"{land}\"\n"
        )
    };
    let warned = |branch, land| said(&levels(branch, land), None, Severity::Warning);
    let never = |key| format!("`{key}` is `recorded`, which a server never finds: an unsigned record is a claim there");
    assert_eq!(warned("recorded", "recorded"), [never("branch"), never("land")]);
    assert_eq!(warned("none", "recorded"), [never("land")]);
    assert_eq!(warned("claimed", "claimed"), Vec::<String>::new());
    // Where no suite is demanded no level matters.
    assert_eq!(
        said("version = 1\n[specialist.\"*\"]\n[evidence]\nland = \"recorded\"\n", None, Severity::Warning),
        Vec::<String>::new()
    );
}
