//! `guard log`: the ledger, newest first, hashed anew.

use clap::Args;
use serde::Serialize;

use crate::command::invocation::repository;
use crate::context::Context;
use crate::error::Result;
use crate::git::Repo;
use crate::git::ledger;
use crate::ledger::Entry;
use crate::ledger::chain::Chain;
use crate::ledger::value::Id;
use crate::output::Done;
use crate::report::{json, text};

const AFTER_HELP: &str = "\
The ledger stands in refs/guard/ledger of the repository that is pushed to: a chain of
commits, one for each push that was taken, newest shown first. All of it is hashed
anew, however little is shown; where it is damaged, the exit status is 2.

Examples:
  guard log -n 20
  guard -C /srv/git/project.git log --format json
  git fetch origin refs/guard/ledger:refs/guard/ledger && guard log";

/// `guard log`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct LogArgs {
    /// Show only the newest N entries
    #[arg(short = 'n', value_name = "N")]
    pub number: Option<usize>,
}

/// One entry, and the commit that it is.
#[derive(Serialize)]
struct Shown {
    commit: Id,
    #[serde(flatten)]
    entry: Entry,
}

#[derive(Serialize)]
struct Document {
    version: u8,
    entries: Vec<Shown>,
}

/// Reads all, shows some.
///
/// # Errors
/// The ledger is damaged.
pub fn run(context: &Context, args: &LogArgs) -> Result<Done> {
    let repo = repository()?;
    let entries = entries(&repo, args.number.unwrap_or(usize::MAX))?;
    if context.common.format.is_json() {
        return Ok(Done::printed(json::document(&Document { version: 1, entries })));
    }
    let shown = entries.iter().map(|shown| text::ledger_entry(&shown.entry, shown.commit.0));
    let all = shown.collect::<Vec<String>>().join("\n");
    Ok(Done::printed(if all.is_empty() && args.number != Some(0) { empty(&repo) } else { all }))
}

fn empty(repo: &Repo) -> String {
    let hint = if repo.is_bare() {
        "guard install --server".to_owned()
    } else {
        format!("git fetch origin {0}:{0} && guard log", ledger::REF)
    };
    let why = if repo.is_bare() { "is empty: no push was recorded here" } else { "is not here: it stands where pushes go" };
    format!("guard: the ledger {why}\nnext: {hint}\n")
}

/// The newest `most`, all having been looked at: each is what its id says, and comes after the one that it counts from.
fn entries(repo: &Repo, most: usize) -> Result<Vec<Shown>> {
    let mut shown = Vec::new();
    for found in Chain::open(repo)? {
        let (commit, entry) = found?;
        if shown.len() < most {
            shown.push(Shown { commit: Id(commit), entry });
        }
    }
    Ok(shown)
}
