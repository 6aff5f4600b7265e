//! What is judged, and what is explained.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// `guard check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// A branch or commit, judged against its base, or a range A..B [default: the current branch]
    #[arg(value_name = "REV | A..B", conflicts_with = "staged")]
    pub revision: Option<String>,
    /// Judge the index, as pre-commit does
    #[arg(long)]
    pub staged: bool,
    /// What to measure against [default: the policy's base]
    #[arg(long, value_name = "REF", conflicts_with = "staged")]
    pub base: Option<String>,
    /// Judge the tree that merging into the base would give
    #[arg(long, conflicts_with = "staged")]
    pub merge: bool,
    /// Judge as this specialist (a claim)
    #[arg(long = "as", value_name = "SPECIALIST")]
    pub specialist: Option<String>,
    /// Which level of proof to demand: as before a commit, in a push to a branch, or to a protected one [default: commit for the
    /// index, else land]
    #[arg(long, value_enum)]
    pub stage: Option<StageName>,
}

/// A stage, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum StageName {
    Commit,
    Branch,
    Land,
}

/// `guard explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule's name or a path [default: the list of rules]
    #[arg(value_name = "RULE | PATH")]
    pub what: Option<OsString>,
}

/// `guard log`
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Show only the newest N entries
    #[arg(short = 'n', value_name = "N")]
    pub number: Option<usize>,
}
