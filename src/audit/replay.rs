//! One commit after another: gathered, judged by the rules, and told in words of its own, which the tables then share.

use std::ops::Range;
use std::rc::Rc;

use super::law::{Key, Law, Laws};
use super::row::{Person, Rules, Size};
use super::told::{Event, Happened};
use crate::case::{Part, Subject};
use crate::context::{Context, Settings};
use crate::error::{Error, Result};
use crate::evidence::{Level, MarkedCommit, marker};
use crate::gather::{Ancestor, Brought, Gatherer};
use crate::git::{Commit, Repo, Step};
use crate::identity::Actor;
use crate::judge;
use crate::policy::Policy;
use crate::report::escape_words;
use crate::rules;
use crate::verdict::Outcome;

/// Characters of a reason that are kept.
const WHY: usize = 400;

/// What is known of a commit.
pub(super) struct Told {
    pub step: Step,
    pub parents: u32,
    pub person: Person,
    pub size: Option<Size>,
    pub areas: Vec<String>,
    /// Whether it touches an area that demands a suite.
    pub guarded: bool,
    pub claims: Vec<String>,
    pub judged: Judged,
    /// What a merge that brings it has to prove of it.
    pub kept: Kept,
}

/// A change set that came with a merge, and under which law it was seen.
#[derive(Debug)]
pub(super) enum Kept {
    /// It asks for nothing.
    Nothing(Key),
    /// It may.
    Part(Key, Box<Part>),
    /// It has to be looked at again.
    Lost,
}

/// What the rules say, and the evidence that they look at.
#[derive(Default)]
pub(super) struct Judged {
    pub evidence: Vec<(String, Level, Option<bool>)>,
    pub violations: Rules,
    pub indeterminate: Rules,
    pub waived: Rules,
    pub events: Vec<Event>,
    pub why: Option<String>,
}

/// A merge on the first-parent line, and what came with it, itself included, each with its place.
pub(super) struct Landed {
    pub place: usize,
    pub with: Vec<(usize, Kept)>,
}

/// One thread's: a repository of its own, and the policies that it has met.
pub(super) struct Replay<'a> {
    repo: Repo,
    context: &'a Context,
    settings: &'a Settings,
    steps: &'a [Step],
    laws: Laws<'a>,
}

impl<'a> Replay<'a> {
    /// Opens the repository once more.
    ///
    /// # Errors
    /// As `Repo::open`.
    pub fn open(context: &'a Context, settings: &'a Settings, steps: &'a [Step], today: Option<&'a Policy>) -> Result<Self> {
        let repo = Repo::open(false)?;
        repo.remember_objects();
        Ok(Self { repo, context, settings, steps, laws: Laws::new(today) })
    }

    /// What is known of these commits.
    pub fn tell(&mut self, places: Range<usize>) -> Vec<Told> {
        places.filter_map(|place| Some(self.tell_one(place, *self.steps.get(place)?))).collect()
    }

    fn tell_one(&mut self, place: usize, step: Step) -> Told {
        let mut told = Told::nothing(step);
        if let Err(why) = self.fill(place, &mut told) {
            told.undecided(&why);
        }
        told
    }

    fn fill(&mut self, place: usize, told: &mut Told) -> Result<()> {
        let commit = self.repo.commit(told.step.oid)?;
        told.parents = u32::try_from(commit.parents.len()).unwrap_or(u32::MAX);
        told.claims = claims(&commit.message);
        let (key, law) = self.law(&commit)?;
        let g = self.gatherer(&law)?;
        told.person = person(g.policy, &g.whose(&commit)?);
        let ancestor = Ancestor { step: &told.step, commit: &commit, claims: !told.claims.is_empty() };
        let subject = g.ancestor(ancestor)?;
        told.size = Some(subject.totals.into());
        told.guarded = rules::is_guarded(g.policy, &subject);
        let alone = told.step.landing == place && commit.parents.len() < 2;
        let landed = (alone && rules::wants_proof(g.policy, &subject)).then(|| g.landed_alone(&subject));
        let areas = told.judged.take(&g, subject, &told.claims, &told.step);
        told.areas = areas.0;
        told.kept = match areas.1.filter(|part| !alone && matters(g.policy, part)) {
            Some(part) => Kept::Part(key, Box::new(part)),
            None => Kept::Nothing(key),
        };
        if let Some(landed) = landed {
            told.judged.take(&g, landed, &told.claims, &told.step);
        }
        Ok(())
    }

    /// What a merge's landing has to prove, and whether it does.
    pub fn land(&mut self, landed: Landed) -> (usize, Judged) {
        let mut judged = Judged::default();
        let place = landed.place;
        if let Err(why) = self.fill_landed(landed, &mut judged) {
            judged.indeterminate.insert("guarded-area");
            judged.doubt(&why.message);
        }
        (place, judged)
    }

