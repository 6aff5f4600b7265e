//! `guard hook NAME`: what the installed hooks call.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::door::{Door, Ending, Law};
use super::{Done, install, push};
use crate::case::{Case, Stage};
use crate::change::Oid;
use crate::cli::HookArgs;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::evidence::{self, Level, marker};
use crate::gather::{Gatherer, IndexParents, index_case};
use crate::git::{notes, root, staged};
use crate::policy::Policy;
use crate::verdict::{Decision, Verdict};

/// What a hook leaves as it was.
const KEPT: &[&str] = &["nothing was committed; the index is as it was"];
const MESSAGE_KEPT: &[&str] =
    &["nothing was committed; the index is as it was", "the message is kept: git commit -eF .git/COMMIT_EDITMSG"];
const MERGE_KEPT: &[&str] = &["nothing was committed; the merge is as it was: git merge --abort gives it up"];

/// Runs one hook. Every hook's `--doctor` answers with a line and status 3, so that it can prove to run and can't serve as a bypass.
///
/// # Errors
/// Whatever makes it undecidable.
pub fn run(context: &Context, args: &HookArgs) -> Result<Done> {
    if args.args.iter().any(|a| a == "--doctor") {
        return doctor(&args.name);
    }
    match args.name.as_str() {
        "pre-commit" => pre_commit(&Door::open(context, true)?),
        "pre-merge-commit" => pre_merge_commit(&Door::open(context, true)?),
        "prepare-commit-msg" => prepare_commit_msg(&Door::open(context, true)?, &args.args),
        "commit-msg" => commit_msg(&Door::open(context, true)?, &args.args),
        "pre-push" => push::pre_push(&Door::open(context, true)?, &args.args, &stdin()?),
        "pre-receive" => push::pre_receive(&Door::open(context, true)?, &stdin()?),
        other => Err(unknown(other)),
    }
}

fn unknown(name: &str) -> Error {
    Error::new(format!("no hook `{}`", crate::report::escape(name.as_bytes())))
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
pub(super) fn merged(door: &Door<'_>) -> Result<Vec<Oid>> {
    let text = match std::fs::read_to_string(door.repo.git_dir().join("MERGE_HEAD")) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::from(e).context("could not read MERGE_HEAD")),
    };
    text.lines()
        .map(|line| Oid::from_hex(line.trim()).ok_or_else(|| Error::new("MERGE_HEAD holds something that is no commit id")))
        .collect()
}

/// The policy that judges the index.
fn law(door: &Door<'_>) -> Result<std::result::Result<Law, Done>> {
    door.law(&[staged::tree(&door.repo)?], None)
}

fn gatherer<'g>(door: &'g Door<'_>, law: &'g Law) -> Result<Gatherer<'g>> {
    let mut gatherer = door.gatherer(law)?;
    gatherer.marker_may_come = install::is_live(&door.repo, "commit-msg")?;
    Ok(gatherer)
}

fn case(
    door: &Door<'_>,
    g: &Gatherer<'_>,
    parents: &IndexParents,
    message: Option<&[u8]>,
) -> Result<(Case, Option<(String, Oid)>)> {
    let base = door.base(g)?;
    let case = index_case(g, Stage::Commit, parents, base.as_ref().map(|(_, oid)| *oid), message)?;
    Ok((case, base))
}

