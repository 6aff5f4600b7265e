//! `guard test`: runs suites on exactly a tree, and records what happened.

mod artifacts;
mod run;
pub(super) mod show;
mod workspace;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use crate::command::halt_resume;
use crate::command::halt_resume::Failure;
use crate::command::invocation::{Invocation, own_address};
use crate::command::signing;
use crate::command::signing::{Signing, SigningArgs};
use crate::context::{Context, Settings};
use crate::error::{Error, Result};
use crate::gather::trusted_policy::PolicyLookup;
use crate::gather::{Gatherer, Side};
use crate::git::{Kind, Repo, staged, unstaged};
use crate::model::Oid;
use crate::output::Done;
use crate::output::Format;
use crate::policy::{Policy, Suite};
use crate::runner::Interrupt;
use crate::text::escape;

use run::Job;

/// The program that runs, even where its file is another by now.
const MYSELF: &str = "/proc/self/exe";

const AFTER_HELP: &str = "\
The suite runs in a fresh directory that holds exactly the tree: nothing that is
untracked, ignored or unstaged helps it to pass. On Linux that directory stands
at the work tree's own path, and nothing else of it can be read (`sandbox`).
GUARD_TREE and GUARD_COMMIT tell the suite what is tested. What happened is
recorded as a note on the tree, a failure too. Exit status 1 where a suite fails.

A suite whose own `files` are changed runs twice, as it now is and with the base's
files; both must pass. The suite never sees a key: it is signed after it has ended.

Examples:
  guard test integration                     the tree of the index
  guard test login-flow --rev HEAD --again   the last commit's, once more
  guard test integration --rev HEAD --sign --push origin";

/// `guard test`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct TestArgs {
    /// Suites of the trusted policy
    #[arg(required = true, value_name = "SUITE")]
    pub suites: Vec<String>,
    /// Test the tree of the index (the default in a work tree)
    #[arg(long, conflicts_with = "rev")]
    pub staged: bool,
    /// Test the tree of this revision
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Test this tree, by its id: what a refused commit would have held
    #[arg(long, value_name = "ID", conflicts_with_all = ["staged", "rev"])]
    pub tree: Option<String>,
    /// Run again although a passing record exists
    #[arg(long)]
    pub again: bool,
    /// Run with the base's files of the suite in place of the tree's, and only so
    #[arg(long)]
    pub base_suite: bool,
    /// Keep what a run leaves here, for whoever attests it: SUITE.log, SUITE.xml, SUITE.status
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Who signs, and where the record goes.
    #[command(flatten)]
    pub signing: SigningArgs,
}
/// Runs the suites that `args` names, one after the other, all of them even where one fails. Status 1: one of them failed, or passed
/// with fewer tests than it must.
///
/// # Errors
/// No policy, or a suite that it doesn't declare; no commit yet; a tree that can't be read or exported; a record that can't be
/// written; an interrupt.
pub fn run(context: &Context, args: &TestArgs) -> Result<Done> {
    let interrupt = Interrupt::catch()?;
    let invocation = Invocation::open(context, false)?;
    let (repo, settings) = (&invocation.repo, &invocation.settings);
    let (tree, commit) = match &args.tree {
        Some(id) => (named_tree(repo, id)?, subject_commit(repo)?),
        None => subject(repo, args.rev.as_deref())?,
    };
    let policy = match invocation.find_policy(&[tree], None)? {
        PolicyLookup::Trusted(policy) | PolicyLookup::Bootstrap(policy) => policy,
        PolicyLookup::Nothing => {
            return Err(Error::new("there is no policy, so no suite is declared").help("write policy.toml and commit it"));
        }
    };
    let sealing = Signing::asked(repo, &policy, &args.signing)?;
    let gatherer = Gatherer::new(repo, &policy, false, invocation.inputs(Side::Client))?;
    let guard = Path::new(MYSELF);
    let job = Job {
        g: &gatherer,
        tree,
        commit: args.rev.as_ref().map(|_named| commit),
        guard: guard.exists().then_some(guard),
        base: gatherer.base_tree_of(commit)?,
        sealing: sealing.as_ref(),
        keep: args.keep.as_deref(),
        repository: gatherer.root_to_write(commit)?,
        specialist: specialist(repo, context, settings, &policy)?,
        interrupt: &interrupt,
        quiet: context.common.quiet,
    };
    let (done, failures) = test(&job, args, context.common.format)?;
    // The suites took their time: what halts is asked anew.
    let gatherer = Gatherer::new(repo, &policy, !policy.source.trusted, invocation.inputs_at(Side::Client, now()))?;
    let after = halt_resume::after(&gatherer, sealing.as_ref(), tree, &failures)?;
    let done = after.told(done, context.common.format);
    let done = signing::push(repo, &args.signing, sealing.as_ref(), done, context.common.format);
    after.acted(&invocation, &gatherer, args.signing.push.as_deref(), done)
}

