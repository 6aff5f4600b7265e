//! Hooks and shells.

use std::ffi::OsString;

use clap::Args;
use clap_complete::Shell;

/// `guard install`
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// In a bare repository: install pre-receive, the gate
    #[arg(long)]
    pub server: bool,
}

/// `guard hook`
#[derive(Debug, Args)]
pub struct HookArgs {
    /// The hook: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, pre-receive
    pub name: String,
    /// What git passed to it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// `guard completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}
