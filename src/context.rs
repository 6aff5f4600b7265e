//! What comes from outside and a judgement may depend on: environment variables and git-config keys, each named, typed and with its trust class
//! beside it.
//!
//! Some are read elsewhere: those by which git says where its index and the objects of a push are, where the repository is opened (`git::Repo`);
//! a suite's own, where it is run; and those on which only words or other programs depend. clippy.toml denies reading any without a reason, and
//! `clippy::disallowed_methods` stands wherever one is read.

#![expect(clippy::disallowed_methods, reason = "this is the place for it")]

mod identity;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::model::Oid;
use crate::output::{ColorWhen, Format};

pub use identity::{Identity, SERVERS, Server};

/// Options of every command.
#[derive(Debug, Clone)]
pub struct Common {
    /// Where it is to be run.
    pub directory: Option<PathBuf>,
    /// The file that judges in place of the trusted policy.
    pub policy: Option<PathBuf>,
    /// Form of what is said.
    pub format: Format,
    /// When to colour.
    pub color: ColorWhen,
    /// Only rejections are said.
    pub quiet: bool,
    /// Every rule's outcome is said, with its reason.
    pub verbose: bool,
}

/// What the process was told from outside.
#[derive(Debug, Clone)]
pub struct Context {
    /// `GUARD_SPECIALIST`: a claim.
    pub specialist: Option<String>,
    /// `GIT_AUTHOR_EMAIL`: a claim; git sets it for its hooks.
    pub author_email: Option<Vec<u8>>,
    /// `GIT_AUTHOR_DATE`: set by git for the hooks of a commit, `@<seconds> <zone>`.
    pub author_date: Option<String>,
    /// `GIT_COMMITTER_DATE`: where somebody sets it, that is what the time is.
    pub committer_date: Option<String>,
    /// When the process asked what time it is: once, so that all that it judges is judged at one time.
    pub now: Timestamp,
    /// The common options.
    pub common: Common,
}

/// What the repository's git config says of the guard. On a server the administrator's word; on a client the user's own.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `guard.specialist`: a claim.
    pub specialist: Option<String>,
    /// `guard.identity`: where the authenticated account comes from; empty: there is none.
    pub identity: Vec<Identity>,
    /// `guard.pushee`: what this repository is called in a push certificate; empty: that isn't asked.
    pub pushees: Vec<String>,
    /// `guard.policyFile`: the file that judges instead of the base's.
    pub policy_file: Option<String>,
    /// `guard.policyRef`: the branch that holds the policy (server).
    pub policy_ref: Option<String>,
    /// `guard.required`: no policy is a rejection.
    pub required: bool,
    /// `guard.maxCommits`: commits in one judgement.
    pub max_commits: u64,
    /// `guard.maxPaths`: changed paths in one change set.
    pub max_paths: u64,
    /// `guard.maxMessage`: bytes of a commit's message.
    pub max_message: u64,
    /// `guard.maxParents`: parents of a commit.
    pub max_parents: u64,
    /// `guard.deadline`: how long a push may be judged.
    pub deadline: Duration,
}

/// What a push that a person waits for may take.
pub const DEADLINE: Duration = Duration::from_secs(4);

/// What receive-pack says of a push certificate: trusted as far as `guard.identity`, which asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedCertificate {
    /// `GIT_PUSH_CERT`: the blob. Never `GIT_PUSH_CERT_STATUS`, `_SIGNER` or `_KEY`: who signed is verified here.
    pub blob: Oid,
    /// `GIT_PUSH_CERT_NONCE`: what was asked for.
    pub nonce: Option<String>,
    /// `GIT_PUSH_CERT_NONCE_STATUS`: how the certificate's compares to it.
    pub status: Option<String>,
}

