//! The tests that judge a change are not the change's own to alter.

use std::collections::BTreeSet;

use crate::facts::{Facts, Subject};
use crate::model::RepoPath;
use crate::policy::Level;
use crate::policy::{Policy, Suite};
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::guarded_area::elsewhere;
use super::level::{demanded, proof, way_out};
use super::{Rule, Waivable};
use crate::rules::violation::{conclude, draft, several};

/// The rule.
pub static RULE: Rule = Rule {
    id: "suite-change",
    summary: "a suite's own files are changed only where the base's still pass",
    explanation: "\
Rejects a change of a file that a suite is made of (`files`), unless the suite as
the base has it has passed on the very tree that is judged, too.

Why: whoever may empty the tests, skip them, or add a file that silences them, is
judged by nothing. The suite's command comes from the trusted policy always; this
rule is about its files.

    error[suite-change]: suite `integration` changed: `tests/integration/test_csrf.py`
      with the base's files it has not passed on tree 9f2c11e

To satisfy it: `guard test SUITE` runs a changed suite twice, as it now is and with
exactly the base's files in place of the tree's. Both must pass, the first with at
least as many passed tests as the second. Where old tests must really change, that
is an owner's to do, or to waive.

Judged: as guarded-area is. What an owner changed needs no such run.

Keys: `[suite.NAME] files`, `[evidence] commit, branch, land, each-commit`, `[owners]`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::Whole,
    about_proof: false,
    whoever: false,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Some(why) = elsewhere(policy, subject) {
        return Outcome::NotApplicable(why.to_owned());
    }
    if policy.suites.iter().all(|suite| suite.files.is_empty()) {
        return Outcome::NotApplicable("no suite names its files".to_owned());
    }
    let level = demanded(policy, subject.stage);
    if level == Level::None {
        return conclude(subject, Vec::new(), Vec::new(), "nothing has to be proven at this stage");
    }
    let violations = policy.suites.iter().filter_map(|suite| of_suite(policy, case, subject, level, suite)).collect();
    conclude(subject, violations, Vec::new(), "no suite is changed but by owners, or with the base's files it passes, too")
}

/// What helps where whoever is judged can prove it.
const RUN: &str = "run the suite, which then runs with the base's files as well";

fn of_suite(policy: &Policy, case: &Facts<'_>, subject: &Subject, level: Level, suite: &Suite) -> Option<Violation> {
    let name = &suite.name.value;
    let paths = changed_by_others(subject, name);
    let known = case.proof(subject, name);
    let base = known.base_run?;
    let found = base.min(known.level);
    if paths.is_empty() || found >= level {
        return None;
    }
    // A suite that fails as it now is would fail for everybody from then on, whatever the base's says.
    let which = if base < level { "with the base's files" } else { "with its files as they now are" };
    let (by_others, next) = way_out(policy, subject, level, name, &proof(case, subject, name));
    let run = if level == Level::Attested { by_others } else { RUN.to_owned() };
    let tree = subject.tree.map_or_else(|| "no tree".to_owned(), |t| format!("tree {}", t.short()));
    let message = format!("suite `{}` changed: {}", escape(name.as_bytes()), several(&paths));
    Some(Violation {
        paths,
        details: vec![format!("{which}: needs {level}, found {found} for {tree}")],
        suite: Some(name.clone()),
        demanded: Some(level),
        found: Some(found),
        policy: Some(suite.name.at),
        help: format!("{run}; or leave its files to an owner"),
        next,
        ..draft(subject, message)
    })
}

/// The suite's files that somebody who is no owner has changed.
pub(super) fn changed_by_others(subject: &Subject, suite: &str) -> Vec<RepoPath> {
    let others = subject.parts.iter().filter(|part| !part.actor.owner);
    let paths: BTreeSet<&RepoPath> =
        others.flat_map(|p| &p.suites).filter(|(name, _)| name == suite).map(|(_, path)| path).collect();
    paths.into_iter().cloned().collect()
}
