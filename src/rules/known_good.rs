//! What makes a tree a known good one: proof, as a landing demands it, of the suites that matter.

use crate::evidence::Proof;
use crate::model::BySuite;
use crate::policy::Level;
use crate::policy::{Cited, Policy};

/// The least level that counts: a landing's, and where nothing is demanded of one, a claim.
pub fn least(policy: &Policy) -> Level {
    policy.evidence.land.0.max(Level::Claimed)
}

/// The suites that have to be proven: those of `[halt] on-failure`, whose failure says that something is broken; without that key all that
/// an area, a specialist or a combination can demand. In the policy's order.
pub fn suites(policy: &Policy) -> Vec<&str> {
    let halting = &policy.halt.on_failure;
    let by_area = policy.areas.iter().flat_map(|area| &area.requires);
    let by_specialist = policy.specialists.iter().flat_map(|specialist| &specialist.requires);
    let combined = policy.combined.iter().flat_map(|combined| &combined.requires);
    let demanded: Vec<&Cited<String>> = by_area.chain(by_specialist).chain(combined).collect();
    let names = policy.suites.iter().map(|suite| suite.name.value.as_str());
    if halting.is_empty() {
        names.filter(|name| demanded.iter().any(|suite| suite.value == *name)).collect()
    } else {
        names.filter(|name| halting.iter().any(|suite| suite.value == *name)).collect()
    }
}

/// Which of `suites` are not proven, and what was found of each. Of no suite at all nothing is proven: a tree for which there is none is
/// never a good one.
pub fn missing<'s>(policy: &Policy, suites: &[&'s str], proofs: &BySuite<Proof>) -> Vec<(&'s str, Level)> {
    let found = |suite: &str| proofs.get(suite).map_or(Level::None, |proof| proof.level);
    suites.iter().map(|suite| (*suite, found(suite))).filter(|(_, level)| *level < least(policy)).collect()
}