    fn fill_landed(&mut self, landed: Landed, judged: &mut Judged) -> Result<()> {
        let missing = || Error::new("a commit of the range is gone");
        let step = *self.steps.get(landed.place).ok_or_else(missing)?;
        let commit = self.repo.commit(step.oid)?;
        let (key, law) = self.law(&commit)?;
        let mut brought = Brought { parts: Vec::new(), marked: Vec::new() };
        let g = self.gatherer(&law)?;
        for (place, kept) in landed.with {
            let with = self.steps.get(place).ok_or_else(missing)?;
            if with.tree == step.tree {
                let message = self.repo.commit(with.oid)?.message;
                brought.marked.push(MarkedCommit { commit: Some(with.oid), tree: with.tree, message });
            }
            match kept {
                Kept::Nothing(known) if known == key => {}
                Kept::Part(known, part) if known == key => brought.parts.push(*part),
                // Under another policy other areas are touched.
                Kept::Nothing(_) | Kept::Part(..) | Kept::Lost => brought.parts.extend(g.part(with, &self.repo.commit(with.oid)?)?),
            }
        }
        let subject = g.brought(&step, &commit, brought)?;
        judged.take(&g, subject, &claims(&commit.message), &step);
        Ok(())
    }

    fn law(&mut self, commit: &Commit) -> Result<(Key, Rc<Law<'a>>)> {
        let key = self.laws.key(&self.repo, commit)?;
        Ok((key, self.laws.of(&self.repo, key, commit)?))
    }

    fn gatherer<'g>(&'g self, law: &'g Law<'a>) -> Result<Gatherer<'g>> {
        let (policy, bootstrap): (&'g Policy, bool) = match law {
            Law::Today(policy) => (policy, false),
            Law::Then(policy, bootstrap) => (policy, *bootstrap),
            Law::Broken(why) => return Err(Error::new(why.clone())),
        };
        let mut gatherer = Gatherer::new(&self.repo, policy, self.settings, self.context)?;
        (gatherer.bootstrap, gatherer.exact, gatherer.on_server) = (bootstrap, true, self.repo.is_bare());
        Ok(gatherer)
    }
}

impl Told {
    fn nothing(step: Step) -> Self {
        Self {
            step,
            parents: 0,
            person: Person { source: "none".to_owned(), ..Person::nobody() },
            size: None,
            areas: Vec::new(),
            guarded: false,
            claims: Vec::new(),
            judged: Judged::default(),
            kept: Kept::Lost,
        }
    }

    /// No rule could tell.
    fn undecided(&mut self, why: &Error) {
        let none = |suite: &String| (suite.clone(), Level::None, None);
        self.judged = Judged { evidence: self.claims.iter().map(none).collect(), indeterminate: Rules::all(), ..Judged::default() };
        self.judged.doubt(&why.message);
        (self.size, self.kept) = (None, Kept::Lost);
    }
}

impl Judged {
    /// Judges, and keeps what is said; gives back the areas that are touched, and the change set where it asks anything of a landing.
    fn take(&mut self, g: &Gatherer<'_>, subject: Subject, claims: &[String], step: &Step) -> (Vec<String>, Option<Part>) {
        let mut case = g.alone(subject);
        let verdict = judge(g.policy, &case);
        for (rule, outcome) in verdict.judgements.iter().flat_map(|judgement| &judgement.outcomes) {
            self.hear(rule, outcome, step);
        }
        let Some(subject) = case.subjects.pop() else { return (Vec::new(), None) };
        let asked = rules::asked(g.policy, &subject).into_iter();
        for suite in asked.chain(claims.iter().map(String::as_str)) {
            let (level, passed) = rules::found(&subject, suite);
            match self.evidence.iter_mut().find(|(known, ..)| known == suite) {
                Some((_, best, run)) if level > *best => (*best, *run) = (level, passed),
                Some(_) => {}
                None => self.evidence.push((suite.to_owned(), level, passed)),
            }
        }
        let areas = verdict.judgements.into_iter().flat_map(|judgement| judgement.areas).collect();
        (areas, subject.parts.into_iter().next())
    }

    fn hear(&mut self, rule: &'static str, outcome: &Outcome, step: &Step) {
        match outcome {
            Outcome::Satisfied(_) | Outcome::NotApplicable(_) => {}
            Outcome::Violated(_) => self.violations.insert(rule),
            Outcome::Indeterminate(why) => {
                self.indeterminate.insert(rule);
                self.doubt(&format!("{rule}: {why}"));
            }
            Outcome::Waived(by, _) => {
                self.waived.insert(rule);
                self.events.push(Event {
                    time: step.time,
                    what: Happened::Waiver,
                    by: escape_words(by),
                    about: rule.to_owned(),
                    commit: Some(step.oid),
                });
            }
        }
    }

    fn doubt(&mut self, why: &str) {
        let said = self.why.get_or_insert_default();
        if said.chars().count() < WHY && !said.contains(why) {
            let gap = if said.is_empty() { "" } else { "; " };
            said.push_str(gap);
            said.extend(escape_words(why).chars().take(WHY));
        }
    }
}

/// The suites that a message says have passed, each once.
fn claims(message: &[u8]) -> Vec<String> {
    let mut suites: Vec<String> = Vec::new();
    for marker in marker::parse(message) {
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
    let (name, source) = (actor.name.clone(), actor.source.as_json());
    Person {
        name,
        source,
        files: limits.and_then(|l| Some(l.files_per_commit.as_ref()?.value.0)),
        lines: limits.and_then(|l| Some(l.lines_per_commit.as_ref()?.value.0)),
        bytes: limits.and_then(|l| Some(l.bytes_per_commit.as_ref()?.value.0)),
    }
}