/// pre-commit can't tell an amend from a commit. Where prepare-commit-msg, which can, is installed, only what is wrong either way is
/// rejected here, and what was found is left for it; elsewhere a plain commit is judged.
fn pre_commit(door: &Door<'_>) -> Result<Done> {
    let tree = staged::tree(&door.repo)?;
    forget(door, tree)?;
    let law = match law(door)? {
        Ok(law) => law,
        Err(done) => return Ok(done),
    };
    let g = gatherer(door, &law)?;
    let merged = merged(door)?;
    let merging = !merged.is_empty();
    let (plain, base) = case(door, &g, &IndexParents::Head { merged }, None)?;
    let verdict = crate::judge(&law.policy, &plain);
    let ending = Ending { rejected: if merging { MERGE_KEPT } else { KEPT }, more: "guard check --staged -v" };
    let amendable = !merging && door.repo.head()?.commit().is_some() && install::is_live(&door.repo, "prepare-commit-msg")?;
    if !amendable {
        return Ok(door.report(&law, &verdict, base.as_ref(), &ending));
    }
    if verdict.decision != Decision::Accepted {
        let (amend, _) = case(door, &g, &IndexParents::Amend, None)?;
        if crate::judge(&law.policy, &amend).decision != Decision::Accepted {
            return Ok(door.report(&law, &verdict, base.as_ref(), &ending));
        }
    }
    remember(door, tree)?;
    Ok(Done::default())
}

fn pre_merge_commit(door: &Door<'_>) -> Result<Done> {
    let law = match law(door)? {
        Ok(law) => law,
        Err(done) => return Ok(done),
    };
    let g = gatherer(door, &law)?;
    let mut tips = merged(door)?;
    if tips.is_empty() {
        tips = door.context.merge_heads();
    }
    if tips.is_empty() {
        return Err(Error::new("git names no commit that is merged here (neither MERGE_HEAD nor GITHEAD_<oid>)"));
    }
    let (merge, base) = case(door, &g, &IndexParents::Head { merged: tips }, None)?;
    let ending = Ending { rejected: MERGE_KEPT, more: "guard check --staged -v" };
    Ok(door.answer(&law, &merge, base.as_ref(), &ending))
}

/// Where pre-commit leaves the tree that it has judged, and which process asked.
fn memory(door: &Door<'_>) -> PathBuf {
    door.repo.git_dir().join("guard").join("pre-commit")
}

fn remember(door: &Door<'_>, tree: Oid) -> Result<()> {
    let path = memory(door);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Error::from(e).context("could not make .git/guard"))?;
    }
    std::fs::write(path, format!("{tree} {}", std::os::unix::process::parent_id()))
        .map_err(|e| Error::from(e).context("could not write .git/guard/pre-commit"))
}

/// Removes what pre-commit left, and says whether it was left in the making of this commit: by the same git, or for the same tree. (An
/// index that changed in between is another reason to look at it again.)
fn forget(door: &Door<'_>, tree: Oid) -> Result<bool> {
    let path = memory(door);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            std::fs::remove_file(&path).map_err(|e| Error::from(e).context("could not remove .git/guard/pre-commit"))?;
            let git = std::os::unix::process::parent_id().to_string();
            Ok(text.split_once(' ').is_some_and(|(judged, by)| judged == tree.to_string() || by == git))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(Error::from(e).context("could not read .git/guard/pre-commit")),
    }
}

/// How sure it is that HEAD is being replaced.
enum Amends {
    No,
    Perhaps,
    Yes,
}

/// `--amend` hands over `commit HEAD`; with `-m` or `-F` only `message`, but git then keeps HEAD's author and date, which a new commit of the
/// same author has within the same second alone, or where both dates are given to git.
fn amends(door: &Door<'_>, args: &[OsString]) -> Result<Amends> {
    let text: Vec<&[u8]> = args.iter().skip(1).map(|a| a.as_bytes()).collect();
    let Some(head) = door.repo.head()?.commit() else { return Ok(Amends::No) };
    match text.as_slice() {
        [b"commit", b"HEAD"] => Ok(Amends::Yes),
        [b"message"] if door.context.authors(&door.repo.author(head)?) => {
            Ok(if door.context.authored_before() { Amends::Yes } else { Amends::Perhaps })
        }
        _ => Ok(Amends::No),
    }
}

