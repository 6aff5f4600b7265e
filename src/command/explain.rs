//! `guard explain`: a rule in full, or what a path would demand.

mod facts;
mod show;
mod target;

use std::ffi::OsStr;
use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use serde::Serialize;

use crate::command::invocation::{Invocation, repository};
use crate::context::Context;
use crate::diff::changes::file_changes;
use crate::error::{Error, Result};
use crate::gather::trusted_policy::PolicyLookup;
use crate::git::tree::PathEntry;
use crate::git::tree_diff::Delta;
use crate::git::{Kind, Repo, staged, tree};
use crate::model::{Entry, EntryKind, FileChange, RepoPath};
use crate::output::Done;
use crate::policy::Policy;
use crate::policy::near::nearest;
use crate::report::json;
use crate::rules::{RULES, Rule};
use crate::text::escape;

const AFTER_HELP: &str = "\
A name that is a rule's is taken for the rule; write ./NAME for the path.

Examples:
  guard explain               the list of rules
  guard explain file-limit    what it rejects, why, and how to satisfy it
  guard explain api/csrf.py   its areas, who may touch it, what it demands";

/// `guard explain`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct ExplainArgs {
    /// A rule's name or a path [default: the list of rules]
    #[arg(value_name = "RULE | PATH")]
    pub what: Option<OsString>,
}

/// Explains. What is a rule's name is the rule; `./NAME` is the path.
///
/// # Errors
/// There is no such rule, and nothing of that name; no policy to say what a path demands.
pub fn run(context: &Context, args: &ExplainArgs) -> Result<Done> {
    let json = context.common.format.is_json();
    let Some(what) = &args.what else {
        return Ok(Done::printed(if json { rules_json() } else { rules_text() }));
    };
    if let Some(rule) = RULES.iter().find(|rule| what == rule.id) {
        return Ok(Done::printed(if json {
            rule_json(rule)
        } else {
            format!("{}: {}\n\n{}\n\n{}\n", rule.id, rule.summary, rule.explanation.trim_end(), waiving(rule))
        }));
    }
    let repo = match repository() {
        Ok(repo) => repo,
        Err(_) if could_be_rule(what) && !Path::new(what).exists() => return Err(unknown(what)),
        Err(error) => return Err(error),
    };
    if could_be_rule(what) && !target::exists(&repo, what)? {
        return Err(unknown(what));
    }
    let path = target::path(&repo, what)?;
    let invocation = Invocation::by_hand(context, repo)?;
    let policy = policy(&invocation)?;
    let change = change(&invocation.repo, &policy, &path)?;
    let facts = facts::of(&policy, &change);
    let there = invocation.repo.is_bare() || target::exists(&invocation.repo, what)?;
    Ok(Done::printed(if json { json::document(&facts) } else { show::text(&facts, there) }))
}

/// A change of the path as the doors would see it: what stands there is edited, or a file is made.
///
/// Where there is no index it is HEAD's.
fn change(repo: &Repo, policy: &Policy, path: &RepoPath) -> Result<FileChange> {
    let tree = if repo.is_bare() {
        match repo.head()?.commit() {
            Some(commit) => repo.commit(commit)?.tree,
            None => repo.write(Kind::Tree, b"")?,
        }
    } else {
        staged::tree(repo)?
    };
    let old = match tree::look_up(repo, tree, path)? {
        PathEntry::Leaf(entry) => Some(entry),
        PathEntry::Nothing | PathEntry::Directory => None,
    };
    let new = match old {
        Some(entry) => entry,
        None => Entry { kind: EntryKind::File, oid: repo.write(Kind::Blob, b"")? },
    };
    let delta = Delta { path: path.clone(), old, new: Some(new) };
    let changes = file_changes(repo, vec![delta], tree, policy)?;
    changes.into_iter().next().ok_or_else(|| Error::new("nobody can tell what stands at this path"))
}

/// Whether an owner can waive a rule, and how.
fn waiving(rule: &Rule) -> String {
    if !rule.can_be_waived() {
        return "Nobody can waive it.".to_owned();
    }
    let limit = if rule.is_limit() { " --limit N" } else { "" };
    format!("An owner can waive it on one tree:\n\n    guard waive {}{limit} --reason TEXT --expires WHEN", rule.id)
}

/// No path that anybody would write without a slash or a dot looks like a rule by chance, but a misspelt rule does.
fn could_be_rule(what: &OsStr) -> bool {
    what.as_encoded_bytes().iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'))
}

fn unknown(what: &OsStr) -> Error {
    let shown = escape(what.as_encoded_bytes());
    let near = what.to_str().and_then(|word| nearest(word, RULES.iter().map(|rule| rule.id)));
    let help = match near {
        Some(rule) => format!("did you mean `{rule}`? guard explain {rule}"),
        None => format!("guard explain lists the rules; guard explain ./{shown} is about the path"),
    };
    Error::new(format!("no rule `{shown}`, and no path of that name")).help(help)
}

/// The policy in force, or the one that would be.
fn policy(invocation: &Invocation<'_>) -> Result<Box<Policy>> {
    let proposed = if invocation.repo.is_bare() { Vec::new() } else { vec![staged::tree(&invocation.repo)?] };
    match invocation.find_policy(&proposed, None)? {
        PolicyLookup::Trusted(policy) | PolicyLookup::Bootstrap(policy) => Ok(policy),
        PolicyLookup::Nothing => Err(Error::new("there is no policy that could demand anything of a path")
            .help("write one, or ask a file that is not in force: guard --policy FILE explain PATH")),
    }
}

#[derive(Serialize)]
struct RuleDoc {
    id: &'static str,
    summary: &'static str,
    explanation: &'static str,
    /// Whether an owner can waive it.
    waivable: bool,
}

impl RuleDoc {
    fn of(rule: &Rule) -> Self {
        Self { id: rule.id, summary: rule.summary, explanation: rule.explanation, waivable: rule.can_be_waived() }
    }
}

#[derive(Serialize)]
struct Document<T> {
    version: u8,
    #[serde(flatten)]
    content: T,
}

fn rule_json(rule: &Rule) -> String {
    #[derive(Serialize)]
    struct One {
        rule: RuleDoc,
    }
    json::document(&Document { version: 1, content: One { rule: RuleDoc::of(rule) } })
}

fn rules_json() -> String {
    #[derive(Serialize)]
    struct All {
        rules: Vec<RuleDoc>,
    }
    json::document(&Document { version: 1, content: All { rules: RULES.iter().map(|rule| RuleDoc::of(rule)).collect() } })
}

fn rules_text() -> String {
    let list: String = RULES.iter().map(|rule| format!("  {:<17} {}\n", rule.id, rule.summary)).collect();
    format!("{list}\nguard explain RULE says more of one; guard explain PATH what a path demands.\n")
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
