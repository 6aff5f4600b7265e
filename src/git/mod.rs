//! The repository: the only module that names git2, and the only one that may start `git`. What leaves it is owned data.

pub mod changes;
pub mod delta;
pub mod export;
mod index;
pub mod lines;
mod malformed;
pub mod merge;
pub mod notes;
mod options;
pub mod policy_at;
pub mod push;
pub mod range;
mod repo;
#[cfg(test)]
mod scratch;
pub mod staged;
mod tree;

pub use repo::{Commit, Head, Kind, Object, Repo};
