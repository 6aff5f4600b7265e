//! What ref updates would do, as facts: what each ref gets, and what it is measured against.

mod clash;
mod pushed_notes;

use std::cell::{Cell, RefCell};

use super::names::RefNames;
use super::{Gatherer, Landing};
use crate::error::Result;
use crate::evidence::halt::VerifiedStatement;
use crate::facts::{UpdateFacts, UpdateKind};
use crate::gather::index::is_policy_alone;
use crate::git::notes::{self, Change};
use crate::git::{range, root, tree_diff};
use crate::model::{Oid, RefUpdate};
use crate::policy::Stage;
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
        let mut proposed = Vec::new();
        for (update, tip) in updates.iter().zip(tips) {
            if g.names_of(&update.name)?.is(base_branch.as_deref()) {
                proposed.extend(*tip);
            }
        }
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

impl Gatherer<'_> {
    /// Whether the push makes the policy's base, which isn't there.
    ///
    /// # Errors
    /// A ref can't be read.
    pub fn makes_base(&self, updates: &[RefUpdate]) -> Result<bool> {
        let base = self.base_branch()?;
        let makes = |update: &RefUpdate| Ok(update.new.is_some() && self.names_of(&update.name)?.is(base.as_deref()));
        updates.iter().map(makes).try_fold(false, |any, one: Result<bool>| Ok(any || one?))
    }

    /// Whether the push is an owner's, goes on where the branch that holds the policy stands, and changes the policy and nothing else.
    ///
    /// # Errors
    /// A ref or a tree can't be read.
    pub fn push_corrects_policy(&self, updates: &[RefUpdate], tips: &[Option<Oid>]) -> Result<bool> {
        let ([update], [Some(tip)]) = (updates, tips) else { return Ok(false) };
        let Some(old) = update.old.filter(|_| self.pusher().owner || !self.is_server()) else { return Ok(false) };
        if !self.names_of(&update.name)?.is(self.policy_branch()?.as_deref()) || known_commit(self, old)?.is_none() {
            return Ok(false);
        }
        let (old, new) = (self.repo.commit(old)?.tree, self.repo.commit(*tip)?.tree);
        let walk = tree_diff::between(self.repo, Some(old), Some(new), self.settings.max_paths)?;
        Ok(is_policy_alone(&walk))
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
        if g.protects(&g.names_of(&[b"refs/heads/", branch].concat())?)? {
            coming.push(branch.to_vec());
        }
    }
    Ok(coming)
}

/// One update, and what it is measured against.
fn landing(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate, tip: Option<Oid>) -> Result<Landing> {
    let target = Target::of(g, there, update)?;
    let old = target.old.filter(|_| target.lands);
    let facts = update_facts(g, there, update, &target, tip)?;
    let work_space = target.branch().is_some_and(|branch| g.is_work_space(branch));
    Ok(Landing {
        continues: update.old.filter(|_| facts.kind == UpdateKind::Forward),
        free: work_space && !target.lands && !target.guarded(),
        reference: Some(update.name.clone()),
        tip,
        hidden: hidden(g, there, &target, old),
        base: old.or(there.base),
        stage: if target.protected { Stage::Land } else { Stage::Branch },
        merge: None,
        update: Some(facts),
        target: Some(target.names.effective),
    })
}

/// The ref that an update really changes, and what it is to the receiving side.
struct Target {
    names: RefNames,
    /// The policy protects it.
    protected: bool,
    is_base: bool,
    holds_policy: bool,
    /// What it gets is measured against what it held: the base is, even where the policy doesn't protect it.
    lands: bool,
    /// The commit that it held, if this side has it.
    old: Option<Oid>,
}

impl Target {
    fn of(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate) -> Result<Self> {
        let names = g.names_of(&update.name)?;
        let protected = g.protects(&names)?;
        let is_base = names.is(there.base_branch.as_deref());
        let old = match update.old {
            Some(old) => known_commit(g, old)?,
            None => None,
        };
        let holds_policy = names.is(there.policy_branch.as_deref());
        Ok(Self { names, protected, is_base, holds_policy, lands: protected || is_base, old })
    }

    /// As good as protected: the policy itself comes from there, too.
    fn guarded(&self) -> bool {
        self.protected || self.holds_policy
    }

    /// The policy protects it by a pattern alone, and nothing else depends on it.
    fn by_pattern(&self, g: &Gatherer<'_>) -> bool {
        self.protected && !self.is_base && !self.holds_policy && !g.spells_out(&self.names)
    }

    /// The short name, of a branch.
    fn branch(&self) -> Option<&[u8]> {
        self.names.effective.strip_prefix(b"refs/heads/")
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
    let immutable = g.policy.refs.immutable.as_ref();
    Ok(UpdateFacts {
        name: update.name.clone(),
        kind: kind(g, update, tip, change.as_ref(), &there.protected)?,
        protected: target.guarded(),
        lands: target.lands,
        by_pattern: target.by_pattern(g),
        second_root: match tip.filter(|_| target.guarded()) {
            Some(tip) => second_root(g, there, target.old, tip)?,
            None => None,
        },
        moves_root: match (target.old, tip.filter(|_| target.is_base || target.holds_policy)) {
            (Some(old), Some(tip)) => !root::is_kept(g.repo, old, tip)?,
            (Some(_) | None, _) => false,
        },
        held: update.new.is_none() && !target.is_base && !target.holds_policy && held_elsewhere(g, there, update)?,
        immutable: immutable.is_some_and(|refs| target.names.all().any(|name| refs.matches_folded(name))),
        stranger: g.stranger(&update.name),
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

/// A root commit that a protected branch would get beside its own. What another branch holds excuses none.
fn second_root(g: &Gatherer<'_>, there: &There<'_>, old: Option<Oid>, tip: Oid) -> Result<Option<Oid>> {
    let mut first = None;
    let own = old.map(|old| vec![old]);
    for start in own.unwrap_or_else(|| there.protected.iter().map(|(_, tip)| *tip).collect()) {
        match range::roots(g.repo, tip, &[start])?.first() {
            None => return Ok(None),
            Some(root) => first = first.or(Some(*root)),
        }
    }
    Ok(first)
}

/// Whether all that a branch held which goes is held by a protected branch that this push leaves alone.
fn held_elsewhere(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate) -> Result<bool> {
    let Some(old) = update.old else { return Ok(false) };
    let Some(old) = known_commit(g, old)? else { return Ok(false) };
    let names = g.names_of(&update.name)?;
    for (name, tip) in &there.protected {
        let moves = names.all().any(|own| own == name.as_slice()) || there.updates.iter().any(|other| other.name == *name);
        if !moves && range::is_ancestor(g.repo, old, *tip)? {
            return Ok(true);
        }
    }
    Ok(false)
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