impl Context {
    /// Reads the environment and the clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks what time it is for a judgement")]
    pub fn from_env(common: Common) -> Result<Self> {
        let bytes = |name: &str| {
            use std::os::unix::ffi::OsStringExt;
            std::env::var_os(name).filter(|v| !v.is_empty()).map(OsStringExt::into_vec)
        };
        Ok(Self {
            specialist: text("GUARD_SPECIALIST")?,
            author_email: bytes("GIT_AUTHOR_EMAIL"),
            author_date: text("GIT_AUTHOR_DATE")?,
            committer_date: text("GIT_COMMITTER_DATE")?,
            now: Timestamp::now(),
            common,
        })
    }
}

impl Context {
    /// The accounts in the variables that `guard.identity` names, each with the source as it is written there: trusted as far as the
    /// administrator who chose them. Unset or empty is nobody.
    ///
    /// # Errors
    /// One is not UTF-8.
    pub fn accounts(&self, sources: &[Identity]) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        for source in sources {
            let Some(mut account) = source.variable().map_or(Ok(None), |name| self.account(name))? else { continue };
            if let Identity::Server(Server { deploy_key: Some(name), .. }) = source
                && let Some(key) = self.account(name)?.filter(|key| key != "0")
            {
                // Gitea has it pushed by the repository's owner. No account's name has a space.
                account = format!("deploy key {key}");
            }
            found.push((source.as_text(), account));
        }
        Ok(found)
    }

    fn account(&self, name: &str) -> Result<Option<String>> {
        match std::env::var_os(name) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => value
                .into_string()
                .map(Some)
                .map_err(|_bytes| Error::new(format!("environment variable `{name}`, which `guard.identity` names, is not UTF-8"))),
        }
    }

    /// The push certificate that receive-pack got; unset or empty is none.
    ///
    /// # Errors
    /// A variable is not UTF-8, or names no object.
    pub fn push_certificate(&self) -> Result<Option<ReceivedCertificate>> {
        let Some(blob) = text("GIT_PUSH_CERT")? else { return Ok(None) };
        let blob = Oid::from_hex(&blob).ok_or_else(|| Error::new("environment variable `GIT_PUSH_CERT` names no object"))?;
        let (nonce, status) = (text("GIT_PUSH_CERT_NONCE")?, text("GIT_PUSH_CERT_NONCE_STATUS")?);
        Ok(Some(ReceivedCertificate { blob, nonce, status }))
    }

    /// Where git has set aside what a push brings: `GIT_QUARANTINE_PATH`. Believed for nothing but how long a push may still move refs.
    pub fn quarantine(&self) -> Option<PathBuf> {
        std::env::var_os("GIT_QUARANTINE_PATH").filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// The repository's directory, as git says it to a hook: `GIT_DIR`, else where this is. Nothing is judged by it.
    pub fn git_dir(&self) -> PathBuf {
        std::env::var_os("GIT_DIR").filter(|path| !path.is_empty()).map_or_else(|| PathBuf::from("."), PathBuf::from)
    }

    /// `GIT_REFLOG_ACTION`: which command git says is at work (`merge topic`, `reset: moving to …`). Only words depend on it.
    pub fn reflog_action(&self) -> Option<Vec<u8>> {
        use std::os::unix::ffi::OsStringExt;
        std::env::var_os("GIT_REFLOG_ACTION").map(OsStringExt::into_vec)
    }

    /// What the pusher says besides (`git push -o`), from `GIT_PUSH_OPTION_<n>`: their own words, good for asking for more words in the
    /// answer and for nothing else. A count that is none, or beyond any push's, is no options.
    pub fn push_options(&self) -> Vec<Vec<u8>> {
        use std::os::unix::ffi::OsStringExt;
        const MOST: usize = 1000;
        let count = std::env::var("GIT_PUSH_OPTION_COUNT").ok().and_then(|count| count.parse().ok()).filter(|count| *count <= MOST);
        let option = |n| std::env::var_os(format!("GIT_PUSH_OPTION_{n}")).map(OsStringExt::into_vec);
        (0..count.unwrap_or(0)).filter_map(option).collect()
    }

    /// Whether whoever started this is not at `root`, but somewhere below it. Hooks run at the root, and `GIT_PREFIX` says where git was
    /// started: believed, for nothing but the form of paths depends on it.
    pub fn is_below(&self, root: &Path) -> bool {
        std::env::var_os("GIT_PREFIX").is_some_and(|prefix| !prefix.is_empty())
            || std::env::current_dir().is_ok_and(|here| here != root)
    }

    /// Whether git says that the commit in the making has this author (e-mail, seconds since 1970), as an amended one keeps.
    pub fn authors(&self, author: &(Vec<u8>, i64)) -> bool {
        self.author_email.as_ref() == Some(&author.0) && seconds(self.author_date.as_deref()) == Some(author.1)
    }

    /// Whether the author's date that git says lies before any that it would give to a new commit.
    pub fn authored_before(&self) -> bool {
        let now = if self.committer_date.is_some() { seconds(self.committer_date.as_deref()) } else { Some(self.now.as_second()) };
        // The clock may have moved on since git read it.
        seconds(self.author_date.as_deref()).zip(now).is_some_and(|(authored, now)| now - authored > 1)
    }

    /// Tips of a merge in progress that git names only in the environment (`GITHEAD_<oid>`, at pre-merge-commit).
    pub fn merge_heads(&self) -> Vec<Oid> {
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let mut heads: Vec<Oid> = names.filter_map(|name| Oid::from_hex(name.strip_prefix("GITHEAD_")?)).collect();
        heads.sort();
        heads
    }
}

