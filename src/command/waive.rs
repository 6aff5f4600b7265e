//! `guard waive`: an owner's signed waiver of one rule, on one tree.

use clap::Args;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};

use super::test::subject;
use crate::command::invocation::Invocation;
use crate::command::signing::Signing;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::evidence::envelope;
use crate::evidence::waiver::Waiver;
use crate::gather::trusted_policy::PolicyLookup;
use crate::gather::{Gatherer, Side};
use crate::git::{Kind, Repo, notes};
use crate::model::Oid;
use crate::output::Done;
use crate::policy::{self, Pattern};
use crate::rules::Rule;
use crate::text::escape;

const AFTER_HELP: &str = "\
A waiver is for exactly one tree, and of a limit for exactly the number that it names.
The key must be one of [owners] in the trusted policy. Nobody can waive safe-path,
protected-ref or halted.

Examples:
  guard waive file-limit --rev HEAD --limit 17 --reason 'generated' --expires 7d
  guard waive suite-change --tree TREE --path 'tests/login/' --reason 'new login' --expires 2026-12-31 --sign KEY --push origin";

/// `guard waive`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct WaiveArgs {
    /// The rule
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// On this tree, by its full id
    #[arg(long, value_name = "TREE", conflicts_with = "rev")]
    pub tree: Option<String>,
    /// On the tree of this revision [default: the index's]
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Only violations all of whose paths match one of these patterns
    #[arg(long, value_name = "PATTERN")]
    pub path: Vec<String>,
    /// Of a limit: the number that is covered
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Why: it stands in every report
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// When it ends: a time, a date, or a while such as 7d
    #[arg(long, value_name = "WHEN")]
    pub expires: String,
    /// Sign with this key, an owner's [default: git's user.signingKey]
    #[arg(long, value_name = "KEY", num_args = 0..=1, default_missing_value = "")]
    pub sign: Option<String>,
    /// Push the waiver to this remote
    #[arg(long, value_name = "REMOTE")]
    pub push: Option<String>,
}

/// More bytes of reason are not written.
const MAX_REASON: usize = 1000;

/// Writes, and with `--push` pushes, the waiver.
///
/// # Errors
/// The key is no owner's; the rule can't be waived; a reason, a number or an end is missing or can't be; it can't be signed or written.
pub fn run(context: &Context, args: &WaiveArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let repo = &invocation.repo;
    let rule = rule(&args.rule)?;
    let (id, now) = (rule.id, context.now);
    let expires = end(&args.expires, now)?;
    let (tree, commit) = target(repo, args)?;
    let PolicyLookup::Trusted(policy) = invocation.find_policy(&[tree], None)? else {
        return Err(Error::new("there is no trusted policy, so there is no owner").help("land policy.toml on the base first"));
    };
    if !policy.source.trusted {
        return Err(Error::new("`--policy` names nobody an owner: the trusted policy does").help("leave --policy out"));
    }
    let reason = reason(&args.reason)?;
    covers_what_it_can(rule, args)?;
    let sealing = Signing::owners(repo, &policy, args.sign.as_deref())?;
    let waiver = Waiver {
        tree,
        rule: id.to_owned(),
        paths: args.path.clone(),
        limit: args.limit,
        reason,
        created: now,
        expires,
        repository: Gatherer::new(repo, &policy, false, invocation.inputs(Side::Client))?.root_to_write(commit)?,
    };
    let payload = waiver.payload()?;
    let line = envelope::seal(&payload, &[sealing.seal(&payload)?]).map_err(|e| Error::new(format!("not written: {e}")))?;
    notes::append(repo, tree, &sealing.writer, &line)?;
    if let Some(remote) = &args.push {
        notes::push(repo, remote, &sealing.writer)?;
    }
    let pushed = args.push.as_ref().map_or_else(String::new, |to| format!(", pushed to {}", escape(to.as_bytes())));
    let unseen = if repo.exists(tree)? { "" } else { ", which is not in this clone," };
    Ok(Done::printed(format!("{id}: waived on tree {}{unseen} until {expires}{pushed}\n", tree.short())))
}

fn reason(text: &str) -> Result<String> {
    let reason = text.trim();
    if reason.is_empty() || reason.len() > MAX_REASON {
        return Err(Error::new(format!("a reason has 1 to {MAX_REASON} bytes")).help("say why: it stands in every report"));
    }
    Ok(reason.to_owned())
}

/// A number for a limit and for nothing else, and patterns that can be read.
fn covers_what_it_can(rule: &Rule, args: &WaiveArgs) -> Result<()> {
    let id = rule.id;
    if rule.is_limit() && args.limit.is_none() {
        return Err(Error::new(format!("a waiver of `{id}` carries the number that it covers"))
            .help("the violation says it: `17 files changed` is `--limit 17`"));
    }
    if !rule.is_limit() && args.limit.is_some() {
        return Err(Error::new(format!("`{id}` is no limit, so its waiver covers no number")).help("leave --limit out"));
    }
    for path in &args.path {
        Pattern::new(path).map_err(|why| Error::new(format!("bad pattern `{}`: {why}", escape(path.as_bytes()))))?;
    }
    Ok(())
}

fn rule(name: &str) -> Result<&'static Rule> {
    let shown = escape(name.as_bytes());
    let Some(rule) = Rule::named(name) else {
        return Err(Error::new(format!("there is no rule `{shown}`")).next("guard explain"));
    };
    if !rule.can_be_waived() {
        return Err(Error::new(format!("`{shown}` can't be waived, by nobody")).next("guard explain"));
    }
    Ok(rule)
}

/// The tree, and a commit that tells which repository this is.
fn target(repo: &Repo, args: &WaiveArgs) -> Result<(Oid, Oid)> {
    let Some(tree) = &args.tree else { return subject(repo, args.rev.as_deref()) };
    let shown = escape(tree.as_bytes());
    let oid = Oid::from_hex(tree).ok_or_else(|| Error::new(format!("`{shown}` is no full id of a tree")))?;
    // Of a tree that a server has refused an owner's clone knows the id alone, and no more is signed.
    match repo.exists(oid)?.then(|| repo.header(oid)).transpose()? {
        Some((Kind::Tree, _)) | None => {}
        Some((Kind::Commit | Kind::Blob | Kind::Tag, _)) => {
            let help = "of a commit it is `git rev-parse COMMIT^{tree}`, or say --rev COMMIT";
            return Err(Error::new(format!("`{shown}` is no tree")).help(help));
        }
    }
    let head = repo.head()?.commit();
    head.map(|head| (oid, head))
        .ok_or_else(|| Error::new("there is no commit yet, and a waiver names its repository by the root commit"))
}

/// A time, or a while from now.
fn end(text: &str, now: Timestamp) -> Result<Timestamp> {
    let shown = escape(text.as_bytes());
    let none = || Error::new(format!("`{shown}` is no time")).help("such as `7d`, `2026-12-31` or `2026-12-31T18:00:00Z`");
    let midnight = || format!("{text}T00:00:00Z").parse::<Timestamp>();
    let time = match policy::duration(text) {
        Ok(duration) => {
            let duration = SignedDuration::try_from(duration).map_err(|_too_long| none())?;
            let end = now.checked_add(duration).map_err(|_too_late| none())?;
            // Read by people in every report, who count no nanoseconds.
            end.round(TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil)).map_err(|_too_late| none())?
        }
        Err(_) => text.parse::<Timestamp>().or_else(|_no_time| midnight()).map_err(|_no_date| none())?,
    };
    if time > now { Ok(time) } else { Err(Error::new(format!("`{shown}` is over: a waiver ends in the future"))) }
}
