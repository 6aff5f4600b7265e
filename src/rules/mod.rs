//! The rules: plain data, one file each. A rule is pure: it sees the policy and the facts, and says one outcome.

mod area_limit;
mod byte_limit;
mod combined_change;
mod confusable;
mod demanded_level;
mod file_limit;
mod file_size;
#[cfg(test)]
pub(crate) mod fixture;
mod forbidden_change;
mod guarded_area;
mod halted;
mod identity;
pub mod known_good;
mod known_specialist;
mod level;
mod limit;
mod line_limit;
mod link;
mod name;
pub mod path_sides;
mod policy_change;
mod protected_ref;
pub(crate) mod quote;
mod remedy;
pub(crate) mod requirements;
mod revert_exemption;
pub mod safe_path;
mod scope;
mod suite_change;
#[cfg(test)]
mod tests;
mod touch;
mod violation;
mod waive;

use crate::error::Result;
use crate::facts::{Facts, Subject, SubjectKind};
use crate::policy::Policy;
use crate::verdict::{Judgement, Outcome, Verdict};

pub use demanded_level::{asked, found, is_guarded, looks_at_proof};
pub(crate) use limit::is_exempt;
pub use waive::{owner, waiver_words};

/// What an owner's waiver of a rule can cover.
#[derive(Clone, Copy, Debug)]
pub enum Waivable {
    /// Nothing: nobody can waive the rule.
    Never,
    /// All that the rule says of a tree, or of some paths in it.
    Whole,
    /// What a limit says, up to a number that the waiver names.
    UpTo,
}

/// One rule, with all that is said of it.
///
/// Whatever else asks what a rule is (a waiver, a hook, the audit, a page) reads it here, so that no list elsewhere can leave it out.
#[derive(Debug)]
pub struct Rule {
    /// The name of its file, its test file, its heading in the README and the argument of `guard explain`.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What `guard explain` prints: what, why, how to satisfy it. Markdown.
    pub explanation: &'static str,
    /// Whether it judges although the trusted branch has no policy yet.
    pub bootstrap: bool,
    /// Whether it judges what is pushed to work space (`free`) and nowhere else.
    pub free: bool,
    /// What an owner's waiver of it covers.
    pub waiver: Waivable,
    /// Whether it judges the proof of a change set's own tree, which a marker in the commit's message may bring.
    ///
    /// commit-msg, the first to see the message, judges these alone. The audit counts what lands against them as landed without
    /// evidence.
    pub about_proof: bool,
    /// Whether it says the same of a change whoever makes it: a way back that is only planned is told what it will say.
    pub whoever: bool,
    /// What it says of one subject.
    pub check: fn(&Policy, &Facts<'_>, &Subject) -> Outcome,
}

impl Rule {
    /// What the rule says of one subject of `case`: exactly one outcome.
    pub fn speak(&self, policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
        if case.bootstrap && !self.bootstrap {
            return Outcome::NotApplicable("the trusted branch has no policy yet".to_owned());
        }
        if subject.free && !self.free {
            return Outcome::NotApplicable("it is pushed to a free branch alone".to_owned());
        }
        (self.check)(policy, case, subject)
    }

    /// Whether a waiver of it means anything.
    pub fn can_be_waived(&self) -> bool {
        match self.waiver {
            Waivable::Never => false,
            Waivable::Whole | Waivable::UpTo => true,
        }
    }

    /// Whether a waiver of it must carry a number.
    pub fn is_limit(&self) -> bool {
        match self.waiver {
            Waivable::UpTo => true,
            Waivable::Never | Waivable::Whole => false,
        }
    }

    /// The rule of that name.
    pub fn named(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.id == id)
    }
}

/// All rules, in the order in which reports list them.
pub static RULES: &[&Rule] = &[
    &known_specialist::RULE,
    &identity::RULE,
    &file_limit::RULE,
    &line_limit::RULE,
    &byte_limit::RULE,
    &area_limit::RULE,
    &file_size::RULE,
    &scope::RULE,
    &forbidden_change::RULE,
    &guarded_area::RULE,
    &suite_change::RULE,
    &combined_change::RULE,
    &policy_change::RULE,
    &safe_path::RULE,
    &protected_ref::RULE,
    &halted::RULE,
];

/// Judges a case under a policy. Pure: no I/O, clock or environment; what is costly to know the facts get themselves.
///
/// # Errors
/// A fact that a rule asked for can't be told: there is no verdict that doesn't rest on it.
pub fn judge(policy: &Policy, case: &Facts<'_>) -> Result<Verdict> {
    let judgements = case
        .subjects
        .iter()
        .map(|subject| judgement(policy, case, subject))
        .zip(&case.subjects)
        .filter(|(judgement, subject)| !lands_nothing(subject) || judgement.objects())
        .map(|(judgement, _)| judgement)
        .collect();
    case.sound(Verdict::of(case.stage, judgements))
}

fn judgement(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Judgement {
    let outcomes =
        RULES.iter().map(|rule| (rule.id, waive::answered(policy, rule, subject, rule.speak(policy, case, subject)))).collect();
    Judgement {
        kind: subject.kind.name(),
        commit: subject.commit,
        reference: subject.kind.reference().map(<[u8]>::to_vec),
        tree: subject.tree,
        actor: subject.actor.clone(),
        // After the rules: they may have asked for exact numbers.
        totals: subject.totals(),
        areas: area_limit::names_of(subject),
        outcomes,
    }
}

/// A ref update that brings no commit: a new branch at the base's tip, a deletion. Where nothing is wrong with it there is nothing to
/// judge.
fn lands_nothing(subject: &Subject) -> bool {
    subject.kind.name() == SubjectKind::Landing && subject.parts.is_empty()
}
