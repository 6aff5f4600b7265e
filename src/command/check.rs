//! `guard check`: the index, a branch, a range, or the merge with the base, by hand.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use crate::command::invocation::{Ending, Invocation};
use crate::context::Context;
use crate::diff::merge::{self, Merged};
use crate::error::{Error, Result};
use crate::gather::trusted_policy::{self, EffectivePolicy};
use crate::gather::{Gatherer, IndexParents, Landing, Side, index_facts, landing_facts};
use crate::git::{Head, range, staged};
use crate::model::Oid;
use crate::output::Done;
use crate::policy::Stage;
use crate::text::escape;
use crate::text::shell_quote;

const AFTER_HELP: &str = "\
Exit status: 0 accepted, 1 rejected, 2 could not decide.

Examples:
  guard check                    the current branch against its base
  guard check --staged           what a commit would be told now
  guard check feature --merge    what merging `feature` would land
  guard check main..feature --as docs-writer --format json";

/// `guard check`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct CheckArgs {
    /// A branch or commit, judged against its base, or a range A..B [default: the current branch]
    #[arg(value_name = "REV | A..B", conflicts_with = "staged")]
    pub revision: Option<String>,
    /// Judge the index, as pre-commit does
    #[arg(long)]
    pub staged: bool,
    /// What to measure against; a branch that holds a policy is judged by that one [default: the policy's base]
    #[arg(long, value_name = "REF", conflicts_with = "staged")]
    pub base: Option<String>,
    /// Judge the tree that merging into the base would give
    #[arg(long, conflicts_with = "staged")]
    pub merge: bool,
    /// Judge as this specialist (a claim)
    #[arg(long = "as", value_name = "SPECIALIST")]
    pub specialist: Option<String>,
    /// Which level of proof to demand: as before a commit, in a push to a branch, or to a protected one [default: commit for the
    /// index, else land]
    #[arg(long, value_enum)]
    pub stage: Option<StageName>,
}

/// A stage, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum StageName {
    Commit,
    Branch,
    Land,
}

/// Judges, and reports on standard output.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn run(context: &Context, args: &CheckArgs) -> Result<Done> {
    let mut invocation = Invocation::open(context, false)?;
    let proposed = proposed(&invocation, args)?;
    let effective = match policy(&mut invocation, args, &proposed)? {
        Ok(effective) => effective,
        Err(done) => return Ok(done),
    };
    if let Some(name) = &args.specialist
        && effective.policy.specialist(name).is_none()
    {
        let names: Vec<&str> = effective.policy.specialists.iter().map(|s| s.name.value.as_str()).collect();
        return Err(Error::new(format!("no specialist `{}` in the policy", escape(name.as_bytes())))
            .help(format!("the policy names {}", names.join(", "))));
    }
    let gatherer = invocation.gatherer(&effective, invocation.inputs(Side::Client).acting_as(args.specialist.as_deref()))?;
    if args.staged || alone_on_base(&invocation, &gatherer, args)? {
        return index(&invocation, &effective, &gatherer, args);
    }
    branch(&invocation, &effective, &gatherer, args)
}

/// The policy that judges: that of the branch which `--base` names, else as at every door.
fn policy(
    invocation: &mut Invocation<'_>,
    args: &CheckArgs,
    proposed: &[Oid],
) -> Result<std::result::Result<EffectivePolicy, Done>> {
    let elsewhere = invocation.context.common.policy.is_some() || invocation.settings.policy_file.is_some();
    if let Some(name) = args.base.as_deref().filter(|_| !elsewhere)
        && let Some(branch) = range::named(&invocation.repo, name)?
        && let Some(mut policy) = trusted_policy::held_by(&invocation.repo, &branch)?
    {
        let default = trusted_policy::default_branch(&invocation.repo, &invocation.settings, None);
        policy.source.trusted = default.is_ok_and(|default| default.as_ref() == Some(&branch.branch));
        // Where the policy leaves open where work lands, it is there, too.
        invocation.settings.policy_ref = Some(branch.branch);
        return Ok(Ok(EffectivePolicy { policy, bootstrap: false }));
    }
    invocation.effective_policy(proposed, None)
}

fn stage(args: &CheckArgs, default: Stage) -> Stage {
    match args.stage {
        None => default,
        Some(StageName::Commit) => Stage::Commit,
        Some(StageName::Branch) => Stage::Branch,
        Some(StageName::Land) => Stage::Land,
    }
}

