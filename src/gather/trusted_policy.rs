//! The policy's file in a tree, and the policy that judges.

use std::io::Read;
use std::path::Path;

use crate::context::{Context, Settings};
use crate::error::{Error, Result};
use crate::model::{Entry, EntryKind, Oid, RepoPath};
use crate::policy;
use crate::policy::FILE;
use crate::policy::{Policy, PolicySource};
use crate::text::{escape, shell_quote};

use crate::git::range;
use crate::git::range::{Base, DefaultBranch};
use crate::git::tree;
pub use crate::git::tree::PathEntry;
use crate::git::{Head, Kind, Repo};

/// A larger one is not read.
const MAX_SIZE: u64 = 1 << 20;

/// What stands at the policy's path in a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PolicyFile {
    /// Nothing.
    Missing,
    /// A file of UTF-8 text within the size limit, and its blob.
    Text {
        /// Its content.
        text: String,
        /// Its blob.
        blob: Oid,
    },
    /// A symbolic link, a submodule, a directory, over 1 MiB, not UTF-8: which, as a phrase.
    Unusable(String),
}

/// What stands at the policy's path in a root tree, unread: two of the same are the same policy.
///
/// # Errors
/// The tree is missing or damaged.
pub fn standing(repo: &Repo, tree: Oid) -> Result<PathEntry> {
    tree::look_up(repo, tree, &RepoPath::from(FILE))
}

/// Looks at a root tree.
///
/// # Errors
/// An object is missing or damaged.
pub fn in_tree(repo: &Repo, tree: Oid) -> Result<PolicyFile> {
    let unusable = |what: &str| Ok(PolicyFile::Unusable(what.to_owned()));
    let blob = match tree::look_up(repo, tree, &RepoPath::from(FILE))? {
        PathEntry::Nothing => return Ok(PolicyFile::Missing),
        PathEntry::Directory => return unusable("is a directory"),
        PathEntry::Leaf(Entry { kind: EntryKind::Symlink, .. }) => return unusable("is a symbolic link"),
        PathEntry::Leaf(Entry { kind: EntryKind::Submodule, .. }) => return unusable("is a submodule"),
        PathEntry::Leaf(Entry { kind: EntryKind::File | EntryKind::Executable, oid }) => oid,
    };
    let reading = || format!("could not read `{FILE}`");
    match repo.header(blob).map_err(|e| e.context(reading()))? {
        (Kind::Blob, size) if size > MAX_SIZE => Ok(PolicyFile::Unusable(too_large(size))),
        (Kind::Blob, _) => match String::from_utf8(repo.blob(blob).map_err(|e| e.context(reading()))?) {
            Ok(text) => Ok(PolicyFile::Text { text, blob }),
            Err(e) => Ok(PolicyFile::Unusable(not_text(e.utf8_error()))),
        },
        (Kind::Commit | Kind::Tree | Kind::Tag, _) => unusable("is no blob"),
    }
}

fn too_large(size: u64) -> String {
    format!("has {size} bytes, and a policy may have {MAX_SIZE}")
}

fn not_text(error: std::str::Utf8Error) -> String {
    format!("is not UTF-8 (from byte {} on)", error.valid_up_to())
}

/// The policy that judges.
#[derive(Debug)]
pub enum PolicyLookup {
    /// The trusted one.
    Trusted(Box<Policy>),
    /// The trusted branch has none: HEAD's, or the one in the index or the push. Only `safe-path` and its own validity judge.
    Bootstrap(Box<Policy>),
    /// There is none anywhere.
    Nothing,
}

/// The policy that judges, and whether it is a bootstrap's.
pub struct EffectivePolicy {
    /// The policy.
    pub policy: Box<Policy>,
    /// Only `safe-path` and its own validity judge.
    pub bootstrap: bool,
}

