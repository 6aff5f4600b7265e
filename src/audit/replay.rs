//! One commit after another: gathered, judged by the rules, and told in words of its own, which the tables then share.

use std::ops::Range;
use std::rc::Rc;

use super::row::{Person, Rules};
use crate::audit::policy_in_force::{PoliciesInForce, PolicyInForce, PolicyKey};
use crate::audit::row_facts::{Judged, KeptParts, RowFacts};
use crate::context::{Context, Settings};
use crate::error::{Error, Result};
use crate::evidence::{MarkedCommit, trailer};
use crate::facts::Part;
use crate::gather::{Ancestor, Brought, Gatherer, Inputs, Side};
use crate::git::notes::{Notes, Writers};
use crate::git::{Commit, History, Repo, Step};
use crate::identity::Actor;
use crate::policy::{Policy, Scope};
use crate::rules;

/// Chunks after which a thread opens its repository anew.
const CHUNKS: u32 = 16;

/// Bytes of objects that a thread keeps for its next commits.
const REMEMBERED: usize = 64 << 20;

/// A merge on the first-parent line, and what came with it, itself included, each with its place.
pub(super) struct Landed {
    pub place: usize,
    pub with: Vec<(usize, KeptParts)>,
}

/// One thread's: a repository of its own, and the policies that it has met.
pub(super) struct Replay<'a> {
    repo: Repo,
    context: &'a Context,
    settings: &'a Settings,
    history: &'a History,
    policies: PoliciesInForce<'a>,
    /// The refs of evidence, read once.
    writers: Writers,
    chunks: u32,
    /// Whose commits are is asked of the ledger, too: it is whole.
    trusts_ledger: bool,
}

impl<'a> Replay<'a> {
    /// Opens the repository once more.
    ///
    /// # Errors
    /// As `Repo::open`.
    pub fn open(
        context: &'a Context,
        settings: &'a Settings,
        history: &'a History,
        today: Option<&'a Policy>,
        trusts_ledger: bool,
    ) -> Result<Self> {
        let repo = Repo::open(false)?;
        repo.remember_objects(REMEMBERED);
        repo.count_exactly();
        repo.know(history);
        let writers = Notes::open(&repo, &[])?.writers();
        Ok(Self { repo, context, settings, history, policies: PoliciesInForce::new(today), writers, chunks: 0, trusts_ledger })
    }

    /// What is known of these commits, by their places from the end: a pack holds what is newer whole, and what is older by what is newer.
    pub fn tell(&mut self, from_the_end: Range<usize>) -> Vec<RowFacts> {
        self.clean_up();
        let places = from_the_end.filter_map(|place| self.history.steps.len().checked_sub(place + 1));
        places.filter_map(|place| Some(self.tell_one(place, *self.history.steps.get(place)?))).collect()
    }

    /// What merging has written stays in memory as long as the repository is open.
    fn clean_up(&mut self) {
        self.chunks += 1;
        if self.chunks.is_multiple_of(CHUNKS)
            && let Ok(fresh) = Repo::open(false)
        {
            fresh.remember_objects_of(&self.repo);
            fresh.count_exactly();
            fresh.know(self.history);
            self.repo = fresh;
        }
    }

    fn tell_one(&mut self, place: usize, step: Step) -> RowFacts {
        let mut told = RowFacts::nothing(place, step);
        if let Err(why) = self.fill(place, &mut told) {
            told.undecided(&why);
        }
        told
    }

    fn fill(&mut self, place: usize, told: &mut RowFacts) -> Result<()> {
        let commit = self.repo.commit(told.step.oid)?;
        told.parents = u32::try_from(commit.parents.len()).unwrap_or(u32::MAX);
        told.claims = claims(&commit.message);
        let (key, in_force) = self.policy_in_force(&commit)?;
        let g = self.gatherer(&in_force)?;
        told.person = person(g.policy(), &g.whose(&commit)?);
        let of = Ancestor { history: self.history, place, step: &told.step, commit: &commit };
        let mut subjects = g.ancestor(of)?.into_iter();
        let subject = subjects.next().ok_or_else(|| Error::new("nothing is known of what the commit changed"))?;
        told.size = Some(subject.totals().into());
        told.guarded = rules::is_guarded(g.policy(), &subject);
        let alone = of.came_alone();
        let session = g.session_alone(of, &subject);
        let among_others = g.among_others(&subject);
        let on_line = told.step.landing == place;
        let landed = (alone && rules::looks_at_proof(g.policy(), &subject)).then(|| g.landed_alone(&subject));
        if on_line {
            told.judged.hear_of_outages(&g, &subject)?;
        }
        let areas = told.judged.take(&g, subject, &told.claims, &told.step)?;
        if let Some(subject) = among_others {
            told.judged.hear_of_waivers(&g, subject, &told.step)?;
        }
        if let Some(session) = session {
            told.judged.take(&g, session, &[], &told.step)?;
        }
        told.areas = areas.0;
        let mut parts: Vec<Part> = areas.1.into_iter().collect();
        // What a merge carries to other names is its author's, and stands with the merge.
        for edit in subjects {
            parts.extend(told.judged.take(&g, edit, &[], &told.step)?.1);
        }
        parts.retain(|part| !alone && matters(g.policy(), part));
        told.kept = if parts.is_empty() { KeptParts::Nothing(key) } else { KeptParts::Parts(key, parts.into()) };
        if let Some(landed) = landed {
            told.judged.take(&g, landed, &told.claims, &told.step)?;
        }
        Ok(())
    }

