//! What a person sees while a suite runs: what it writes, and on a terminal, below it, how long it has been running.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that doesn't end is shown in pieces of this size.
const MAX_LINE: usize = 4 << 10;

/// Standard error; a clone has the same line below.
#[derive(Clone)]
pub(super) struct Screen {
    /// The line below; hidden where standard error is no terminal.
    below: ProgressBar,
    /// What has no line of its own yet.
    begun: Vec<u8>,
}

impl Screen {
    /// For a suite of that name.
    pub fn new(suite: &str) -> Self {
        let below = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed}  `{prefix}`  {wide_msg}") {
            below.set_style(style);
        }
        below.set_prefix(crate::text::escape(suite.as_bytes()));
        if !below.is_hidden() {
            below.enable_steady_tick(Duration::from_millis(200));
        }
        Self { below, begun: Vec::new() }
    }

    /// Shows a piece of what the suite writes: whole lines as they are, the begun one in the line below.
    ///
    /// # Errors
    /// Nobody can see it any more.
    pub fn show(&mut self, chunk: &[u8]) -> std::io::Result<()> {
        if self.below.is_hidden() {
            return std::io::stderr().write_all(chunk);
        }
        self.begun.extend_from_slice(chunk);
        let end = match self.begun.iter().rposition(|b| *b == b'\n') {
            Some(newline) => newline + 1,
            None if self.begun.len() > MAX_LINE => {
                self.begun.push(b'\n');
                self.begun.len()
            }
            None => 0,
        };
        if end > 0 {
            let rest = self.begun.split_off(end);
            let lines = std::mem::replace(&mut self.begun, rest);
            self.below.suspend(|| std::io::stderr().write_all(&lines))?;
        }
        self.below.set_message(tail(&self.begun));
        Ok(())
    }

    /// Takes the line below away, and shows what was begun.
    ///
    /// # Errors
    /// Nobody can see it any more.
    pub fn end(&mut self) -> std::io::Result<()> {
        self.below.finish_and_clear();
        if self.begun.is_empty() {
            return Ok(());
        }
        self.begun.push(b'\n');
        std::io::stderr().write_all(&std::mem::take(&mut self.begun))
    }

    /// Takes the line below away.
    pub fn clear(&self) {
        self.below.finish_and_clear();
    }
}

/// The end of a begun line, without what a terminal would obey.
#[expect(clippy::disallowed_methods, reason = "shown while a suite runs, and kept nowhere")]
fn tail(begun: &[u8]) -> String {
    let last = begun.rsplit(|b| *b == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(last).chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_begun_line_is_shown_without_what_moves_a_cursor() {
        assert_eq!(super::tail(b"10 %\r20 %\x1b[2K \xff.."), "20 %[2K \u{fffd}..");
        assert_eq!(super::tail(b""), "");
    }
}
