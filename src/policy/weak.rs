//! What is legal but weak.

mod keys;
mod patterns;
mod proof;

use jiff::Timestamp;

use super::diagnostic::{Diagnostic, Lines, Severity};
use super::limits::Limits;
use crate::model::RepoPath;
use crate::policy::Position;
use crate::policy::types::{Policy, Specialist};

/// One weakness.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// A warning or a notice.
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// Where; `None`: the policy as a whole.
    pub at: Option<Position>,
    /// What to do about it.
    pub help: String,
}

impl Finding {
    /// With the place in `policy`, as plain text.
    pub fn render(&self, policy: &Policy) -> String {
        let Some(at) = self.at else {
            return format!("{}: {}\nhelp: {}\n", self.severity.word(), self.message, self.help);
        };
        let lines = Lines::new(&policy.text);
        let mut diagnostic = Diagnostic::new(lines.word(at), self.message.clone());
        diagnostic.help(self.help.clone());
        lines.render(&policy.source.name, self.severity, &diagnostic)
    }
}

/// The repository that a policy is for.
#[derive(Clone, Debug, Default)]
pub struct Here {
    /// Every path.
    pub paths: Vec<RepoPath>,
    /// Every branch, by its short name.
    pub branches: Vec<Vec<u8>>,
    /// The default branch.
    pub base: Option<String>,
}

/// What is weak in `policy`, in its order. `here`: the repository, where there is one. `now`: for keys that have expired.
pub fn findings(policy: &Policy, here: Option<&Here>, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(policy.specialists.iter().filter_map(no_identity));
    found.extend(proof::proof(policy));
    found.extend(keys::keys(policy, now));
    if let Some(here) = here {
        found.extend(patterns::patterns(policy, here));
        found.extend(patterns::unprotected(policy, here));
    }
    found.extend(unused_suites(policy));
    found.extend(nobody_halts(policy));
    found.extend(absent_limits(policy));
    if policy.owners.is_empty() {
        found.push(warning(
            None,
            "there is no owner".to_owned(),
            "nobody can change this policy once it has landed, not even to add one: name who may in [owners] (users, keys, emails)",
        ));
    }
    if policy.specialist("*").is_none() {
        found.push(warning(
            None,
            "there is no [specialist.\"*\"]".to_owned(),
            "whoever no entry names is rejected; add the entry if others may work here",
        ));
    }
    found.sort_by_key(|finding| finding.at.map_or((0, 0), |at| (at.line, at.column)));
    found
}

fn warning(at: Option<Position>, message: String, help: &str) -> Finding {
    Finding { severity: Severity::Warning, message, at, help: help.to_owned() }
}

fn notice(at: Option<Position>, message: String, help: &str) -> Finding {
    Finding { severity: Severity::Notice, message, at, help: help.to_owned() }
}

fn no_identity(specialist: &Specialist) -> Option<Finding> {
    let listed = !specialist.users.is_empty() || !specialist.keys.is_empty() || !specialist.emails.is_empty();
    let named = listed || specialist.branches.is_some();
    let name = &specialist.name;
    let message = || format!("specialist `{}` has no identity", name.value);
    let help = "nobody is found to be this specialist but by their own word; give it `users`, `keys`, `emails` or `branches`";
    (!named && name.value != "*").then(|| warning(Some(name.at), message(), help))
}

fn unused_suites(policy: &Policy) -> Vec<Finding> {
    let required = proof::required(policy);
    let unused = policy.suites.iter().filter(|suite| !required.contains(suite.name.value.as_str()));
    let finding =
        |name: &str, at| warning(Some(at), format!("nothing requires suite `{name}`"), "name it in a `requires`, or drop it");
    unused.map(|suite| finding(&suite.name.value, suite.name.at)).collect()
}

/// A halt is signed by a runner or an owner, and a resume by an owner.
fn nobody_halts(policy: &Policy) -> Option<Finding> {
    let first = policy.halt.on_failure.first()?;
    let no_owner = policy.owners.keys.is_empty();
    let (message, help) = match (no_owner, policy.runners.is_empty()) {
        (true, true) => {
            ("nobody can halt: there is no runner, and no owner has a key", "declare a [runner.NAME], and give [owners] `keys`")
        }
        (true, false) => ("nobody can resume: no owner has a key", "give [owners] `keys`; a resume is an owner's, and signed"),
        (false, _) => return None,
    };
    Some(warning(Some(first.at), message.to_owned(), help))
}

/// A limit that somebody doesn't have does not exist for them: one notice for all that the same people lack.
fn absent_limits(policy: &Policy) -> Vec<Finding> {
    let mut lacking: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (row, _, default) in policy.defaults.all() {
        let key = row.name;
        let absent = |limits: &Limits| limits.all().any(|(other, _, value)| other.name == key && value.is_none());
        let without: Vec<&str> = policy.specialists.iter().filter(|s| absent(&s.limits)).map(|s| s.name.value.as_str()).collect();
        if without.is_empty() && !(policy.specialists.is_empty() && default.is_none()) {
            continue;
        }
        match lacking.iter_mut().find(|(whom, _)| *whom == without) {
            Some((_, keys)) => keys.push(key),
            None => lacking.push((without, vec![key])),
        }
    }
    lacking.into_iter().map(|(whom, keys)| absent(policy, &whom, &keys)).collect()
}

fn absent(policy: &Policy, whom: &[&str], keys: &[&str]) -> Finding {
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let whom = if whom.len() == policy.specialists.len() { String::new() } else { format!(" for {}", list(whom)) };
    let (message, help) = match keys {
        [_] => (format!("there is no limit {}{whom}", list(keys)), "add it to [defaults] if there should be one"),
        _ => (format!("there are no limits {}{whom}", list(keys)), "add them to [defaults] where there should be some"),
    };
    notice(None, message, help)
}

#[cfg(test)]
#[path = "weak_tests.rs"]
mod tests;
