//! What is told of one commit, in words of its own, which the tables then share.

use crate::audit::policy_in_force::PolicyKey;
use crate::audit::row::{Person, Rules, Size};
use crate::audit::summary::{Event, EventSource, Happened};
use crate::error::{Error, Result};
use crate::facts::{Part, Subject};
use crate::gather::Gatherer;
use crate::git::Step;
use crate::judge;
use crate::policy::Level;
use crate::rules::{self, owner, waiver_words};
use crate::text::{escape, escape_words};
use crate::verdict::Outcome;

/// Characters of a reason that are kept.
const WHY: usize = 400;

/// What is known of a commit.
pub(super) struct RowFacts {
    pub place: usize,
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
    pub kept: KeptParts,
}

/// What came with a merge, and under which policy it was looked at.
#[derive(Debug)]
pub(super) enum KeptParts {
    /// No proof is asked for.
    Nothing(PolicyKey),
    /// Proof may be asked for because of these parts.
    Parts(PolicyKey, Box<[Part]>),
    /// The parts weren't kept, and have to be gathered again.
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

impl RowFacts {
    pub fn nothing(place: usize, step: Step) -> Self {
        Self {
            place,
            step,
            parents: 0,
            person: Person { source: "none".to_owned(), ..Person::nobody() },
            size: None,
            areas: Vec::new(),
            guarded: false,
            claims: Vec::new(),
            judged: Judged::default(),
            kept: KeptParts::Lost,
        }
    }

    /// No rule could tell.
    pub fn undecided(&mut self, why: &Error) {
        let none = |suite: &String| (suite.clone(), Level::None, None);
        self.judged = Judged { evidence: self.claims.iter().map(none).collect(), indeterminate: Rules::all(), ..Judged::default() };
        self.judged.doubt(&why.message);
        (self.size, self.guarded, self.kept) = (None, false, KeptParts::Lost);
        self.areas.clear();
    }
}

impl Judged {
    /// Judges, and keeps what is said; gives back the areas that are touched, and the change set where it asks anything of a landing.
    ///
    /// # Errors
    /// A fact can't be told.
    pub fn take(
        &mut self,
        g: &Gatherer<'_>,
        subject: Subject,
        claims: &[String],
        step: &Step,
    ) -> Result<(Vec<String>, Option<Part>)> {
        let mut facts = g.alone(subject);
        let verdict = judge(g.policy(), &facts)?;
        for (rule, outcome) in verdict.judgements.iter().flat_map(|judgement| &judgement.outcomes) {
            self.hear(rule, outcome, step, facts.subjects.first());
        }
        let Some(subject) = facts.subjects.pop() else { return Ok((Vec::new(), None)) };
        let asked = rules::asked(g.policy(), &subject).into_iter();
        for suite in asked.chain(claims.iter().map(String::as_str)) {
            let found = rules::found(&facts, &subject, suite)?;
            self.know(suite, found);
        }
        let areas = verdict.judgements.into_iter().flat_map(|judgement| judgement.areas).collect();
        Ok((areas, subject.parts.into_iter().next()))
    }

    /// Takes up the runs of the suites whose failure halts, whatever the commit touched: they tell whether what stands on the line works.
    ///
    /// # Errors
    /// The evidence can't be looked up.
    pub fn hear_of_outages(&mut self, g: &Gatherer<'_>, subject: &Subject) -> Result<()> {
        let suites = &g.policy().halt.on_failure;
        if suites.is_empty() {
            return Ok(());
        }
        let facts = g.alone(subject.clone());
        for suite in suites {
            let found = rules::found(&facts, subject, &suite.value)?;
            if found.1.is_some() {
                self.know(&suite.value, found);
            }
        }
        Ok(())
    }

    /// Takes up what was waived, and nothing else that is said.
    ///
    /// # Errors
    /// A fact can't be told.
    pub fn hear_of_waivers(&mut self, g: &Gatherer<'_>, subject: Subject, step: &Step) -> Result<()> {
        let facts = g.alone(subject);
        let verdict = judge(g.policy(), &facts)?;
        for (rule, outcome) in verdict.judgements.iter().flat_map(|judgement| &judgement.outcomes) {
            if matches!(outcome, Outcome::Waived(..)) && !self.waived.contains(rule) {
                self.hear(rule, outcome, step, facts.subjects.first());
            }
        }
        Ok(())
    }

    fn know(&mut self, suite: &str, (level, passed): (Level, Option<bool>)) {
        match self.evidence.iter_mut().find(|(known, ..)| known == suite) {
            Some((_, best, run)) if level > *best => (*best, *run) = (level, passed),
            Some(_) => {}
            None => self.evidence.push((suite.to_owned(), level, passed)),
        }
    }

    fn hear(&mut self, rule: &'static str, outcome: &Outcome, step: &Step, subject: Option<&Subject>) {
        match outcome {
            Outcome::Satisfied(_) | Outcome::NotApplicable(_) => {}
            Outcome::Violated(_) => self.violations.insert(rule),
            Outcome::Indeterminate(why) => {
                self.indeterminate.insert(rule);
                self.doubt(&format!("{rule}: {why}"));
            }
            Outcome::Waived(by, _) => {
                self.waived.insert(rule);
                // One event for each waiver that the words name.
                let granted = subject.iter().flat_map(|subject| &subject.waivers);
                let said =
                    granted.filter(|one| one.refused.is_none() && one.waiver.rule == rule && by.contains(&waiver_words(one)));
                for one in said {
                    let by = escape_words(&owner(one.by.as_deref()));
                    let event = Event {
                        reason: Some(escape(one.waiver.reason.as_bytes())),
                        until: Some(one.waiver.expires.to_string()),
                        ..Event::of(Happened::Waiver, step.time, by, (rule, Some(step.oid)), EventSource::Notes)
                    };
                    // A commit and the session that it is alone in are waived by one.
                    if !self.events.contains(&event) {
                        self.events.push(event);
                    }
                }
            }
        }
    }

    pub fn doubt(&mut self, why: &str) {
        let said = self.why.get_or_insert_default();
        if said.chars().count() < WHY && !said.contains(why) {
            let gap = if said.is_empty() { "" } else { "; " };
            said.push_str(gap);
            said.extend(escape_words(why).chars().take(WHY));
        }
    }
}
