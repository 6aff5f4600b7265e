//! From a push that was accepted to its entry, and from an entry to what is found again by a name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::value::{Bytes, Id, Time};
use crate::error::{Error, Result};
use crate::evidence::halt::{HaltKind, Halted, MAX_REASON, VerifiedStatement};
use crate::facts::{Facts, UpdateKind};
use crate::git::Repo;
use crate::git::ledger::{self, Addition, Ledger};
use crate::identity::Owned;
use crate::ledger::entry::{Behind, Change, Entry, How, LedgerStatement, PolicyAt, RecordedWork, Update, VERSION, Waived};
use crate::ledger::let_in::LetIn;
use crate::model::ref_update::RefUpdate;
use crate::model::{Counted, FileChange};
use crate::policy::{Limits, Policy};
use crate::rules::waiver_words;
use crate::text::escape;
use crate::text::within;
use crate::verdict::{Outcome, Verdict};

/// What a push did, beside what was judged.
#[derive(Debug)]
pub struct PushFacts<'a> {
    /// Names the reservation.
    pub id: String,
    /// When it was judged.
    pub now: Timestamp,
    /// Who pushed.
    pub account: Option<String>,
    /// `guard.identity`.
    pub identity: String,
    /// The refs as they were pushed, and those that really change.
    pub updates: &'a [(RefUpdate, Vec<u8>)],
    /// Halts and resumes that come with it.
    pub words: &'a [VerifiedStatement],
}

/// Words that are worth nothing are on record, but not each of thousands: later pushes read it all again.
const MAX_REFUSED: usize = 8;

/// The entry of an accepted push.
pub fn entry(policy: &Policy, facts: &Facts<'_>, verdict: &Verdict, push: PushFacts<'_>) -> Entry {
    let source = &policy.source;
    let refused = push.words.iter().filter(|word| word.refused.is_some()).take(MAX_REFUSED);
    Entry {
        version: VERSION,
        number: 0,
        id: push.id,
        time: Time(push.now),
        behind: None,
        account: push.account,
        identity: push.identity,
        stage: facts.stage.as_str().to_owned(),
        verdict: verdict.decision.as_str().to_owned(),
        policy: PolicyAt { source: source.name.clone(), blob: source.blob.map(Id) },
        updates: push.updates.iter().map(|(update, target)| self::update(facts, update, target)).collect(),
        work: facts.work.iter().map(|work| self::work(policy, work, &LetIn::of(policy, facts, verdict, work))).collect(),
        waivers: waivers(facts, verdict),
        words: push.words.iter().filter(|word| word.refused.is_none()).chain(refused).map(said).collect(),
        reconciled: false,
    }
}

fn update(facts: &Facts<'_>, update: &RefUpdate, target: &[u8]) -> Update {
    let found = facts.subjects.iter().filter_map(|s| s.kind.update()).find(|found| found.name == update.name);
    let change = match found.map(|found| found.kind) {
        Some(UpdateKind::Create { .. }) => How::Create,
        Some(UpdateKind::Forward) => How::Forward,
        Some(UpdateKind::Rewind) => How::Rewind,
        Some(UpdateKind::Delete) => How::Delete,
        // A bootstrap has no landing that would say it: nothing is freed by it.
        None if update.new.is_none() => How::Delete,
        None if update.old.is_none() => How::Create,
        None => How::Rewind,
    };
    Update {
        r#ref: Bytes(update.name.clone()),
        target: (target != update.name).then(|| Bytes(target.to_vec())),
        old: update.old.map(Id),
        new: update.new.map(Id),
        change,
        landed: found.is_some_and(|found| found.lands),
    }
}

fn work(policy: &Policy, work: &crate::facts::Contribution, let_in: &LetIn<'_>) -> RecordedWork {
    // What nothing limits needs not be added up.
    let limited = work.actor.limits(policy).is_some_and(Limits::limit_sessions);
    RecordedWork {
        r#ref: Bytes(work.reference.clone()),
        specialist: work.actor.name.clone(),
        source: work.actor.source.as_json(),
        accounts: work.accounts.iter().cloned().collect(),
        count: work.count,
        commits: work.commits.iter().copied().map(Id).collect(),
        changes: work
            .changes
            .iter()
            .filter(|change| limited && work.spends.holds(&change.path))
            .filter_map(|change| {
                let Counted { lines, inserted_bytes } = let_in.rest(change)?;
                Some(Change::from(&FileChange { lines, inserted_bytes, ..change.clone() }))
            })
            .collect(),
    }
}

/// Every waiver that was used, with what it covered.
fn waivers(facts: &Facts<'_>, verdict: &Verdict) -> Vec<Waived> {
    let mut all: Vec<Waived> = Vec::new();
    let waived = |outcome: &Outcome| matches!(outcome, Outcome::Waived(..));
    for judgement in verdict.judgements.iter().filter(|judgement| judgement.outcomes.iter().any(|(_, outcome)| waived(outcome))) {
        let granted = facts.subjects.iter().filter(|s| s.kind.name() == judgement.kind && s.commit == judgement.commit);
        let granted: Vec<_> = granted.filter(|s| s.tree == judgement.tree).flat_map(|s| &s.waivers).collect();
        for (rule, outcome) in &judgement.outcomes {
            let Outcome::Waived(by, violations) = outcome else { continue };
            for one in
                granted.iter().filter(|one| one.refused.is_none() && one.waiver.rule == *rule && by.contains(&waiver_words(one)))
            {
                let waived = Waived {
                    rule: (*rule).to_owned(),
                    owner: one.by.clone(),
                    reason: one.waiver.reason.clone(),
                    expires: one.waiver.expires.to_string(),
                    messages: violations.iter().map(|violation| violation.message.clone()).collect(),
                };
                if !all.contains(&waived) {
                    all.push(waived);
                }
            }
        }
    }
    all
}

