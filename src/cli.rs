//! The command line; doc comments are the help.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use crate::context::Common;

mod auditing;
mod halting;
mod judging;
mod policies;
mod proof;
mod setting_up;
mod words;

pub use auditing::AuditArgs;
pub use halting::{HaltArgs, LastGoodArgs, ResumeArgs, RollbackArgs};
pub use judging::{CheckArgs, ExplainArgs, LogArgs, StageName};
pub use policies::{GraphForm, PolicyCommand};
pub use proof::{AttestArgs, EvidenceArgs, SigningArgs, TestArgs, WaiveArgs};
pub use setting_up::{CompletionsArgs, DoctorArgs, HookArgs, InstallArgs, ServerKind};

use words::{
    AFTER, ATTEST, AUDIT, CHECK, COMPLETIONS, DOCTOR, EVIDENCE, EXPLAIN, HALT, INSTALL, LAST_GOOD, LOG, MAN, POLICY, RESUME,
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

/// The same with one command alone: what git starts waits for it, and to describe all the others costs more than to judge a small commit.
#[derive(Debug, Parser)]
#[command(name = "guard", version)]
struct Hooks {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Hook,
}

#[derive(Debug, Subcommand)]
enum Hook {
    Hook(HookArgs),
}

impl Cli {
    /// The command line of this process.
    ///
    /// # Errors
    /// It is wrong, or asks for help.
    pub fn read() -> Result<Self, clap::Error> {
        // What is wrong there is said by who knows all commands.
        if std::env::args_os().nth(1).is_some_and(|word| word == "hook")
            && let Ok(Hooks { common, command: Hook::Hook(args) }) = Hooks::try_parse()
        {
            return Ok(Self { common, command: Command::Hook(args) });
        }
        Self::try_parse()
    }
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
    /// Replay the policy over a history: who changed how much, what they claimed, what was proven
    #[command(after_help = AUDIT)]
    Audit(AuditArgs),
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
    Doctor(DoctorArgs),
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

/// Whether arguments that could not be parsed ask for JSON.
pub fn wants_json(mut args: impl Iterator<Item = OsString>) -> bool {
    let mut before = OsString::new();
    args.any(|arg| {
        let asked = arg == "--format=json" || (before == "--format" && arg == "json");
        before = arg;
        asked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_in_either_way() {
        let asks = |args: &[&str]| wants_json(args.iter().map(OsString::from));
        assert!(asks(&["check", "--format", "json", "--nope"]) && asks(&["--format=json"]));
        assert!(!asks(&["check", "json"]) && !asks(&["--format"]) && !asks(&["--format", "text"]));
    }
}
