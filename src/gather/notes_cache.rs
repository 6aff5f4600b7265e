//! What stands in the notes, whose they are, and which repository they are about: each asked once.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::error::Result;
use crate::evidence::note::NoteLine;
use crate::evidence::note_namespace;
use crate::gather::Gatherer;
use crate::git::notes::{Notes, Order, Writers};
use crate::git::root;
use crate::model::Oid;

/// What was asked.
#[derive(Default)]
pub(super) struct NotesCache<'a> {
    notes: OnceCell<Notes<'a>>,
    speakers: OnceCell<BTreeSet<String>>,
    specialists: OnceCell<BTreeSet<String>>,
    root: OnceCell<Option<Oid>>,
}

impl<'a> Gatherer<'a> {
    pub(super) fn notes(&self) -> Result<&Notes<'a>> {
        if let Some(notes) = self.written.notes.get() {
            return Ok(notes);
        }
        let notes = Notes::open(self.repo, self.proposed_notes)?;
        Ok(self.written.notes.get_or_init(|| notes))
    }

    /// Looks for evidence where it stood once, and asks for no refs.
    pub fn look_at(&self, writers: Writers) {
        // INVARIANT: where the refs were read already, they stay.
        drop(self.written.notes.set(Notes::of(self.repo, writers)));
    }

    /// The writers who may say a halt or a resume.
    pub(super) fn speakers(&self) -> &BTreeSet<String> {
        self.written.speakers.get_or_init(|| note_namespace::speakers(self.policy))
    }

    /// What every writer says of a tree: first whoever attests and waives, then whom the policy names besides, so that nobody's notes take the
    /// room of those who count for more.
    pub(super) fn lines(&self, tree: Oid) -> Result<Vec<NoteLine>> {
        let specialists = self.written.specialists.get_or_init(|| note_namespace::specialists(self.policy));
        self.notes()?.lines(tree, Order { first: &[self.speakers(), specialists], alone: false })
    }

    /// The root commit by which it is known which repository this is: that of the base, or where there is none yet, of HEAD.
    ///
    /// # Errors
    /// A ref can't be read; the root isn't here.
    pub(super) fn root(&self) -> Result<Option<Oid>> {
        if let Some(root) = self.written.root.get() {
            return Ok(*root);
        }
        let tip = match self.base()? {
            Some(base) => Some(base.commit),
            None => self.repo.head()?.commit(),
        };
        let root = tip.map(|tip| root::remembered(self.repo, tip)).transpose()?;
        Ok(*self.written.root.get_or_init(|| root))
    }
}