    /// What a merge's landing has to prove, and whether it does.
    pub fn land(&mut self, landed: Landed) -> (usize, Judged) {
        let mut judged = Judged::default();
        let place = landed.place;
        if let Err(why) = self.fill_landed(landed, &mut judged) {
            judged.indeterminate.extend(Rules::about_proof());
            judged.doubt(&why.message);
        }
        (place, judged)
    }

    fn fill_landed(&mut self, landed: Landed, judged: &mut Judged) -> Result<()> {
        let missing = || Error::new("a commit of the range is gone");
        let step = *self.history.steps.get(landed.place).ok_or_else(missing)?;
        let commit = self.repo.commit(step.oid)?;
        let (key, in_force) = self.policy_in_force(&commit)?;
        let first = self.history.steps.get(self.history.begins(landed.place)).ok_or_else(missing)?.oid;
        let mut brought = Brought { parts: Vec::new(), marked: Vec::new(), first };
        let g = self.gatherer(&in_force)?;
        for (place, kept) in landed.with {
            let with = self.history.steps.get(place).ok_or_else(missing)?;
            if with.tree == step.tree {
                let message = self.repo.commit(with.oid)?.message;
                brought.marked.push(MarkedCommit { commit: Some(with.oid), tree: with.tree, message });
            }
            match kept {
                KeptParts::Nothing(known) if known == key => {}
                KeptParts::Parts(known, parts) if known == key => brought.parts.extend(parts),
                // Under another policy other areas are touched.
                KeptParts::Nothing(_) | KeptParts::Parts(..) | KeptParts::Lost => {
                    let commit = &self.repo.commit(with.oid)?;
                    brought.parts.extend(g.parts(Ancestor { history: self.history, place, step: with, commit })?);
                }
            }
        }
        let subject = g.brought(&step, &commit, brought)?;
        judged.take(&g, subject, &claims(&commit.message), &step)?;
        Ok(())
    }

    fn policy_in_force(&mut self, commit: &Commit) -> Result<(PolicyKey, Rc<PolicyInForce<'a>>)> {
        let key = self.policies.key(&self.repo, commit)?;
        Ok((key, self.policies.of(&self.repo, key, commit)?))
    }

    fn gatherer<'g>(&'g self, in_force: &'g PolicyInForce<'a>) -> Result<Gatherer<'g>> {
        let (policy, bootstrap): (&'g Policy, bool) = match in_force {
            PolicyInForce::Today(policy) => (policy, false),
            PolicyInForce::Then(policy, bootstrap) => (policy, *bootstrap),
            PolicyInForce::Broken(why) => return Err(Error::new(why.clone())),
        };
        let inputs = Inputs::new(Side::of(&self.repo), self.context.now, self.context, self.settings)
            .showing_numbers(true)
            .without_ledger(!self.trusts_ledger)
            .reading(self.writers.clone());
        Gatherer::new(&self.repo, policy, bootstrap, inputs)
    }
}

/// The suites that a message says have passed, each once.
fn claims(message: &[u8]) -> Vec<String> {
    let mut suites: Vec<String> = Vec::new();
    for marker in trailer::parse(message) {
        if !suites.contains(&marker.suite) {
            suites.push(marker.suite);
        }
    }
    suites
}

/// Whether a landing may have to prove something because of it.
fn matters(policy: &Policy, part: &Part) -> bool {
    let works = part.changes && (policy.combined.is_some() || policy.specialists.iter().any(|s| !s.requires.is_empty()));
    works || !part.touches.is_empty() || !part.suites.is_empty()
}

fn person(policy: &Policy, actor: &Actor) -> Person {
    let limits = actor.limits(policy);
    let allowed = |rule: &str| Some(limits?.of(rule, Scope::Commit)?.value);
    let (name, source) = (actor.name.clone(), actor.source.as_json());
    Person { name, source, files: allowed("file-limit"), lines: allowed("line-limit"), bytes: allowed("byte-limit") }
}
