//! How a verdict is shown. Nothing here decides.

mod escape;
#[cfg(test)]
mod fixture;
pub mod json;
mod outcome;
pub mod text;
pub mod wire;

pub use escape::{escape, escape_lines, escape_words};
