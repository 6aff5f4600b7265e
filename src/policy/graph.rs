//! The policy as a graph: who may work in which area, which area affects which, and which suites each demands.

mod svg;

use serde::Serialize;

use super::impact::{Reached, reached};
use crate::policy::Cited;
use crate::policy::types::{Area, Policy};
use crate::text::escape;

pub use svg::svg;

/// One area and what it is tied to; names as the policy has them, not escaped.
#[derive(Debug, Serialize)]
pub struct Node<'p> {
    /// Its name.
    pub area: &'p str,
    /// Its patterns, as written.
    pub paths: Vec<&'p str>,
    /// Whether a touch may be one of lines in any file.
    pub by_content: bool,
    /// Its own suites.
    pub requires: Vec<&'p str>,
    /// The areas that it affects directly.
    pub affects: Vec<&'p str>,
    /// All areas that a touch reaches beyond it, nearest first, each with the suites that it adds.
    pub reaches: Vec<Reach<'p>>,
    /// The specialists whose `allowed` lets them work there.
    pub specialists: Vec<&'p str>,
}

/// An area that a touch of another reaches.
#[derive(Debug, Serialize)]
pub struct Reach<'p> {
    /// Its name.
    pub area: &'p str,
    /// From the touched area to this one.
    pub way: Vec<&'p str>,
    /// The suites that it adds.
    pub adds: Vec<&'p str>,
}

/// Every area, in the policy's order.
pub fn graph(policy: &Policy) -> Vec<Node<'_>> {
    policy.areas.iter().map(|area| node(policy, area)).collect()
}

fn node<'p>(policy: &'p Policy, area: &'p Area) -> Node<'p> {
    let all = reached(policy, area);
    let specialists = all.first().map(|own| own.specialists.iter().map(|s| s.name.value.as_str()).collect());
    Node {
        area: &area.name.value,
        paths: area.paths.iter().map(|pattern| pattern.value.text()).collect(),
        by_content: !area.lines.is_empty(),
        requires: values(&area.requires),
        affects: values(&area.affects),
        reaches: all.iter().skip(1).map(reach).collect(),
        specialists: specialists.unwrap_or_default(),
    }
}

fn reach<'p>(reached: &Reached<'p>) -> Reach<'p> {
    Reach {
        area: &reached.area.name.value,
        way: reached.way.iter().map(|area| area.name.value.as_str()).collect(),
        adds: values(&reached.area.requires),
    }
}

fn values(list: &[Cited<String>]) -> Vec<&str> {
    list.iter().map(|one| one.value.as_str()).collect()
}

/// As text, an area a paragraph.
pub fn text(policy: &Policy) -> String {
    let nodes = graph(policy);
    if nodes.is_empty() {
        return "the policy has no areas\n".to_owned();
    }
    let paragraphs: Vec<String> = nodes.iter().map(paragraph).collect();
    paragraphs.join("\n")
}

fn paragraph(node: &Node<'_>) -> String {
    let mut out = format!("{}\n", escape(node.area.as_bytes()));
    let mut line = |what: &str, said: String| out.push_str(&format!("  {what:<12} {said}\n"));
    let content = node.by_content.then(|| "lines of any file".to_owned());
    line("touched by", node.paths.iter().map(|path| escape(path.as_bytes())).chain(content).collect::<Vec<_>>().join(", "));
    line("demands", names(&node.requires, "no suite of its own"));
    for reach in &node.reaches {
        let over = match reach.way.as_slice() {
            [_, between @ .., _] if !between.is_empty() => format!(" by way of {}", names(between, "")),
            _ => String::new(),
        };
        line("affects", format!("{}{over}: adds {}", escape(reach.area.as_bytes()), names(&reach.adds, "no suite")));
    }
    line("worked in by", names(&node.specialists, "nobody in particular"));
    out
}

fn names(names: &[&str], none: &str) -> String {
    if names.is_empty() {
        return none.to_owned();
    }
    names.iter().map(|name| escape(name.as_bytes())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "graph_tests.rs"]
mod tests;
