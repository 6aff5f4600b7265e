//! What a policy says, key by key, in a form that can be compared.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::key::Key;
use super::super::keys::{self, KeyRow, Table, Unit};
use super::super::limits::Limits;
use super::super::show::{forbidden, ref_texts, submodules, symlinks, texts, values};
use super::super::units::{show_duration, show_size};
use super::{Effect, Fact, Facts, Value};
use crate::policy::Cited;
use crate::policy::Level;
use crate::policy::types::{Area, EvidenceLevels, Policy, RefPatterns, Runner, Specialist, Suite, Symlinks};

/// Facts being gathered.
struct Gathered {
    facts: Facts,
    /// The table that is being read.
    table: Table,
}

impl Gathered {
    /// Notes a value under the key's row, which says whose rule it is.
    fn add(&mut self, whose: &str, key: &str, value: impl FnOnce(&KeyRow) -> Value) {
        if let Some(row) = keys::of(self.table).find(|row| row.name == key) {
            self.insert(row.rule, whose, key, value(row));
        }
    }

    fn insert(&mut self, rule: &'static str, whose: &str, key: &str, value: Value) {
        self.facts.insert((kind(self.table), whose.to_owned(), format!("`{key}`")), Fact { rule, value });
    }

    /// A list whose absence means the same as no elements.
    fn list<'a>(&mut self, whose: &str, key: &str, items: impl Iterator<Item = &'a str>) {
        let items: BTreeSet<String> = items.map(str::to_owned).collect();
        if !items.is_empty() {
            self.add(whose, key, |row| Value::List { items, more: row.more, there: row.more });
        }
    }

    fn rank(&mut self, whose: &str, key: &str, rank: u64, shown: &str) {
        self.add(whose, key, |_| Value::Rank { rank, shown: format!("`{shown}`") });
    }

    fn text(&mut self, whose: &str, key: &str, text: &str) {
        self.add(whose, key, |_| Value::Text(text.to_owned()));
    }

    /// A number, of which more is weaker or stricter, as the row says.
    fn number(&mut self, whose: &str, key: &str, number: u64, shown: String) {
        self.add(whose, key, |row| match row.more {
            Effect::Stricter => Value::Rank { rank: number, shown },
            Effect::Weaker | Effect::Other => Value::Limit { number, shown },
        });
    }

    fn refs(&mut self, whose: &str, key: &str, patterns: Option<&RefPatterns>) {
        self.list(whose, key, patterns.into_iter().flat_map(ref_texts));
    }

    fn limits(&mut self, whose: &str, limits: &Limits) {
        for (row, unit, value) in limits.all() {
            let Some(number) = value else { continue };
            let shown = match unit {
                Unit::Bytes => show_size(number),
                Unit::Things => number.to_string(),
            };
            self.insert(row.rule, whose, row.name, Value::Limit { number, shown });
        }
    }

    fn specialist(&mut self, specialist: &Specialist) {
        self.table = Table::Specialist;
        let name = specialist.name.value.as_str();
        self.insert("known-specialist", "", &format!("[specialist.{name}]"), Value::Text("declared".to_owned()));
        self.list(name, "users", values(&specialist.users));
        self.keys(name, &specialist.keys);
        self.list(name, "emails", values(&specialist.emails));
        self.refs(name, "branches", specialist.branches.as_ref());
        if let Some(allowed) = &specialist.allowed {
            let items = texts(allowed).map(str::to_owned).collect();
            self.add(name, "allowed", |row| Value::List { items, more: row.more, there: Effect::Stricter });
        }
        let areas: Vec<String> = specialist.prohibited_areas.iter().map(|area| format!("area:{}", area.value)).collect();
        let prohibited = texts(&specialist.prohibited).chain(areas.iter().map(String::as_str));
        self.list(name, "prohibited", prohibited);
        self.list(name, "requires", values(&specialist.requires));
        self.limits(name, &specialist.limits);
    }

    fn area(&mut self, area: &Area) {
        self.table = Table::Area;
        let name = area.name.value.as_str();
        self.insert("guarded-area", "", &format!("[area.{name}]"), Value::Text("declared".to_owned()));
        self.list(name, "paths", texts(&area.paths));
        self.list(name, "lines", area.lines.iter().map(|regex| regex.value.as_str()));
        self.list(name, "requires", values(&area.requires));
        self.list(name, "affects", values(&area.affects));
        self.list(name, "forbid", area.forbid.iter().map(|kind| forbidden(kind.value)));
        let owners_only = area.owners_only.as_ref().is_some_and(|flag| flag.value);
        self.rank(name, "owners-only", owners_only.into(), if owners_only { "true" } else { "false" });
    }

    fn suite(&mut self, suite: &Suite) {
        self.table = Table::Suite;
        let name = suite.name.value.as_str();
        self.text(name, "run", &suite.run);
        self.list(name, "files", texts(&suite.files));
        self.text(name, "timeout", &show_duration(suite.timeout));
        if let Some(junit) = suite.junit.as_ref().and_then(|path| path.as_str()) {
            self.text(name, "junit", junit);
        }
        if let Some(least) = suite.min_tests {
            self.number(name, "min-tests", least, least.to_string());
        }
        if let Some(most) = suite.max_skipped {
            self.number(name, "max-skipped", most, most.to_string());
        }
        self.list(name, "env", suite.env.iter().map(String::as_str));
    }

    /// With one runner more, more can be attested.
    fn runner(&mut self, runner: &Runner) {
        self.table = Table::Runner;
        self.keys(&runner.name.value, &runner.keys);
    }

    /// Keys by what they are and when they are believed; the comment means nothing.
    fn keys(&mut self, whose: &str, keys: &[Cited<Key>]) {
        let time = |name: &str, time: Option<Timestamp>| time.map_or_else(String::new, |time| format!(", {name} {time}"));
        let meaning =
            |key: &Key| format!("{}{}{}", key.fingerprint(), time("valid after", key.after), time("valid before", key.before));
        let items: Vec<String> = keys.iter().map(|key| meaning(&key.value)).collect();
        self.list(whose, "keys", items.iter().map(String::as_str));
    }

    fn evidence(&mut self, evidence: &EvidenceLevels) {
        self.table = Table::Evidence;
        for (key, (level, _)) in [("commit", evidence.commit), ("branch", evidence.branch), ("land", evidence.land)] {
            self.rank("", key, rank(level), level.as_str());
        }
        for (key, flag) in [("each-commit", evidence.each_commit), ("independent", evidence.independent)] {
            self.rank("", key, flag.into(), if flag { "true" } else { "false" });
        }
        if let Some(age) = &evidence.max_age {
            self.number("", "max-age", age.value.as_secs(), show_duration(age.value));
        }
    }

    /// `[count]`, `[paths]`, `[refs]`, `[session]`.
    fn rest(&mut self, policy: &Policy) {
        self.table = Table::Count;
        self.list("", "not-lines", texts(&policy.count.not_lines));
        self.list("", "not-files", texts(&policy.count.not_files));
        self.table = Table::Paths;
        let paths = &policy.paths;
        self.rank("", "portable", paths.portable.into(), if paths.portable { "true" } else { "false" });
        let links = match paths.symlinks {
            Symlinks::Allow => 0,
            Symlinks::Inside => 1,
            Symlinks::Deny => 2,
        };
        self.rank("", "symlinks", links, symlinks(paths.symlinks));
        let denied = submodules(paths.submodules) == "deny";
        self.rank("", "submodules", denied.into(), submodules(paths.submodules));
        self.table = Table::Refs;
        self.refs("", "allowed", Some(&policy.refs.allowed));
        let most = policy.refs.max_per_push.value;
        self.number("", "max-per-push", most, most.to_string());
        self.table = Table::Session;
        let window = policy.session.window;
        self.rank("session", "window", window.as_secs(), &show_duration(window));
    }
}

