//! Which areas a change set touches.

use crate::facts::Touch;
use crate::model::{FileChange, LineTouches, LinkTarget, RepoPath};
use crate::policy::{Place, Policy, Suite};

/// Every touch of every area, by path (either side of a rename, the target of a symbolic link, a link in front of it) or by line; one for
/// each area and path.
pub fn touches<'c>(policy: &Policy, changes: impl IntoIterator<Item = &'c FileChange>) -> Vec<Touch> {
    let mut found = Vec::new();
    for change in changes {
        let places: Vec<(Place<'_>, &RepoPath)> = places(change).collect();
        for area in &policy.areas {
            let name = &area.name.value;
            if let Some((_, own)) = places.iter().find(|(place, _)| area.paths.concerned_by(place).is_some()) {
                found.push(Touch { area: name.clone(), path: (*own).clone(), line: None, unknown: None });
                continue;
            }
            match &change.line_touches {
                LineTouches::Known(lines) => {
                    if let Some(touch) = lines.iter().find(|t| t.area == *name) {
                        let line = Some((touch.line, touch.text.clone()));
                        found.push(Touch { area: name.clone(), path: change.path.clone(), line, unknown: None });
                    }
                }
                LineTouches::Unknown(why) if !area.lines.is_empty() => {
                    found.push(Touch { area: name.clone(), path: change.path.clone(), line: None, unknown: Some(why.clone()) });
                }
                LineTouches::Unknown(_) => {}
            }
        }
    }
    found
}

/// Every suite's own files among the changed paths: its name and the path.
pub fn suite_touches<'c>(policy: &Policy, changes: impl IntoIterator<Item = &'c FileChange>) -> Vec<(String, RepoPath)> {
    let suites: Vec<&Suite> = policy.suites.iter().filter(|suite| !suite.files.is_empty()).collect();
    if suites.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (place, own) in changes.into_iter().flat_map(places) {
        let touched = suites.iter().filter(|suite| suite.files.concerned_by(&place).is_some());
        found.extend(touched.map(|suite| (suite.name.value.clone(), own.clone())));
    }
    found
}

/// The paths that an area's `paths` are matched against, each with the changed path: itself, or the link that points to it.
fn places(change: &FileChange) -> impl Iterator<Item = (Place<'_>, &RepoPath)> {
    let targets = change.links.iter().filter_map(|link| match link {
        LinkTarget::Inside(path) => Some((path, &change.path)),
        LinkTarget::Outside(_) | LinkTarget::Unknown(_) => None,
    });
    let all = change.paths().map(|path| (path, path)).chain(targets);
    all.map(|(path, own)| (Place::new(path, change.leads_at(path)), own))
}
