//! `[owners]`, `[specialist.NAME]` and limits.

use std::collections::{BTreeMap, BTreeSet};

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::limits::{Areas, Bytes, Files, Limits, Lines};
use super::super::pattern::Patterns;
use super::super::raw::{RawLimits, RawOwners, RawPolicy, RawSpecialist};
use super::super::scalar::{At, Number, SizeText};
use crate::policy::Cited;
use crate::policy::types::{Owners, Specialist};

impl Checker<'_> {
    /// `[owners]`.
    pub(super) fn owners(&mut self, raw: Option<&RawOwners>) -> Owners {
        let Some(raw) = raw else { return Owners::default() };
        Owners {
            users: self.texts("users", raw.users.as_ref()),
            emails: self.texts("emails", raw.emails.as_ref()),
            keys: self.public_keys("owner", "an owner", raw.keys.as_ref()),
        }
    }

    /// `[specialist.NAME]`, what it doesn't say inherited from `[defaults]`.
    pub(super) fn specialist(
        &mut self,
        name: &At<String>,
        raw: &RawSpecialist,
        defaults: &Limits,
        areas: &BTreeSet<&str>,
        suites: &BTreeSet<&str>,
    ) -> Specialist {
        let name_ = self.name("specialist", name);
        if name.value == "*" {
            for (key, list) in [("users", &raw.users), ("keys", &raw.keys), ("emails", &raw.emails), ("branches", &raw.branches)] {
                if let Some(list) = list {
                    let fault = self.fault(&list.span, format!("`*` is whoever no other entry names, it has no `{key}`"));
                    fault.help("give the entry a name of its own");
                }
            }
        }
        let (prohibited, prohibited_areas) = self.prohibited(raw, areas);
        Specialist {
            name: name_,
            users: self.texts("users", raw.users.as_ref()),
            keys: self.public_keys("specialist", &format!("specialist `{}`", shown(&name.value)), raw.keys.as_ref()),
            emails: self.texts("emails", raw.emails.as_ref()),
            branches: self.branches("branches", raw.branches.as_ref()),
            allowed: raw.allowed.as_ref().map(|list| self.patterns("allowed", Some(list))),
            prohibited,
            prohibited_areas,
            requires: self.references("suite", raw.requires.as_ref(), suites),
            limits: inherit(self.limits(Some(&own_limits(raw))), defaults),
        }
    }

    /// `prohibited`: patterns, and areas by name.
    fn prohibited(&mut self, raw: &RawSpecialist, areas: &BTreeSet<&str>) -> (Patterns, Vec<Cited<String>>) {
        let (mut patterns, mut named) = (Vec::new(), Vec::new());
        if let Some(empty) = raw.prohibited.as_ref().filter(|list| list.value.is_empty()) {
            let fault = self.fault(&empty.span, "`prohibited` is an empty list");
            fault.help("leave the key out, or list at least one pattern");
        }
        for text in self.elements(raw.prohibited.as_ref()) {
            match text.value.0.strip_prefix("area:") {
                Some(area) => named.push(self.reference("area", &text.span, area, areas)),
                None => patterns.extend(self.path_pattern("prohibited", text)),
            }
        }
        (Patterns::new(patterns), named)
    }

    /// The limits that are said here.
    pub(super) fn limits(&mut self, raw: Option<&RawLimits>) -> Limits {
        let Some(raw) = raw else { return Limits::default() };
        let mut number = |key, n: &Option<At<Number>>| self.number(key, n.as_ref(), 1);
        let files_per_commit = number("max-files-per-commit", &raw.max_files_per_commit).map(|n| wrap(n, Files));
        let files_per_session = number("max-files-per-session", &raw.max_files_per_session).map(|n| wrap(n, Files));
        let lines_per_commit = number("max-lines-per-commit", &raw.max_lines_per_commit).map(|n| wrap(n, Lines));
        let lines_per_session = number("max-lines-per-session", &raw.max_lines_per_session).map(|n| wrap(n, Lines));
        let areas_per_session = number("max-areas-per-session", &raw.max_areas_per_session).map(|n| wrap(n, Areas));
        let mut size = |key, n: &Option<At<SizeText>>| self.size(key, n.as_ref()).map(|n| wrap(n, Bytes));
        Limits {
            files_per_commit,
            files_per_session,
            lines_per_commit,
            lines_per_session,
            areas_per_session,
            bytes_per_commit: size("max-bytes-per-commit", &raw.max_bytes_per_commit),
            bytes_per_session: size("max-bytes-per-session", &raw.max_bytes_per_session),
            file_size: size("max-file-size", &raw.max_file_size),
        }
    }

    /// Refuses an account or e-mail that would name two specialists.
    pub(super) fn one_specialist_each(&mut self, raw: &RawPolicy) {
        let mut seen: BTreeMap<(&str, String), String> = BTreeMap::new();
        for (name, specialist) in &raw.specialist.0 {
            for (key, list) in [("users", &specialist.value.users), ("emails", &specialist.value.emails)] {
                for text in self.elements(list.as_ref()) {
                    // E-mail addresses are compared without regard to ASCII case.
                    let identity = if key == "emails" { text.value.0.to_ascii_lowercase() } else { text.value.0.clone() };
                    if let Some(other) = seen.insert((key, identity), name.value.clone()) {
                        let message = format!("`{}` already names specialist `{}`", shown(&text.value.0), shown(&other));
                        let fault = self.fault(&text.span, message);
                        fault.help("one account or e-mail names one specialist, once");
                    }
                }
            }
        }
    }
}

fn wrap<T>(number: Cited<u64>, newtype: fn(u64) -> T) -> Cited<T> {
    Cited { value: newtype(number.value), at: number.at }
}

/// The limits of a specialist's own table.
fn own_limits(raw: &RawSpecialist) -> RawLimits {
    RawLimits {
        max_files_per_commit: raw.max_files_per_commit.clone(),
        max_files_per_session: raw.max_files_per_session.clone(),
        max_lines_per_commit: raw.max_lines_per_commit.clone(),
        max_lines_per_session: raw.max_lines_per_session.clone(),
        max_areas_per_session: raw.max_areas_per_session.clone(),
        max_bytes_per_commit: raw.max_bytes_per_commit.clone(),
        max_bytes_per_session: raw.max_bytes_per_session.clone(),
        max_file_size: raw.max_file_size.clone(),
    }
}

/// Key by key: what `own` doesn't say, `defaults` does.
fn inherit(own: Limits, defaults: &Limits) -> Limits {
    let d = defaults.clone();
    Limits {
        files_per_commit: own.files_per_commit.or(d.files_per_commit),
        files_per_session: own.files_per_session.or(d.files_per_session),
        lines_per_commit: own.lines_per_commit.or(d.lines_per_commit),
        lines_per_session: own.lines_per_session.or(d.lines_per_session),
        areas_per_session: own.areas_per_session.or(d.areas_per_session),
        bytes_per_commit: own.bytes_per_commit.or(d.bytes_per_commit),
        bytes_per_session: own.bytes_per_session.or(d.bytes_per_session),
        file_size: own.file_size.or(d.file_size),
    }
}
