//! What an audit knows of one commit.

use crate::model::{Bounds, Oid, Totals};
use crate::policy::Level;
use crate::rules::RULES;

/// What is known of one commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The commit's id.
    pub commit: Oid,
    /// When it was committed, by its own word: seconds since 1970.
    pub time: i64,
    /// How many parents it has.
    pub parents: u32,
    /// On the first-parent line of the range's end: what it adds there is judged as a landing.
    pub landing: bool,
    /// Whose it is: a place in `Report::people`.
    pub who: u32,
    /// How much it changes; `None` where that can't be told, and `why` says why.
    pub size: Option<Size>,
    /// The areas that it touches, sorted: places in `Report::areas`.
    pub areas: Box<[u32]>,
    /// The suites that its message says have passed, each once, in the message's order: places in `Report::suites`.
    pub claims: Box<[u32]>,
    /// Every suite that it demands (as a landing: that anything it brings demands) or claims, and what there is.
    pub evidence: Box<[SuiteEvidence]>,
    /// Rules that it breaks.
    pub violations: Rules,
    /// Rules that could not tell.
    pub indeterminate: Rules,
    /// Rules that it breaks, as an owner has allowed.
    pub waived: Rules,
    /// Why something could not be told: a phrase, escaped.
    pub why: Option<Box<str>>,
}

impl Row {
    /// Whether there is a record that counts of a suite: its place in `Report::suites`.
    pub fn proves(&self, suite: u32) -> bool {
        self.evidence.iter().any(|found| found.suite == suite && found.is_proof())
    }
}

/// How much a commit changes, `[count]` applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Size {
    /// Files.
    pub files: u64,
    /// Inserted lines.
    pub insertions: Bounds,
    /// Deleted lines.
    pub deletions: Bounds,
    /// Bytes of inserted lines, and of binary files.
    pub inserted_bytes: Bounds,
}

impl Size {
    /// Insertions and deletions: what a line limit limits.
    pub fn lines(&self) -> Bounds {
        self.insertions + self.deletions
    }
}

impl From<Totals> for Size {
    fn from(totals: Totals) -> Self {
        let Totals { files, insertions, deletions, inserted_bytes } = totals;
        Self { files, insertions, deletions, inserted_bytes }
    }
}

/// What there is of one suite on a commit's tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SuiteEvidence {
    /// The suite: a place in `Report::suites`.
    pub suite: u32,
    /// The best level that counts.
    pub level: Level,
    /// Whether a run has passed; `None` where there is no record of any.
    pub passed: Option<bool>,
}

impl SuiteEvidence {
    /// The least level that proves a claim: evidence, and not somebody's word.
    pub const PROOF: Level = Level::Recorded;

    /// Whether that is evidence: a record that counts.
    pub fn is_proof(&self) -> bool {
        self.level >= Self::PROOF
    }
}

/// Who, as a report names them, and what is allowed to them in one commit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Person {
    /// The specialist's name or `*`, an owner's e-mail; `None`: nobody whom the policy names. Raw.
    pub name: Option<String>,
    /// Where that comes from, as JSON has it: `claim:email`, `signature:commit`, `none`.
    pub source: String,
    /// Files allowed in a commit.
    pub files: Option<u64>,
    /// Lines allowed in a commit.
    pub lines: Option<u64>,
    /// Bytes allowed in a commit.
    pub bytes: Option<u64>,
}

impl Person {
    /// Of whom nothing is known.
    pub const fn nobody() -> Self {
        Self { name: None, source: String::new(), files: None, lines: None, bytes: None }
    }
}

/// A set of rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules(u32);

impl Rules {
    /// Every rule.
    pub fn all() -> Self {
        let mut all = Self::default();
        RULES.iter().for_each(|rule| all.insert(rule.id));
        all
    }

    /// The rules about proof.
    pub fn about_proof() -> Self {
        let mut about = Self::default();
        RULES.iter().filter(|rule| rule.about_proof).for_each(|rule| about.insert(rule.id));
        about
    }

    /// Adds a rule by its name.
    pub fn insert(&mut self, id: &str) {
        if let Some(place) = RULES.iter().position(|rule| rule.id == id) {
            self.0 |= 1 << place;
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Those that are not in `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether that rule is in it.
    pub fn contains(self, id: &str) -> bool {
        self.iter().any(|one| one == id)
    }

    /// Whether one of `other` is in it.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether none is.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their names, in the order of `RULES`.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        RULES.iter().enumerate().filter(move |(place, _)| self.0 & (1 << place) != 0).map(|(_, rule)| rule.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_every_rule_by_name() {
        assert!(RULES.len() <= 32, "a set of rules has 32 bits");
        let all = Rules::all();
        assert!(RULES.iter().map(|rule| rule.id).eq(all.iter()));
        let mut one = Rules::default();
        assert!(one.is_empty());
        one.insert("scope");
        one.insert("no-such-rule");
        assert!(one.contains("scope") && !one.contains("file-limit") && one.iter().eq(["scope"]));
        assert!(!all.without(one).contains("scope") && all.without(all).is_empty());
    }

    #[test]
    fn a_hundred_thousand_rows_stay_small() {
        assert!(size_of::<Row>() <= 240, "{}", size_of::<Row>());
    }
}
