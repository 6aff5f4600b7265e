//! The graph as one SVG: specialists, areas, suites in three columns. Nothing is fetched, nothing runs; light and dark.

use xml::escape::escape_str_attribute as xml;

use super::{Node, graph};
use crate::policy::Policy;
use crate::text::escape;

const ROW: usize = 44;
const TOP: usize = 64;
const NODE: usize = 30;
const WIDTH: usize = 200;
/// Left edges of the columns.
const COLUMNS: [usize; 3] = [24, 324, 664];
/// Longer names are cut; the title has them whole.
const MOST: usize = 24;

const STYLE: &str = "\
svg{color-scheme:light dark;background:#fff;font:13px system-ui,sans-serif}\
text{fill:#1b1f24}.head{font-weight:600;font-size:14px}\
rect{stroke-width:1.5}.who rect{fill:#eef4fb;stroke:#3b6ea5}.area rect{fill:#fdf3e4;stroke:#a3661c}.suite rect{fill:#e9f6ec;stroke:#2f7a43}\
path{fill:none;stroke:#6a737d;stroke-width:1.4}.affects{stroke:#b3261e;stroke-width:2}.tip{fill:#b3261e;stroke:none}\
@media (prefers-color-scheme:dark){svg{background:#14171b}text{fill:#e8eaed}.who rect{fill:#1b2a3a;stroke:#7fb0e6}\
.area rect{fill:#33260f;stroke:#e0a552}.suite rect{fill:#12301a;stroke:#6cc385}path{stroke:#9aa4ae}.affects{stroke:#ff8a80}.tip{fill:#ff8a80}}";

/// Draws the graph of areas as one SVG document.
pub fn svg(policy: &Policy) -> String {
    let nodes = graph(policy);
    let areas: Vec<&str> = nodes.iter().map(|node| node.area).collect();
    let people = distinct(nodes.iter().flat_map(|node| &node.specialists));
    let suites = distinct(nodes.iter().flat_map(|node| &node.requires));
    let rows = areas.len().max(people.len()).max(suites.len()).max(1);
    let (width, height) = (COLUMNS[2] + WIDTH + 24, TOP + rows * ROW + 16);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"title desc\">\n<title id=\"title\">What the policy's areas reach</title>\n<desc id=\"desc\">{}</desc>\n\
         <style>{STYLE}</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\"><path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
        words(&super::text(policy))
    );
    for (x, head) in COLUMNS.iter().zip(["may work there", "area", "demands"]) {
        out.push_str(&format!("<text class=\"head\" x=\"{x}\" y=\"36\">{head}</text>\n"));
    }
    for (row, node) in nodes.iter().enumerate() {
        edges(&mut out, row, node, &people, &areas, &suites);
    }
    for (class, (x, names)) in ["who", "area", "suite"].iter().zip(COLUMNS.iter().zip([&people, &areas, &suites])) {
        for (row, name) in names.iter().enumerate() {
            out.push_str(&boxed(class, *x, TOP + row * ROW, name));
        }
    }
    out.push_str("</svg>\n");
    out
}

fn distinct<'p>(names: impl Iterator<Item = &'p &'p str>) -> Vec<&'p str> {
    let mut all = Vec::new();
    for name in names {
        if !all.contains(name) {
            all.push(*name);
        }
    }
    all
}

fn edges(out: &mut String, row: usize, node: &Node<'_>, people: &[&str], areas: &[&str], suites: &[&str]) {
    let middle = |row: usize| TOP + row * ROW + NODE / 2;
    let at = |names: &[&str], name: &str| names.iter().position(|known| *known == name).map(middle);
    let here = middle(row);
    for y in node.specialists.iter().filter_map(|name| at(people, name)) {
        out.push_str(&curve(COLUMNS[0] + WIDTH, y, COLUMNS[1], here));
    }
    for y in node.requires.iter().filter_map(|name| at(suites, name)) {
        out.push_str(&curve(COLUMNS[1] + WIDTH, here, COLUMNS[2], y));
    }
    let edge = COLUMNS[1] + WIDTH;
    for y in node.affects.iter().filter_map(|name| at(areas, name)) {
        let bulge = edge + 30 + (here.abs_diff(y) / 6).min(80);
        out.push_str(&format!(
            "<path class=\"affects\" marker-end=\"url(#tip)\" d=\"M{edge} {here}C{bulge} {here} {bulge} {y} {} {y}\"/>\n",
            edge + 3
        ));
    }
}

fn curve(x1: usize, y1: usize, x2: usize, y2: usize) -> String {
    let middle = x1.midpoint(x2);
    format!("<path d=\"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}\"/>\n")
}

fn boxed(class: &str, x: usize, y: usize, name: &str) -> String {
    let whole = escape(name.as_bytes());
    let shown = match whole.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", whole.get(..end).unwrap_or_default()),
        None => whole.clone(),
    };
    format!(
        "<g class=\"{class}\"><title>{}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{NODE}\" rx=\"6\"/>\
         <text x=\"{}\" y=\"{}\">{}</text></g>\n",
        xml(&whole),
        x + 12,
        y + 20,
        xml(&shown)
    )
}

/// Escaped already as a terminal needs it; here as XML does.
fn words(text: &str) -> String {
    xml(text.trim_end()).into_owned()
}
