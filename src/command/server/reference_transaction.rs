//! reference-transaction on a server: what a push was accepted under has to be so still when git moves its refs. Whoever pushes can put
//! that off, by not reading what git says.

use std::time::Duration;

use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::gather::Side;
use crate::gather::trusted_policy;
use crate::gather::trusted_policy::EffectivePolicy;
use crate::gather::trusted_policy::PolicyLookup;
use crate::git::notes;
use crate::ledger::reservation::Reservation;
use crate::ledger::value::Id;
use crate::model::Oid;
use crate::model::ref_update;
use crate::output::Done;
use crate::text::escape;

/// So long an answer holds, beside which keys expire, waivers end and evidence ages.
const HOLDS: Duration = Duration::from_secs(600);

/// Whether the refs may be moved. What isn't part of a push that was judged here is an administrator's own doing.
///
/// # Errors
/// They may not, or that can't be told.
pub fn moving(invocation: &Invocation<'_>, input: &[u8]) -> Result<Done> {
    let moved = ref_update::transaction(input, &[b"refs/"])?.updates;
    // Evidence lands nothing, and a halt has to get through.
    if moved.iter().all(|update| update.name.starts_with(notes::PREFIX.as_bytes())) {
        return Ok(Done::default());
    }
    let Some(own) = Reservation::of_this_push(&invocation.repo)? else { return Ok(Done::default()) };
    if own.age(invocation.context.now) > HOLDS {
        return Err(outrun("that was more than ten minutes ago"));
    }
    match trusted_policy::find(&invocation.repo, invocation.context, &invocation.settings, &[], None)? {
        PolicyLookup::Trusted(policy) => same(invocation, &own, &EffectivePolicy { policy, bootstrap: false }),
        PolicyLookup::Bootstrap(_) | PolicyLookup::Nothing if own.under.trusted => Err(outrun("the policy is gone")),
        PolicyLookup::Bootstrap(_) | PolicyLookup::Nothing => Ok(Done::default()),
    }
}

fn same(invocation: &Invocation<'_>, own: &Reservation, effective: &EffectivePolicy) -> Result<Done> {
    let notes = still_to_move(invocation, own)?;
    let g = invocation.gatherer(effective, invocation.inputs(Side::Server { push: None }).bringing(&notes))?;
    let branch = g.policy_branch()?.map(|branch| format!("refs/heads/{branch}").into_bytes());
    // The push may have brought the new policy itself, with a ref before this one.
    let brought = own
        .entry
        .updates
        .iter()
        .any(|update| Some(&update.name().0) == branch.as_ref() && update.new.map(|id| id.0) == effective.policy.source.commit);
    if !brought && own.entry.policy.blob != effective.policy.source.blob.map(Id) {
        return Err(outrun("the policy has changed"));
    }
    match g.halts()?.iter().find(|halt| !own.under.halts.contains(&halt.digest)) {
        Some(halt) => {
            let (by, reason) = (&halt.by, escape(halt.reason.as_bytes()));
            Err(outrun(&format!("the project is halted by {by}: {reason}")))
        }
        None => Ok(Done::default()),
    }
}

/// The notes that the push brings and that git hasn't moved yet: a resume or a halt among them was heard when it was judged, whichever
/// of its refs moves first. A ref that holds anything else than it did then says by itself what was written there since.
fn still_to_move(invocation: &Invocation<'_>, own: &Reservation) -> Result<Vec<(Vec<u8>, Oid)>> {
    let mut notes = Vec::new();
    for update in own.entry.updates.iter().filter(|update| update.name().0.starts_with(notes::PREFIX.as_bytes())) {
        let (Ok(name), Some(new)) = (std::str::from_utf8(&update.name().0), update.new) else { continue };
        if invocation.repo.reference(name)? == update.old.map(|id| id.0) {
            notes.push((update.name().0.clone(), new.0));
        }
    }
    Ok(notes)
}

fn outrun(what: &str) -> Error {
    Error::new(format!("the push was accepted, but before git moved this ref, things have changed: {what}"))
        .help("push again: it is judged anew")
}
