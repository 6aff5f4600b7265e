//! What a policy says, after it was checked.

use std::time::Duration;

use regex::bytes::Regex;
use ssh_key::public::KeyData;

use super::key::Key;
use super::limits::Limits;
use super::pattern::{Pattern, Patterns};
use crate::change::{Oid, RepoPath};
use crate::evidence::Level;

/// Where in the policy something is said: 1-based line and column (column in characters).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
}

/// A value, and where the policy says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cited<T> {
    /// The value.
    pub value: T,
    /// Where its key stands.
    pub at: Position,
}

/// Where a policy was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// As reports name it: `main:policy.toml`, `index:policy.toml`, or the path of a file.
    pub name: String,
    /// The commit that it was read from, if it was.
    pub commit: Option<Oid>,
    /// The blob that it is, if it was read from the object database.
    pub blob: Option<Oid>,
    /// Whether it is the trusted one; false for `--policy FILE` and for a bootstrap.
    pub trusted: bool,
}

/// The whole policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where it was read.
    pub source: Source,
    /// Its text, for citations.
    pub text: String,
    /// The branch that work lands on; `None`: the default branch.
    pub base: Option<Cited<String>>,
    /// Branches that can't be deleted or rewound, as written; `None`: the base alone.
    pub protected: Option<RefPatterns>,
    /// Who may change the policy.
    pub owners: Owners,
    /// What applies to an owner without an entry, and what every specialist inherits.
    pub defaults: Limits,
    /// By name, in the policy's order, `"*"` included.
    pub specialists: Vec<Specialist>,
    /// By name, in the policy's order.
    pub areas: Vec<Area>,
    /// By name, in the policy's order.
    pub suites: Vec<Suite>,
    /// By name, in the policy's order.
    pub runners: Vec<Runner>,
    /// `[combined]`.
    pub combined: Option<Combined>,
    /// `[evidence]`, defaults filled in.
    pub evidence: EvidenceLevels,
    /// `[count]`.
    pub count: Count,
    /// `[paths]`, defaults filled in.
    pub paths: PathRules,
    /// `[refs]`, defaults filled in.
    pub refs: RefRules,
}

/// `[owners]`.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    /// Account names.
    pub users: Vec<Cited<String>>,
    /// E-mail addresses, believed at the stage `commit` only.
    pub emails: Vec<Cited<String>>,
    /// What an owner signs with.
    pub keys: Vec<Cited<Key>>,
}

/// `[runner.NAME]`.
#[derive(Clone, Debug)]
pub struct Runner {
    /// Its name; `at` is its table's header.
    pub name: Cited<String>,
    /// Whose signature makes a record `attested`.
    pub keys: Vec<Cited<Key>>,
}

/// Whose key it is.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'p> {
    /// A runner's.
    Runner(&'p Runner),
    /// A specialist's.
    Specialist(&'p Specialist),
    /// An owner's.
    Owner,
}

/// `[specialist.NAME]`.
#[derive(Clone, Debug)]
pub struct Specialist {
    /// Its name; `at` is its table's header.
    pub name: Cited<String>,
    /// Account names.
    pub users: Vec<Cited<String>>,
    /// What it signs with: commits, push certificates, records.
    pub keys: Vec<Cited<Key>>,
    /// Author e-mails.
    pub emails: Vec<Cited<String>>,
    /// Branches that it works on (globs over the short branch name).
    pub branches: Option<RefPatterns>,
    /// `None`: everywhere; else nowhere else. Matched strictly (exact bytes).
    pub allowed: Option<Patterns>,
    /// Never here; matched generously (folded). The patterns of `prohibited` without the `area:` ones.
    pub prohibited: Patterns,
    /// `area:NAME` entries of `prohibited`: any touch of them, by path or by line.
    pub prohibited_areas: Vec<Cited<String>>,
    /// Suites that any change of this specialist needs.
    pub requires: Vec<Cited<String>>,
    /// Its limits, `[defaults]` already inherited key by key.
    pub limits: Limits,
}

/// `[area.NAME]`.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its name; `at` is its table's header.
    pub name: Cited<String>,
    /// By path; matched generously (folded).
    pub paths: Patterns,
    /// By content: a change in the matching lines of any file.
    pub lines: Vec<Cited<Regex>>,
    /// Kinds of change nobody may make here.
    pub forbid: Vec<Cited<Forbidden>>,
    /// Whether add, modify and delete are for owners.
    pub owners_only: Option<Cited<bool>>,
    /// Suites that a touch demands, its own alone.
    pub requires: Vec<Cited<String>>,
    /// Areas whose demands a touch adds, as written (not closed over).
    pub affects: Vec<Cited<String>>,
}

/// A kind of change that an area forbids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Forbidden {
    /// A new path (the new side of a rename, too).
    Add,
    /// Content, mode, type or submodule pointer.
    Modify,
    /// A path gone (the old side of a rename, too).
    Delete,
}

