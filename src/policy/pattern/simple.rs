//! The kinds of pattern that need no regex: a directory, a path, a name, a prefix, a suffix.

/// `[**/]head[*tail][/]`: literal bytes with at most one star, in its last component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Simple {
    /// `**/` in front: may start at any component.
    any_depth: bool,
    /// Up to the star, or all of it.
    head: Vec<u8>,
    /// After the star; `None` where there is no star.
    tail: Option<Vec<u8>>,
    /// `/` at the end: everything below, and the entry itself.
    directory: bool,
    /// The star stands for any depth (`[refs]`).
    crossing: bool,
}

impl Simple {
    /// `None` for what only a glob can match. `text` is a valid pattern.
    pub(super) fn new(text: &str, crossing: bool) -> Option<Self> {
        let (text, directory) = text.strip_suffix('/').map_or((text, false), |rest| (rest, true));
        let (text, any_depth) = text.strip_prefix("**/").map_or((text, false), |rest| (rest, true));
        if text.contains(['?', '[', ']', '{', '}', '\\']) || (crossing && (any_depth || directory)) {
            return None;
        }
        let (head, tail) = text.split_once('*').map_or((text, None), |(head, tail)| (head, Some(tail)));
        if tail.is_some_and(|tail| tail.contains(['*', '/'])) {
            return None;
        }
        Some(Self { any_depth, head: head.into(), tail: tail.map(Into::into), directory, crossing })
    }

    /// This pattern as it matches folded paths.
    pub(super) fn folded(&self) -> Self {
        Self { head: super::fold(&self.head), tail: self.tail.as_deref().map(super::fold), ..self.clone() }
    }

    /// Whether all of `path` matches.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        self.matches_among(path, memchr::memchr_iter(b'/', path).map(|slash| slash + 1))
    }

    /// As `matches`; `below` says at which bytes all components but the first begin.
    pub(super) fn matches_among(&self, path: &[u8], mut below: impl Iterator<Item = usize>) -> bool {
        let begins = |at: usize| path.get(at..).is_some_and(|rest| self.starts_here(rest));
        self.starts_here(path) || (self.any_depth && below.any(begins))
    }

    /// Whether it matches `path` from its first byte on.
    fn starts_here(&self, path: &[u8]) -> bool {
        // Most paths end here, before anything is called.
        if self.head.first().is_some_and(|first| path.first() != Some(first)) {
            return false;
        }
        let Some(rest) = path.strip_prefix(self.head.as_slice()) else { return false };
        let Some(tail) = &self.tail else {
            return rest.is_empty() || (self.directory && rest.first() == Some(&b'/'));
        };
        if !self.directory && tail.last().is_some_and(|last| rest.last() != Some(last)) {
            return false;
        }
        let slash = rest.iter().position(|b| *b == b'/');
        match slash {
            Some(end) if self.directory => rest.get(..end).is_some_and(|name| name.ends_with(tail)),
            Some(_) if !self.crossing => false,
            Some(_) | None => rest.ends_with(tail),
        }
    }
}