/// Trees in which a bootstrap policy may stand.
fn proposed(invocation: &Invocation<'_>, args: &CheckArgs) -> Result<Vec<Oid>> {
    match &args.revision {
        Some(revision) => {
            let tip = revision.rsplit_once("..").map_or(revision.as_str(), |(_, tip)| tip);
            let tip = if tip.is_empty() { "HEAD" } else { tip };
            Ok(vec![invocation.repo.commit(invocation.repo.resolve(tip)?)?.tree])
        }
        None if invocation.repo.is_bare() => Ok(Vec::new()),
        None => Ok(vec![staged::tree(&invocation.repo)?]),
    }
}

/// On the base branch itself, without an upstream, only the index is left to judge.
fn alone_on_base(invocation: &Invocation<'_>, gatherer: &Gatherer<'_>, args: &CheckArgs) -> Result<bool> {
    if args.revision.is_some() || args.base.is_some() || args.merge || invocation.repo.is_bare() {
        return Ok(false);
    }
    let head = invocation.repo.head()?;
    if matches!(head, Head::Unborn(_)) {
        return Ok(true);
    }
    let base = gatherer.base()?;
    Ok(match (head.branch(), base) {
        (Some(branch), Some(base)) => base.name.as_bytes() == branch,
        (Some(_) | None, _) => false,
    })
}

fn index(invocation: &Invocation<'_>, effective: &EffectivePolicy, gatherer: &Gatherer<'_>, args: &CheckArgs) -> Result<Done> {
    invocation.repo.work_tree()?;
    let merged = super::hook::merged(invocation)?;
    let base = invocation.base(gatherer)?;
    let stage = stage(args, Stage::Commit);
    let facts = index_facts(gatherer, stage, &IndexParents::Head { merged }, base.as_ref().map(|(_, oid)| *oid), None)?;
    let more = more(args).replacen("check", "check --staged", 1);
    invocation.answer(effective, &facts, base.as_ref(), &Ending { rejected: &[], more: &more, judged: "" })
}

fn branch(invocation: &Invocation<'_>, effective: &EffectivePolicy, gatherer: &Gatherer<'_>, args: &CheckArgs) -> Result<Done> {
    let stage = stage(args, Stage::Land);
    let (base, landing) = match args.revision.as_deref().and_then(|r| r.split_once("..").map(|ends| (r, ends))) {
        Some((revision, ends)) => range(invocation, revision, ends, stage)?,
        None => against_base(invocation, gatherer, args, stage)?,
    };
    if args.base.is_none() && effective.policy.source.commit.is_some() {
        landing.tip.map_or(Ok(()), |tip| trusted_policy::demand_another_s_word(&invocation.repo, &invocation.settings, tip))?;
    }
    let landing = if args.merge { with_merge(invocation, landing, base.as_ref())? } else { landing };
    let facts = landing_facts(gatherer, std::slice::from_ref(&landing))?;
    let parts: BTreeSet<Option<Oid>> = facts.subjects.iter().flat_map(|s| &s.parts).map(|p| p.commit).collect();
    if parts.is_empty() {
        let against =
            base.as_ref().map_or_else(String::new, |(name, _)| format!(" that `{}` does not have", escape(name.as_bytes())));
        let index = args.revision.is_none() && !invocation.repo.is_bare();
        let index = if index { "; guard check --staged judges the index" } else { "" };
        let halted = halted(gatherer)?;
        let line = format!("nothing to judge, no commit{against}{index}{halted}");
        return Ok(invocation.nothing(effective, stage, base.as_ref(), &line));
    }
    invocation.answer(effective, &facts, base.as_ref(), &Ending { rejected: &[], more: &more(args), judged: judged(stage) })
}

/// As what a branch is judged, and what judges it as something else: each stage demands a proof of its own.
fn judged(stage: Stage) -> &'static str {
    match stage {
        Stage::Commit => "as before a commit (--stage commit)",
        Stage::Branch => "as a push to its branch (--stage branch)",
        Stage::Land => "as a landing on the base (a push to its branch: --stage branch)",
    }
}

/// What is said of a halt where nothing is judged by it.
fn halted(gatherer: &Gatherer<'_>) -> Result<String> {
    let halted = gatherer.halted()?.map(|halt| format!("; but the project is halted by {} since {:.0}", halt.by, halt.since));
    Ok(halted.map_or_else(String::new, |halted| format!("{halted}: nothing lands but the way back")))
}

/// The same command, to show more.
fn more(args: &CheckArgs) -> String {
    let quoted = |option: &str, value: &Option<String>| value.as_ref().map(|v| format!(" {option}{}", shell_quote(v.as_bytes())));
    let stage = args.stage.and_then(|stage| stage.to_possible_value()).map(|stage| format!(" --stage {}", stage.get_name()));
    let parts = [
        quoted("", &args.revision),
        quoted("--base ", &args.base),
        args.merge.then(|| " --merge".to_owned()),
        quoted("--as ", &args.specialist),
        stage,
    ];
    format!("guard check -v{}", parts.into_iter().flatten().collect::<String>())
}

