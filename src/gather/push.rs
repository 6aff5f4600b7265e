//! What ref updates would do, as facts: what each ref gets, and what it is measured against.

mod clash;
mod pushed_notes;

use std::cell::{Cell, RefCell};

use super::{Gatherer, Landing};
use crate::error::{Error, Result};
use crate::evidence::halt::VerifiedStatement;
use crate::facts::{UpdateFacts, UpdateKind};
use crate::git::notes::{self, Change};
use crate::git::range;
use crate::model::{Oid, RefUpdate};
use crate::policy::Stage;
use crate::text::escape;
use clash::clash;
use pushed_notes::{PushedNotes, evidence};

/// The updates of one push.
pub struct Push {
    /// What each ref gets, in the order of the updates.
    pub landings: Vec<Landing>,
    /// The base's name and tip, as this side knows it.
    pub base: Option<(String, Oid)>,
    /// The halts and resumes that the push brings.
    pub words: Vec<VerifiedStatement>,
}

impl Push {
    /// Looks at every update. `tips`: the commit that each ref would hold; `None`: a deletion, or a ref of evidence, whose commits aren't
    /// judged as changes.
    ///
    /// # Errors
    /// A ref can't be read; an object is missing or damaged; a bound is exceeded.
    pub fn gather(g: &Gatherer<'_>, updates: &[RefUpdate], tips: &[Option<Oid>]) -> Result<Self> {
        let base = g.base()?.map(|base| (base.name, base.commit));
        let base_branch = g.base_branch()?;
        let is_base = |update: &RefUpdate| {
            let short = update.name.strip_prefix(b"refs/heads/");
            short.is_some() && short == base_branch.as_deref().map(str::as_bytes)
        };
        let proposed = updates.iter().zip(tips).filter(|(update, _)| is_base(update)).filter_map(|(_, tip)| *tip);
        let there = There {
            protected: g.protected()?,
            base_tips: base.iter().map(|(_, oid)| *oid).chain(proposed).collect(),
            base_branch,
            base: base.as_ref().map(|(_, oid)| *oid),
            policy_branch: g.policy_branch()?,
            updates,
            coming: coming(g, updates)?,
            lines: Cell::new(notes::MAX_LINES),
            words: RefCell::default(),
        };
        let landings = updates.iter().zip(tips).map(|(update, tip)| landing(g, &there, update, *tip)).collect::<Result<_>>()?;
        Ok(Self { landings, base, words: there.words.into_inner() })
    }
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
fn landing(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate, tip: Option<Oid>) -> Result<Landing> {
    let target = Target::of(g, there, update)?;
    let old = match update.old {
        Some(old) if target.lands => known_commit(g, old)?,
        Some(_) | None => None,
    };
    let facts = update_facts(g, there, update, &target, tip)?;
    let free = match target.branch() {
        Some(branch) => g.is_free(branch)?,
        None => false,
    };
    Ok(Landing {
        continues: update.old.filter(|_| facts.kind == UpdateKind::Forward),
        free,
        reference: Some(update.name.clone()),
        tip,
        hidden: hidden(g, there, &target, old),
        base: old.or(there.base),
        stage: if target.protected { Stage::Land } else { Stage::Branch },
        merge: None,
        update: Some(facts),
        target: Some(target.name),
    })
}

/// The ref that an update really changes, and what it is to the receiving side.
struct Target {
    /// Its full name.
    name: Vec<u8>,
    /// The policy protects it.
    protected: bool,
    /// As good as protected: the policy itself comes from there, too.
    guarded: bool,
    /// What it gets is measured against what it held: the base is, even where the policy doesn't protect it.
    lands: bool,
}

impl Target {
    fn of(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate) -> Result<Self> {
        let name = effective_name(g, &update.name)?;
        let branch = name.strip_prefix(b"refs/heads/");
        let protected = match branch {
            Some(branch) => g.is_protected(branch)?,
            None => false,
        };
        let is = |other: &Option<String>| branch.is_some() && branch == other.as_deref().map(str::as_bytes);
        let (guarded, lands) = (protected || is(&there.policy_branch), protected || is(&there.base_branch));
        Ok(Self { name, protected, guarded, lands })
    }

