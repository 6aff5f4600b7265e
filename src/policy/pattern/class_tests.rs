//! Held against git: what `[…]` means is not for us to say.

use super::super::Pattern;
use crate::git::scratch::{Dice, Scratch};
use crate::model::RepoPath;

/// A repository whose index holds these names.
fn holding(names: &[String]) -> Scratch {
    let scratch = Scratch::new();
    let blob = scratch.git_with(&["hash-object", "-w", "--stdin"], "");
    let lines: String = names.iter().map(|name| format!("100644 {}\t{name}\0", blob.trim())).collect();
    scratch.git_with(&["update-index", "-z", "--index-info"], lines);
    scratch
}

/// The names that git's own glob matches.
fn matched(scratch: &Scratch, pattern: &str) -> Vec<String> {
    let out = scratch.git(&["ls-files", "-z", "--", &format!(":(glob){pattern}")]);
    out.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn assert_as_git(scratch: &Scratch, names: &[String], text: &str) -> bool {
    let Ok(pattern) = Pattern::new(text) else { return false };
    let ours: Vec<&String> = names.iter().filter(|name| pattern.matches(&RepoPath::from(name.as_str()))).collect();
    let theirs = matched(scratch, text);
    assert_eq!(ours, theirs.iter().collect::<Vec<_>>(), "{text}");
    true
}

/// Every printable byte and some that aren't, alone and behind an `x`.
fn names() -> Vec<String> {
    let singles = (1..128_u8).map(char::from).filter(|c| !matches!(c, '/' | '.')).chain(['é']).map(String::from);
    let mut names: Vec<String> = singles.flat_map(|one| [format!("x{one}"), one]).collect();
    names.extend(["a]".to_owned(), "-]".to_owned(), "[a]".to_owned()]);
    names.sort();
    names.dedup();
    names
}

#[test]
fn classes_that_have_been_met_are_read_as_git_reads_them() {
    let names = names();
    let scratch = holding(&names);
    let mut all: Vec<String> = Vec::new();
    for name in ["alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"] {
        all.extend([format!("[[:{name}:]]"), format!("[![:{name}:]]"), format!("x[^[:{name}:]-]")]);
    }
    let met = [
        r"[ab\]]",
        r"[\]-a]",
        r"[a\-c]",
        "[a-b-c]",
        "[]-a]",
        "[]]",
        "[!]]",
        "[]!^-]",
        "[!-a]",
        "[^!]",
        r"[\!]",
        r"[\^]",
        r"[\!^]",
        "[+--]",
        "[a-]",
        "[-a]",
        r"[\\]",
        r"[[-\]]",
        "[[:]",
        "[[a]",
        "[:a]",
        "[[:a]",
        "[a-c[:digit:]-x]",
        "x[!a-z]",
        r"[!\]a]",
        "[[:digit:]a-]",
    ];
    all.extend(met.map(str::to_owned));
    for text in &all {
        assert!(assert_as_git(&scratch, &names, text), "{text} is refused: {:?}", Pattern::new(text).err());
    }
}

#[test]
fn random_classes_are_read_as_git_reads_them_or_refused() {
    let names = names();
    let scratch = holding(&names);
    let pieces = ["a", "b", "c", "-", "]", "[", "!", "^", r"\", ":", "[:digit:]", "[:punct:]", "[:x:]", "A", "9", "[:"];
    let mut dice = Dice(0x5eed);
    let mut read = 0;
    for _ in 0..400 {
        let inner: String = (0..=dice.below(5)).map(|_| pieces[dice.below(pieces.len())]).collect();
        let (before, after) = [("", ""), ("x", ""), ("?", ""), ("", "]"), ("*", "")][dice.below(5)];
        read += usize::from(assert_as_git(&scratch, &names, &format!("{before}[{inner}]{after}")));
    }
    assert!(read > 150, "{read} of 400 were read");
}
