//! What a judgement is told besides the repository and the policy.

use jiff::Timestamp;

use crate::context::{Context, Settings};
use crate::git::Repo;
use crate::git::notes::Writers;
use crate::ledger::window::Counted;
use crate::model::Oid;
use crate::model::ref_update::RefUpdate;

/// Which side of a push asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Where commits are made: claims say whose they are, and an unsigned record that this clone made is a run that was seen.
    Client,
    /// Where they are pushed to: what is new is its account's, and an unsigned record is a claim.
    Server,
}

impl Side {
    /// The side that a repository is on by itself: nobody commits in a bare one.
    pub fn of(repo: &Repo) -> Self {
        if repo.is_bare() { Self::Server } else { Self::Client }
    }
}

/// Everything that a judgement is told.
///
/// Side and time have no default: whoever builds this says both, once, and nothing can be changed afterwards. What the methods add is
/// absent where nobody adds it, and its absence never makes a judgement milder.
#[derive(Clone)]
pub struct Inputs<'a> {
    pub(super) side: Side,
    /// The one time of the judgement.
    pub(super) now: Timestamp,
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings,
    /// `--as`.
    pub(super) specialist: Option<&'a str>,
    /// The remote that a push goes to.
    pub(super) remote: Option<&'a str>,
    /// Every number is shown, so every number must be exact.
    pub(super) shows_numbers: bool,
    /// The message isn't known yet, but a hook that is installed and runs will see its trailers.
    pub(super) trailer_may_come: bool,
    /// Evidence refs that a push brings.
    pub(super) notes: &'a [(Vec<u8>, Oid)],
    /// What is reserved and not yet recorded, newest first.
    pub(super) reserved: &'a [Counted],
    /// The updates of a push that may come with a certificate.
    pub(super) pushed: Option<&'a [RefUpdate]>,
    /// The ledger is damaged: whose commits are isn't asked of it.
    pub(super) ledger_is_damaged: bool,
    /// The refs of evidence as they stood once; `None`: as they are.
    pub(super) writers: Option<Writers>,
}

impl<'a> Inputs<'a> {
    /// A judgement on that side, at that time.
    pub fn new(side: Side, now: Timestamp, context: &'a Context, settings: &'a Settings) -> Self {
        Self {
            side,
            now,
            context,
            settings,
            specialist: None,
            remote: None,
            shows_numbers: false,
            trailer_may_come: false,
            notes: &[],
            reserved: &[],
            pushed: None,
            ledger_is_damaged: false,
            writers: None,
        }
    }

    /// For the specialist that `--as` names.
    #[must_use]
    pub fn acting_as(self, specialist: Option<&'a str>) -> Self {
        Self { specialist, ..self }
    }

    /// Of a push to this remote.
    #[must_use]
    pub fn to_remote(self, remote: Option<&'a str>) -> Self {
        Self { remote, ..self }
    }

    /// With exact numbers, where they are shown.
    #[must_use]
    pub fn showing_numbers(self, shows_numbers: bool) -> Self {
        Self { shows_numbers, ..self }
    }

    /// Before the message is known, where a commit-msg hook that runs will see it.
    #[must_use]
    pub fn before_the_message(self, trailer_may_come: bool) -> Self {
        Self { trailer_may_come, ..self }
    }

    /// With the evidence refs that a push brings, which stand in place of the repository's own of the same names.
    #[must_use]
    pub fn bringing(self, notes: &'a [(Vec<u8>, Oid)]) -> Self {
        Self { notes, ..self }
    }

    /// Of a push that a server takes, beside what others have reserved.
    #[must_use]
    pub fn received(self, updates: &'a [RefUpdate], reserved: &'a [Counted]) -> Self {
        Self { pushed: Some(updates), reserved, ..self }
    }

    /// Without the ledger, where it is damaged.
    #[must_use]
    pub fn without_ledger(self, ledger_is_damaged: bool) -> Self {
        Self { ledger_is_damaged, ..self }
    }

    /// With evidence as those refs hold it.
    #[must_use]
    pub fn reading(self, writers: Writers) -> Self {
        Self { writers: Some(writers), ..self }
    }

    /// The remote that a push goes to.
    pub fn remote(&self) -> Option<&'a str> {
        self.remote
    }

    /// Whether trailers of a message that isn't known yet will be seen by another hook.
    pub fn awaits_trailer(&self) -> bool {
        self.trailer_may_come
    }
}
