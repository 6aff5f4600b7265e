//! `[area.NAME]`.

use std::collections::BTreeSet;

use regex::bytes::{Regex, RegexBuilder};

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::raw::{List, RawArea};
use super::super::scalar::At;
use crate::policy::Cited;
use crate::policy::types::{Area, Forbidden};
use crate::text::escape;

/// What one regex may take when compiled.
const REGEX_BYTES: usize = 512 << 10;
/// Regexes of one policy: with their size, what a hostile policy can make the guard spend.
const MAX_REGEXES: usize = 256;

impl Checker<'_> {
    /// `[area.NAME]`.
    pub(super) fn area(&mut self, name: &At<String>, raw: &At<RawArea>, areas: &BTreeSet<&str>, suites: &BTreeSet<&str>) -> Area {
        let kinds = [("add", Forbidden::Add), ("modify", Forbidden::Modify), ("delete", Forbidden::Delete)];
        let cited = self.name("area", name);
        let area = &raw.value;
        let whole = !self.broken.contains("paths") && !self.broken.contains("lines");
        if area.paths.is_none() && area.lines.is_none() && whole {
            let shown = shown(&name.value);
            let fault = self.fault(&name.span, format!("area `{shown}` has neither `paths` nor `lines`"));
            fault.help("say what belongs to it, as in `paths = [\"api/\"]`");
        }
        let mut forbid = Vec::new();
        for text in self.elements(area.forbid.as_ref()) {
            if let Some(kind) = self.word("forbid", Some(text), &kinds) {
                forbid.push(self.cite(&text.span, kind));
            }
        }
        Area {
            name: cited,
            paths: self.patterns("paths", area.paths.as_ref()),
            lines: self.regexes(area.lines.as_ref()),
            forbid,
            owners_only: area.owners_only.as_ref().map(|flag| self.cite(&flag.span, flag.value.0)),
            requires: self.references("suite", area.requires.as_ref(), suites),
            affects: self.references("area", area.affects.as_ref(), areas),
        }
    }

    /// `lines`.
    fn regexes(&mut self, list: Option<&List>) -> Vec<Cited<Regex>> {
        if let Some(empty) = list.filter(|list| list.value.is_empty()) {
            self.fault(&empty.span, "`lines` is an empty list").help("leave the key out, or list at least one regex");
        }
        let before = self.regexes;
        self.regexes += list.map_or(0, |list| list.value.len());
        if let Some(list) = list.filter(|_| self.regexes > MAX_REGEXES) {
            if before <= MAX_REGEXES {
                let fault = self.fault(&list.span, format!("more than {MAX_REGEXES} regexes in one policy"));
                fault.help("join some of them with `|`");
            }
            return Vec::new();
        }
        let mut regexes = Vec::new();
        for text in self.elements(list) {
            if text.value.0.is_empty() {
                self.fault(&text.span, "an empty regex matches every line");
                continue;
            }
            match RegexBuilder::new(&text.value.0).size_limit(REGEX_BYTES).nest_limit(100).build() {
                Ok(regex) => regexes.push(self.cite(&text.span, regex)),
                Err(error) => {
                    let problem = escape(problem(&error).as_bytes());
                    self.fault(&text.span, format!("bad regex `{}`: {problem}", shown(&text.value.0)));
                }
            }
        }
        regexes
    }
}

/// What is wrong with a regex, in one line: the last one of the crate's message, without its "error: ".
fn problem(error: &regex::Error) -> String {
    if let regex::Error::CompiledTooBig(_) = error {
        return "it is too large when compiled (over 512 KiB)".to_owned();
    }
    let text = error.to_string();
    let last = text.lines().last().unwrap_or(&text);
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
