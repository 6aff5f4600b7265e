//! `guard hook NAME`: what the installed hooks call.

mod handoff;
mod message;
mod recovery_hint;
mod server_answer;
mod strict;

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use crate::command::invocation::{Ending, Invocation};
use crate::command::{install, push};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::gather::trusted_policy::EffectivePolicy;
use crate::gather::{Gatherer, IndexParents, Side, index_facts};
use crate::git::{Repo, staged};
use crate::ledger::LedgerLock;
use crate::model::Oid;
use crate::output::Done;
use crate::policy::Level;
use crate::policy::Stage;
use crate::rules::Rule;
use crate::verdict::{Decision, Verdict};
use clap::Args;
use handoff::Reading;

/// `guard hook`
#[derive(Debug, Args)]
pub struct HookArgs {
    /// The hook: pre-commit, pre-merge-commit, prepare-commit-msg, commit-msg, pre-push, pre-receive, post-receive, reference-transaction
    pub name: String,
    /// What git passed to it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// What a hook leaves as it was.
const KEPT: &str = "nothing was committed; the index is as it was";
/// What shows more.
const MORE: &str = "guard check --staged -v";
const MERGE_KEPT: &str = "nothing was committed; the merge is as it was: git merge --abort gives it up";

/// Runs one hook. Every hook's `--doctor` answers with a line and status 3, so that it can prove to run and can't serve as a bypass.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn run(context: &Context, args: &HookArgs) -> Result<Done> {
    if args.args.iter().any(|a| a == "--doctor") {
        return doctor(&args.name);
    }
    if !install::HOOKS.contains(&args.name.as_str()) {
        return Err(unknown(&args.name));
    }
    let kept = match args.name.as_str() {
        "pre-push" => push::NOTHING_PUSHED,
        "post-receive" => push::TAKEN,
        "pre-merge-commit" => MERGE_KEPT,
        "reference-transaction" => "no branch was moved",
        _ => KEPT,
    };
    judged(context, args).map_err(|error| error.kept(kept))
}

fn judged(context: &Context, args: &HookArgs) -> Result<Done> {
    match args.name.as_str() {
        "pre-commit" => pre_commit(&Invocation::open(context, true)?),
        "pre-merge-commit" => pre_merge_commit(&Invocation::open(context, true)?),
        "prepare-commit-msg" => prepare_commit_msg(context, &args.args),
        "commit-msg" => commit_msg(&Invocation::open(context, true)?, &args.args),
        "pre-push" => push::pre_push(&Invocation::open(context, true)?, &args.args, &stdin()?),
        "pre-receive" => Ok(server_answer::pre_receive(context)),
        "reference-transaction" => reference_transaction(context, &args.args),
        "post-receive" => push::post_receive(&Invocation::open_as_server(context)?, &stdin()?),
        other => Err(unknown(other)),
    }
}

/// Only in the state `prepared` can a transaction be refused.
fn reference_transaction(context: &Context, args: &[OsString]) -> Result<Done> {
    if args.first().is_none_or(|state| state != "prepared") {
        return Ok(Done::default());
    }
    let input = stdin()?;
    if LedgerLock::stands_in(&context.git_dir()) {
        Ok(server_answer::moving(context, &input))
    } else {
        strict::run(context, &input)
    }
}

fn unknown(name: &str) -> Error {
    Error::new(format!("no hook `{}`", crate::text::escape(name.as_bytes())))
        .help(format!("the hooks are {}", install::HOOKS.join(", ")))
}

fn doctor(name: &str) -> Result<Done> {
    if !install::HOOKS.contains(&name) {
        return Err(unknown(name));
    }
    Ok(Done { status: 3, out: format!("guard-doctor ok {name} {}\n", env!("CARGO_PKG_VERSION")), err: String::new() })
}

/// All of standard input, within a bound.
fn stdin() -> Result<Vec<u8>> {
    const MAX: u64 = 64 << 20;
    let mut input = Vec::new();
    std::io::stdin().lock().take(MAX + 1).read_to_end(&mut input)?;
    if u64::try_from(input.len()).unwrap_or(u64::MAX) > MAX {
        return Err(Error::new("standard input is over 64 MiB"));
    }
    Ok(input)
}

/// Tips that a merge in progress brings, from `MERGE_HEAD`, or at pre-merge-commit, where there is none yet, from the environment.
///
/// # Errors
/// `MERGE_HEAD` can't be read.
pub(super) fn merged(invocation: &Invocation<'_>) -> Result<Vec<Oid>> {
    merged_in(&invocation.repo)
}

