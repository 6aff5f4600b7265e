//! One entry: who pushed what where, what of it was whose, what an owner waived, who halted and resumed.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::value::{Bytes, Id, Number, Side, Time};
use crate::error::{Error, Result};
use crate::git::ledger::{self, Stored};
use crate::model::{Bounds, FileChange, FileStatus, LineCount, LineTouch, LineTouches, LinkTarget, RepoPath};

/// The version of this format.
pub const VERSION: u8 = 1;

/// A push that was taken.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Of the format.
    pub version: u8,
    /// Its place in the ledger, from 1; 0 while it has none.
    pub number: u64,
    /// By what a reservation and its entry know each other.
    pub id: String,
    /// When it was taken, by the server's clock.
    pub time: Time,
    /// Where that lies before the entries in front of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
    /// The authenticated account, or who signed the push.
    pub account: Option<String>,
    /// `guard.identity`: how the account is known.
    pub identity: String,
    /// `commit`, `branch` or `land`.
    pub stage: String,
    /// `accepted`.
    pub verdict: String,
    /// The policy that judged.
    pub policy: PolicyAt,
    /// The refs, and what they held before and after.
    pub updates: Vec<Update>,
    /// Who did what on which ref.
    pub work: Vec<RecordedWork>,
    /// What an owner has waived.
    pub waivers: Vec<Waived>,
    /// Halts and resumes that came with it.
    pub words: Vec<LedgerStatement>,
    /// The push ended before it could be recorded; a later one recorded what the refs held.
    pub reconciled: bool,
}

/// Of an entry, which refs it moved and when: what it takes to know whether the rest counts.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Moves {
    version: u8,
    /// As the entry's.
    pub time: Time,
    /// As the entry's.
    #[serde(default)]
    pub behind: Option<Behind>,
    /// As the entry's.
    pub updates: Vec<Update>,
}

/// The clock was set back, or is behind: an entry is dated before those in front of it.
///
/// Which of the two it was can't be told then, and may be told later: what lies ahead of a later reader's clock was never a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Behind {
    /// The latest time of the entries in front of it.
    pub of: Time,
    /// The first time after which the clock had gone back.
    pub since: Time,
}

/// So long a latest time that isn't reached again is carried on. After it the ledger is dated by the clock alone, so that a reader
/// doesn't go back to the day on which a clock was a year ahead.
const CARRIED: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Behind {
    /// What an entry of that time has to say after one of time `last`.
    pub fn after(last: Time, behind: Option<Self>, time: Time) -> Option<Self> {
        let of = latest(last, behind);
        let since = behind.map_or(time, |behind| behind.since.min(time));
        let carried = time.0.duration_since(since.0) < CARRIED;
        match of > time {
            true if carried => Some(Self { of, since }),
            true => Some(Self { of: time, since: time }),
            false => None,
        }
    }
}

/// No entry up to this one has a later time.
fn latest(time: Time, behind: Option<Behind>) -> Time {
    behind.map_or(time, |behind| behind.of.max(time))
}

/// From when on an entry counts, for a reader at `now`.
///
/// It was taken after those in front of it, so where they lie in the past it is no older than they are. What lies ahead of now was dated by
/// a clock that was wrong, and counts as of now.
fn counts_from(time: Time, behind: Option<Behind>, now: Timestamp) -> Timestamp {
    let latest = latest(time, behind).0;
    if latest <= now { latest } else { time.0.min(now) }
}

/// Where a policy was read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PolicyAt {
    /// As reports name it.
    pub source: String,
    /// Its blob.
    pub blob: Option<Id>,
}

/// How a ref changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The ref is new.
    Create,
    /// The new commit has the old one in its history.
    Forward,
    /// The new commit doesn't have the old one in its history.
    Rewind,
    /// The ref was deleted.
    Delete,
}

/// One ref.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Update {
    /// As it was pushed.
    pub r#ref: Bytes,
    /// Where that is a symbolic ref: the one that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Bytes>,
    /// What it held.
    pub old: Option<Id>,
    /// What it holds.
    pub new: Option<Id>,
    /// How it changed.
    pub change: How,
    /// The ref is protected, or the base: what it holds is nobody's any more.
    pub landed: bool,
}

impl Update {
    /// The ref that really changed.
    pub fn name(&self) -> &Bytes {
        self.target.as_ref().unwrap_or(&self.r#ref)
    }
}

/// What one specialist did on one ref.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecordedWork {
    /// The ref that really changed.
    pub r#ref: Bytes,
    /// Whose it is.
    pub specialist: Option<String>,
    /// How that is known, as in a report.
    pub source: String,
    /// The accounts that brought the commits.
    pub accounts: Vec<String>,
    /// How many commits that the ref has and the base hasn't are theirs.
    pub count: u64,
    /// Those of these commits that nobody had brought before.
    pub commits: Vec<Id>,
    /// What of that work differs from the base.
    pub changes: Vec<Change>,
}

