//! From text to `Policy`.

mod area;
mod evidence;
mod keys;
mod people;
mod suite;

use std::collections::BTreeSet;
use std::time::Duration;

use super::check::Checker;
use super::diagnostic::{Lines, shown};
use super::error::PolicyError;
use super::parse::parse;
use super::pattern::Pattern;
use super::raw::{RawCount, RawPaths, RawPolicy, RawRefs, RawSession};
use super::scalar::{At, Text};
use super::units;
use crate::policy::types::{Count, PathRules, Policy, PolicySource, RefPatterns, RefRules, Session, Submodules, Symlinks};
use crate::policy::{Cited, Position};

/// What a client may push where `[refs] allowed` is absent.
const REFS: [&str; 3] = ["refs/heads/*", "refs/tags/*", "refs/notes/guard/*"];
/// `[session] window` where it is absent.
const WINDOW: Duration = Duration::from_secs(8 * 60 * 60);
/// Ref updates in one push where `[refs] max-per-push` is absent.
const MAX_PER_PUSH: u64 = 50;

/// Checks the whole of `text`.
///
/// # Errors
/// Every fault that was found, with line, column and caret.
pub fn load(text: &str, source: PolicySource) -> Result<Policy, PolicyError> {
    let lines = Lines::new(text);
    let parsed = match parse(text) {
        Ok(parsed) => parsed,
        Err(faults) => return Err(lines.error(&source.name, faults)),
    };
    let (raw, mut checker) = Checker::new(lines, parsed);
    let policy = checker.policy(&raw, text, source.clone());
    let faults: Vec<_> = checker.faults.into_values().collect();
    if faults.is_empty() { Ok(policy) } else { Err(checker.lines.error(&source.name, faults)) }
}