/// Finds the policy that judges (judging.md, "Which policy judges"). `proposed`: trees in which a bootstrap policy may stand (the
/// index's, the pushed tips'), tried in order after HEAD's. `remote`: the remote that a push goes to.
///
/// # Errors
/// The policy that was found can't be enforced whole, or can't be read.
pub fn find(repo: &Repo, context: &Context, settings: &Settings, proposed: &[Oid], remote: Option<&str>) -> Result<PolicyLookup> {
    if let Some(path) = &context.common.policy {
        return from_file(path, false).map_err(|e| e.context("--policy")).map(PolicyLookup::Trusted);
    }
    if let Some(name) = &settings.policy_file {
        let path = if repo.is_bare() { repo.git_dir() } else { repo.work_tree()? }.join(name);
        return from_file(&path, true).map_err(|e| e.context("`git config guard.policyFile`")).map(PolicyLookup::Trusted);
    }
    let trusted = trusted_branch(repo, settings, remote)?;
    if let Some(base) = &trusted
        && let Some(policy) = held_by(repo, base)?
    {
        return Ok(PolicyLookup::Trusted(policy));
    }
    let found = bootstrap(repo, proposed, remote)?;
    // A clone of the work alone, as a CI makes it, is no repository that waits for its first policy.
    let adrift = trusted.is_none() && matches!(repo.head()?, Head::Detached(_));
    if adrift && matches!(found, PolicyLookup::Bootstrap(_)) {
        let why = "it is not known which branch holds the policy: HEAD is on none, and no branch of a remote is here";
        let help = "fetch the remote's branches, and ask it which one work lands on";
        return Err(Error::new(why).help(help).next("git fetch origin").next("git remote set-head origin -a"));
    }
    Ok(found)
}

/// The policy that a branch holds, for whoever names the branch that is to be trusted; `None`: it holds none.
///
/// # Errors
/// It can't be enforced whole, or can't be read.
pub fn held_by(repo: &Repo, branch: &Base) -> Result<Option<Box<Policy>>> {
    let place = Place { name: &branch.branch, commit: Some(branch.commit), trusted: true };
    load_from(repo, repo.commit(branch.commit)?.tree, &place)
}

/// The branch that holds the policy, as this side knows it.
fn trusted_branch(repo: &Repo, settings: &Settings, remote: Option<&str>) -> Result<Option<Base>> {
    let found = match default_branch(repo, settings, remote)? {
        Some(branch) => range::base(repo, &branch, remote)?,
        None => None,
    };
    // Where the administrator's word leads nowhere, no other policy must step in, the pushed side's or HEAD's; a repository without any
    // branch is one that waits for its first push.
    if let (None, Some(name)) = (&found, settings.policy_ref.as_deref())
        && repo.has_branches()?
    {
        let name = name.strip_prefix("refs/heads/").unwrap_or(name);
        let shown = escape(name.as_bytes());
        let error = Error::new(format!("`git config guard.policyRef` says `{shown}`, and there is no such branch"))
            .help("git config guard.policyRef BRANCH, or git config --unset guard.policyRef");
        let remote = if repo.is_bare() { None } else { range::remote_of(repo, remote)? };
        return Err(match remote {
            Some(remote) => {
                let spec = shell_quote(format!("+refs/heads/{name}:refs/remotes/{remote}/{name}").as_bytes());
                error.next(format!("git fetch {} {spec}", shell_quote(remote.as_bytes())))
            }
            None => error,
        });
    }
    Ok(found)
}

/// The short name of the branch that work lands on and that holds the policy.
///
/// Which branches there are must not choose it, for anybody may make one: what nothing says is told only where all branches of the remote
/// are of one mind.
///
/// # Errors
/// A ref can't be read; nothing says which one it is.
pub fn default_branch(repo: &Repo, settings: &Settings, remote: Option<&str>) -> Result<Option<String>> {
    let (remote, branches) = match range::default_branch(repo, settings.policy_ref.as_deref(), remote)? {
        DefaultBranch::Named(branch) => return Ok(Some(branch)),
        DefaultBranch::Nothing => return Ok(None),
        DefaultBranch::Unsaid { remote, branches } => (remote, branches),
    };
    if let Some(name) = &settings.policy_ref {
        return Ok(Some(name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()));
    }
    if let [(only, _)] = branches.as_slice()
        && ["main", "master"].contains(&only.as_str())
    {
        return Ok(Some(only.clone()));
    }
    match agreed(repo, &branches)? {
        Some(Agreed::On(branch)) => Ok(Some(branch)),
        Some(Agreed::OnNone) => Ok(None),
        None => {
            let shown = escape(remote.as_bytes());
            let why =
                format!("it is not known which branch of `{shown}` holds the policy: this clone doesn't know its default branch");
            Err(ask(&remote, Error::new(why)))
        }
    }
}

