//! A value, and where the policy says it.

/// Where in the policy something is said: 1-based line and column (column in characters).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
}

/// A value, and where the policy says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cited<T> {
    /// The value.
    pub value: T,
    /// Where its key stands.
    pub at: Position,
}
