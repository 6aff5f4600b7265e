//! The policy: who may change what, how much, and what must be proven first. Valid by construction: a `Policy` exists only
//! when every key was understood and every reference resolves.

mod error;
mod limits;
mod load;
mod pattern;
mod raw;
mod types;

pub use error::PolicyError;
pub use limits::{Areas, Bytes, Files, Limits, Lines, Scope};
pub use load::load;
pub use pattern::{Pattern, Patterns, fold};
pub use types::{
    Area, Cited, Combined, Count, EvidenceLevels, Forbidden, Owners, PathRules, Policy, Position, RefPatterns, RefRules, Source,
    Specialist, Submodules, Suite, Symlinks,
};