    /// The short name, of a branch.
    fn branch(&self) -> Option<&[u8]> {
        self.name.strip_prefix(b"refs/heads/")
    }
}

/// What isn't new to `target`: what it held, what stands on protected branches, and the base.
fn hidden(g: &Gatherer<'_>, there: &There<'_>, target: &Target, old: Option<Oid>) -> Vec<Oid> {
    // A local branch of the same name is no knowledge of the remote's once the remote has said what it holds.
    let known = there.protected.iter().filter(|(name, _)| g.is_server() || old.is_none() || name.starts_with(b"refs/remotes/"));
    let base = there.base.filter(|_| !target.lands);
    old.into_iter().chain(known.map(|(_, oid)| *oid)).chain(base).collect()
}

/// What is known of an update beside the commits that it brings.
fn update_facts(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate, target: &Target, tip: Option<Oid>) -> Result<UpdateFacts> {
    let PushedNotes { change, foreign, words } = evidence(g, there, update)?;
    Ok(UpdateFacts {
        name: update.name.clone(),
        kind: kind(g, update, tip, change.as_ref(), &there.protected)?,
        protected: target.guarded,
        lands: target.lands,
        clash: clash(g, there, update, target)?,
        reaches_no_commit: match update.new {
            Some(new) if update.name.starts_with(notes::PREFIX.as_bytes()) => g.repo.peel_to_commit(new)?.is_none(),
            new => new.is_some() && tip.is_none(),
        },
        // Git writes nothing else than a commit to a branch, and finds that out when everything else has been taken.
        tag_of: tip.filter(|_| target.branch().is_some() && update.new != tip),
        by_owner: g.pusher().owner,
        doubt: g.doubt(),
        foreign,
        unsound_words: g.unsound_words(&words, &there.base_tips)?,
        no_notes: change.map(|change| change.odd).unwrap_or_default(),
        updates_in_push: u64::try_from(there.updates.len()).unwrap_or(u64::MAX),
    })
}

/// The ref that an update really changes: on a server a symbolic ref stands for its target.
fn effective_name(g: &Gatherer<'_>, name: &[u8]) -> Result<Vec<u8>> {
    let mut current = name.to_vec();
    if !g.is_server() {
        return Ok(current);
    }
    for _ in 0..5 {
        let Ok(text) = std::str::from_utf8(&current) else { return Ok(current) };
        match g.repo.symbolic_target(text)? {
            Some(target) => current = target.into_bytes(),
            None => return Ok(current),
        }
    }
    Err(Error::new(format!("the symbolic ref `{}` leads nowhere within 5 steps", escape(name))))
}

fn kind(
    g: &Gatherer<'_>,
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
                related = related || !range::merge_bases(g.repo, *oid, tip)?.is_empty();
            }
            Ok(UpdateKind::Create { unrelated: !related })
        }
        (Some(old), Some(new)) => {
            let (old, new) = match (known_commit(g, old)?, g.repo.peel_to_commit(new)?) {
                (Some(old), Some(new)) => (old, new),
                (None, _) | (_, None) => return Ok(if old == new { UpdateKind::Forward } else { UpdateKind::Rewind }),
            };
            let forward = range::is_ancestor(g.repo, old, new)?;
            // Evidence is its lines: what leaves some of them out goes back, whatever its history says.
            Ok(if forward && notes.is_none_or(|notes| notes.keeps) { UpdateKind::Forward } else { UpdateKind::Rewind })
        }
    }
}

/// The commit of what a ref held; on a client it may be something that was never fetched, which can't be an ancestor.
fn known_commit(g: &Gatherer<'_>, oid: Oid) -> Result<Option<Oid>> {
    if g.repo.exists(oid)? { g.repo.peel_to_commit(oid) } else { Ok(None) }
}
