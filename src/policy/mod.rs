//! The policy: who may change what, how much, and what must be proven first. Valid by construction: a `Policy` exists only
//! when every key was understood and every reference resolves.

mod check;
mod diagnostic;
mod error;
mod limits;
mod load;
pub(crate) mod near;
mod parse;
mod pattern;
mod raw;
mod scalar;
mod types;
mod unenforced;
mod units;

pub use diagnostic::Severity;
pub use error::{Fault, PolicyError};
pub use limits::{Areas, Bytes, Files, Limits, Lines, Scope};
pub use load::load;
pub use pattern::{Pattern, Patterns, fold};
pub use types::{
    Area, Cited, Combined, Count, EvidenceLevels, Forbidden, Owners, PathRules, Policy, Position, RefPatterns, RefRules, Source,
    Specialist, Submodules, Suite, Symlinks,
};
