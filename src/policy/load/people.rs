//! `[owners]`, `[specialist.NAME]` and limits.

use std::collections::{BTreeMap, BTreeSet};

use super::super::check::Checker;
use super::super::diagnostic::shown;
use super::super::keys;
use super::super::limits::Limits;
use super::super::pattern::Patterns;
use super::super::raw::{RawLimits, RawOwners, RawPolicy, RawSpecialist};
use super::super::scalar::At;
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
            limits: self.limits(Some(&raw.limits)).inherit(defaults),
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
        let mut limits = Limits::default();
        for (row, ..) in keys::limits() {
            let said = raw.and_then(|raw| raw.0.get(row.name));
            if let Some(limit) = self.size(row.name, said) {
                limits.say(row, limit);
            }
        }
        limits
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
