//! What a policy says, key by key, as the rows of the table get it.

use std::time::Duration;

use super::{KeyRow, Table, Unit, of};
use crate::policy::key::Key;
use crate::policy::limits::Limits;
use crate::policy::pattern::Patterns;
use crate::policy::{
    Area, Cited, Combined, Count, EvidenceLevels, Halt, Level, Owners, PathRules, Policy, RefPatterns, RefRules, Runner, Session,
    Specialist, Suite,
};

/// The table that a key stands in, and how its value is got from an entry of that table.
#[derive(Clone, Copy, Debug)]
pub enum Get {
    /// From the top of the policy.
    Top(fn(&Policy) -> Said),
    /// From `[owners]`.
    Owners(fn(&Owners) -> Said),
    /// By its name, from `[defaults]` or from a specialist's limits.
    Limit,
    /// From a `[specialist.NAME]`.
    Specialist(fn(&Specialist) -> Said),
    /// From an `[area.NAME]`.
    Area(fn(&Area) -> Said),
    /// From a `[suite.NAME]`.
    Suite(fn(&Suite) -> Said),
    /// From a `[runner.NAME]`.
    Runner(fn(&Runner) -> Said),
    /// From `[combined]`.
    Combined(fn(&Combined) -> Said),
    /// From `[halt]`.
    Halt(fn(&Halt) -> Said),
    /// From `[evidence]`.
    Evidence(fn(&EvidenceLevels) -> Said),
    /// From `[count]`.
    Count(fn(&Count) -> Said),
    /// From `[paths]`.
    Paths(fn(&PathRules) -> Said),
    /// From `[refs]`.
    Refs(fn(&RefRules) -> Said),
    /// From `[session]`.
    Session(fn(&Session) -> Said),
}

impl Get {
    /// The table that the key stands in.
    pub fn table(self) -> Table {
        match self {
            Self::Top(_) => Table::Top,
            Self::Owners(_) => Table::Owners,
            Self::Limit => Table::Limits,
            Self::Specialist(_) => Table::Specialist,
            Self::Area(_) => Table::Area,
            Self::Suite(_) => Table::Suite,
            Self::Runner(_) => Table::Runner,
            Self::Combined(_) => Table::Combined,
            Self::Halt(_) => Table::Halt,
            Self::Evidence(_) => Table::Evidence,
            Self::Count(_) => Table::Count,
            Self::Paths(_) => Table::Paths,
            Self::Refs(_) => Table::Refs,
            Self::Session(_) => Table::Session,
        }
    }

    /// The value of a key that stands in the policy once; nothing for the others, and for a table that isn't there.
    fn once(self, policy: &Policy) -> Said {
        match self {
            Self::Top(get) => get(policy),
            Self::Owners(get) => get(&policy.owners),
            Self::Combined(get) => policy.combined.as_ref().map_or(Said::Nothing, get),
            Self::Halt(get) => get(&policy.halt),
            Self::Evidence(get) => get(&policy.evidence),
            Self::Count(get) => get(&policy.count),
            Self::Paths(get) => get(&policy.paths),
            Self::Refs(get) => get(&policy.refs),
            Self::Session(get) => get(&policy.session),
            Self::Limit | Self::Specialist(_) | Self::Area(_) | Self::Suite(_) | Self::Runner(_) => Said::Nothing,
        }
    }
}

/// What a policy says at a key, defaults filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// Nothing, and nothing stands in its place.
    Nothing,
    /// Nothing. `remark` says so where the policy is shown, and `means` is what is so instead.
    Unsaid {
        /// A few words.
        remark: &'static str,
        /// What the policy means by it.
        means: Box<Said>,
    },
    /// A text.
    Text(String),
    /// A list, as written.
    Texts(Vec<String>),
    /// A list of public keys.
    Keys(Vec<Key>),
    /// `true` or `false`.
    Flag(bool),
    /// A number of things.
    Number(u64),
    /// A number of bytes.
    Bytes(u64),
    /// A duration.
    Duration(Duration),
    /// A level of proof.
    Level(Level),
    /// One of the words of the key's kind.
    Word(&'static str),
    /// Nothing, and that word of the key's kind holds where it can be had.
    WhereHad(&'static str),
}

impl Said {
    /// A text that may be absent.
    pub(super) fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.to_owned()))
    }

    /// A list whose absence means as much as having no elements.
    pub(super) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        if texts.is_empty() { Self::Nothing } else { Self::Texts(texts) }
    }

    /// As `texts`, of citations.
    pub(super) fn cited(texts: &[Cited<String>]) -> Self {
        Self::texts(texts.iter().map(|text| text.value.as_str()))
    }

    /// As `texts`, of patterns over paths.
    pub(super) fn patterns(patterns: &Patterns) -> Self {
        Self::texts(patterns.iter().map(|pattern| pattern.value.text()))
    }

    /// As `texts`, of patterns over refs or branches.
    pub(super) fn refs(patterns: Option<&RefPatterns>) -> Self {
        Self::texts(patterns.into_iter().flat_map(|refs| &refs.patterns).map(|pattern| pattern.value.text()))
    }

    /// As `texts`, of public keys.
    pub(super) fn keys(keys: &[Cited<Key>]) -> Self {
        if keys.is_empty() { Self::Nothing } else { Self::Keys(keys.iter().map(|key| key.value.clone()).collect()) }
    }

    /// A key that isn't written, and what is so instead.
    pub(super) fn unsaid(remark: &'static str, means: Self) -> Self {
        Self::Unsaid { remark, means: Box::new(means) }
    }
}

