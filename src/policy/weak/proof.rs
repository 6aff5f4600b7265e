//! What the proof is worth that a policy asks for.

use std::collections::BTreeSet;

use super::{Finding, notice, warning};
use crate::policy::Level;
use crate::policy::Position;
use crate::policy::types::{EvidenceLevels, Policy};

/// The suites that something requires.
pub(super) fn required(policy: &Policy) -> BTreeSet<&str> {
    let specialists = policy.specialists.iter().flat_map(|s| &s.requires);
    let areas = policy.areas.iter().flat_map(|a| &a.requires);
    let combined = policy.combined.iter().flat_map(|c| &c.requires);
    specialists.chain(areas).chain(combined).chain(&policy.halt.on_failure).map(|suite| suite.value.as_str()).collect()
}

/// What the levels are worth, where a suite is demanded at all.
pub(super) fn proof(policy: &Policy) -> Vec<Finding> {
    let required = required(policy);
    if required.is_empty() {
        return Vec::new();
    }
    let EvidenceLevels { commit, branch, land, each_commit: _, max_age: _, independent: _ } = &policy.evidence;
    let mut found: Vec<Finding> = before_a_commit(*commit).into_iter().collect();
    for (key, (level, at)) in [("commit", commit), ("branch", branch), ("land", land)] {
        found.extend(nobody_can_sign(policy, key, *level, *at));
    }
    for (key, (level, at)) in [("branch", branch), ("land", land)] {
        found.extend(worth(policy, key, *level, *at));
    }
    if matches!(land.0, Level::Signed | Level::Attested) {
        found.extend(own_judges(policy, &required));
    }
    found
}

/// A level that asks for a signature where none is made without being asked for.
fn before_a_commit((level, at): (Level, Option<Position>)) -> Option<Finding> {
    match level {
        Level::Signed | Level::Attested => {
            let message =
                format!("`commit` is `{level}`, and no record is signed before a commit unless `guard test --sign` is used");
            let help = "leave it to `land`, or see to it that whoever commits here has such a key";
            Some(notice(at, message, help))
        }
        Level::None | Level::Claimed | Level::Recorded => None,
    }
}

/// A level that nothing can reach: the policy doesn't have the keys.
fn nobody_can_sign(policy: &Policy, key: &str, level: Level, at: Option<Position>) -> Option<Finding> {
    let by_default = if at.is_none() { " by default" } else { "" };
    match level {
        Level::Attested if policy.runners.is_empty() => {
            let message =
                format!("`{key}` is `attested`{by_default}, and no runner is declared: nothing that demands a suite can pass");
            let help = format!("declare [runner.NAME] with the `keys` that CI signs with, or write `{key} = \"claimed\"`");
            Some(warning(at, message, &help))
        }
        Level::Signed if !policy.has_keys() => {
            let message = format!("`{key}` is `signed`, and nobody has `keys`: nothing that demands a suite can pass");
            let help = format!("give the specialists `keys`, or declare a [runner.NAME], or write `{key} = \"claimed\"`");
            Some(warning(at, message, &help))
        }
        Level::None | Level::Claimed | Level::Recorded | Level::Signed | Level::Attested => None,
    }
}

/// A level that is less than it seems. That anybody can claim is a warning where the policy has keys, so that more could be asked for,
/// and else a notice: to have none is a decision, too.
fn worth(policy: &Policy, key: &str, level: Level, at: Option<Position>) -> Option<Finding> {
    let attest = if policy.runners.is_empty() {
        "declare a [runner.NAME] and write `land = \"attested\"`"
    } else {
        "write `land = \"attested\"`"
    };
    match level {
        Level::Recorded => {
            let message = format!("`{key}` is `recorded`, and to a server an unsigned record is no more than a claim");
            let help = format!(
                "write `{key} = \"signed\"` or `\"claimed\"`; `recorded` holds only where CI runs the suites itself, and no pre-receive judges"
            );
            Some(warning(at, message, &help))
        }
        Level::None if key == "land" => {
            let message = "suites are demanded, and `land` asks for no proof of them".to_owned();
            Some(warning(at, message, &format!("{attest}, or at least `land = \"claimed\"`")))
        }
        Level::Claimed if key == "land" => {
            let message = "`land` is content with `claimed`: anybody can claim that a suite has passed".to_owned();
            let help = format!("{attest}; a claim is on record under its author's name, no more");
            Some(if policy.has_keys() { warning(at, message, &help) } else { notice(at, message, &help) })
        }
        Level::None | Level::Claimed | Level::Signed | Level::Attested => None,
    }
}

/// Suites whose tests a change can alter together with what they test: nobody said which those are.
fn own_judges<'p>(policy: &'p Policy, required: &'p BTreeSet<&str>) -> impl Iterator<Item = Finding> + 'p {
    let open = policy.suites.iter().filter(|suite| suite.files.is_empty() && required.contains(suite.name.value.as_str()));
    open.map(|suite| {
        let message = format!("suite `{}` names no `files`: a change can alter the tests that judge it", suite.name.value);
        notice(Some(suite.name.at), message, "list its tests and its runner's configuration in `files`")
    })
}
