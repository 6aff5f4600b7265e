//! Why something could not be decided: the one error of the program. Every one of them ends in exit status 2.

use std::fmt;

/// A sentence that says what could not be decided and why, and where there is one, the next step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// A phrase in lower case without a final period; data in it is escaped.
    pub message: String,
    /// What to do about it, in words.
    pub help: Option<String>,
    /// Commands that work when pasted.
    pub next: Vec<String>,
    /// More lines, shown as they are (the carets of a policy error).
    pub details: Option<String>,
    /// What is as it was.
    pub kept: Option<&'static str>,
}

/// The result of everything that may be undecidable.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error without help.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, next: Vec::new(), details: None, kept: None }
    }

    /// This error with what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// This error with a command that mends it.
    #[must_use]
    pub fn next(mut self, command: impl Into<String>) -> Self {
        self.next.push(command.into());
        self
    }

    /// Help and commands as one phrase.
    pub fn advice(&self) -> Option<String> {
        let all: Vec<&str> = self.help.iter().chain(&self.next).map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// This error with what is still as it was, said at its end.
    #[must_use]
    pub fn kept(mut self, what: &'static str) -> Self {
        self.kept = Some(what);
        self
    }

    /// This error with what was being done in front: "could not read commit 1a2b3c4: …".
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}
