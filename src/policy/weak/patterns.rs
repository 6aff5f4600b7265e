//! Patterns that match nothing, and so guard nothing.

use std::collections::BTreeSet;

use super::{Finding, Here, warning};
use crate::model::RepoPath;
use crate::policy::Cited;
use crate::policy::pattern::{Pattern, Patterns};
use crate::policy::types::{Policy, RefPatterns};

/// Directories of refs that are there, whether or not something is in them yet.
const REFS: [&[u8]; 5] = [b"refs", b"refs/heads", b"refs/tags", b"refs/notes", b"refs/notes/guard"];

/// A key with its patterns, and whether they match generously.
type Key<'p> = (&'static str, &'p Patterns, bool);

/// Every pattern of paths that matches no path here, and every pattern of refs that means a directory of them.
pub(super) fn patterns(policy: &Policy, here: &Here) -> Vec<Finding> {
    let directories = above(here.paths.iter().map(RepoPath::as_bytes));
    let mut found: Vec<Finding> = keys(policy)
        .into_iter()
        .flat_map(|(key, patterns, folded)| {
            patterns.iter().filter_map(|pattern| unmatched(key, pattern, folded, here, &directories)).collect::<Vec<_>>()
        })
        .collect();
    let branches = above(here.branches.iter().map(Vec::as_slice));
    for (key, patterns) in branch_keys(policy) {
        found.extend(patterns.patterns.iter().filter_map(|pattern| of_directory(key, pattern, &here.branches, &branches, "**")));
    }
    let full: Vec<Vec<u8>> = here.branches.iter().map(|short| [b"refs/heads/", short.as_slice()].concat()).collect();
    let mut refs = above(full.iter().map(Vec::as_slice));
    refs.extend(REFS.iter().map(|name| RepoPath::new(*name)));
    found.extend(policy.refs.allowed.patterns.iter().filter_map(|pattern| of_directory("allowed", pattern, &full, &refs, "*")));
    found
}

/// A list of protected branches in which the base isn't.
pub(super) fn unprotected(policy: &Policy, here: &Here) -> Option<Finding> {
    let protected = policy.protected.as_ref()?;
    let base = policy.base.as_ref().map(|base| &base.value).or(here.base.as_ref())?;
    let at = protected.patterns.first()?.at;
    let message = format!(
        "`protected` leaves out the base, `{base}`: anybody may delete it and rewind it, and what lands there needs no proof"
    );
    (!protected.matches(base.as_bytes())).then(|| warning(Some(at), message, &format!("add `\"{base}\"` to it")))
}

fn keys(policy: &Policy) -> Vec<Key<'_>> {
    let mut keys: Vec<Key<'_>> = policy.areas.iter().map(|area| ("paths", &area.paths, true)).collect();
    for specialist in &policy.specialists {
        keys.extend(specialist.allowed.as_ref().map(|allowed| ("allowed", allowed, false)));
        keys.push(("prohibited", &specialist.prohibited, true));
    }
    keys.extend(policy.suites.iter().map(|suite| ("files", &suite.files, true)));
    keys.extend([("not-lines", &policy.count.not_lines, false), ("not-files", &policy.count.not_files, false)]);
    keys
}

fn branch_keys(policy: &Policy) -> Vec<(&'static str, &RefPatterns)> {
    let own = policy.specialists.iter().filter_map(|specialist| Some(("branches", specialist.branches.as_ref()?)));
    let common = [("protected", policy.protected.as_ref()), ("free", policy.free.as_ref())];
    common.into_iter().filter_map(|(key, patterns)| Some((key, patterns?))).chain(own).collect()
}

/// Every directory above one of the names.
fn above<'n>(names: impl Iterator<Item = &'n [u8]>) -> BTreeSet<RepoPath> {
    let mut directories = BTreeSet::new();
    for mut name in names {
        while let Some(end) = name.iter().rposition(|b| *b == b'/') {
            name = name.get(..end).unwrap_or_default();
            if !directories.insert(RepoPath::new(name)) {
                break;
            }
        }
    }
    directories
}

fn unmatched(key: &str, cited: &Cited<Pattern>, folded: bool, here: &Here, directories: &BTreeSet<RepoPath>) -> Option<Finding> {
    let pattern = &cited.value;
    let matches = |path: &RepoPath| if folded { pattern.matches_folded(path) } else { pattern.matches(path) };
    if here.paths.iter().any(matches) {
        return None;
    }
    if directories.iter().any(matches) {
        return Some(slash(key, cited, "/", "directory"));
    }
    let message = format!("`{}` in `{key}` matches no path of the repository", pattern.text());
    Some(warning(Some(cited.at), message, "correct it, or drop it until there is something to match"))
}

/// One that names what refs stand in, and none of these. (A pattern of refs that don't exist yet is nothing strange.)
fn of_directory(
    key: &str,
    cited: &Cited<Pattern>,
    names: &[Vec<u8>],
    directories: &BTreeSet<RepoPath>,
    rest: &str,
) -> Option<Finding> {
    let pattern = &cited.value;
    let matched = names.iter().any(|name| pattern.matches(&RepoPath::new(name.as_slice())));
    (!matched && directories.iter().any(|directory| pattern.matches(directory)))
        .then(|| slash(key, cited, &format!("/{rest}"), "directory of refs"))
}

fn slash(key: &str, cited: &Cited<Pattern>, end: &str, what: &str) -> Finding {
    let text = cited.value.text();
    let message = format!("`{text}` in `{key}` is a {what}, and matches nothing in it");
    warning(Some(cited.at), message, &format!("write `{text}{end}`"))
}
