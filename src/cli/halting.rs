//! Stopping, and the way back.

use clap::Args;

use super::SigningArgs;

/// `guard halt`
#[derive(Debug, Args)]
pub struct HaltArgs {
    /// Why: it stands in every rejection
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who signs, and where the halt goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// `guard resume`
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// Resume without proof; it stays on record
    #[arg(long, requires = "reason")]
    pub force: bool,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Who signs, and where the resume goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// `guard last-good`
#[derive(Debug, Args)]
pub struct LastGoodArgs {
    /// Ask for proof of these suites [default: every suite that the policy demands of anything]
    #[arg(long = "suite", value_name = "SUITE")]
    pub suites: Vec<String>,
}

/// `guard rollback`
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The commit whose tree is restored [default: the last good one]
    #[arg(long, value_name = "REV", conflicts_with = "only")]
    pub to: Option<String>,
    /// Revert these commits alone, one by one: judged like any other change
    #[arg(long, value_name = "REV", num_args = 1..)]
    pub only: Vec<String>,
    /// Make it, on a branch of its own; without this, only the plan is shown
    #[arg(long)]
    pub apply: bool,
    /// Push that branch [default: to the base's remote]
    #[arg(long, value_name = "REMOTE", num_args = 0..=1, default_missing_value = "", requires = "apply")]
    pub push: Option<String>,
}
