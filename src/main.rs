//! Parse, run, exit status; no logic.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::process::ExitCode;

use guard::command::cli::{self, Cli};
use guard::command::dispatch;
use guard::context::{Common, Context};
use guard::error::{Error, Result};
use guard::output::{self, Answer, ColorWhen, Done};
use guard::{report, text};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(say_panic));
    // A panic anywhere, on the way out included, is no answer.
    ExitCode::from(catch_unwind(AssertUnwindSafe(answer)).unwrap_or(Done::UNDECIDED))
}

/// Does everything. The status is known before the first byte is written, and nothing that writing does changes it.
fn answer() -> u8 {
    let (done, color) = match Cli::read() {
        Ok(cli) => {
            let common = cli.common();
            let (color, format) = (common.color, common.format);
            let answer = catch_unwind(AssertUnwindSafe(|| run(common, &cli)));
            // The panic itself was said by the hook; a reader of JSON shall have a document all the same.
            let undecided = |error: &Error| report::undecided(format, error);
            let panicked = |_| Ok(Answer::Done(Done { err: String::new(), ..undecided(&Error::new("internal error")) }));
            (answer.unwrap_or_else(panicked).unwrap_or_else(|error| Answer::Done(undecided(&error))), color)
        }
        Err(usage) => (Answer::Done(refused(&usage)), ColorWhen::Auto),
    };
    match done {
        Answer::Done(done) => {
            output::write(&done, color);
            done.status
        }
        Answer::Streamed(streamed) => {
            output::stream(streamed.write, color);
            streamed.status
        }
    }
}

fn run(common: Common, cli: &Cli) -> Result<Answer> {
    if let Some(directory) = &common.directory {
        std::env::set_current_dir(directory).map_err(|error| {
            let shown = text::escape(directory.as_os_str().as_encoded_bytes());
            Error::from(error).context(format!("could not change to directory `{shown}`"))
        })?;
    }
    dispatch(&Context::from_env(common)?, cli)
}

/// `--help` and `--version` are answers; anything else that clap says is a wrong use.
fn refused(usage: &clap::Error) -> Done {
    let text = usage_text(usage);
    if usage.exit_code() == 0 {
        return Done { status: 0, out: text, err: String::new() };
    }
    let format = cli::asked_format(std::env::args_os().skip(1));
    Done { err: text, ..report::undecided(format, &Error::new(plain_usage(usage).trim_end())) }
}

/// What clap says, in colour, unless an argument could act on a terminal: clap repeats arguments as they are.
fn usage_text(usage: &clap::Error) -> String {
    let harmless = |arg: OsString| arg.to_str().is_some_and(|arg| text::escape(arg.as_bytes()) == arg);
    if std::env::args_os().skip(1).all(harmless) { usage.render().ansi().to_string() } else { plain_usage(usage) }
}

/// The same without colour, and with every argument escaped, alone or behind its option's `=`.
#[expect(clippy::disallowed_methods, reason = "clap has put it into its text the same way, where it is looked for")]
fn plain_usage(usage: &clap::Error) -> String {
    let mut text = usage.render().to_string();
    for arg in std::env::args_os().skip(1) {
        let arg = arg.to_string_lossy();
        for part in
            [Some(arg.as_ref()), arg.split_once('=').map(|(_, value)| value)].into_iter().flatten().filter(|part| !part.is_empty())
        {
            text = text.replace(part, &text::escape(part.as_bytes()));
        }
    }
    text::escape_lines(&text)
}

/// One line instead of a trace.
fn say_panic(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let what = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
    let what = text::escape(what.unwrap_or("no message").as_bytes());
    output::line(&format!("guard: could not decide: internal error{place}: {what}"));
}
