//! `guard last-good`: the newest commit of the base whose tree is proven, how far back it is, and what lies between.

use clap::Args;
use serde_json::{Value, json};

use crate::command::invocation::Invocation;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::gather::trusted_policy::EffectivePolicy;
use crate::gather::{Gatherer, KnownGood, Side, Undone};
use crate::git::Repo;
use crate::model::Oid;
use crate::output::Done;
use crate::policy::Policy;
use crate::report::json;
use crate::report::text::{BAD, GOOD, NEXT};
use crate::rules::known_good;
use crate::text::escape;

const AFTER_HELP: &str = "\
A tree is good where every suite is proven on it as a landing demands. Exit status 1
where no commit of the base is.

Examples:
  guard last-good
  guard last-good --suite integration --format json";

/// `guard last-good`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct LastGoodArgs {
    /// Ask for proof of these suites [default: every suite that the policy demands of anything]
    #[arg(long = "suite", value_name = "SUITE")]
    pub suites: Vec<String>,
}

/// Commits that are listed in text.
const MOST: usize = 20;

/// Looks for it. Status 1 where there is none.
///
/// # Errors
/// There is no policy, no base, no suite; something can't be read.
pub fn run(context: &Context, args: &LastGoodArgs) -> Result<Done> {
    let invocation = Invocation::open(context, false)?;
    let effective = effective_policy(&invocation)?;
    let gatherer = invocation.gatherer(&effective, invocation.inputs(Side::Client))?;
    let base = base(&invocation, &gatherer)?;
    let suites = suites(&effective.policy, &args.suites)?;
    let good = gatherer.last_good(base.1, &suites)?;
    let between = match &good {
        Some(good) => gatherer.between(good.commit.oid, base.1)?,
        None => Vec::new(),
    };
    let out = if context.common.format.is_json() {
        document(&invocation.repo, &base, &suites, good.as_ref(), &between)?
    } else {
        text(&invocation.repo, &base, &suites, good.as_ref(), &between)?
    };
    Ok(Done { status: u8::from(good.is_none()), out, err: String::new() })
}

/// The policy that says what is good.
pub(super) fn effective_policy(invocation: &Invocation<'_>) -> Result<EffectivePolicy> {
    match invocation.effective_policy(&[], None)? {
        Ok(effective) if !effective.bootstrap => Ok(effective),
        Ok(_) | Err(_) => {
            Err(Error::new("there is no trusted policy, so nothing says what is good").help("land policy.toml on the base first"))
        }
    }
}

/// The base's name and tip.
pub(super) fn base(invocation: &Invocation<'_>, gatherer: &Gatherer<'_>) -> Result<(String, Oid)> {
    invocation
        .base(gatherer)?
        .ok_or_else(|| Error::new("there is no base branch here, so there is nothing to return to").next("git fetch --all"))
}

/// The suites that are asked for: those named, else all that the policy demands.
pub(super) fn suites<'l>(policy: &'l Policy, named: &'l [String]) -> Result<Vec<&'l str>> {
    let suites: Vec<&str> = if named.is_empty() {
        known_good::suites(policy)
    } else {
        super::test::declared(policy, named)?.into_iter().map(|suite| suite.name.value.as_str()).collect()
    };
    if suites.is_empty() {
        return Err(Error::new("the policy demands no suite of anything, so nothing is ever proven")
            .help("name one: guard last-good --suite SUITE"));
    }
    Ok(suites)
}

/// The commits, each on a line: id, whose, subject.
pub(super) fn list(between: &[Undone]) -> Vec<String> {
    let mut lines: Vec<String> = between.iter().take(MOST).map(line).collect();
    if between.len() > MOST {
        lines.push(format!("… {} more (--format json has them all)", between.len() - MOST));
    }
    lines
}

/// One commit: id, whose, subject.
pub(super) fn line(undone: &Undone) -> String {
    format!("{}  {:<20} {}", undone.commit.oid.short(), who(undone), subject(&undone.commit.message))
}

/// Whose it is.
pub(super) fn who(undone: &Undone) -> String {
    let email = || format!("<{}>", escape(&undone.commit.author_email));
    undone.actor.name.as_ref().map_or_else(email, |name| escape(name.as_bytes()))
}

