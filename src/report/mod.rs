//! How a verdict is shown. Nothing here decides.

pub mod audit;
mod escape;
#[cfg(test)]
mod fixture;
pub mod json;
mod outcome;
pub mod text;
pub mod wire;

pub use escape::{escape, escape_lines, escape_words};

use std::path::Path;

/// A file's path in a message.
pub fn file(path: &Path) -> String {
    format!("`{}`", escape(path.as_os_str().as_encoded_bytes()))
}

/// "1 file", "17 files".
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
