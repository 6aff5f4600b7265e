//! What looks back.

use clap::Args;

/// `guard audit`
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// A range A..B, or a tip: all that it reaches [default: HEAD]
    #[arg(value_name = "A..B | REV")]
    pub range: Option<String>,
    /// Judge each commit by the policy that was in force at its parent, not by today's
    #[arg(long)]
    pub policy_then: bool,
}
