//! `guard.deadline`: how long a server may take over one push.
//!
//! Code asks the deadline before it reads anything. `command::server::watchdog` keeps the time, and ends a process that doesn't ask.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::model::Oid;

/// A deadline, shared by the thread that works and the thread that keeps the time. Where nobody keeps the time it never passes.
#[derive(Clone, Debug, Default)]
pub struct Deadline(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    passed: AtomicBool,
    now: Mutex<Now>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Now {
    after: Duration,
    doing: Doing,
}

/// What is going on, for the sentence that says where time ran out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Doing {
    /// Nothing has been read yet.
    #[default]
    Opening,
    /// Standard input.
    Listing,
    /// What the pushed refs are and were.
    LookingUp,
    /// The policy and who pushes.
    Preparing,
    /// Which commits are new.
    Walking,
    /// One commit.
    Commit(Oid),
    /// Sessions and landings.
    Summing,
    /// The rules, and the report.
    Answering,
}

impl fmt::Display for Doing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opening => f.write_str("the repository was opened"),
            Self::Listing => f.write_str("the list of pushed refs was read"),
            Self::LookingUp => f.write_str("the pushed refs were looked up"),
            Self::Preparing => f.write_str("the policy was read"),
            Self::Walking => f.write_str("the pushed history was walked"),
            Self::Commit(oid) => write!(f, "commit {} was compared with its parents", oid.short()),
            Self::Summing => f.write_str("all that is pushed was added up"),
            Self::Answering => f.write_str("the answer was put together"),
        }
    }
}

impl Deadline {
    /// # Errors
    /// It has passed.
    #[inline]
    pub fn check(&self) -> Result<()> {
        if self.0.passed.load(Ordering::Relaxed) { Err(self.error()) } else { Ok(()) }
    }

    /// Says what is going on from now on.
    pub fn doing(&self, doing: Doing) {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).doing = doing;
    }

    /// Sets how long there is.
    pub fn set(&self, after: Duration) {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).after = after;
    }

    /// How long there is.
    pub fn after(&self) -> Duration {
        self.now().after
    }

    /// Lets the deadline pass: every `check` fails from now on.
    pub fn pass(&self) {
        self.0.passed.store(true, Ordering::Relaxed);
    }

    /// The error that says where time ran out.
    #[cold]
    pub fn error(&self) -> Error {
        let Now { after, doing } = self.now();
        let seconds = after.as_secs();
        Error::new(format!("guard.deadline ({seconds}s) passed while {doing}"))
            .help(format!("push less at a time; on the server: git config guard.deadline {}s", seconds.saturating_mul(10).max(1)))
    }

    fn now(&self) -> Now {
        *self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
