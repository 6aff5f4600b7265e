//! `guard rollback`: a return to a good tree, or single commits reverted. The plan first; with `--apply` the commits, on a branch of
//! their own.

mod automatic;
mod only;
mod plan;
mod refusal;

use super::last_good::{self, commits, date, subject};
use crate::command::invocation::Invocation;
use crate::command::pasted;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::gather::{Gatherer, Side};
use crate::git::{Repo, rollback};
use crate::model::Oid;
use crate::output::Done;
use crate::report::json;
use crate::report::text::{GOOD, NEXT};
use crate::text::escape;
use crate::text::shell_quote;
pub(super) use automatic::automatic;
use clap::Args;
use plan::Plan;

const AFTER_HELP: &str = "\
The plan comes first: what would be undone, and whose it is. Nothing can conflict,
since the tree is restored whole. The commit is exempt from limits where its tree is
proven, whatever it calls itself. The work tree stays as it is.

Examples:
  guard rollback                      the plan
  guard rollback --apply --push       the commit, on a branch that is pushed
  guard rollback --to v1.4 --apply
  guard rollback --only 1a2b3c4 --apply";

/// `guard rollback`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct RollbackArgs {
    /// The commit whose tree is restored [default: the last good one]
    #[arg(long, value_name = "REV", conflicts_with = "only")]
    pub to: Option<String>,
    /// Revert these commits alone, one by one: judged like any other change
    #[arg(long, value_name = "REV", num_args = 1..)]
    pub only: Vec<String>,
    /// Make it, on a branch of its own; without this, only the plan is shown
    #[arg(long)]
    pub apply: bool,
    /// Push that branch [default: to the base's remote]
    #[arg(long, value_name = "REMOTE", num_args = 0..=1, default_missing_value = "", requires = "apply")]
    pub push: Option<String>,
}

/// Branches of one name that are tried.
const MOST_BRANCHES: u32 = 99;

/// Shows the plan, or carries it out.
///
/// # Errors
/// There is no policy, no base, nothing good to return to; commits that can't be reverted; git's own refusals.
pub fn run(context: &Context, args: &RollbackArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let effective = last_good::effective_policy(&invocation)?;
    let gatherer = invocation.gatherer(&effective, invocation.inputs(Side::Client))?;
    let base = last_good::base(&invocation, &gatherer)?;
    if !args.only.is_empty() {
        return only::run(&invocation, &gatherer, &base, args);
    }
    let plan = Plan::make(&invocation, &gatherer, base, args.to.as_deref())?;
    if plan.is_there_already() {
        return Ok(said(context, &plan, None, format!("guard: nothing to undo: {}\n", plan.already())));
    }
    if !args.apply {
        let apply = pasted(context, &format!("{} --apply", words(args)));
        let text = format!("{}{NEXT}next{NEXT:#}: {apply}\n", plan.text());
        return Ok(said(context, &plan, None, text));
    }
    let name = format!("rollback/{}", plan.target.oid.short());
    let made = match made_before(&invocation.repo, &name, (plan.target.tree, plan.base.1))? {
        Some((branch, tip)) if args.push.is_none() => Made { branch, tip, pushed: None, again: true },
        Some(_) | None => {
            let commit = rollback::commit(&invocation.repo, plan.target.tree, plan.base.1, &plan.message())?;
            Made::put(&invocation, &gatherer, &name, commit, args)?
        }
    };
    let refused = plan.refused.iter().map(|refusal| refusal.request(context, &made.branch, &plan.base.0)).collect::<String>();
    let text = format!("{}{}", plan.text(), made.text(context, &plan.base.0, &refused));
    Ok(said(context, &plan, Some(&made), text))
}

fn said(context: &Context, plan: &Plan, made: Option<&Made>, text: String) -> Done {
    Done::printed(if context.common.format.is_json() { json::document(&plan.document(made)) } else { text })
}

