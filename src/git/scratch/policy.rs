//! A policy for what looks at the areas' lines alone.

use crate::policy::{Area, Cited, Patterns, Policy, Position};
use crate::rules::fixture;

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
    Policy { areas: areas.iter().map(area).collect(), ..fixture::policy("") }
}

/// A value that stands nowhere in a policy.
fn cited<T>(value: T) -> Cited<T> {
    Cited { value, at: Position::default() }
}