impl Checker<'_> {
    /// The policy; it counts only where no fault was noted.
    fn policy(&mut self, raw: &RawPolicy, text: &str, source: PolicySource) -> Policy {
        self.version(raw);
        let areas: BTreeSet<&str> = raw.area.0.iter().map(|(name, _)| name.value.as_str()).collect();
        let suites: BTreeSet<&str> = raw.suite.0.iter().map(|(name, _)| name.value.as_str()).collect();
        let specialists: BTreeSet<&str> = raw.specialist.0.iter().map(|(name, _)| name.value.as_str()).collect();
        let defaults = self.limits(raw.defaults.as_ref().map(|d| &d.value));
        let policy = Policy {
            source,
            text: text.to_owned(),
            base: self.base(raw.base.as_ref()),
            protected: self.branches("protected", raw.protected.as_ref()),
            free: self.branches("free", raw.free.as_ref()),
            owners: self.owners(raw.owners.as_ref().map(|o| &o.value)),
            specialists: raw.specialist.0.iter().map(|(n, s)| self.specialist(n, &s.value, &defaults, &areas, &suites)).collect(),
            areas: raw.area.0.iter().map(|(n, a)| self.area(n, a, &areas, &suites)).collect(),
            suites: raw.suite.0.iter().map(|(n, s)| self.suite(n, s)).collect(),
            runners: raw.runner.0.iter().map(|(n, r)| self.runner(n, r)).collect(),
            combined: raw.combined.as_ref().map(|c| self.combined(c, &suites)),
            halt: self.halt(raw.halt.as_ref().map(|h| &h.value), &suites, &specialists),
            evidence: self.evidence(raw),
            count: self.count(raw.count.as_ref().map(|c| &c.value)),
            paths: self.path_rules(raw.paths.as_ref().map(|p| &p.value)),
            refs: self.ref_rules(raw.refs.as_ref().map(|r| &r.value)),
            session: self.session(raw.session.as_ref().map(|s| &s.value)),
            defaults,
        };
        self.one_specialist_each(raw);
        self.one_writer_each(raw);
        policy
    }

    /// Checks `version`.
    fn version(&mut self, raw: &RawPolicy) {
        match &raw.version {
            Some(version) if version.value.0 == 1 => {}
            Some(version) => {
                let message = format!("version {} of the policy is not known to this guard", version.value.0);
                self.fault(&version.span, message).help("write `version = 1`, or use a newer guard");
            }
            None if self.broken.contains("version") => {}
            None => {
                self.fault(&(0..0), "the policy has no `version`").help("write `version = 1` at the top");
            }
        }
    }

    /// A branch by its short name.
    fn base(&mut self, base: Option<&At<Text>>) -> Option<Cited<String>> {
        let base = base?;
        let name = base.value.0.as_str();
        let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
        let bad_char = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        if let Some(short) = name.strip_prefix("refs/heads/") {
            let fault = self.fault(&base.span, "`base` takes a branch by its short name");
            fault.help(format!("write `base = \"{}\"`", shown(short)));
        } else if name.len() > 255
            || name.split('/').any(bad_part)
            || name.contains(bad_char)
            || name.contains("..")
            || name.contains("@{")
            || name.ends_with('.')
            || name.starts_with('-')
            || matches!(name, "@" | "HEAD")
        {
            self.fault(&base.span, format!("`{}` is no name of a branch", shown(name)));
        }
        Some(self.cite(&base.span, name.to_owned()))
    }

    fn count(&mut self, raw: Option<&RawCount>) -> Count {
        let Some(raw) = raw else { return Count::default() };
        Count {
            not_lines: self.patterns("not-lines", raw.not_lines.as_ref()),
            not_files: self.patterns("not-files", raw.not_files.as_ref()),
        }
    }

    fn path_rules(&mut self, raw: Option<&RawPaths>) -> PathRules {
        let links = [("inside", Symlinks::Inside), ("deny", Symlinks::Deny), ("allow", Symlinks::Allow)];
        let submodules = [("allow", Submodules::Allow), ("deny", Submodules::Deny)];
        PathRules {
            portable: raw.and_then(|r| r.portable.as_ref()).is_none_or(|flag| flag.value.0),
            symlinks: self.word("symlinks", raw.and_then(|r| r.symlinks.as_ref()), &links).unwrap_or(Symlinks::Inside),
            submodules: self.word("submodules", raw.and_then(|r| r.submodules.as_ref()), &submodules).unwrap_or(Submodules::Allow),
        }
    }

    fn ref_rules(&mut self, raw: Option<&RawRefs>) -> RefRules {
        let allowed = self.refs("allowed", raw.and_then(|r| r.allowed.as_ref()));
        let max_per_push = self.number("max-per-push", raw.and_then(|r| r.max_per_push.as_ref()), 1);
        RefRules {
            allowed: allowed.unwrap_or_else(default_refs),
            immutable: self.refs("immutable", raw.and_then(|r| r.immutable.as_ref())),
            max_per_push: max_per_push.unwrap_or(Cited { value: MAX_PER_PUSH, at: NOWHERE }),
        }
    }
}

impl Checker<'_> {
    /// `[session]`; a window of zero is off.
    fn session(&mut self, raw: Option<&RawSession>) -> Session {
        let Some(text) = raw.and_then(|r| r.window.as_ref()) else { return Session { window: WINDOW, at: NOWHERE } };
        let window = units::duration(&text.value.0).unwrap_or_else(|(problem, help)| {
            let fault = self.fault(&text.span, format!("`{}` is no duration: {problem}", shown(&text.value.0)));
            fault.help(help.unwrap_or_else(|| "such as `\"8h\"`, or `\"0s\"` for none".to_owned()));
            WINDOW
        });
        Session { window, at: self.position(&text.span) }
    }
}

/// The place of a default: none, as lines count from 1.
const NOWHERE: Position = Position { line: 0, column: 0 };

/// `[refs] allowed` where the policy doesn't say.
fn default_refs() -> RefPatterns {
    // INVARIANT: these three are valid; a test holds them.
    let patterns = REFS.iter().filter_map(|text| Pattern::crossing(text).ok());
    RefPatterns { patterns: patterns.map(|value| Cited { value, at: NOWHERE }).collect() }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
