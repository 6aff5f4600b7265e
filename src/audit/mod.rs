//! The audit: what a history holds under a policy, as data. Every report of it (text, markdown, JSON, HTML) is made of a `Report` alone.
//!
//! Nothing here decides: the rules have spoken by then. A row is small, since there may be 100,000 of them; what rows share stands in a
//! table once and is named by its place there (`Report::person`, `area`, `suite`).

mod ordered_parallel;
mod outages;
mod policy_in_force;
mod recorded;
mod replay;
mod row;
mod row_facts;
mod summary;
mod sums;

pub use recorded::{Known, Recorded};
pub use row::{Person, Row, Rules, Size, SuiteEvidence};
pub use summary::{
    AreaTouches, AreaWork, Event, EventSource, EventSources, Happened, Outage, Overall, Pushed, SpecialistSum, Summary,
};

use std::ops::Range;
use std::sync::Mutex;

use crate::context::{Context, Settings};
use crate::error::Result;
use crate::git::History;
use crate::model::Oid;
use crate::policy::Policy;
use replay::{Landed, Replay};
use sums::Sums;

/// An audit of a range of commits.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The range, as it was asked for; raw.
    pub range: String,
    /// What judged.
    pub policy: PolicyName,
    /// Who did something, under which limits: one entry for each who, source and set of limits. `Row::who` is a place in it.
    pub people: Vec<Person>,
    /// Names of areas; raw. `Row::areas` holds places in it.
    pub areas: Vec<String>,
    /// Names of suites, those that only a message names, too; raw. `Row::claims` and `Row::evidence` hold places in it.
    pub suites: Vec<String>,
    /// Every commit, parents before children.
    pub commits: Vec<Row>,
    /// By specialist: most commits first.
    pub specialists: Vec<SpecialistSum>,
    /// The whole in three numbers.
    pub summary: Summary,
    /// What the whole tells besides.
    pub overall: Overall,
}

/// Which policy judged.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PolicyName {
    /// As reports name it: `main:policy.toml`, the path of a file; with `then`, what that means in words. Raw.
    pub source: String,
    /// The commit that it was read from.
    pub commit: Option<Oid>,
    /// Its blob.
    pub blob: Option<Oid>,
    /// Whether it is the trusted one.
    pub trusted: bool,
    /// `--policy-then`: not one, but for each commit the one in force at its parent.
    pub then: bool,
}

impl Report {
    /// Who a commit is by, and under which limits.
    pub fn person(&self, row: &Row) -> &Person {
        static NOBODY: Person = Person::nobody();
        self.people.get(row.who as usize).unwrap_or(&NOBODY)
    }

    /// The name of an area; raw.
    pub fn area(&self, place: u32) -> &str {
        self.areas.get(place as usize).map_or("", String::as_str)
    }

    /// The name of a suite; raw.
    pub fn suite(&self, place: u32) -> &str {
        self.suites.get(place as usize).map_or("", String::as_str)
    }
}

/// Replays the policy over `history`. `today`: judges every commit; `None`: each is judged by the policy at its parent. `tick`: hears how many
/// more commits are done.
///
/// # Errors
/// The repository can't be opened. What can't be told of one commit stands in its row.
pub fn replay(
    asked: Asked<'_>,
    (context, settings): (&Context, &Settings),
    history: &History,
    tick: &dyn Fn(usize),
) -> Result<Report> {
    let trusts_ledger = asked.known.recorded.damaged.is_none();
    let open = || Replay::open(context, settings, history, asked.today, trusts_ledger);
    let mut sums = Sums::new(asked.range, asked.policy, asked.today);
    ordered_parallel::over(history.steps.len(), open, Replay::tell, |told| {
        tick(told.len());
        told.into_iter().for_each(|one| sums.take(one));
    })?;
    let merges: Vec<Mutex<Option<Landed>>> = sums.merges(history).into_iter().map(|landed| Mutex::new(Some(landed))).collect();
    let land = |replay: &mut Replay<'_>, places: Range<usize>| {
        let landed = places.filter_map(|place| merges.get(place)?.lock().ok()?.take());
        landed.map(|landed| replay.land(landed)).collect::<Vec<_>>()
    };
    ordered_parallel::over(merges.len(), open, land, |all| all.into_iter().for_each(|(place, judged)| sums.land(place, judged)))?;
    Ok(sums.finish(asked.known))
}

/// What an audit was asked.
pub struct Asked<'a> {
    /// The range, as it was given; raw.
    pub range: String,
    /// How reports name what judges.
    pub policy: PolicyName,
    /// The policy that judges every commit.
    pub today: Option<&'a Policy>,
    /// What is known to have happened besides changes.
    pub known: Known,
}
