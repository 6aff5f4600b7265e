//! The policy's file in a tree, and the policy that judges.

use crate::change::Oid;
use crate::context::{Context, Settings};
use crate::error::Result;
use crate::policy::Policy;

use super::Repo;

/// Its name, at the root.
pub const FILE: &str = "policy.toml";

/// What stands at the policy's path in a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PolicyFile {
    /// Nothing.
    Missing,
    /// A file of UTF-8 text within the size limit, and its blob.
    Text {
        /// Its content.
        text: String,
        /// Its blob.
        blob: Oid,
    },
    /// A symbolic link, a submodule, a directory, over 1 MiB, not UTF-8: which, as a phrase.
    Unusable(String),
}

/// Looks at a root tree.
///
/// # Errors
/// An object is missing or damaged.
pub fn in_tree(repo: &Repo, tree: Oid) -> Result<PolicyFile> {
    let _ = (repo, tree);
    todo!()
}

/// The policy that judges.
#[derive(Debug)]
pub enum Found {
    /// The trusted one.
    Trusted(Box<Policy>),
    /// The trusted branch has none: HEAD's, or the one in the index or the push. Only `safe-path` and its own validity judge.
    Bootstrap(Box<Policy>),
    /// There is none anywhere.
    Nothing,
}

/// Finds the policy that judges (judging.md, "Which policy judges"). `proposed`: trees in which a bootstrap policy may stand (the
/// index's, the pushed tips'), tried in order after HEAD's. `remote`: the remote that a push goes to.
///
/// # Errors
/// The policy that was found can't be enforced whole, or can't be read.
pub fn find(repo: &Repo, context: &Context, settings: &Settings, proposed: &[Oid], remote: Option<&str>) -> Result<Found> {
    let _ = (repo, context, settings, proposed, remote);
    todo!()
}
