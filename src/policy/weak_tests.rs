use super::*;
use crate::policy::{PolicySource, keys, load};

fn policy(text: &str) -> Policy {
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: false };
    load(text, source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

/// With somebody who may change it, where nobody is named.
fn owned(text: &str) -> Policy {
    let owners = if text.contains("[owners]") { "" } else { "\n[owners]\nusers = [\"o\"]\n" };
    policy(&format!("{text}{owners}"))
}

#[test]
fn without_an_owner_nobody_can_ever_change_it() {
    let messages = |text: &str| -> Vec<String> { findings(&policy(text), None, now()).into_iter().map(|f| f.message).collect() };
    let bare = "version = 1\n[specialist.\"*\"]\n";
    assert!(messages(bare).contains(&"there is no owner".to_owned()));
    for owners in ["users = [\"a\"]".to_owned(), "emails = [\"a@b.example\"]".to_owned(), format!("keys = ['{A}']")] {
        let said = messages(&format!("{bare}[owners]\n{owners}\n"));
        assert!(!said.contains(&"there is no owner".to_owned()), "{owners}: {said:?}");
    }
}

fn now() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn said(text: &str, paths: Option<&[&str]>, severity: Severity) -> Vec<String> {
    let here = paths.map(|paths| Here { paths: paths.iter().map(|path| RepoPath::from(*path)).collect(), ..Here::default() });
    let found = findings(&owned(text), here.as_ref(), now());
    found.into_iter().filter(|f| f.severity == severity).map(|f| f.message).collect()
}

/// Every limit that there is, at its least.
fn all_limits() -> String {
    keys::limits().map(|(row, ..)| format!("{} = 1\n", row.name)).collect()
}

#[test]
fn a_sound_policy_has_no_warnings() {
    let limits = all_limits();
    let text = format!(
        "version = 1\n[defaults]\n{limits}[specialist.a]\nusers = [\"a\"]\n[specialist.\"*\"]\n[area.x]\npaths = [\"x/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\n[evidence]\nland = \"claimed\"\n"
    );
    let found = findings(&owned(&text), Some(&Here { paths: vec!["X/y".into()], ..Here::default() }), now());
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
            "`x/` in `paths` matches no path of the repository",
            "nothing requires suite `t`",
            "suites are demanded, and `land` asks for no proof of them",
        ]
    );
    assert_eq!(said(text, None, Severity::Warning).len(), 4);
}

#[test]
fn an_absent_limit_is_a_notice() {
    let limits = all_limits();
    let text = format!("version = 1\n[specialist.a]\n{limits}[specialist.\"*\"]\nmax-files-per-commit = 3\n");
    let notices = said(&text, None, Severity::Notice);
    let [lacking] = &notices[..] else { panic!("one notice: {notices:?}") };
    assert!(lacking.starts_with("there are no limits `max-files-per-session`, ") && lacking.ends_with("`max-file-size` for `*`"));
    let [all] = &said("version = 1\n", None, Severity::Notice)[..] else { panic!("one notice") };
    assert_eq!(all.matches("`max-").count(), keys::limits().count());
    let one = format!("version = 1\n[defaults]\n{}", limits.replace("max-file-size = 1\n", ""));
    assert_eq!(said(&one, None, Severity::Notice), ["there is no limit `max-file-size`"]);
}

#[test]
fn a_finding_shows_its_line() {
    let policy = policy("version = 1\n[suite.t] # a comment\nrun = \"true\"\n");
    let found = findings(&policy, None, now());
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
    let never = |key| format!("`{key}` is `recorded`, and to a server an unsigned record is no more than a claim");
    assert_eq!(warned("recorded", "recorded"), [never("branch"), never("land")]);
    assert_eq!(warned("none", "recorded"), [never("land")]);
    assert_eq!(warned("claimed", "claimed"), Vec::<String>::new());
    // Where no suite is demanded no level matters.
    assert_eq!(
        said("version = 1\n[specialist.\"*\"]\n[evidence]\nland = \"recorded\"\n", None, Severity::Warning),
        Vec::<String>::new()
    );
}

const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOk3Bi2MdF8ld7BvFGImL/1RllTT8FBYuwmonStAHWdj";
const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0eqRlhpLQQzE0o+m1mfTF9p6DJRO/2OQxUm8BoLvB7";

