//! What a policy says, after it was checked.

mod bounds;
mod demands;
mod people;

pub use self::bounds::{Count, PathRules, RefPatterns, RefRules, Session, Submodules, Symlinks};
pub use self::demands::{Area, AutoRollback, Combined, EvidenceLevels, Forbidden, Halt, NotifyFormat, Sandbox, Suite};
pub use self::people::{Owners, Runner, Signer, Specialist};
use super::cited::Cited;
use super::limits::Limits;
use crate::model::Oid;

/// Where a policy was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicySource {
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
    pub source: PolicySource,
    /// Its text, for citations.
    pub text: String,
    /// The branch that work lands on; `None`: the default branch.
    pub base: Option<Cited<String>>,
    /// Branches that can't be deleted or rewound, as written; `None`: the base alone.
    pub protected: Option<RefPatterns>,
    /// Work space, as written, where few rules judge a push; what is protected isn't free.
    pub free: Option<RefPatterns>,
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
    /// `[halt]`.
    pub halt: Halt,
    /// `[evidence]`, defaults filled in.
    pub evidence: EvidenceLevels,
    /// `[count]`.
    pub count: Count,
    /// `[paths]`, defaults filled in.
    pub paths: PathRules,
    /// `[refs]`, defaults filled in.
    pub refs: RefRules,
    /// `[session]`, defaults filled in.
    pub session: Session,
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

    /// The area of that name.
    pub fn area(&self, name: &str) -> Option<&Area> {
        self.areas.iter().find(|a| a.name.value == name)
    }

    /// The specialist of that name.
    pub fn specialist(&self, name: &str) -> Option<&Specialist> {
        self.specialists.iter().find(|s| s.name.value == name)
    }
}
