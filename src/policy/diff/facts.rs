//! What a policy says, key by key, in a form that can be compared.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::key::Key;
use super::super::keys::{KeyRow, Kind, Said, Table, sections};
use super::super::units::{show_duration, show_size};
use super::{Effect, Fact, Facts, Value};
use crate::policy::Level;
use crate::policy::types::Policy;

/// Everything that a policy says.
pub(super) fn facts(policy: &Policy) -> Facts {
    let mut facts = Facts::new();
    for section in sections(policy) {
        let kind = kind(section.table);
        if let (Some(name), Some(rule)) = (section.name, declared_for(section.table)) {
            facts.insert(
                (kind, String::new(), declared(section.table, name)),
                Fact { rule, value: Value::Text("declared".to_owned()) },
            );
        }
        let whose = section.name.unwrap_or_else(|| whose(section.table));
        for (row, said) in section.keys {
            if let Some(value) = value(row, said) {
                facts.insert((kind, whose.to_owned(), format!("`{}`", row.name)), Fact { rule: row.rule, value });
            }
        }
    }
    facts
}

/// Whether a key is of that specialist's table, or says that the table is there.
pub(super) fn specialist_s((table, whose, key): &super::Key, name: &str) -> bool {
    *table == kind(Table::Specialist) && (whose == name || (whose.is_empty() && *key == declared(Table::Specialist, name)))
}

/// Whether a key says that a table is there, and nothing else.
pub(super) fn table_of((_, whose, key): &super::Key) -> bool {
    whose.is_empty() && key.starts_with("`[")
}

fn declared(table: Table, name: &str) -> String {
    format!("`[{}.{name}]`", table.header())
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

/// What a message names beside a key, of a table that stands once: nothing where the key alone is known to everybody.
fn whose(table: Table) -> &'static str {
    match table {
        Table::Owners | Table::Limits | Table::Combined | Table::Halt | Table::Session => table.header(),
        Table::Top
        | Table::Specialist
        | Table::Area
        | Table::Suite
        | Table::Runner
        | Table::Evidence
        | Table::Count
        | Table::Paths
        | Table::Refs => "",
    }
}

/// The rule to which it matters that a table of this kind is there at all, whatever it says.
fn declared_for(table: Table) -> Option<&'static str> {
    match table {
        Table::Specialist => Some("known-specialist"),
        Table::Area => Some("guarded-area"),
        Table::Top
        | Table::Owners
        | Table::Limits
        | Table::Suite
        | Table::Runner
        | Table::Combined
        | Table::Halt
        | Table::Evidence
        | Table::Count
        | Table::Paths
        | Table::Refs
        | Table::Session => None,
    }
}

/// What is said of a key, so that it can be compared; `None`: nothing.
fn value(row: &KeyRow, said: Said) -> Option<Value> {
    let ordered = |number: u64, shown: String| Value::Ordered { number, shown, more: row.more };
    let ticked = |number: u64, shown: &str| ordered(number, format!("`{shown}`"));
    match said {
        Said::Nothing => None,
        Said::Unsaid { remark: _, means } => value(row, *means),
        Said::Text(text) => Some(Value::Text(text)),
        Said::Texts(texts) => list(row, texts.into_iter().collect()),
        Said::Keys(keys) => list(row, keys.iter().map(meaning).collect()),
        Said::Flag(flag) => Some(ticked(flag.into(), if flag { "true" } else { "false" })),
        Said::Number(number) => Some(ordered(number, number.to_string())),
        Said::Bytes(bytes) => Some(ordered(bytes, show_size(bytes))),
        Said::Duration(duration) => {
            let (seconds, shown) = (duration.as_secs(), show_duration(duration));
            Some(match row.more {
                // One that may not be exceeded is told as limits are.
                Effect::Weaker => ordered(seconds, shown),
                Effect::Stricter => ticked(seconds, &shown),
                Effect::Other => Value::Text(shown),
            })
        }
        Said::Level(level) => Some(ticked(rank(level), level.as_str())),
        // What holds where it can be had is less than what is demanded, and more than what is demanded less.
        Said::Word(word) => Some(ticked(2 * place(row, word), word)),
        Said::WhereHad(word) => Some(ordered((2 * place(row, word)).saturating_sub(1), format!("`{word}` where it can be had"))),
    }
}

/// A list whose absence means as much as having no elements.
fn list(row: &KeyRow, items: BTreeSet<String>) -> Option<Value> {
    let there = if row.kind == Kind::Within { Effect::Stricter } else { row.more };
    (!items.is_empty()).then_some(Value::List { items, more: row.more, there })
}

/// A key by what it is and when it is believed; the comment means nothing.
fn meaning(key: &Key) -> String {
    let time = |name: &str, time: Option<Timestamp>| time.map_or_else(String::new, |time| format!(", {name} {time}"));
    format!("{}{}{}", key.fingerprint(), time("valid after", key.after), time("valid before", key.before))
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

/// The place of a word among those of its key, the weakest of which is the first.
fn place(row: &KeyRow, word: &str) -> u64 {
    match row.kind {
        Kind::Word(words) => words.iter().take_while(|other| **other != word).count() as u64,
        Kind::Text | Kind::Texts | Kind::Within | Kind::Flag | Kind::Number | Kind::Duration | Kind::Level | Kind::Limit(..) => 0,
    }
}
