//! post-receive: what a push has taken comes into the ledger, and with it what others were kept from recording.

use std::time::Duration;

use crate::command::invocation::Invocation;
use crate::error::Result;
use crate::ledger::entry::Update;
use crate::ledger::record::append;
use crate::ledger::reservation::Reservation;
use crate::ledger::{LedgerLock, PushProcess};
use crate::model::ref_update;
use crate::model::ref_update::RefUpdate;
use crate::output::Done;

/// Nobody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Records. Nothing here can refuse anything: the refs have moved.
///
/// # Errors
/// The ledger can't be read or written; what couldn't be recorded stays reserved, and counts.
pub fn post_receive(invocation: &Invocation<'_>, input: &[u8]) -> Result<Done> {
    let updates = ref_update::pre_receive(input)?;
    let flight = PushProcess::of_this_hook(invocation.context.quarantine());
    let desk = LedgerLock::open(&invocation.repo, PATIENCE)?;
    let own = own(&desk, &flight, &updates)?;
    for mut one in desk.settle(&invocation.repo)?.into_iter().filter(|one| one.settled) {
        let id = one.entry.id.clone();
        one.entry.reconciled = own.as_ref() != Some(&id);
        append(&invocation.repo, one.entry)?;
        desk.remove(&id)?;
    }
    Ok(Done::default())
}

/// Finds the reservation of this push, and settles it: git says which refs have moved.
fn own(desk: &LedgerLock, flight: &PushProcess, updates: &[RefUpdate]) -> Result<Option<String>> {
    let moved = |update: &Update| updates.iter().any(|one| is(update, one));
    let fits = |one: &Reservation| updates.iter().all(|update| one.entry.updates.iter().any(|reserved| is(reserved, update)));
    let mut found: Vec<Reservation> = desk.reservations()?.into_iter().filter(fits).collect();
    let place = found.iter().position(|one| one.flight.is_of(flight)).or_else(|| found.len().checked_sub(1));
    let Some(place) = place.filter(|_| !updates.is_empty()) else { return Ok(None) };
    let mut own = found.swap_remove(place);
    own.entry.keep(moved);
    own.taken = vec![true; own.entry.updates.len()];
    own.settled = true;
    desk.write(&own)?;
    Ok(Some(own.entry.id))
}

fn is(reserved: &Update, update: &RefUpdate) -> bool {
    let same = |one: Option<crate::ledger::value::Id>, other| one.map(|id| id.0) == other;
    reserved.r#ref.0 == update.name && same(reserved.old, update.old) && same(reserved.new, update.new)
}