/// A suite with `files` that an area requires, and all limits, so that only keys and levels can be weak. `more`: further tables.
fn demanding(evidence: &str, more: &str) -> String {
    let limits = all_limits();
    format!(
        "version = 1\n[defaults]\n{limits}[specialist.\"*\"]\n[area.x]\npaths = [\"x/\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"true\"\nfiles = [\"t/\"]\n[evidence]\n{evidence}\n{more}"
    )
}

fn found(text: &str) -> Vec<(Severity, String)> {
    findings(&owned(text), None, now()).into_iter().map(|f| (f.severity, f.message)).collect()
}

fn runner() -> String {
    format!("[runner.ci]\nkeys = [\"{A}\"]\n")
}

#[test]
fn a_level_that_nobody_can_reach_is_a_warning() {
    let warned = |evidence, more| said(&demanding(evidence, more), None, Severity::Warning);
    let never = |what| vec![format!("{what}: nothing that demands a suite can pass")];
    assert_eq!(warned("", ""), never("`land` is `attested` by default, and no runner is declared"));
    let keys = format!("[specialist.a]\nkeys = [\"{B}\"]\n");
    assert_eq!(warned("land = \"attested\"", &keys), never("`land` is `attested`, and no runner is declared"));
    assert_eq!(warned("branch = \"attested\"\nland = \"claimed\"", ""), never("`branch` is `attested`, and no runner is declared"));
    assert_eq!(warned("land = \"signed\"", ""), never("`land` is `signed`, and nobody has `keys`"));
    for (evidence, more) in [("", &runner()), ("land = \"signed\"", &runner()), ("land = \"signed\"", &keys)] {
        assert_eq!(found(&demanding(evidence, more)), [], "{evidence} {more}");
    }
    // Where no suite is demanded no level matters.
    assert_eq!(said("version = 1\n[specialist.\"*\"]\n[evidence]\nland = \"signed\"\n", None, Severity::Warning), [""; 0]);
}

#[test]
fn a_claim_is_a_warning_where_more_could_be_asked_for() {
    let message = "`land` is content with `claimed`: anybody can claim that a suite has passed".to_owned();
    assert_eq!(found(&demanding("land = \"claimed\"", "")), [(Severity::Notice, message.clone())]);
    assert_eq!(found(&demanding("land = \"claimed\"", &runner())), [(Severity::Warning, message)]);
}

#[test]
fn before_a_commit_nothing_is_signed_unasked() {
    for level in ["signed", "attested"] {
        let message = format!("`commit` is `{level}`, and no record is signed before a commit unless `guard test --sign` is used");
        assert_eq!(found(&demanding(&format!("commit = \"{level}\""), &runner())), [(Severity::Notice, message)]);
    }
}

#[test]
fn a_suite_that_the_change_can_alter_is_a_notice() {
    let message = "suite `s` names no `files`: a change can alter the tests that judge it".to_owned();
    let open = |evidence| demanding(evidence, &runner()).replace("files = [\"t/\"]\n", "");
    assert_eq!(found(&open("land = \"attested\"")), [(Severity::Notice, message.clone())]);
    assert_eq!(found(&open("land = \"signed\"")), [(Severity::Notice, message.clone())]);
    assert!(!found(&open("land = \"claimed\"")).iter().any(|(_, said)| *said == message));
}

#[test]
fn a_runner_s_key_that_somebody_else_has_is_a_warning() {
    let with = |whose: &str| demanding("", &format!("{}{whose}\nkeys = [\"{A} another comment\"]\n", runner()));
    let warned = |whose| said(&with(whose), None, Severity::Warning);
    let also = |whom| [format!("a key of runner `ci` is also {whom}'s: its holder attests to work of his own")];
    assert_eq!(warned("[specialist.a]"), also("specialist `a`"));
    assert_eq!(warned("[owners]"), also("an owner"));
}

#[test]
fn a_key_that_has_expired_is_a_notice() {
    let until = |time: &str| {
        let keys = format!("keys = ['valid-before=\"{time}\" {B}']\n");
        said(&demanding("", &format!("{}[specialist.a]\n{keys}", runner())), None, Severity::Notice)
    };
    let fingerprint = crate::policy::Key::parse(B).unwrap().fingerprint();
    let gone = format!("key {fingerprint} of specialist `a` has expired: it was valid before 2026-06-01T00:00:00Z");
    assert_eq!(until("2026-06-01T00:00:00Z"), [gone]);
    assert_eq!(until("2026-06-01T00:00:01Z"), [""; 0]);
    let owners = format!("version = 1\n[owners]\nkeys = ['valid-before=\"2020-01-01T00:00:00Z\" {A}']\n");
    assert!(said(&owners, None, Severity::Notice).iter().any(|said| said.contains("of an owner has expired")));
}

