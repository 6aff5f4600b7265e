//! Errors in a policy: line, column, caret, and where one is near "did you mean".

use std::fmt;

/// Why a policy can't be enforced. Displays as one or more diagnostics with carets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyError {
    /// The rendered diagnostics, plain text, every line ending in a newline.
    pub rendered: String,
    /// The first diagnostic's message, one line.
    pub message: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PolicyError {}
