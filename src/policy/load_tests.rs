use std::path::{Path, PathBuf};

use super::*;
use crate::policy::{Level, Scope};

fn source(name: &str) -> PolicySource {
    PolicySource { name: name.to_owned(), commit: None, blob: None, trusted: false }
}

fn policies(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

/// `SNAPSHOTS=overwrite cargo test` writes what is said now.
#[test]
fn every_bad_policy_is_refused_in_these_words() {
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|action| action == "overwrite");
    let mut wrong = Vec::new();
    for path in policies("bad") {
        let text = std::fs::read_to_string(&path).unwrap();
        let rendered = match load(&text, source("policy.toml")) {
            Ok(_) => "it loads\n".to_owned(),
            Err(error) => error.rendered,
        };
        let expected = path.with_extension("stderr");
        if overwrite {
            std::fs::write(&expected, &rendered).unwrap();
        } else if std::fs::read_to_string(&expected).ok().as_ref() != Some(&rendered) {
            wrong.push(format!("{}:\n{rendered}", path.display()));
        }
        assert!(!rendered.contains("it loads"), "{}", path.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_good_policy_loads() {
    for path in policies("good") {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(error) = load(&text, source("policy.toml")) {
            panic!("{}\n{}", path.display(), error.rendered);
        }
    }
}

fn loaded(text: &str) -> Policy {
    load(text, source("policy.toml")).unwrap_or_else(|error| panic!("{}", error.rendered))
}

/// The module's page is what people copy from.
#[test]
fn the_documented_policy_loads() {
    let page = include_str!("mod.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line));
    let text: Vec<&str> = page.skip_while(|line| *line != "```toml").skip(1).take_while(|line| *line != "```").collect();
    assert_eq!(loaded(&text.join("\n")).areas.len(), 1);
}

#[test]
fn defaults_are_filled_in() {
    let policy = loaded("version = 1\n");
    assert!(policy.base.is_none() && policy.protected.is_none() && policy.combined.is_none());
    assert_eq!(policy.evidence.commit, (Level::Recorded, None));
    assert_eq!(policy.evidence.branch, (Level::Claimed, None));
    assert_eq!(policy.evidence.land, (Level::Attested, None));
    assert!(policy.paths.portable);
    assert_eq!(policy.paths.symlinks, Symlinks::Inside);
    assert_eq!(policy.paths.submodules, Submodules::Allow);
    assert_eq!(policy.refs.max_per_push.value, 50);
    assert_eq!(policy.refs.allowed.patterns.len(), REFS.len());
    for name in ["refs/heads/a/b", "refs/tags/v1", "refs/notes/guard/ci"] {
        assert!(policy.refs.allowed.matches(name.as_bytes()), "{name}");
    }
    for name in ["refs/replace/x", "refs/notes/other", "refs/meta/config"] {
        assert!(!policy.refs.allowed.matches(name.as_bytes()), "{name}");
    }
}

#[test]
fn limits_are_inherited_key_by_key() {
    let policy = loaded(
        "version = 1\n[defaults]\nmax-files-per-commit = 10\nmax-file-size = \"1 KiB\"\n[specialist.a]\nmax-files-per-commit = 3\n",
    );
    let limits = &policy.specialist("a").unwrap().limits;
    assert_eq!(limits.of("file-limit", Scope::Commit).map(|l| (l.value, l.at.line)), Some((3, 6)));
    assert_eq!(limits.of("file-size", Scope::File).map(|l| (l.value, l.at.line)), Some((1_024, 4)));
    assert_eq!(limits.of("line-limit", Scope::Commit), None);
}

#[test]
fn places_are_those_of_keys_and_headers() {
    let policy = loaded(
        "version = 1\n  base = \"main\"\n[suite.s]\nrun = \"true\"\n[area.b]\npaths = [\n  \"x/\",\n  \"y/\"]\nrequires = [\"s\"]\n[area.a]\npaths = [\"a\"]\n[evidence]\nland = \"none\"\n",
    );
    let place = |at: Position| (at.line, at.column);
    assert_eq!(place(policy.base.as_ref().unwrap().at), (2, 3));
    assert_eq!(policy.areas.iter().map(|a| (a.name.value.as_str(), a.name.at.line)).collect::<Vec<_>>(), [("b", 5), ("a", 10)]);
    let area = policy.area("b").unwrap();
    assert_eq!(area.paths.iter().map(|p| place(p.at)).collect::<Vec<_>>(), [(6, 1), (6, 1)]);
    assert_eq!(place(area.requires[0].at), (9, 1));
    assert_eq!(policy.evidence.land.0, Level::None);
    assert_eq!(policy.evidence.land.1.map(place), Some((13, 1)));
    assert_eq!(policy.suite("s").unwrap().timeout.as_secs(), 900);
    assert_eq!(policy.suite("s").unwrap().env, ["PATH"]);
}

/// Texts of 1 MiB that are made to cost: each must be refused, soon (minutes without the bounds).
#[test]
fn hostile_policies_are_refused_in_bounded_time() {
    let filled = |head: &str, part: &dyn Fn(usize) -> String| {
        let mut text = head.to_owned();
        let mut n = 0;
        while text.len() < (1 << 20) {
            text.push_str(&part(n));
            n += 1;
        }
        text
    };
    let v = "version = 1\n";
    for text in [
        filled(v, &|n| format!("k{n} = 1\n")),
        filled(v, &|_| "= \n".to_owned()),
        filled(v, &|n| format!("[area.a{n}]\npaths = [\"a\"]\naffects = [\"b{n}\"]\n")),
        filled(v, &|n| format!("[area.a{n}]\nlines = [\"(x{{99}}){{99}}{n}\"]\n")),
        filled(v, &|n| format!("[area.a{n}]\npaths = [\"[a]{{b,c{n}}}/**/x\", \"/\"]\n")),
        filled("version = 1\nprotected = [", &|n| format!("\"[{n}\",")) + "]\n",
        filled("version = ", &|_| "[".to_owned()),
        filled("version = 1\nbase = \"", &|_| "\u{202e}".to_owned()) + "\"\n",
    ] {
        let start = std::time::Instant::now();
        let error = load(&text, source("policy.toml")).err().unwrap();
        assert!(!error.faults.is_empty() && error.rendered.ends_with('\n'));
        assert!(error.rendered.len() < 1 << 20, "{}", error.rendered.len());
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    /// Whatever is done to a policy, it loads or is refused in words.
    #[test]
    fn a_damaged_policy_never_panics(at in 0_usize..4_000, cut in 0_usize..40, put in "[\\[\\]{}=\"'.a1\n\u{fc}\u{301}\t*/ ]{0,6}") {
        let whole = include_str!("../../tests/policies/good/whole.toml");
        let text: String = whole.chars().take(at).chain(put.chars()).chain(whole.chars().skip(at + cut)).collect();
        if let Err(error) = load(&text, source("policy.toml")) {
            proptest::prop_assert!(error.rendered.starts_with("error: ") && error.rendered.ends_with('\n'), "{}", error.rendered);
            proptest::prop_assert_eq!(error.message, error.faults[0].message.clone());
        }
    }
}

#[test]
fn what_a_terminal_would_obey_is_not_cited() {
    // U+009B begins an escape sequence as ESC [ does; the renderer knows the latter alone.
    for text in ["version = 1\nbase = 1 # \u{9b}31m\n", "version = 1\nx = 1 # \u{1b}[31m\u{202e}\n"] {
        let rendered = load(text, source("policy.toml")).unwrap_err().rendered;
        assert!(!rendered.contains(['\u{9b}', '\u{1b}', '\u{202e}']), "{rendered:?}");
    }
}
