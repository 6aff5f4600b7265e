//! What a ledger tells of a history: who landed what where, which waivers let it in, in which order halts and resumes came. United with what
//! is known besides, so that nothing is told twice.

use std::collections::{HashMap, HashSet};

use super::{Overall, Report};
use crate::audit::summary::{Event, EventSource, Happened, Pushed};
use crate::git::Repo;
use crate::ledger::chain::Chain;
use crate::ledger::entry::{Entry, How, LedgerStatement, Update, Waived};
use crate::ledger::value::Id;
use crate::model::Oid;
use crate::rules::owner;
use crate::text::{escape, escape_words};

/// What is known to have happened besides changes.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What the ledger tells.
    pub recorded: Recorded,
    /// Halts and resumes that count, as the notes have them, each with the digest by which a ledger knows it.
    pub words: Vec<(String, Event)>,
    /// What was said before that is not told: seconds since 1970.
    pub since: i64,
    /// What is not known of all that, and why: phrases, escaped.
    pub untold: Vec<String>,
}

/// A ledger, as far as it can be read and an audit asks for it. Oldest first.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    words: Vec<(String, Event)>,
    waivers: Vec<(HashSet<Oid>, Event)>,
    landings: Vec<Pushed>,
    /// Why the ledger is damaged, as a phrase, escaped; `None` if it is whole.
    pub damaged: Option<String>,
}

impl Recorded {
    /// Reads the ledger, the newest entry first, as far as it is whole.
    pub fn read(repo: &Repo) -> Self {
        let mut all = Self::default();
        let chain = match Chain::open(repo) {
            Ok(chain) => chain,
            Err(error) => return Self { damaged: Some(escape_words(&error.message)), ..all },
        };
        for found in chain {
            match found {
                Ok((_, entry)) => all.take(&entry),
                Err(error) => {
                    all.damaged = Some(format!("{}; what came before that is not told by it", escape_words(&error.message)))
                }
            }
        }
        all.words.reverse();
        all.waivers.reverse();
        all.landings.reverse();
        all
    }

    fn take(&mut self, entry: &Entry) {
        let words = entry.words.iter().rev().filter(|said| said.refused.is_none());
        self.words.extend(words.map(|said| (said.digest.clone(), word(entry, said))));
        let brought = entry.updates.iter().filter_map(|update| Some(update.new?.0));
        let brought: HashSet<Oid> = brought.chain(entry.work.iter().flat_map(|work| &work.commits).map(|Id(id)| *id)).collect();
        self.waivers.extend(entry.waivers.iter().rev().map(|waived| (brought.clone(), waiver(entry, waived))));
        self.landings.extend(entry.updates.iter().rev().filter(|update| update.landed).map(|update| landing(entry, update)));
    }

    /// The landings on a ref (its full name, escaped), each as what it held before and after, where it went on from there.
    pub fn steps_of(&self, reference: &str) -> impl Iterator<Item = (Oid, Oid)> {
        let forward = self.landings.iter().filter(move |landing| landing.forward && landing.reference == reference);
        forward.filter_map(|landing| Some((landing.old?, landing.new?)))
    }
}

impl Known {
    /// Puts it beside what the replay has met.
    pub(super) fn unite(self, report: &mut Report) {
        let Self { recorded, words, since, untold } = self;
        let here: HashSet<Oid> = report.commits.iter().map(|row| row.commit).collect();
        let overall = &mut report.overall;
        overall.landings =
            recorded.landings.into_iter().filter(|landing| landing.new.is_some_and(|new| here.contains(&new))).collect();
        date(overall);
        overall.events.extend(said(recorded.words, words).into_iter().filter(|event| event.time >= since));
        for (brought, event) in recorded.waivers {
            waive(overall, &brought, event, &here);
        }
        overall.untold = untold;
        overall.untold.extend(recorded.damaged);
        overall.events.sort_by_key(|event| (event.time, event.entry));
    }
}

