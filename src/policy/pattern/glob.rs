//! True globs: checked when the policy is loaded, compiled when first asked, since compiling is what costs.

use std::sync::OnceLock;

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use super::class;

/// No path is longer, so no pattern needs to be.
const MAX_BYTES: usize = 4_096;
/// Patterns longer than this are compiled at once, so that the regex engine's refusal is an error of the policy. No shorter
/// pattern comes near its size limit.
const LAZY_BYTES: usize = 256;

/// A glob, and both of its compiled forms.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    exact: Lazy,
    folded: Lazy,
}

/// One form, compiled when first asked.
#[derive(Clone, Debug)]
struct Lazy {
    globs: Vec<String>,
    crossing: bool,
    ignore_case: bool,
    /// `None`: the regex engine refused it.
    set: OnceLock<Option<GlobSet>>,
}

impl Glob {
    /// Checks `text`, whose components were.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase.
    pub(super) fn new(text: &str, crossing: bool) -> Result<Self, String> {
        let exact = rewrite(text, str::to_owned)?;
        let folded = rewrite(text, |literal| {
            // INVARIANT: folding UTF-8 gives UTF-8.
            String::from_utf8(super::fold(literal.as_bytes())).unwrap_or_else(|_| literal.to_owned())
        })?;
        let glob = Self { exact: Lazy::new(&exact, crossing, false), folded: Lazy::new(&folded, crossing, true) };
        for form in [&glob.exact, &glob.folded] {
            form.check()?;
            if text.len() > LAZY_BYTES && form.set().is_none() {
                return Err("it is too large to be compiled".to_owned());
            }
        }
        Ok(glob)
    }

    /// Whether the bytes of `path` match. What could not be compiled permits nothing.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        self.exact.set().is_some_and(|set| set.is_match_candidate(&Candidate::from_bytes(path)))
    }

    /// Whether a folded path matches. What could not be compiled prohibits everything.
    pub(super) fn matches_folded(&self, path: &[u8]) -> bool {
        self.folded.set().is_none_or(|set| set.is_match_candidate(&Candidate::from_bytes(path)))
    }
}

impl Lazy {
    fn new(text: &str, crossing: bool, ignore_case: bool) -> Self {
        let globs = match text.strip_suffix('/') {
            Some(entry) => vec![entry.to_owned(), format!("{entry}/**")],
            None => vec![text.to_owned()],
        };
        Self { globs, crossing, ignore_case, set: OnceLock::new() }
    }

    fn parse(&self, glob: &str) -> Result<globset::Glob, globset::Error> {
        GlobBuilder::new(glob)
            .literal_separator(!self.crossing)
            .backslash_escape(true)
            .empty_alternates(true)
            .case_insensitive(self.ignore_case)
            .build()
    }

    fn check(&self) -> Result<(), String> {
        self.globs.iter().try_for_each(|glob| self.parse(glob).map(drop)).map_err(|e| e.kind().to_string())
    }

    fn set(&self) -> Option<&GlobSet> {
        let compile = || {
            let mut builder = GlobSetBuilder::new();
            for glob in &self.globs {
                builder.add(self.parse(glob)?);
            }
            builder.build()
        };
        self.set.get_or_init(|| compile().ok()).as_ref()
    }
}

/// Refuses what no path can match.
pub(super) fn check_components(text: &str) -> Result<(), String> {
    let entry = text.strip_suffix('/').unwrap_or(text);
    let problem = if text.is_empty() {
        "it is empty"
    } else if text.len() > MAX_BYTES {
        "it is longer than any path (4096 bytes)"
    } else if text.contains('\0') {
        "no path holds a NUL"
    } else if text.starts_with('/') {
        "paths do not start with `/`, they are relative to the root of the repository"
    } else if text.starts_with('!') {
        "patterns don't negate; use `prohibited`, or `\\!` for a name that begins with it"
    } else if text.contains("//") {
        "no path holds `//`"
    } else if entry.split('/').any(|component| matches!(component, "." | "..")) {
        "no path holds `.` or `..` as a component"
    } else {
        return Ok(());
    };
    Err(problem.to_owned())
}

/// Gives the glob as `globset` must see it: literals through `literal`; classes as git reads them.
/// Refuses what `globset` would read otherwise than policy authors do.
fn rewrite(text: &str, literal: impl Fn(&str) -> String) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    let mut depth = 0_usize;
    while let Some(at) = rest.find(['*', '[', '{', '}', '\\']) {
        let (before, from) = rest.split_at(at);
        out.push_str(&literal(before));
        let taken = match from.as_bytes().first() {
            Some(b'*') => stars(from, before.chars().next_back().or_else(|| out.chars().next_back()), depth)?,
            Some(b'[') => {
                let (length, class) = class::rewrite(from)?;
                out.push_str(&class);
                length
            }
            Some(b'\\') => 1 + from.chars().nth(1).map_or(0, char::len_utf8),
            Some(b'{') => {
                depth += 1;
                1
            }
            Some(_) | None => {
                depth = depth.saturating_sub(1);
                1
            }
        };
        let (special, after) = from.split_at(taken);
        if special.starts_with('\\') {
            out.push_str(&literal(special));
        } else if !special.starts_with('[') {
            out.push_str(special);
        }
        rest = after;
    }
    out.push_str(&literal(rest));
    Ok(out)
}

/// How many bytes the stars take, `**` being a whole component.
fn stars(from: &str, before: Option<char>, depth: usize) -> Result<usize, String> {
    let count = from.bytes().take_while(|b| *b == b'*').count();
    let after = from.as_bytes().get(count);
    let whole = depth == 0 && count == 2 && matches!(before, None | Some('/')) && matches!(after, None | Some(b'/'));
    if count == 1 || whole { Ok(count) } else { Err("`**` must be a whole component, as in `a/**/b`".to_owned()) }
}
