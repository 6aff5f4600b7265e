//! The policy.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::words::POLICY_CHECK;

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
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum GraphForm {
    Text,
    Svg,
}
