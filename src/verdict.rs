//! The answer: outcomes of rules, and the decision that follows from them.

use crate::facts::SubjectKind;
use crate::identity::Actor;
use crate::model::{AreaNames, Oid, RepoPath, Totals};
use crate::policy::Level;
use crate::policy::Position;
use crate::policy::Stage;

/// What comes out in the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Exit status 0.
    Accepted,
    /// Exit status 1.
    Rejected,
    /// Exit status 2.
    Undecided,
}

impl Decision {
    /// The process's exit status.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Rejected => 1,
            Self::Undecided => 2,
        }
    }

    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Undecided => "undecided",
        }
    }
}

/// What one rule says of one subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The rule holds. The phrase says why.
    Satisfied(String),
    /// The rule doesn't hold: each violation with its facts.
    Violated(Vec<Violation>),
    /// The rule has nothing to say here. The phrase says why.
    NotApplicable(String),
    /// The rule can't tell. The phrase says why.
    Indeterminate(String),
    /// The rule doesn't hold, and an owner waived it: by which waivers.
    Waived(String, Vec<Violation>),
}

/// A number that was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measured {
    /// Exactly this.
    Exact(u64),
    /// Somewhere in between; `at_least` is over the limit.
    Between {
        /// No less.
        at_least: u64,
        /// No more.
        at_most: u64,
    },
}

/// What a violation is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ViolationScope {
    /// One commit, or the index.
    Commit,
    /// A session.
    Session,
    /// A landing.
    Landing,
}

/// One way in which a rule doesn't hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// One phrase, lower case, no period: what was found, with the number and the limit. Paths in it are escaped.
    pub message: String,
    /// Over what.
    pub scope: ViolationScope,
    /// All the paths.
    pub paths: Vec<RepoPath>,
    /// More lines of evidence for text (`api/main.py:48  app.add_middleware(…)`), escaped.
    pub details: Vec<String>,
    /// The number.
    pub measured: Option<Measured>,
    /// The limit.
    pub limit: Option<u64>,
    /// The suite that is missing.
    pub suite: Option<String>,
    /// The level that is demanded.
    pub demanded: Option<Level>,
    /// The level that was found.
    pub found: Option<Level>,
    /// The line of the policy.
    pub policy: Option<Position>,
    /// One sentence of help.
    pub help: String,
    /// Commands that work when pasted, and that change what was found: what only shows something is no way out.
    pub next: Vec<String>,
    /// What an owner is asked for, where nobody else can lift it: a command, ready to be forwarded.
    pub ask: Option<String>,
}

impl Violation {
    /// With its message alone; the rest is the rule's to fill in.
    pub fn of(scope: ViolationScope, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            scope,
            paths: Vec::new(),
            details: Vec::new(),
            measured: None,
            limit: None,
            suite: None,
            demanded: None,
            found: None,
            policy: None,
            help: String::new(),
            next: Vec::new(),
            ask: None,
        }
    }
}

/// One subject, and what every rule says of it.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What it is.
    pub kind: SubjectKind,
    /// The commit.
    pub commit: Option<Oid>,
    /// The ref, raw bytes.
    pub reference: Option<Vec<u8>>,
    /// The tree.
    pub tree: Option<Oid>,
    /// Who.
    pub actor: Option<Actor>,
    /// How much.
    pub totals: Totals,
    /// Which areas.
    pub areas: AreaNames,
    /// One outcome for each rule, in the order of `RULES`: (rule id, outcome).
    pub outcomes: Vec<(&'static str, Outcome)>,
}

impl Judgement {
    /// Whether some rule says anything but that all is well.
    pub fn objects(&self) -> bool {
        self.outcomes.is_empty()
            || self.outcomes.iter().any(|(_, outcome)| match outcome {
                Outcome::Violated(_) | Outcome::Indeterminate(_) | Outcome::Waived(..) => true,
                Outcome::Satisfied(_) | Outcome::NotApplicable(_) => false,
            })
    }
}

/// The answer to all facts.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// In the end.
    pub decision: Decision,
    /// At which stage.
    pub stage: Stage,
    /// One by one.
    pub judgements: Vec<Judgement>,
}

impl Verdict {
    /// Deny overrides; indeterminate rejects; a judgement without any outcome is undecided. Nothing to judge is accepted.
    pub fn of(stage: Stage, judgements: Vec<Judgement>) -> Self {
        let outcomes = || judgements.iter().flat_map(|j| &j.outcomes).map(|(_, outcome)| outcome);
        let decision = if outcomes().any(|o| matches!(o, Outcome::Violated(_))) {
            Decision::Rejected
        } else if outcomes().any(|o| matches!(o, Outcome::Indeterminate(_))) || judgements.iter().any(|j| j.outcomes.is_empty()) {
            Decision::Undecided
        } else {
            Decision::Accepted
        };
        Self { decision, stage, judgements }
    }
}
