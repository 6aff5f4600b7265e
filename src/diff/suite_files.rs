//! A suite's own files in a tree, as one digest and as a list.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::merge;
use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::tree::{self, What};
use crate::model::{Entry, Oid, RepoPath};
use crate::policy::{Patterns, fold};
use crate::text::hex;

/// Directories within each other.
const MAX_DEPTH: usize = 256;
/// Files that a suite may have.
const MAX_FILES: usize = 1_000_000;

/// The SHA-256, in hexadecimal, of every file of `tree` that `files` concerns: mode, id and path, in the order of their paths.
///
/// # Errors
/// A tree is missing or damaged; too deep, too many.
pub fn digest(repo: &Repo, tree: Oid, files: &Patterns) -> Result<String> {
    let mut hash = Sha256::new();
    for (path, entry) in list(repo, tree, files)? {
        hash.update(format!("{:o} {} ", entry.kind.mode(), entry.oid));
        hash.update(path.as_bytes());
        hash.update([0]);
    }
    Ok(hex(&hash.finalize()))
}

/// Every file of `tree` that `files` concerns, sorted by path bytes. Directories that no pattern can mean are not read.
///
/// # Errors
/// A tree is missing or damaged; too deep, too many.
pub fn list(repo: &Repo, tree: Oid, files: &Patterns) -> Result<Vec<(RepoPath, Entry)>> {
    let starts = files.iter().map(|p| fold(literal(p.value.text()).as_bytes())).collect();
    let mut search = Search { repo, files, starts, path: Vec::new(), found: Vec::new() };
    search.directory(tree, 0)?;
    search.found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(search.found)
}

/// `tree` with the suite's files exactly as `base` has them, written in memory only.
///
/// # Errors
/// As `list`; a file of the base and a directory of the tree want one name.
pub fn of_base(repo: &Repo, tree: Oid, base: Oid, files: &Patterns) -> Result<Oid> {
    let mut edits: BTreeMap<RepoPath, Option<Entry>> = list(repo, tree, files)?.into_iter().map(|(path, _)| (path, None)).collect();
    edits.extend(list(repo, base, files)?.into_iter().map(|(path, entry)| (path, Some(entry))));
    merge::with_files(repo, tree, &edits).map_err(|e| e.context("could not put the base's files of the suite in place"))
}

struct Search<'a> {
    repo: &'a Repo,
    files: &'a Patterns,
    /// Of each pattern the directories before its first wildcard, folded.
    starts: Vec<Vec<u8>>,
    path: Vec<u8>,
    found: Vec<(RepoPath, Entry)>,
}

impl Search<'_> {
    fn directory(&mut self, oid: Oid, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("the tree goes more than {MAX_DEPTH} directories deep")));
        }
        let data = tree::read(self.repo, oid, &self.path)?;
        let mut rest = data.as_slice();
        while let Some(entry) = tree::next(rest)? {
            rest = rest.get(entry.raw.len()..).unwrap_or_default();
            let Some(oid) = entry.oid() else { continue };
            let before = self.path.len();
            if before > 0 {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(entry.name);
            match entry.what {
                What::Directory if self.may_hold() => self.directory(oid, depth + 1)?,
                What::Directory => {}
                What::Leaf(kind) => self.leaf(Entry { kind, oid })?,
            }
            self.path.truncate(before);
        }
        Ok(())
    }

    fn leaf(&mut self, entry: Entry) -> Result<()> {
        let path = RepoPath::new(self.path.as_slice());
        if self.files.concerned(&path, entry.kind.leads()).is_some() {
            if self.found.len() >= MAX_FILES {
                return Err(Error::new(format!("a suite of more than {MAX_FILES} files")));
            }
            self.found.push((path, entry));
        }
        Ok(())
    }

    /// Whether something below the current directory may match.
    fn may_hold(&self) -> bool {
        let here = fold(&self.path);
        let below = |path: &[u8], directory: &[u8]| {
            directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        self.starts.iter().any(|start| below(&here, start) || below(start, &here))
    }
}

/// The directories in front of a pattern's first wildcard, or the whole pattern where it has none.
fn literal(pattern: &str) -> &str {
    match pattern.find(['*', '?', '[', '{', '\\']) {
        None => pattern.trim_end_matches('/'),
        Some(end) => pattern.get(..end).and_then(|head| head.rsplit_once('/')).map_or("", |(directories, _)| directories),
    }
}
