//! What is found in a policy's text, and how it is shown: line, column, caret, help.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::error::{Fault, PolicyError};
use crate::policy::Position;

/// More than this many are counted, not shown.
pub(super) const MAX_SHOWN: usize = 50;
/// A longer line is cut before it is shown.
const MAX_LINE: usize = 2_000;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The policy can't be enforced.
    Error,
    /// Legal but weak.
    Warning,
    /// Worth knowing.
    Notice,
}

impl Severity {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// One thing to say about a place in the text.
#[derive(Clone, Debug)]
pub(super) struct Diagnostic {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// One line; the user's text escaped.
    pub message: String,
    /// Beside the caret.
    pub label: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without label and help.
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: None, help: None }
    }

    /// What to write instead.
    pub(super) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// What the caret says.
    pub(super) fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    /// With the name that was probably meant.
    pub(super) fn did_you_mean(&mut self, name: Option<&str>) -> &mut Self {
        self.help = name.map(|name| format!("did you mean `{name}`?")).or(self.help.take());
        self
    }
}

/// The user's text on its way into a message: escaped, and cut where nobody would read on.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => crate::text::escape(text.get(..cut).unwrap_or(text).as_bytes()) + "…",
        None => crate::text::escape(text.as_bytes()),
    }
}

/// A text whose places can be named.
#[derive(Clone, Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines.
    pub(super) fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { text, starts }
    }

    /// The line (0-based) of a byte.
    fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// Where a byte's line starts.
    fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// A line's text without its newline.
    fn content(&self, line: usize) -> &'t str {
        let rest = self.text.get(self.start(line)..self.start(line + 1)).unwrap_or("");
        rest.trim_end_matches(['\n', '\r'])
    }

    /// Line and column of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let line = self.line(byte);
        let before = self.text.get(self.start(line)..byte).unwrap_or("");
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        Position { line: number(line), column: number(before.chars().count()) }
    }

    /// The bytes of the word at a position: a key, or a header's name.
    pub(super) fn word(&self, at: Position) -> Range<usize> {
        let line = usize::try_from(at.line).unwrap_or(usize::MAX).saturating_sub(1);
        let column = usize::try_from(at.column).unwrap_or(usize::MAX).saturating_sub(1);
        let content = self.content(line);
        let offset = content.char_indices().nth(column).map_or(content.len(), |(i, _)| i);
        let rest = content.get(offset..).unwrap_or("");
        let length = rest.find(|c: char| c.is_whitespace() || matches!(c, ']' | '=')).unwrap_or(rest.len());
        let start = self.start(line) + offset;
        start..start + length
    }

    /// Renders one, as `name:line:column` with a caret.
    pub(super) fn render(&self, name: &str, severity: Severity, diagnostic: &Diagnostic) -> String {
        let level = match severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Notice => Level::NOTE.with_name(Some(severity.word())),
        };
        let line = self.line(diagnostic.span.start);
        let mut source = self.content(line);
        if let Some((cut, _)) = source.char_indices().nth(MAX_LINE) {
            source = source.get(..cut).unwrap_or(source);
        }
        let within = |byte: usize| byte.saturating_sub(self.start(line)).min(source.len());
        let span = within(diagnostic.span.start)..within(diagnostic.span.end);
        let name = crate::text::escape(name.as_bytes());
        let snippet = Snippet::source(source)
            .line_start(line + 1)
            .path(name.as_str())
            .annotation(AnnotationKind::Primary.span(span).label(diagnostic.label.as_deref()));
        let mut groups = vec![level.primary_title(diagnostic.message.as_str()).element(snippet)];
        if let Some(help) = &diagnostic.help {
            groups.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
        }
        // The renderer shows most of what a terminal would obey as pictures, but not all of it (U+009B).
        crate::text::escape_lines(&Renderer::plain().render(&groups)) + "\n"
    }

    /// All of them as the error that a policy with faults is, in the text's order.
    pub(super) fn error(&self, name: &str, mut found: Vec<Diagnostic>) -> PolicyError {
        found.sort_by_key(|diagnostic| diagnostic.span.start);
        let shown = found.iter().take(MAX_SHOWN).map(|d| self.render(name, Severity::Error, d)).collect::<Vec<_>>();
        let mut rendered = shown.join("\n");
        if found.len() > MAX_SHOWN {
            rendered.push_str(&format!("\n… {} more errors\n", found.len() - MAX_SHOWN));
        }
        let fault = |d: Diagnostic| Fault { message: d.message, at: self.position(d.span.start), help: d.help };
        let faults: Vec<Fault> = found.into_iter().map(fault).collect();
        let message = faults.first().map_or_else(String::new, |f| f.message.clone());
        PolicyError { rendered, message, faults }
    }
}
