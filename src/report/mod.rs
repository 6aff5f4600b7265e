//! How a verdict is shown. Nothing here decides: a form can change neither the answer nor the exit status.

pub mod audit;
#[cfg(test)]
mod fixture;
pub mod json;
mod outcome;
pub mod remote_text;
pub mod text;

use crate::error::Error;
use crate::model::Oid;
use crate::output::{Done, Format};
use crate::policy::Policy;
use crate::verdict::{Decision, Verdict};

/// A form of verdicts, as plain data in a file of its own.
struct Form {
    /// A program reads it: it goes to standard output in every command, and whatever it counts is counted to the end.
    document: bool,
    /// Shows a verdict.
    verdict: fn(&Verdict, &Basis<'_>, &View<'_>) -> String,
    /// Shows what is decided where there is no policy to judge by.
    no_policy: fn(Decision, &View<'_>) -> String,
    /// Shows on standard output why there is no verdict; empty where the words on standard error are all.
    undecided: fn(&Error) -> String,
}

/// The only place that tells one form of a verdict from another.
fn form(format: Format) -> &'static Form {
    match format {
        Format::Text => &text::FORM,
        Format::Json => &json::FORM,
    }
}

/// What a verdict rests on.
pub struct Basis<'a> {
    /// The policy that has judged.
    pub policy: &'a Policy,
    /// Whether the policy is a bootstrap's, because the trusted branch has none yet.
    pub bootstrap: bool,
    /// The full name of the ref that was measured against, and its tip.
    pub base: Option<(&'a str, &'a Oid)>,
}

/// How much is shown and where, and what only the command knows.
#[derive(Clone, Debug, Default)]
pub struct View<'a> {
    /// Every rule's outcome with its reason, and all paths.
    pub verbose: bool,
    /// Nothing where the verdict is "accepted".
    pub quiet: bool,
    /// Words go to standard error, since git shows a person nothing else of a hook.
    pub hook: bool,
    /// The command that shows all the paths; empty where there is none.
    pub more: &'a str,
    /// Last lines of a verdict that isn't "accepted": what is still there.
    pub footer: &'a [&'a str],
    /// As what it was judged, where a command may judge it as another thing; safe text.
    pub judged: &'a str,
    /// What an acceptance says in place of how much was judged; safe text.
    pub summary: Option<&'a str>,
}

/// Whether what is shown has to be counted to the end, rather than until the answer is sure.
pub fn is_exact(format: Format) -> bool {
    form(format).document
}

/// A verdict, as a command answers with it.
pub fn verdict(format: Format, verdict: &Verdict, basis: &Basis<'_>, view: &View<'_>) -> Done {
    let form = form(format);
    answer(form, verdict.decision, (form.verdict)(verdict, basis, view), view)
}

/// What is decided where there is no policy to judge by.
pub fn no_policy(format: Format, decision: Decision, view: &View<'_>) -> Done {
    let form = form(format);
    answer(form, decision, (form.no_policy)(decision, view), view)
}

/// No verdict: why, in the form that was asked for, and in words on standard error.
pub fn undecided(format: Format, error: &Error) -> Done {
    Done { status: Done::UNDECIDED, out: (form(format).undecided)(error), err: text::error(error) }
}

fn answer(form: &Form, decision: Decision, shown: String, view: &View<'_>) -> Done {
    let status = decision.exit_status();
    if view.hook && !form.document {
        Done { status, out: String::new(), err: shown }
    } else {
        Done { status, out: shown, err: String::new() }
    }
}
