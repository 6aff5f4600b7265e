//! Which suites a change demands: those of the areas that it touches, closed over `affects`, and those of who made it.

use std::collections::BTreeSet;

use crate::facts::{Part, Touch};
use crate::policy::{Area, Cited, Policy, Reached, Specialist, reached};

/// Why a suite is demanded.
pub(super) enum Why<'a> {
    /// An area is touched.
    Area {
        /// The area that is touched.
        touched: &'a Area,
        /// All that the touch reaches, `touched` first.
        reached: Vec<Reached<'a>>,
        /// The touches, of which some may be uncertain.
        touches: Vec<&'a Touch>,
    },
    /// A specialist changed something.
    Specialist(&'a Specialist),
}

/// A suite that is demanded.
pub(super) struct Demand<'a> {
    /// The suite, and where the policy requires it.
    pub suite: &'a Cited<String>,
    /// Why.
    pub why: Why<'a>,
}

impl Demand<'_> {
    /// False where it could not be told whether the area is touched.
    pub(super) fn is_certain(&self) -> bool {
        match &self.why {
            Why::Area { touches, .. } => touches.iter().any(|t| t.unknown.is_none()),
            Why::Specialist(_) => true,
        }
    }
}

/// Everything that `parts` demand: one entry for each touched area and suite, then for each specialist and suite; in the
/// policy's order.
pub(super) fn demands<'a>(policy: &'a Policy, parts: &'a [Part]) -> Vec<Demand<'a>> {
    let by_area = policy.areas.iter().flat_map(|area| of_area(policy, area, parts));
    let at_work = |s: &&Specialist| parts.iter().any(|p| p.changes && p.actor.entry.as_deref() == Some(s.name.value.as_str()));
    let by_specialist = policy
        .specialists
        .iter()
        .filter(at_work)
        .flat_map(|s| s.requires.iter().map(move |suite| Demand { suite, why: Why::Specialist(s) }));
    by_area.chain(by_specialist).collect()
}

fn of_area<'a>(policy: &'a Policy, touched: &'a Area, parts: &'a [Part]) -> Vec<Demand<'a>> {
    let touches: Vec<&Touch> = parts.iter().flat_map(|p| &p.touches).filter(|t| t.area == touched.name.value).collect();
    if touches.is_empty() {
        return Vec::new();
    }
    let mut demanded = BTreeSet::new();
    let mut all = Vec::new();
    let reached = reached(policy, touched);
    for Reached { area, .. } in &reached {
        for suite in &area.requires {
            if demanded.insert(suite.value.as_str()) {
                all.push(Demand { suite, why: Why::Area { touched, reached: reached.clone(), touches: touches.clone() } });
            }
        }
    }
    all
}
