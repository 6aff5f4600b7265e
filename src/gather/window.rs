//! What the ledger says: whose commits are, and what an account pushed before that counts in.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::contributions::Budget;
use super::{Gatherer, Landing};
use crate::diff::lines::{Edit, edit};
use crate::diff::merge;
use crate::error::{Error, Result};
use crate::facts::{Contribution, Earlier};
use crate::git::ledger::Ledger;
use crate::git::{range, tree_diff};
use crate::identity::Owned;
use crate::ledger::Entry;
use crate::ledger::entry::{Moves, Update};
use crate::ledger::value::{Bytes, Id, Time};
use crate::ledger::window::{Current, Past, Pushed, Trail, Whose, landed, standing};
use crate::model::{FileChange, Oid, RepoPath};

/// What was pushed before, and what a protected branch has of it.
pub(super) struct Window {
    /// Newest first.
    past: Vec<Pushed>,
    /// What protected branches hold, now or by this push.
    tips: Vec<Oid>,
}

/// What counts in of somebody's earlier pushes.
#[derive(Default)]
pub(super) struct Before {
    /// Each with its own: what another has told, or this push brings, isn't there again.
    pub pushes: Vec<(Earlier, Vec<FileChange>)>,
    /// Of each ref all that stood on it.
    pub lines: Vec<BTreeSet<Content>>,
}

/// What a change makes of a path.
pub(super) type Content = (Vec<u8>, Option<Oid>);

impl<'a> Gatherer<'a> {
    /// The ledger, opened once.
    pub(super) fn ledger(&self) -> Result<&Ledger<'a>> {
        if let Some(ledger) = self.ledger.get() {
            return Ok(ledger);
        }
        let ledger = Ledger::open(self.repo)?;
        Ok(self.ledger.get_or_init(|| ledger))
    }

    /// Whose a commit is by the ledger; `None`: it is new, or older than the ledger.
    pub(super) fn recorded(&self, commit: Oid) -> Result<Option<Owned>> {
        if let Some(known) = self.owned.borrow().get(&commit) {
            return Ok(known.clone());
        }
        let found = if self.inputs.ledger_is_damaged { None } else { self.look_up(commit)? };
        self.owned.borrow_mut().insert(commit, found.clone());
        Ok(found)
    }

    fn look_up(&self, commit: Oid) -> Result<Option<Owned>> {
        let works =
            self.inputs.reserved().iter().filter(|one| one.sure).flat_map(|one| one.entry.work.iter().map(|w| (&one.entry, w)));
        for (entry, work) in works {
            if work.commits.contains(&Id(commit)) {
                return Ok(Some(Owned { specialist: work.specialist.clone(), account: entry.account.clone() }));
            }
        }
        let ledger = self.ledger()?;
        let Some(found) = ledger.tip().and(ledger.find("commits", &commit.to_string())?) else { return Ok(None) };
        serde_json::from_slice(&found)
            .map(Some)
            .map_err(|e| Error::new(format!("the ledger is damaged: it can't be read whose commit {commit} is: {e}")))
    }

    /// What was pushed here within the window.
    pub(super) fn window(&self, landings: &[Landing]) -> Result<Window> {
        let window = self.policy.session.window;
        if window.is_zero() || !self.is_server() || self.bootstrap {
            return Ok(Window { past: Vec::new(), tips: Vec::new() });
        }
        let now = self.inputs.now;
        // Further back than there is time, there is nothing.
        let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
        let mut past: Vec<Pushed> =
            self.inputs.reserved().iter().filter(|one| one.entry.time.0 >= since).map(Pushed::from).collect();
        let continued = continued(landings);
        let goes_on =
            |update: &Update| update.new.is_some_and(|tip| continued.get(update.name()).is_some_and(|tips| tips.contains(&tip)));
        let mut trail = Trail::new(&continued);
        for push in &past {
            for update in &push.updates {
                trail.passes(update, push.sure);
            }
        }
        for stored in self.ledger()?.entries() {
            self.repo.deadline.check()?;
            let stored = stored?;
            // A commit's time is the latest up to its entry: those in front of it are no younger.
            if stored.seconds < since.as_second() {
                break;
            }
            let moves = Moves::stored(&stored)?;
            let (time, updates) = (moves.counts_from(now), moves.updates);
            if time < since {
                trail.wants_work(&updates);
                continue;
            }
            // Most of what a busy branch had is told anew by its newest push; what that held is asked where others go on from it.
            let wanted = trail.wants_work(&updates) || updates.iter().any(goes_on);
            let work = if wanted { Entry::stored(&stored)?.work } else { Vec::new() };
            past.push(Pushed { time: Time(time), updates, work, sure: true });
        }
        let mut tips = self.protected_tips()?;
        tips.extend(self.base()?.map(|base| base.commit));
        // Where all of the push lands, nothing else stays if it doesn't.
        let lands = |landing: &Landing| landing.tip.is_none() || landing.update.as_ref().is_some_and(|update| update.lands);
        if landings.iter().all(lands) {
            tips.extend(landings.iter().filter_map(|landing| landing.tip));
        }
        Ok(Window { past, tips })
    }
}

