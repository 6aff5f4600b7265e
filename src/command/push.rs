//! What a push would change: pre-push on a client, pre-receive on a server.

use std::collections::BTreeSet;
use std::ffi::OsString;

use crate::command::invocation::{Ending, Invocation, own_address};
use crate::command::server::pre_receive::Receiving;
use crate::error::{Error, Result};
use crate::gather::trusted_policy;
use crate::gather::{Push, ReceivedPush, Side, landing_facts};
use crate::git;
use crate::git::{Doing, Repo, hide_refs, notes, range};
use crate::model::Oid;
use crate::model::ref_update;
use crate::model::ref_update::RefUpdate;
use crate::output::Done;
use crate::text::{escape, shell_quote};
use crate::verdict::{Decision, Judgement, Outcome, Verdict};

pub use crate::command::server::post_receive::post_receive;
pub use crate::command::server::reference_transaction::moving;

/// Bytes of objects that are kept: what one commit leaves is what the next begins with.
const REMEMBERED: usize = 16 << 20;

/// What a rejection on a client leaves as it was.
pub const NOTHING_PUSHED: &str = "nothing was pushed; your commits are as they were";
/// What a rejection on a server leaves as it was.
pub const NOTHING_TAKEN: &str = "nothing was taken; your commits are still in your repository";

/// What a rejection of one ref's move leaves as it was.
pub const NOT_MOVED: &str = "the ref is as it was; your commits are still in your repository";

/// What is said where something fails after a push was taken.
pub const TAKEN: &str = "the push itself was taken; it counts as what it is until a later one records it";

/// What the remote would get, as far as this side knows the remote.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn pre_push(invocation: &Invocation<'_>, args: &[OsString], input: &[u8]) -> Result<Done> {
    let updates = ref_update::pre_push(input)?;
    let remote = match args.first() {
        None => None,
        Some(name) => Some(name.to_str().ok_or_else(|| Error::new("the remote's name is not UTF-8"))?),
    };
    judge(invocation, &updates, remote, None, &[NOTHING_PUSHED])
}

/// The push, judged on the server: nothing of it selects or alters what judges it.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn pre_receive(invocation: &Invocation<'_>, input: &[u8]) -> Result<Done> {
    let mut updates = ref_update::pre_receive(input)?;
    leave_hidden(&invocation.repo, &mut updates)?;
    invocation.repo.remember_objects(REMEMBERED);
    invocation.repo.deadline.doing(Doing::LookingUp);
    let receiving = Receiving::begin(invocation)?;
    for update in &updates {
        let name = std::str::from_utf8(&update.name)
            .map_err(|_bytes| Error::new(format!("the ref `{}` is not UTF-8, and can't be looked up", escape(&update.name))))?;
        if !git::is_ref_name(name) {
            return Err(
                Error::new(format!("`{}` is no name that git gives to a ref", escape(&update.name))).help("push to another name")
            );
        }
        if invocation.repo.reference(name)? != update.old {
            return Err(Error::new(format!("`{}` is not what the push says it was", escape(&update.name)))
                .help("git fetch, and push again"));
        }
    }
    judge(invocation, &updates, None, Some(&receiving), &[NOTHING_TAKEN])
}

/// Takes out, beside others, what git itself refuses since it is hidden: a mirror that has the guard's own refs from another server asks for
/// them, and git tells the hook of it all the same.
fn leave_hidden(repo: &Repo, updates: &mut Vec<RefUpdate>) -> Result<()> {
    let own = format!("{}/", hide_refs::GUARDS);
    let mut hidden = BTreeSet::new();
    for name in updates.iter().filter_map(|update| std::str::from_utf8(&update.name).ok()).filter(|name| name.starts_with(&own)) {
        if hide_refs::is_hidden(repo, name)? {
            hidden.insert(name.as_bytes().to_vec());
        }
    }
    if hidden.len() < updates.len() {
        updates.retain(|update| !hidden.contains(&update.name));
    }
    Ok(())
}

