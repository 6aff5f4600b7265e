//! The repository: the only module that names git2, and the only one that may start `git`. What leaves it is owned data.

pub mod changes;
pub mod delta;
pub mod export;
pub mod hooks;
pub mod lines;
pub mod merge;
pub mod notes;
mod options;
pub mod policy_at;
pub mod push;
pub mod range;
mod repo;
pub mod staged;

pub use repo::{Commit, Head, Kind, Object, Repo};
