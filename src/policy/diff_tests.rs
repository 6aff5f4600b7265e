use super::*;
use crate::policy::{Source, load, show};

fn policy(text: &str) -> Policy {
    let source = Source { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: false };
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
    assert_eq!(said("[suite.s]\nrun = \"a\"\n", "[suite.s]\nrun = \"b\"\n"), ["`guarded-area`: `run` of `s` `a` → `b`"]);
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
