//! What the rows tell together.

use crate::model::{Bounds, Oid};

/// One specialist's work in the range.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecialistSum {
    /// The name; `None`: nobody whom the policy names. Raw.
    pub name: Option<String>,
    /// Commits.
    pub commits: u64,
    /// Files, summed over commits.
    pub files: u64,
    /// Inserted lines.
    pub insertions: Bounds,
    /// Deleted lines.
    pub deletions: Bounds,
    /// The commit that changes most lines, by its place in `Report::commits`.
    pub largest: Option<usize>,
    /// Commits that touch an area which demands a suite.
    pub guarded: u64,
    /// Commits that break a rule.
    pub violating: u64,
    /// Suites that messages say have passed.
    pub claims: u64,
    /// Claims for which there is a record that counts.
    pub proven: u64,
}

impl SpecialistSum {
    /// Claimed minus proven.
    pub fn unproven(&self) -> u64 {
        self.claims.saturating_sub(self.proven)
    }

    /// Claimed minus proven, of claimed: 0 where everything that was claimed is proven, or nothing was claimed.
    pub fn discrepancy(&self) -> f64 {
        let share = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        if self.claims == 0 { 0.0 } else { share(self.unproven()) / share(self.claims) }
    }
}

/// The whole in three numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Commits.
    pub commits: u64,
    /// Touches that break a rule.
    pub violating: u64,
    /// Those that break `guarded-area`: what lands touches a guarded area without the evidence that a landing demands.
    pub guarded_without_evidence: u64,
}

/// What the whole tells besides.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overall {
    /// Every area that was touched, and by whom: more than one is a meeting. In the policy's order.
    pub areas: Vec<AreaWork>,
    /// Halts, resumes, waivers, rollbacks: by time, and in a ledger's order.
    pub events: Vec<Event>,
    /// Suites that failed on the first-parent line, and how long until they passed there again. By time.
    pub outages: Vec<Outage>,
    /// What landed, as a ledger has it, oldest first: on any protected branch, as far as the range reaches it.
    pub landings: Vec<Pushed>,
    /// Commits of which something could not be told.
    pub undecided: u64,
    /// What of the whole could not be told: phrases, escaped.
    pub untold: Vec<String>,
}

/// Who touched an area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AreaWork {
    /// The area: a place in `Report::areas`.
    pub area: u32,
    /// By whom, in the order of `Report::specialists`.
    pub by: Vec<AreaTouches>,
}

/// How often somebody touched an area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AreaTouches {
    /// Who: a place in `Report::specialists`.
    pub specialist: usize,
    /// In how many commits.
    pub commits: u64,
}

impl Overall {
    /// How often something happened.
    pub fn count(&self, what: Happened) -> usize {
        self.events.iter().filter(|event| event.what == what).count()
    }
}

/// A push that a protected branch took, as a ledger has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pushed {
    /// Its place in the ledger.
    pub entry: u64,
    /// When it was taken: seconds since 1970.
    pub time: i64,
    /// Who pushed: escaped.
    pub account: Option<String>,
    /// The ref's full name: escaped.
    pub reference: String,
    /// What it held before.
    pub old: Option<Oid>,
    /// What it holds.
    pub new: Option<Oid>,
    /// Whether it went on from there.
    pub forward: bool,
    /// `accepted`; escaped.
    pub verdict: String,
    /// Whose work it is, by how many commits; names escaped, `None`: nobody whom the policy names.
    pub by: Vec<(Option<String>, u64)>,
}

/// Something that happened besides changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Seconds since 1970: when the ledger heard of it, where it has; else by the word of whoever said it, or of the commit.
    pub time: i64,
    /// What.
    pub what: Happened,
    /// Who: escaped; empty where nobody is known.
    pub by: String,
    /// Why, or of what: escaped.
    pub about: String,
    /// Of a waiver, why: escaped.
    pub reason: Option<String>,
    /// Of a waiver, until when it holds: as its owner said it, escaped.
    pub until: Option<String>,
    /// The commit that it is about: of a rollback, the one that returns.
    pub commit: Option<Oid>,
    /// When it was, by the word of whoever said it, where `time` is the ledger's.
    pub said: Option<i64>,
    /// Its place in the ledger.
    pub entry: Option<u64>,
    /// What tells of it.
    pub sources: EventSources,
}

impl Event {
    /// Something of which nothing else is known. `about`: of what, escaped, and the commit.
    pub fn of(what: Happened, time: i64, by: String, (about, commit): (&str, Option<Oid>), source: EventSource) -> Self {
        let (about, sources) = (about.to_owned(), source.into());
        Self { time, what, by, about, reason: None, until: None, commit, said: None, entry: None, sources }
    }

    /// What it is about, in words: of a waiver with its reason and its end.
    pub fn words(&self) -> String {
        let until = self.until.as_ref().map_or_else(String::new, |until| format!(", until {until}"));
        let reason = self.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        format!("{}{until}{reason}", self.about)
    }
}

/// Where something is known from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventSource {
    /// The ledger: what the server saw when it happened.
    Ledger,
    /// Signed records in the notes.
    Notes,
    /// The commits themselves.
    History,
}

/// Some of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventSources {
    ledger: bool,
    notes: bool,
    history: bool,
}

impl From<EventSource> for EventSources {
    fn from(source: EventSource) -> Self {
        Self { ledger: false, notes: false, history: false }.and(source)
    }
}

impl EventSources {
    /// Counts one more.
    #[must_use]
    pub fn and(mut self, source: EventSource) -> Self {
        match source {
            EventSource::Ledger => self.ledger = true,
            EventSource::Notes => self.notes = true,
            EventSource::History => self.history = true,
        }
        self
    }

    /// As reports have them.
    pub fn names(self) -> Vec<&'static str> {
        let all = [(self.ledger, "ledger"), (self.notes, "notes"), (self.history, "history")];
        all.into_iter().filter(|(known, _)| *known).map(|(_, name)| name).collect()
    }
}

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happened {
    /// The project was halted.
    Halt,
    /// An owner let work go on, with proof.
    Resume,
    /// An owner let work go on without proof.
    ForcedResume,
    /// An owner waived a rule that a commit of the range breaks.
    Waiver,
    /// A commit returned to a tree that the line had before.
    Rollback,
}

impl Happened {
    /// As reports have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::Resume => "resume",
            Self::ForcedResume => "forced resume",
            Self::Waiver => "waiver",
            Self::Rollback => "rollback",
        }
    }
}

/// A suite that failed on the first-parent line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outage {
    /// The suite: a place in `Report::suites`.
    pub suite: u32,
    /// The first commit on which it failed.
    pub failed: Oid,
    /// When that landed, by the ledger, or else was committed: seconds since 1970.
    pub since: i64,
    /// The first commit after it on which it passed again, and when that landed, or was committed; `None`: not yet.
    pub returned: Option<(Oid, i64)>,
}
