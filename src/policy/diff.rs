//! What a change to the policy means, rule by rule.

mod facts;
mod newcomer;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::facts::facts;
use self::newcomer::{Side, newcomers};
use super::types::Policy;
use crate::text::escape;

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
    let (comes, goes) = (newcomers(old, new), newcomers(new, old));
    let mut found: Vec<Difference> = comes.iter().flat_map(|entry| entry.differences(Side::Comes)).collect();
    found.extend(goes.iter().flat_map(|entry| entry.differences(Side::Goes)));
    let apart = |key: &&Key| comes.iter().chain(&goes).any(|entry| entry.says(key));
    let (old, new) = (facts(old), facts(new));
    let names: BTreeSet<&Key> = old.keys().chain(new.keys()).filter(|key| !apart(key)).collect();
    found.extend(names.into_iter().flat_map(|name| difference(&name.1, &name.2, old.get(name), new.get(name))));
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
    /// A number or a rank, and what a higher one does. That it is there at all is stricter.
    Ordered { number: u64, shown: String, more: Effect },
    /// A list: what an element more does, and what it does that the list is there at all.
    List { items: BTreeSet<String>, more: Effect, there: Effect },
    /// Anything else.
    Text(String),
}

/// By the kind of table, its name, and the key's: an area and a specialist may have one name.
type Key = (&'static str, String, String);
type Facts = BTreeMap<Key, Fact>;

/// One key on both sides.
fn difference(whose: &str, key: &str, old: Option<&Fact>, new: Option<&Fact>) -> Vec<Difference> {
    let Some(rule) = new.or(old).map(|fact| fact.rule) else { return Vec::new() };
    let say = |what: String, effect| Difference {
        rule,
        what: if whose.is_empty() { format!("{key} {what}") } else { format!("{key} of `{}` {what}", escape(whose.as_bytes())) },
        effect,
    };
    match (old.map(|f| &f.value), new.map(|f| &f.value)) {
        (Some(a), Some(b)) if a == b => Vec::new(),
        (Some(Value::Ordered { number: a, shown: from, more }), Some(Value::Ordered { number: b, shown: to, .. })) => {
            vec![say(format!("{from} → {to}"), if b > a { *more } else { opposite(*more) })]
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
        Value::Ordered { .. } => Effect::Stricter,
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
            Self::Ordered { shown, .. } => f.write_str(shown),
            Self::Text(text) => write!(f, "`{}`", escape(text.as_bytes())),
            Self::List { items, .. } => {
                let items: Vec<String> = items.iter().map(|item| format!("`{}`", escape(item.as_bytes()))).collect();
                f.write_str(&items.join(", "))
            }
        }
    }
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