impl Window {
    /// At which paths somebody had work counted in on the ref, by the push that this one goes on from.
    pub(super) fn spent_on(&self, landing: &Landing, budget: Budget<'_>) -> BTreeSet<RepoPath> {
        let (Some(old), Some(target)) = (landing.continues, &landing.target) else { return BTreeSet::new() };
        let made = |push: &&Pushed| push.updates.iter().any(|update| update.name().0 == *target && update.new == Some(Id(old)));
        let work = self.past.iter().find(made).into_iter().flat_map(|push| &push.work);
        let own = work.filter(|work| work.r#ref.0 == *target && Whose::from(budget).did(work));
        own.flat_map(|work| &work.changes).map(|change| RepoPath::new(change.path.0.clone())).collect()
    }

    /// What of the specialist's earlier pushes counts in, beside `work`, which is theirs in this push.
    pub(super) fn earlier(
        &self,
        g: &Gatherer<'_>,
        budget: Budget<'_>,
        landings: &[Landing],
        work: &[&Contribution],
    ) -> Result<Before> {
        let now: BTreeSet<Content> = work.iter().flat_map(|work| &work.changes).map(content).collect();
        let landed: Vec<FileChange> = landed(&self.past).into_iter().map(FileChange::from).collect();
        let gone: BTreeSet<Content> = landed.iter().map(content).collect();
        let mut known = now;
        let mut before = Before::default();
        for past in standing(&self.past, Whose::from(budget), &current(landings, work)) {
            let mut changes: Vec<FileChange> = past.changes.iter().map(|change| FileChange::from(*change)).collect();
            before.lines.push(changes.iter().map(content).collect());
            changes.retain(|change| !gone.contains(&content(change)) && !known.contains(&content(change)));
            if !changes.is_empty() {
                self.leave_what_landed(g, &past, &mut changes)?;
                leave_what_is_measured_now(g, &past, landings, work, &mut changes)?;
                leave_the_same_edits(g, &landed, &mut changes)?;
            }
            known.extend(changes.iter().map(content));
            if !changes.is_empty() {
                let files = u64::try_from(changes.len()).unwrap_or(u64::MAX);
                before.pushes.push((Earlier { reference: past.reference.0.clone(), time: past.time.0, files }, changes));
            }
        }
        Ok(before)
    }

    /// Takes out what protected branches hold, as commits or as content.
    fn leave_what_landed(&self, g: &Gatherer<'_>, past: &Past<'_>, changes: &mut Vec<FileChange>) -> Result<()> {
        let tip = past.tip.map(|Id(tip)| g.repo.commit_if_here(tip)).transpose()?.flatten();
        for protected in &self.tips {
            if let Some(tip) = tip
                && range::is_ancestor(g.repo, tip, *protected)?
            {
                changes.clear();
                return Ok(());
            }
            let tree = g.repo.commit(*protected)?.tree;
            let mut kept = Vec::new();
            for change in changes.drain(..) {
                if !stands(g, tree, &change)? {
                    kept.push(change);
                }
            }
            *changes = kept;
        }
        Ok(())
    }
}

/// Takes out what a branch that is pushed now goes on from and still holds: it is measured there, together with what came after.
fn leave_what_is_measured_now(
    g: &Gatherer<'_>,
    past: &Past<'_>,
    landings: &[Landing],
    work: &[&Contribution],
    changes: &mut Vec<FileChange>,
) -> Result<()> {
    let Some(Id(tip)) = past.tip else { return Ok(()) };
    let Some(tip) = g.repo.commit_if_here(tip)? else { return Ok(()) };
    for work in work {
        let on = landings.iter().find(|landing| landing.target.as_ref().or(landing.reference.as_ref()) == Some(&work.reference));
        let Some(now) = on.and_then(|landing| landing.tip) else { continue };
        if range::is_ancestor(g.repo, tip, now)? {
            let measured: BTreeSet<&RepoPath> = work.changes.iter().map(|change| &change.path).collect();
            changes.retain(|change| !measured.contains(&change.path));
        }
    }
    Ok(())
}

/// Takes out what has landed as the same edit of another version of the file: rebased, or squashed, over what others did to it.
fn leave_the_same_edits(g: &Gatherer<'_>, landed: &[FileChange], changes: &mut Vec<FileChange>) -> Result<()> {
    let mut kept = Vec::new();
    for change in changes.drain(..) {
        let own = LazyEdit::default();
        let mut same = false;
        for other in landed.iter().filter(|other| other.path == change.path) {
            same = same || (own.of(g, &change)?.is_some() && *own.of(g, &change)? == edit(g.repo, other.old, other.new)?);
        }
        if !same {
            kept.push(change);
        }
    }
    *changes = kept;
    Ok(())
}

/// An edit that is looked at once, if at all.
#[derive(Default)]
struct LazyEdit(OnceCell<Option<Edit>>);

impl LazyEdit {
    fn of(&self, g: &Gatherer<'_>, change: &FileChange) -> Result<&Option<Edit>> {
        if let Some(known) = self.0.get() {
            return Ok(known);
        }
        let found = edit(g.repo, change.old, change.new)?;
        Ok(self.0.get_or_init(|| found))
    }
}

/// Whether a tree holds what the change makes, be it beside others' edits of the same file.
fn stands(g: &Gatherer<'_>, tree: Oid, change: &FileChange) -> Result<bool> {
    if let Some(from) = change.paths().nth(1)
        && tree_diff::entry_at(g.repo, tree, from)?.is_some()
    {
        return Ok(false);
    }
    let there = tree_diff::entry_at(g.repo, tree, &change.path)?;
    let old = change.old.filter(|_| change.paths().nth(1).is_none());
    merge::is_held(g.repo, old, change.new, there)
}

impl<'a> From<Budget<'a>> for Whose<'a> {
    fn from(Budget { name, account }: Budget<'a>) -> Self {
        Self { name, account }
    }
}

pub(super) fn content(change: &FileChange) -> Content {
    (change.path.as_bytes().to_vec(), change.new.map(|entry| entry.oid))
}

/// What refs held that go on from there.
fn continued(landings: &[Landing]) -> BTreeMap<Bytes, BTreeSet<Id>> {
    let mut continued: BTreeMap<Bytes, BTreeSet<Id>> = BTreeMap::new();
    for landing in landings {
        if let (Some(target), Some(old)) = (&landing.target, landing.continues) {
            continued.entry(Bytes(target.clone())).or_default().insert(Id(old));
        }
    }
    continued
}

fn current(landings: &[Landing], work: &[&Contribution]) -> Current {
    let mut current = Current { continued: continued(landings), ..Current::default() };
    for work in work {
        let paths = work.changes.iter().map(|change| Bytes(change.path.as_bytes().to_vec()));
        current.paths.entry(Bytes(work.reference.clone())).or_default().extend(paths);
    }
    current
}
