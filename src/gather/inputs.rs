//! What a judgement is told besides the repository and the policy.

use jiff::Timestamp;

use crate::context::{Context, Settings};
use crate::git::Repo;
use crate::git::notes::Writers;
use crate::ledger::window::Counted;
use crate::model::Oid;
use crate::model::ref_update::RefUpdate;

/// Which side of a push asks.
#[derive(Clone, Copy, Debug)]
pub enum Side<'a> {
    /// Where commits are made: claims say whose they are, and an unsigned record that this clone made is a run that was seen.
    Client,
    /// Where they are pushed to: what is new is its account's, and an unsigned record is a claim.
    Server {
        /// The push that is being received. `None` says that none is: then there is no certificate, and no reservation counts.
        push: Option<ReceivedPush<'a>>,
    },
}

/// What a server knows of the push that it takes.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedPush<'a> {
    /// The updates, which a certificate may come with.
    pub updates: &'a [RefUpdate],
    /// What others have reserved and nobody has recorded yet, newest first.
    pub reserved: &'a [Counted],
}

impl<'a> Side<'a> {
    /// The side that a repository is on by itself, while nobody pushes: nobody commits in a bare one.
    pub fn of(repo: &Repo) -> Self {
        if repo.is_bare() { Self::Server { push: None } } else { Self::Client }
    }

    /// Whether the repository that is pushed to asks.
    pub(super) fn is_server(self) -> bool {
        match self {
            Self::Client => false,
            Self::Server { push: _ } => true,
        }
    }

    /// The push that a server is taking.
    pub(super) fn push(self) -> Option<ReceivedPush<'a>> {
        match self {
            Self::Client => None,
            Self::Server { push } => push,
        }
    }
}

/// Everything that a judgement is told.
///
/// Side and time have no default: whoever builds this says both, once, and nothing can be changed afterwards. A server's side says which
/// push it takes, or that it takes none, because reservations and a certificate can speak against a push. What the methods add is absent
/// where nobody adds it. Its absence makes no judgement milder, but for a halt among the notes that a push brings.
#[derive(Clone)]
pub struct Inputs<'a> {
    pub(super) side: Side<'a>,
    /// The one time of the judgement.
    pub(super) now: Timestamp,
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings,
    /// `--as`.
    pub(super) specialist: Option<&'a str>,
    /// The remote that a push goes to.
    pub(super) remote: Option<&'a str>,
    /// The address of whoever pushes from here, raw bytes; `None`: nobody does.
    pub(super) pushing: Option<&'a [u8]>,
    /// Every number is shown, so every number must be exact.
    pub(super) shows_numbers: bool,
    /// The message isn't known yet, but a hook that is installed and runs will see its trailers.
    pub(super) trailer_may_come: bool,
    /// Evidence refs that a push brings.
    pub(super) notes: &'a [(Vec<u8>, Oid)],
    /// The ledger is damaged: whose commits are isn't asked of it.
    pub(super) ledger_is_damaged: bool,
    /// The refs of evidence as they stood once; `None`: as they are.
    pub(super) writers: Option<Writers>,
}

impl<'a> Inputs<'a> {
    /// A judgement on that side, at that time.
    pub fn new(side: Side<'a>, now: Timestamp, context: &'a Context, settings: &'a Settings) -> Self {
        Self {
            side,
            now,
            context,
            settings,
            specialist: None,
            remote: None,
            pushing: None,
            shows_numbers: false,
            trailer_may_come: false,
            notes: &[],
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

    /// Pushed from here by whoever has this address: what they claim to be, the server will know by their account.
    #[must_use]
    pub fn pushed_by(self, address: Option<&'a [u8]>) -> Self {
        Self { pushing: address, ..self }
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

    /// What others have reserved, where a server takes a push.
    pub(super) fn reserved(&self) -> &'a [Counted] {
        self.side.push().map_or(&[], |push| push.reserved)
    }

    /// Whether trailers of a message that isn't known yet will be seen by another hook.
    pub fn awaits_trailer(&self) -> bool {
        self.trailer_may_come
    }
}
