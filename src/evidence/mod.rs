//! Evidence: a record of a run, bound to what was run, by someone who may be believed.

mod definition;
pub mod envelope;
mod foreign;
pub mod halt;
mod level;
pub mod marker;
pub mod note;
mod own;
mod proof;
pub mod record;
mod standing;
mod statement;
pub mod waiver;
mod weigh;
pub mod writer;

pub use definition::digest;
pub use foreign::foreign;
pub use level::{Missing, Proof};
#[cfg(test)]
pub(crate) use proof::tests as fixtures;
pub use proof::{MarkedCommit, passing_suites, proofs};
pub use weigh::{Credit, FilesOf, Found, Scale, Worth, examine};
pub(crate) use weigh::{failed_tests, settle};
