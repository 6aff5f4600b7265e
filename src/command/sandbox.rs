//! `guard sandbox`: the process that becomes a suite. `guard test` starts it, and it is in no list of commands.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::error::Result;
use crate::output::Done;
use crate::runner::sandbox::{Role, enter, init};

/// `guard sandbox`
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Which process this is
    #[arg(value_enum)]
    which: Which,
}

/// A role, by its name.
#[derive(Clone, Copy, Debug)]
struct Which(Role);

impl ValueEnum for Which {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Role::Suite), Self(Role::Init)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// Becomes that process.
///
/// # Errors
/// Nobody is there who started it as `guard test` does.
pub fn run(args: &SandboxArgs) -> Result<Done> {
    let status = match args.which.0 {
        Role::Suite => enter()?,
        Role::Init => init()?,
    };
    Ok(Done { status, out: String::new(), err: String::new() })
}
