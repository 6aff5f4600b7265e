//! What is asked of single values, whichever key they stand at.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::diagnostic::{Diagnostic, Lines, MAX_SHOWN, shown};
use super::near::nearest;
use super::parse::Parsed;
use super::pattern::{Pattern, Patterns};
use super::raw::{List, RawPolicy};
use super::scalar::{At, Number, SizeText, Text};
use super::units;
use crate::policy::types::RefPatterns;
use crate::policy::{Cited, Position};

/// More elements than this in one list are refused: a list that long is a mistake, or meant to keep a server busy.
const MAX_ELEMENTS: usize = 10_000;
/// Among more names than this, the one that was meant is not sought.
const MAX_CANDIDATES: usize = 1_000;

/// A policy being checked: every fault is noted, and the check goes on.
pub(super) struct Checker<'t> {
    pub lines: Lines<'t>,
    pub keys: BTreeMap<usize, usize>,
    pub broken: BTreeSet<String>,
    /// Regexes so far.
    pub regexes: usize,
    /// Keys so far, by the kind of whom they name and their fingerprints: whose they are, as a message says it.
    pub signers: BTreeMap<(&'static str, String), String>,
    /// By place, then in the order of their discovery.
    pub faults: BTreeMap<(usize, usize), Diagnostic>,
}

impl<'t> Checker<'t> {
    /// Goes on where parsing ended.
    pub(super) fn new(lines: Lines<'t>, parsed: Parsed) -> (RawPolicy, Self) {
        let faults = parsed.faults.into_iter().enumerate().map(|(n, fault)| ((fault.span.start, n), fault)).collect();
        (parsed.raw, Self { lines, keys: parsed.keys, broken: parsed.broken, regexes: 0, signers: BTreeMap::new(), faults })
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, span: &Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        let place = (span.start, self.faults.len());
        self.faults.entry(place).or_insert_with(|| Diagnostic::new(span.clone(), message))
    }

    /// Where the key of a value stands.
    pub(super) fn position(&self, span: &Range<usize>) -> Position {
        self.lines.position(self.keys.get(&span.start).copied().unwrap_or(span.start))
    }

    /// A value with the place of its key.
    pub(super) fn cite<T>(&self, span: &Range<usize>, value: T) -> Cited<T> {
        Cited { value, at: self.position(span) }
    }

