//! Which areas a change set touches.

use crate::case::Touch;
use crate::change::{FileChange, LineTouches, LinkTarget, RepoPath};
use crate::policy::{Policy, Suite};

/// Every touch of every area, by path (either side of a rename, the target of a symbolic link, a link in front of it) or by line; one for each area and path.
pub fn touches(policy: &Policy, changes: &[FileChange]) -> Vec<Touch> {
    let mut found = Vec::new();
    for change in changes {
        for area in &policy.areas {
            let name = &area.name.value;
            if let Some((_, own)) = paths(change).find(|(path, _)| area.paths.concerned(path, change.leads_at(path)).is_some()) {
                found.push(Touch { area: name.clone(), path: own.clone(), line: None, unknown: None });
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
pub fn suite_touches(policy: &Policy, changes: &[FileChange]) -> Vec<(String, RepoPath)> {
    let of = |change| paths(change).flat_map(move |(path, own)| policy.suites.iter().map(move |suite| (suite, change, path, own)));
    let concerned = |suite: &Suite, change: &FileChange, path| suite.files.concerned(path, change.leads_at(path)).is_some();
    let all = changes.iter().flat_map(of).filter(|(suite, change, path, _)| concerned(suite, change, path));
    all.map(|(suite, _, _, own)| (suite.name.value.clone(), own.clone())).collect()
}

/// The paths that an area's `paths` are matched against, each with the changed path: itself, or the link that points to it.
fn paths(change: &FileChange) -> impl Iterator<Item = (&RepoPath, &RepoPath)> {
    let targets = change.links.iter().filter_map(|link| match link {
        LinkTarget::Inside(path) => Some((path, &change.path)),
        LinkTarget::Outside(_) | LinkTarget::Unknown(_) => None,
    });
    change.paths().map(|path| (path, path)).chain(targets)
}
