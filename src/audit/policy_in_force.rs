//! Which policy judges a commit of a history: today's, or the one that was in force at its parent.

use std::rc::Rc;

use crate::error::Result;
use crate::gather::trusted_policy;
use crate::gather::trusted_policy::PolicyFile;
use crate::git::tree::PathEntry;
use crate::git::{Commit, Repo};
use crate::model::Oid;
use crate::policy;
use crate::policy::FILE;
use crate::policy::{Policy, PolicySource};
use crate::text::escape_words;

/// Policies of other times that are remembered; neighbouring commits share one nearly always.
const REMEMBERED: usize = 16;

/// What judges a commit.
pub(super) enum PolicyInForce<'p> {
    /// Today's policy.
    Today(&'p Policy),
    /// A policy of that time. The second says that there was none before the commit, so that only rules which need no policy judge.
    Then(Box<Policy>, bool),
    /// The policy of that time can't be enforced. The text says why; escaped.
    Broken(String),
}

/// Tells the policies of other times apart: what stood at its path in the parent, and where nothing did, in the commit itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PolicyKey(Option<(PathEntry, PathEntry)>);

impl PolicyKey {
    /// The key of today's policy.
    pub(super) const TODAY: Self = Self(None);
}

/// Finds the policy that judges a commit, and remembers some.
pub(super) struct PoliciesInForce<'p> {
    today: Option<&'p Policy>,
    known: Vec<(PolicyKey, Rc<PolicyInForce<'p>>)>,
}

impl<'p> PoliciesInForce<'p> {
    /// `today`: judges everything; `None`: each is judged by its own.
    pub(super) fn new(today: Option<&'p Policy>) -> Self {
        let known = today.map(|policy| (PolicyKey::TODAY, Rc::new(PolicyInForce::Today(policy)))).into_iter().collect();
        Self { today, known }
    }

    /// The key of the policy that judges a commit.
    ///
    /// # Errors
    /// A tree is missing or damaged.
    pub(super) fn key(&self, repo: &Repo, commit: &Commit) -> Result<PolicyKey> {
        if self.today.is_some() {
            return Ok(PolicyKey::TODAY);
        }
        let before = match commit.parents.first() {
            Some(parent) => trusted_policy::standing(repo, repo.commit(*parent)?.tree)?,
            None => PathEntry::Nothing,
        };
        let own = match before {
            PathEntry::Nothing => trusted_policy::standing(repo, commit.tree)?,
            PathEntry::Directory | PathEntry::Leaf(_) => PathEntry::Nothing,
        };
        Ok(PolicyKey(Some((before, own))))
    }

    /// The policy of that key, which is a commit's.
    ///
    /// # Errors
    /// A tree is missing or damaged.
    pub(super) fn of(&mut self, repo: &Repo, key: PolicyKey, commit: &Commit) -> Result<Rc<PolicyInForce<'p>>> {
        if let Some(place) = self.known.iter().position(|(known, _)| *known == key) {
            let found = self.known.remove(place);
            let in_force = Rc::clone(&found.1);
            self.known.push(found);
            return Ok(in_force);
        }
        let in_force = Rc::new(then(repo, commit)?);
        self.known.push((key, Rc::clone(&in_force)));
        if self.known.len() > REMEMBERED {
            self.known.remove(0);
        }
        Ok(in_force)
    }
}

fn then<'p>(repo: &Repo, commit: &Commit) -> Result<PolicyInForce<'p>> {
    let before = match commit.parents.first() {
        Some(parent) => trusted_policy::in_tree(repo, repo.commit(*parent)?.tree)?,
        None => PolicyFile::Missing,
    };
    match before {
        PolicyFile::Text { text, blob } => Ok(match load(&text, Some(blob)) {
            Ok(policy) => PolicyInForce::Then(policy, false),
            Err(why) => PolicyInForce::Broken(format!("the policy in force then can't be enforced: {why}")),
        }),
        PolicyFile::Unusable(why) => Ok(PolicyInForce::Broken(format!("the policy in force then {why}"))),
        PolicyFile::Missing => first(repo, commit.tree),
    }
}

/// There was no policy: the one that the commit brings, where it is one, names who did it; else nobody is named.
fn first<'p>(repo: &Repo, tree: Oid) -> Result<PolicyInForce<'p>> {
    let brought = match trusted_policy::in_tree(repo, tree)? {
        PolicyFile::Text { text, blob } => load(&text, Some(blob)).ok(),
        PolicyFile::Missing | PolicyFile::Unusable(_) => None,
    };
    Ok(match brought.map_or_else(|| load("version = 1\n", None), Ok) {
        Ok(policy) => PolicyInForce::Then(policy, true),
        Err(why) => PolicyInForce::Broken(why),
    })
}

fn load(text: &str, blob: Option<Oid>) -> std::result::Result<Box<Policy>, String> {
    let source = PolicySource { name: FILE.to_owned(), commit: None, blob, trusted: true };
    policy::load(text, source).map(Box::new).map_err(|error| escape_words(error.to_string().lines().next().unwrap_or_default()))
}
