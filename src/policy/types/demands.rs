//! What must be proven: areas, suites, and the levels that count.

use std::time::Duration;

use regex::bytes::Regex;

use super::super::pattern::Patterns;
use crate::model::RepoPath;
use crate::policy::Level;
use crate::policy::{Cited, Position};

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

impl Forbidden {
    /// As the policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Modify => "modify",
            Self::Delete => "delete",
        }
    }
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
    /// What its runs may reach; `None`: nobody said, which is `tree` where the system has it.
    pub sandbox: Option<Sandbox>,
}

/// `sandbox` of a `[suite.NAME]`: what a run may reach, the weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sandbox {
    /// Whatever the user may.
    None,
    /// Of the work tree and its repository nothing but the tree that is tested.
    Tree,
    /// That, and no network; nothing survives the run.
    Offline,
}

impl Sandbox {
    /// All of them, the weakest first.
    pub const ALL: [Self; 3] = [Self::None, Self::Tree, Self::Offline];

    /// As the policy and a record write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Tree => "tree",
            Self::Offline => "offline",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sandbox| sandbox.as_str() == name)
    }
}

/// `[halt]`.
#[derive(Clone, Debug, Default)]
pub struct Halt {
    /// Suites: a failed run of one on a protected branch's tip halts the project.
    pub on_failure: Vec<Cited<String>>,
    /// Given to `sh -c` by the program that halts.
    pub notify: Option<Cited<String>>,
    /// What it reads; `None`: nobody said, which is text.
    pub notify_format: Option<NotifyFormat>,
    /// What an automatic halt does about what is broken; `None`: nobody said, which is nothing.
    pub rollback: Option<AutoRollback>,
    /// Specialists whose proven change may land in an automatic halt.
    pub repair: Vec<Cited<String>>,
}

/// `notify-format`: what `notify` reads on its standard input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotifyFormat {
    /// The reason, a line.
    Text,
    /// One JSON document.
    Json,
}

impl NotifyFormat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Text, Self::Json];

    /// As the policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

/// `rollback` of `[halt]`: what an automatic halt does about what is broken, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum AutoRollback {
    /// Nothing.
    No,
    /// It makes the commit that returns to the last good state, on a branch of its own.
    Branch,
    /// It pushes that to the branch that is broken.
    Land,
}

impl AutoRollback {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::No, Self::Branch, Self::Land];

    /// As the policy writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Branch => "branch",
            Self::Land => "land",
        }
    }
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
