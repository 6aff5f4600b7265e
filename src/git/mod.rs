//! The repository: the only module that names git2, and the only one that may start `git`. What leaves it is owned data.

pub mod canary;
mod command_config;
mod commit_object;
pub(crate) mod counts;
mod deadline;
pub mod export;
pub mod fetch_head;
mod fsck;
pub mod hide_refs;
mod history;
pub mod hooks;
mod index;
pub mod ledger;
pub(crate) mod line_diff;
mod lineage;
pub(crate) mod links;
pub(crate) mod merge_file;
pub(crate) mod merge_trees;
pub mod modes;
pub mod notes;
mod options;
mod patience;
pub mod places;
mod program;
mod promised;
pub mod range;
pub mod refspecs;
mod repo;
pub mod rollback;
pub mod root;
#[cfg(test)]
pub(crate) mod scratch;
pub mod staged;
pub mod tree;
pub(crate) mod tree_builder;
pub mod tree_diff;
pub mod unstaged;

pub use deadline::{Deadline, Doing};
pub use history::{History, Step, history};
pub use options::bound;
pub use program::wait_at_most;
pub use repo::{Commit, Head, Kind, Object, Repo, SignedCommit, is_ref_name};
