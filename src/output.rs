//! The way out. Errors in writing are ignored on purpose: a closed pipe or a full disk changes no status, and there is nobody
//! left to tell.

use std::ffi::OsString;
use std::io::Write;

use anstream::{AutoStream, ColorChoice};

use crate::cli::{ColorWhen, Format};
use crate::command::Done;
use crate::error::Error;
use crate::report;

/// Writes both streams, styles only where they are wanted (`NO_COLOR`, `CLICOLOR_FORCE` and terminals are anstream's business).
pub fn write(done: &Done, color: ColorWhen) {
    let choice = choice(color);
    push(AutoStream::new(std::io::stdout(), choice), &done.out);
    push(AutoStream::new(std::io::stderr(), choice), &done.err);
}

/// The same of what is written as it is made.
pub fn stream(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>, color: ColorWhen) {
    let mut out = AutoStream::new(std::io::stdout(), choice(color));
    let written = write(&mut out).and_then(|()| out.flush());
    drop(written);
}

fn choice(color: ColorWhen) -> ColorChoice {
    match color {
        ColorWhen::Auto => ColorChoice::Auto,
        ColorWhen::Always => ColorChoice::AlwaysAnsi,
        ColorWhen::Never => ColorChoice::Never,
    }
}

/// No answer: why, in the form that was asked for, and in words.
pub fn undecided(error: &Error, format: Format) -> Done {
    let out = match format {
        Format::Text | Format::Md | Format::Html => String::new(),
        Format::Json => report::json::error(error, None, None, None),
    };
    Done { status: Done::UNDECIDED, out, err: report::text::error(error) }
}

/// One line on standard error.
pub fn line(text: &str) {
    push(std::io::stderr(), &format!("{text}\n"));
}

fn push(mut stream: impl Write, text: &str) {
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    drop(written);
}

/// Whether arguments that could not be parsed ask for JSON.
pub fn wants_json(mut args: impl Iterator<Item = OsString>) -> bool {
    let mut before = OsString::new();
    args.any(|arg| {
        let asked = arg == "--format=json" || (before == "--format" && arg == "json");
        before = arg;
        asked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_in_either_way() {
        let asks = |args: &[&str]| wants_json(args.iter().map(OsString::from));
        assert!(asks(&["check", "--format", "json", "--nope"]) && asks(&["--format=json"]));
        assert!(!asks(&["check", "json"]) && !asks(&["--format"]) && !asks(&["--format", "text"]));
    }
}
