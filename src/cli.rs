//! The command line; doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Stands between a change and a git repository: who may change what, how much, and what must be proven first.
#[derive(Debug, Parser)]
#[command(name = "guard", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// What is common to all commands.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Judge by this file, which is not the trusted policy
    #[arg(long, value_name = "FILE", global = true)]
    pub policy: Option<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value = "text", global = true)]
    pub format: Format,
    /// When to colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", global = true)]
    pub color: ColorWhen,
    /// Print only rejections
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every rule's outcome with its reason
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs: one document, version 1
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a branch, a range or the index
    Check(CheckArgs),
    /// Run suites on exactly a tree and record what happened
    Test(TestArgs),
    /// Show the evidence there is for a revision, and what each stage still misses
    Evidence(EvidenceArgs),
    /// Explain a rule in full, or what a path would demand
    Explain(ExplainArgs),
    /// Install the hooks
    Install(InstallArgs),
    /// Remove the hooks, and put back what was there before
    Uninstall,
    /// Prove that each hook runs, by running it
    Doctor,
    /// Check, show, compare or describe the policy
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// What the installed hooks call
    Hook(HookArgs),
    /// Print a completion script
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

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
    /// Which level of proof to demand [default: commit for the index, land for a branch]
    #[arg(long, value_enum)]
    pub stage: Option<StageName>,
}

/// A stage, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StageName {
    /// As before a commit
    Commit,
    /// As in a push to a branch that is not protected
    Branch,
    /// As in a push to a protected branch
    Land,
}

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
}

/// `guard evidence`
#[derive(Debug, Args)]
pub struct EvidenceArgs {
    /// The revision [default: the index, or HEAD in a bare repository]
    #[arg(value_name = "REV")]
    pub rev: Option<String>,
}

/// `guard explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule's name or a path [default: the list of rules]
    #[arg(value_name = "RULE | PATH")]
    pub what: Option<std::ffi::OsString>,
}

/// `guard install`
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// In a bare repository: install pre-receive
    #[arg(long)]
    pub server: bool,
}

/// `guard policy`
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check a policy, and warn of what is legal but weak
    Check {
        /// The file [default: policy.toml of the work tree, or the trusted policy in a bare repository]
        file: Option<PathBuf>,
    },
    /// Print the policy in force, defaults filled in, and where it was read
    Show,
    /// Say what a change to the policy means, rule by rule
    Diff {
        /// Compare the work tree's policy with this revision's [default: the trusted policy]
        rev: Option<String>,
    },
    /// Print the JSON Schema
    Schema,
}

/// `guard hook`
#[derive(Debug, Args)]
pub struct HookArgs {
    /// The hook: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, pre-receive
    pub name: String,
    /// What git passed to it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<std::ffi::OsString>,
}

/// `guard completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}
