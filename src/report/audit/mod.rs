//! How an audit is shown: one file per form, each written row by row, so that a history of 100,000 commits takes no more room than its rows.

mod html;
mod json;
mod markdown;
mod table;
mod text;
mod words;

use clap::ValueEnum;

use crate::audit::Report;
use crate::output::{Format, Streamed};

pub use text::View;

/// Form of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum AuditFormat {
    Text,
    Json,
    Md,
    Html,
}

impl From<Format> for AuditFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
        }
    }
}

/// An audit in a form. Status 0, whatever it has found.
pub fn show(format: AuditFormat, report: Report, view: View) -> Streamed {
    match format {
        AuditFormat::Text => Streamed::ok(move |out| text::write(&report, view, out)),
        AuditFormat::Json => Streamed::ok(move |out| json::write(&report, out)),
        AuditFormat::Md => Streamed::ok(move |out| markdown::write(&report, out)),
        AuditFormat::Html => Streamed::ok(move |out| html::write(&report, out)),
    }
}
