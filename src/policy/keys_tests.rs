//! Every key, one by one: a change of it is told, with its effect, and it is shown.

use toml::{Table as Toml, Value};

use super::*;
use crate::policy::{Difference, Policy, PolicySource, differences, load, show};

/// A policy that says every key there is.
const LESS: &str = r#"
version = 1
base = "main"
protected = ["main"]
free = ["scratch/*"]

[owners]
users = ["o"]
emails = ["o@example.org"]
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOk3Bi2MdF8ld7BvFGImL/1RllTT8FBYuwmonStAHWdj o"]

[defaults]
max-files-per-commit = 1
max-files-per-session = 1
max-lines-per-commit = 1
max-lines-per-session = 1
max-areas-per-session = 1
max-bytes-per-commit = "1 B"
max-bytes-per-session = "1 B"
max-file-size = "1 B"

[specialist.n]
users = ["u"]
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0eqRlhpLQQzE0o+m1mfTF9p6DJRO/2OQxUm8BoLvB7 n"]
emails = ["n@example.org"]
branches = ["n/*"]
allowed = ["n/"]
prohibited = ["p/"]
requires = ["n"]

[specialist.m]
users = ["m"]

[area.n]
paths = ["n/"]
lines = ["n"]
forbid = ["add"]
owners-only = false
requires = ["n"]
affects = ["m"]

[area.m]
paths = ["m/"]
owners-only = false

[suite.n]
run = "true"
files = ["t/"]
timeout = "1m"
junit = "a.xml"
min-tests = 1
max-skipped = 1
env = ["PATH"]
sandbox = "none"

[suite.m]
run = "true"
timeout = "15m"
env = ["PATH"]

[runner.ci]
users = ["r"]
keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhkq//00CQxZgZRrGTlNDSmts/BtKxS1BekHqhb1TDI ci"]

[combined]
requires = ["n"]

[halt]
on-failure = ["n"]
notify = "true"
notify-format = "text"
rollback = "no"
repair = ["n"]

[evidence]
commit = "none"
branch = "none"
land = "none"
each-commit = false
max-age = "1d"
independent = false

[count]
not-lines = ["l"]
not-files = ["f"]

[paths]
portable = false
symlinks = "allow"
submodules = "allow"

[refs]
allowed = ["refs/heads/*"]
immutable = ["refs/tags/v*"]
max-per-push = 1

[session]
window = "1h"
"#;

/// A value of the key that says more than `less` does, by what the key holds.
fn more(row: &KeyRow, less: &Value) -> Vec<Value> {
    let added = |text: &str| vec![[less.as_array().unwrap().as_slice(), &[text.into()]].concat().into()];
    let words = |words: &[&str]| words.iter().skip(1).map(|word| (*word).into()).collect();
    match row.kind {
        Kind::Text if row.name == "base" => vec!["trunk".into()],
        Kind::Text => vec!["false.xml".into()],
        Kind::Texts | Kind::Within => added(match row.name {
            "keys" => "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti another",
            "forbid" => "delete",
            "requires" | "on-failure" | "repair" => "m",
            "affects" => "n",
            "prohibited" => "area:m",
            "env" => "HOME",
            "allowed" | "immutable" if row.get.table() == Table::Refs => "refs/tags/*",
            _ => "another",
        }),
        Kind::Flag => vec![true.into()],
        Kind::Number | Kind::Limit(Unit::Files | Unit::Lines | Unit::Areas, _) => vec![2.into()],
        Kind::Duration => vec!["2d".into()],
        Kind::Level => words(&["none", "claimed", "recorded", "signed", "attested"]),
        Kind::Word(known) => words(known),
        Kind::Limit(Unit::Bytes, _) => vec!["2 KiB".into()],
    }
}

fn policy(toml: &Toml) -> Policy {
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: true };
    load(&toml.to_string(), source).unwrap_or_else(|error| panic!("{}", error.rendered))
}

