//! Which policy judges a commit of a history: today's, or the one that was in force at its parent.

use std::rc::Rc;

use crate::error::Result;
use crate::gather::trusted_policy;
use crate::gather::trusted_policy::{PolicyFile, Standing};
use crate::git::{Commit, Repo};
use crate::model::Oid;
use crate::policy::FILE;
use crate::policy::{self, Policy, Source};
use crate::text::escape_words;

/// Policies of other times that are remembered; neighbouring commits share one nearly always.
const REMEMBERED: usize = 16;

/// What judges a commit.
pub(super) enum Law<'p> {
    /// Today's policy.
    Today(&'p Policy),
    /// One of then. The second: there was none before the commit, so that nothing but what needs no policy judges.
    Then(Box<Policy>, bool),
    /// The one of then can't be enforced: why, escaped.
    Broken(String),
}

/// What a policy of then is known by: what stood at its path in the parent, and where nothing did, in the commit itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Key(Option<(Standing, Standing)>);

impl Key {
    /// Of today's.
    pub(super) const TODAY: Self = Self(None);
}

/// Finds them.
pub(super) struct Laws<'p> {
    today: Option<&'p Policy>,
    known: Vec<(Key, Rc<Law<'p>>)>,
}

impl<'p> Laws<'p> {
    /// `today`: judges everything; `None`: each is judged by its own.
    pub(super) fn new(today: Option<&'p Policy>) -> Self {
        let known = today.map(|policy| (Key::TODAY, Rc::new(Law::Today(policy)))).into_iter().collect();
        Self { today, known }
    }

    /// What the law of a commit is known by.
    ///
    /// # Errors
    /// A tree is missing or damaged.
    pub(super) fn key(&self, repo: &Repo, commit: &Commit) -> Result<Key> {
        if self.today.is_some() {
            return Ok(Key::TODAY);
        }
        let before = match commit.parents.first() {
            Some(parent) => trusted_policy::standing(repo, repo.commit(*parent)?.tree)?,
            None => Standing::Nothing,
        };
        let own = match before {
            Standing::Nothing => trusted_policy::standing(repo, commit.tree)?,
            Standing::Directory | Standing::Leaf(_) => Standing::Nothing,
        };
        Ok(Key(Some((before, own))))
    }

    /// The law of that key, which is a commit's.
    ///
    /// # Errors
    /// A tree is missing or damaged.
    pub(super) fn of(&mut self, repo: &Repo, key: Key, commit: &Commit) -> Result<Rc<Law<'p>>> {
        if let Some(place) = self.known.iter().position(|(known, _)| *known == key) {
            let found = self.known.remove(place);
            let law = Rc::clone(&found.1);
            self.known.push(found);
            return Ok(law);
        }
        let law = Rc::new(then(repo, commit)?);
        self.known.push((key, Rc::clone(&law)));
        if self.known.len() > REMEMBERED {
            self.known.remove(0);
        }
        Ok(law)
    }
}

fn then<'p>(repo: &Repo, commit: &Commit) -> Result<Law<'p>> {
    let before = match commit.parents.first() {
        Some(parent) => trusted_policy::in_tree(repo, repo.commit(*parent)?.tree)?,
        None => PolicyFile::Missing,
    };
    match before {
        PolicyFile::Text { text, blob } => Ok(match load(&text, Some(blob)) {
            Ok(policy) => Law::Then(policy, false),
            Err(why) => Law::Broken(format!("the policy in force then can't be enforced: {why}")),
        }),
        PolicyFile::Unusable(why) => Ok(Law::Broken(format!("the policy in force then {why}"))),
        PolicyFile::Missing => first(repo, commit.tree),
    }
}

/// There was no policy: the one that the commit brings, where it is one, names who did it; else nobody is named.
fn first<'p>(repo: &Repo, tree: Oid) -> Result<Law<'p>> {
    let brought = match trusted_policy::in_tree(repo, tree)? {
        PolicyFile::Text { text, blob } => load(&text, Some(blob)).ok(),
        PolicyFile::Missing | PolicyFile::Unusable(_) => None,
    };
    Ok(match brought.map_or_else(|| load("version = 1\n", None), Ok) {
        Ok(policy) => Law::Then(policy, true),
        Err(why) => Law::Broken(why),
    })
}

fn load(text: &str, blob: Option<Oid>) -> std::result::Result<Box<Policy>, String> {
    let source = Source { name: FILE.to_owned(), commit: None, blob, trusted: true };
    policy::load(text, source).map(Box::new).map_err(|error| escape_words(error.to_string().lines().next().unwrap_or_default()))
}
