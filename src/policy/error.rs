//! Errors in a policy: line, column, caret, and where one is near "did you mean".

use std::fmt;

use crate::policy::Position;

/// Why a policy can't be enforced. Displays as the first fault's message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyError {
    /// The rendered diagnostics, plain text, every line ending in a newline.
    pub rendered: String,
    /// The first diagnostic's message, one line.
    pub message: String,
    /// Every fault, in the policy's order; never empty.
    pub faults: Vec<Fault>,
}

/// One thing that is wrong with a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What, one line.
    pub message: String,
    /// Where.
    pub at: Position,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PolicyError {}

impl From<PolicyError> for crate::error::Error {
    fn from(error: PolicyError) -> Self {
        Self { message: error.message, help: None, next: Vec::new(), details: Some(error.rendered), kept: None }
    }
}
