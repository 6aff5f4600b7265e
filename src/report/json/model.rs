//! The document, key by key, in the order in which it is written. Apart from the program's own types on purpose: those may change.

use std::borrow::Cow;

use serde::Serialize;

use super::value::Hex;
use crate::facts::SubjectKind;
use crate::model::{Bounds, Oid};
use crate::policy::{Policy, Position};
use crate::report::outcome;
use crate::text::Bytes;
use crate::verdict::{Judgement, Measured, Outcome, Violation, ViolationScope};

#[derive(Debug, Serialize)]
pub struct Document<'a> {
    pub version: u8,
    pub decision: &'static str,
    pub stage: Option<&'static str>,
    pub policy: Option<PolicyDoc<'a>>,
    pub base: Option<Base<'a>>,
    pub judgements: Vec<JudgementDoc<'a>>,
    pub error: Option<String>,
    pub help: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct PolicyDoc<'a> {
    source: &'a str,
    commit: Option<Hex>,
    blob: Option<Hex>,
    trusted: bool,
}

impl<'a> PolicyDoc<'a> {
    pub fn of(policy: &'a Policy) -> Self {
        let source = &policy.source;
        Self { source: &source.name, commit: source.commit.map(Hex), blob: source.blob.map(Hex), trusted: source.trusted }
    }
}

#[derive(Debug, Serialize)]
pub struct Base<'a> {
    r#ref: &'a str,
    commit: Hex,
}

impl<'a> Base<'a> {
    pub fn of((name, commit): (&'a str, &Oid)) -> Self {
        Self { r#ref: name, commit: Hex(*commit) }
    }
}

#[derive(Debug, Serialize)]
struct Subject<'a> {
    kind: &'static str,
    commit: Option<Hex>,
    r#ref: Option<Bytes<'a>>,
    tree: Option<Hex>,
}

#[derive(Debug, Serialize)]
struct Specialist<'a> {
    name: Option<&'a str>,
    source: String,
    strength: &'static str,
}

#[derive(Debug, Serialize)]
pub struct JudgementDoc<'a> {
    subject: Subject<'a>,
    specialist: Option<Specialist<'a>>,
    files: u64,
    insertions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insertions_at_least: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insertions_at_most: Option<u64>,
    deletions: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions_at_least: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions_at_most: Option<u64>,
    areas: Vec<&'a str>,
    outcomes: Vec<OutcomeDoc<'a>>,
}

impl<'a> JudgementDoc<'a> {
    pub fn of(judgement: &'a Judgement) -> Self {
        let unknown = |bounds: Bounds| bounds.known().is_none().then_some(bounds);
        let (insertions, deletions) = (judgement.totals.insertions, judgement.totals.deletions);
        Self {
            subject: Subject {
                kind: kind(judgement.kind),
                commit: judgement.commit.map(Hex),
                r#ref: judgement.reference.as_deref().map(Bytes),
                tree: judgement.tree.map(Hex),
            },
            specialist: judgement.actor.as_ref().map(|actor| Specialist {
                name: actor.name.as_deref(),
                source: actor.source.as_json(),
                strength: actor.source.strength().as_str(),
            }),
            files: judgement.totals.files,
            insertions: insertions.known(),
            insertions_at_least: unknown(insertions).map(|b| b.at_least),
            insertions_at_most: unknown(insertions).map(|b| b.at_most),
            deletions: deletions.known(),
            deletions_at_least: unknown(deletions).map(|b| b.at_least),
            deletions_at_most: unknown(deletions).map(|b| b.at_most),
            areas: judgement.areas.iter().map(String::as_str).collect(),
            outcomes: judgement.outcomes.iter().map(|(rule, outcome)| OutcomeDoc::of(rule, outcome)).collect(),
        }
    }
}

fn kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Index => "index",
        SubjectKind::Commit => "commit",
        SubjectKind::Carried => "carried",
        SubjectKind::Session => "session",
        SubjectKind::Landing => "landing",
    }
}

#[derive(Debug, Serialize)]
struct OutcomeDoc<'a> {
    rule: &'static str,
    outcome: &'static str,
    because: String,
    violations: Vec<ViolationDoc<'a>>,
}

impl<'a> OutcomeDoc<'a> {
    fn of(rule: &'static str, outcome: &'a Outcome) -> Self {
        let violations = outcome::violations(outcome).iter().map(ViolationDoc::of).collect();
        Self { rule, outcome: outcome::word(outcome), because: outcome::because(outcome), violations }
    }
}

#[derive(Debug, Serialize)]
struct ViolationDoc<'a> {
    message: &'a str,
    scope: &'static str,
    paths: Vec<Bytes<'a>>,
    measured: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_most: Option<u64>,
    limit: Option<u64>,
    suite: Option<&'a str>,
    demanded: Option<&'static str>,
    found: Option<&'static str>,
    policy: Option<At>,
    help: Cow<'a, str>,
    next: &'a [String],
}

#[derive(Debug, Serialize)]
struct At {
    line: u32,
    column: u32,
}

impl<'a> ViolationDoc<'a> {
    fn of(violation: &'a Violation) -> Self {
        let (measured, at_least, at_most) = match violation.measured {
            None => (None, None, None),
            Some(Measured::Exact(n)) => (Some(n), None, None),
            Some(Measured::Between { at_least, at_most }) => (None, Some(at_least), Some(at_most)),
        };
        Self {
            message: &violation.message,
            scope: scope(violation.scope),
            paths: violation.paths.iter().map(|p| Bytes(p.as_bytes())).collect(),
            measured,
            at_least,
            at_most,
            limit: violation.limit,
            suite: violation.suite.as_deref(),
            demanded: violation.demanded.map(crate::policy::Level::as_str),
            found: violation.found.map(crate::policy::Level::as_str),
            policy: violation.policy.map(|Position { line, column }| At { line, column }),
            help: violation
                .ask
                .as_ref()
                .map_or(Cow::Borrowed(violation.help.as_str()), |ask| format!("{}; ask an owner: {ask}", violation.help).into()),
            next: &violation.next,
        }
    }
}

fn scope(scope: ViolationScope) -> &'static str {
    match scope {
        ViolationScope::Commit => "commit",
        ViolationScope::Session => "session",
        ViolationScope::Landing => "landing",
    }
}
