//! `guard policy check | show | diff | schema`.

mod text;

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use self::text::{START, outline};
use super::evidence::source_json;
use crate::command::invocation::{Invocation, repository};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::gather::trusted_policy::{PolicyFile, PolicyLookup};
use crate::gather::{missing_base, trusted_policy};
use crate::git::Repo;
use crate::git::range::DefaultBranch;
use crate::git::{range, staged, tree_diff};
use crate::model::RepoPath;
use crate::output::Done;
use crate::output::Format;
use crate::policy;
use crate::policy::FILE;
use crate::policy::{Finding, Here, Policy, PolicyError, PolicySource, Severity};
use crate::report::json;
use crate::text::escape;

const AFTER_HELP: &str = "\
Examples:
  guard policy check        the work tree's policy.toml
  guard policy show         the one in force, and where it was read
  guard policy show --graph svg > policy.svg
  guard policy diff HEAD~1  what has changed since, rule by rule
  guard policy schema > policy.schema.json";

const CHECK_AFTER_HELP: &str = "\
Exit status: 0 sound, 1 legal but weak (a warning; notices alone are 0), 2 can't
be enforced. A policy that can't be enforced whole is not enforced in part.";

/// `guard policy`
#[derive(Debug, Subcommand)]
#[command(after_help = AFTER_HELP)]
pub enum PolicyCommand {
    /// Check a policy, and warn of what is legal but weak
    #[command(after_help = CHECK_AFTER_HELP)]
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

/// Runs one of them.
///
/// # Errors
/// There is no such policy, it can't be read, or the repository can't.
pub fn run(context: &Context, command: &PolicyCommand) -> Result<Done> {
    let mut done = match command {
        PolicyCommand::Check { file } => check(context, file.as_deref().or(context.common.policy.as_deref()))?,
        PolicyCommand::Show { graph: None } => show(context)?,
        PolicyCommand::Show { graph: Some(form) } => graph(context, *form)?,
        PolicyCommand::Diff { rev } => diff(context, rev.as_deref())?,
        PolicyCommand::Schema => Done { out: policy::schema(), ..Done::default() },
    };
    if !context.common.format.is_json() {
        let paint = match command {
            PolicyCommand::Check { .. } | PolicyCommand::Diff { .. } => text::painted,
            PolicyCommand::Show { .. } | PolicyCommand::Schema => str::to_owned,
        };
        (done.out, done.err) = (paint(&done.out), paint(&done.err));
    }
    Ok(done)
}

/// Status 2 where the policy has errors, 1 where it has warnings; notices alone are 0.
fn check(context: &Context, file: Option<&Path>) -> Result<Done> {
    let repo = repository();
    let (text, repo) = match (file, repo) {
        (Some(file), repo) => (text::of_file(file)?, repo),
        (None, repo) => {
            let repo = repo?;
            if repo.is_bare() {
                let invocation = Invocation::by_hand(context, repo)?;
                return match find(&invocation)? {
                    Some(policy) => report(context, &policy, Ok(&invocation.repo)),
                    None => Err(nowhere()),
                };
            }
            (text::of_work_tree(&repo)?, Ok(repo))
        }
    };
    match policy::load(&text.content, text.source.clone()) {
        Ok(policy) => report(context, &policy, repo.as_ref()),
        Err(error) => Ok(refused(context, &text.source, &error)),
    }
}

/// The findings on a policy that loads.
#[expect(clippy::disallowed_methods, reason = "whether a key has expired is asked of this moment, and is a warning")]
fn report(context: &Context, policy: &Policy, repo: std::result::Result<&Repo, &Error>) -> Result<Done> {
    let here = match repo {
        Ok(repo) => Some(here(repo)?),
        Err(_) => None,
    };
    let mut found = policy::findings(policy, here.as_ref(), jiff::Timestamp::now());
    if let Err(error) = repo {
        let message = format!("areas were not compared with the paths of a repository: {}", error.message);
        let help = "run it in the repository that the policy is for".to_owned();
        found.push(Finding { severity: Severity::Notice, message, at: None, help });
    }
    if let Ok(repo) = repo
        && let Some(base) = &policy.base
        && let Some(error) = missing_base(repo, policy)?
    {
        let help = error.help.unwrap_or_default();
        found.push(Finding { severity: Severity::Warning, message: error.message, at: Some(base.at), help });
    }
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    let (warnings, notices) = (count(Severity::Warning), count(Severity::Notice));
    let status = u8::from(warnings > 0);
    if context.common.format.is_json() {
        let list: Vec<_> = found.iter().map(|f| finding_json(f.severity, &f.message, f.at, Some(&f.help))).collect();
        return Ok(Done { status, out: json_document(&policy.source, true, &list), ..Done::default() });
    }
    let shown = found.iter().filter(|finding| !context.common.quiet || finding.severity != Severity::Notice);
    let mut out: String = shown.map(|finding| finding.render(policy) + "\n").collect();
    if !context.common.quiet {
        let name = escape(policy.source.name.as_bytes());
        out.push_str(&format!("{name} is valid: {}, {}\n", counted(warnings, "warning"), counted(notices, "notice")));
    }
    Ok(Done { status, out, ..Done::default() })
}

/// A policy that can't be enforced.
fn refused(context: &Context, source: &PolicySource, error: &PolicyError) -> Done {
    let mut done = Done { status: 2, err: error.rendered.clone(), ..Done::default() };
    done.err.push_str(&format!("\n{}: the policy can't be enforced\n", counted(error.faults.len(), "error")));
    if context.common.format.is_json() {
        let list: Vec<_> =
            error.faults.iter().map(|f| finding_json(Severity::Error, &f.message, Some(f.at), f.help.as_deref())).collect();
        done.out = json_document(source, false, &list);
    }
    done
}

/// One error, warning or notice.
fn finding_json(severity: Severity, message: &str, at: Option<policy::Position>, help: Option<&str>) -> serde_json::Value {
    json!({ "severity": severity.word(), "message": message, "line": at.map(|at| at.line), "column": at.map(|at| at.column), "help": help })
}

/// The report of `policy check`, version 1.
fn json_document(source: &PolicySource, valid: bool, findings: &[serde_json::Value]) -> String {
    json::document(&json!({ "version": 1, "policy": source_json(source), "valid": valid, "findings": findings }))
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// What a policy is compared with.
fn here(repo: &Repo) -> Result<Here> {
    let named = repo.config("guard.policyRef")?;
    let base = match range::default_branch(repo, named.as_deref(), None)? {
        DefaultBranch::Named(branch) => Some(branch),
        DefaultBranch::Unsaid { .. } | DefaultBranch::Nothing => None,
    };
    let branches = range::branches(repo)?.into_iter().filter_map(|(name, _)| name.strip_prefix(b"refs/heads/").map(<[u8]>::to_vec));
    Ok(Here { paths: paths(repo)?, branches: branches.collect(), base })
}

/// Every path of the index, or where there is none of HEAD.
fn paths(repo: &Repo) -> Result<Vec<RepoPath>> {
    let tree = if repo.is_bare() {
        match repo.head()?.commit() {
            Some(commit) => repo.commit(commit)?.tree,
            None => return Ok(Vec::new()),
        }
    } else {
        staged::tree(repo)?
    };
    let walk =
        tree_diff::between(repo, None, Some(tree), u64::MAX).map_err(|e| e.context("could not list the repository's paths"))?;
    Ok(walk.deltas.into_iter().map(|delta| delta.path).collect())
}

/// The policy in force: the trusted one, else a bootstrap.
fn find(invocation: &Invocation<'_>) -> Result<Option<Policy>> {
    let policy = |found| match found {
        PolicyLookup::Trusted(policy) | PolicyLookup::Bootstrap(policy) => Some(*policy),
        PolicyLookup::Nothing => None,
    };
    let found = policy(invocation.find_policy(&[], None)?);
    if found.is_some() || invocation.repo.is_bare() {
        return Ok(found);
    }
    // Only a bootstrap can stand in the index alone.
    let index = staged::tree(&invocation.repo)?;
    Ok(policy(invocation.find_policy(&[index], None)?))
}

fn nowhere() -> Error {
    Error::new(format!("there is no {FILE}: neither on the base branch, nor in HEAD, nor in the index"))
        .help(format!("write one at the root of the repository; {START}"))
}

/// The policy in force, defaults filled in.
fn show(context: &Context) -> Result<Done> {
    let policy = find(&Invocation::open(context, false)?)?.ok_or_else(nowhere)?;
    let text = policy::show(&policy);
    let out = if context.common.format.is_json() {
        json::document(&json!({ "version": 1, "policy": source_json(&policy.source), "text": text }))
    } else {
        text
    };
    Ok(Done { out, ..Done::default() })
}

/// What its areas reach, as text, as a picture, or as JSON.
fn graph(context: &Context, form: GraphForm) -> Result<Done> {
    let policy = find(&Invocation::open(context, false)?)?.ok_or_else(nowhere)?;
    let out = if context.common.format.is_json() {
        let areas = policy::graph::graph(&policy);
        json::document(&json!({ "version": 1, "policy": source_json(&policy.source), "areas": areas }))
    } else {
        match form {
            GraphForm::Text => policy::graph::text(&policy),
            GraphForm::Svg => policy::graph::svg(&policy),
        }
    };
    Ok(Done { out, ..Done::default() })
}

/// What the work tree's policy means otherwise than a revision's, or than the trusted one.
fn diff(context: &Context, rev: Option<&str>) -> Result<Done> {
    let repo = repository()?;
    let new = match &context.common.policy {
        Some(file) => text::of_file(file)?,
        None => text::of_work_tree(&repo)?,
    };
    let old = match rev {
        Some(rev) => of_revision(&repo, rev)?,
        None => {
            let mut trusted = context.clone();
            trusted.common.policy = None;
            find(&Invocation::by_hand(&trusted, repo)?)?.ok_or_else(nowhere)?
        }
    };
    let new = match policy::load(&new.content, new.source.clone()) {
        Ok(policy) => policy,
        Err(error) => return Ok(refused(context, &new.source, &error)),
    };
    Ok(Done { out: compared(context.common.format, &old, &new), ..Done::default() })
}

/// The policy of a revision.
fn of_revision(repo: &Repo, rev: &str) -> Result<Policy> {
    let commit = repo.commit(repo.resolve(rev)?)?;
    let shown = escape(rev.as_bytes());
    match trusted_policy::in_tree(repo, commit.tree)? {
        PolicyFile::Missing => Err(Error::new(format!("there is no {FILE} in `{shown}`"))),
        PolicyFile::Unusable(why) => Err(Error::new(format!("{FILE} in `{shown}` is {why}"))),
        PolicyFile::Text { text, blob } => {
            let name = format!("{rev}:{FILE}");
            Ok(policy::load(&text, PolicySource { name, commit: Some(commit.oid), blob: Some(blob), trusted: false })?)
        }
    }
}

/// Rule by rule, then line by line.
fn compared(format: Format, old: &Policy, new: &Policy) -> String {
    let differences = policy::differences(old, new);
    if format.is_json() {
        let list: Vec<_> =
            differences.iter().map(|d| json!({ "rule": d.rule, "what": d.what, "effect": text::effect(d.effect) })).collect();
        return json::document(&json!({ "version": 1, "old": old.source.name, "new": new.source.name, "differences": list }));
    }
    let mut out: String = differences.iter().map(|difference| format!("{difference}\n")).collect();
    if differences.is_empty() {
        out.push_str("both mean the same\n");
    }
    let lines = outline(old, new);
    if !lines.is_empty() {
        out.push_str(&format!("\n{lines}"));
    }
    out
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
