//! A push that is judged on a server: alone, knowing what others have reserved, and leaving a reservation itself.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::evidence::halt::VerifiedStatement;
use crate::facts::Facts;
use crate::gather::{Gatherer, Landing};
use crate::ledger::record::{PushFacts, entry};
use crate::ledger::reservation::{Reservation, Under};
use crate::ledger::window::Counted;
use crate::ledger::{LedgerLock, PushProcess};
use crate::model::ref_update::RefUpdate;
use crate::verdict::Verdict;

/// Between two looks at a push whose refs are just being moved.
const PAUSE: Duration = Duration::from_millis(5);

/// The desk, held until this process ends, and what stands on it.
pub struct Receiving {
    desk: LedgerLock,
    flight: PushProcess,
    /// Newest first.
    counted: Vec<Counted>,
}

impl Receiving {
    /// Takes the desk. A push that was judged and still moves its refs is waited for: it takes a moment, and then it is known what it has
    /// spent. One that takes longer spends what it may.
    ///
    /// # Errors
    /// Others hold the desk longer than `guard.deadline`; it can't be read or written.
    #[expect(clippy::disallowed_methods, reason = "while others are waited for, it gets later")]
    pub fn begin(invocation: &Invocation<'_>) -> Result<Self> {
        let flight = PushProcess::of_this_hook(invocation.context.quarantine());
        let (start, most) = (Instant::now(), invocation.settings.deadline);
        loop {
            let desk = LedgerLock::open(&invocation.repo, most.saturating_sub(start.elapsed()))?;
            let reserved = desk.settle(&invocation.repo)?;
            // Nor is one that others have waited for already waited for again.
            let (now, patience) = (Timestamp::now(), most.mul_f32(0.75));
            let moves = |one: &Reservation| !one.is_sure() && one.age(now) < patience;
            if !reserved.iter().any(moves) || start.elapsed() > patience {
                let counted = reserved.into_iter().rev().map(|one| Counted { sure: one.is_sure(), entry: one.entry });
                return Ok(Self { desk, flight, counted: counted.collect() });
            }
            drop(desk);
            std::thread::sleep(PAUSE);
        }
    }

    /// What is reserved, newest first.
    pub fn counted(&self) -> &[Counted] {
        &self.counted
    }

    /// Leaves a reservation of what was accepted.
    ///
    /// # Errors
    /// It can't be written, or nobody waits for the answer: so nothing may be accepted.
    #[expect(clippy::disallowed_methods, reason = "a push is accepted after it was judged")]
    pub fn reserve(
        &self,
        g: &Gatherer<'_>,
        updates: &[RefUpdate],
        landings: &[Landing],
        (facts, verdict): (&Facts<'_>, &Verdict),
        words: &[VerifiedStatement],
    ) -> Result<()> {
        if updates.is_empty() {
            return Ok(());
        }
        if !PushProcess::is_heard() {
            return Err(Error::new("whoever pushed is gone: nobody waits for the answer").help("push again"));
        }
        let now = Timestamp::now();
        let target = |landing: &Landing, update: &RefUpdate| landing.target.clone().unwrap_or_else(|| update.name.clone());
        let updates: Vec<(RefUpdate, Vec<u8>)> =
            updates.iter().zip(landings).map(|(update, landing)| (update.clone(), target(landing, update))).collect();
        let (account, identity) = g.account_and_source();
        let push = PushFacts {
            id: format!("{:x}-{}", now.as_nanosecond(), std::process::id()),
            now,
            account,
            identity,
            updates: &updates,
            words,
        };
        let entry = entry(g.policy(), facts, verdict, push);
        let under = Under { trusted: !g.is_bootstrap(), halts: g.halts()?.iter().map(|halt| halt.digest.clone()).collect() };
        self.desk.write(&Reservation::new(entry, self.flight.clone(), under))
    }
}
