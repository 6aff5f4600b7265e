//! How a verdict is shown. Nothing here decides.

pub mod audit;
#[cfg(test)]
mod fixture;
pub mod json;
mod outcome;
pub mod remote_text;
pub mod text;

use crate::error::Error;
use crate::output::{Done, Format};

/// No answer: why, in the form that was asked for, and in words.
pub fn undecided(error: &Error, format: Format) -> Done {
    let out = match format {
        Format::Text => String::new(),
        Format::Json => json::error(error, None, None, None),
    };
    Done { status: Done::UNDECIDED, out, err: text::error(error) }
}
