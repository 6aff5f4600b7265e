//! Where a change is on its way.

/// Which level of proof is asked, and what is judged at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stage {
    /// Before a commit.
    #[default]
    Commit,
    /// A push to a branch that isn't protected.
    Branch,
    /// A push to a protected branch.
    Land,
}

impl Stage {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Branch => "branch",
            Self::Land => "land",
        }
    }
}
