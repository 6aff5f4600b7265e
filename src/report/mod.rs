//! How a verdict is shown. Nothing here decides.

mod escape;

pub use escape::escape;