/// `[suite.NAME]`.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its name; `at` is its table's header.
    pub name: Cited<String>,
    /// Given to `sh -c` in a clean export of the tree.
    pub run: String,
    /// What the suite is made of; matched generously (folded). Empty: nobody said.
    pub files: Patterns,
    /// After which its process group is killed; default 15 minutes.
    pub timeout: Duration,
    /// Path of the JUnit file in the export.
    pub junit: Option<RepoPath>,
    /// Fewer passed tests than this don't count; needs `junit`.
    pub min_tests: Option<u64>,
    /// More skipped tests than this don't count; needs `junit`.
    pub max_skipped: Option<u64>,
    /// The only variables that are passed on; default `PATH` alone.
    pub env: Vec<String>,
}

/// `[combined]`.
#[derive(Clone, Debug)]
pub struct Combined {
    /// Suites that several specialists' work needs on the tree of the tip.
    pub requires: Vec<Cited<String>>,
}

/// `[evidence]`: the least level that counts, by stage; `at` is `None` where it is the default.
#[derive(Clone, Debug)]
pub struct EvidenceLevels {
    /// On this machine, before a commit.
    pub commit: (Level, Option<Position>),
    /// In a push to a branch that isn't protected.
    pub branch: (Level, Option<Position>),
    /// In a push to a protected branch.
    pub land: (Level, Option<Position>),
    /// Every commit of a push must be proven, not only the tip.
    pub each_commit: bool,
    /// Older records don't count.
    pub max_age: Option<Cited<Duration>>,
    /// An attestation with a key of the change's own specialist does not count as attested.
    pub independent: bool,
}

/// `[count]`: paths left out of a count, matched strictly.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// Left out of lines and bytes.
    pub not_lines: Patterns,
    /// Left out of files.
    pub not_files: Patterns,
}

impl Count {
    /// Whether `path` is no file for `file-limit`.
    pub fn leaves_out_file(&self, path: &RepoPath) -> bool {
        self.not_files.matches_exact(path).is_some()
    }

    /// Whether `path` has no lines and bytes for `line-limit` and `byte-limit`.
    pub fn leaves_out_lines(&self, path: &RepoPath) -> bool {
        self.not_lines.matches_exact(path).is_some()
    }
}

/// `[paths]`.
#[derive(Clone, Debug)]
pub struct PathRules {
    /// No name that another file system would fold, trim or refuse.
    pub portable: bool,
    /// What symbolic links may do.
    pub symlinks: Symlinks,
    /// Whether submodules may be.
    pub submodules: Submodules,
}

/// `[paths] symlinks`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symlinks {
    /// Targets stay inside the repository.
    Inside,
    /// None.
    Deny,
    /// Any.
    Allow,
}

/// `[paths] submodules`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Submodules {
    /// Any.
    Allow,
    /// None.
    Deny,
}

/// Globs over ref or branch names, in which `*` crosses `/` only where said so.
#[derive(Clone, Debug)]
pub struct RefPatterns {
    /// As written, in order.
    pub patterns: Vec<Cited<Pattern>>,
}

impl RefPatterns {
    /// Whether `name` (bytes) matches one of them.
    pub fn matches(&self, name: &[u8]) -> bool {
        let path = RepoPath::new(name);
        self.patterns.iter().any(|p| p.value.matches(&path))
    }
}

/// `[refs]`.
#[derive(Clone, Debug)]
pub struct RefRules {
    /// What a client may push at all (owners excepted); full names; `*` here is any depth.
    pub allowed: RefPatterns,
    /// Ref updates in one push.
    pub max_per_push: Cited<u64>,
}

impl Policy {
    /// The text of a line (1-based), without its newline and surrounding white space.
    pub fn line(&self, line: u32) -> &str {
        let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
        self.text.lines().nth(index).unwrap_or("").trim()
    }

    /// The suite of that name.
    pub fn suite(&self, name: &str) -> Option<&Suite> {
        self.suites.iter().find(|s| s.name.value == name)
    }

    /// The runner of that name.
    pub fn runner(&self, name: &str) -> Option<&Runner> {
        self.runners.iter().find(|r| r.name.value == name)
    }

    /// Everyone whose key that is, with the line that says so: runners, specialists, owners.
    pub fn signers(&self, key: &KeyData) -> Vec<(Signer<'_>, &Cited<Key>)> {
        let runners = self.runners.iter().filter_map(|r| Some((Signer::Runner(r), find(&r.keys, key)?)));
        let specialists = self.specialists.iter().filter_map(|s| Some((Signer::Specialist(s), find(&s.keys, key)?)));
        let owners = find(&self.owners.keys, key).map(|k| (Signer::Owner, k));
        runners.chain(specialists).chain(owners).collect()
    }

    /// Whether the policy names any key at all.
    pub fn has_keys(&self) -> bool {
        let people = self.specialists.iter().map(|s| &s.keys).chain([&self.owners.keys]);
        people.chain(self.runners.iter().map(|r| &r.keys)).any(|keys| !keys.is_empty())
    }

    /// The area of that name.
    pub fn area(&self, name: &str) -> Option<&Area> {
        self.areas.iter().find(|a| a.name.value == name)
    }

    /// The specialist of that name.
    pub fn specialist(&self, name: &str) -> Option<&Specialist> {
        self.specialists.iter().find(|s| s.name.value == name)
    }
}

fn find<'k>(keys: &'k [Cited<Key>], key: &KeyData) -> Option<&'k Cited<Key>> {
    keys.iter().find(|k| k.value.data == *key)
}