/// Refuses to judge what the branch that holds the policy has already, where nothing says that this is the remote's default branch: whoever
/// pushes a branch alone to a clone would choose the policy that judges it. `tip`: what is judged.
///
/// # Errors
/// It is such a clone; a ref can't be read; an object is missing or damaged.
pub fn demand_another_s_word(repo: &Repo, settings: &Settings, tip: Oid) -> Result<()> {
    let DefaultBranch::Unsaid { remote, .. } = range::default_branch(repo, settings.policy_ref.as_deref(), None)? else {
        return Ok(());
    };
    let Some(branch) = trusted_branch(repo, settings, None)?.filter(|_| settings.policy_ref.is_none()) else { return Ok(()) };
    if !range::is_ancestor(repo, tip, branch.commit)? {
        return Ok(());
    }
    let (branch, shown) = (escape(branch.branch.as_bytes()), escape(remote.as_bytes()));
    let why = format!("nothing says that `{branch}` is the default branch of `{shown}`, and its own policy would judge it");
    Err(ask(&remote, Error::new(why)))
}

/// Where nobody has told which branch is a remote's default one. A clone of one branch alone has no other, to which git could point.
fn ask(remote: &str, error: Error) -> Error {
    let all = shell_quote(format!("+refs/heads/*:refs/remotes/{remote}/*").as_bytes());
    let remote = shell_quote(remote.as_bytes());
    error
        .help("ask the remote, or name the branch: guard check --base REF, or git config guard.policyRef BRANCH")
        .next(format!("git fetch {remote} {all}"))
        .next(format!("git remote set-head {remote} -a"))
}

/// What all branches of a remote say.
enum Agreed {
    /// The same policy, whose base this is.
    On(String),
    /// That there is no policy.
    OnNone,
}

/// What all these branches say of where work lands; `None`: they don't say the same, or nothing.
fn agreed(repo: &Repo, branches: &[(String, Oid)]) -> Result<Option<Agreed>> {
    let mut first: Option<(Oid, PathEntry)> = None;
    for (_, tip) in branches {
        let tree = repo.commit(*tip)?.tree;
        let entry = standing(repo, tree)?;
        match &first {
            None => first = Some((tree, entry)),
            Some((_, known)) if *known == entry => {}
            Some(_) => return Ok(None),
        }
    }
    let Some((tree, _)) = first else { return Ok(None) };
    let (text, blob) = match in_tree(repo, tree)? {
        PolicyFile::Text { text, blob } => (text, blob),
        PolicyFile::Missing => return Ok(Some(Agreed::OnNone)),
        PolicyFile::Unusable(_) => return Ok(None),
    };
    let source = PolicySource { name: FILE.to_owned(), commit: None, blob: Some(blob), trusted: false };
    let base = policy::load(&text, source).ok().and_then(|policy| policy.base).map(|base| base.value);
    Ok(base.filter(|base| branches.iter().any(|(name, _)| name == base)).map(Agreed::On))
}

/// Refuses a push to a server that has branches while its HEAD leads to none of them: nobody can tell which one holds the policy, and the
/// pushed one must not step in. `pushed`: full names and tips. HEAD's own branch may come to be where it wins over no policy: the others
/// have none, or the same and all that comes.
///
/// # Errors
/// It is such a server; a ref can't be read; an object is missing or damaged.
pub fn demand_trusted_branch<'n>(
    repo: &Repo,
    settings: &Settings,
    pushed: impl Iterator<Item = (&'n [u8], Option<Oid>)>,
) -> Result<()> {
    if settings.policy_file.is_some() || trusted_branch(repo, settings, None)?.is_some() || !repo.has_branches()? {
        return Ok(());
    }
    let head = repo.head()?;
    if wins_over_nothing(repo, &head, pushed)? {
        return Ok(());
    }
    let why = match head.branch() {
        Some(name) => {
            format!(
                "HEAD of this repository is `{}`, and there is no such branch",
                escape(name.strip_prefix(b"refs/heads/").unwrap_or(name))
            )
        }
        None => "HEAD of this repository is no branch".to_owned(),
    };
    Err(Error::new(format!("{why}, so that it is not known which one holds the policy"))
        .help("on the server: git symbolic-ref HEAD refs/heads/BRANCH, or git config guard.policyRef BRANCH"))
}

