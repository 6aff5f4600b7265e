//! A server's words: what the pusher asked for, and how they reach them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum as _;

use crate::command::hook::stdin;
use crate::command::invocation::Invocation;
use crate::command::push;
use crate::command::server::watchdog::Watchdog;
use crate::context::{Context, Identity};
use crate::error::{Error, Result};
use crate::git::Doing;
use crate::output;
use crate::output::Done;
use crate::output::Format;
use crate::report;
use crate::report::remote_text;
use crate::report::text::cut;
use crate::text::escape;

/// Judges the push, and answers as the pusher and the server want it. Whatever is pushed and whatever hangs, there is an answer in time.
pub fn pre_receive(context: &Context) -> Done {
    let (context, unknown) = asked(context);
    let words = Words { unknown, format: context.common.format, kept: push::NOTHING_TAKEN, gitlab: Arc::default() };
    answered(&context, &words, |invocation| push::pre_receive(invocation, &stdin()?))
}

/// Whether refs of a push that was accepted may be moved now.
pub fn moving(context: &Context, input: &[u8]) -> Done {
    let words = Words { unknown: String::new(), format: Format::Text, kept: push::NOT_MOVED, gitlab: Arc::default() };
    answered(context, &words, |invocation| push::moving(invocation, input))
}

/// What is left of the answer once it is given: the status.
fn answered(context: &Context, words: &Words, judge: impl FnOnce(&Invocation<'_>) -> Result<Done>) -> Done {
    let (late, color) = (words.clone(), context.common.color);
    match Watchdog::start(move |error| output::write(&late.undecided(error.clone()), color)) {
        Err(error) => words.undecided(error),
        Ok(watchdog) => {
            let done = judged(context, words, &watchdog, judge);
            let done = done.map_or_else(|error| words.undecided(error), |done| words.of(done));
            watchdog.answer(|| output::write(&done, color));
            Done { status: done.status, ..Done::default() }
        }
    }
}

fn judged(
    context: &Context,
    words: &Words,
    watchdog: &Watchdog,
    judge: impl FnOnce(&Invocation<'_>) -> Result<Done>,
) -> Result<Done> {
    let mut invocation = Invocation::open_as_server(context)?;
    words.gitlab.store(invocation.settings.identity.iter().any(is_gitlab), Ordering::Relaxed);
    invocation.repo.deadline = watchdog.deadline();
    watchdog.allow(invocation.settings.deadline);
    invocation.repo.deadline.doing(Doing::Listing);
    judge(&invocation)
}

/// How an answer is told.
#[derive(Clone)]
struct Words {
    /// What is said of push options that nobody knows.
    unknown: String,
    format: Format,
    /// What no answer leaves as it was.
    kept: &'static str,
    /// Whether GitLab shall show it, once that is known.
    gitlab: Arc<AtomicBool>,
}

impl Words {
    fn of(&self, mut done: Done) -> Done {
        done.err = remote_text::fit(&(self.unknown.clone() + &done.err));
        if self.gitlab.load(Ordering::Relaxed) && done.status != 0 {
            done.err = remote_text::for_gitlab(&done.err);
        }
        done
    }

    fn undecided(&self, error: Error) -> Done {
        self.of(report::undecided(self.format, &error.kept(self.kept)))
    }
}

fn is_gitlab(source: &Identity) -> bool {
    matches!(source, Identity::Server(server) if server.name == "gitlab")
}

/// The context with the words that the push options ask for, and a line for each option of the guard's that isn't known. Nothing that
/// judges reads what is changed here.
fn asked(context: &Context) -> (Context, String) {
    let (mut context, mut unknown) = (context.clone(), String::new());
    for option in context.push_options() {
        let Some(own) = option.strip_prefix(b"guard.") else { continue };
        match (own, format(own)) {
            (_, Some(format)) => context.common.format = format,
            (b"verbose" | b"verbose=true", None) => context.common.verbose = true,
            (_, None) => {
                unknown += &format!("guard: push option `{}` is not known and changes nothing\n", cut(&escape(&option), 60));
            }
        }
    }
    if !unknown.is_empty() {
        unknown += &format!("help: known are {}\n", known());
    }
    (context, unknown)
}

/// The form that an option of the guard's asks for.
fn format(own: &[u8]) -> Option<Format> {
    let name = std::str::from_utf8(own.strip_prefix(b"format=")?).ok()?;
    Format::from_str(name, false).ok()
}

/// What `git push -o` may say to the guard.
fn known() -> String {
    let forms = Format::value_variants().iter().filter_map(Format::to_possible_value);
    let mut options: Vec<String> = forms.map(|form| format!("guard.format={}", form.get_name())).collect();
    options.sort();
    options.push("guard.verbose".to_owned());
    options.join(", ")
}
