//! The keys of the policy: one table of what each is called, what it holds and whose rule it feeds.
//!
//! `show`, `diff`, `check`, the JSON Schema, the loader of limits and the reference page read it. What a key is said to be, and how its
//! value is got from a policy, stands nowhere else.

mod rows;
mod said;

use super::diff::Effect;
use super::limits::Scope;

pub use self::rows::KEYS;
pub use self::said::{Get, Said, Section, sections};

/// The table of the policy that a key stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    /// Above every table.
    Top,
    /// `[owners]`
    Owners,
    /// `[defaults]`, and each `[specialist.NAME]`, which inherits key by key.
    Limits,
    /// `[specialist.NAME]`
    Specialist,
    /// `[area.NAME]`
    Area,
    /// `[suite.NAME]`
    Suite,
    /// `[runner.NAME]`
    Runner,
    /// `[combined]`
    Combined,
    /// `[halt]`
    Halt,
    /// `[evidence]`
    Evidence,
    /// `[count]`
    Count,
    /// `[paths]`
    Paths,
    /// `[refs]`
    Refs,
    /// `[session]`
    Session,
}

/// What a limit counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Changed files.
    Files,
    /// Inserted and deleted lines.
    Lines,
    /// Touched areas.
    Areas,
    /// Bytes, which the policy may write with a unit.
    Bytes,
}

/// What a key holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of texts outside of which nothing may be: that it is there at all makes the policy stricter.
    Within,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// A number with `s`, `m`, `h` or `d`.
    Duration,
    /// One of the levels of proof.
    Level,
    /// One of these words, the weakest first.
    Word(&'static [&'static str]),
    /// A limit: at least 1, and what is equal to it still passes.
    Limit(Unit, Scope),
}

/// One key of the policy.
#[derive(Clone, Copy, Debug)]
pub struct KeyRow {
    /// As the policy writes it.
    pub name: &'static str,
    /// Where it stands, and how its value is got from there.
    pub get: Get,
    /// What it holds.
    pub kind: Kind,
    /// What is so where the key is absent, in words.
    pub default: &'static str,
    /// What it is for: one line of the schema and of the reference page.
    pub about: &'static str,
    /// The rule that a change of it is about.
    pub rule: &'static str,
    /// What a higher number, or one element more, does.
    pub more: Effect,
}

/// The limits, in the order in which they are told.
pub fn limits() -> impl Iterator<Item = (&'static KeyRow, Unit, Scope)> {
    KEYS.iter().filter_map(|row| match row.kind {
        Kind::Limit(unit, scope) => Some((row, unit, scope)),
        Kind::Text | Kind::Texts | Kind::Within | Kind::Flag | Kind::Number | Kind::Duration | Kind::Level | Kind::Word(_) => None,
    })
}

/// The keys of a table, in the order in which they are told.
pub fn of(table: Table) -> impl Iterator<Item = &'static KeyRow> {
    KEYS.iter().filter(move |row| row.get.table() == table)
}

impl Table {
    /// Every table, in the order of the reference page.
    pub const ALL: [Self; 14] = [
        Self::Top,
        Self::Owners,
        Self::Limits,
        Self::Specialist,
        Self::Area,
        Self::Suite,
        Self::Runner,
        Self::Combined,
        Self::Halt,
        Self::Evidence,
        Self::Count,
        Self::Paths,
        Self::Refs,
        Self::Session,
    ];

    /// The name of its definition in the JSON Schema; the top has none.
    pub fn definition(self) -> &'static str {
        match self {
            Self::Top => "",
            Self::Owners => "owners",
            Self::Limits => "limits",
            Self::Specialist => "specialist",
            Self::Area => "area",
            Self::Suite => "suite",
            Self::Runner => "runner",
            Self::Combined => "combined",
            Self::Halt => "halt",
            Self::Evidence => "evidence",
            Self::Count => "count",
            Self::Paths => "paths",
            Self::Refs => "refs",
            Self::Session => "session",
        }
    }

    /// What the policy writes between the brackets, but for a name; the top has none.
    pub fn header(self) -> &'static str {
        if self == Self::Limits { "defaults" } else { self.definition() }
    }

    /// As a heading says it.
    pub fn heading(self) -> &'static str {
        match self {
            Self::Top => "The top of the file",
            Self::Owners => "`[owners]`",
            Self::Limits => "`[defaults]` and `[specialist.NAME]`",
            Self::Specialist => "`[specialist.NAME]`",
            Self::Area => "`[area.NAME]`",
            Self::Suite => "`[suite.NAME]`",
            Self::Runner => "`[runner.NAME]`",
            Self::Combined => "`[combined]`",
            Self::Halt => "`[halt]`",
            Self::Evidence => "`[evidence]`",
            Self::Count => "`[count]`",
            Self::Paths => "`[paths]`",
            Self::Refs => "`[refs]`",
            Self::Session => "`[session]`",
        }
    }
}

impl Kind {
    /// As the reference page says it.
    pub fn words(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Texts | Self::Within => "list of texts".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Number | Self::Limit(Unit::Files | Unit::Lines | Unit::Areas, _) => "number".to_owned(),
            Self::Duration => "duration, such as `\"15m\"`".to_owned(),
            Self::Level => "level of proof".to_owned(),
            Self::Word(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "),
            Self::Limit(Unit::Bytes, _) => "bytes, such as `\"200 KiB\"`".to_owned(),
        }
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