/// Likewise.
///
/// # Errors
/// As `merged`.
pub(super) fn merged_in(repo: &Repo) -> Result<Vec<Oid>> {
    let text = match std::fs::read_to_string(repo.git_dir().join("MERGE_HEAD")) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::from(e).context("could not read MERGE_HEAD")),
    };
    text.lines()
        .map(|line| Oid::from_hex(line.trim()).ok_or_else(|| Error::new("MERGE_HEAD holds something that is no commit id")))
        .collect()
}

/// The policy that judges the index.
fn effective_policy(invocation: &Invocation<'_>) -> Result<std::result::Result<EffectivePolicy, Done>> {
    invocation.effective_policy(&[staged::tree(&invocation.repo)?], None)
}

fn gatherer<'g>(invocation: &'g Invocation<'_>, effective: &'g EffectivePolicy) -> Result<Gatherer<'g>> {
    invocation
        .gatherer(effective, invocation.inputs(Side::Client).before_the_message(install::is_live(&invocation.repo, "commit-msg")?))
}

type Judged = (Verdict, Option<(String, Oid)>);

/// The index as the next commit under a policy; `message` once it is known.
fn judge(
    invocation: &Invocation<'_>,
    effective: &EffectivePolicy,
    g: &Gatherer<'_>,
    parents: &IndexParents,
    message: Option<&[u8]>,
) -> Result<Judged> {
    if g.missing_base()?.is_some() && g.index_corrects_policy(parents)? {
        g.let_the_policy_s_branch_stand_in();
    }
    let base = invocation.base(g)?;
    let facts = index_facts(g, Stage::Commit, parents, base.as_ref().map(|(_, oid)| *oid), message)?;
    Ok((crate::judge(&effective.policy, &facts)?, base))
}

/// Judges the index as that reading has it.
///
/// Where it can't be told whether the commit replaces HEAD, the reading under which it is accepted.
fn judge_as(
    invocation: &Invocation<'_>,
    effective: &EffectivePolicy,
    g: &Gatherer<'_>,
    reading: Reading,
    message: Option<&[u8]>,
) -> Result<Judged> {
    if reading == Reading::Amend {
        return judge(invocation, effective, g, &IndexParents::Amend, message);
    }
    let plain = judge(invocation, effective, g, &IndexParents::Head { merged: merged(invocation)? }, message)?;
    if reading == Reading::Plain || plain.0.decision == Decision::Accepted {
        return Ok(plain);
    }
    let amend = judge(invocation, effective, g, &IndexParents::Amend, message)?;
    Ok(if amend.0.decision == Decision::Accepted { amend } else { plain })
}

/// pre-commit can't tell an amend from a commit. Where prepare-commit-msg, which can, is installed, only what is wrong either way is
/// rejected here, and what was found is left for it; elsewhere a plain commit is judged.
fn pre_commit(invocation: &Invocation<'_>) -> Result<Done> {
    let tree = staged::tree(&invocation.repo)?;
    handoff::take(invocation, tree)?;
    let effective = match effective_policy(invocation)? {
        Ok(effective) => effective,
        Err(done) => return Ok(done),
    };
    let g = gatherer(invocation, &effective)?;
    let merging = !merged(invocation)?.is_empty();
    let amendable =
        !merging && invocation.repo.head()?.commit().is_some() && install::is_live(&invocation.repo, "prepare-commit-msg")?;
    let reading = if amendable { Reading::Either } else { Reading::Plain };
    let (verdict, base) = judge_as(invocation, &effective, &g, reading, None)?;
    if amendable && verdict.decision == Decision::Accepted {
        handoff::leave(invocation, tree, reading)?;
        return Ok(invocation.report_for_now(&effective, &verdict, base.as_ref()));
    }
    Ok(report(invocation, &effective, (&verdict, base.as_ref()), &[if merging { MERGE_KEPT } else { KEPT }]))
}

fn pre_merge_commit(invocation: &Invocation<'_>) -> Result<Done> {
    let effective = match effective_policy(invocation)? {
        Ok(effective) => effective,
        Err(done) => return Ok(done),
    };
    let g = gatherer(invocation, &effective)?;
    let mut tips = merged(invocation)?;
    if tips.is_empty() {
        tips = invocation.context.merge_heads();
    }
    if tips.is_empty() {
        return Err(Error::new("git names no commit that is merged here (neither MERGE_HEAD nor GITHEAD_<oid>)"));
    }
    let (verdict, base) = judge(invocation, &effective, &g, &IndexParents::Head { merged: tips }, None)?;
    Ok(report(invocation, &effective, (&verdict, base.as_ref()), &[MERGE_KEPT]))
}

