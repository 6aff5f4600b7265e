//! How much a proof is worth.

use std::time::Duration;

use jiff::Timestamp;

use crate::policy::Level;

/// What is known of one suite on one tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The best level that counts.
    pub level: Level,
    /// Whose it is ("a run on this machine", "trailer of 1a2b3c4"), where there is any.
    pub by: Option<String>,
    /// For everything that was found and didn't count, why; empty where nothing was found.
    pub refused: Vec<RejectReason>,
    /// For what counts, why it doesn't count for more.
    pub short: Vec<RejectReason>,
    /// Where the suite's own files are others than the base's: the best level at which the base's have passed on this tree.
    pub base_run: Option<Level>,
    /// The message that could carry a marker isn't known yet, but a commit-msg hook that is installed and runnable will see it.
    pub marker_may_come: bool,
}

impl Proof {
    /// Nothing was found.
    pub fn none() -> Self {
        Self { level: Level::None, by: None, refused: Vec::new(), short: Vec::new(), base_run: None, marker_may_come: false }
    }

    /// Whether a run has passed, by the records that there are; `None`: there is none that says so, nor that it failed. A marker is no
    /// record.
    pub fn passed(&self) -> Option<bool> {
        let fell_short = |why: &RejectReason| {
            matches!(why, RejectReason::Failed(_) | RejectReason::TooFewTests { .. } | RejectReason::TooManySkipped { .. })
        };
        // Whatever counts for less than it might has said why.
        if self.level >= Level::Recorded || !self.short.is_empty() {
            Some(true)
        } else {
            self.refused.iter().any(fell_short).then_some(false)
        }
    }
}

/// Why a record or marker doesn't count: each a different, named answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RejectReason {
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
    /// The suite's own files were neither the tree's nor the base's, or it doesn't say which.
    OtherFiles,
    /// With the suite's own files more tests must pass than with the base's.
    FewerThanBase {
        /// Passed with the tree's.
        passed: u64,
        /// Passed with the base's.
        base: u64,
    },
    /// The suite's own files are changed, and the base's have not passed on this tree at that level.
    BaseNotRun(Level),
    /// Nobody signed it.
    Unsigned,
    /// Nobody signed it, and it was not recorded in this clone.
    NotRecordedHere,
    /// It is here, and not where the push goes, which judges by what it has.
    Unpushed,
    /// A signature on it is worth nothing: why.
    BadSignature(String),
    /// The policy doesn't have the key: its fingerprint.
    UnknownSigner(String),
    /// It stands in the notes of this writer, whose key it isn't.
    OtherWriter(String),
    /// Signed by this specialist, whose work it isn't.
    OthersWork(String),
    /// The runner's key is this specialist's, whose work it is.
    NotIndependent(String),
    /// Signed, but by no runner.
    NoRunner,
    /// It ended longer ago than `max-age`.
    TooOld {
        /// When.
        end: Timestamp,
        /// At most this long ago.
        max: Duration,
    },
    /// It stands in the notes of a writer with more signatures on one tree than are verified.
    TooManySignatures(String),
    /// It ends in the future.
    Future(Timestamp),
}

impl RejectReason {
    /// As a phrase, lower case, escaped.
    pub fn phrase(&self) -> String {
        let escape = |text: &str| crate::text::escape(text.as_bytes());
        match self {
            Self::Stale { tree } => {
                format!("it is stale: it is for another tree, {}", escape(&tree.chars().take(7).collect::<String>()))
            }
            Self::Failed(why) => format!("the run failed: {}", escape(why)),
            Self::OtherDefinition => "the suite was defined otherwise when it ran".to_owned(),
            Self::OtherRepository => "it is of another repository".to_owned(),
            Self::TooFewTests { passed, demanded } => format!("too few tests: {passed} passed, {demanded} demanded"),
            Self::TooManySkipped { skipped, allowed } => format!("too many tests skipped: {skipped}, {allowed} allowed"),
            Self::Malformed(why) => format!("it can't be read: {}", escape(why)),
            Self::OtherFiles => "the suite's own files were others when it ran".to_owned(),
            Self::FewerThanBase { passed, base } => {
                format!("{passed} tests passed, and {base} with the suite's files as the base has them")
            }
            Self::BaseNotRun(level) => {
                format!("the suite's own files are changed, and as the base has them they have not passed here ({level})")
            }
            Self::Unsigned => "nobody signed it".to_owned(),
            Self::NotRecordedHere => "nobody signed it, and this clone did not record it".to_owned(),
            Self::Unpushed => "it is here, and not on the remote that the push goes to".to_owned(),
            Self::BadSignature(why) => format!("its signature is not good: {}", escape(why)),
            Self::UnknownSigner(key) => format!("signed by {}, a key that the policy does not have", escape(key)),
            Self::OtherWriter(writer) => format!("it stands in the notes of `{}`, who did not sign it", escape(writer)),
            Self::OthersWork(who) => format!("signed by `{}`, whose work this is not", escape(who)),
            Self::NotIndependent(who) => format!("the runner's key is `{}`'s own, whose work this is", escape(who)),
            Self::NoRunner => "signed, but by no runner".to_owned(),
            Self::TooOld { end, max } => {
                format!("it is too old: it ended {end}, at most {} ago counts", crate::policy::show_duration(*max))
            }
            Self::TooManySignatures(writer) => {
                format!("it stands among more signatures of `{}` on one tree than are verified", escape(writer))
            }
            Self::Future(end) => format!("it ends in the future: {end}"),
        }
    }
}
