//! Evidence: a record of a run, bound to what was run, by someone who may be believed.

pub mod envelope;
mod level;
pub mod record;

pub use level::{Level, Missing, Proof};
