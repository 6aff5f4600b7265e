//! What a push would change: pre-push on a client, pre-receive on a server.

mod clash;
mod pushed_notes;

use std::cell::{Cell, RefCell};
use std::ffi::OsString;

use crate::command::invocation::{Ending, Invocation};
use crate::command::server::pre_receive::Receiving;
use crate::error::{Error, Result};
use crate::evidence::halt::VerifiedStatement;
use crate::facts::{UpdateFacts, UpdateKind};
use crate::gather::trusted_policy;
use crate::gather::{Gatherer, Landing, landing_case};
use crate::git;
use crate::git::notes::Change;
use crate::git::{Doing, notes, range};
use crate::model::Oid;
use crate::model::ref_update;
use crate::model::ref_update::RefUpdate;
use crate::output::Done;
use crate::policy::Stage;
use crate::text::escape;
use crate::verdict::Decision;
use clash::clash;
use pushed_notes::{PushedNotes, evidence};

pub use crate::command::server::post_receive::post_receive;
pub use crate::command::server::reference_transaction::moving;

/// Evidence is no work: its refs are guarded by `protected-ref`, their commits are not judged as changes.
pub const EVIDENCE: &[u8] = b"refs/notes/guard/";

/// Bytes of objects that are kept: what one commit leaves is what the next begins with.
const REMEMBERED: usize = 16 << 20;

/// What a rejection leaves as it was.
pub const NOTHING_PUSHED: &str = "nothing was pushed; your commits are as they were";
/// The same on a server.
pub const NOTHING_TAKEN: &str = "nothing was taken; your commits are still in your repository";

/// The same of one ref of a push.
pub const NOT_MOVED: &str = "the ref is as it was; your commits are still in your repository";

/// After that, whatever else fails.
pub const TAKEN: &str = "the push itself was taken; it counts as what it is until a later one records it";

/// What the remote would get, as far as this side knows the remote.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn pre_push(door: &Invocation<'_>, args: &[OsString], input: &[u8]) -> Result<Done> {
    let updates = ref_update::pre_push(input)?;
    let remote = match args.first() {
        None => None,
        Some(name) => Some(name.to_str().ok_or_else(|| Error::new("the remote's name is not UTF-8"))?),
    };
    judge(door, &updates, remote, None, &[NOTHING_PUSHED])
}

/// The push, judged on the server: nothing of it selects or alters what judges it.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn pre_receive(door: &Invocation<'_>, input: &[u8]) -> Result<Done> {
    let updates = ref_update::pre_receive(input)?;
    door.repo.remember_objects(REMEMBERED);
    door.repo.deadline.doing(Doing::LookingUp);
    let receiving = Receiving::begin(door)?;
    for update in &updates {
        let name = std::str::from_utf8(&update.name)
            .map_err(|_bytes| Error::new(format!("the ref `{}` is not UTF-8, and can't be looked up", escape(&update.name))))?;
        if !git::is_ref_name(name) {
            return Err(
                Error::new(format!("`{}` is no name that git gives to a ref", escape(&update.name))).help("push to another name")
            );
        }
        if door.repo.reference(name)? != update.old {
            return Err(Error::new(format!("`{}` is not what the push says it was", escape(&update.name)))
                .help("git fetch, and push again"));
        }
    }
    judge(door, &updates, None, Some(&receiving), &[NOTHING_TAKEN])
}

