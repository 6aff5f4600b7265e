//! The way back that an automatic halt makes: on a branch of its own, pushed by the right of whoever runs it, and where the policy says so to
//! what is broken as well.

use serde_json::{Value, json};

use super::{Plan, free_name, made_before};
use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::gather::Gatherer;
use crate::git::rollback;
use crate::model::Oid;
use crate::policy::AutoRollback;
use crate::text::{escape, shell_quote};

/// What came of it.
pub struct Automatic {
    /// Lines for people.
    pub text: String,
    /// For programs.
    pub document: Value,
    /// What a person has to do next.
    pub next: Vec<String>,
}

/// Makes it for the branch `broken`: its full name as this side knows it, and its tip. `remote`: where the halt went; without one nothing is
/// pushed. What goes wrong is told, and harmless: the halt stands.
pub fn automatic(
    invocation: &Invocation<'_>,
    g: &Gatherer<'_>,
    broken: (String, Oid),
    (wanted, remote): (AutoRollback, Option<&str>),
) -> Automatic {
    made(invocation, g, broken, (wanted, remote)).unwrap_or_else(|error| Automatic {
        text: format!("rollback: none was made: {error}\n"),
        document: json!({ "error": error.to_string() }),
        next: vec!["guard rollback".to_owned()],
    })
}

fn made(
    invocation: &Invocation<'_>,
    g: &Gatherer<'_>,
    broken: (String, Oid),
    (wanted, remote): (AutoRollback, Option<&str>),
) -> Result<Automatic> {
    let repo = &invocation.repo;
    let plan = Plan::make(invocation, g, broken, None)?;
    let name = format!("guard/rollback/{}", plan.target.oid.short());
    let (branch, tip) = match made_before(repo, &name, (plan.target.tree, plan.base.1))? {
        Some(known) => known,
        None => {
            let tip = rollback::commit(repo, plan.target.tree, plan.base.1, &plan.message())?;
            let branch = free_name(repo, &name)?;
            rollback::branch(repo, &branch, tip)?;
            (branch, tip)
        }
    };
    let base = short(&plan.base.0);
    let landed = pushed(remote.filter(|_| wanted == AutoRollback::Land), |remote| rollback::push(repo, remote, &branch, base));
    let kept = pushed(remote.filter(|_| !landed.is_done()), |remote| rollback::push(repo, remote, &branch, &branch));
    let (to, made) = (plan.target.oid.short(), format!("{} on branch `{}`", tip.short(), escape(branch.as_bytes())));
    let mut text = format!("rollback: a return to {to} is made: {made}\n");
    let shown = escape(base.as_bytes());
    text.push_str(&landed.line(&format!("it has landed on `{shown}`"), &format!("it could not land on `{shown}`")));
    text.push_str(&kept.line("the branch is pushed", "the branch is kept here, and could not be pushed"));
    let next = next(&branch, base, remote, (&landed, &kept));
    next.iter().for_each(|command| text.push_str(&format!("next: {command}\n")));
    let document = json!({
        "to": plan.target.oid.to_string(), "commit": tip.to_string(), "branch": branch, "pushed": kept.is_done(),
        "landed": landed.is_done(), "error": landed.why().or_else(|| kept.why()),
    });
    Ok(Automatic { text, document, next })
}

/// The push that a person has to make, from wherever the branch is.
fn next(branch: &str, base: &str, remote: Option<&str>, (landed, kept): (&Pushed, &Pushed)) -> Vec<String> {
    if landed.is_done() {
        return Vec::new();
    }
    let remote = remote.unwrap_or("origin");
    let from = if kept.is_done() { format!("refs/remotes/{remote}/{branch}") } else { format!("refs/heads/{branch}") };
    let fetch = kept.is_done().then(|| format!("git fetch {}", shell_quote(remote.as_bytes())));
    let push =
        format!("git push {} {}", shell_quote(remote.as_bytes()), shell_quote(format!("{from}:refs/heads/{base}").as_bytes()));
    fetch.into_iter().chain([push]).collect()
}

/// The short name of a branch, here or of a remote.
fn short(full: &str) -> &str {
    let remote = full.strip_prefix("refs/remotes/").and_then(|name| name.split_once('/')).map(|(_, name)| name);
    remote.or_else(|| full.strip_prefix("refs/heads/")).unwrap_or(full)
}

/// What came of a push.
enum Pushed {
    NotTried,
    Done,
    Failed(Error),
}

fn pushed(remote: Option<&str>, push: impl Fn(&str) -> Result<()>) -> Pushed {
    match remote.map(push) {
        None => Pushed::NotTried,
        Some(Ok(())) => Pushed::Done,
        Some(Err(error)) => Pushed::Failed(error),
    }
}

impl Pushed {
    fn is_done(&self) -> bool {
        matches!(self, Self::Done)
    }

    fn why(&self) -> Option<String> {
        match self {
            Self::NotTried | Self::Done => None,
            Self::Failed(error) => Some(error.details.clone().unwrap_or_else(|| error.to_string())),
        }
    }

    fn line(&self, done: &str, failed: &str) -> String {
        match self {
            Self::NotTried => String::new(),
            Self::Done => format!("{done}\n"),
            Self::Failed(_) => {
                let why = self.why().unwrap_or_default();
                let lines: String = why.lines().map(|line| format!("  {}\n", escape(line.as_bytes()))).collect();
                format!("{failed}:\n{lines}")
            }
        }
    }
}
