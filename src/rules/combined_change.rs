//! Several specialists' work lands together only with evidence.

use std::collections::BTreeSet;

use crate::facts::{Facts, Subject, SubjectKind};
use crate::policy::Level;
use crate::policy::{Cited, Policy};
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::level::{demanded, proof, unproven};
use super::{Rule, Waivable};
use crate::rules::violation::conclude;

/// The rule.
pub static RULE: Rule = Rule {
    id: "combined-change",
    summary: "several specialists land together only with proof on the tip's tree",
    explanation: "\
Rejects a push, or a branch, that brings the work of several specialists at once
without evidence that it works together.

Why: each change is tested alone, at best; the combination that lands has been run
by nobody. Two changes that work apart can break each other without one conflicting
line.

    error[combined-change]: `backend` and `webui` land together, suite `integration` not proven on this tree
      needs claimed, found none for tree 9f2c11e

To satisfy it: merge or rebase so that the tip holds the combination, run
`guard test integration --rev TIP`, and push again. Or land one specialist's work
first and the other's on top of it.

Only who really changed something counts: a clean merge of work that others
already landed adds nobody.

Keys: `[combined] requires`, `[suite.NAME]`, `[evidence] branch, land`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: false,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    if subject.kind.name() != SubjectKind::Landing {
        return Outcome::NotApplicable("only what lands together can be combined".to_owned());
    }
    if policy.combined.is_none() {
        return Outcome::NotApplicable("the policy has no `[combined]`".to_owned());
    }
    let people = people(subject);
    if people.len() < 2 {
        return conclude(subject, Vec::new(), Vec::new(), "all of it is one specialist's work");
    }
    let level = demanded(policy, subject.stage);
    let what = format!("{} land together", together(&people));
    let violations = suites(policy, subject)
        .filter(|suite| level != Level::None && proof(case, subject, &suite.value).level < level)
        .map(|suite| Violation {
            paths: subject.changes.iter().map(|c| c.path.clone()).collect(),
            ..unproven(policy, case, subject, level, suite, &what, Vec::new())
        })
        .collect();
    conclude(subject, violations, Vec::new(), format!("{what}, with every suite that this needs"))
}

/// Who changed something of what lands.
fn people(subject: &Subject) -> BTreeSet<Option<&str>> {
    subject.parts.iter().filter(|p| p.changes).map(|p| p.actor.name.as_deref()).collect()
}

/// The suites that a landing demands because several people's work is in it.
pub(super) fn suites<'p>(policy: &'p Policy, subject: &Subject) -> impl Iterator<Item = &'p Cited<String>> {
    let combines = subject.kind.name() == SubjectKind::Landing && people(subject).len() > 1;
    policy.combined.iter().filter(move |_| combines).flat_map(|combined| &combined.requires)
}

fn together(people: &BTreeSet<Option<&str>>) -> String {
    let name = |who: &Option<&str>| who.map_or_else(|| "somebody unknown".to_owned(), |n| format!("`{}`", escape(n.as_bytes())));
    let all: Vec<String> = people.iter().map(name).collect();
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some(_) | None => all.join(", "),
    }
}
