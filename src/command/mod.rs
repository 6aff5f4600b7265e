//! One file per command: gather, judge, report.

pub mod evidence;
pub mod test;

/// What a command answers: computed in full before anything is written, so that no closed pipe or full disk changes the status.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// The process's exit status: 0, 1 or 2.
    pub status: u8,
    /// For standard output; may hold ANSI styles, which are removed where they aren't wanted.
    pub out: String,
    /// For standard error; likewise.
    pub err: String,
}
