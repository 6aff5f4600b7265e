//! `guard completions`: a script for a shell.

use clap::Args;
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::command::cli::Cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Done;

const AFTER_HELP: &str = "\
Examples:
  guard completions bash > ~/.local/share/bash-completion/completions/guard
  guard completions fish > ~/.config/fish/completions/guard.fish";

/// `guard completions`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// The script isn't text.
pub fn run(_context: &Context, args: &CompletionsArgs) -> Result<Done> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "guard", &mut script);
    let script = String::from_utf8(script).map_err(|_not_text| Error::new("the completion script is not UTF-8"))?;
    Ok(Done::printed(script))
}
