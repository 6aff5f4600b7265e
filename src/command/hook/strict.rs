//! reference-transaction on a client, the strict installation: every new commit of a branch of this clone, whichever command made it, is judged before
//! the branch moves. `--no-verify` doesn't skip it.

use std::collections::BTreeSet;

use crate::command::hook::recovery_hint;
use crate::command::invocation::{Ending, Invocation};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::facts::{Facts, SubjectKind};
use crate::gather::{Gatherer, Landing, Side, landing_facts};
use crate::git::{fetch_head, range};
use crate::ledger::LedgerLock;
use crate::model::Oid;
use crate::model::ref_update;
use crate::model::ref_update::RefUpdate;
use crate::output::Done;
use crate::policy::Stage;
use crate::text::escape;
use crate::verdict::Decision;

/// A branch of this clone.
const BRANCH: &[u8] = b"refs/heads/";
/// What others' accepted work is known by.
const TRACKING: &[u8] = b"refs/remotes/";

/// Judges what a transaction would give to branches. Where no branch gets a commit, neither the repository nor the policy is looked at.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn run(context: &Context, input: &[u8]) -> Result<Done> {
    let ref_update::Transaction { updates, symbolic } = ref_update::transaction(input, &[BRANCH, TRACKING])?;
    let astray = |(name, target): &&(Vec<u8>, Vec<u8>)| name.starts_with(BRANCH) && !target.starts_with(BRANCH);
    if let Some((name, target)) = symbolic.iter().find(astray) {
        let (name, target) = (escape(name), escape(target));
        return Err(Error::new(format!("`{name}` would stand for `{target}`, which is no branch: what that gets is not judged"))
            .help("have it stand for a branch"));
    }
    if !updates.iter().any(|update| update.name.starts_with(BRANCH)) {
        return Ok(Done::default());
    }
    let invocation = Invocation::open(context, true)?;
    // On a server what is pushed is judged; what an administrator does there by hand, in a work tree of it too, is not.
    let server = invocation.repo.is_bare() || LedgerLock::stands_in(invocation.repo.common_dir());
    if server { Ok(Done::default()) } else { judge(&invocation, &updates) }
}

fn judge(invocation: &Invocation<'_>, updates: &[RefUpdate]) -> Result<Done> {
    let (mut held, mut tracked) = (Vec::new(), Vec::new());
    for (name, tip) in range::branches(&invocation.repo)? {
        if name.starts_with(TRACKING) { tracked.push(tip) } else { held.push(tip) }
    }
    // `git fetch origin main:main` moves the branch before what the remote's is known by.
    tracked.extend(fetch_head::fetched(&invocation.repo)?);
    let (ours, theirs): (Vec<&RefUpdate>, Vec<&RefUpdate>) = updates.iter().partition(|update| update.name.starts_with(BRANCH));
    // A fetch may bring a branch and what the remote's is known by in one transaction.
    for new in theirs.iter().filter_map(|update| update.new) {
        tracked.extend(invocation.repo.peel_to_commit(new)?);
    }
    let tips: Vec<Oid> = ours.iter().filter_map(|update| update.new).collect();
    if range::commits(&invocation.repo, &tips, &tracked, invocation.settings.max_commits)?.is_empty() {
        return Ok(Done::default());
    }
    let trees = tips.iter().map(|tip| Ok(invocation.repo.commit(*tip)?.tree)).collect::<Result<Vec<Oid>>>()?;
    let effective = match invocation.effective_policy(&trees, None)? {
        Ok(effective) => effective,
        Err(done) => return Ok(if done.status == 0 { Done::default() } else { done }),
    };
    let gatherer = invocation.gatherer(&effective, invocation.inputs(Side::Client))?;
    let new = unjudged(&gatherer, &ours, (&held, &tracked), invocation.settings.max_commits)?;
    if new.is_empty() {
        return Ok(Done::default());
    }
    let base = invocation.base(&gatherer)?;
    let facts = facts(&gatherer, &ours, base.as_ref().map(|(_, tip)| *tip), &tracked, &new)?;
    let verdict = crate::judge(&effective.policy, &facts)?;
    if verdict.decision == Decision::Accepted {
        return Ok(Done::default());
    }
    let moved = ours.iter().find_map(|update| Some((&update.name, update.new?)));
    let after = moved.map_or_else(|| Ok(Vec::new()), |(name, tip)| recovery_hint::words(invocation, name, tip))?;
    let ending: Vec<&str> = after.iter().map(String::as_str).collect();
    Ok(invocation.report(&effective, &verdict, base.as_ref(), &Ending { rejected: &ending, more: "guard check -v", judged: "" }))
}

/// What comes to a branch that is to be judged. What another branch of this clone holds was judged where it came to be, if it was: it comes
/// to the base or a protected branch as if it were new.
fn unjudged(g: &Gatherer<'_>, updates: &[&RefUpdate], (held, tracked): (&[Oid], &[Oid]), max: u64) -> Result<BTreeSet<Oid>> {
    let mut new = BTreeSet::new();
    for update in updates {
        let Some(tip) = update.new else { continue };
        let mut known = tracked.to_vec();
        if g.lands_on(&update.name)? {
            let name = std::str::from_utf8(&update.name).ok();
            known.extend(name.map(|name| g.repo().reference(name)).transpose()?.flatten());
        } else {
            known.extend(held);
        }
        new.extend(range::commits(g.repo(), &[tip], &known, max)?);
    }
    Ok(new)
}

/// The new commits one by one, and the sessions that they belong to, whole: as pre-commit judges the index and the session so far.
/// What the branch lands as is not asked before it does.
fn facts<'g>(
    g: &'g Gatherer<'_>,
    updates: &[&RefUpdate],
    base: Option<Oid>,
    tracked: &[Oid],
    new: &BTreeSet<Oid>,
) -> Result<Facts<'g>> {
    let hidden: Vec<Oid> = tracked.iter().copied().chain(base).chain(g.protected()?.into_iter().map(|(_, tip)| tip)).collect();
    let landings: Vec<Landing> = updates
        .iter()
        .filter(|update| update.new.is_some())
        .map(|update| Landing {
            reference: Some(update.name.clone()),
            tip: update.new,
            hidden: hidden.clone(),
            base,
            stage: Stage::Commit,
            ..Landing::default()
        })
        .collect();
    let mut facts = landing_facts(g, &landings)?;
    // On the base branch itself a session is what the upstream doesn't have; without one there is none.
    let base = g.base()?;
    let has_session = |name: &[u8]| base.as_ref().is_none_or(|base| base.name.as_bytes() != name);
    let sessions = landings.iter().any(|landing| landing.reference.as_deref().is_none_or(has_session));
    facts.subjects.retain(|subject| match subject.kind.name() {
        SubjectKind::Commit | SubjectKind::Carried => subject.commit.is_some_and(|commit| new.contains(&commit)),
        SubjectKind::Session => sessions,
        SubjectKind::Index => true,
        SubjectKind::Landing => false,
    });
    Ok(facts)
}
