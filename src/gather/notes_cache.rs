//! What stands in the notes, whose they are, and which repository they are about: each asked once.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::error::Result;
use crate::evidence::note::NoteLine;
use crate::evidence::note_namespace;
use crate::gather::Gatherer;
use crate::git::notes::{Notes, Order, Writers};
use crate::git::{Repo, refspecs, root};
use crate::model::Oid;

/// What was asked.
pub(super) struct NotesCache<'a> {
    notes: OnceCell<Notes<'a>>,
    /// As the remote that is pushed to has them.
    pushed: OnceCell<Notes<'a>>,
    speakers: OnceCell<BTreeSet<String>>,
    specialists: OnceCell<BTreeSet<String>>,
    root: OnceCell<Option<Oid>>,
}

impl<'a> NotesCache<'a> {
    /// Nothing was asked yet. `writers`: the refs of evidence as they stood once; `None`: they are read when they are asked for.
    pub(super) fn new(repo: &'a Repo, writers: Option<Writers>) -> Self {
        let notes = writers.map_or_else(OnceCell::new, |writers| OnceCell::from(Notes::of(repo, writers)));
        Self { notes, pushed: OnceCell::new(), speakers: OnceCell::new(), specialists: OnceCell::new(), root: OnceCell::new() }
    }
}

impl<'a> Gatherer<'a> {
    pub(super) fn notes(&self) -> Result<&Notes<'a>> {
        if let Some(notes) = self.written.notes.get() {
            return Ok(notes);
        }
        let notes = Notes::open(self.repo, self.inputs.notes)?;
        Ok(self.written.notes.get_or_init(|| notes))
    }

    /// The writers who may say a halt or a resume.
    pub(super) fn speakers(&self) -> &BTreeSet<String> {
        self.written.speakers.get_or_init(|| note_namespace::speakers(self.policy))
    }

    /// What every writer says of a tree: first whoever attests and waives, then whom the policy names besides, so that nobody's notes take the
    /// room of those who count for more.
    pub(super) fn lines(&self, tree: Oid) -> Result<Vec<NoteLine>> {
        let specialists = self.written.specialists.get_or_init(|| note_namespace::specialists(self.policy));
        self.notes_there()?.lines(tree, Order { first: &[self.speakers(), specialists], alone: false })
    }

    /// The notes that judge: before a push those of the remote, where this clone hears of them, since it is judged there by them.
    fn notes_there(&self) -> Result<&Notes<'a>> {
        if let Some(notes) = self.written.pushed.get() {
            return Ok(notes);
        }
        let all = self.notes()?;
        match self.inputs.remote {
            Some(remote) if !self.is_server() && refspecs::brings(self.repo, remote)? => {
                let there = all.as_on(remote, self.inputs.notes);
                Ok(self.written.pushed.get_or_init(|| there))
            }
            Some(_) | None => Ok(all),
        }
    }

    /// The root commit that a record must name to be believed here: that of the base, or where there is none yet, of HEAD.
    ///
    /// # Errors
    /// A ref can't be read; the root isn't here.
    pub(super) fn expected_root(&self) -> Result<Option<Oid>> {
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

    /// The root commit that a record names which is written here, whichever revision it is about: the expected one, or where there is neither
    /// a base nor a HEAD, that of `commit`.
    ///
    /// # Errors
    /// As `expected_root`.
    pub fn root_to_write(&self, commit: Oid) -> Result<Oid> {
        match self.expected_root()? {
            Some(root) => Ok(root),
            None => root::of(self.repo, commit),
        }
    }
}