/// The answer. What is refused of an index that git throws away with the commit stays in the repository: what is told to be done about it is
/// about that very tree.
fn report(
    invocation: &Invocation<'_>,
    effective: &EffectivePolicy,
    (verdict, base): (&Verdict, Option<&(String, Oid)>),
    kept: &[&str],
) -> Done {
    if verdict.decision == Decision::Rejected && invocation.repo.has_passing_index() {
        // Only words depend on it.
        drop(staged::write(&invocation.repo));
    }
    invocation.report(effective, verdict, base, &Ending { rejected: kept, more: MORE, judged: "" })
}

/// Writes the markers of this tree's evidence, removes those of others, and where pre-commit left it, has the last word, but for markers
/// that commit-msg will see. Where pre-commit didn't run (`--no-verify`, which doesn't skip this hook, or a command that doesn't run it)
/// the server decides, and nothing that fails here stands in the way: or a broken policy could not even be corrected.
fn prepare_commit_msg(context: &Context, args: &[OsString]) -> Result<Done> {
    let file = message::file(args)?;
    let unmarked = |error: Error| Done { err: format!("guard: no marker is written: {}\n", error.message), ..Done::default() };
    let invocation = match Invocation::open(context, true) {
        Ok(invocation) => invocation,
        Err(error) => return Ok(unmarked(error)),
    };
    let tree = staged::tree(&invocation.repo)?;
    match handoff::take(&invocation, tree)? {
        None => Ok(marked(&invocation, tree, &file).map_or_else(unmarked, |_law| Done::default())),
        Some(_) => last_word(&invocation, args, tree, &file),
    }
}

/// Writes trailers; gives the effective policy, where there is one.
fn marked(invocation: &Invocation<'_>, tree: Oid, file: &Path) -> Result<Option<EffectivePolicy>> {
    let Ok(effective) = effective_policy(invocation)? else { return Ok(None) };
    message::write_markers(invocation, &effective, tree, file)?;
    Ok(Some(effective))
}

fn last_word(invocation: &Invocation<'_>, args: &[OsString], tree: Oid, file: &Path) -> Result<Done> {
    let Some(effective) = marked(invocation, tree, file)? else { return Ok(Done::default()) };
    let g = gatherer(invocation, &effective)?;
    let reading = handoff::reading(invocation, args)?;
    let (verdict, base) = judge_as(invocation, &effective, &g, reading, None)?;
    if g.inputs().awaits_trailer() && effective.policy.evidence.commit.0 == Level::Claimed && verdict.decision == Decision::Accepted
    {
        handoff::leave(invocation, tree, reading)?;
        return Ok(Done::default());
    }
    Ok(report(invocation, &effective, (&verdict, base.as_ref()), &[KEPT, &message::kept(invocation, file, reading)]))
}

/// Writes the markers that prepare-commit-msg had no text to add to, then judges what nobody could see before: the markers, where the
/// policy accepts them before a commit.
fn commit_msg(invocation: &Invocation<'_>, args: &[OsString]) -> Result<Done> {
    let file = message::file(args)?;
    let tree = staged::tree(&invocation.repo)?;
    let left = handoff::take(invocation, tree)?;
    let Some(effective) = marked(invocation, tree, &file)? else { return Ok(Done::default()) };
    if effective.policy.evidence.commit.0 != Level::Claimed {
        return Ok(Done::default());
    }
    let g = invocation.gatherer(&effective, invocation.inputs(Side::Client))?;
    let text = message::text(invocation, &file)?;
    let reading = left.unwrap_or(Reading::Plain);
    let (verdict, base) = judge_as(invocation, &effective, &g, reading, Some(&text))?;
    let verdict = only_proofs(verdict);
    if left.is_none() && verdict.decision == Decision::Accepted {
        return Ok(Done::default());
    }
    Ok(report(invocation, &effective, (&verdict, base.as_ref()), &[KEPT, &message::kept(invocation, &file, reading)]))
}

/// Everything else was judged by pre-commit and prepare-commit-msg.
fn only_proofs(verdict: Verdict) -> Verdict {
    let mut judgements = verdict.judgements;
    for judgement in &mut judgements {
        judgement.outcomes.retain(|(id, _)| Rule::named(id).is_some_and(|rule| rule.about_proof));
    }
    Verdict::of(verdict.stage, judgements)
}
