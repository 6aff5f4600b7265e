use super::*;
use crate::policy::{PolicySource, load, show};

fn policy(text: &str) -> Policy {
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: false };
    load(text, source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

fn said(old: &str, new: &str) -> Vec<String> {
    let old = policy(&format!("version = 1\n{old}"));
    differences(&old, &policy(&format!("version = 1\n{new}"))).iter().map(ToString::to_string).collect()
}

#[test]
fn a_limit_says_from_what_to_what() {
    assert_eq!(
        said("[specialist.x]\nmax-files-per-session = 10\n", "[specialist.x]\nmax-files-per-session = 20\n"),
        ["`file-limit`: `max-files-per-session` of `x` 10 → 20 (weaker)"]
    );
    assert_eq!(
        said("[defaults]\nmax-bytes-per-commit = \"1 MiB\"\n", ""),
        ["`byte-limit`: `max-bytes-per-commit` of `defaults` is gone: 1 MiB (weaker)"]
    );
}

#[test]
fn lists_say_what_comes_and_goes() {
    assert_eq!(
        said("[specialist.x]\nallowed = [\"a/\", \"b/\"]\n", "[specialist.x]\nallowed = [\"a/\", \"c/\"]\n"),
        ["`scope`: `allowed` of `x` + `c/` (weaker)", "`scope`: `allowed` of `x` - `b/` (stricter)"]
    );
    assert_eq!(
        said("[specialist.x]\nallowed = [\"a/\"]\n", "[specialist.x]\n"),
        ["`scope`: `allowed` of `x` is gone: `a/` (weaker)"]
    );
    assert_eq!(said("protected = [\"a\", \"b\"]\n", "protected = [\"a\"]\n"), ["`protected-ref`: `protected` - `b` (weaker)"]);
    assert_eq!(
        said("[owners]\nusers = [\"a\"]\n", "[owners]\nusers = [\"a\", \"b\"]\n"),
        ["`policy-change`: `users` of `owners` + `b` (weaker)"]
    );
}

#[test]
fn levels_and_words_are_ordered() {
    assert_eq!(
        said("[evidence]\ncommit = \"recorded\"\n[paths]\nsymlinks = \"deny\"\n", "[evidence]\ncommit = \"none\"\n"),
        ["`guarded-area`: `commit` `recorded` → `none` (weaker)", "`safe-path`: `symlinks` `deny` → `inside` (weaker)"]
    );
    let sandbox = |word: &str| format!("[suite.s]\nrun = \"a\"\nsandbox = \"{word}\"\n");
    let unsaid = "[suite.s]\nrun = \"a\"\n";
    let had = "`tree` where it can be had";
    assert_eq!(said(unsaid, &sandbox("none")), [format!("`guarded-area`: `sandbox` of `s` {had} → `none` (weaker)")]);
    assert_eq!(said(unsaid, &sandbox("tree")), [format!("`guarded-area`: `sandbox` of `s` {had} → `tree` (stricter)")]);
    assert_eq!(said(&sandbox("offline"), unsaid), [format!("`guarded-area`: `sandbox` of `s` `offline` → {had} (weaker)")]);
    assert_eq!(said("[suite.s]\nrun = \"a\"\n", "[suite.s]\nrun = \"b\"\n"), ["`guarded-area`: `run` of `s` `a` → `b`"]);
}

const A: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOk3Bi2MdF8ld7BvFGImL/1RllTT8FBYuwmonStAHWdj";
const B: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0eqRlhpLQQzE0o+m1mfTF9p6DJRO/2OQxUm8BoLvB7";

/// What `A` and `B` are shown as.
fn shown(key: &str) -> String {
    super::super::Key::parse(key).unwrap().fingerprint()
}

#[test]
fn keys_say_whose_they_are_and_who_can_do_more() {
    let (a, b) = (shown(A), shown(B));
    let runner = |key: &str| format!("[runner.ci]\nkeys = ['{key}']\n");
    assert_eq!(said("", &runner(A)), [format!("`guarded-area`: `keys` of `ci` is new: `{a}` (weaker)")]);
    assert_eq!(said(&runner(A), ""), [format!("`guarded-area`: `keys` of `ci` is gone: `{a}` (stricter)")]);
    let until = runner(&format!("valid-before=\"2030-01-01T00:00:00Z\" {A} ci"));
    assert_eq!(
        said(&runner(A), &until),
        [
            format!("`guarded-area`: `keys` of `ci` + `{a}, valid before 2030-01-01T00:00:00Z` (weaker)"),
            format!("`guarded-area`: `keys` of `ci` - `{a}` (stricter)")
        ]
    );
    assert_eq!(said(&runner(A), &runner(&format!("{A} a comment"))), Vec::<String>::new());
    let owners = |keys: &str| format!("[owners]\nkeys = [{keys}]\n");
    assert_eq!(
        said(&owners(&format!("'{A}'")), &owners(&format!("'{A}', '{B}'"))),
        [format!("`policy-change`: `keys` of `owners` + `{b}` (weaker)")]
    );
    let specialist = |key: &str| format!("[specialist.x]\nkeys = ['{key}']\n");
    assert_eq!(
        said(&specialist(A), &specialist(B)),
        [format!("`identity`: `keys` of `x` + `{b}`"), format!("`identity`: `keys` of `x` - `{a}`")]
    );
}

#[test]
fn what_records_must_match_is_ordered() {
    let evidence = |keys: &str| format!("[evidence]\n{keys}\n");
    assert_eq!(said(&evidence("max-age = \"24h\""), &evidence("max-age = \"2d\"")), ["`guarded-area`: `max-age` 1d → 2d (weaker)"]);
    assert_eq!(said(&evidence("max-age = \"14d\""), ""), ["`guarded-area`: `max-age` is gone: 14d (weaker)"]);
    assert_eq!(said("", &evidence("max-age = \"14d\"")), ["`guarded-area`: `max-age` is new: 14d (stricter)"]);
    assert_eq!(said("", &evidence("independent = false")), ["`guarded-area`: `independent` `true` → `false` (weaker)"]);
    assert_eq!(said("", &evidence("land = \"signed\"")), ["`guarded-area`: `land` `attested` → `signed` (weaker)"]);
    let suite = |files: &str| format!("[suite.s]\nrun = \"a\"\n{files}\n");
    assert_eq!(
        said(&suite("files = [\"a\", \"b\"]"), &suite("files = [\"a\"]")),
        ["`guarded-area`: `files` of `s` - `b` (weaker)"]
    );
    assert_eq!(said(&suite(""), &suite("files = [\"a\"]")), ["`guarded-area`: `files` of `s` is new: `a` (stricter)"]);
}

#[test]
fn an_entry_is_compared_with_what_judged_that_person_before() {
    let limited = "[defaults]\nmax-files-per-commit = 3\n";
    let star = format!("{limited}[specialist.\"*\"]\n");
    let own = |limit: &str| format!("{star}[specialist.docs]\nusers = [\"d\"]\n{limit}\n");
    let effects = |old: &str, new: &str| -> BTreeSet<&str> {
        let all = said(old, new);
        let words = ["weaker", "stricter"].into_iter();
        words.filter(|word| all.iter().any(|line| line.ends_with(&format!("({word})")))).collect()
    };
    let (weaker, stricter) = (BTreeSet::from(["weaker"]), BTreeSet::from(["stricter"]));
    let cases = [
        ("nobody else could work", limited.to_owned(), star.clone(), &weaker),
        (
            "a name of one's own where there is no `*`",
            limited.to_owned(),
            format!("{limited}[specialist.docs]\nusers = [\"d\"]\n"),
            &weaker,
        ),
        ("more files than `*`", star.clone(), own("max-files-per-commit = 1000"), &weaker),
        ("fewer files than `*`", star.clone(), own("max-files-per-commit = 1"), &stricter),
        ("a scope, where `*` has none", star.clone(), own("allowed = [\"docs/\"]"), &stricter),
    ];
    for (what, old, new, expected) in &cases {
        let opposite = if *expected == &weaker { &stricter } else { &weaker };
        assert_eq!(&effects(new, old), opposite, "{what}, taken back");
        assert_eq!(&effects(old, new), *expected, "{what}: {:?}", said(old, new));
    }
    assert_eq!(effects(&star, &own("")), BTreeSet::new(), "the same under a name of one's own");
}

/// An area's `requires` once hid that of the specialist of its name.
#[test]
fn tables_of_one_name_are_told_apart() {
    let both = |specialist: &str| {
        format!(
            "[specialist.x]\n{specialist}\n[area.x]\npaths = [\"x\"]\nrequires = [\"s\"]\n[suite.s]\nrun = \"a\"\n[evidence]\nland = \"none\"\n"
        )
    };
    assert_eq!(said(&both("requires = [\"s\"]"), &both("")), ["`guarded-area`: `requires` of `x` is gone: `s` (weaker)"]);
}

#[test]
fn what_is_shown_loads_again_and_means_the_same() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/good");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let once = policy(&std::fs::read_to_string(&path).unwrap());
        let shown = show(&once);
        let again = policy(&shown);
        assert_eq!(differences(&once, &again), [], "{}", path.display());
        assert_eq!(show(&again), shown, "{}", path.display());
    }
}
