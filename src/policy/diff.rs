//! What a change to the policy means, rule by rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::limits::Limits;
use super::show::{forbidden, ref_texts, submodules, symlinks, texts, values};
use super::types::{Area, Policy, RefPatterns, Specialist, Suite, Symlinks};
use super::units::{show_duration, show_size};
use super::weak;
use crate::evidence::Level;
use crate::report::escape;

/// Whether a change lets more pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// More passes.
    Weaker,
    /// Less passes.
    Stricter,
    /// Something else is meant.
    Other,
}

/// One thing that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The rule that it is about.
    pub rule: &'static str,
    /// What, in one line.
    pub what: String,
    /// To what effect.
    pub effect: Effect,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Weaker => " (weaker)",
            Effect::Stricter => " (stricter)",
            Effect::Other => "",
        };
        write!(f, "`{}`: {}{effect}", self.rule, self.what)
    }
}

/// What `new` means otherwise than `old`, by rule.
pub fn differences(old: &Policy, new: &Policy) -> Vec<Difference> {
    let (old, new) = (facts(old), facts(new));
    let names: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
    let mut found: Vec<Difference> = names.into_iter().flat_map(|name| difference(name, old.get(name), new.get(name))).collect();
    found.sort_by_key(|difference| difference.rule);
    found
}

/// What one key of a policy says, in a form that can be compared.
#[derive(Clone, PartialEq, Debug)]
struct Fact {
    rule: &'static str,
    value: Value,
}

#[derive(Clone, PartialEq, Debug)]
enum Value {
    /// A limit: absent is boundless, more is weaker.
    Limit { number: u64, shown: String },
    /// A list: what an element more does, and what it does that the list is there at all.
    List { items: BTreeSet<String>, more: Effect, there: Effect },
    /// A rank: more is stricter.
    Rank { rank: u64, shown: String },
    /// Anything else.
    Text(String),
}

/// By whose key it is and its name.
type Facts = BTreeMap<(String, String), Fact>;

/// One key on both sides.
fn difference((whose, key): &(String, String), old: Option<&Fact>, new: Option<&Fact>) -> Vec<Difference> {
    let Some(rule) = new.or(old).map(|fact| fact.rule) else { return Vec::new() };
    let say = |what: String, effect| Difference {
        rule,
        what: if whose.is_empty() { format!("{key} {what}") } else { format!("{key} of `{}` {what}", escape(whose.as_bytes())) },
        effect,
    };
    let order = |weaker: bool| if weaker { Effect::Weaker } else { Effect::Stricter };
    match (old.map(|f| &f.value), new.map(|f| &f.value)) {
        (Some(a), Some(b)) if a == b => Vec::new(),
        (Some(Value::Limit { number: a, shown: from }), Some(Value::Limit { number: b, shown: to })) => {
            vec![say(format!("{from} → {to}"), order(b > a))]
        }
        (Some(Value::Rank { rank: a, shown: from }), Some(Value::Rank { rank: b, shown: to })) => {
            vec![say(format!("{from} → {to}"), order(b < a))]
        }
        (Some(Value::List { items: a, more, .. }), Some(Value::List { items: b, .. })) => {
            let plus = b.difference(a).map(|item| say(format!("+ `{}`", escape(item.as_bytes())), *more));
            let minus = a.difference(b).map(|item| say(format!("- `{}`", escape(item.as_bytes())), opposite(*more)));
            plus.chain(minus).collect()
        }
        (None, Some(value)) => vec![say(format!("is new: {value}"), there(value))],
        (Some(value), None) => vec![say(format!("is gone: {value}"), opposite(there(value)))],
        (Some(from), Some(to)) => vec![say(format!("{from} → {to}"), Effect::Other)],
        (None, None) => Vec::new(),
    }
}

/// What it does that a key is there at all.
fn there(value: &Value) -> Effect {
    match value {
        Value::Limit { .. } | Value::Rank { .. } => Effect::Stricter,
        Value::List { there, .. } => *there,
        Value::Text(_) => Effect::Other,
    }
}

fn opposite(effect: Effect) -> Effect {
    match effect {
        Effect::Weaker => Effect::Stricter,
        Effect::Stricter => Effect::Weaker,
        Effect::Other => Effect::Other,
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit { shown, .. } | Self::Rank { shown, .. } => f.write_str(shown),
            Self::Text(text) => write!(f, "`{}`", escape(text.as_bytes())),
            Self::List { items, .. } => {
                let items: Vec<String> = items.iter().map(|item| format!("`{}`", escape(item.as_bytes()))).collect();
                f.write_str(&items.join(", "))
            }
        }
    }
}

/// Facts being gathered.
#[derive(Default)]
struct Gathered(Facts);

impl Gathered {
    fn add(&mut self, rule: &'static str, whose: &str, key: &str, value: Value) {
        self.0.insert((whose.to_owned(), format!("`{key}`")), Fact { rule, value });
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
        let name = specialist.name.value.as_str();
        self.add("known-specialist", "", &format!("[specialist.{name}]"), Value::Text("declared".to_owned()));
        self.list("identity", name, "users", values(&specialist.users), Effect::Other);
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
        let name = suite.name.value.as_str();
        self.add("guarded-area", name, "run", Value::Text(suite.run.clone()));
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

    /// `[evidence]`, `[count]`, `[paths]`, `[refs]`.
    fn rest(&mut self, policy: &Policy) {
        for (key, (level, _)) in
            [("commit", policy.evidence.commit), ("branch", policy.evidence.branch), ("land", policy.evidence.land)]
        {
            self.rank("guarded-area", "", key, rank(level), level.as_str());
        }
        let each = policy.evidence.each_commit;
        self.rank("guarded-area", "", "each-commit", each.into(), if each { "true" } else { "false" });
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
fn facts(policy: &Policy) -> Facts {
    let mut facts = Gathered::default();
    let base = policy.base.as_ref().map_or("the default branch", |base| base.value.as_str());
    facts.add("protected-ref", "", "base", Value::Text(base.to_owned()));
    match &policy.protected {
        Some(patterns) => facts.refs("protected-ref", "", "protected", Some(patterns), Effect::Stricter),
        None => facts.list("protected-ref", "", "protected", std::iter::once(base), Effect::Stricter),
    }
    facts.list("policy-change", "owners", "users", values(&policy.owners.users), Effect::Weaker);
    facts.list("policy-change", "owners", "emails", values(&policy.owners.emails), Effect::Weaker);
    facts.limits("defaults", &policy.defaults);
    policy.specialists.iter().for_each(|specialist| facts.specialist(specialist));
    policy.areas.iter().for_each(|area| facts.area(area));
    policy.suites.iter().for_each(|suite| facts.suite(suite));
    if let Some(combined) = &policy.combined {
        facts.list("combined-change", "combined", "requires", values(&combined.requires), Effect::Stricter);
    }
    facts.rest(policy);
    facts.0
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
