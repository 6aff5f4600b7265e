//! The directories that a pattern needs above what it matches: where a link stands in place of one, what matches is reached through it.

use std::borrow::Cow;

use super::{Pattern, Place, class, is_wild};

/// More forms than this of one pattern are not told apart.
const MOST_FORMS: usize = 64;

/// Patterns of directories.
#[derive(Clone, Debug)]
pub(super) enum Ancestors {
    /// These patterns match them.
    Are(Vec<Pattern>),
    /// The pattern is too intricate to tell, so any directory may be one.
    Any,
}

impl Ancestors {
    /// Those of a pattern, from the root down: of `src/*/auth/**` that is `src`, `src/*` and `src/*/auth`. What names nothing asks for
    /// no directory in particular and is left out: of `**/auth/**` there is `**/auth` alone.
    pub(super) fn of(text: &str) -> Self {
        let Some(forms) = without_braces(&unnamed(text)) else { return Self::Any };
        let mut texts: Vec<String> = forms.iter().flat_map(|form| directories(form)).collect();
        texts.sort_unstable();
        texts.dedup();
        let patterns: Result<Vec<Pattern>, String> = texts.iter().map(|text| Pattern::new(text)).collect();
        patterns.map_or(Self::Any, Self::Are)
    }

    /// Whether `place` is one that the pattern spells out, read generously.
    pub(super) fn spelled_out(&self, place: &Place<'_>) -> bool {
        match self {
            Self::Are(patterns) => patterns.iter().any(|pattern| !is_wild(pattern.text()) && pattern.matches_generously(place)),
            Self::Any => false,
        }
    }

    /// Whether `place` may be one, read generously.
    pub(super) fn matches_generously(&self, place: &Place<'_>) -> bool {
        match self {
            Self::Are(patterns) => patterns.iter().any(|pattern| pattern.matches_generously(place)),
            Self::Any => true,
        }
    }
}

/// The pattern with any name at its end, since the braces of that ask for no directory; as it is, where there is a slash in them.
fn unnamed(text: &str) -> Cow<'_, str> {
    let (mut depth, mut end) = (0_usize, None);
    for (at, special) in specials(text.trim_end_matches('/')) {
        match special {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' => end = Some(at).filter(|_| depth == 0),
            _ => {}
        }
    }
    end.and_then(|at| text.get(..=at)).map_or(Cow::Borrowed(text), |above| Cow::Owned(format!("{above}*")))
}

/// The pattern from its last name on, below any directory: what is left of it, at least, below a link that stands in place of one of its
/// directories; but for a link that is `auth` of `src/**/auth/**`, behind which anything matches at once. `None`: its last name is above
/// its first wildcard, or is none, or it is too intricate to tell.
pub(super) fn end(text: &str) -> Option<String> {
    if text.contains(['{', '\\', '[']) {
        return None;
    }
    let mut parts: Vec<&str> = text.trim_end_matches('/').split('/').collect();
    let wild = parts.iter().position(|part| is_wild(part))?;
    let all = parts.len();
    parts.truncate(parts.iter().rposition(|part| *part != "**")? + 1);
    let name = parts.last().filter(|name| parts.len() > wild && name.contains(|c| !matches!(c, '*' | '?')))?;
    let below = if parts.len() < all || text.ends_with('/') { "/" } else { "" };
    Some(format!("**/{name}{below}"))
}

/// Every text that the pattern's braces stand for; `None`: there are too many.
fn without_braces(text: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![text.to_owned()];
    while let Some(form) = open.pop() {
        match first_braces(&form) {
            None => done.push(form),
            Some((before, choices, after)) => open.extend(choices.iter().map(|choice| format!("{before}{choice}{after}"))),
        }
        if done.len() + open.len() > MOST_FORMS {
            return None;
        }
    }
    Some(done)
}

/// What stands before, within and after the first pair of braces.
fn first_braces(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (mut start, mut depth) = (None, 0_usize);
    let (mut choices, mut from) = (Vec::new(), 0);
    for (at, special) in specials(text) {
        match special {
            '{' if depth == 0 => (start, from, depth) = (Some(at), at + 1, 1),
            '{' => depth += 1,
            ',' if depth == 1 => {
                choices.push(text.get(from..at)?);
                from = at + 1;
            }
            '}' if depth == 1 => {
                choices.push(text.get(from..at)?);
                return Some((text.get(..start?)?, choices, text.get(at + 1..)?));
            }
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The pattern up to each of its slashes, where a component before it names something.
fn directories(form: &str) -> Vec<String> {
    let form = form.trim_end_matches('/');
    let ends = specials(form).into_iter().filter(|(_, special)| *special == '/');
    let upto = ends.filter_map(|(at, _)| form.get(..at));
    // What escapes the slash is no part of the name in front of it.
    let upto = upto.map(|text| if specials(text).last().is_some_and(|(_, c)| *c == '\\') { bare(text) } else { text });
    upto.filter(|text| text.contains(|c| !matches!(c, '*' | '?' | '/'))).map(str::to_owned).collect()
}

fn bare(text: &str) -> &str {
    text.strip_suffix('\\').unwrap_or(text)
}

/// The characters that are neither escaped nor in `[…]`, each with its place; a `\` only where it escapes a `/` or nothing.
fn specials(text: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.peek() {
                Some((_, '/')) | None => found.push((at, c)),
                Some(_) => drop(chars.next()),
            },
            '[' => {
                let end = at + text.get(at..).and_then(class::length).unwrap_or(1);
                while chars.next_if(|(next, _)| *next < end).is_some() {}
            }
            _ => found.push((at, c)),
        }
    }
    found
}