    /// The elements of a list; absent is empty.
    pub(super) fn elements<'r>(&mut self, list: Option<&'r List>) -> &'r [At<Text>] {
        let Some(list) = list else { return &[] };
        if list.value.len() > MAX_ELEMENTS {
            self.fault(&list.span, format!("more than {MAX_ELEMENTS} elements"));
            return &[];
        }
        &list.value
    }

    /// The elements of a list that must have some.
    fn some_elements<'r>(&mut self, key: &str, list: Option<&'r List>) -> &'r [At<Text>] {
        if let Some(empty) = list.filter(|list| list.value.is_empty()) {
            self.fault(&empty.span, format!("`{key}` is an empty list")).help("leave the key out, or list at least one pattern");
        }
        self.elements(list)
    }

    /// Texts that may not be empty.
    pub(super) fn texts(&mut self, key: &str, list: Option<&List>) -> Vec<Cited<String>> {
        let mut texts = Vec::new();
        for text in self.elements(list) {
            if text.value.0.trim().is_empty() || text.value.0.contains(char::is_control) {
                self.fault(&text.span, format!("an element of `{key}` is empty or holds a control character"));
            }
            texts.push(self.cite(&text.span, text.value.0.clone()));
        }
        texts
    }

    /// Names that must be declared elsewhere.
    pub(super) fn references(&mut self, kind: &str, list: Option<&List>, declared: &BTreeSet<&str>) -> Vec<Cited<String>> {
        let elements = self.elements(list);
        elements.iter().map(|text| self.reference(kind, &text.span, &text.value.0, declared)).collect()
    }

    /// A name that must be declared elsewhere.
    pub(super) fn reference(&mut self, kind: &str, span: &Range<usize>, name: &str, declared: &BTreeSet<&str>) -> Cited<String> {
        if !declared.contains(&name) && !self.broken.contains(name) && !self.broken.contains(kind) {
            let near = self.nearest(name, declared);
            let fault = self.fault(span, format!("no {kind} `{}` is declared", shown(name)));
            fault.help(format!("declare it as [{kind}.NAME]")).did_you_mean(near);
        }
        self.cite(span, name.to_owned())
    }

    /// What was probably meant; not sought beyond what is shown, nor among more names than a person would write.
    fn nearest<'n>(&self, name: &str, declared: &BTreeSet<&'n str>) -> Option<&'n str> {
        let sought = self.faults.len() < MAX_SHOWN && declared.len() <= MAX_CANDIDATES;
        if sought { nearest(name, declared.iter().copied()) } else { None }
    }

    /// Patterns over paths.
    pub(super) fn patterns(&mut self, key: &str, list: Option<&List>) -> Patterns {
        let elements = self.some_elements(key, list);
        Patterns::new(elements.iter().filter_map(|text| self.path_pattern(key, text)).collect())
    }

    /// One pattern over paths.
    pub(super) fn path_pattern(&mut self, key: &str, text: &At<Text>) -> Option<Cited<Pattern>> {
        if text.value.0.starts_with("area:") {
            let fault = self.fault(&text.span, format!("`{key}` lists paths, not areas"));
            fault.help("areas by name stand in `prohibited`; for a path of that name write `[a]rea:…`");
            return None;
        }
        self.pattern(text, Pattern::new(&text.value.0))
    }

    /// What a pattern came to.
    fn pattern(&mut self, text: &At<Text>, compiled: Result<Pattern, String>) -> Option<Cited<Pattern>> {
        match compiled {
            Ok(pattern) => Some(self.cite(&text.span, pattern)),
            Err(problem) => {
                self.fault(&text.span, format!("bad pattern `{}`: {problem}", shown(&text.value.0)));
                None
            }
        }
    }

    /// Patterns over short branch names.
    pub(super) fn branches(&mut self, key: &str, list: Option<&List>) -> Option<RefPatterns> {
        let mut patterns = Vec::new();
        for text in self.some_elements(key, list) {
            if let Some(short) = text.value.0.strip_prefix("refs/heads/") {
                let message = format!("`{key}` takes branches by their short names");
                self.fault(&text.span, message).help(format!("write `\"{}\"`", shown(short)));
                continue;
            }
            patterns.extend(self.pattern(text, Pattern::new(&text.value.0)));
        }
        list.map(|_| RefPatterns { patterns })
    }

    /// Patterns over full ref names, where `*` is any depth.
    pub(super) fn refs(&mut self, key: &str, list: Option<&List>) -> Option<RefPatterns> {
        let mut patterns = Vec::new();
        for text in self.some_elements(key, list) {
            if !text.value.0.starts_with("refs/") {
                let message = format!("`{key}` takes refs by their full names");
                self.fault(&text.span, message).help("such as `refs/heads/*`");
                continue;
            }
            patterns.extend(self.pattern(text, Pattern::crossing(&text.value.0)));
        }
        list.map(|_| RefPatterns { patterns })
    }

    /// A number that is at least `least`.
    pub(super) fn number(&mut self, key: &str, number: Option<&At<Number>>, least: u64) -> Option<Cited<u64>> {
        let number = number?;
        self.bounded(key, &number.span, number.value.0, least)
    }

    /// A number of bytes, at least one.
    pub(super) fn size(&mut self, key: &str, size: Option<&At<SizeText>>) -> Option<Cited<u64>> {
        let size = size?;
        match &size.value {
            SizeText::Number(number) => self.bounded(key, &size.span, *number, 1),
            SizeText::Text(text) => match units::size(text) {
                Ok(bytes) => self.bounded(key, &size.span, bytes.into(), 1),
                Err((problem, help)) => {
                    let fault = self.fault(&size.span, format!("`{}` is no size: {problem}", shown(text)));
                    fault.help(help.unwrap_or_else(|| "such as `\"200 KiB\"` or `\"1 MiB\"`".to_owned()));
                    None
                }
            },
        }
    }

    fn bounded(&mut self, key: &str, span: &Range<usize>, number: i128, least: u64) -> Option<Cited<u64>> {
        match u64::try_from(number) {
            Ok(fits) if fits >= least => Some(self.cite(span, fits)),
            Ok(_) => {
                let fault = self.fault(span, format!("`{key}` must be at least {least}"));
                fault.help("leave the key out where there is no limit");
                None
            }
            Err(_) if number < 0 => {
                self.fault(span, format!("`{key}` can't be negative"));
                None
            }
            Err(_) => {
                self.fault(span, format!("`{key}` is too large"));
                None
            }
        }
    }

    /// A name of a specialist, area or suite.
    pub(super) fn name(&mut self, kind: &str, name: &At<String>) -> Cited<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let wildcard = kind == "specialist" && name.value == "*";
        if name.value.is_empty() || name.value.starts_with('-') || !(wildcard || name.value.chars().all(plain)) {
            let fault = self.fault(
                &name.span,
                format!("`{}` can't name {} {kind}", shown(&name.value), if kind == "area" { "an" } else { "a" }),
            );
            fault.help("names are made of ASCII letters, digits, `.`, `_` and `-`, and don't begin with `-`");
        }
        Cited { value: name.value.clone(), at: self.lines.position(name.span.start) }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, text: Option<&At<Text>>, words: &[(&str, T)]) -> Option<T> {
        let text = text?;
        let found = words.iter().find(|(word, _)| *word == text.value.0).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let near = nearest(&text.value.0, known.iter().copied());
            let fault = self.fault(&text.span, format!("`{key}` can't be `{}`", shown(&text.value.0)));
            fault.help(format!("one of {}", known.join(", "))).did_you_mean(near);
        }
        found
    }
}