/// The first line of a message, as much of it as a line has room for.
pub(super) fn subject(message: &[u8]) -> String {
    const MOST: usize = 60;
    let first = message.split(|b| *b == b'\n').next().unwrap_or_default();
    let shown = escape(first);
    match shown.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}

/// How many by whom, most first.
pub(super) fn by_whom(between: &[Undone]) -> Vec<(String, usize)> {
    let mut all: Vec<(String, usize)> = Vec::new();
    for name in between.iter().map(who) {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => all.push((name, 1)),
        }
    }
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}

/// `3 commits`.
pub(super) fn commits(count: usize) -> String {
    if count == 1 { "1 commit".to_owned() } else { format!("{count} commits") }
}

/// When a commit was made by its author, as a date.
pub(super) fn date(repo: &Repo, commit: Oid) -> Result<String> {
    let (_, seconds) = repo.author(commit)?;
    Ok(jiff::Timestamp::from_second(seconds).map_or_else(|_no_time| seconds.to_string(), |time| time.to_string()))
}

fn text(repo: &Repo, base: &(String, Oid), suites: &[&str], good: Option<&KnownGood>, between: &[Undone]) -> Result<String> {
    let name = escape(base.0.as_bytes());
    let asked: Vec<String> = suites.iter().map(|suite| format!("`{}`", escape(suite.as_bytes()))).collect();
    let Some(good) = good else {
        return Ok(format!(
            "guard: {BAD}no good state{BAD:#}: no commit of `{name}` has proof of {} on its tree\n\
             {NEXT}next{NEXT:#}: guard evidence {name}\n",
            asked.join(", ")
        ));
    };
    let how_far = match good.back {
        0 => "the tip itself".to_owned(),
        1 => "1 first parent back".to_owned(),
        n => format!("{n} first parents back"),
    };
    let mut out = format!(
        "guard: last good: {GOOD}{}{GOOD:#} on `{name}`, {how_far}, of {}\n  {}\n",
        good.commit.oid.short(),
        date(repo, good.commit.oid)?,
        subject(&good.commit.message)
    );
    for suite in suites {
        if let Some(proof) = good.proofs.get(*suite) {
            let by = proof.by.as_ref().map_or_else(String::new, |by| format!(", {by}"));
            out.push_str(&format!("  {}: {}{by}\n", escape(suite.as_bytes()), proof.level));
        }
    }
    if !between.is_empty() {
        let by: Vec<String> = by_whom(between).iter().map(|(name, count)| format!("{name} {count}")).collect();
        out.push_str(&format!("since then: {}, by {}\n", commits(between.len()), by.join(", ")));
        list(between).iter().for_each(|line| out.push_str(&format!("  {line}\n")));
        out.push_str(&format!("{NEXT}next{NEXT:#}: guard rollback\n"));
    }
    Ok(out)
}

fn document(repo: &Repo, base: &(String, Oid), suites: &[&str], good: Option<&KnownGood>, between: &[Undone]) -> Result<String> {
    let good = match good {
        None => Value::Null,
        Some(good) => {
            let proof = |suite: &&str| {
                let found = good.proofs.get(*suite);
                json!({ "suite": suite, "found": found.map(|p| p.level.as_str()), "by": found.and_then(|p| p.by.clone()) })
            };
            json!({
                "commit": good.commit.oid.to_string(), "tree": good.commit.tree.to_string(), "back": good.back,
                "time": date(repo, good.commit.oid)?, "proofs": suites.iter().map(proof).collect::<Vec<_>>(),
            })
        }
    };
    let base = json!({ "ref": base.0, "commit": base.1.to_string() });
    let between: Vec<Value> = between.iter().map(undone).collect();
    Ok(json::document(&json!({ "version": 1, "base": base, "suites": suites, "good": good, "between": between })))
}

/// A commit that a return would undo.
pub(super) fn undone(undone: &Undone) -> Value {
    json!({
        "commit": undone.commit.oid.to_string(), "specialist": undone.actor.name, "source": undone.actor.source.as_json(),
        "subject": subject(&undone.commit.message),
    })
}
