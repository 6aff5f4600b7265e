//! Hooks and shells.

use std::ffi::OsString;

use clap::{Args, ValueEnum};
use clap_complete::Shell;

/// `guard install`
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// On a server: install pre-receive, the gate, where this kind of server looks for it [default kind: as it looks]
    #[arg(long, value_enum, value_name = "KIND", num_args = 0..=1, require_equals = true, default_missing_value = "auto")]
    pub server: Option<ServerKind>,
    /// Also reference-transaction, which `--no-verify` does not skip: each new commit of a branch is judged before the branch moves
    #[arg(long, conflicts_with = "server")]
    pub strict: bool,
}

/// How a server keeps its hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum ServerKind {
    Auto,
    Bare,
    Gitolite,
    Gitea,
    Forgejo,
    Gitlab,
}

/// `guard doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// On a server: push a canary, too, that must be refused
    #[arg(long)]
    pub server: bool,
}

/// `guard hook`
#[derive(Debug, Args)]
pub struct HookArgs {
    /// The hook: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, pre-receive, post-receive, reference-transaction
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
