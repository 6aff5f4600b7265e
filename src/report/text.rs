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

use super::{Basis, Form, View};
use crate::error::Error;
use crate::policy::Policy;
use crate::text::{escape, escape_lines, escape_words};
use crate::verdict::{Decision, Verdict};

pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const UNSURE: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const NEXT: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// Width that lines are fitted to, where they can be: git puts `remote: ` in front.
const COLUMNS: usize = 72;

/// Words for people.
pub(super) static FORM: Form = Form {
    document: false,
    verdict: |judged, basis, view| untrusted(basis, view) + &verdict(judged, basis.policy, view),
    no_policy,
    undecided: |_error| String::new(),
};

/// A verdict: every violation once, every reason for doubt once, the rules to ask about. Every line ends in a newline.
fn verdict(verdict: &Verdict, policy: &Policy, view: &View<'_>) -> String {
    if view.quiet && verdict.decision == Decision::Accepted {
        return String::new();
    }
    let mut out = header(verdict, view);
    let shown = findings::collect(verdict);
    findings::push(&mut out, &shown, verdict, policy, view);
    let doubts = outcomes::push_doubts(&mut out, verdict);
    if view.verbose {
        outcomes::push_all(&mut out, verdict);
    }
    let rules = shown.iter().filter(|f| f.waived_by.is_none()).map(|f| f.rule).chain(doubts);
    push_why(&mut out, rules);
    if verdict.decision != Decision::Accepted {
        for line in view.footer {
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

/// Where there is no policy, in one line.
fn no_policy(decision: Decision, view: &View<'_>) -> String {
    match decision {
        Decision::Accepted if view.quiet => String::new(),
        Decision::Accepted => {
            let until = if view.hook { "" } else { " until one is committed there" };
            format!("guard: no policy.toml on the trusted branch: nothing to guard{until}\n")
        }
        Decision::Rejected | Decision::Undecided => format!(
            "guard: {BAD}rejected{BAD:#}: there is no policy.toml on the trusted branch, and `guard.required` is set\n\
             help: have an owner commit one to the base branch; `guard policy check` says whether it loads\n"
        ),
    }
}

/// Says loudly that the judge is not the trusted policy.
fn untrusted(basis: &Basis<'_>, view: &View<'_>) -> String {
    let name = escape(basis.policy.source.name.as_bytes());
    if basis.policy.source.trusted || view.quiet {
        String::new()
    } else if basis.bootstrap {
        format!(
            "guard: {UNSURE}bootstrap{UNSURE:#}: the trusted branch has no policy yet, so only {name} itself and paths are judged\n"
        )
    } else {
        format!("guard: {UNSURE}WARNING{UNSURE:#}: judged by {name}, which is not the trusted policy\n")
    }
}

fn header(verdict: &Verdict, view: &View<'_>) -> String {
    let who = subject::who(verdict);
    let mut out = match verdict.decision {
        Decision::Accepted => {
            let summary = view.summary.map_or_else(|| subject::summary(verdict), str::to_owned);
            let judged = if view.judged.is_empty() { String::new() } else { format!("; judged {}", view.judged) };
            format!("guard: {GOOD}accepted{GOOD:#}{who}: {summary}{judged}")
        }
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
