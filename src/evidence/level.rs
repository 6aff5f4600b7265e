//! How much a proof is worth.

use std::fmt;

/// Levels, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Nothing is demanded, or nothing was found.
    None,
    /// A trailer in the commit's message.
    Claimed,
    /// An unsigned record of a run on this machine.
    Recorded,
    /// Signed by the acting specialist.
    Signed,
    /// Signed by a runner that isn't the specialist.
    Attested,
}

impl Level {
    /// As the policy and the reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Claimed => "claimed",
            Self::Recorded => "recorded",
            Self::Signed => "signed",
            Self::Attested => "attested",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is known of one suite on one tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The best level that counts.
    pub level: Level,
    /// Whose it is ("a run on this machine", "trailer of 1a2b3c4"), where there is any.
    pub by: Option<String>,
    /// For everything that was found and didn't count, why; empty where nothing was found.
    pub refused: Vec<Missing>,
    /// The message that could carry a marker isn't known yet, but a commit-msg hook that is installed and runnable will see it.
    pub marker_may_come: bool,
}

impl Proof {
    /// Nothing was found.
    pub fn none() -> Self {
        Self { level: Level::None, by: None, refused: Vec::new(), marker_may_come: false }
    }
}

/// Why a record or marker doesn't count: each a different, named answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Missing {
    /// It is for another tree (hex).
    Stale {
        /// The tree that it names.
        tree: String,
    },
    /// The run failed: in the record's words ("exit status 1", "timed out after 15m").
    Failed(String),
    /// The suite's definition in the trusted policy is another.
    OtherDefinition,
    /// The record is of another repository.
    OtherRepository,
    /// Fewer passed tests than `min-tests`.
    TooFewTests {
        /// Passed.
        passed: u64,
        /// Demanded.
        demanded: u64,
    },
    /// More skipped tests than `max-skipped`.
    TooManySkipped {
        /// Skipped.
        skipped: u64,
        /// Allowed.
        allowed: u64,
    },
    /// It can't be read: why.
    Malformed(String),
}

impl Missing {
    /// As a phrase, lower case, escaped.
    pub fn phrase(&self) -> String {
        let escape = |text: &str| crate::report::escape(text.as_bytes());
        match self {
            Self::Stale { tree } => format!("for another tree, {}", escape(tree).chars().take(7).collect::<String>()),
            Self::Failed(why) => format!("the run failed: {}", escape(why)),
            Self::OtherDefinition => "made under another definition of the suite".to_owned(),
            Self::OtherRepository => "made in another repository".to_owned(),
            Self::TooFewTests { passed, demanded } => format!("{passed} tests passed, at least {demanded} demanded"),
            Self::TooManySkipped { skipped, allowed } => format!("{skipped} tests skipped, {allowed} allowed"),
            Self::Malformed(why) => format!("unreadable: {}", escape(why)),
        }
    }
}
