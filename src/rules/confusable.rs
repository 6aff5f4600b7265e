//! Names that look like a guarded area's.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use crate::model::RepoPath;
use crate::policy::{Area, Policy, fold};

/// Whether the policy asks anything of a touch of this area.
pub(super) fn is_guarded(area: &Area) -> bool {
    // Every key of an area by its name: the compiler asks whether the next one demands something.
    let Area { name: _, paths: _, lines: _, forbid, owners_only, requires, affects } = area;
    let owners_only = owners_only.as_ref().is_some_and(|only| only.value);
    owners_only || !requires.is_empty() || !affects.is_empty() || !forbid.is_empty()
}

/// A name of a guarded area, and how it looks.
pub(super) struct Guarded<'a> {
    /// As the policy writes it.
    pub name: &'a str,
    looks: BTreeSet<String>,
}

/// The names in the patterns of guarded areas that are no globs.
pub(super) fn guarded(policy: &Policy) -> Vec<Guarded<'_>> {
    let patterns = policy.areas.iter().filter(|a| is_guarded(a)).flat_map(|a| a.paths.iter());
    let components = patterns.flat_map(|p| p.value.text().split('/'));
    let literal = components.filter(|c| !c.is_empty() && !c.contains(['*', '?', '[', ']', '{', '}', '\\']));
    let names: BTreeSet<&str> = literal.collect();
    // `I` and `i` look different, so that both spellings must be known.
    let spellings = |name: &str| BTreeSet::from([look(name), look(&name.to_lowercase()), look(&name.to_uppercase())]);
    names.into_iter().map(|name| Guarded { name, looks: spellings(name) }).collect()
}

/// The guarded name that a component of `path` looks like, and isn't, with that component. Names in ASCII are what they seem.
pub(super) fn confused<'g>(guarded: &'g [Guarded<'g>], path: &RepoPath) -> Option<(&'g str, Vec<u8>)> {
    path.components().filter(|c| !c.is_ascii()).find_map(|component| {
        let text = std::str::from_utf8(component).ok()?;
        let looks = BTreeSet::from([look(text), look(&text.to_lowercase())]);
        let like = guarded.iter().find(|g| !g.looks.is_disjoint(&looks) && fold(component) != fold(g.name.as_bytes()))?;
        Some((like.name, component.to_vec()))
    })
}

/// The skeleton of a name, upper and lower case taken for one.
fn look(name: &str) -> String {
    let once: String = skeleton(&name.nfc().collect::<String>()).flat_map(char::to_lowercase).collect();
    skeleton(&once).collect()
}
