//! Evidence: a record of a run, bound to what was run, by someone who may be believed.

mod definition;
pub mod envelope;
mod level;
pub mod marker;
mod proof;
pub mod record;
pub mod signature;
mod statement;
pub mod writer;

pub use definition::digest;
pub use level::{Level, Missing, Proof};
#[cfg(test)]
pub(crate) use proof::tests as fixtures;
pub use proof::{Found, MarkedCommit, Worth, examine, passing_suites, proofs};
pub(crate) use proof::{failed_tests, shortfall};