fn said(spoken: &VerifiedStatement) -> LedgerStatement {
    let word = &spoken.word;
    LedgerStatement {
        say: word.say.as_str().to_owned(),
        by: spoken.by.clone(),
        // What everybody can bear to read again with every push; a sound one is no longer.
        reason: within(&word.reason, MAX_REASON),
        forced: word.forced,
        refused: spoken.refused.clone(),
        digest: spoken.digest.clone(),
        lifts: word.lifts.clone(),
    }
}

/// Appends an entry, which gets its number there, and what it says of a clock that went back. To be called by whoever holds the desk.
///
/// # Errors
/// The ledger is damaged, or can't be written.
pub fn append(repo: &Repo, mut entry: Entry) -> Result<()> {
    let ledger = Ledger::open(repo)?;
    let last = ledger.entries().next().transpose()?.map(|stored| Entry::stored(&stored)).transpose()?;
    entry.behind = last.as_ref().and_then(|last| Behind::after(last.time, last.behind, entry.time));
    entry.number = last.map_or(0, |last| last.number).saturating_add(1);
    let mut shelved = BTreeMap::new();
    for work in &entry.work {
        // One account for each: who brought a commit is who pushes now.
        let owned = Owned { specialist: work.specialist.clone(), account: entry.account.clone() };
        let owned = serde_json::to_vec(&owned).map_err(|e| Error::new(format!("whose a commit is can't be written: {e}")))?;
        shelved.extend(work.commits.iter().map(|commit| (("commits", commit.0.to_string()), owned.clone())));
    }
    for said in entry.words.iter().filter(|said| said.refused.is_none()) {
        shelved.extend(standing(&entry, said)?);
    }
    let (message, content) = (message(&entry), entry.json()?);
    let addition = Addition { content: &content, message: &message, seconds: entry.latest().0.as_second(), shelved: &shelved };
    ledger::append(repo, ledger.tip(), &addition)
}

/// Shelf, name and content.
type Shelved = ((&'static str, String), Vec<u8>);

/// What a halt or a resume that counted leaves to be found, whatever the policy makes of its signer later.
fn standing(entry: &Entry, said: &LedgerStatement) -> Result<Vec<Shelved>> {
    let unwritten = |e| Error::new(format!("a halt can't be written: {e}"));
    let taken = TakenHalt { reason: said.reason.clone(), by: said.by.clone(), since: entry.time };
    let halt = ((HALTS, said.digest.clone()), serde_json::to_vec(&taken).map_err(unwritten)?);
    let lifted = said
        .lifts
        .iter()
        .filter(|digest| is_digest(digest))
        .map(|digest| ((LIFTED, digest.clone()), said.digest.clone().into_bytes()));
    Ok(if said.say == HaltKind::Halt.as_str() { vec![halt] } else { lifted.collect() })
}

/// A name that a shelf may have: what a resume names is its signer's to write.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The shelf of halts that counted when they were taken, by their digests.
const HALTS: &str = "halts";
/// The shelf of halts that a resume which counted has named.
const LIFTED: &str = "lifted";

/// A halt that counted when it was taken.
#[derive(Debug, Serialize, Deserialize)]
struct TakenHalt {
    reason: String,
    by: String,
    since: Time,
}

/// The halts that counted when they were taken and that no resume which counted has named, in no order.
///
/// # Errors
/// The ledger is damaged.
pub fn standing_halts(ledger: &Ledger<'_>) -> Result<Vec<Halted>> {
    let lifted: BTreeSet<String> = ledger.shelf(LIFTED)?.into_iter().map(|(digest, _)| digest).collect();
    let mut halts = Vec::new();
    for (digest, content) in ledger.shelf(HALTS)?.into_iter().filter(|(digest, _)| !lifted.contains(digest)) {
        let taken: TakenHalt = serde_json::from_slice(&content)
            .map_err(|e| Error::new(format!("the ledger is damaged: the halt {digest} in it can't be read: {e}")))?;
        // Whom it named counts under the policy that knows its signer: then the notes tell of it.
        halts.push(Halted { reason: taken.reason, by: taken.by, since: taken.since.0, digest, repair: Vec::new() });
    }
    Ok(halts)
}

/// For people who read the ledger by `git log`.
fn message(entry: &Entry) -> String {
    let short = |id: Option<Id>| id.map_or_else(|| "nothing".to_owned(), |id| id.0.short());
    let of = |update: &Update| format!("{} {}..{}", escape(&update.r#ref.0), short(update.old), short(update.new));
    let who = entry.account.as_deref().map_or_else(|| "nobody known".to_owned(), |account| escape(account.as_bytes()));
    let (first, more) = (entry.updates.first().map_or_else(String::new, of), entry.updates.len().saturating_sub(1));
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{who}: {first}{more}\n")
}