/// Halts and resumes: what both tell once, by the ledger's time and place.
fn said(ledger: Vec<(String, Event)>, notes: Vec<(String, Event)>) -> Vec<Event> {
    let mut known: HashMap<String, Event> = notes.iter().cloned().collect();
    let mut all: Vec<Event> = Vec::new();
    for (digest, event) in ledger {
        all.push(match known.remove(&digest) {
            Some(note) => {
                Event { commit: note.commit, said: Some(note.time), sources: event.sources.and(EventSource::Notes), ..event }
            }
            None => event,
        });
    }
    all.extend(notes.into_iter().filter(|(digest, _)| known.contains_key(digest)).map(|(_, event)| event));
    all
}

/// What came by a push is told as of then: returns, and how long a suite was broken, where both its ends are known so.
fn date(overall: &mut Overall) {
    let arrived: HashMap<Oid, &Pushed> =
        overall.landings.iter().rev().filter_map(|landing| Some((landing.new?, landing))).collect();
    for outage in &mut overall.outages {
        match (arrived.get(&outage.failed), outage.returned.as_mut().map(|(commit, time)| (arrived.get(commit), time))) {
            (Some(failed), None) => outage.since = failed.time,
            (Some(failed), Some((Some(returned), until))) => (outage.since, *until) = (failed.time, returned.time),
            (Some(_), Some((None, _))) | (None, _) => {}
        }
    }
    for event in overall.events.iter_mut().filter(|event| event.what == Happened::Rollback) {
        if let Some(landing) = event.commit.and_then(|commit| arrived.get(&commit)) {
            (event.said, event.time, event.entry) = (Some(event.time), landing.time, Some(landing.entry));
            event.sources = event.sources.and(EventSource::Ledger);
        }
    }
}

/// A waiver that the ledger tells: where the replay has met it, too, it is told there.
fn waive(overall: &mut Overall, brought: &HashSet<Oid>, event: Event, here: &HashSet<Oid>) {
    let same = |known: &&mut Event| {
        let brought = known.commit.is_some_and(|commit| brought.contains(&commit));
        let told = |event: &Event| (event.about.clone(), event.by.clone(), event.until.clone(), event.reason.clone());
        known.what == Happened::Waiver && told(known) == told(&event) && brought
    };
    let mut met = false;
    for known in overall.events.iter_mut().filter(same) {
        (known.said, known.time, known.entry) = (Some(known.time), event.time, event.entry);
        known.sources = known.sources.and(EventSource::Ledger);
        met = true;
    }
    let commit = event.commit.filter(|commit| here.contains(commit)).or_else(|| brought.intersection(here).next().copied());
    if let (false, Some(_)) = (met, commit) {
        overall.events.push(Event { commit, ..event });
    }
}

fn event(entry: &Entry, what: Happened, by: String, about: String) -> Event {
    let time = entry.time.0.as_second();
    Event { entry: Some(entry.number), ..Event::of(what, time, by, (&about, None), EventSource::Ledger) }
}

fn word(entry: &Entry, said: &LedgerStatement) -> Event {
    let what = match (said.say.as_str(), said.forced) {
        ("halt", _) => Happened::Halt,
        (_, true) => Happened::ForcedResume,
        (_, false) => Happened::Resume,
    };
    event(entry, what, escape_words(&said.by), escape(said.reason.as_bytes()))
}

fn waiver(entry: &Entry, waived: &Waived) -> Event {
    let commit = entry.updates.iter().find_map(|update| Some(update.new?.0));
    Event {
        commit,
        reason: Some(escape(waived.reason.as_bytes())),
        until: Some(escape_words(&waived.expires)),
        ..event(entry, Happened::Waiver, escape_words(&owner(waived.owner.as_deref())), escape(waived.rule.as_bytes()))
    }
}

fn landing(entry: &Entry, update: &Update) -> Pushed {
    let work = entry.work.iter().filter(|work| work.r#ref == *update.name());
    Pushed {
        entry: entry.number,
        time: entry.time.0.as_second(),
        account: entry.account.as_ref().map(|account| escape(account.as_bytes())),
        reference: escape(&update.name().0),
        old: update.old.map(|Id(id)| id),
        new: update.new.map(|Id(id)| id),
        forward: update.change == How::Forward,
        verdict: escape(entry.verdict.as_bytes()),
        by: work.map(|work| (work.specialist.as_ref().map(|name| escape(name.as_bytes())), work.count)).collect(),
    }
}
