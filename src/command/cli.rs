//! The command line. The arguments of a command stand in its file; doc comments are the help, and `AFTER_HELP` what it says below the options.

use std::ffi::OsString;

use clap::{Parser, Subcommand};

use super::attest::AttestArgs;
use super::audit::AuditArgs;
use super::check::CheckArgs;
use super::completions::CompletionsArgs;
use super::doctor::DoctorArgs;
use super::evidence::EvidenceArgs;
use super::explain::ExplainArgs;
use super::halt::HaltArgs;
use super::hook::HookArgs;
use super::install::InstallArgs;
use super::last_good::LastGoodArgs;
use super::log::LogArgs;
use super::man;
use super::policy::PolicyCommand;
use super::resume::ResumeArgs;
use super::rollback::RollbackArgs;
use super::test::TestArgs;
use super::uninstall;
use super::waive::WaiveArgs;
use crate::context::Common;

const AFTER_HELP: &str = "\
First steps in a repository with a policy.toml:
  guard policy check     does it load, and what is legal but weak
  guard install          the hooks; `guard doctor` proves that they run
  guard check --staged   what a commit would be told now
  guard explain          the rules

Exit status:
  0  accepted
  1  rejected (`test`: the suite failed; `doctor`, `policy check`: findings)
  2  could not decide: policy, repository, usage, time, internal error

A client's hooks are advice, because a client can switch them off. The gate is
pre-receive on the server (`guard install --server`), or a required CI check.";

/// Stands between a change and a repository: who may change what, how much, proven by what
#[derive(Debug, Parser)]
#[command(name = "guard", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// What is common to all commands.
    #[command(flatten, next_help_heading = "Common options")]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The command line with `hook` alone.
///
/// Git waits for what it starts, and to describe all the other commands costs more than to judge a small commit.
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
    Check(CheckArgs),
    /// Run suites on exactly a tree and record what happened
    Test(TestArgs),
    /// Sign a record of a suite that was run elsewhere, as by a CI
    Attest(AttestArgs),
    /// Waive a rule on one tree, as an owner, signed and for a while
    Waive(WaiveArgs),
    /// Show the evidence there is for a revision, and what each stage still misses
    Evidence(EvidenceArgs),
    /// Stop everything: nothing lands but the way back, until an owner resumes
    Halt(HaltArgs),
    /// Let work go on, as an owner, once the base's tip is proven
    Resume(ResumeArgs),
    /// Show the newest commit of the base whose tree is proven, and what lies between
    LastGood(LastGoodArgs),
    /// Make a commit that restores the last good tree, on a branch of its own
    Rollback(RollbackArgs),
    /// Show what landed: who pushed what where, what was waived, halts and resumes
    Log(LogArgs),
    /// Replay the policy over a history: who changed how much, what they claimed, what was proven
    Audit(AuditArgs),
    /// Explain a rule in full, or what a path would demand
    Explain(ExplainArgs),
    /// Install the hooks
    Install(InstallArgs),
    /// Remove the hooks, and put back what was there before
    #[command(after_help = uninstall::AFTER_HELP)]
    Uninstall,
    /// Prove that each hook runs, by running it
    Doctor(DoctorArgs),
    /// Check, show, compare or describe the policy
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// What the installed hooks call
    Hook(HookArgs),
    /// Print a completion script
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(after_help = man::AFTER_HELP)]
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
