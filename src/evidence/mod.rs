//! Evidence: a record of a run, bound to what was run, by someone who may be believed.

mod definition;
pub mod envelope;
pub mod halt;
pub mod note;
pub mod note_namespace;
mod note_ownership;
mod predicate;
mod proof;
pub mod record;
mod reject_reason;
mod statement;
pub mod trailer;
mod trust;
mod verify;
pub mod waiver;

pub use definition::digest;
pub use note_ownership::foreign;
#[cfg(test)]
pub(crate) use proof::tests as fixtures;
pub use proof::{MarkedCommit, passing_suites, proofs};
pub use reject_reason::{Proof, RejectReason};
pub use verify::{Acceptance, FilesOf, Verification, VerificationContext, VerifiedRecord, examine};
pub(crate) use verify::{failed_tests, settle};
