//! What an account pushed before and has not landed: what of it counts in, by the ledger alone.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Change, Entry, How, Update, Work};
use super::value::{Bytes, Id, Time};

/// Whose work is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The specialist, as reports call them.
    pub name: Option<&'a str>,
    /// The account that pushes now.
    pub account: Option<&'a str>,
    /// The accounts that brought the commits which are judged: what is pushed on for others spends the budget of whose it is.
    pub owners: &'a BTreeSet<String>,
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
    /// It.
    pub entry: Entry,
    /// The refs have what it says. What isn't sure spends, and frees nothing.
    pub sure: bool,
}

impl Whose<'_> {
    fn did(&self, work: &Work) -> bool {
        let account = match self.account {
            Some(account) => work.accounts.iter().any(|one| one == account),
            None => work.accounts.is_empty(),
        };
        let owned = work.accounts.iter().any(|one| self.owners.contains(one));
        (account || owned) && work.specialist.as_deref() == self.name
    }
}

/// Of `entries`, newest first, what isn't measured anew by what came after it on the same ref. A ref that went on from where it was
/// stands for all that it held, so what it took back is taken back; one that was rewound or deleted has taken nothing back, but where a
/// path is another now.
pub fn standing<'e>(entries: &'e [Counted], whose: Whose<'_>, current: &Current) -> Vec<Past<'e>> {
    let (mut continued, mut known) = (current.continued.clone(), current.paths.clone());
    let mut standing = Vec::new();
    for Counted { entry, sure } in entries {
        for update in &entry.updates {
            let name = update.name();
            let over = update.new.is_some_and(|tip| continued.get(name).is_some_and(|tips| tips.contains(&tip)));
            if let (How::Forward, Some(old), true) = (update.change, update.old, *sure) {
                continued.entry(name.clone()).or_default().insert(old);
            }
            // What a protected branch holds is nobody's work any more.
            if !over && !update.landed {
                let known = known.entry(name.clone()).or_default();
                let past = past(entry, update, whose, known);
                if *sure {
                    known.extend(past.iter().flat_map(|past| &past.changes).map(|change| change.path.clone()));
                }
                standing.extend(past);
            }
        }
    }
    standing
}

fn past<'e>(entry: &'e Entry, update: &'e Update, whose: Whose<'_>, known: &BTreeSet<Bytes>) -> Option<Past<'e>> {
    let work = entry.work.iter().filter(|work| work.r#ref == *update.name() && whose.did(work));
    let changes: Vec<&Change> = work.flat_map(|work| &work.changes).filter(|change| !known.contains(&change.path)).collect();
    let past = Past { reference: update.name(), time: entry.time, tip: update.new, changes };
    (!past.changes.is_empty()).then_some(past)
}

/// What has landed by `entries`: paths and what a protected branch got there.
pub fn landed(entries: &[Counted]) -> Vec<&Change> {
    let of = |entry: &Entry, work: &Work| entry.updates.iter().any(|update| update.landed && *update.name() == work.r#ref);
    let sure = entries.iter().filter(|one| one.sure).map(|one| &one.entry);
    sure.flat_map(|entry| entry.work.iter().filter(move |work| of(entry, work))).flat_map(|work| &work.changes).collect()
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
