use std::path::{Path, PathBuf};

use super::*;
use crate::evidence::Level;

fn source(name: &str) -> Source {
    Source { name: name.to_owned(), commit: None, blob: None, trusted: false }
}

fn policies(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

/// `UPDATE=1 cargo test` writes what is said now.
#[test]
fn every_bad_policy_is_refused_in_these_words() {
    let mut wrong = Vec::new();
    for path in policies("bad") {
        let text = std::fs::read_to_string(&path).unwrap();
        let rendered = match load(&text, source("policy.toml")) {
            Ok(_) => "it loads\n".to_owned(),
            Err(error) => error.rendered,
        };
        let expected = path.with_extension("stderr");
        if std::env::var_os("UPDATE").is_some() {
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
    assert_eq!(limits.files_per_commit.as_ref().map(|l| (l.value.0, l.at.line)), Some((3, 6)));
    assert_eq!(limits.file_size.as_ref().map(|l| (l.value.0, l.at.line)), Some((1_024, 4)));
    assert_eq!(limits.lines_per_commit, None);
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

#[test]
fn a_policy_full_of_faults_is_refused_in_bounded_time() {
    let text = "x = 1\n".repeat(0) + &(0..20_000).map(|n| format!("k{n} = 1\n")).collect::<String>();
    let error = load(&text, source("policy.toml")).unwrap_err();
    assert!(error.faults.len() > 50);
    assert!(error.rendered.ends_with("more errors\n"), "{}", error.rendered);
}
