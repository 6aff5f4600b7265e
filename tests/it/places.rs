//! How many places a rule and a limit stand in: CONTRIBUTING promises the number, and a list somewhere else would break it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use guard::policy::keys;
use guard::rules::RULES;

/// Files that name a rule for what it alone is: the audit draws the limits of a commit, `policy diff` tells of a table as a whole.
const NAMED_FOR_ITSELF: [&str; 2] = ["src/audit/replay.rs", "src/policy/diff/facts.rs"];
const ROWS: &str = "src/policy/keys/rows.rs";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of code below `directory`.
fn below(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The program's files with their code: no comments, and nothing of tests.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    below(&root().join("src"), &mut files);
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    let of_tests = |name: &str| {
        name.ends_with("_tests.rs") || name.contains("/tests/") || name.ends_with("/fixture.rs") || name.contains("scratch")
    };
    let code = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        own.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
    };
    let found: Vec<(String, String)> =
        files.iter().filter(|path| !of_tests(&name(path))).map(|path| (name(path), code(path))).collect();
    assert!(found.len() > 100, "{} files", found.len());
    found
}

fn naming<'s>(sources: &'s [(String, String)], text: &str) -> BTreeSet<&'s str> {
    sources.iter().filter(|(_, code)| code.contains(text)).map(|(name, _)| name.as_str()).collect()
}

/// One file, one line in `RULES`, one test file: beside them only the rows of its keys name a rule.
#[test]
fn a_rule_is_named_in_its_file_and_in_the_rows_of_its_keys() {
    let sources = sources();
    let list = std::fs::read_to_string(root().join("src/rules/mod.rs")).unwrap();
    for rule in RULES {
        let module = rule.id.replace('-', "_");
        let own = format!("src/rules/{module}.rs");
        // A name before a colon is a key of a JSON document: `{ "halted": true }`.
        let names = |code: &str| {
            let after = code.split(&format!("\"{}\"", rule.id)).skip(1).map(str::trim_start).collect::<Vec<_>>();
            after.iter().any(|rest| !rest.starts_with(':'))
        };
        let named: BTreeSet<&str> = sources.iter().filter(|(_, code)| names(code)).map(|(name, _)| name.as_str()).collect();
        let elsewhere: Vec<&str> =
            named.iter().copied().filter(|file| *file != own && *file != ROWS && !NAMED_FOR_ITSELF.contains(file)).collect();
        assert_eq!((named.contains(own.as_str()), elsewhere), (true, Vec::new()), "`{}`", rule.id);
        assert_eq!(list.matches(&format!("&{module}::RULE,")).count(), 1, "`{}` in RULES", rule.id);
        assert!(root().join(format!("tests/it/rules/{module}.rs")).exists(), "`{}` has no test file", rule.id);
    }
}

/// The row and its rule: nothing else in the program names a limit.
#[test]
fn a_limit_is_named_in_its_row_and_in_its_rule() {
    let sources = sources();
    let mut seen = BTreeSet::new();
    for (row, _, scope) in keys::limits() {
        let rule = RULES.iter().find(|rule| rule.id == row.rule).unwrap_or_else(|| panic!("no rule `{}`", row.rule));
        assert!(rule.is_limit(), "`{}` has a limit, so a waiver of it carries a number", rule.id);
        assert!(seen.insert(format!("{} {scope:?}", row.rule)), "`{}`: two limits of one rule over one thing", row.name);
        let own = format!("src/rules/{}.rs", row.rule.replace('-', "_"));
        assert_eq!(naming(&sources, row.name), BTreeSet::from([ROWS, own.as_str()]), "`{}`", row.name);
    }
    let limited: BTreeSet<&str> = keys::limits().map(|(row, ..)| row.rule).collect();
    let limits = RULES.iter().filter(|rule| rule.is_limit()).map(|rule| rule.id);
    assert_eq!(limited, limits.collect(), "a rule whose waiver carries a number has a limit");
}

#[test]
fn every_key_is_of_a_rule_and_the_words_on_free_branches_are_true() {
    for row in keys::KEYS {
        assert!(RULES.iter().any(|rule| rule.id == row.rule), "`{}` is of no rule `{}`", row.name, row.rule);
    }
    let about = keys::of(keys::Table::Top).find(|row| row.name == "free").unwrap().about;
    let named: BTreeSet<&str> = about.split('`').skip(1).step_by(2).collect();
    assert_eq!(named, RULES.iter().filter(|rule| rule.free).map(|rule| rule.id).collect());
}

/// A pattern that leaves fields of the policy out forgets the one that comes next. Limits have no fields at all.
#[test]
fn no_pattern_leaves_fields_of_the_policy_out() {
    let types = [
        "Policy",
        "Limits",
        "Owners",
        "Specialist",
        "Area",
        "Suite",
        "Halt",
        "Combined",
        "EvidenceLevels",
        "Count",
        "PathRules",
        "RefRules",
    ];
    let mut left_out = Vec::new();
    for (file, code) in sources() {
        for name in types {
            for rest in code.split(&format!(" {name} {{")).skip(1) {
                let fields = rest.split('}').next().unwrap();
                if fields.trim_end().ends_with("..") {
                    left_out.push(format!("{file}: {name} {{{fields}}}"));
                }
            }
        }
    }
    assert_eq!(left_out, Vec::<String>::new());
}
