//! `guard audit`: the policy replayed over a history.

use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::audit::{Asked, Event, EventSource, Happened, Known, PolicyName, Recorded, replay};
use crate::command::invocation::Invocation;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::evidence::halt::{HaltKind, VerifiedStatement};
use crate::gather::Side;
use crate::gather::trusted_policy::EffectivePolicy;
use crate::git::{self, History};
use crate::model::Oid;
use crate::output::Streamed;
use crate::policy::Policy;
use crate::report::audit::{self, AuditFormat, View};
use crate::text::{escape, escape_words};

const AFTER_HELP: &str = "\
Every commit is judged by the rules as it stands there, and every landing on the
first-parent line by what it brought. Evidence counts as it stood then. Besides text
and JSON there is --format md, a page for an issue or a wiki, and --format html, one
file for a browser: charts, and tables that sort.
Exit status 0 whatever is found, 2 where it can't be told as a whole.

Examples:
  guard audit                            all that HEAD reaches
  guard audit v1.0..main --format md
  guard audit --format html >audit.html
  guard audit --policy-then -v           by the policy of each commit's time";

/// `guard audit`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct AuditArgs {
    /// A range A..B, or a tip: all that it reaches [default: HEAD]
    #[arg(value_name = "A..B | REV")]
    pub range: Option<String>,
    /// Judge each commit by the policy that was in force at its parent, not by today's
    #[arg(long)]
    pub policy_then: bool,
}

/// Replays, and hands over the report to be written. Status 0, whatever it finds.
///
/// # Errors
/// There is no policy to replay, or no such range; the repository can't be read as a whole.
pub fn run(context: &Context, args: &AuditArgs, format: AuditFormat) -> Result<Streamed> {
    git::bound()?;
    let invocation = Invocation::open(context, false)?;
    let range = args.range.as_deref().unwrap_or("HEAD");
    let (tip, hidden) = ends(&invocation, range)?;
    let effective = effective_policy(&invocation, args)?;
    let mut history = git::history(&invocation.repo, tip, &hidden, invocation.settings.max_commits)?;
    let today = effective.as_ref().map(|effective| effective.policy.as_ref());
    let known = known(&invocation, effective.as_ref(), &mut history);
    let judge = today.filter(|_| !args.policy_then);
    let asked = Asked { range: range.to_owned(), policy: named(judge), today: judge, known };
    let bar = bar(context, history.steps.len());
    let report = replay(asked, (context, &invocation.settings), &history, &|done| bar.inc(u64::try_from(done).unwrap_or(0)))?;
    bar.finish_and_clear();
    Ok(audit::show(format, report, View { verbose: context.common.verbose, quiet: context.common.quiet }))
}

/// The range's end, and what is left out of what it reaches.
fn ends(invocation: &Invocation<'_>, range: &str) -> Result<(Oid, Vec<Oid>)> {
    let Some((from, to)) = range.split_once("..") else {
        if range == "HEAD" && invocation.repo.head()?.commit().is_none() {
            return Err(Error::new("HEAD has no commit yet, so there is no history").next("git branch --all"));
        }
        return Ok((invocation.repo.resolve(range)?, Vec::new()));
    };
    if to.starts_with('.') {
        let shown = escape(range.as_bytes());
        return Err(Error::new(format!("`{shown}` is a symmetric difference, which no line of work has made"))
            .help("name a range A..B, or a tip"));
    }
    let end = |name: &str| invocation.repo.resolve(if name.is_empty() { "HEAD" } else { name });
    Ok((end(to)?, vec![end(from)?]))
}

/// Today's policy. With `--policy-then` it only says whose halts count, and there may be none.
fn effective_policy(invocation: &Invocation<'_>, args: &AuditArgs) -> Result<Option<EffectivePolicy>> {
    if args.policy_then && invocation.context.common.policy.is_some() {
        return Err(Error::new("`--policy` names one policy, and `--policy-then` asks for each commit's own").help("leave one out"));
    }
    match invocation.effective_policy(&[], None) {
        Ok(Ok(effective)) if !effective.bootstrap => Ok(Some(effective)),
        Ok(Ok(_) | Err(_)) | Err(_) if args.policy_then => Ok(None),
        Ok(Ok(_) | Err(_)) => Err(Error::new("there is no trusted policy, so there is nothing to replay")
            .help("land policy.toml on the base, name a file, or judge each commit by the policy of its time")
            .next("guard audit --policy FILE")
            .next("guard audit --policy-then")),
        Err(error) => Err(error),
    }
}

fn named(judge: Option<&Policy>) -> PolicyName {
    match judge.map(|policy| &policy.source) {
        Some(source) => PolicyName {
            source: source.name.clone(),
            commit: source.commit,
            blob: source.blob,
            trusted: source.trusted,
            then: false,
        },
        None => {
            let source = "policy.toml at each commit's parent".to_owned();
            PolicyName { source, commit: None, blob: None, trusted: true, then: true }
        }
    }
}

/// What happened besides changes since the range begins, by the ledger and by the notes; and what can't be told of that. The ledger tells `history`
/// what landed together, too.
fn known(invocation: &Invocation<'_>, effective: Option<&EffectivePolicy>, history: &mut History) -> Known {
    let since = history.steps.iter().map(|step| step.time).min().unwrap_or(i64::MAX);
    let mut known = Known { recorded: Recorded::read(&invocation.repo), since, ..Known::default() };
    let Some(effective) = effective else { return known };
    let gatherer = match invocation.gatherer(effective, invocation.inputs(Side::Client)) {
        Ok(gatherer) => gatherer,
        Err(error) => return Known { untold: vec![escape_words(&error.message)], ..known },
    };
    match gatherer.base_branch() {
        Ok(base) => {
            let base = base.map(|base| escape(format!("refs/heads/{base}").as_bytes()));
            let landed = history.land(&invocation.repo, base.iter().flat_map(|base| known.recorded.steps_of(base)));
            known.untold.extend(landed.err().map(|error| format!("what landed: {}", escape_words(&error.message))));
        }
        Err(error) => known.untold.push(format!("what landed: {}", escape_words(&error.message))),
    }
    match gatherer.spoken() {
        Ok(spoken) => known.words = spoken.into_iter().filter(|one| one.refused.is_none()).map(word).collect(),
        Err(error) => known.untold.push(format!("halts and resumes: {}", escape_words(&error.message))),
    }
    known
}

/// A halt or a resume, with the digest by which a ledger knows it.
fn word(one: VerifiedStatement) -> (String, Event) {
    let what = match (one.word.say, one.word.forced) {
        (HaltKind::Halt, _) => Happened::Halt,
        (HaltKind::Resume, true) => Happened::ForcedResume,
        (HaltKind::Resume, false) => Happened::Resume,
    };
    let about = escape(one.word.reason.as_bytes());
    let event = Event::of(what, one.word.created.as_second(), one.by, (&about, one.word.commit), EventSource::Notes);
    (one.digest, event)
}

/// How far it is; on a terminal alone.
fn bar(context: &Context, commits: usize) -> ProgressBar {
    if context.common.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(u64::try_from(commits).ok(), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{elapsed} {wide_bar} {pos} of {len} commits, {eta} left") {
        bar.set_style(style);
    }
    if !bar.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}
