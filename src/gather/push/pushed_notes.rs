//! What a push writes into somebody's notes.

use super::{There, known_commit};
use crate::error::Result;
use crate::evidence;
use crate::evidence::halt::VerifiedStatement;
use crate::evidence::note::{NoteLine, Origin};
use crate::gather::Gatherer;
use crate::git::notes;
use crate::git::notes::Change;
use crate::model::Oid;
use crate::model::ref_update::RefUpdate;
use crate::text::escape;

/// What an update does to a writer's notes.
#[derive(Default)]
pub(super) struct PushedNotes {
    pub(super) change: Option<Change>,
    /// Why what it adds there isn't theirs, as phrases, escaped.
    pub(super) foreign: Vec<String>,
    /// The halts and resumes that it adds there.
    pub(super) words: Vec<VerifiedStatement>,
}

pub(super) fn evidence(g: &Gatherer<'_>, there: &There<'_>, update: &RefUpdate) -> Result<PushedNotes> {
    let (Some(label), Some(new)) = (update.name.strip_prefix(notes::PREFIX.as_bytes()), update.new) else {
        return Ok(PushedNotes::default());
    };
    let Some(tip) = g.repo.peel_to_commit(new)? else { return Ok(PushedNotes::default()) };
    let old: Option<Oid> = match update.old {
        Some(old) => known_commit(g, old)?,
        None => None,
    };
    let room = if g.is_server() { there.lines.get() } else { usize::MAX };
    let change = notes::change(g.repo, old, tip, room).map_err(|e| e.context(format!("`{}`", escape(&update.name))))?;
    there.lines.set(there.lines.get().saturating_sub(change.added.len()));
    let foreign = match std::str::from_utf8(label) {
        Ok(writer) if !writer.contains('/') => {
            evidence::foreign(g.policy, writer, &change.added, g.inputs.now, &|| g.repo.deadline.check())?
        }
        Ok(_) | Err(_) => vec!["notes of nobody: a writer's name has no `/`".to_owned()],
    };
    let words = words(g, label, &change.added)?;
    there.words.borrow_mut().extend(words.iter().cloned());
    Ok(PushedNotes { change: Some(change), foreign, words })
}

/// The halts and resumes among the lines that come into a writer's notes.
fn words(g: &Gatherer<'_>, label: &[u8], lines: &[Vec<u8>]) -> Result<Vec<VerifiedStatement>> {
    let Ok(writer) = std::str::from_utf8(label) else { return Ok(Vec::new()) };
    let word = |content: &&Vec<u8>| evidence::halt::is_word(content);
    let line = |content: &Vec<u8>| NoteLine { writer: writer.to_owned(), origin: Origin::Here, content: Ok(content.clone()) };
    g.words_among(&lines.iter().filter(word).map(line).collect::<Vec<_>>())
}
