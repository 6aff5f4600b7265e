//! No touch of a guarded area without evidence.

use crate::facts::{Facts, Kind, Subject, Touch};
use crate::policy::Level;
use crate::policy::Stage;
use crate::policy::{Policy, Reached};
use crate::text::escape;
use crate::verdict::{Outcome, Violation};

use super::level::{demanded, proof, unproven};
use super::touch;
use super::{Rule, Waivable};
use crate::rules::requirements::{Demand, Why, demands};
use crate::rules::violation::{conclude, count};

/// The rule.
pub static RULE: Rule = Rule {
    id: "guarded-area",
    summary: "a guarded area is touched only with proof on the very tree",
    explanation: "\
Rejects a touch of an `[area.NAME]`, or any work of a specialist with `requires`,
without evidence of every suite that it demands on the tree that is judged.

A change touches an area when one of its paths, on either side of a rename,
matches `paths`, when a link or a submodule stands where `paths` need a directory
(`src` for `src/middleware/`), or when the lines of one of its files that match `lines`
are not the same before and after. `affects` adds what other areas demand, and so on;
the report says which those are, and who else may work there.

Why: the incident changed the middleware, no integration test had been run on it,
and \"it works\" was taken on trust. A proof is bound to a tree: another commit
with the same content has it, any other content doesn't.

    error[guarded-area]: area `middleware` touched, suite `integration` not proven on this tree
      api/main.py:48  app.add_middleware(CSRFMiddleware)
      needs recorded, found none for tree 9f2c11e

To satisfy it: `guard test integration` runs the suite on exactly the tree of the
index; with `--rev REV`, of a commit. Then commit, or push, again.

Judged: the index before a commit; in a push the tree of the tip, for everything
that lands with it (and every commit with `[evidence] each-commit = true`).

Keys: `[area.NAME] paths, lines, requires, affects`, `[specialist.NAME] requires`,
`[suite.NAME]`, `[evidence] commit, branch, land, each-commit`.
",
    bootstrap: false,
    free: false,
    waiver: Waivable::Whole,
    about_proof: true,
    whoever: false,
    check,
};

fn check(policy: &Policy, case: &Facts<'_>, subject: &Subject) -> Outcome {
    if let Some(why) = elsewhere(policy, subject) {
        return Outcome::NotApplicable(why.to_owned());
    }
    let level = demanded(policy, subject.stage);
    if level == Level::None {
        return conclude(subject, Vec::new(), Vec::new(), "nothing has to be proven at this stage");
    }
    let all = demands(policy, &subject.parts);
    let (missing, proven): (Vec<&Demand<'_>>, Vec<_>) =
        all.iter().partition(|d| proof(case, subject, &d.suite.value).level < level);
    let (waiting, missing): (Vec<&Demand<'_>>, Vec<_>) =
        missing.into_iter().partition(|d| waits_for_marker(case, subject, level, d));
    let (certain, uncertain): (Vec<&Demand<'_>>, Vec<_>) = missing.into_iter().partition(|d| d.is_certain());
    let violations = certain.iter().map(|d| violation(policy, case, subject, level, d)).collect();
    conclude(subject, violations, undecided(policy, subject, &uncertain), satisfied(&all, proven.len(), waiting.len()))
}

/// Why this subject's tree needn't be proven.
pub(super) fn elsewhere(policy: &Policy, subject: &Subject) -> Option<&'static str> {
    match subject.kind {
        Kind::Index(_) | Kind::Landing { .. } => None,
        Kind::Session { .. } => Some("a tree is proven, not a session"),
        Kind::Commit { .. } | Kind::Carried(_) => (subject.stage != Stage::Commit && !policy.evidence.each_commit)
            .then_some("the tip that lands must be proven, not every commit"),
    }
}

/// Before a commit the message isn't known yet: where a marker is enough and somebody will look, that somebody decides.
fn waits_for_marker(case: &Facts<'_>, subject: &Subject, level: Level, demand: &Demand<'_>) -> bool {
    subject.stage == Stage::Commit && level == Level::Claimed && proof(case, subject, &demand.suite.value).marker_may_come
}

fn satisfied(all: &[Demand<'_>], proven: usize, waiting: usize) -> String {
    if all.is_empty() {
        return "nothing that is touched demands a suite".to_owned();
    }
    if waiting > 0 {
        return format!("needs a marker for {}: commit-msg decides", count(waiting as u64, "suite"));
    }
    format!("{} proven on this tree", count(proven as u64, "demand"))
}

fn violation(policy: &Policy, case: &Facts<'_>, subject: &Subject, level: Level, demand: &Demand<'_>) -> Violation {
    match &demand.why {
        Why::Specialist(specialist) => {
            let name = escape(specialist.name.value.as_bytes());
            let base = unproven(policy, case, subject, level, demand.suite, &format!("work of `{name}`"), Vec::new());
            Violation { paths: subject.changes.iter().map(|c| c.path.clone()).collect(), ..base }
        }
        Why::Area { touched, reached, touches } => {
            let what = format!("area `{}` touched", escape(touched.name.value.as_bytes()));
            let details = touch::lines(touches).into_iter().chain(impact(subject, reached)).collect();
            Violation { paths: touch::paths(touches), ..unproven(policy, case, subject, level, demand.suite, &what, details) }
        }
    }
}

/// What else the touch reaches: other specialists, and other areas with the suites that they add.
fn impact(subject: &Subject, reached: &[Reached<'_>]) -> Vec<String> {
    let list = |names: &mut dyn Iterator<Item = &String>| {
        let names: Vec<String> = names.map(|name| format!("`{}`", escape(name.as_bytes()))).collect();
        names.join(", ")
    };
    let own = |name: &str| subject.parts.iter().any(|part| part.actor.entry.as_deref() == Some(name));
    let line = |reached: &Reached<'_>| {
        let others = list(&mut reached.specialists.iter().map(|s| &s.name.value).filter(|name| !own(name)));
        let area = escape(reached.area.name.value.as_bytes());
        let [.., from, _] = reached.way.as_slice() else {
            return (!others.is_empty()).then(|| format!("`{area}` is where {others} may work, too"));
        };
        let suites = list(&mut reached.area.requires.iter().map(|suite| &suite.value));
        let adds = if suites.is_empty() { String::new() } else { format!(", which adds {suites}") };
        let whose = if others.is_empty() { String::new() } else { format!("; {others} may work there") };
        Some(format!("`{}` affects `{area}`{adds}{whose}", escape(from.name.value.as_bytes())))
    };
    reached.iter().filter_map(line).collect()
}

/// Why it can't be told whether what is missing is needed.
fn undecided(policy: &Policy, subject: &Subject, uncertain: &[&Demand<'_>]) -> Vec<String> {
    let touches = || subject.parts.iter().flat_map(|p| &p.touches);
    let foreign = touches().filter(|t| policy.area(&t.area).is_none());
    let foreign = foreign.map(|t| format!("area `{}` is not in the policy that judges", escape(t.area.as_bytes())));
    let matters =
        |t: &&Touch| uncertain.iter().any(|d| matches!(&d.why, Why::Area { touched, .. } if touched.name.value == t.area));
    foreign.chain(touches().filter(matters).filter_map(touch::doubt)).collect()
}
