//! Who did what on which ref, and the sessions that follow.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::facts::{Contribution, Spends, Subject};
use crate::gather::charge::Charges;
use crate::gather::landing::{Judged, Marked};
use crate::gather::session::{Line, session_subject, standing_on};
use crate::gather::window::{Before, Window};
use crate::gather::{Gatherer, Landing};
use crate::git::range;
use crate::model::{FileChange, Oid};
use crate::policy::Stage;

/// How a commit has come here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Brought {
    /// By this push; the account, where it is known.
    Now(Option<String>),
    /// By an earlier one; whose account it was, where the ledger knows it.
    Before(Option<String>),
    /// It is another's edit that somebody's merge carries: it was brought where it was made, by that account.
    Carried(Option<String>),
}

impl Brought {
    /// `new`: no ref has it.
    pub(super) fn of(g: &Gatherer<'_>, commit: Oid, new: bool) -> Result<Self> {
        Ok(match g.recorded(commit)? {
            Some(owned) => Self::Before(owned.account),
            None if new => Self::Now(g.account_name()),
            None => Self::Before(None),
        })
    }

    pub(super) fn account(&self) -> Option<&String> {
        match self {
            Self::Now(account) | Self::Before(account) | Self::Carried(account) => account.as_ref(),
        }
    }

    fn is_carried(&self) -> bool {
        match self {
            Self::Now(_) | Self::Before(_) => false,
            Self::Carried(_) => true,
        }
    }
}

/// Whose budget it is: a specialist's, or under `"*"` an account's. What all bring who have none is one more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Budget<'a> {
    /// The specialist's name.
    pub name: Option<&'a str>,
    /// Under `"*"` alone.
    pub account: Option<&'a str>,
}

impl<'a> Budget<'a> {
    fn new(name: Option<&'a str>, account: Option<&'a str>) -> Self {
        Self { name, account: account.filter(|_| name == Some("*")) }
    }

    fn of_commit(one: &'a Judged) -> Self {
        Self::new(one.actor.name.as_deref(), one.brought.account().map(String::as_str))
    }

    fn of_work(work: &'a Contribution) -> Self {
        // INVARIANT: under `"*"` a work is of one account.
        Self::new(work.actor.name.as_deref(), work.accounts.first().map(String::as_str))
    }
}

/// The work of each specialist on each ref, with the place of its landing: as they come in the landing's commits.
pub(super) fn works(
    g: &Gatherer<'_>,
    landings: &[Landing],
    judged: &[Judged],
    subjects: &[Subject],
    window: &Window,
) -> Result<Vec<(usize, Contribution)>> {
    let mut works = Vec::new();
    let on = on_each(landings, judged, subjects);
    let (account, name) = (g.account_name(), g.pusher().name);
    let pusher = account.as_deref().map(|account| Budget::new(name.as_deref(), Some(account)));
    // A change set counts once, on however many refs it stands.
    let mut counted: BTreeSet<(Budget<'_>, Oid, bool)> = BTreeSet::new();
    for ((index, landing), here) in landings.iter().enumerate().zip(&on) {
        let Some(tip) = landing.tip else { continue };
        for budget in budgets(here.iter().map(|(one, _)| *one)) {
            let own: Vec<(&Judged, &Subject)> = here.iter().copied().filter(|(one, _)| Budget::of_commit(one) == budget).collect();
            let Some((first, _)) = own.first() else { continue };
            let mut work = Contribution {
                reference: landing.target.clone().or_else(|| landing.reference.clone()).unwrap_or_default(),
                actor: first.actor.clone(),
                accounts: own.iter().filter_map(|(one, _)| one.brought.account().cloned()).collect(),
                count: 0,
                commits: Vec::new(),
                changes: Vec::new(),
                spends: Spends::All,
            };
            if landing.stage != Stage::Land && pusher.is_some_and(|pusher| pusher != budget) {
                work.spends = Spends::Before(window.spent_on(landing, budget));
            }
            work.count = own.iter().filter(|(one, _)| !one.brought.is_carried()).fold(0, |n, _| n + 1);
            let now = own.iter().filter(|(one, _)| matches!(one.brought, Brought::Now(_)));
            work.commits = now.map(|(one, _)| one.commit.oid).collect();
            if !landing.free && !g.bootstrap {
                let mut first = |one: &Judged| counted.insert((budget, one.commit.oid, one.brought.is_carried()));
                let charged = own.iter().copied().filter(|(one, _)| first(one)).flat_map(|(_, subject)| &subject.changes);
                let charges = Charges::of(charged);
                let changes: Vec<&FileChange> = own.iter().flat_map(|(_, subject)| &subject.changes).collect();
                let lines = lines_of(g, landing, tip)?;
                work.changes = standing_on(g, &lines, &changes, &charges)?;
            }
            works.push((index, work));
        }
    }
    Ok(works)
}

/// Who did something, each once, in the order of the commits.
fn budgets<'j>(judged: impl Iterator<Item = &'j Judged>) -> Vec<Budget<'j>> {
    let mut budgets = Vec::new();
    for budget in judged.map(Budget::of_commit) {
        if !budgets.contains(&budget) {
            budgets.push(budget);
        }
    }
    budgets
}

