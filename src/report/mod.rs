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