fn judge(
    door: &Invocation<'_>,
    updates: &[RefUpdate],
    remote: Option<&str>,
    receiving: Option<&Receiving>,
    kept: &[&str],
) -> Result<Done> {
    let on_server = receiving.is_some();
    let mut tips = Vec::new();
    for update in updates {
        tips.push(match update.new {
            Some(new) if !update.name.starts_with(EVIDENCE) => door.repo.peel_to_commit(new)?,
            Some(_) | None => None,
        });
    }
    let mut trees = Vec::new();
    for tip in tips.iter().flatten() {
        trees.push(door.repo.commit(*tip)?.tree);
    }
    door.repo.deadline.doing(Doing::Preparing);
    if on_server {
        trusted_policy::demand_trusted_branch(&door.repo, &door.settings, updates.iter().map(|u| u.name.as_slice()))?;
    }
    let law = match door.law(&trees, remote)? {
        Ok(law) => law,
        Err(done) => return Ok(done),
    };
    let notes: Vec<(Vec<u8>, Oid)> =
        updates.iter().filter(|u| u.name.starts_with(EVIDENCE)).filter_map(|u| Some((u.name.clone(), u.new?))).collect();
    let mut gatherer = door.gatherer(&law)?;
    gatherer.on_server = on_server;
    gatherer.remote = remote;
    gatherer.proposed_notes = &notes;
    if let Some(receiving) = receiving {
        gatherer.reserved = receiving.counted();
        gatherer.certify(updates)?;
    }
    let base = gatherer.base()?.map(|base| (base.name, base.commit));
    let base_branch = gatherer.base_branch()?;
    let is_base = |update: &RefUpdate| {
        let short = update.name.strip_prefix(b"refs/heads/");
        short.is_some() && short == base_branch.as_deref().map(str::as_bytes)
    };
    let proposed = updates.iter().zip(&tips).filter(|(update, _)| is_base(update)).filter_map(|(_, tip)| *tip);
    let there = There {
        protected: gatherer.protected()?,
        base_tips: base.iter().map(|(_, oid)| *oid).chain(proposed).collect(),
        base_branch,
        base: base.as_ref().map(|(_, oid)| *oid),
        policy_branch: gatherer.policy_branch()?,
        updates,
        coming: coming(&gatherer, updates)?,
        lines: Cell::new(notes::MAX_LINES),
        words: RefCell::default(),
    };
    let mut landings = Vec::new();
    for (update, tip) in updates.iter().zip(&tips) {
        landings.push(landing(door, &gatherer, &there, update, *tip)?);
    }
    let case = landing_case(&gatherer, &landings)?;
    door.repo.deadline.doing(Doing::Answering);
    let verdict = crate::judge(&law.policy, &case);
    if let Some(receiving) = receiving.filter(|_| verdict.decision == Decision::Accepted) {
        receiving.reserve(&gatherer, updates, &landings, (&case, &verdict), &there.words.borrow())?;
    }
    Ok(door.report(&law, &verdict, base.as_ref(), &Ending { rejected: kept, more: "guard check -v" }))
}

/// What this side knows of the receiving one, and of the whole push.
struct There<'u> {
    /// Protected branches: full names and tips.
    protected: Vec<(Vec<u8>, Oid)>,
    base_branch: Option<String>,
    base: Option<Oid>,
    /// The base's tip, and what this push makes of it.
    base_tips: Vec<Oid>,
    policy_branch: Option<String>,
    /// The whole push.
    updates: &'u [RefUpdate],
    /// The protected branches that it makes or moves: short names.
    coming: Vec<Vec<u8>>,
    /// Lines of evidence that the push may still add.
    lines: Cell<usize>,
    /// The halts and resumes that it adds.
    words: RefCell<Vec<VerifiedStatement>>,
}

fn coming(g: &Gatherer<'_>, updates: &[RefUpdate]) -> Result<Vec<Vec<u8>>> {
    let mut coming = Vec::new();
    for branch in updates.iter().filter(|u| u.new.is_some()).filter_map(|u| u.name.strip_prefix(b"refs/heads/")) {
        if g.is_protected(branch)? {
            coming.push(branch.to_vec());
        }
    }
    Ok(coming)
}

