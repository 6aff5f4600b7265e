//! What a suite may reach: of the work tree and its repository nothing but the tree that is tested, which stands at the work tree's own
//! path; so an editable install, a link or an absolute path leads to what is tested, or nowhere.
//!
//! The suite gets namespaces of its own, for which nobody needs a privilege. The guard has threads and can't give up its own, so it starts
//! itself anew (`guard sandbox`), as a process that sets them up and then becomes the suite. What the two say to each other goes by a
//! socket at that process's standard input.

#[cfg(target_os = "linux")]
mod capabilities;
#[cfg(target_os = "linux")]
mod enter;
#[cfg(target_os = "linux")]
mod ids;
#[cfg(target_os = "linux")]
mod init;
#[cfg(target_os = "linux")]
mod loopback;
mod named;
mod plan;
#[cfg(target_os = "linux")]
mod start;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::model::Oid;

#[cfg(target_os = "linux")]
pub use enter::enter;
#[cfg(target_os = "linux")]
pub use init::init;
pub(super) use plan::{Plan, plan};
#[cfg(target_os = "linux")]
pub(super) use start::start;

/// Names the tree that is tested.
const TREE: &str = "GUARD_TREE";
/// Names its commit.
const COMMIT: &str = "GUARD_COMMIT";

/// Why there is none on another system.
pub(super) const NOT_HERE: &str = "only Linux has what it is made of";

/// The variables of a suite, by name.
pub(super) type Variables = [(String, OsString)];

/// Where a suite runs, and what it must not find beside that.
#[derive(Debug)]
pub struct Place<'a> {
    /// The exported tree, an absolute path; nothing else uses it.
    pub export: &'a Path,
    /// Around the export: where more directories can be made that go away with it.
    pub scratch: &'a Path,
    /// Where the tree stands in the sandbox; `None`: where it was exported to.
    pub work_tree: Option<PathBuf>,
    /// Directories that must not be read, as they really stand; or why they can't be told, as a phrase.
    pub hidden: std::result::Result<BTreeSet<PathBuf>, String>,
    /// The guard itself; `None`: nobody can start it.
    pub guard: Option<&'a Path>,
    /// The tree that is tested.
    pub tree: Oid,
    /// Its commit, where it is one's.
    pub commit: Option<Oid>,
}

impl Place<'_> {
    /// What every suite is told beside what it lists: what is tested, since no `.git` tells it.
    pub(super) fn told(&self) -> impl Iterator<Item = (String, OsString)> {
        let all = [(TREE, Some(self.tree)), (COMMIT, self.commit)];
        all.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id?.to_string().into())))
    }
}

/// Whether the guard says what a variable of that name holds, and nobody else.
pub(super) fn is_told(name: &str) -> bool {
    matches!(name, TREE | COMMIT)
}

/// The process that `guard sandbox` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// It becomes the suite.
    Suite,
    /// It is the first process of the suite's own process ids.
    Init,
}

impl Role {
    /// As the command line names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suite => "suite",
            Self::Init => "init",
        }
    }
}

/// Elsewhere there are no namespaces.
#[cfg(not(target_os = "linux"))]
pub(super) fn start(
    _plan: &Plan,
    _guard: &Path,
    _output: &std::io::PipeWriter,
) -> crate::error::Result<std::result::Result<super::group::Group, String>> {
    Ok(Err(NOT_HERE.to_owned()))
}

/// Elsewhere there are no namespaces.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn enter() -> crate::error::Result<u8> {
    Err(crate::error::Error::new(format!("no sandbox: {NOT_HERE}")))
}

/// Elsewhere there are no namespaces.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn init() -> crate::error::Result<u8> {
    enter()
}
