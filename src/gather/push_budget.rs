//! What is kept in memory of a whole push: `guard.maxPaths` bounds one change set, and a push has thousands of them.

use std::cell::Cell;

use crate::error::{Error, Result};
use crate::model::{FileChange, TreeProblem};

/// Changed paths of all commits, sessions and refs together, in `guard.maxPaths`.
const TIMES: u64 = 5;
/// Bytes of all their names.
const MAX_BYTES: u64 = 64 << 20;

/// So many so far.
#[derive(Debug, Default)]
pub(super) struct PushBudget {
    paths: Cell<u64>,
    bytes: Cell<u64>,
}

impl PushBudget {
    /// Adds one change set.
    ///
    /// # Errors
    /// Together it is more than a server keeps.
    pub(super) fn add(&self, changes: &[FileChange], problems: &[TreeProblem], max_paths: u64) -> Result<()> {
        let most = max_paths.saturating_mul(TIMES);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let names = changes.iter().map(|c| &c.path).chain(problems.iter().map(|p| &p.path));
        self.paths.set(self.paths.get().saturating_add(count(changes.len())));
        self.bytes.set(names.fold(self.bytes.get(), |sum, path| sum.saturating_add(count(path.as_bytes().len()))));
        if self.paths.get() > most {
            return Err(Error::new(format!(
                "all commits and refs of the push together change more than {most} paths ({TIMES} times `guard.maxPaths`)"
            ))
            .help("push less at a time")
            .next(format!("git config guard.maxPaths {}", max_paths.saturating_mul(2))));
        }
        if self.bytes.get() > MAX_BYTES {
            let most = MAX_BYTES >> 20;
            return Err(Error::new(format!(
                "the changed paths of the push have more than {most} MiB together, which is the bound"
            ))
            .help("push less at a time"));
        }
        Ok(())
    }
}
