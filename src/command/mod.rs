//! One file per command, its arguments in it: gather, judge, report.

pub mod attest;
pub mod audit;
pub mod check;
pub mod cli;
pub mod completions;
mod dead_doors;
pub mod doctor;
pub mod evidence;
pub mod explain;
pub mod halt;
mod halt_resume;
pub mod hook;
pub mod install;
pub mod invocation;
pub mod last_good;
pub mod log;
pub mod man;
pub mod policy;
pub mod push;
pub mod resume;
pub mod rollback;
pub mod sandbox;
pub mod server;
mod signer;
pub mod signing;
pub mod test;
pub mod uninstall;
pub mod waive;

use crate::context::Context;
use crate::error::Result;
use crate::output::{Answer, Done};
use crate::text::shell_quote;
use cli::{Cli, Command};

/// A command of the guard's as it works when pasted where this one was started.
pub(crate) fn pasted(context: &Context, command: &str) -> String {
    match (&context.common.directory, command.strip_prefix("guard ")) {
        (Some(directory), Some(rest)) => format!("guard -C {} {rest}", shell_quote(directory.as_os_str().as_encoded_bytes())),
        (None, _) | (_, None) => command.to_owned(),
    }
}

/// Runs a command.
///
/// # Errors
/// Whatever could not be decided.
pub fn dispatch(context: &Context, cli: &Cli) -> Result<Answer> {
    cli.demand_form()?;
    let done = match &cli.command {
        Command::Audit(args) => return audit::run(context, args, cli.audit_format()).map(Answer::Streamed),
        Command::Check(args) => check::run(context, args),
        Command::Test(args) => test::run(context, args),
        Command::Attest(args) => attest::run(context, args),
        Command::Waive(args) => waive::run(context, args),
        Command::Evidence(args) => evidence::run(context, args),
        Command::Halt(args) => halt::run(context, args),
        Command::Resume(args) => resume::run(context, args),
        Command::LastGood(args) => last_good::run(context, args),
        Command::Rollback(args) => rollback::run(context, args),
        Command::Log(args) => log::run(context, args),
        Command::Explain(args) => explain::run(context, args),
        Command::Install(args) => install::run(context, args),
        Command::Uninstall => uninstall::run(context),
        Command::Doctor(args) => doctor::run(context, args),
        Command::Policy(args) => policy::run(context, args),
        Command::Hook(args) => hook::run(context, args),
        Command::Sandbox(args) => sandbox::run(args),
        Command::Completions(args) => completions::run(context, args),
        Command::Man => man::run(context),
    };
    let done = done.map(|done| match &cli.command {
        Command::Install(_)
        | Command::Uninstall
        | Command::Doctor(_)
        | Command::Hook(_)
        | Command::Sandbox(_)
        | Command::Completions(_)
        | Command::Man => done,
        Command::Audit(_)
        | Command::Check(_)
        | Command::Test(_)
        | Command::Attest(_)
        | Command::Waive(_)
        | Command::Evidence(_)
        | Command::Halt(_)
        | Command::Resume(_)
        | Command::LastGood(_)
        | Command::Rollback(_)
        | Command::Log(_)
        | Command::Explain(_)
        | Command::Policy(_) => Done { err: done.err + &dead_doors::warning(context), ..done },
    });
    done.map(Answer::Done)
}
