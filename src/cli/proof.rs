//! Evidence and waivers.

use std::path::PathBuf;

use clap::Args;

/// `guard test`
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Suites of the trusted policy
    #[arg(required = true, value_name = "SUITE")]
    pub suites: Vec<String>,
    /// Test the tree of the index (the default in a work tree)
    #[arg(long, conflicts_with = "rev")]
    pub staged: bool,
    /// Test the tree of this revision
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Run again although a passing record exists
    #[arg(long)]
    pub again: bool,
    /// Run with the base's files of the suite in place of the tree's, and only so
    #[arg(long)]
    pub base_suite: bool,
    /// Keep what a run leaves here, for whoever attests it: SUITE.log, SUITE.xml, SUITE.status
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Who signs, and where the record goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// Who signs, and where the record goes.
#[derive(Debug, Default, Args)]
pub struct SigningArgs {
    /// Sign with this key: a file, private, or public with the private half in an agent [default: git's user.signingKey]
    #[arg(long, value_name = "KEY", num_args = 0..=1, default_missing_value = "")]
    pub sign: Option<String>,
    /// Push the record to this remote
    #[arg(long, value_name = "REMOTE")]
    pub push: Option<String>,
}

/// `guard attest`
#[derive(Debug, Args)]
pub struct AttestArgs {
    /// The suite that was run
    #[arg(value_name = "SUITE")]
    pub suite: String,
    /// The revision whose tree it was run on
    #[arg(long, value_name = "REV")]
    pub rev: String,
    /// The JUnit file that it wrote
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// What it printed
    #[arg(long, value_name = "FILE")]
    pub log: PathBuf,
    /// The exit status that it had; without a JUnit file it must be said
    #[arg(long, value_name = "N")]
    pub exit_status: Option<i32>,
    /// It was run with the base's files of the suite in place of the tree's
    #[arg(long)]
    pub base_suite: bool,
    /// Who signs, and where the record goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}

/// `guard waive`
#[derive(Debug, Args)]
pub struct WaiveArgs {
    /// The rule
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// On this tree, by its full id
    #[arg(long, value_name = "TREE", conflicts_with = "rev")]
    pub tree: Option<String>,
    /// On the tree of this revision [default: the index's]
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Only violations all of whose paths match one of these patterns
    #[arg(long, value_name = "PATTERN")]
    pub path: Vec<String>,
    /// Of a limit: the number that is covered
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Why: it stands in every report
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// When it ends: a time, a date, or a while such as 7d
    #[arg(long, value_name = "WHEN")]
    pub expires: String,
    /// Sign with this key, an owner's [default: git's user.signingKey]
    #[arg(long, value_name = "KEY", num_args = 0..=1, default_missing_value = "")]
    pub sign: Option<String>,
    /// Push the waiver to this remote
    #[arg(long, value_name = "REMOTE")]
    pub push: Option<String>,
}

/// `guard evidence`
#[derive(Debug, Args)]
pub struct EvidenceArgs {
    /// The revision [default: the index, or HEAD in a bare repository]
    #[arg(value_name = "REV")]
    pub rev: Option<String>,
}