/// One path that differs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The path as it now is.
    pub path: Bytes,
    /// Where it was moved from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Bytes>,
    /// What the base holds.
    pub old: Option<Side>,
    /// What stands there.
    pub new: Option<Side>,
    /// Bytes of what stands there.
    pub size: u64,
    /// Inserted lines; `null` in a binary file.
    pub insertions: Option<Number>,
    /// Deleted lines.
    pub deletions: Option<Number>,
    /// Bytes of the inserted lines.
    pub inserted_bytes: Number,
    /// Where a symbolic link points, within the repository.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Bytes>,
    /// Areas that it touches by its lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Why that can't be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// A waiver that was used.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Waived {
    /// The rule.
    pub rule: String,
    /// Which owner, escaped.
    pub owner: Option<String>,
    /// Why.
    pub reason: String,
    /// Until when.
    pub expires: String,
    /// What was found.
    pub messages: Vec<String>,
}

/// A halt or a resume.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LedgerStatement {
    /// `halt` or `resume`.
    pub say: String,
    /// Who, escaped.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Without proof.
    pub forced: bool,
    /// Why it is worth nothing.
    pub refused: Option<String>,
    /// The SHA-256 of what was signed.
    pub digest: String,
    /// The halts that a resume names, each by its digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifts: Vec<String>,
}

impl Entry {
    /// From its JSON.
    ///
    /// # Errors
    /// It is none of this version.
    pub fn read(content: &[u8]) -> Result<Self> {
        parsed(content, |entry: &Self| entry.version)
    }

    /// As the ledger stores it.
    ///
    /// # Errors
    /// The ledger is damaged.
    pub fn stored(stored: &Stored) -> Result<Self> {
        Self::read(&stored.content).map_err(|e| ledger::damaged(stored.commit, &e.message))
    }

    /// No entry up to this one has a later time.
    pub fn latest(&self) -> Time {
        latest(self.time, self.behind)
    }

    /// As JSON.
    ///
    /// # Errors
    /// It can't be written.
    pub fn json(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|e| Error::new(format!("an entry of the ledger can't be written: {e}")))
    }

    /// Leaves only what was done to these refs.
    pub fn keep(&mut self, kept: impl Fn(&Update) -> bool) {
        self.updates.retain(kept);
        self.work.retain(|work| self.updates.iter().any(|update| *update.name() == work.r#ref));
    }
}

impl Moves {
    /// From when on it counts, for a reader at `now`.
    pub fn counts_from(&self, now: Timestamp) -> Timestamp {
        counts_from(self.time, self.behind, now)
    }

    /// As the ledger stores it.
    ///
    /// # Errors
    /// The ledger is damaged.
    pub fn stored(stored: &Stored) -> Result<Self> {
        parsed(&stored.content, |moves: &Self| moves.version).map_err(|e| ledger::damaged(stored.commit, &e.message))
    }
}

fn parsed<'c, T: Deserialize<'c>>(content: &'c [u8], version: impl Fn(&T) -> u8) -> Result<T> {
    let parsed = serde_json::from_slice(content).map_err(|e| Error::new(format!("it can't be read: {e}")))?;
    match version(&parsed) {
        VERSION => Ok(parsed),
        other => Err(Error::new(format!("it is of version {other}"))),
    }
}

impl From<&FileChange> for Change {
    fn from(change: &FileChange) -> Self {
        let bytes = |path: &RepoPath| Bytes(path.as_bytes().to_vec());
        let (insertions, deletions) = match change.lines {
            LineCount::Text { added, deleted } => (Some(added.into()), Some(deleted.into())),
            LineCount::Binary => (None, None),
        };
        let (lines, unknown) = match &change.line_touches {
            LineTouches::Known(touches) => (touches.iter().map(|touch| touch.area.clone()).collect(), None),
            LineTouches::Unknown(why) => (Vec::new(), Some(why.clone())),
        };
        let inside = |link: &LinkTarget| match link {
            LinkTarget::Inside(path) => Some(bytes(path)),
            LinkTarget::Outside(_) | LinkTarget::Unknown(_) => None,
        };
        Self {
            path: bytes(&change.path),
            from: change.paths().nth(1).map(bytes),
            old: change.old.map(Side::from),
            new: change.new.map(Side::from),
            size: change.size,
            insertions,
            deletions,
            inserted_bytes: change.inserted_bytes.into(),
            links: change.links.iter().filter_map(inside).collect(),
            lines,
            unknown,
        }
    }
}

impl From<&Change> for FileChange {
    fn from(change: &Change) -> Self {
        let path = |bytes: &Bytes| RepoPath::new(bytes.0.clone());
        let (old, new) = (change.old.as_ref().and_then(Side::entry), change.new.as_ref().and_then(Side::entry));
        let touch = |area: &String| LineTouch { area: area.clone(), line: 0, text: Vec::new() };
        let known = || LineTouches::Known(change.lines.iter().map(touch).collect());
        Self {
            path: path(&change.path),
            status: FileStatus::of(change.from.as_ref().map(path), old, new),
            old,
            new,
            size: change.size,
            lines: match (change.insertions, change.deletions) {
                (Some(added), Some(deleted)) => LineCount::Text { added: added.into(), deleted: deleted.into() },
                (Some(_) | None, _) => LineCount::Binary,
            },
            inserted_bytes: Bounds::from(change.inserted_bytes),
            links: change.links.iter().map(|link| LinkTarget::Inside(path(link))).collect(),
            behind: Vec::new(),
            line_touches: change.unknown.clone().map_or_else(known, LineTouches::Unknown),
            collisions: Vec::new(),
        }
    }
}
