//! How touches of areas are told.

use std::collections::BTreeSet;

use crate::facts::Touch;
use crate::model::RepoPath;
use crate::text::escape;

use crate::rules::violation::{count, shown};

/// Lines of evidence for one violation, so that what is needed stays in sight below them; all paths are in it anyway.
const MOST_LINES: usize = 3;

/// The paths of touches that are certain, sorted, each once.
pub(super) fn paths(touches: &[&Touch]) -> Vec<RepoPath> {
    let distinct: BTreeSet<&RepoPath> = touches.iter().filter(|t| t.unknown.is_none()).map(|t| &t.path).collect();
    distinct.into_iter().cloned().collect()
}

/// `path:line  text` of the touches by content.
pub(super) fn lines(touches: &[&Touch]) -> Vec<String> {
    let line = |t: &&Touch| {
        let (number, text) = t.line.as_ref()?;
        Some(format!("{}:{number}  {}", escape(t.path.as_bytes()), escape(text.trim_ascii())))
    };
    let mut all: Vec<String> = touches.iter().filter_map(line).collect();
    if all.len() > MOST_LINES {
        let more = all.len() - (MOST_LINES - 1);
        all.truncate(MOST_LINES - 1);
        all.push(format!("… {} more", count(more as u64, "line")));
    }
    all
}

/// Why it can't be told whether an area is touched, as a phrase; `None` for a touch that is certain.
pub(super) fn doubt(touch: &Touch) -> Option<String> {
    let area = escape(touch.area.as_bytes());
    touch.unknown.as_ref().map(|why| format!("whether {} touches area `{area}` can't be told: {why}", shown(&touch.path)))
}
