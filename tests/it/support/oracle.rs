//! git's own numbers, to hold the guard's against.

use std::ffi::OsStr;

use super::Repo;

/// One file's line of `git diff --numstat`; `None` for binary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stat {
    /// The new path, raw bytes (of a deletion: the old one).
    pub path: Vec<u8>,
    /// The old path of an exact move.
    pub from: Option<Vec<u8>>,
    /// Insertions.
    pub added: Option<u64>,
    /// Deletions.
    pub deleted: Option<u64>,
}

impl Repo {
    /// The oracle: what git counts between two revisions (`from` empty: the empty tree), exact moves as one file. Asked in a repository
    /// of its own that only borrows the objects, so that no attributes, configuration, grafts or replacements are in force.
    pub fn numstat(&self, from: &str, to: &str) -> Vec<Stat> {
        let asker = self.beside("oracle.git");
        if !asker.path().exists() {
            asker.git(&[OsStr::new("init"), OsStr::new("-q"), OsStr::new("--bare"), asker.path().as_os_str()]).ok();
        }
        let objects = self.git(&["rev-parse", "--path-format=absolute", "--git-path", "objects"]).ok().line();
        asker.set("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects);
        let tree = |revision: &str| self.rev(&format!("{revision}^{{tree}}"));
        let from =
            if from.is_empty() { asker.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]).ok().line() } else { tree(from) };
        let diff = ["diff-tree", "-r", "-z", "-M100%", "-l0", "--numstat", "--diff-algorithm=myers", &from, &tree(to)];
        parse_numstat(&asker.git(&diff).ok().stdout)
    }
}

/// Reads `--numstat -z`: `added TAB deleted TAB path NUL`, or for a move `added TAB deleted TAB NUL old NUL new NUL`.
fn parse_numstat(bytes: &[u8]) -> Vec<Stat> {
    let mut stats = Vec::new();
    let mut fields = bytes.split(|b| *b == 0).filter(|field| !field.is_empty());
    while let Some(field) = fields.next() {
        let mut columns = field.splitn(3, |b| *b == b'\t');
        let mut number = || std::str::from_utf8(columns.next().unwrap()).unwrap().parse().ok();
        let (added, deleted) = (number(), number());
        let path = columns.next().unwrap();
        let (path, from) = if path.is_empty() {
            let from = fields.next().unwrap().to_vec();
            (fields.next().unwrap(), Some(from))
        } else {
            (path, None)
        };
        stats.push(Stat { path: path.to_vec(), from, added, deleted });
    }
    stats.sort();
    stats
}

/// Files, insertions, deletions.
pub fn totals(stats: &[Stat]) -> (u64, u64, u64) {
    let sum = |of: fn(&Stat) -> Option<u64>| stats.iter().filter_map(of).sum();
    (stats.len() as u64, sum(|s| s.added), sum(|s| s.deleted))
}
