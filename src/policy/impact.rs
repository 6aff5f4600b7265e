//! What a touch of an area reaches, by the policy alone: other areas by `affects`, their suites, and whose work that is.

use std::collections::{BTreeSet, VecDeque};

use super::types::{Area, Policy, Specialist};

/// An area that a touch reaches.
#[derive(Clone, Debug)]
pub struct Reached<'p> {
    /// From the area that is touched, area by area, to this one; the touched area alone where it is that.
    pub way: Vec<&'p Area>,
    /// The area that is reached.
    pub area: &'p Area,
    /// The specialists who may work in it by their `allowed`, in the policy's order. Who has no `allowed` works everywhere, and is not
    /// among them.
    pub specialists: Vec<&'p Specialist>,
}

/// `area` and every area that a touch of it affects, nearest first. `affects` may go in circles.
pub fn reached<'p>(policy: &'p Policy, area: &'p Area) -> Vec<Reached<'p>> {
    let mut known = BTreeSet::from([area.name.value.as_str()]);
    let mut waiting = VecDeque::from([vec![area]]);
    let mut all = Vec::new();
    while let Some(way) = waiting.pop_front() {
        let Some(last) = way.last().copied() else { continue };
        for area in last.affects.iter().filter_map(|name| policy.area(&name.value)) {
            if known.insert(area.name.value.as_str()) {
                waiting.push_back(way.iter().copied().chain([area]).collect());
            }
        }
        all.push(Reached { way, area: last, specialists: at_work(policy, last) });
    }
    all
}

/// The specialists who may work in an area by their `allowed`.
fn at_work<'p>(policy: &'p Policy, area: &Area) -> Vec<&'p Specialist> {
    policy.specialists.iter().filter(|specialist| works_in(specialist, area)).collect()
}

fn works_in(specialist: &Specialist, area: &Area) -> bool {
    let Some(allowed) = &specialist.allowed else { return false };
    let prohibited = specialist.prohibited_areas.iter().any(|name| name.value == area.name.value);
    !prohibited && allowed.iter().any(|one| area.paths.iter().any(|two| one.value.overlaps(&two.value)))
}

#[cfg(test)]
#[path = "impact_tests.rs"]
mod tests;