/// Names that must not be taken for each other: tables with names of their own have a kind, and what stands once has none.
fn kind(table: Table) -> &'static str {
    match table {
        Table::Top | Table::Owners | Table::Limits | Table::Count | Table::Paths | Table::Refs | Table::Session => "",
        Table::Specialist | Table::Area | Table::Suite | Table::Runner | Table::Combined | Table::Halt | Table::Evidence => {
            table.definition()
        }
    }
}

/// Levels are ordered, weakest first.
fn rank(level: Level) -> u64 {
    match level {
        Level::None => 0,
        Level::Claimed => 1,
        Level::Recorded => 2,
        Level::Signed => 3,
        Level::Attested => 4,
    }
}

/// Everything that a policy says.
pub(super) fn facts(policy: &Policy) -> Facts {
    let mut facts = Gathered { facts: Facts::new(), table: Table::Top };
    let base = policy.base.as_ref().map_or("the default branch", |base| base.value.as_str());
    facts.text("", "base", base);
    match &policy.protected {
        Some(patterns) => facts.refs("", "protected", Some(patterns)),
        None => facts.list("", "protected", std::iter::once(base)),
    }
    facts.refs("", "free", policy.free.as_ref());
    facts.table = Table::Owners;
    facts.list("owners", "users", values(&policy.owners.users));
    facts.list("owners", "emails", values(&policy.owners.emails));
    facts.keys("owners", &policy.owners.keys);
    facts.table = Table::Limits;
    facts.limits("defaults", &policy.defaults);
    policy.specialists.iter().for_each(|specialist| facts.specialist(specialist));
    policy.areas.iter().for_each(|area| facts.area(area));
    policy.suites.iter().for_each(|suite| facts.suite(suite));
    if let Some(combined) = &policy.combined {
        facts.table = Table::Combined;
        facts.list("combined", "requires", values(&combined.requires));
    }
    facts.table = Table::Halt;
    facts.list("halt", "on-failure", values(&policy.halt.on_failure));
    if let Some(command) = &policy.halt.notify {
        facts.text("halt", "notify", &command.value);
    }
    policy.runners.iter().for_each(|runner| facts.runner(runner));
    facts.evidence(&policy.evidence);
    facts.rest(policy);
    facts.facts
}
