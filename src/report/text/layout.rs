//! Fitting data into lines.

use crate::model::RepoPath;
use crate::text::escape;

/// How many lines of data a violation shows where nobody asked for all.
const FEW: usize = 8;

/// A path in a row of paths: escaped, and with it the spaces that could be taken for a gap between two paths.
pub fn path(path: &RepoPath) -> String {
    let text = escape(path.as_bytes());
    let mut out = String::with_capacity(text.len());
    let mut gap = true;
    for (at, c) in text.char_indices() {
        gap = c == ' ' && (gap || at + 1 == text.len());
        if gap {
            out.push_str("\\u{20}")
        } else {
            out.push(c)
        }
        gap = c == ' ';
    }
    out
}

/// Paths in lines of `columns`: all of them when `all`, else as many as one line holds, three if they fit at all, and a hint at the
/// rest beside them or below.
pub fn paths(paths: &[&RepoPath], columns: usize, all: bool, more: &str) -> Vec<String> {
    let shown: Vec<String> = paths.iter().map(|p| path(p)).collect();
    if all || shown.is_empty() {
        return shown;
    }
    let beside = |first: usize| width(&hint(shown.len() - first, more)) + 2;
    let alone = fitting(&shown, columns, |_| 0);
    if alone == shown.len() {
        return vec![shown.join("  ")];
    }
    if shown.len() <= 3 {
        return shown;
    }
    let with_hint = fitting(&shown, columns, beside);
    let first = with_hint.max(alone.min(3)).max(1);
    let line = shown.iter().take(first).cloned().collect::<Vec<_>>().join("  ");
    let rest = hint(shown.len() - first, more);
    if first <= with_hint { vec![format!("{line}  {rest}")] } else { vec![line, rest] }
}

/// How many of `shown` fit into one line of `columns`, with what has to stand behind so many.
fn fitting(shown: &[String], columns: usize, behind: impl Fn(usize) -> usize) -> usize {
    let mut used = 0;
    let fits = |(number, text): (usize, &String)| {
        used += width(text) + if number == 0 { 0 } else { 2 };
        (used + behind(number + 1) <= columns).then_some(())
    };
    shown.iter().enumerate().map_while(fits).count()
}

/// The first few lines, and a hint at the rest.
pub fn lines(lines: &[String], all: bool, more: &str) -> Vec<String> {
    if all || lines.len() <= FEW {
        return lines.to_vec();
    }
    lines.iter().take(FEW).cloned().chain([hint(lines.len() - FEW, more)]).collect()
}

fn hint(rest: usize, more: &str) -> String {
    if more.is_empty() { format!("… {rest} more") } else { format!("… {rest} more ({more})") }
}

/// Words joined by `separator` into lines of `columns`; a word that is longer stands alone.
pub fn wrap(words: &[String], separator: &str, columns: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        match out.last_mut() {
            Some(line) if width(line) + width(separator) + width(word) <= columns => {
                line.push_str(separator);
                line.push_str(word);
            }
            Some(_) | None => out.push(word.clone()),
        }
    }
    out
}

/// At most `columns` characters, an ellipsis for what was cut.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Width in columns, as far as counting characters tells it.
pub fn width(text: &str) -> usize {
    text.chars().count()
}