impl Settings {
    /// Reads the repository's git config.
    ///
    /// # Errors
    /// A value that isn't of its type, or that this version doesn't know.
    pub fn read(repo: &Repo) -> Result<Self> {
        let number = |key: &str, default: u64| match repo.config(key)? {
            None => Ok(default),
            Some(text) => match text.parse::<u64>() {
                Ok(n) if n > 0 => Ok(n),
                Ok(_) | Err(_) => {
                    Err(Error::new(format!("`git config {key}` is no positive number")).next(format!("git config {key} {default}")))
                }
            },
        };
        Ok(Self {
            specialist: repo.config("guard.specialist")?,
            identity: Identity::read(repo)?,
            pushees: repo.config_all("guard.pushee")?,
            policy_file: repo.config("guard.policyFile")?,
            policy_ref: repo.config("guard.policyRef")?,
            required: repo.config_bool("guard.required")?,
            max_commits: number("guard.maxCommits", 10_000)?,
            max_paths: number("guard.maxPaths", 100_000)?,
            max_message: number("guard.maxMessage", 1 << 20)?,
            max_parents: number("guard.maxParents", 64)?,
            deadline: deadline(repo.config("guard.deadline")?.as_deref())?,
        })
    }
}

/// An environment variable; unset or empty is none.
fn text(name: &str) -> Result<Option<String>> {
    match std::env::var_os(name) {
        None => Ok(None),
        Some(value) if value.is_empty() => Ok(None),
        Some(value) => {
            value.into_string().map(Some).map_err(|_not_text| Error::new(format!("environment variable `{name}` is not UTF-8")))
        }
    }
}

/// A date as git hands it on, `@<seconds> <zone>`.
fn seconds(date: Option<&str>) -> Option<i64> {
    date?.trim_start_matches('@').split(' ').next()?.parse().ok()
}

/// Seconds, minutes or hours, as in a policy.
fn deadline(value: Option<&str>) -> Result<Duration> {
    let Some(text) = value else { return Ok(DEADLINE) };
    crate::policy::duration(text).ok().filter(|after| !after.is_zero()).ok_or_else(|| {
        Error::new(format!("`git config guard.deadline` says `{}`, which is no duration", crate::text::escape(text.as_bytes())))
            .help("git config guard.deadline 4s")
    })
}
