//! From text to `Policy`.

use super::error::PolicyError;
use super::types::{Policy, Source};

/// Checks the whole of `text`.
///
/// # Errors
/// Every fault that was found, with line, column and caret.
pub fn load(text: &str, source: Source) -> Result<Policy, PolicyError> {
    let _ = (text, source);
    todo!()
}
