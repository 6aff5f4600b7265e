//! What a policy says, key by key, in a form that can be compared.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::key::Key;
use super::super::limits::Limits;
use super::super::show::{forbidden, ref_texts, submodules, symlinks, texts, values};
use super::super::units::{show_duration, show_size};
use super::super::weak;
use super::{Effect, Fact, Facts, Value};
use crate::policy::Cited;
use crate::policy::Level;
use crate::policy::types::{Area, EvidenceLevels, Policy, RefPatterns, Runner, Specialist, Suite, Symlinks};

/// Facts being gathered.
#[derive(Default)]
struct Gathered {
    facts: Facts,
    /// The kind of table that is being read.
    kind: &'static str,
}

impl Gathered {
    fn add(&mut self, rule: &'static str, whose: &str, key: &str, value: Value) {
        self.facts.insert((self.kind, whose.to_owned(), format!("`{key}`")), Fact { rule, value });
    }

    /// A list whose absence means the same as no elements.
    fn list<'a>(&mut self, rule: &'static str, whose: &str, key: &str, items: impl Iterator<Item = &'a str>, more: Effect) {
        let items: BTreeSet<String> = items.map(str::to_owned).collect();
        if !items.is_empty() {
            self.add(rule, whose, key, Value::List { items, more, there: more });
        }
    }

    fn rank(&mut self, rule: &'static str, whose: &str, key: &str, rank: u64, shown: &str) {
        self.add(rule, whose, key, Value::Rank { rank, shown: format!("`{shown}`") });
    }

    fn refs(&mut self, rule: &'static str, whose: &str, key: &str, patterns: Option<&RefPatterns>, more: Effect) {
        self.list(rule, whose, key, patterns.into_iter().flat_map(ref_texts), more);
    }

    fn limits(&mut self, whose: &str, limits: &Limits) {
        for (key, value) in weak::keys(limits) {
            let Some(number) = value else { continue };
            let (rule, shown) = match key {
                "max-file-size" => ("file-size", show_size(number)),
                key if key.contains("bytes") => ("byte-limit", show_size(number)),
                key if key.contains("files") => ("file-limit", number.to_string()),
                key if key.contains("lines") => ("line-limit", number.to_string()),
                _ => ("area-limit", number.to_string()),
            };
            self.add(rule, whose, key, Value::Limit { number, shown });
        }
    }

    fn specialist(&mut self, specialist: &Specialist) {
        self.kind = "specialist";
        let name = specialist.name.value.as_str();
        self.add("known-specialist", "", &format!("[specialist.{name}]"), Value::Text("declared".to_owned()));
        self.list("identity", name, "users", values(&specialist.users), Effect::Other);
        self.keys("identity", name, &specialist.keys, Effect::Other);
        self.list("identity", name, "emails", values(&specialist.emails), Effect::Other);
        self.refs("identity", name, "branches", specialist.branches.as_ref(), Effect::Other);
        if let Some(allowed) = &specialist.allowed {
            let items = texts(allowed).map(str::to_owned).collect();
            self.add("scope", name, "allowed", Value::List { items, more: Effect::Weaker, there: Effect::Stricter });
        }
        let areas: Vec<String> = specialist.prohibited_areas.iter().map(|area| format!("area:{}", area.value)).collect();
        let prohibited = texts(&specialist.prohibited).chain(areas.iter().map(String::as_str));
        self.list("scope", name, "prohibited", prohibited, Effect::Stricter);
        self.list("guarded-area", name, "requires", values(&specialist.requires), Effect::Stricter);
        self.limits(name, &specialist.limits);
    }

    fn area(&mut self, area: &Area) {
        self.kind = "area";
        let name = area.name.value.as_str();
        self.add("guarded-area", "", &format!("[area.{name}]"), Value::Text("declared".to_owned()));
        self.list("guarded-area", name, "paths", texts(&area.paths), Effect::Stricter);
        self.list("guarded-area", name, "lines", area.lines.iter().map(|regex| regex.value.as_str()), Effect::Stricter);
        self.list("guarded-area", name, "requires", values(&area.requires), Effect::Stricter);
        self.list("guarded-area", name, "affects", values(&area.affects), Effect::Stricter);
        self.list("forbidden-change", name, "forbid", area.forbid.iter().map(|kind| forbidden(kind.value)), Effect::Stricter);
        let owners_only = area.owners_only.as_ref().is_some_and(|flag| flag.value);
        self.rank("forbidden-change", name, "owners-only", owners_only.into(), if owners_only { "true" } else { "false" });
    }

    fn suite(&mut self, suite: &Suite) {
        self.kind = "suite";
        let name = suite.name.value.as_str();
        self.add("guarded-area", name, "run", Value::Text(suite.run.clone()));
        self.list("guarded-area", name, "files", texts(&suite.files), Effect::Stricter);
        self.add("guarded-area", name, "timeout", Value::Text(show_duration(suite.timeout)));
        if let Some(junit) = suite.junit.as_ref().and_then(|path| path.as_str()) {
            self.add("guarded-area", name, "junit", Value::Text(junit.to_owned()));
        }
        if let Some(least) = suite.min_tests {
            self.add("guarded-area", name, "min-tests", Value::Rank { rank: least, shown: least.to_string() });
        }
        if let Some(most) = suite.max_skipped {
            self.add("guarded-area", name, "max-skipped", Value::Limit { number: most, shown: most.to_string() });
        }
        self.list("guarded-area", name, "env", suite.env.iter().map(String::as_str), Effect::Other);
    }

    /// With one runner more, more can be attested.
    fn runner(&mut self, runner: &Runner) {
        self.kind = "runner";
        self.keys("guarded-area", &runner.name.value, &runner.keys, Effect::Weaker);
    }

    /// Keys by what they are and when they are believed; the comment means nothing.
    fn keys(&mut self, rule: &'static str, whose: &str, keys: &[Cited<Key>], more: Effect) {
        let time = |name: &str, time: Option<Timestamp>| time.map_or_else(String::new, |time| format!(", {name} {time}"));
        let meaning =
            |key: &Key| format!("{}{}{}", key.fingerprint(), time("valid after", key.after), time("valid before", key.before));
        let items: Vec<String> = keys.iter().map(|key| meaning(&key.value)).collect();
        self.list(rule, whose, "keys", items.iter().map(String::as_str), more);
    }

    fn evidence(&mut self, evidence: &EvidenceLevels) {
        self.kind = "evidence";
        for (key, (level, _)) in [("commit", evidence.commit), ("branch", evidence.branch), ("land", evidence.land)] {
            self.rank("guarded-area", "", key, rank(level), level.as_str());
        }
        for (key, flag) in [("each-commit", evidence.each_commit), ("independent", evidence.independent)] {
            self.rank("guarded-area", "", key, flag.into(), if flag { "true" } else { "false" });
        }
        if let Some(age) = &evidence.max_age {
            let value = Value::Limit { number: age.value.as_secs(), shown: show_duration(age.value) };
            self.add("guarded-area", "", "max-age", value);
        }
    }

    /// `[count]`, `[paths]`, `[refs]`, `[session]`.
    fn rest(&mut self, policy: &Policy) {
        self.kind = "";
        self.list("line-limit", "", "not-lines", texts(&policy.count.not_lines), Effect::Weaker);
        self.list("file-limit", "", "not-files", texts(&policy.count.not_files), Effect::Weaker);
        let paths = &policy.paths;
        self.rank("safe-path", "", "portable", paths.portable.into(), if paths.portable { "true" } else { "false" });
        let links = match paths.symlinks {
            Symlinks::Allow => 0,
            Symlinks::Inside => 1,
            Symlinks::Deny => 2,
        };
        self.rank("safe-path", "", "symlinks", links, symlinks(paths.symlinks));
        let denied = submodules(paths.submodules) == "deny";
        self.rank("safe-path", "", "submodules", denied.into(), submodules(paths.submodules));
        self.refs("protected-ref", "", "allowed", Some(&policy.refs.allowed), Effect::Weaker);
        let most = policy.refs.max_per_push.value;
        self.add("protected-ref", "", "max-per-push", Value::Limit { number: most, shown: most.to_string() });
        let window = policy.session.window;
        self.rank("file-limit", "session", "window", window.as_secs(), &show_duration(window));
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
    let mut facts = Gathered::default();
    let base = policy.base.as_ref().map_or("the default branch", |base| base.value.as_str());
    facts.add("protected-ref", "", "base", Value::Text(base.to_owned()));
    match &policy.protected {
        Some(patterns) => facts.refs("protected-ref", "", "protected", Some(patterns), Effect::Stricter),
        None => facts.list("protected-ref", "", "protected", std::iter::once(base), Effect::Stricter),
    }
    facts.refs("protected-ref", "", "free", policy.free.as_ref(), Effect::Weaker);
    facts.list("policy-change", "owners", "users", values(&policy.owners.users), Effect::Weaker);
    facts.list("policy-change", "owners", "emails", values(&policy.owners.emails), Effect::Weaker);
    facts.keys("policy-change", "owners", &policy.owners.keys, Effect::Weaker);
    facts.limits("defaults", &policy.defaults);
    policy.specialists.iter().for_each(|specialist| facts.specialist(specialist));
    policy.areas.iter().for_each(|area| facts.area(area));
    policy.suites.iter().for_each(|suite| facts.suite(suite));
    if let Some(combined) = &policy.combined {
        facts.kind = "combined";
        facts.list("combined-change", "combined", "requires", values(&combined.requires), Effect::Stricter);
    }
    facts.kind = "halt";
    facts.list("halted", "halt", "on-failure", values(&policy.halt.on_failure), Effect::Stricter);
    if let Some(command) = &policy.halt.notify {
        facts.add("halted", "halt", "notify", Value::Text(command.value.clone()));
    }
    policy.runners.iter().for_each(|runner| facts.runner(runner));
    facts.evidence(&policy.evidence);
    facts.rest(policy);
    facts.facts
}