/// What is on each landing; nothing is asked twice, as there may be thousands of either.
pub(super) fn on_each<'j>(
    landings: &[Landing],
    judged: &'j [Judged],
    subjects: &'j [Subject],
) -> Vec<Vec<(&'j Judged, &'j Subject)>> {
    let mut on: Vec<Vec<(&Judged, &Subject)>> = landings.iter().map(|_| Vec::new()).collect();
    for (one, subject) in judged.iter().zip(subjects) {
        for index in &one.on {
            if let Some(here) = on.get_mut(*index) {
                here.push((one, subject));
            }
        }
    }
    on
}

fn line(g: &Gatherer<'_>, landing: &Landing, tip: Oid) -> Result<Line> {
    Ok(Line { tip: Some(tip), tree: g.repo.commit(tip)?.tree, base: landing.base })
}

/// What a landing's work is measured against: what the branch holds; and every other protected branch from which it brings commits that the
/// branch lacks, for what takes that one's work back would otherwise count nowhere.
fn lines_of(g: &Gatherer<'_>, landing: &Landing, tip: Oid) -> Result<Vec<Line>> {
    let own = line(g, landing, tip)?;
    let mut lines = vec![own];
    if landing.stage != Stage::Land {
        return Ok(lines);
    }
    let Some(base) = landing.base else { return Ok(lines) };
    for other in g.protected_tips()? {
        let mut brings = false;
        for shared in range::merge_bases(g.repo, other, tip)? {
            brings = brings || !range::is_ancestor(g.repo, shared, base)?;
        }
        if other != base && brings {
            lines.push(Line { base: Some(other), ..own });
        }
    }
    Ok(lines)
}

/// One session for each specialist who did something, over all landings but those on work space, and over what the same account pushed
/// before.
pub(super) fn sessions(
    g: &Gatherer<'_>,
    landings: &[Landing],
    judged: &[Judged],
    works: &[(usize, Contribution)],
    (marked, window): (&Marked, &Window),
    stage: Stage,
) -> Result<Vec<Subject>> {
    let counts = |index: &usize| landings.get(*index).is_some_and(|landing| !landing.free);
    let mut sessions = Vec::new();
    // In the order of the commits, whatever ref they are on.
    for budget in budgets(judged.iter()) {
        let own: Vec<&(usize, Contribution)> =
            works.iter().filter(|(index, work)| Budget::of_work(work) == budget && counts(index)).collect();
        let mut lines = Vec::new();
        for (index, work) in &own {
            if let Some((landing, tip)) = landings.get(*index).and_then(|landing| Some((landing, landing.tip?))) {
                lines.push((line(g, landing, tip)?, work.changes.as_slice()));
            }
        }
        let first = judged.iter().find(|one| Budget::of_commit(one) == budget).filter(|_| !lines.is_empty());
        let Some(actor) = first.map(|one| &one.actor) else { continue };
        let work: Vec<&Contribution> = own.iter().map(|(_, work)| work).collect();
        // What others push of somebody is judged alone: it neither spends nor adds to what they push themselves.
        let earlier = if work.iter().any(|work| work.spends == Spends::All) {
            window.earlier(g, budget, landings, &work)?
        } else {
            Before::default()
        };
        let marked = lines.first().map(|(line, _)| marked.on(line.tree)).unwrap_or_default();
        sessions.push(session_subject(g, stage, actor, &lines, earlier, &marked)?);
    }
    Ok(sessions)
}