type Measured = (Option<(String, Oid)>, Landing);

/// `A..B`: what B has and A doesn't; an empty side is HEAD.
fn range(invocation: &Invocation<'_>, revision: &str, (from, to): (&str, &str), stage: Stage) -> Result<Measured> {
    if to.starts_with('.') {
        let shown = escape(revision.as_bytes());
        return Err(Error::new(format!("`{shown}` is a symmetric difference, which has no base")).help("name a range A..B"));
    }
    let end = |name: &str| invocation.repo.resolve(if name.is_empty() { "HEAD" } else { name });
    let (start, tip) = (end(from)?, end(to)?);
    let landing = Landing { tip: Some(tip), hidden: vec![start], base: Some(start), stage, ..Landing::default() };
    Ok((Some((if from.is_empty() { "HEAD" } else { from }.to_owned(), start)), landing))
}

/// A branch against its base.
fn against_base(invocation: &Invocation<'_>, gatherer: &Gatherer<'_>, args: &CheckArgs, stage: Stage) -> Result<Measured> {
    let (reference, tip) = tip(invocation, args.revision.as_deref())?;
    let (base, hidden) = match &args.base {
        Some(name) => {
            let oid = only_of_a_remote(invocation, name)?.map_or_else(|| invocation.repo.resolve(name), Ok)?;
            (Some((name.clone(), oid)), vec![oid])
        }
        None => {
            let base = invocation.base(gatherer)?;
            let tips = gatherer.protected()?.into_iter().map(|(_, oid)| oid);
            let hidden = base.iter().map(|(_, oid)| *oid).chain(tips).collect();
            (base, hidden)
        }
    };
    let free = match reference.as_deref().and_then(|name| name.strip_prefix(b"refs/heads/")) {
        // As a push to it would be judged.
        Some(branch) if stage == Stage::Branch => gatherer.is_free(branch)?,
        Some(_) | None => false,
    };
    let landing =
        Landing { reference, tip: Some(tip), hidden, base: base.as_ref().map(|(_, oid)| *oid), stage, free, ..Landing::default() };
    Ok((base, landing))
}

/// The tip of a branch that is called so on a remote, where nothing is called so here.
fn only_of_a_remote(invocation: &Invocation<'_>, name: &str) -> Result<Option<Oid>> {
    for place in ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] {
        if invocation.repo.reference(&format!("{place}{name}"))?.is_some() {
            return Ok(None);
        }
    }
    Ok(range::named(&invocation.repo, name)?.map(|branch| branch.commit))
}

/// The branch that is judged: its full name where it is one, and its tip.
fn tip(invocation: &Invocation<'_>, revision: Option<&str>) -> Result<(Option<Vec<u8>>, Oid)> {
    let Some(revision) = revision else {
        let head = invocation.repo.head()?;
        let tip = head.commit().ok_or_else(|| Error::new("HEAD has no commit yet").next("guard check --staged"))?;
        return Ok((head.branch().map(<[u8]>::to_vec), tip));
    };
    let name = format!("refs/heads/{revision}");
    let reference = invocation.repo.reference(&name)?.map(|_| name.into_bytes());
    Ok((reference, invocation.repo.resolve(revision)?))
}

/// The landing as a merge into the base would make it.
fn with_merge(invocation: &Invocation<'_>, mut landing: Landing, base: Option<&(String, Oid)>) -> Result<Landing> {
    let (Some((name, base)), Some(tip)) = (base, landing.tip) else {
        return Err(Error::new("there is no base to merge into").help("guard check --merge --base REF"));
    };
    match merge::automatic(&invocation.repo, *base, tip)? {
        Merged::Clean(tree) => {
            landing.merge = Some((name.clone(), tree));
            Ok(landing)
        }
        Merged::Conflicts(paths) => {
            let shown: Vec<String> = paths.iter().take(5).map(|p| escape(p.as_bytes())).collect();
            let many = if paths.len() == 1 { "1 path".to_owned() } else { format!("{} paths", paths.len()) };
            let branch = landing.reference.as_deref().and_then(|name| name.strip_prefix(b"refs/heads/"));
            let switch = branch.map_or_else(String::new, |branch| format!("git switch {} && ", shell_quote(branch)));
            Err(Error::new(format!("merging into `{}` conflicts in {many}: {}", escape(name.as_bytes()), shown.join(", ")))
                .help("merge it into the branch, resolve the conflicts, and check again")
                .next(format!("{switch}git merge {}", shell_quote(name.as_bytes()))))
        }
    }
}
