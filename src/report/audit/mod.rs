//! How an audit is shown: one file per form, each written row by row, so that a history of 100,000 commits takes no more room than its rows.

pub mod html;
pub mod json;
pub mod markdown;
mod table;
pub mod text;
mod words;
