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
