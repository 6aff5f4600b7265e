//! Policies, as values, for what looks at a few of their parts.

use crate::evidence::Level;
use crate::policy::{
    Area, Cited, Count, EvidenceLevels, Limits, Owners, PathRules, Patterns, Policy, Position, RefPatterns, RefRules, Source,
    Submodules, Symlinks,
};

/// A value that stands nowhere in a policy.
fn cited<T>(value: T) -> Cited<T> {
    Cited { value, at: Position::default() }
}

/// A policy with areas of these names and patterns over lines, and nothing else.
pub fn policy(areas: &[(&str, &[&str])]) -> Policy {
    let area = |(name, lines): &(&str, &[&str])| Area {
        name: cited((*name).to_owned()),
        paths: Patterns::default(),
        lines: lines.iter().map(|line| cited(regex::bytes::Regex::new(line).unwrap())).collect(),
        forbid: Vec::new(),
        owners_only: None,
        requires: Vec::new(),
        affects: Vec::new(),
    };
    Policy {
        source: Source { name: "test".to_owned(), commit: None, blob: None, trusted: true },
        text: String::new(),
        base: None,
        protected: None,
        owners: Owners::default(),
        defaults: Limits::default(),
        specialists: Vec::new(),
        areas: areas.iter().map(area).collect(),
        suites: Vec::new(),
        combined: None,
        evidence: EvidenceLevels {
            commit: (Level::None, None),
            branch: (Level::None, None),
            land: (Level::None, None),
            each_commit: false,
        },
        count: Count::default(),
        paths: PathRules { portable: true, symlinks: Symlinks::Inside, submodules: Submodules::Allow },
        refs: RefRules { allowed: RefPatterns { patterns: Vec::new() }, max_per_push: cited(50) },
    }
}
