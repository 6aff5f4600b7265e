//! One file per command: gather, judge, report.

pub mod attest;
pub mod audit;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod door;
pub mod evidence;
pub mod explain;
pub mod halt;
mod halting;
pub mod hook;
pub mod install;
pub mod last_good;
pub mod log;
pub mod man;
pub mod policy;
pub mod push;
pub mod resume;
pub mod rollback;
pub mod sealing;
pub mod test;
pub mod uninstall;
pub mod waive;
pub mod watchdog;

use std::io::{self, Write};

use crate::cli::Command;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::rules::shell_quote;

/// What a command answers: computed in full before anything is written, so that no closed pipe or full disk changes the status.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// The process's exit status: 0, 1 or 2.
    pub status: u8,
    /// For standard output; may hold ANSI styles, which are removed where they aren't wanted.
    pub out: String,
    /// For standard error; likewise.
    pub err: String,
}

impl Done {
    /// Neither accepted nor rejected.
    pub const UNDECIDED: u8 = 2;

    /// Status 0 and this on standard output.
    pub fn printed(out: impl Into<String>) -> Self {
        Self { status: 0, out: out.into(), err: String::new() }
    }
}

/// Writes a report.
pub type Telling = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()>>;

/// A report too long to be held as text: its status is known, and it is written as it is made.
pub struct Streamed {
    /// The process's exit status.
    pub status: u8,
    /// Writes it to standard output; may write ANSI styles.
    pub write: Telling,
}

impl Streamed {
    /// Status 0.
    pub fn ok(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + 'static) -> Self {
        Self { status: 0, write: Box::new(write) }
    }
}

/// What a command answers.
pub enum Answer {
    /// All of it.
    Done(Done),
    /// What is to be written yet.
    Streamed(Streamed),
}

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
pub fn dispatch(context: &Context, command: &Command) -> Result<Answer> {
    if context.common.format.is_audits() && !matches!(command, Command::Audit(_)) {
        return Err(Error::new("`md` and `html` are forms of an audit alone").help("--format text, or --format json"));
    }
    let done = match command {
        Command::Audit(args) => return audit::run(context, args).map(Answer::Streamed),
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
        Command::Completions(args) => completions::run(context, args),
        Command::Man => man::run(context),
    };
    done.map(Answer::Done)
}
