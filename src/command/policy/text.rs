//! Policy texts as files, and two of them line by line.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use similar::TextDiff;

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::git::policy_at::FILE;
use crate::policy::{Effect, Policy, Source};
use crate::report::escape;

/// A policy is no larger.
const MAX_BYTES: u64 = 1 << 20;

/// What a file says, not yet a policy.
pub(super) struct PolicyText {
    /// UTF-8.
    pub content: String,
    /// The file; not trusted.
    pub source: Source,
}

/// A file that the user names; links are followed.
///
/// # Errors
/// It can't be read, is no file, over 1 MiB, or not UTF-8.
pub(super) fn of_file(path: &Path) -> Result<PolicyText> {
    read(path, escape(path.as_os_str().as_bytes()))
}

/// The policy of the work tree.
///
/// # Errors
/// There is none, it is a symbolic link, or as `of_file`.
pub(super) fn of_work_tree(repo: &Repo) -> Result<PolicyText> {
    let path = repo.work_tree()?.join(FILE);
    if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_symlink()) {
        return Err(Error::new(format!("`{FILE}` is a symbolic link")).help("put the policy itself there"));
    }
    read(&path, FILE.to_owned())
}

fn read(path: &Path, name: String) -> Result<PolicyText> {
    let failed = |error: std::io::Error| Error::from(error).context(format!("could not read `{name}`"));
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(Error::new(format!("`{name}` is no file")));
    }
    if meta.len() > MAX_BYTES {
        return Err(Error::new(format!("`{name}` is over 1 MiB")));
    }
    let bytes = fs::read(path).map_err(failed)?;
    let content = String::from_utf8(bytes).map_err(|_not_text| Error::new(format!("`{name}` is not UTF-8")))?;
    Ok(PolicyText { content, source: Source { name, commit: None, blob: None, trusted: false } })
}

/// Both texts line by line, as a unified diff; empty where they are the same.
pub(super) fn outline(old: &Policy, new: &Policy) -> String {
    let diff = TextDiff::from_lines(old.text.as_str(), new.text.as_str());
    let unified = diff.unified_diff().context_radius(3).header(&old.source.name, &new.source.name).to_string();
    unified.lines().map(|line| visible(line) + "\n").collect()
}

/// The line with what a terminal would obey or hide written as escapes; a backslash stays as it is, regexes being full of them.
fn visible(line: &str) -> String {
    line.split('\\').map(|part| escape(part.as_bytes())).collect::<Vec<_>>().join("\\")
}

/// As JSON writes it.
pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Weaker => "weaker",
        Effect::Stricter => "stricter",
        Effect::Other => "other",
    }
}
