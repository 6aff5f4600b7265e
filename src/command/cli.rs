//! The command line. The arguments of a command stand in its file; doc comments are the help, and `AFTER_HELP` what it says below the options.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

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
use super::sandbox::SandboxArgs;
use super::test::TestArgs;
use super::uninstall;
use super::waive::WaiveArgs;
use crate::context::Common;
use crate::error::{Error, Result};
use crate::output::{ColorWhen, Format};
use crate::report::audit::AuditFormat;

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
    #[command(flatten, next_help_heading = "Common options")]
    options: Options,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
struct Options {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,
    /// Judge by this file, which is not the trusted policy
    #[arg(long, value_name = "FILE", global = true)]
    policy: Option<PathBuf>,
    /// Form of the report; JSON is one document, version 1
    #[arg(long, value_parser = AskedFormat::parser(), default_value = "text", global = true)]
    format: AskedFormat,
    /// When to colour; auto: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", global = true)]
    color: ColorWhen,
    /// Print only rejections
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print every rule's outcome with its reason
    #[arg(short, long, global = true)]
    verbose: bool,
}

/// A form as `--format` names it: one that every command has, or one of an audit alone.
///
/// The option stands before the command as well as behind it, so what it says is read before it is known whose form it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AskedFormat {
    OfAll(Format),
    OfAudit(AuditFormat),
}

impl AskedFormat {
    /// Takes every name, and lets `--help` and completions tell those that every command has.
    fn parser() -> impl TypedValueParser<Value = Self> {
        let of_all = Format::value_variants().iter().filter_map(Format::to_possible_value);
        let alone = Self::of_audit_alone().map(|form| form.hide(true));
        PossibleValuesParser::new(of_all.chain(alone)).try_map(|name| Self::named(&name))
    }

    /// The forms that no other command has.
    fn of_audit_alone() -> impl Iterator<Item = PossibleValue> {
        let of_audit = AuditFormat::value_variants().iter().filter_map(AuditFormat::to_possible_value);
        of_audit.filter(|form| Format::from_str(form.get_name(), false).is_err())
    }

    fn named(name: &str) -> std::result::Result<Self, String> {
        Format::from_str(name, false).map(Self::OfAll).or_else(|_not_of_all| AuditFormat::from_str(name, false).map(Self::OfAudit))
    }
}

/// The command line with what programs start alone.
///
/// Git waits for what it starts, and to describe all the other commands costs more than to judge a small commit.
#[derive(Debug, Parser)]
#[command(name = "guard", version)]
struct Hooks {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Hook,
}

#[derive(Debug, Subcommand)]
enum Hook {
    Hook(HookArgs),
    Sandbox(SandboxArgs),
}

impl Cli {
    /// The command line of this process.
    ///
    /// # Errors
    /// It is wrong, or asks for help.
    pub fn read() -> std::result::Result<Self, clap::Error> {
        // What is wrong there is said by who knows all commands.
        if std::env::args_os().nth(1).is_some_and(|word| word == "hook" || word == "sandbox")
            && let Ok(Hooks { options, command }) = Hooks::try_parse()
        {
            let command = match command {
                Hook::Hook(args) => Command::Hook(args),
                Hook::Sandbox(args) => Command::Sandbox(args),
            };
            return Ok(Self { options, command });
        }
        Self::try_parse()
    }

    /// The options of every command. What is said besides an audit's page is text.
    pub fn common(&self) -> Common {
        let Options { directory, policy, format, color, quiet, verbose } = &self.options;
        let format = match format {
            AskedFormat::OfAll(format) => *format,
            AskedFormat::OfAudit(_) => Format::Text,
        };
        Common { directory: directory.clone(), policy: policy.clone(), format, color: *color, quiet: *quiet, verbose: *verbose }
    }

    /// The form of an audit.
    pub(super) fn audit_format(&self) -> AuditFormat {
        match self.options.format {
            AskedFormat::OfAll(format) => format.into(),
            AskedFormat::OfAudit(format) => format,
        }
    }

    /// Refuses an audit's form to any other command.
    ///
    /// # Errors
    /// The command doesn't have the form that is asked for.
    pub(super) fn demand_form(&self) -> Result<()> {
        match (self.options.format, &self.command) {
            (AskedFormat::OfAudit(_), Command::Audit(_)) | (AskedFormat::OfAll(_), _) => Ok(()),
            (AskedFormat::OfAudit(_), _) => {
                let alone: Vec<String> = AskedFormat::of_audit_alone().map(|form| format!("`{}`", form.get_name())).collect();
                let of_all = Format::value_variants().iter().filter_map(Format::to_possible_value);
                let others: Vec<String> = of_all.map(|form| format!("--format {}", form.get_name())).collect();
                Err(Error::new(format!("{} are forms of an audit alone", alone.join(" and "))).help(others.join(", or ")))
            }
        }
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
    /// What `guard test` starts, and nobody else can.
    #[command(skip)]
    Sandbox(SandboxArgs),
    /// Print a completion script
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(after_help = man::AFTER_HELP)]
    Man,
}

/// The form that arguments ask for which could not be parsed.
pub fn asked_format(mut args: impl Iterator<Item = OsString>) -> Format {
    let mut before = OsString::new();
    let named = |name: &str| Format::from_str(name, false).ok().filter(|format| *format != Format::Text);
    let asked = args.find_map(|arg| {
        let name = arg.to_str().and_then(|text| if before == "--format" { Some(text) } else { text.strip_prefix("--format=") });
        let format = name.and_then(named);
        before = arg;
        format
    });
    asked.unwrap_or(Format::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_in_either_way() {
        let asks = |args: &[&str]| asked_format(args.iter().map(OsString::from)) == Format::Json;
        assert!(asks(&["check", "--format", "json", "--nope"]) && asks(&["--format=json"]));
        assert!(!asks(&["check", "json"]) && !asks(&["--format"]) && !asks(&["--format", "text"]));
    }

    #[test]
    fn every_form_has_a_name_and_help_tells_those_of_all_commands() {
        let asked = |args: &[&str]| Cli::try_parse_from([&["guard"], args].concat()).unwrap();
        for format in Format::value_variants() {
            let name = format.to_possible_value().unwrap();
            let cli = asked(&["check", "--format", name.get_name()]);
            assert_eq!((cli.common().format, cli.audit_format()), (*format, AuditFormat::from(*format)));
            assert!(cli.demand_form().is_ok());
        }
        for format in AuditFormat::value_variants() {
            let name = format.to_possible_value().unwrap();
            let (before, behind) = (["--format", name.get_name(), "audit"], ["audit", "--format", name.get_name()]);
            for args in [before, behind] {
                assert_eq!(asked(&args).audit_format(), *format, "{args:?}");
                assert!(asked(&args).demand_form().is_ok());
            }
        }
        let refused = asked(&["--format", "md", "check"]);
        assert_eq!(refused.common().format, Format::Text);
        assert_eq!(refused.demand_form().unwrap_err().message, "`md` and `html` are forms of an audit alone");
        let shown: Vec<String> = AskedFormat::parser()
            .possible_values()
            .unwrap()
            .filter(|value| !value.is_hide_set())
            .map(|value| value.get_name().to_owned())
            .collect();
        assert_eq!(shown, ["text", "json"]);
    }
}