/// The command as it was given, without what carries it out.
fn words(args: &RollbackArgs) -> String {
    let to = args.to.as_ref().map_or_else(String::new, |to| format!(" --to {}", shell_quote(to.as_bytes())));
    let only: String = args.only.iter().map(|rev| format!(" {}", shell_quote(rev.as_bytes()))).collect();
    if only.is_empty() { format!("guard rollback{to}") } else { format!("guard rollback --only{only}") }
}

/// What was made.
struct Made {
    branch: String,
    tip: Oid,
    pushed: Option<String>,
    /// It was there already.
    again: bool,
}

impl Made {
    /// Puts a commit on a branch of its own, whose name begins like that, and pushes it where that is asked.
    fn put(invocation: &Invocation<'_>, gatherer: &Gatherer<'_>, name: &str, tip: Oid, args: &RollbackArgs) -> Result<Self> {
        let remote = match &args.push {
            None => None,
            Some(named) if !named.is_empty() => Some(named.clone()),
            Some(_) => Some(remote_of_base(gatherer)?),
        };
        let branch = free_name(&invocation.repo, name)?;
        rollback::branch(&invocation.repo, &branch, tip)?;
        if let Some(remote) = &remote {
            let kept = format!("the branch `{branch}` is kept here, and can be pushed again");
            rollback::push(&invocation.repo, remote, &branch, &branch).map_err(|error| error.help(kept))?;
        }
        Ok(Self { branch, tip, pushed: remote, again: false })
    }

    /// What was made and what comes next: `first`, the check, the push.
    fn text(&self, context: &Context, base: &str, first: &str) -> String {
        let (branch, commit) = (escape(self.branch.as_bytes()), self.tip.short());
        let pushed = self.pushed.as_ref().map_or_else(String::new, |to| format!(", pushed to {}", escape(to.as_bytes())));
        let made = if self.again { "made before:" } else { "made" };
        let mut out = format!("guard: {GOOD}{made}{GOOD:#} {commit} on branch `{branch}`{pushed}; the work tree is as it was\n");
        let check = pasted(context, &format!("guard check {}", shell_quote(self.branch.as_bytes())));
        out.push_str(&format!("{first}{NEXT}next{NEXT:#}: {check}\n"));
        if let Some((remote, short)) = base.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/')) {
            let spec = format!("{}:{short}", self.branch);
            let (remote, spec) = (shell_quote(remote.as_bytes()), shell_quote(spec.as_bytes()));
            out.push_str(&format!("{NEXT}next{NEXT:#}: git push {remote} {spec}\n"));
        }
        out
    }
}

fn remote_of_base(gatherer: &Gatherer<'_>) -> Result<String> {
    let base = gatherer.base()?.map(|base| base.name).unwrap_or_default();
    let remote = base.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/')).map(|(remote, _)| remote.to_owned());
    remote.ok_or_else(|| Error::new("the base is no remote's branch").help("name the remote: --push REMOTE"))
}

/// The branch of such a name that holds that very return already.
fn made_before(repo: &Repo, name: &str, (tree, parent): (Oid, Oid)) -> Result<Option<(String, Oid)>> {
    for n in 1..=MOST_BRANCHES {
        let name = if n == 1 { name.to_owned() } else { format!("{name}-{n}") };
        let Some(tip) = repo.reference(&format!("refs/heads/{name}"))? else { return Ok(None) };
        let commit = repo.commit(tip)?;
        if commit.tree == tree && commit.parents == [parent] {
            return Ok(Some((name, tip)));
        }
    }
    Ok(None)
}

/// The first name like that which no branch has.
fn free_name(repo: &Repo, name: &str) -> Result<String> {
    for n in 1..=MOST_BRANCHES {
        let name = if n == 1 { name.to_owned() } else { format!("{name}-{n}") };
        if repo.reference(&format!("refs/heads/{name}"))?.is_none() {
            return Ok(name);
        }
    }
    Err(Error::new(format!("there are {MOST_BRANCHES} branches called `{}` already", escape(name.as_bytes())))
        .next(format!("git branch --list '{name}*'")))
}
