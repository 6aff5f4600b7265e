//! From text to the policy as written, with every fault of form: an entry that doesn't fit is noted, taken out, and the rest is
//! tried again, so that one misspelt key doesn't hide the next.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::diagnostic::{Diagnostic, MAX_SHOWN, shown};
use super::near::nearest;
use super::raw::RawPolicy;
use super::scalar::NAMED_TABLES;
use crate::text::escape;

/// What all passes over a text with faults may read.
const MAX_PASSES_BYTES: usize = 8 << 20;

/// A text that is TOML.
pub(super) struct Parsed {
    /// What it says, without what doesn't fit.
    pub raw: RawPolicy,
    /// Where the key of a value stands: start of a value to start of its key.
    pub keys: BTreeMap<usize, usize>,
    /// Keys of entries that were taken out: what is said of them would only be a consequence.
    pub broken: BTreeSet<String>,
    /// The faults of form.
    pub faults: Vec<Diagnostic>,
}

/// Reads the text.
///
/// # Errors
/// It is no TOML: every fault of syntax.
pub(super) fn parse(text: &str) -> Result<Parsed, Vec<Diagnostic>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut faults: Vec<Diagnostic> = errors.iter().take(MAX_SHOWN + 1).map(|e| syntax(e, text)).collect();
        faults.dedup_by(|a, b| a.span == b.span && a.message == b.message);
        return Err(faults);
    }
    let mut parsed = Parsed { raw: RawPolicy::default(), keys: BTreeMap::new(), broken: BTreeSet::new(), faults: Vec::new() };
    index(document.get_ref(), &mut parsed.keys);
    match RawPolicy::deserialize(toml::Deserializer::from(document)) {
        Ok(raw) => parsed.raw = raw,
        Err(_) => collect(text, &mut parsed),
    }
    Ok(parsed)
}

/// Reads what can be read, and notes every entry that doesn't fit.
fn collect(text: &str, parsed: &mut Parsed) {
    let (mut document, _) = DeTable::parse_recoverable(text);
    // One more fault than is shown, enough to say that there are more; of a large text fewer, since each takes a pass over it.
    let most = (MAX_PASSES_BYTES / text.len().max(1)).clamp(4, MAX_SHOWN + 1);
    while parsed.faults.len() < most {
        let error = match RawPolicy::deserialize(toml::Deserializer::from(document.clone())) {
            Ok(raw) => {
                parsed.raw = raw;
                return;
            }
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        let Some((key, value)) = take_out(document.get_mut(), &span) else {
            parsed.faults.push(Diagnostic::new(span, escape(error.message().as_bytes())));
            return;
        };
        let (fault, meant) = misfit(error.message(), span, &key, value.get_ref());
        parsed.faults.push(fault);
        parsed.broken.extend(meant);
        parsed.broken.insert(key.into_inner().into_owned());
    }
}

/// The toml crate's words; a key that stands twice says what it is.
fn syntax(error: &toml::de::Error, text: &str) -> Diagnostic {
    let span = error.span().unwrap_or(text.len()..text.len());
    let message = match (error.message(), text.get(span.clone())) {
        ("duplicate key", Some(key)) => format!("`{}` stands twice", shown(key)),
        (message, _) => escape(message.as_bytes()),
    };
    Diagnostic::new(span, message)
}

/// Notes the key of every value, of a list's elements too.
fn index(table: &DeTable<'_>, keys: &mut BTreeMap<usize, usize>) {
    for (key, value) in table {
        keys.insert(value.span().start, key.span().start);
        if let DeValue::Table(inner) = value.get_ref() {
            index(inner, keys);
        } else if let DeValue::Array(elements) = value.get_ref() {
            keys.extend(elements.iter().map(|element| (element.span().start, key.span().start)));
        }
    }
}

/// Takes the innermost entry out whose key or value is at `span`.
fn take_out<'i>(table: &mut DeTable<'i>, span: &Range<usize>) -> Option<(Spanned<DeString<'i>>, Spanned<DeValue<'i>>)> {
    let holds = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    for (key, value) in table.iter_mut() {
        if key.span() == *span {
            break;
        }
        // Tables written in pieces don't hold their entries' bytes, so each one is looked into.
        if let DeValue::Table(inner) = value.get_mut() {
            let found = take_out(inner, span);
            if found.is_some() {
                return found;
            }
        }
    }
    let key = table.iter().find(|(key, value)| key.span() == *span || holds(value.span())).map(|(key, _)| key.clone())?;
    table.remove_entry(&key)
}

/// An unknown key, with the one that was probably meant, or a value of the wrong type, in the policy's words.
fn misfit(message: &str, span: Range<usize>, key: &Spanned<DeString<'_>>, value: &DeValue<'_>) -> (Diagnostic, Option<String>) {
    let name = shown(key.get_ref());
    // serde's messages end in what was expected, which no key of ours can imitate.
    let expected = message.rsplit_once(", expected ").map_or("", |(_, expected)| expected);
    if message.starts_with("unknown field") {
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let near = nearest(key.get_ref(), known.iter().copied());
        let mut fault = Diagnostic::new(key.span(), format!("unknown key `{name}`"));
        fault.help(format!("known here: {}", known.join(", "))).did_you_mean(near);
        return (fault, near.map(str::to_owned));
    }
    if expected.is_empty() {
        return (Diagnostic::new(span, format!("`{name}`: {}", escape(message.as_bytes()))), None);
    }
    let expected = if expected == "a sequence" { "a list of texts" } else { expected };
    let elements = if let DeValue::Array(elements) = value { elements.as_ref() } else { &[] };
    let element = elements.iter().find(|element| expected != NAMED_TABLES && element.span() == span);
    let (subject, found) = match element {
        Some(element) => (format!("every element of `{name}`"), element.get_ref()),
        None => (format!("`{name}`"), value),
    };
    let mut fault = Diagnostic::new(span, format!("{subject} must be {expected}"));
    fault.label(format!("this is {}", kind(found)));
    (fault, None)
}

/// What a value is, in the policy's words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
