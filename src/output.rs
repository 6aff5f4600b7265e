//! The way out. Errors in writing are ignored on purpose: a closed pipe or a full disk changes no status, and there is nobody
//! left to tell.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;

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

impl Done {
    /// Neither accepted nor rejected.
    pub const UNDECIDED: u8 = 2;

    /// Status 0 and this on standard output.
    pub fn printed(out: impl Into<String>) -> Self {
        Self { status: 0, out: out.into(), err: String::new() }
    }
}

/// Writes a report.
pub type Telling = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()>>;

/// A report too long to be held as text: its status is known, and it is written as it is made.
pub struct Streamed {
    /// The process's exit status.
    pub status: u8,
    /// Writes it to standard output; may write ANSI styles.
    pub write: Telling,
}

impl Streamed {
    /// Status 0.
    pub fn ok(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + 'static) -> Self {
        Self { status: 0, write: Box::new(write) }
    }
}

/// What a command answers.
pub enum Answer {
    /// The whole text.
    Done(Done),
    /// Text that is made while it is written.
    Streamed(Streamed),
}

/// Form of what a command says. An audit has forms of its own besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "a described value stretches every --help to three times its length; the option says it")]
pub enum Format {
    Text,
    Json,
}

impl Format {
    /// Whether what isn't a verdict is said as a document, too.
    ///
    /// A command that gives no verdict has words and a document, and nothing else.
    pub fn is_json(self) -> bool {
        match self {
            Self::Text => false,
            Self::Json => true,
        }
    }
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "as above")]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

/// Writes both streams, styles only where they are wanted (`NO_COLOR`, `CLICOLOR_FORCE` and terminals are anstream's business).
pub fn write(done: &Done, color: ColorWhen) {
    let choice = choice(color);
    push(AutoStream::new(std::io::stdout(), choice), &done.out);
    push(AutoStream::new(std::io::stderr(), choice), &done.err);
}

/// Writes to standard output what is made while it is written, with styles as `write` has them.
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

/// Writes one line to standard error.
pub fn line(text: &str) {
    push(std::io::stderr(), &format!("{text}\n"));
}

fn push(mut stream: impl Write, text: &str) {
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    drop(written);
}
