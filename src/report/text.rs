//! For people: what was found, by which line of whose policy, and the next command. Styles are embedded; whoever writes the text
//! removes them where they aren't wanted.

mod findings;
pub(super) mod layout;
mod ledger;
mod outcomes;
mod subject;

use anstyle::{AnsiColor, Style};

pub use ledger::ledger_entry;

pub(crate) use layout::cut;

use crate::error::Error;
use crate::policy::Policy;
use crate::text::{escape_lines, escape_words};
use crate::verdict::{Decision, Verdict};

pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const UNSURE: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const NEXT: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// Width that lines are fitted to, where they can be: git puts `remote: ` in front.
const COLUMNS: usize = 72;

/// How much is shown, and what only the caller knows.
#[derive(Clone, Debug, Default)]
pub struct TextView {
    /// Every rule's outcome with its reason, and all paths.
    pub verbose: bool,
    /// Nothing where the verdict is "accepted".
    pub quiet: bool,
    /// The command that shows all the paths; empty where there is none.
    pub more: String,
    /// Last lines of a verdict that isn't "accepted": what is still there.
    pub footer: Vec<String>,
}

/// A verdict: every violation once, every reason for doubt once, the rules to ask about. Every line ends in a newline.
pub fn verdict(verdict: &Verdict, policy: &Policy, view: &TextView) -> String {
    if view.quiet && verdict.decision == Decision::Accepted {
        return String::new();
    }
    let mut out = header(verdict);
    let shown = findings::collect(verdict);
    findings::push(&mut out, &shown, verdict, policy, view);
    let doubts = outcomes::push_doubts(&mut out, verdict);
    if view.verbose {
        outcomes::push_all(&mut out, verdict);
    }
    let rules = shown.iter().filter(|f| f.waived_by.is_none()).map(|f| f.rule).chain(doubts);
    push_why(&mut out, rules);
    if verdict.decision != Decision::Accepted {
        for line in &view.footer {
            push_line(&mut out, &escape_words(line));
        }
    }
    out
}

/// Something that could not be decided at all: why, the carets where there are some, the next step.
pub fn error(error: &Error) -> String {
    let mut out = format!("guard: {UNSURE}could not decide{UNSURE:#}: ");
    push_line(&mut out, &escape_words(&error.message));
    for line in error.details.iter().flat_map(|d| d.lines()) {
        push_line(&mut out, escape_lines(line).trim_end());
    }
    push_help(&mut out, "", error.help.as_deref().unwrap_or_default());
    for command in &error.next {
        push_line(&mut out, &format!("{NEXT}next{NEXT:#}: {}", escape_words(command)));
    }
    if let Some(kept) = error.kept {
        push_line(&mut out, kept);
    }
    out
}

fn header(verdict: &Verdict) -> String {
    let who = subject::who(verdict);
    let mut out = match verdict.decision {
        Decision::Accepted => format!("guard: {GOOD}accepted{GOOD:#}{}: {}", who, subject::summary(verdict)),
        Decision::Rejected => format!("guard: {BAD}rejected{BAD:#}{who}"),
        Decision::Undecided => format!("guard: {UNSURE}could not decide{UNSURE:#}{who}: {}", outcomes::doubt(verdict)),
    };
    out.push('\n');
    out
}

fn push_why<'a>(out: &mut String, rules: impl Iterator<Item = &'a str>) {
    let mut asked: Vec<&str> = Vec::new();
    for rule in rules {
        if !asked.contains(&rule) {
            asked.push(rule);
        }
    }
    let questions: Vec<String> = asked.iter().map(|rule| format!("guard explain {rule}")).collect();
    for (number, line) in layout::wrap(&questions, " · ", COLUMNS - 5).iter().enumerate() {
        push_line(out, &if number == 0 { format!("why: {line}") } else { format!("     {line}") });
    }
}

/// `help: …`, fitted into lines; nothing where there is none.
fn push_help(out: &mut String, indent: &str, help: &str) {
    let words: Vec<String> = escape_words(help).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    for (number, line) in layout::wrap(&words, " ", COLUMNS - 6 - indent.len()).iter().enumerate() {
        push_line(out, &format!("{indent}{}{line}", if number == 0 { "help: " } else { "      " }));
    }
}

/// `line` and a newline.
fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
