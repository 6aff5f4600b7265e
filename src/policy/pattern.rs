//! Patterns over paths: bytes, sorted by kind when the policy is loaded, so that few need a regex.

mod ancestors;
mod class;
mod glob;
mod overlap;
mod simple;

use std::borrow::Cow;
use std::sync::OnceLock;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

use self::ancestors::Ancestors;
use self::glob::Glob;
use self::simple::Simple;
use crate::model::{Behind, RepoPath};
use crate::policy::Cited;

/// One glob over a whole path from the root. `*`, `?`, `[…]` do not cross `/`, `**` does; a trailing `/` means the directory:
/// everything below it and the entry of that name itself.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    kind: Kind,
    /// Known when first asked.
    ancestors: OnceLock<Ancestors>,
    /// What matches in the end, below any directory; `None`: that is no less than anything. Known when first asked.
    end: OnceLock<Option<Box<Pattern>>>,
}

/// What it takes to match.
#[derive(Clone, Debug)]
enum Kind {
    /// Bytes are compared: as written, and folded.
    Simple {
        exact: Simple,
        /// `None` where it is the same.
        folded: Option<Simple>,
    },
    Glob(Glob),
}

impl Pattern {
    /// Compiles one pattern.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::of(text, false)
    }

    /// Compiles a pattern of `[refs] allowed`, where `*` is any depth.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase.
    pub fn crossing(text: &str) -> Result<Self, String> {
        Self::of(text, true)
    }

    fn of(text: &str, crossing: bool) -> Result<Self, String> {
        glob::check_components(text)?;
        let kind = match Simple::new(text, crossing) {
            Some(exact) => Kind::Simple { folded: Some(exact.folded()).filter(|folded| *folded != exact), exact },
            None => Kind::Glob(Glob::new(text, crossing)?),
        };
        Ok(Self { text: text.to_owned(), kind, ancestors: OnceLock::new(), end: OnceLock::new() })
    }

    /// As the policy writes it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether some path may match both, case and normalisation aside. Generous where either is intricate.
    pub fn overlaps(&self, other: &Self) -> bool {
        overlap::overlap(&self.text, &other.text)
    }

    /// Whether its first component is a directory that it names, so that what is below is its own.
    pub fn spells_out_a_directory(&self) -> bool {
        let (first, rest) = self.text.split_once('/').unwrap_or((&self.text, ""));
        !rest.is_empty() && !first.contains(['*', '?', '[', '{', '\\'])
    }

    /// Whether it can only be told file by file what it matches below a directory: there is a wildcard above what it matches.
    pub fn is_wild_above(&self) -> bool {
        self.text.trim_end_matches('/').rsplit_once('/').is_some_and(|(above, _)| is_wild(above))
    }

    /// Whether `path` matches after NFC and case folding of both, or as it is.
    pub fn matches_folded(&self, path: &RepoPath) -> bool {
        self.matches_generously(&Place::new(path, None))
    }

    /// Whether the exact bytes of `path` match.
    pub fn matches(&self, path: &RepoPath) -> bool {
        match &self.kind {
            Kind::Simple { exact, .. } => exact.matches(path.as_bytes()),
            Kind::Glob(glob) => glob.matches(path.as_bytes()),
        }
    }

    /// Whether `path` matches as it is, or its folded form matches the folded pattern.
    fn matches_generously(&self, Place { path, folded: folded_path, below, .. }: &Place<'_>) -> bool {
        let path = path.as_bytes();
        match &self.kind {
            Kind::Simple { exact, folded } => {
                // Most often nothing folds, and one look tells both.
                let same = folded.is_none() && matches!(folded_path, Cow::Borrowed(_));
                folded.as_ref().unwrap_or(exact).matches_among(folded_path, below.iter().copied()) || (!same && exact.matches(path))
            }
            Kind::Glob(glob) => glob.matches_folded(folded_path) || glob.matches(path),
        }
    }

    /// Whether `path` may match where it is read elsewhere, through a symbolic link above it. Generously.
    pub fn may_match_elsewhere(&self, path: &RepoPath) -> bool {
        let end = self.end.get_or_init(|| ancestors::end(&self.text).and_then(|text| Self::new(&text).ok()).map(Box::new));
        end.as_ref().is_none_or(|end| end.matches_folded(path))
    }

    /// Whether what it matches may be reached through `place`.
    pub fn is_reached(&self, place: &Place<'_>, behind: &Behind) -> bool {
        let ancestors = self.ancestors();
        ancestors.spelled_out(place)
            || match behind {
                Behind::Anything => ancestors.matches_generously(place),
                Behind::Paths(paths) => paths.iter().any(|path| self.matches_folded(path)),
            }
    }

    fn ancestors(&self) -> &Ancestors {
        self.ancestors.get_or_init(|| Ancestors::of(&self.text))
    }
}

