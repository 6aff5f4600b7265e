//! `guard completions`: a script for a shell.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Done;

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
