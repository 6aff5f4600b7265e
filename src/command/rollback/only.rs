//! `--only`: single commits reverted on top of the base, newest first. What comes of it is judged like any other change.

use serde_json::json;

use super::{Made, RollbackArgs, commits, pasted, rollback, subject, words};
use crate::command::invocation::Invocation;
use crate::error::{Error, Result};
use crate::gather::Gatherer;
use crate::git::{Commit, range};
use crate::model::Oid;
use crate::output::Done;
use crate::report::json;
use crate::report::text::{HEAD, NEXT};
use crate::text::escape;

/// Reverts them, or says what would be reverted.
pub fn run(invocation: &Invocation<'_>, g: &Gatherer<'_>, base: &(String, Oid), args: &RollbackArgs) -> Result<Done> {
    let chosen = chosen(invocation, base, &args.only)?;
    // The plan, too: only so is it known whether it can be done.
    let trees = reverted(invocation, base, &chosen, args.apply)?;
    let name = escape(base.0.as_bytes());
    let mut out =
        format!("guard: {HEAD}revert{HEAD:#} of {} on top of `{name}`; judged like any other change\n", commits(chosen.len()));
    chosen.iter().for_each(|commit| out.push_str(&format!("  {}  {}\n", commit.oid.short(), subject(&commit.message))));
    let made = match (args.apply, chosen.first()) {
        (true, Some(first)) => {
            let mut tip = base.1;
            for (commit, tree) in chosen.iter().zip(trees) {
                let message = format!("Revert \"{}\"\n\nThis reverts commit {}.\n", subject(&commit.message), commit.oid);
                tip = rollback::commit(&invocation.repo, tree, tip, &message)?;
            }
            Some(Made::put(invocation, g, &format!("revert/{}", first.oid.short()), tip, args)?)
        }
        (true | false, _) => None,
    };
    out.push_str(&match &made {
        Some(made) => made.text(invocation.context, &base.0, ""),
        None => format!("{NEXT}next{NEXT:#}: {}\n", pasted(invocation.context, &format!("{} --apply", words(args)))),
    });
    Ok(Done::printed(if invocation.context.common.format.is_json() {
        let document = json!({
            "version": 1,
            "base": { "ref": base.0, "commit": base.1.to_string() },
            "reverts": chosen.iter().map(|commit| commit.oid.to_string()).collect::<Vec<_>>(),
            "branch": made.as_ref().map(|made| &made.branch),
            "commit": made.as_ref().map(|made| made.tip.to_string()),
            "pushed": made.as_ref().and_then(|made| made.pushed.as_ref()),
        });
        json::document(&document)
    } else {
        out
    }))
}

/// The commits, newest first, each once; all of them have to be the base's.
fn chosen(invocation: &Invocation<'_>, base: &(String, Oid), revisions: &[String]) -> Result<Vec<Commit>> {
    let mut named = Vec::new();
    for revision in revisions {
        let oid = invocation.repo.resolve(revision)?;
        if !range::is_ancestor(&invocation.repo, oid, base.1)? {
            let shown = escape(revision.as_bytes());
            return Err(Error::new(format!(
                "`{shown}` is no commit of `{}`, so there is nothing to revert",
                escape(base.0.as_bytes())
            )));
        }
        let commit = invocation.repo.commit(oid)?;
        if commit.parents.is_empty() {
            return Err(Error::new(format!("{} is a root commit: without it nothing would be left", oid.short())));
        }
        if !named.contains(&commit) {
            named.push(commit);
        }
    }
    // Children before parents: what came later is taken back first.
    for i in 0..named.len() {
        for j in i + 1..named.len() {
            if let (Some(one), Some(two)) = (named.get(i), named.get(j))
                && range::is_ancestor(&invocation.repo, one.oid, two.oid)?
            {
                named.swap(i, j);
            }
        }
    }
    Ok(named)
}

/// The tree after each of them.
fn reverted(invocation: &Invocation<'_>, base: &(String, Oid), chosen: &[Commit], keep: bool) -> Result<Vec<Oid>> {
    let mut trees = Vec::new();
    let mut onto = invocation.repo.commit(base.1)?.tree;
    for commit in chosen {
        let short = commit.oid.short();
        let tree = rollback::reverted(&invocation.repo, commit.oid, onto, keep)?.map_err(|paths| {
            let shown: Vec<String> = paths.iter().take(5).map(|path| escape(path.as_bytes())).collect();
            Error::new(format!("{short} can't be reverted by itself: later work changed the same lines of {}", shown.join(", ")))
                .help("revert that, too, or return to a whole tree: guard rollback")
        })?;
        if tree == onto {
            return Err(Error::new(format!("{short} is undone already: reverting it changes nothing")));
        }
        onto = tree;
        trees.push(tree);
    }
    Ok(trees)
}