/// Patterns of one key.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    patterns: Vec<Cited<Pattern>>,
}

impl Patterns {
    /// Takes patterns in the policy's order.
    pub fn new(patterns: Vec<Cited<Pattern>>) -> Self {
        Self { patterns }
    }

    /// The patterns in the policy's order.
    pub fn iter(&self) -> impl Iterator<Item = &Cited<Pattern>> {
        self.patterns.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The first pattern that matches the exact bytes of `path` (a permission).
    pub fn matches_exact(&self, path: &RepoPath) -> Option<&Cited<Pattern>> {
        self.patterns.iter().find(|p| p.value.matches(path))
    }

    /// The first pattern that matches `path` after NFC and case folding of both (a prohibition). Generously: what matches the
    /// exact bytes matches here too, also `[!a]*` a path that starts with `A`.
    pub fn matches_folded(&self, path: &RepoPath) -> Option<&Cited<Pattern>> {
        self.concerned(path, false)
    }

    /// The first pattern that a change at `path` concerns. That is one that matches it, as a prohibition does; and where the path
    /// `leads` elsewhere, which a symbolic link and a submodule do, one that needs a directory there: what matches it would be reached
    /// through the link, and stand at a path that matches nothing. So `src` and `src/middleware` concern `src/middleware/**`, always.
    /// Where a wildcard is above what matches, as in `src/**/auth/**`, a path below `src` concerns it when something matches that is read
    /// there, or when nobody can tell what is. What names nothing needs no directory in particular: nothing of which that can't be told
    /// concerns `**/auth/**` because `**` may be anything.
    pub fn concerned(&self, path: &RepoPath, leads: bool) -> Option<&Cited<Pattern>> {
        if self.patterns.is_empty() { None } else { self.concerned_by(&Place::new(path, leads.then_some(&Behind::Anything))) }
    }

    /// As `concerned`, for a place about which many patterns are asked.
    pub fn concerned_by(&self, place: &Place<'_>) -> Option<&Cited<Pattern>> {
        let matching = self.patterns.iter().find(|p| p.value.matches_generously(place));
        let Some(behind) = place.behind.filter(|_| matching.is_none()) else { return matching };
        self.patterns.iter().find(|p| p.value.is_reached(place, behind))
    }
}

/// A path, folded once for all that it is matched against.
#[derive(Clone, Debug)]
pub struct Place<'p> {
    path: &'p RepoPath,
    folded: Cow<'p, [u8]>,
    /// Where in `folded` each component but the first begins.
    below: Vec<usize>,
    /// What is reached through it, where it leads elsewhere.
    behind: Option<&'p Behind>,
}

impl<'p> Place<'p> {
    /// `behind`: what is reached through the path, where it leads elsewhere, as a symbolic link and a submodule do.
    pub fn new(path: &'p RepoPath, behind: Option<&'p Behind>) -> Self {
        let folded = fold_cow(path.as_bytes());
        let below = memchr::memchr_iter(b'/', &folded).map(|slash| slash + 1).collect();
        Self { path, folded, below, behind }
    }
}

/// Whether a text may stand for other names than the one that it spells.
fn is_wild(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' | '{' => return true,
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    false
}

/// NFC and full case folding of the UTF-8 parts of `bytes`; bytes that are not UTF-8 stay as they are.
pub fn fold(bytes: &[u8]) -> Vec<u8> {
    fold_cow(bytes).into_owned()
}

/// As `fold`, without a copy where nothing changes.
fn fold_cow(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.is_ascii() {
        return if bytes.iter().any(u8::is_ascii_uppercase) {
            Cow::Owned(bytes.to_ascii_lowercase())
        } else {
            Cow::Borrowed(bytes)
        };
    }
    let mut out = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        // Normalised before, so that equivalent spellings fold alike, and after, since folding can take a composition apart.
        let text: String = chunk.valid().nfc().default_case_fold().nfc().collect();
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(chunk.invalid());
    }
    Cow::Owned(out)
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