fn wins_over_nothing<'n>(repo: &Repo, head: &Head, pushed: impl Iterator<Item = (&'n [u8], Option<Oid>)>) -> Result<bool> {
    let there = range::tips(repo, &|_| true, None)?;
    for (name, tip) in pushed {
        let Some(tip) = tip.filter(|_| Some(name) == head.branch()) else { return Ok(false) };
        let coming = standing(repo, repo.commit(tip)?.tree)?;
        for (_, held) in &there {
            let known = standing(repo, repo.commit(*held)?.tree)?;
            // What comes to a repository that waits for its first policy isn't judged, so nothing new may come beside one.
            if known != PathEntry::Nothing && (known != coming || !range::is_ancestor(repo, tip, *held)?) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// HEAD's policy, else the first of those in `proposed`.
fn bootstrap(repo: &Repo, proposed: &[Oid], remote: Option<&str>) -> Result<PolicyLookup> {
    let head = repo.head()?;
    if let Some(commit) = head.commit() {
        let place = Place { name: &head_name(&head), commit: Some(commit), trusted: false };
        if let Some(policy) = load_from(repo, repo.commit(commit)?.tree, &place)? {
            return Ok(PolicyLookup::Bootstrap(policy));
        }
    }
    let name = if repo.is_bare() || remote.is_some() { "push" } else { "index" };
    for tree in proposed {
        if let Some(policy) = load_from(repo, *tree, &Place { name, commit: None, trusted: false })? {
            return Ok(PolicyLookup::Bootstrap(policy));
        }
    }
    Ok(PolicyLookup::Nothing)
}

/// The short name of HEAD's branch; on none, HEAD.
fn head_name(head: &Head) -> String {
    match head.branch() {
        Some(full) => escape(full.strip_prefix(b"refs/heads/").unwrap_or(full)),
        None => "HEAD".to_owned(),
    }
}

/// Where a policy is looked for.
struct Place<'a> {
    name: &'a str,
    commit: Option<Oid>,
    trusted: bool,
}

impl Place<'_> {
    /// "`main:policy.toml` (1a2b3c4)", for messages.
    fn shown(&self) -> String {
        let commit = self.commit.map_or_else(String::new, |commit| format!(" ({})", commit.short()));
        format!("`{}:{FILE}`{commit}", escape(self.name.as_bytes()))
    }

    /// How to go on where the policy there can't be enforced: no policy can judge its own correction.
    fn way_out(&self, repo: &Repo, error: Error) -> Error {
        let branch = escape(self.name.as_bytes());
        match (self.trusted, repo.is_bare()) {
            (true, true) => error
                .help(format!("an administrator has to correct it on `{branch}`, or to name another one by `guard.policyFile`"))
                .next("guard policy check"),
            (true, false) => error
                .help(format!(
                    "correct policy.toml, and bring it to `{branch}` past the hooks, which can't judge anything until then"
                ))
                .next("guard policy check"),
            (false, _) => error.help("correct policy.toml").next("guard policy check"),
        }
    }
}

/// The policy in a root tree; `None` where nothing has its name.
fn load_from(repo: &Repo, tree: Oid, place: &Place<'_>) -> Result<Option<Box<Policy>>> {
    match in_tree(repo, tree).map_err(|e| e.context(place.shown()))? {
        PolicyFile::Missing => Ok(None),
        PolicyFile::Unusable(why) => {
            Err(Error::new(format!("the policy {} {why}", place.shown())).help("a policy is a file of UTF-8 text, up to 1 MiB"))
        }
        PolicyFile::Text { text, blob } => {
            let source = PolicySource {
                name: format!("{}:{FILE}", place.name),
                commit: place.commit,
                blob: Some(blob),
                trusted: place.trusted,
            };
            let unenforceable = |e| Error::from(e).context(format!("the policy {} can't be enforced", place.shown()));
            policy::load(&text, source).map(|p| Some(Box::new(p))).map_err(|e| place.way_out(repo, unenforceable(e)))
        }
    }
}

/// The policy in a file of the file system.
fn from_file(path: &Path, trusted: bool) -> Result<Box<Policy>> {
    let name = escape(path.as_os_str().as_encoded_bytes());
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes))
        .map_err(|e| Error::new(format!("the policy `{name}` can't be read: {e}")))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_SIZE {
        return Err(Error::new(format!("the policy `{name}` has more than {MAX_SIZE} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|e| Error::new(format!("the policy `{name}` {}", not_text(e.utf8_error()))))?;
    let unenforceable = |e| Error::from(e).context(format!("the policy `{name}` can't be enforced"));
    let source = PolicySource { name: name.clone(), commit: None, blob: None, trusted };
    policy::load(&text, source).map(Box::new).map_err(unenforceable)
}

#[cfg(test)]
#[path = "trusted_policy_tests.rs"]
mod tests;
