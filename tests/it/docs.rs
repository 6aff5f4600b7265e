//! The pages under docs/ can be read as text and diffed, and their links lead somewhere.

use std::path::{Path, PathBuf};

/// Columns of prose; tables and code may be wider.
const COLUMNS: usize = 100;

/// A line that isn't code: its place, for a message, and its text.
type Line = (String, String);

/// Every Markdown file below `directory`.
fn pages(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found
}

fn all_pages() -> Vec<PathBuf> {
    let found = pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs"));
    assert!(found.iter().any(|page| page.ends_with("design/judging.md")), "{found:?}");
    found
}

/// The lines of a page without those of its code blocks.
fn prose(page: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(page).unwrap();
    let mut code = false;
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            lines.push((format!("{}:{}", page.display(), number + 1), line.to_owned()));
        }
    }
    assert!(!code, "{} ends within a code block", page.display());
    lines
}

/// What the inline links of a line lead to.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

#[test]
fn prose_wraps() {
    let wide = |(_, line): &Line| line.chars().count() > COLUMNS && !line.trim_start().starts_with('|');
    let lines = all_pages().into_iter().flat_map(|page| prose(&page));
    assert_eq!(lines.filter(wide).collect::<Vec<Line>>(), [], "wider than {COLUMNS} columns");
}

#[test]
fn links_lead_somewhere() {
    let mut broken: Vec<Line> = Vec::new();
    for page in all_pages() {
        let leads = |target: &str| {
            let file = target.split('#').next().unwrap();
            target.starts_with("https://") || file.is_empty() || page.parent().unwrap().join(file).exists()
        };
        broken.extend(prose(&page).into_iter().filter(|(_, line)| !targets(line).all(leads)));
    }
    assert_eq!(broken, [], "a link that leads nowhere");
}