#[expect(clippy::disallowed_methods, reason = "what comes after a run is judged by another time than what comes before")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// All but the search for the policy.
fn test(job: &Job<'_>, args: &TestArgs, format: Format) -> Result<(Done, Vec<Failure>)> {
    let suites = declared(job.policy(), &args.suites)?;
    if !job.policy().source.trusted {
        job.say(&format!("`{}` is not the trusted policy", escape(job.policy().source.name.as_bytes())));
    }
    if args.rev.is_none() && args.tree.is_none() {
        leftovers(job);
    }
    let mut runs = Vec::new();
    for suite in suites {
        runs.extend(job.suite(suite, args.again, args.base_suite)?);
    }
    let status = u8::from(runs.iter().any(|run| run.because.is_some()));
    let out = if format.is_json() { show::json(job, &runs) } else { show::text(job, args, &runs) };
    let failed = |run: &run::Tested| Some(Failure { suite: run.suite.clone(), because: run.because.clone()? });
    Ok((Done { status, out, err: String::new() }, runs.iter().filter_map(failed).collect()))
}

/// The tree to run on, and the commit that tells which repository this is.
pub(super) fn subject(repo: &Repo, rev: Option<&str>) -> Result<(Oid, Oid)> {
    if let Some(rev) = rev {
        let commit = repo.commit(repo.resolve(rev)?)?;
        return Ok((commit.tree, commit.oid));
    }
    if repo.is_bare() {
        return Err(
            Error::new("this repository is bare: it has no index to test").help("name a revision: guard test SUITE --rev REV")
        );
    }
    Ok((staged::tree(repo)?, subject_commit(repo)?))
}

/// HEAD's commit.
fn subject_commit(repo: &Repo) -> Result<Oid> {
    repo.head()?.commit().ok_or_else(|| {
        Error::new("there is no commit yet, and a record names its repository by the root commit")
            .help("make the first commit, then run this again")
    })
}

/// The tree of that id.
fn named_tree(repo: &Repo, id: &str) -> Result<Oid> {
    let shown = || escape(id.as_bytes());
    let oid = Oid::from_hex(id).ok_or_else(|| Error::new(format!("`{}` is no id of a tree", shown())).help("all of its digits"))?;
    match repo.exists(oid)?.then(|| repo.header(oid)).transpose()? {
        Some((Kind::Tree, _)) => Ok(oid),
        Some((Kind::Commit | Kind::Blob | Kind::Tag, _)) => {
            Err(Error::new(format!("`{}` is no tree", shown())).help("a commit's is named by `--rev`"))
        }
        None => Err(Error::new(format!("no tree `{}` in this repository", shown()))
            .help("what a commit would hold is here from the moment that a hook has refused it")),
    }
}

/// The suites of those names, each once, in the order given.
pub(super) fn declared<'p>(policy: &'p Policy, names: &[String]) -> Result<Vec<&'p Suite>> {
    let mut suites: Vec<&Suite> = Vec::new();
    for name in names {
        let suite = policy.suite(name).ok_or_else(|| undeclared(policy, name))?;
        if !suites.iter().any(|there| there.name.value == *name) {
            suites.push(suite);
        }
    }
    Ok(suites)
}

fn undeclared(policy: &Policy, name: &str) -> Error {
    let error =
        Error::new(format!("suite `{}` is not declared in `{}`", escape(name.as_bytes()), escape(policy.source.name.as_bytes())));
    let names: Vec<&str> = policy.suites.iter().map(|suite| suite.name.value.as_str()).collect();
    if names.is_empty() {
        return error.help("it declares no suite at all: a suite is a table [suite.NAME] with `run`");
    }
    let all: Vec<String> = names.iter().map(|name| format!("`{}`", escape(name.as_bytes()))).collect();
    let near = similar::get_close_matches(name, &names, 1, 0.6);
    let near: String = near.iter().map(|near| format!("did you mean `{}`? ", escape(near.as_bytes()))).collect();
    error.help(format!("{near}declared: {}", all.join(", ")))
}

/// Who claims to run it: for the record alone, nothing is decided by it.
fn specialist(repo: &Repo, context: &Context, settings: &Settings, policy: &Policy) -> Result<Option<String>> {
    if let Some(name) = context.specialist.clone().or_else(|| settings.specialist.clone()) {
        return Ok(Some(name));
    }
    let Some(email) = own_address(context, repo)? else { return Ok(None) };
    let named = policy
        .specialists
        .iter()
        .find(|specialist| specialist.emails.iter().any(|known| known.value.as_bytes().eq_ignore_ascii_case(&email)));
    Ok(named.map(|specialist| specialist.name.value.clone()))
}

/// Says what isn't part of the tested tree, so that nobody wonders.
fn leftovers(job: &Job<'_>) {
    // Advice alone: where it can't be told, nothing depends on it.
    let Ok(unstaged::Unstaged { changed, untracked }) = unstaged::count(job.repo()) else { return };
    let plural = |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
    let parts: Vec<String> = [
        (changed > 0).then(|| plural(changed, "file with unstaged changes", "files with unstaged changes")),
        (untracked > 0).then(|| plural(untracked, "untracked path", "untracked paths")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        job.say(&format!("the index is tested: {} not part of it", parts.join(" and ")));
    }
}

#[cfg(test)]
#[path = "test/tests.rs"]
mod tests;
