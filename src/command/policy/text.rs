//! Policy texts as files, and two of them line by line.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use similar::TextDiff;

use crate::error::{Error, Result};
use crate::git::Repo;
use crate::policy::FILE;
use crate::policy::{Effect, Policy, PolicySource};
use crate::report::text::{BAD, DIM, GOOD, HEAD, NEXT, UNSURE};
use crate::text::escape;

/// A policy is no larger.
const MAX_BYTES: u64 = 1 << 20;

/// What a file says, not yet a policy.
pub(super) struct PolicyText {
    /// UTF-8.
    pub content: String,
    /// The file; not trusted.
    pub source: PolicySource,
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

/// How to begin.
pub(super) const START: &str = "its first line is `version = 1`, and README.md, \"The policy\", has every key";

fn read(path: &Path, name: String) -> Result<PolicyText> {
    let failed = |error: std::io::Error| {
        if error.kind() == ErrorKind::NotFound {
            return Error::new(format!("there is no `{name}` here")).help(START);
        }
        Error::from(error).context(format!("could not read `{name}`"))
    };
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(Error::new(format!("`{name}` is no file")));
    }
    if meta.len() > MAX_BYTES {
        return Err(Error::new(format!("`{name}` is over 1 MiB")));
    }
    let bytes = fs::read(path).map_err(failed)?;
    let content = String::from_utf8(bytes).map_err(|_not_text| Error::new(format!("`{name}` is not UTF-8")))?;
    Ok(PolicyText { content, source: PolicySource { name, commit: None, blob: None, trusted: false } })
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

/// With styles: what begins a finding, and what is weaker or stricter, added or removed. The lines of a policy that are cited have a
/// number in front, so none of them can be taken for one of these.
pub(super) fn painted(text: &str) -> String {
    text.split_inclusive('\n').map(paint).collect()
}

fn paint(line: &str) -> String {
    let words = [("error:", BAD), ("warning:", UNSURE), ("notice:", NEXT), ("help:", HEAD)];
    let lines = [("+", GOOD), ("-", BAD), ("@@", DIM)];
    let (content, end) = line.split_at(line.trim_end_matches('\n').len());
    if let Some((word, style)) = words.into_iter().find(|(word, _)| content.starts_with(word)) {
        let (word, rest) = content.split_at(word.len());
        return format!("{style}{word}{style:#}{rest}{end}");
    }
    if let Some((_, style)) = lines.into_iter().find(|(sign, _)| content.starts_with(sign)) {
        return format!("{style}{content}{style:#}{end}");
    }
    for (word, style) in [("(weaker)", BAD), ("(stricter)", GOOD)] {
        if let Some(rest) = content.strip_suffix(word) {
            return format!("{rest}{style}{word}{style:#}{end}");
        }
    }
    line.to_owned()
}

/// As JSON writes it.
pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Weaker => "weaker",
        Effect::Stricter => "stricter",
        Effect::Other => "other",
    }
}