/// The tables that a key can stand in: of those with names, one.
fn tables(row: &KeyRow) -> Vec<Vec<&'static str>> {
    match row.get.table() {
        Table::Top => vec![vec![]],
        Table::Limits => vec![vec!["defaults"], vec!["specialist", "n"]],
        named @ (Table::Specialist | Table::Area | Table::Suite) => vec![vec![named.header(), "n"]],
        Table::Runner => vec![vec!["runner", "ci"]],
        once @ (Table::Owners
        | Table::Combined
        | Table::Halt
        | Table::Evidence
        | Table::Count
        | Table::Paths
        | Table::Refs
        | Table::Session) => vec![vec![once.header()]],
    }
}

fn table<'t>(toml: &'t mut Toml, path: &[&str]) -> &'t mut Toml {
    path.iter().fold(toml, |toml, name| toml.entry(*name).or_insert_with(|| Toml::new().into()).as_table_mut().unwrap())
}

/// `LESS`, with every key of `[defaults]` said of the specialists, too: what is inherited is no change of theirs.
fn less() -> Toml {
    let mut less: Toml = LESS.parse().unwrap();
    let limits = less["defaults"].clone();
    for name in ["n", "m"] {
        table(&mut less, &["specialist", name]).extend(limits.as_table().unwrap().clone());
    }
    less
}

/// What is told of a key alone: its rule, and what its value was and is.
fn effects(told: &[Difference]) -> Vec<(&str, Effect)> {
    told.iter().map(|difference| (difference.rule, difference.effect)).collect()
}

fn opposite(effect: Effect) -> Effect {
    match effect {
        Effect::Weaker => Effect::Stricter,
        Effect::Stricter => Effect::Weaker,
        Effect::Other => Effect::Other,
    }
}

#[test]
fn a_change_of_any_key_is_told_by_its_rule_and_with_its_effect_and_shown() {
    let less = less();
    let old = policy(&less);
    for row in KEYS.iter().filter(|row| row.name != "version") {
        for path in tables(row) {
            let mut changed = less.clone();
            let value =
                table(&mut changed, &path).get(row.name).unwrap_or_else(|| panic!("{path:?} has no `{}`", row.name)).clone();
            for value in more(row, &value) {
                let place = format!("{} = {value} in {path:?}", row.name);
                table(&mut changed, &path).insert(row.name.to_owned(), value.clone());
                let new = policy(&changed);
                assert_eq!(effects(&differences(&old, &new)), [(row.rule, row.more)], "{place}");
                assert_eq!(effects(&differences(&new, &old)), [(row.rule, opposite(row.more))], "back from {place}");
                let mut shown: Toml = show(&new).parse().unwrap();
                assert_eq!(table(&mut shown, &path).get(row.name), Some(&value), "{place}");
                assert_eq!(shown, changed, "nothing else is shown otherwise: {place}");
            }
        }
    }
}

/// The one key whose value can't be another.
#[test]
fn another_version_is_refused() {
    let mut other = less();
    other.insert("version".to_owned(), 2.into());
    let source = PolicySource { name: "policy.toml".to_owned(), commit: None, blob: None, trusted: true };
    assert!(load(&other.to_string(), source).is_err());
}

/// A key that is written nowhere is told as gone, where it has no default that means what was written.
#[test]
fn a_key_that_is_taken_out_is_told() {
    let less = less();
    let old = policy(&less);
    // Where the default is what `LESS` says.
    let defaults = ["protected", "owners-only", "each-commit", "submodules", "env"];
    for row in KEYS.iter().filter(|row| row.default != "required" && !defaults.contains(&row.name)) {
        for path in tables(row).iter().filter(|path| row.name != "junit" && (path.len() != 2 || row.get.table() != Table::Limits)) {
            let mut without = less.clone();
            table(&mut without, path).remove(row.name).unwrap();
            let told = differences(&old, &policy(&without));
            assert!(
                !told.is_empty() && told.iter().all(|difference| difference.rule == row.rule),
                "{} {path:?}: {told:?}",
                row.name
            );
        }
    }
}