/// One table of a policy, with what it says.
#[derive(Debug)]
pub struct Section<'p> {
    /// Which table.
    pub table: Table,
    /// Its name, where its kind has some.
    pub name: Option<&'p str>,
    /// Every key that it could have, in the order of the rows.
    pub keys: Vec<(&'static KeyRow, Said)>,
}

/// Everything that a policy says, table by table, in the order of `Table::ALL`. `[combined]` and `[halt]` are among them where they say
/// something.
pub fn sections(policy: &Policy) -> Vec<Section<'_>> {
    Table::ALL.into_iter().flat_map(|table| of_table(table, policy)).collect()
}

fn of_table(table: Table, policy: &Policy) -> Vec<Section<'_>> {
    match table {
        Table::Limits => vec![Section { table, name: None, keys: limits(&policy.defaults).collect() }],
        Table::Specialist => policy.specialists.iter().map(specialist).collect(),
        Table::Area => policy.areas.iter().map(area).collect(),
        Table::Suite => policy.suites.iter().map(suite).collect(),
        Table::Runner => policy.runners.iter().map(runner).collect(),
        Table::Combined | Table::Halt => {
            let section = once(table, policy);
            let says = section.keys.iter().any(|(_, said)| *said != Said::Nothing);
            says.then_some(section).into_iter().collect()
        }
        Table::Top | Table::Owners | Table::Evidence | Table::Count | Table::Paths | Table::Refs | Table::Session => {
            vec![once(table, policy)]
        }
    }
}

/// A table that stands in the policy once.
fn once(table: Table, policy: &Policy) -> Section<'_> {
    Section { table, name: None, keys: of(table).map(|row| (row, row.get.once(policy))).collect() }
}

/// Every limit there could be.
fn limits(limits: &Limits) -> impl Iterator<Item = (&'static KeyRow, Said)> {
    limits.all().map(|(row, unit, limit)| {
        let said = match unit {
            Unit::Files | Unit::Lines | Unit::Areas => Said::Number,
            Unit::Bytes => Said::Bytes,
        };
        (row, limit.map_or(Said::Nothing, said))
    })
}

/// Its own keys, then its limits.
fn specialist(specialist: &Specialist) -> Section<'_> {
    let own = of(Table::Specialist).filter_map(|row| {
        let Get::Specialist(get) = row.get else { return None };
        Some((row, get(specialist)))
    });
    Section { table: Table::Specialist, name: Some(&specialist.name.value), keys: own.chain(limits(&specialist.limits)).collect() }
}

fn area(area: &Area) -> Section<'_> {
    let keys = of(Table::Area).filter_map(|row| {
        let Get::Area(get) = row.get else { return None };
        Some((row, get(area)))
    });
    Section { table: Table::Area, name: Some(&area.name.value), keys: keys.collect() }
}

fn suite(suite: &Suite) -> Section<'_> {
    let keys = of(Table::Suite).filter_map(|row| {
        let Get::Suite(get) = row.get else { return None };
        Some((row, get(suite)))
    });
    Section { table: Table::Suite, name: Some(&suite.name.value), keys: keys.collect() }
}

fn runner(runner: &Runner) -> Section<'_> {
    let keys = of(Table::Runner).filter_map(|row| {
        let Get::Runner(get) = row.get else { return None };
        Some((row, get(runner)))
    });
    Section { table: Table::Runner, name: Some(&runner.name.value), keys: keys.collect() }
}
