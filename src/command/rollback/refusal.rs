//! What the rules will say of a return: told beforehand, with the waiver that an owner may give.

use serde_json::{Value, json};

use crate::command::pasted;
use crate::context::Context;
use crate::error::Result;
use crate::facts::SubjectKind;
use crate::gather::{Gatherer, Landing, landing_facts};
use crate::git::Kind;
use crate::model::Oid;
use crate::policy::Stage;
use crate::report::text::NEXT;
use crate::rules::Rule;
use crate::text::{escape_words, shell_quote};
use crate::verdict::{Measured, Outcome, Violation};

/// A violation that the return has whoever lands it.
pub struct Refusal {
    rule: &'static Rule,
    message: String,
    /// Of a limit: the number.
    measured: Option<u64>,
}

/// What will be refused of a commit of `tree` on top of `parent`, for an owner as well. What isn't proven, and a policy that goes back, the
/// plan tells in its own words.
///
/// # Errors
/// An object is missing or damaged.
pub fn of(g: &Gatherer<'_>, tree: Oid, parent: Oid) -> Result<Vec<Refusal>> {
    let commit = format!("tree {tree}\nparent {parent}\nauthor guard <> 0 +0000\ncommitter guard <> 0 +0000\n\nreturn\n");
    let tip = g.repo().write(Kind::Commit, commit.as_bytes())?;
    let landing = Landing { tip: Some(tip), hidden: vec![parent], base: Some(parent), stage: Stage::Land, ..Landing::default() };
    let mut facts = landing_facts(g, &[landing])?;
    facts.subjects.retain(|subject| subject.kind.name() == SubjectKind::Commit);
    let verdict = crate::judge(g.policy(), &facts)?;
    let mut found = Vec::new();
    for (id, outcome) in verdict.judgements.iter().flat_map(|judgement| &judgement.outcomes) {
        let (Some(rule), Outcome::Violated(violations)) = (Rule::named(id), outcome) else { continue };
        if rule.whoever {
            found.extend(violations.iter().map(|violation| Refusal::new(rule, violation)));
        }
    }
    Ok(found)
}

impl Refusal {
    fn new(rule: &'static Rule, violation: &Violation) -> Self {
        let measured = violation.measured.as_ref().map(|measured| match measured {
            Measured::Exact(n) | Measured::Between { at_most: n, .. } => *n,
        });
        Self { rule, message: violation.message.clone(), measured }
    }

    /// What the rule says, escaped.
    pub fn words(&self) -> String {
        format!("{}: {}", self.rule.id, escape_words(&self.message))
    }

    /// The waiver that lets it in, ready for an owner.
    pub fn request(&self, context: &Context, branch: &str, base: &str) -> String {
        if !self.rule.can_be_waived() {
            return String::new();
        }
        let limit = self.measured.filter(|_| self.rule.is_limit()).map_or_else(String::new, |n| format!(" --limit {n}"));
        let remote = base.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/')).map(|(remote, _)| remote);
        let push = remote.map_or_else(String::new, |remote| format!(" --push {}", shell_quote(remote.as_bytes())));
        let branch = shell_quote(branch.as_bytes());
        let reason = "'return to a good state'";
        let waive = format!("guard waive {} --rev {branch}{limit} --reason {reason} --expires 1d --sign{push}", self.rule.id);
        format!("help: an owner waives what will be refused:\n{NEXT}next{NEXT:#}: {}\n", pasted(context, &waive))
    }

    /// For programs.
    pub fn document(&self) -> Value {
        json!({ "rule": self.rule.id, "message": self.message })
    }
}
