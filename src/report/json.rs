//! For programs: one document, version 1. Every key of the format is always present; `tests/json/check.schema.json` describes it.

mod model;
mod value;

use std::collections::BTreeSet;

use model::{Base, Document, JudgementDoc, PolicyDoc};
pub use value::Hex;

use serde::Serialize;

use super::{Form, outcome};
use crate::error::Error;
use crate::model::Oid;
use crate::policy::Policy;
use crate::text::escape_json;
use crate::verdict::{Decision, Outcome, Verdict};

/// One document.
pub(super) static FORM: Form = Form {
    document: true,
    verdict: |judged, basis, _view| verdict(judged, basis.policy, basis.base),
    no_policy: |decision, _view| without_policy(decision),
    undecided: error,
};

/// A verdict as one document and a newline. `base`: the full name of the ref that was measured against, and its tip.
fn verdict(verdict: &Verdict, policy: &Policy, base: Option<(&str, &Oid)>) -> String {
    document(&Document {
        version: 1,
        decision: verdict.decision.as_str(),
        stage: Some(verdict.stage.as_str()),
        policy: Some(PolicyDoc::of(policy)),
        base: base.map(Base::of),
        judgements: verdict.judgements.iter().map(JudgementDoc::of).collect(),
        error: (verdict.decision == Decision::Undecided).then(|| doubts(verdict)),
        help: None,
    })
}

/// Something that could not be decided at all, likewise.
fn error(error: &Error) -> String {
    let message = match &error.details {
        Some(details) => format!("{}\n{}", error.message, details.trim_end()),
        None => error.message.clone(),
    };
    document(&Document {
        version: 1,
        decision: Decision::Undecided.as_str(),
        stage: None,
        policy: None,
        base: None,
        judgements: Vec::new(),
        error: Some(message),
        help: error.advice(),
    })
}

/// What is decided where there is no policy to judge by.
fn without_policy(decision: Decision) -> String {
    document(&Document {
        version: 1,
        decision: decision.as_str(),
        stage: None,
        policy: None,
        base: None,
        judgements: Vec::new(),
        error: (decision == Decision::Undecided).then(|| "there is no policy".to_owned()),
        help: None,
    })
}

/// Why there is no answer: every reason, once.
fn doubts(verdict: &Verdict) -> String {
    let mut reasons = BTreeSet::new();
    for judgement in &verdict.judgements {
        if judgement.outcomes.is_empty() {
            reasons.insert("a judgement has no outcome".to_owned());
        }
        for (rule, outcome) in &judgement.outcomes {
            if matches!(outcome, Outcome::Indeterminate(_)) {
                reasons.insert(format!("{rule}: {}", outcome::because(outcome)));
            }
        }
    }
    reasons.into_iter().collect::<Vec<_>>().join("; ")
}

/// Any document of the program's own as one line.
#[expect(clippy::disallowed_methods, reason = "what is escaped here, every other door gets from here")]
pub fn document(document: &impl Serialize) -> String {
    match serde_json::to_string(document) {
        Ok(text) => escape_json(&text).into_owned() + "\n",
        // INVARIANT: every key is a string and nothing in a document fails to serialise; were it to, no reader takes this for an answer.
        Err(_) => "{\"version\":1,\"decision\":\"undecided\",\"error\":\"the report can't be written as JSON\"}\n".to_owned(),
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
