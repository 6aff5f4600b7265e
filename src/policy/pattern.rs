//! Patterns over paths: bytes, sorted by kind when the policy is loaded, so that few need a regex.

use crate::change::RepoPath;

use super::types::Cited;

/// One glob over a whole path from the root. `*`, `?`, `[…]` do not cross `/`, `**` does; a trailing `/` means the directory:
/// everything below it and the entry of that name itself.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
}

impl Pattern {
    /// Compiles one pattern.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase.
    pub fn new(text: &str) -> Result<Self, String> {
        Ok(Self { text: text.to_owned() })
    }

    /// As the policy writes it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the exact bytes of `path` match.
    pub fn matches(&self, path: &RepoPath) -> bool {
        let _ = path;
        todo!()
    }
}

/// Patterns of one key.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    patterns: Vec<Cited<Pattern>>,
}

impl Patterns {
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
        let _ = path;
        todo!()
    }

    /// The first pattern that matches `path` after NFC and case folding of both (a prohibition).
    pub fn matches_folded(&self, path: &RepoPath) -> Option<&Cited<Pattern>> {
        let _ = path;
        todo!()
    }
}

/// NFC and full case folding of the UTF-8 parts of `bytes`; bytes that are not UTF-8 stay as they are.
pub fn fold(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}