/// One update, and what it is measured against.
fn landing(door: &Invocation<'_>, g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate, tip: Option<Oid>) -> Result<Landing> {
    let effective = effective_name(door, g, &update.name)?;
    let branch = effective.strip_prefix(b"refs/heads/");
    let protected = match branch {
        Some(branch) => g.is_protected(branch)?,
        None => false,
    };
    let is = |name: &Option<String>| branch.is_some() && branch == name.as_deref().map(str::as_bytes);
    // The base is measured against itself even where the policy doesn't protect it.
    let lands = protected || is(&there.base_branch);
    let old = match update.old {
        Some(old) if lands => known_commit(door, old)?,
        Some(_) | None => None,
    };
    // A local branch of the same name is no knowledge of the remote's once the remote has said what it holds.
    let known = there.protected.iter().filter(|(name, _)| g.on_server || old.is_none() || name.starts_with(b"refs/remotes/"));
    let base = there.base.filter(|_| !lands);
    let hidden: Vec<Oid> = old.into_iter().chain(known.map(|(_, oid)| *oid)).chain(base).collect();
    let PushedNotes { change, foreign, words } = evidence(door, g, there, update)?;
    let facts = UpdateFacts {
        name: update.name.clone(),
        kind: kind(door, update, tip, change.as_ref(), &there.protected)?,
        protected: protected || is(&there.policy_branch),
        lands,
        clash: clash(door, g, there, update, (&effective, protected || is(&there.policy_branch)))?,
        reaches_no_commit: match update.new {
            Some(new) if update.name.starts_with(EVIDENCE) => door.repo.peel_to_commit(new)?.is_none(),
            new => new.is_some() && tip.is_none(),
        },
        // Git writes nothing else than a commit to a branch, and finds that out when everything else has been taken.
        tag_of: tip.filter(|_| branch.is_some() && update.new != tip),
        by_owner: g.pusher().owner,
        doubt: g.doubt(),
        foreign,
        unsound_words: g.unsound_words(&words, &there.base_tips)?,
        no_notes: change.map(|change| change.odd).unwrap_or_default(),
        updates_in_push: u64::try_from(there.updates.len()).unwrap_or(u64::MAX),
    };
    let free = match branch {
        Some(branch) => g.is_free(branch)?,
        None => false,
    };
    Ok(Landing {
        continues: update.old.filter(|_| facts.kind == UpdateKind::Forward),
        target: Some(effective),
        free,
        reference: Some(update.name.clone()),
        tip,
        hidden,
        base: old.or(there.base),
        stage: if protected { Stage::Land } else { Stage::Branch },
        merge: None,
        update: Some(facts),
    })
}

/// The ref that an update really changes: on a server a symbolic ref stands for its target.
fn effective_name(door: &Invocation<'_>, g: &Gatherer<'_>, name: &[u8]) -> Result<Vec<u8>> {
    let mut current = name.to_vec();
    if !g.on_server {
        return Ok(current);
    }
    for _ in 0..5 {
        let Ok(text) = std::str::from_utf8(&current) else { return Ok(current) };
        match door.repo.symbolic_target(text)? {
            Some(target) => current = target.into_bytes(),
            None => return Ok(current),
        }
    }
    Err(Error::new(format!("the symbolic ref `{}` leads nowhere within 5 steps", escape(name))))
}

fn kind(
    door: &Invocation<'_>,
    update: &RefUpdate,
    tip: Option<Oid>,
    notes: Option<&Change>,
    there: &[(Vec<u8>, Oid)],
) -> Result<UpdateKind> {
    match (update.old, update.new) {
        (_, None) => Ok(UpdateKind::Delete),
        (None, Some(_)) => {
            let Some(tip) = tip else { return Ok(UpdateKind::Create { unrelated: false }) };
            let mut related = there.is_empty();
            for (_, oid) in there {
                related = related || !range::merge_bases(&door.repo, *oid, tip)?.is_empty();
            }
            Ok(UpdateKind::Create { unrelated: !related })
        }
        (Some(old), Some(new)) => {
            let (old, new) = match (known_commit(door, old)?, door.repo.peel_to_commit(new)?) {
                (Some(old), Some(new)) => (old, new),
                (None, _) | (_, None) => return Ok(if old == new { UpdateKind::Forward } else { UpdateKind::Rewind }),
            };
            let forward = range::is_ancestor(&door.repo, old, new)?;
            // Evidence is its lines: what leaves some of them out goes back, whatever its history says.
            Ok(if forward && notes.is_none_or(|notes| notes.keeps) { UpdateKind::Forward } else { UpdateKind::Rewind })
        }
    }
}

/// The commit of what a ref held; on a client it may be something that was never fetched, which can't be an ancestor.
fn known_commit(door: &Invocation<'_>, oid: Oid) -> Result<Option<Oid>> {
    if door.repo.exists(oid)? { door.repo.peel_to_commit(oid) } else { Ok(None) }
}
