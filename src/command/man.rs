//! `guard man`: the manual page, all commands on it.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::command::cli::Cli;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Done;

/// What its `--help` says below the options.
pub const AFTER_HELP: &str = "\
Example:
  guard man | man -l -";

/// Prints the page, as `man -l -` reads it.
///
/// # Errors
/// The page isn't text.
pub fn run(_context: &Context) -> Result<Done> {
    let page = String::from_utf8(page()?).map_err(|_not_text| Error::new("the manual page is not UTF-8"))?;
    Ok(Done::printed(page))
}

fn page() -> Result<Vec<u8>> {
    let mut command = Cli::command();
    command.build();
    let man = Man::new(command.clone()).manual("Guard");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    for sub in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        push_command(&mut page, sub)?;
    }
    man.render_extra_section(&mut page)?;
    man.render_version_section(&mut page)?;
    Ok(page)
}

/// One command: its sections, one level down.
fn push_command(page: &mut Vec<u8>, command: &clap::Command) -> Result<()> {
    writeln!(page, ".SH \"{}\"", command.get_bin_name().unwrap_or(command.get_name()).to_uppercase())?;
    let own: Vec<_> = command.get_arguments().filter(|a| a.is_global_set()).map(|a| a.get_id().clone()).collect();
    let local = own.into_iter().fold(command.clone(), |command, id| command.mut_arg(id, |arg| arg.hide(true)));
    let man = Man::new(local.display_name(command.get_name().to_owned()));
    let mut sections = Vec::new();
    man.render_description_section(&mut sections)?;
    man.render_synopsis_section(&mut sections)?;
    man.render_options_section(&mut sections)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut sections)?;
    }
    man.render_extra_section(&mut sections)?;
    for line in sections.split_inclusive(|b| *b == b'\n') {
        match line.strip_prefix(b".SH ") {
            Some(b"EXTRA\n") => page.extend_from_slice(b".SS NOTES\n"),
            Some(title) => page.extend([b".SS ", title].concat()),
            None => page.extend_from_slice(line),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_and_option_is_on_the_page() {
        let page = String::from_utf8(super::page().unwrap()).unwrap();
        for word in ["GUARD CHECK", "GUARD INSTALL", "GUARD POLICY", "GUARD DOCTOR", "staged", "server", "NO_COLOR"] {
            assert!(page.contains(word), "{word}\n{page}");
        }
        assert!(page.lines().filter(|l| l.starts_with(".TH")).count() == 1, "{page}");
    }
}
