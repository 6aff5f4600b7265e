//! A push that must be refused: git itself carries it, through whatever hooks the repository has.

use std::io::{Read as _, Seek as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use git2::{Repository, Signature, Time};

use super::Repo;
use super::program::{not_started, wait_at_most};
use super::repo::git;
use crate::error::{Error, Result};

const PATIENCE: Duration = Duration::from_secs(60);
/// A name that no policy lets pass, and that git's own checks accept.
const NAME: &str = "guard-canary\u{1}";
/// The pushed policy. Where the repository has none, this would be the first one, and paths are judged all the same.
const POLICY: &str = "version = 1\n";

/// How the push ended.
#[derive(Debug)]
pub struct Canary {
    /// Whether a pre-receive hook refused it.
    pub declined: bool,
    /// What the other side said, line by line.
    pub remote: Vec<String>,
    /// What git itself said last.
    pub last: String,
    /// The ref that the push made. It has been deleted again.
    pub landed: Option<String>,
}

/// Pushes the canary.
///
/// `hooks` names a directory of hooks that takes the place of git's own.
///
/// # Errors
/// There is no `git`; the push could not be made, or didn't end.
#[expect(
    clippy::disallowed_methods,
    reason = "the repository's own variables are kept from another git, and their values are not read"
)]
pub fn push(repo: &Repo, hooks: Option<&Path>) -> Result<Canary> {
    let place = tempfile::tempdir()?;
    let commit = commit(&place.path().join("canary.git"))?;
    let nonce = commit.to_string();
    // Below a branch no ref can be made: even if no hook refused it, it would land nowhere, and nothing after it would be run.
    let name = match a_branch(repo)? {
        Some(branch) => format!("{branch}/guard-canary-{nonce}"),
        None => format!("refs/heads/guard-canary-{nonce}"),
    };
    let mut command = Command::new("git");
    command.arg("-C").arg(place.path().join("canary.git"));
    for setting in ["push.gpgSign=false", "push.followTags=false", "push.recurseSubmodules=no", "push.pushOption="] {
        command.args(["-c", setting]);
    }
    command.args(["push", "--no-verify", "--no-progress"]);
    if let Some(hooks) = hooks {
        let setting = [b"core.hooksPath=".as_slice(), hooks.as_os_str().as_bytes()].concat();
        let quoted = crate::text::shell_quote(&setting);
        command.arg(format!("--receive-pack=git -c {quoted} receive-pack"));
    }
    command.arg(repo.git_dir().canonicalize()?).arg(format!("{nonce}:{name}"));
    for (variable, _) in std::env::vars_os().filter(|(variable, _)| is_of_a_repository(variable.as_bytes())) {
        command.env_remove(variable);
    }
    let said = run(command.env("LC_ALL", "C"))?;
    let landed = match repo.reference(&name)? {
        None => None,
        Some(_) => {
            repo.writable()?.find_reference(&name).and_then(|mut found| found.delete()).map_err(git)?;
            Some(name)
        }
    };
    // What GitLab wants in front of a line that it shows.
    let own = |line: &str| line.strip_prefix("GL-HOOK-ERR: ").unwrap_or(line).trim_end().to_owned();
    let remote = said.lines().filter_map(|line| line.strip_prefix("remote: ")).map(own).collect();
    let last = said.lines().rfind(|line| !line.starts_with("remote: ") && !line.trim().is_empty()).unwrap_or_default().to_owned();
    Ok(Canary { declined: said.contains("(pre-receive hook declined)"), remote, last, landed })
}

/// Some branch's full name, where there is one that is text.
fn a_branch(repo: &Repo) -> Result<Option<String>> {
    let mut branches = repo.raw().references_glob("refs/heads/*").map_err(git)?;
    let name = branches.names().find_map(std::result::Result::ok).map(str::to_owned);
    Ok(name)
}

/// Variables that would lead git elsewhere; where it finds its configuration is as the caller has it.
fn is_of_a_repository(variable: &[u8]) -> bool {
    variable.starts_with(b"GIT_")
        && ![b"GIT_CONFIG_GLOBAL".as_slice(), b"GIT_CONFIG_SYSTEM", b"GIT_CONFIG_NOSYSTEM", b"GIT_EXEC_PATH"].contains(&variable)
}

/// Makes the canary's commit, in a repository of its own.
#[expect(clippy::disallowed_methods, reason = "the date of a commit that is made to be refused")]
fn commit(place: &Path) -> Result<git2::Oid> {
    let attempt = || -> std::result::Result<git2::Oid, git2::Error> {
        let scratch = Repository::init_bare(place)?;
        let mut tree = scratch.treebuilder(None)?;
        tree.insert(NAME, scratch.blob(b"this must not land\n")?, 0o100_644)?;
        tree.insert(crate::policy::FILE, scratch.blob(POLICY.as_bytes())?, 0o100_644)?;
        let tree = scratch.find_tree(tree.write()?)?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let who = Signature::new("guard doctor", "guard@localhost", &Time::new(now.try_into().unwrap_or(0), 0))?;
        let message = format!("a canary: this must not land\n\n{}\n", crate::text::escape(place.as_os_str().as_bytes()));
        scratch.commit(None, &who, &who, &message, &tree, &[])
    };
    attempt().map_err(|e| git(e).context("could not make a commit to be refused"))
}

/// What the command says on standard error. A refused push has status 1, which is no error here.
#[expect(clippy::disallowed_methods, reason = "git's words, of which ASCII is looked for and the rest is shown escaped")]
fn run(command: &mut Command) -> Result<String> {
    let mut said = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?);
    let mut child = command.spawn().map_err(|e| not_started(&e))?;
    if wait_at_most(&mut child, PATIENCE)?.is_none() {
        return Err(Error::new(format!("the push did not end within {} s", PATIENCE.as_secs())));
    }
    let mut text = Vec::new();
    said.rewind()?;
    said.take(1 << 20).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