/// Writes the markers of this tree's evidence, removes those of others, and where pre-commit left it, has the last word.
fn prepare_commit_msg(door: &Door<'_>, args: &[OsString]) -> Result<Done> {
    let file = message_file(args)?;
    let tree = staged::tree(&door.repo)?;
    let judged = forget(door, tree)?;
    let law = match law(door)? {
        Ok(law) => law,
        Err(_nothing_to_guard) => return Ok(Done::default()),
    };
    write_markers(door, &law.policy, tree, &file)?;
    if !judged {
        // pre-commit didn't run: `--no-verify`, or a command that doesn't run it. The server decides.
        return Ok(Done::default());
    }
    let g = gatherer(door, &law)?;
    let ending = Ending { rejected: MESSAGE_KEPT, more: "guard check --staged -v" };
    let judge = |parents: &IndexParents| -> Result<(Verdict, Option<(String, Oid)>)> {
        let (case, base) = case(door, &g, parents, None)?;
        Ok((crate::judge(&law.policy, &case), base))
    };
    let amends = amends(door, args)?;
    let first = match amends {
        Amends::Yes => judge(&IndexParents::Amend)?,
        Amends::No | Amends::Perhaps => judge(&IndexParents::Head { merged: merged(door)? })?,
    };
    let second = match amends {
        Amends::Perhaps if first.0.decision != Decision::Accepted => Some(judge(&IndexParents::Amend)?),
        Amends::Perhaps | Amends::Yes | Amends::No => None,
    };
    let (verdict, base) = second.filter(|(verdict, _)| verdict.decision == Decision::Accepted).unwrap_or(first);
    Ok(door.report(&law, &verdict, base.as_ref(), &ending))
}

fn message_file(args: &[OsString]) -> Result<PathBuf> {
    args.first().map(PathBuf::from).ok_or_else(|| Error::new("git passed no message file to this hook"))
}

fn write_markers(door: &Door<'_>, policy: &Policy, tree: Oid, file: &Path) -> Result<()> {
    let lines = notes::lines(&door.repo, tree, &[])?;
    let belongs = |oid: &Oid| root::is_root(&door.repo, oid);
    let proofs = evidence::proofs(policy, &belongs, tree, &lines, &[], false)?;
    let comment = comment_prefix(door, &read_message(file)?)?;
    marker::rewrite_message_file(file, tree, &evidence::passing_suites(&proofs), &comment)
}

fn read_message(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|e| Error::from(e).context("could not read the message file"))
}

/// What begins a comment in a message's file.
fn comment_prefix(door: &Door<'_>, message: &[u8]) -> Result<Vec<u8>> {
    let setting = match door.repo.config("core.commentString")? {
        Some(text) => Some(text),
        None => door.repo.config("core.commentChar")?,
    };
    Ok(marker::comment_prefix(setting.as_deref(), message))
}

/// Writes the markers that prepare-commit-msg had no text to add to, then judges what pre-commit couldn't see: the markers, where the
/// policy accepts them before a commit.
fn commit_msg(door: &Door<'_>, args: &[OsString]) -> Result<Done> {
    let file = message_file(args)?;
    let law = match law(door)? {
        Ok(law) => law,
        Err(_nothing_to_guard) => return Ok(Done::default()),
    };
    write_markers(door, &law.policy, staged::tree(&door.repo)?, &file)?;
    if law.policy.evidence.commit.0 != Level::Claimed {
        return Ok(Done::default());
    }
    let text = read_message(&file)?;
    let message = marker::without_comments(&text, &comment_prefix(door, &text)?);
    let g = door.gatherer(&law)?;
    let (case, base) = case(door, &g, &IndexParents::Head { merged: merged(door)? }, Some(&message))?;
    let verdict = only_proofs(crate::judge(&law.policy, &case));
    let ending = Ending { rejected: MESSAGE_KEPT, more: "guard check --staged -v" };
    if verdict.decision == Decision::Accepted {
        Ok(Done::default())
    } else {
        Ok(door.report(&law, &verdict, base.as_ref(), &ending))
    }
}

/// Everything else was judged by pre-commit and prepare-commit-msg.
fn only_proofs(verdict: Verdict) -> Verdict {
    let mut judgements = verdict.judgements;
    for judgement in &mut judgements {
        judgement.outcomes.retain(|(rule, _)| *rule == "guarded-area");
    }
    Verdict::of(verdict.stage, judgements)
}