fn judge(
    invocation: &Invocation<'_>,
    updates: &[RefUpdate],
    remote: Option<&str>,
    receiving: Option<&Receiving>,
    kept: &[&str],
) -> Result<Done> {
    let tips = tips(&invocation.repo, updates)?;
    let mut trees = Vec::new();
    for tip in tips.iter().flatten() {
        trees.push(invocation.repo.commit(*tip)?.tree);
    }
    invocation.repo.deadline.doing(Doing::Preparing);
    if receiving.is_some() {
        let pushed = updates.iter().zip(&tips).map(|(update, tip)| (update.name.as_slice(), *tip));
        trusted_policy::demand_trusted_branch(&invocation.repo, &invocation.settings, pushed)?;
    }
    let effective = match invocation.effective_policy(&trees, remote)? {
        Ok(effective) => effective,
        Err(done) => return Ok(done),
    };
    let notes: Vec<(Vec<u8>, Oid)> = updates
        .iter()
        .filter(|u| u.name.starts_with(notes::PREFIX.as_bytes()))
        .filter_map(|u| Some((u.name.clone(), u.new?)))
        .collect();
    let side = match receiving {
        Some(receiving) => Side::Server { push: Some(ReceivedPush { updates, reserved: receiving.counted() }) },
        None => Side::Client,
    };
    let address = if receiving.is_some() { None } else { own_address(invocation.context, &invocation.repo)? };
    let inputs = invocation.inputs(side).to_remote(remote).pushed_by(address.as_deref()).bringing(&notes);
    let gatherer = invocation.gatherer(&effective, inputs)?;
    if let Some(missing) = gatherer.missing_base()? {
        if gatherer.push_corrects_policy(updates, &tips)? {
            gatherer.let_the_policy_s_branch_stand_in();
        } else if !gatherer.makes_base(updates)? {
            return Err(missing);
        }
    }
    let push = Push::gather(&gatherer, updates, &tips)?;
    let facts = landing_facts(&gatherer, &push.landings)?;
    invocation.repo.deadline.doing(Doing::Answering);
    let verdict = crate::judge(&effective.policy, &facts)?;
    if let Some(receiving) = receiving.filter(|_| verdict.decision == Decision::Accepted) {
        receiving.reserve(&gatherer, updates, &push.landings, (&facts, &verdict), &push.words)?;
    }
    let behind = if receiving.is_some() { None } else { behind(&invocation.repo, updates, &verdict, remote)? };
    let kept: Vec<&str> = behind.as_deref().into_iter().chain(kept.iter().copied()).collect();
    Ok(invocation.report(&effective, &verdict, push.base.as_ref(), &Ending { rejected: &kept, more: "guard check -v", judged: "" }))
}

/// What is said where commits are refused that the remote's ref has already: a clone that is behind takes what has landed there for this push.
fn behind(repo: &Repo, updates: &[RefUpdate], verdict: &Verdict, remote: Option<&str>) -> Result<Option<String>> {
    let violates = |judged: &&Judgement| judged.outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Violated(_)));
    for commit in verdict.judgements.iter().filter(violates).filter_map(|judged| judged.commit) {
        for old in updates.iter().filter_map(|update| update.old) {
            if let Some(old) = repo.commit_if_here(old)?
                && range::is_ancestor(repo, commit, old)?
            {
                let remote = shell_quote(remote.unwrap_or("origin").as_bytes());
                return Ok(Some(format!(
                    "the remote has {} already: if this clone is behind, git fetch {remote}, and push again",
                    commit.short()
                )));
            }
        }
    }
    Ok(None)
}

/// The commit that each ref would hold; none for a deletion, and for evidence, whose commits aren't judged as changes.
fn tips(repo: &Repo, updates: &[RefUpdate]) -> Result<Vec<Option<Oid>>> {
    let tip = |update: &RefUpdate| match update.new {
        Some(new) if !update.name.starts_with(notes::PREFIX.as_bytes()) => repo.peel_to_commit(new),
        Some(_) | None => Ok(None),
    };
    updates.iter().map(tip).collect()
}
