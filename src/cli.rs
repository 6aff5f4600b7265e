//! The command line; doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod words;

use words::{
    AFTER, ATTEST, CHECK, COMPLETIONS, DOCTOR, EVIDENCE, EXPLAIN, HALT, INSTALL, LAST_GOOD, LOG, MAN, POLICY, POLICY_CHECK, RESUME,
    ROLLBACK, TEST, UNINSTALL, WAIVE,
};

/// Stands between a change and a repository: who may change what, how much, proven by what
#[derive(Debug, Parser)]
#[command(name = "guard", version, arg_required_else_help = true, after_help = AFTER)]
pub struct Cli {
    /// What is common to all commands.
    #[command(flatten, next_help_heading = "Common options")]
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
    /// Form of the report; JSON is one document, version 1
    #[arg(long, value_enum, default_value = "text", global = true)]
    pub format: Format,
    /// When to colour; auto: on a terminal, unless NO_COLOR is set
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
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum Format {
    Text,
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "as above")]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a branch, a range or the index
    #[command(after_help = CHECK)]
    Check(CheckArgs),
    /// Run suites on exactly a tree and record what happened
    #[command(after_help = TEST)]
    Test(TestArgs),
    /// Sign a record of a suite that was run elsewhere, as by a CI
    #[command(after_help = ATTEST)]
    Attest(AttestArgs),
    /// Waive a rule on one tree, as an owner, signed and for a while
    #[command(after_help = WAIVE)]
    Waive(WaiveArgs),
    /// Show the evidence there is for a revision, and what each stage still misses
    #[command(after_help = EVIDENCE)]
    Evidence(EvidenceArgs),
    /// Stop everything: nothing lands but the way back, until an owner resumes
    #[command(after_help = HALT)]
    Halt(HaltArgs),
    /// Let work go on, as an owner, once the base's tip is proven
    #[command(after_help = RESUME)]
    Resume(ResumeArgs),
    /// Show the newest commit of the base whose tree is proven, and what lies between
    #[command(after_help = LAST_GOOD)]
    LastGood(LastGoodArgs),
    /// Make a commit that restores the last good tree, on a branch of its own
    #[command(after_help = ROLLBACK)]
    Rollback(RollbackArgs),
    /// Show what landed: who pushed what where, what was waived, halts and resumes
    #[command(after_help = LOG)]
    Log(LogArgs),
    /// Explain a rule in full, or what a path would demand
    #[command(after_help = EXPLAIN)]
    Explain(ExplainArgs),
    /// Install the hooks
    #[command(after_help = INSTALL)]
    Install(InstallArgs),
    /// Remove the hooks, and put back what was there before
    #[command(after_help = UNINSTALL)]
    Uninstall,
    /// Prove that each hook runs, by running it
    #[command(after_help = DOCTOR)]
    Doctor,
    /// Check, show, compare or describe the policy
    #[command(subcommand, after_help = POLICY)]
    Policy(PolicyCommand),
    /// What the installed hooks call
    Hook(HookArgs),
    /// Print a completion script
    #[command(after_help = COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(after_help = MAN)]
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
    /// Which level of proof to demand: as before a commit, in a push to a branch, or to a protected one [default: commit for the
    /// index, else land]
    #[arg(long, value_enum)]
    pub stage: Option<StageName>,
}

/// A stage, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "as above")]
pub enum StageName {
    Commit,
    Branch,
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
    /// Run with the base's files of the suite in place of the tree's, and only so
    #[arg(long)]
    pub base_suite: bool,
    /// Keep what a run leaves here, for whoever attests it: SUITE.log, SUITE.xml, SUITE.status
    #[arg(long, value_name = "DIR")]
    pub keep: Option<std::path::PathBuf>,
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
    pub junit: Option<std::path::PathBuf>,
    /// What it printed
    #[arg(long, value_name = "FILE")]
    pub log: std::path::PathBuf,
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

/// `guard log`
#[derive(Debug, Args)]
pub struct LogArgs {
    /// Show only the newest N entries
    #[arg(short = 'n', value_name = "N")]
    pub number: Option<usize>,
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
    /// In a bare repository: install pre-receive, the gate
    #[arg(long)]
    pub server: bool,
}

/// `guard policy`
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check a policy, and warn of what is legal but weak
    #[command(after_help = POLICY_CHECK)]
    Check {
        /// The file [default: policy.toml of the work tree, or the trusted policy in a bare repository]
        file: Option<PathBuf>,
    },
    /// Print the policy in force, defaults filled in, and where it was read
    Show {
        /// Print its graph in place of it: who may work in which area, what a touch reaches, what it demands
        #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, default_missing_value = "text")]
        graph: Option<GraphForm>,
    },
    /// Say what a change to the policy means, rule by rule
    Diff {
        /// Compare the work tree's policy with this revision's [default: the trusted policy]
        rev: Option<String>,
    },
    /// Print the JSON Schema, for editors
    Schema,
}

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "as above")]
pub enum GraphForm {
    Text,
    Svg,
}

/// `guard hook`
#[derive(Debug, Args)]
pub struct HookArgs {
    /// The hook: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, pre-receive, post-receive
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