#[test]
fn a_key_is_an_identity() {
    let text = |keys: &str| format!("version = 1\n[specialist.a]\n{keys}\n[specialist.\"*\"]\n");
    assert_eq!(said(&text(&format!("keys = [\"{A}\"]")), None, Severity::Warning), [""; 0]);
    assert_eq!(said(&text("keys = []"), None, Severity::Warning), ["specialist `a` has no identity"]);
}

#[test]
fn a_pattern_that_matches_nothing_is_named_key_by_key() {
    let text = format!(
        "version = 1\nbase = \"main\"\nprotected = [\"release\", \"v*\"]\nfree = [\"wip\"]\n[defaults]\n{}\
         [specialist.a]\nusers = [\"a\"]\nbranches = [\"agent/a\"]\nallowed = [\"src/[ab]*\"]\nprohibited = [\"SRC/billing\", \"gone/\"]\n[specialist.\"*\"]\n\
         [area.x]\npaths = [\"migrations\", \"**/csrf\"]\n[suite.s]\nrun = \"true\"\nfiles = [\"tests/*\", \"Makefile\"]\n\
         [count]\nnot-lines = [\"gen\", \"Gen/\"]\nnot-files = [\"*.snap\"]\n[refs]\nallowed = [\"refs/heads\", \"refs/heads/*\"]\n",
        all_limits()
    );
    let paths = ["src/billing/a", "migrations/1", "web/csrf/x", "tests/integration/t", "Makefile", "gen/g"];
    let branches = ["main", "release/1", "wip/x", "agent/a/b"].map(|name| name.as_bytes().to_vec());
    let here = Here { paths: paths.map(RepoPath::from).to_vec(), branches: branches.to_vec(), base: None };
    let found = findings(&policy(&text), Some(&here), now());
    let warned = found.iter().filter(|f| f.severity == Severity::Warning && f.message.contains(" in `"));
    let mut said: Vec<String> = warned.map(|f| format!("{}; {}", f.message, f.help)).collect();
    said.sort();
    let directory = |pattern: &str, key: &str, meant: &str| {
        format!("`{pattern}` in `{key}` is a directory, and matches nothing in it; write `{meant}`")
    };
    let of_refs = |pattern: &str, key: &str, meant: &str| {
        format!("`{pattern}` in `{key}` is a directory of refs, and matches nothing in it; write `{meant}`")
    };
    let nothing = |pattern: &str, key: &str| {
        format!(
            "`{pattern}` in `{key}` matches no path of the repository; correct it, or drop it until there is something to match"
        )
    };
    let mut expected = vec![
        directory("src/[ab]*", "allowed", "src/[ab]*/"),
        directory("SRC/billing", "prohibited", "SRC/billing/"),
        directory("migrations", "paths", "migrations/"),
        directory("**/csrf", "paths", "**/csrf/"),
        directory("tests/*", "files", "tests/*/"),
        directory("gen", "not-lines", "gen/"),
        nothing("Gen/", "not-lines"),
        nothing("gone/", "prohibited"),
        nothing("*.snap", "not-files"),
        of_refs("release", "protected", "release/**"),
        of_refs("wip", "free", "wip/**"),
        of_refs("agent/a", "branches", "agent/a/**"),
        of_refs("refs/heads", "allowed", "refs/heads/*"),
    ];
    expected.sort();
    assert_eq!(said, expected);
}

#[test]
fn a_list_of_protected_branches_without_the_base_is_a_warning() {
    let warned = |text: &str, base: Option<&str>| {
        let here = Here { base: base.map(str::to_owned), ..Here::default() };
        let found = findings(&policy(text), Some(&here), now());
        found.iter().any(|f| f.severity == Severity::Warning && f.message.starts_with("`protected` leaves out the base, `main`"))
    };
    let listed = "version = 1\nprotected = [\"release/*\"]\n";
    assert!(warned(&listed.replace("1\n", "1\nbase = \"main\"\n"), None));
    assert!(warned(listed, Some("main")));
    assert!(!warned(listed, None));
    assert!(!warned(&listed.replace("[", "[\"ma*\", "), Some("main")));
    assert!(!warned("version = 1\n", Some("main")));
}
