//! What an account pushed before and has not landed: what of it counts in, by the ledger alone.

use std::collections::{BTreeMap, BTreeSet};

use super::value::{Bytes, Id, Time};
use crate::identity::spelt_alike;
use crate::ledger::entry::{Change, Entry, How, RecordedWork, Update};

/// Whose work is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The specialist, as reports call them.
    pub name: Option<&'a str>,
    /// Under `"*"`: whose account brought it.
    pub account: Option<&'a str>,
}

/// What is pushed now, by ref.
#[derive(Clone, Default, Debug)]
pub struct Current {
    /// What a ref held that goes on from there: that is measured anew, together with what is added.
    pub continued: BTreeMap<Bytes, BTreeSet<Id>>,
    /// What differs there now.
    pub paths: BTreeMap<Bytes, BTreeSet<Bytes>>,
}

/// What was done on one ref by one push, as far as it may still count.
#[derive(Clone, Debug)]
pub struct Past<'e> {
    /// The ref.
    pub reference: &'e Bytes,
    /// When.
    pub time: Time,
    /// What the ref held then.
    pub tip: Option<Id>,
    /// What differed from the base.
    pub changes: Vec<&'e Change>,
}

/// An entry, or one that may come.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The entry.
    pub entry: Entry,
    /// The refs have what it says. What isn't sure spends, and frees nothing.
    pub sure: bool,
}

/// Of a push, what later ones are measured by.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// When.
    pub time: Time,
    /// The refs, and what they held before and after.
    pub updates: Vec<Update>,
    /// Who did what; nothing where all of it is measured anew by what came after.
    pub work: Vec<RecordedWork>,
    /// As `Counted`'s.
    pub sure: bool,
}

impl From<&Counted> for Pushed {
    fn from(Counted { entry, sure }: &Counted) -> Self {
        Self { time: entry.time, updates: entry.updates.clone(), work: entry.work.clone(), sure: *sure }
    }
}

/// Refs followed back in time: what each held that goes on from there.
#[derive(Clone, Default, Debug)]
pub struct Trail(BTreeMap<Bytes, BTreeSet<Id>>);

impl Trail {
    /// From what is pushed now.
    pub fn new(continued: &BTreeMap<Bytes, BTreeSet<Id>>) -> Self {
        Self(continued.clone())
    }

    /// Whether what the next older update made is measured anew by what came after it on the same ref.
    pub fn passes(&mut self, update: &Update, sure: bool) -> bool {
        let name = update.name();
        let over = update.new.is_some_and(|tip| self.0.get(name).is_some_and(|tips| tips.contains(&tip)));
        if let (How::Forward, Some(old), true) = (update.change, update.old, sure) {
            self.0.entry(name.clone()).or_default().insert(old);
        }
        over
    }

    /// Whether an entry holds work that may count, or has landed; the next older one.
    pub fn wants_work(&mut self, updates: &[Update]) -> bool {
        let mut wanted = false;
        for update in updates {
            wanted |= !self.passes(update, true) || update.landed;
        }
        wanted
    }
}

impl Whose<'_> {
    /// Whether a work is theirs.
    pub fn did(&self, work: &RecordedWork) -> bool {
        if work.specialist.as_deref() != self.name {
            return false;
        }
        // A named one has one budget, whatever brought the work; what `"*"` judges is the account's, and all without one share one.
        if self.name.is_some_and(|name| name != "*") {
            return true;
        }
        match self.account {
            Some(account) => work.accounts.iter().any(|one| spelt_alike(one, account)),
            None => work.accounts.is_empty(),
        }
    }
}

/// Of `pushes`, newest first, what isn't measured anew by what came after it on the same ref. A ref that went on from where it was
/// stands for all that it held, so what it took back is taken back; one that was rewound or deleted has taken nothing back, but where a
/// path is another now.
pub fn standing<'e>(pushes: &'e [Pushed], whose: Whose<'_>, current: &Current) -> Vec<Past<'e>> {
    let (mut trail, mut known) = (Trail::new(&current.continued), current.paths.clone());
    let mut standing = Vec::new();
    for push in pushes {
        for update in &push.updates {
            let over = trail.passes(update, push.sure);
            // What a protected branch holds is nobody's work any more.
            if !over && !update.landed {
                let known = known.entry(update.name().clone()).or_default();
                let past = past(push, update, whose, known);
                if push.sure {
                    known.extend(past.iter().flat_map(|past| &past.changes).map(|change| change.path.clone()));
                }
                standing.extend(past);
            }
        }
    }
    standing
}

fn past<'e>(push: &'e Pushed, update: &'e Update, whose: Whose<'_>, known: &BTreeSet<Bytes>) -> Option<Past<'e>> {
    let work = push.work.iter().filter(|work| work.r#ref == *update.name() && whose.did(work));
    let changes: Vec<&Change> = work.flat_map(|work| &work.changes).filter(|change| !known.contains(&change.path)).collect();
    let past = Past { reference: update.name(), time: push.time, tip: update.new, changes };
    (!past.changes.is_empty()).then_some(past)
}

/// What has landed by `pushes`: paths and what a protected branch got there.
pub fn landed(pushes: &[Pushed]) -> Vec<&Change> {
    let of = |push: &Pushed, work: &RecordedWork| push.updates.iter().any(|update| update.landed && *update.name() == work.r#ref);
    let sure = pushes.iter().filter(|one| one.sure);
    sure.flat_map(|push| push.work.iter().filter(move |work| of(push, work))).flat_map(|work| &work.changes).collect()
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
