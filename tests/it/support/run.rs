//! What a program answered, and what it should have.

/// What a program answered.
#[derive(Debug)]
pub struct Run {
    /// What was run, for messages.
    pub command: String,
    /// Its exit status; -1 where a signal ended it.
    pub status: i32,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Run {
    /// Asserts the exit status.
    #[track_caller]
    pub fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "`{}`\n--- stdout\n{}\n--- stderr\n{}", self.command, self.out(), self.err());
        self
    }

    /// Asserts 0.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.exits(0)
    }

    /// Asserts 1: of the guard "rejected", of git "a hook or the remote said no".
    #[track_caller]
    pub fn rejected(self) -> Self {
        self.exits(1)
    }

    /// Asserts 2: the guard could not decide.
    #[track_caller]
    pub fn undecided(self) -> Self {
        self.exits(2)
    }

    /// Asserts that standard output or standard error holds `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.said(text),
            "`{}` does not say `{text}`\n--- stdout\n{}\n--- stderr\n{}",
            self.command,
            self.out(),
            self.err()
        );
        self
    }

    /// Asserts that neither holds `text`.
    #[track_caller]
    pub fn says_not(self, text: &str) -> Self {
        assert!(!self.said(text), "`{}` says `{text}`\n--- stdout\n{}\n--- stderr\n{}", self.command, self.out(), self.err());
        self
    }

    fn said(&self, text: &str) -> bool {
        self.out().contains(text) || self.err().contains(text)
    }

    /// Standard output as text.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// The commands that an answer gives under `next`, in its order.
    pub fn nexts(&self) -> Vec<String> {
        let all = self.out() + &self.err();
        let lines =
            all.lines().filter_map(|line| line.trim_start_matches("remote:").trim().strip_prefix("next: ").map(str::to_owned));
        lines.collect()
    }

    /// The first line of standard output.
    pub fn line(&self) -> String {
        self.out().lines().next().unwrap_or_default().to_owned()
    }
}
