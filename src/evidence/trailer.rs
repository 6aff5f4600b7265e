//! The marker in a message: a trailer `Integration-Tested: <suite> tree=<oid>`.
//!
//! Where trailers stand is git's to say, so `block` and `text_end` find them as `git interpret-trailers` does (`trailer.c`).

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::Oid;

const KEY: &str = "Integration-Tested";
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------\n";

/// One marker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marker {
    /// The suite that it names.
    pub suite: String,
    /// The tree that it names.
    pub tree: Oid,
}

/// The markers of a message, in order. A trailer without `tree=`, folded over lines, or outside the last paragraph is none.
pub fn parse(message: &[u8]) -> Vec<Marker> {
    parse_with(message, b"#")
}

/// The same for a file that an editor saw, whose comment lines begin with `comment`.
pub fn parse_with(message: &[u8], comment: &[u8]) -> Vec<Marker> {
    let text = text(message, comment);
    let lines = lines(text);
    let Some(block) = block(&lines, comment).and_then(|start| lines.get(start..)) else { return Vec::new() };
    (0..block.len()).filter_map(|index| marker_at(block, index)).collect()
}

/// What git makes of a message's file when it strips comments: the text above the scissors without lines that begin with `comment`.
pub fn without_comments(message: &[u8], comment: &[u8]) -> Vec<u8> {
    lines(text(message, comment)).into_iter().filter(|line| !line.starts_with(comment)).collect::<Vec<_>>().concat()
}

/// `message` with a marker for each of `suites` on `tree`, and without markers of other trees. All else stays byte by byte: other
/// trailers, the editor's comments, what stands below the scissors. A message without any text stays as it is: what would be
/// aborted as empty must not become a commit by a trailer.
pub fn rewrite(message: &[u8], tree: Oid, suites: &[String], comment: &[u8]) -> Vec<u8> {
    let text = text(message, comment);
    let lines = lines(text);
    if lines.iter().all(|line| is_blank(line) || line.starts_with(comment)) {
        return message.to_vec();
    }
    let start = block(&lines, comment).unwrap_or(lines.len());
    let (above, block) = lines.split_at(start);
    let stale = |index: usize| marker_at(block, index).is_some_and(|marker| marker.tree != tree);
    let mut kept: Vec<&[u8]> = block.iter().enumerate().filter(|(index, _)| !stale(*index)).map(|(_, line)| *line).collect();
    let blanks = kept.iter().rev().take_while(|line| is_blank(line)).count();
    let below = kept.split_off(kept.len() - blanks);
    let there = parse_with(message, comment);
    let added: Vec<String> = suites
        .iter()
        .filter(|suite| writable(suite) && !there.iter().any(|marker| marker.suite == **suite && marker.tree == tree))
        .map(|suite| format!("{KEY}: {suite} tree={tree}\n"))
        .collect();
    if added.is_empty() && kept.len() + blanks == block.len() {
        return message.to_vec();
    }
    let mut out = join(above, &kept, &added);
    below.iter().for_each(|line| out.extend_from_slice(line));
    out.extend_from_slice(message.get(text.len()..).unwrap_or_default());
    out
}

/// The text above the trailers, a blank line, and the trailers; where none are left, no blank line either.
fn join(above: &[&[u8]], kept: &[&[u8]], added: &[String]) -> Vec<u8> {
    let blanks = above.iter().rev().take_while(|line| is_blank(line)).count();
    let empty = kept.is_empty() && added.is_empty();
    let above = if empty { above.get(..above.len() - blanks).unwrap_or(above) } else { above };
    let mut out = above.concat();
    let end_line = |out: &mut Vec<u8>| {
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.push(b'\n');
        }
    };
    if !empty && blanks == 0 {
        end_line(&mut out);
        out.push(b'\n');
    }
    kept.iter().for_each(|line| out.extend_from_slice(line));
    if !added.is_empty() {
        end_line(&mut out);
    }
    added.iter().for_each(|line| out.extend_from_slice(line.as_bytes()));
    out
}

/// Rewrites a message's file as `rewrite` does; untouched where nothing changes, and whole or not at all where something does.
///
/// # Errors
/// The file can't be read or replaced.
pub fn rewrite_message_file(path: &Path, tree: Oid, suites: &[String], comment: &[u8]) -> Result<()> {
    let failed = |e: std::io::Error| {
        use std::os::unix::ffi::OsStrExt;
        let shown = crate::text::escape(path.as_os_str().as_bytes());
        Error::from(e).context(format!("could not write markers into `{shown}`"))
    };
    let message = std::fs::read(path).map_err(failed)?;
    let rewritten = rewrite(&message, tree, suites, comment);
    if rewritten == message {
        return Ok(());
    }
    let target = path.canonicalize().map_err(failed)?;
    let directory = target.parent().unwrap_or(Path::new("/"));
    let file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    std::fs::write(file.path(), rewritten).map_err(failed)?;
    std::fs::set_permissions(file.path(), std::fs::metadata(&target).map_err(failed)?.permissions()).map_err(failed)?;
    file.persist(&target).map_err(|e| failed(e.error))?;
    Ok(())
}

/// What begins a comment line in a message's file: `setting` is `core.commentString` or `core.commentChar`; absent, it is `#`. With
/// `auto`, git has chosen a character that begins no line of the text, and the last line tells which.
pub fn comment_prefix(setting: Option<&str>, message: &[u8]) -> Vec<u8> {
    match setting {
        None | Some("") => b"#".to_vec(),
        Some("auto") => {
            let last = lines(message).into_iter().rev().find(|line| !is_blank(line));
            let first = last.and_then(<[u8]>::first).filter(|first| b"#;@!$%^&|:".contains(first));
            vec![first.copied().unwrap_or(b'#')]
        }
        Some(text) => text.as_bytes().to_vec(),
    }
}

/// The marker in one line of a trailer block, unless it is folded.
fn marker_at(block: &[&[u8]], index: usize) -> Option<Marker> {
    let folded = block.get(index + 1).is_some_and(|next| !is_blank(next) && next.first().is_some_and(u8::is_ascii_whitespace));
    let line = std::str::from_utf8(block.get(index).filter(|_| !folded)?).ok()?;
    let (key, value) = line.split_once(':')?;
    if !key.trim_end_matches([' ', '\t']).eq_ignore_ascii_case(KEY) {
        return None;
    }
    let mut words = value.split_ascii_whitespace();
    let (suite, tree, None) = (words.next()?, words.next()?.strip_prefix("tree=")?, words.next()) else { return None };
    let tree = Oid::from_hex(tree).filter(|_| tree.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some(Marker { suite: suite.to_owned(), tree })
}

/// A suite whose name would not read back as one word can't be marked.
fn writable(suite: &str) -> bool {
    !suite.is_empty() && !suite.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The lines, newlines included.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|b| *b == b'\n').collect()
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// The message without what git ignores at its end: everything from the scissors on, comments, blank lines, an old list of conflicts.
fn text<'m>(message: &'m [u8], comment: &[u8]) -> &'m [u8] {
    let scissors = |line: &[u8]| line.strip_prefix(comment).is_some_and(|rest| rest == SCISSORS);
    let (mut end, mut ignored, mut conflicts) = (0, None, false);
    for line in lines(message) {
        if scissors(line) {
            break;
        }
        if line.starts_with(comment) || line == b"\n" {
            ignored.get_or_insert(end);
        } else if line == b"Conflicts:\n" {
            conflicts = true;
            ignored.get_or_insert(end);
        } else if !(conflicts && line.starts_with(b"\t")) {
            (ignored, conflicts) = (None, false);
        }
        end += line.len();
    }
    message.get(..ignored.unwrap_or(end)).unwrap_or(message)
}

/// The index of the first line of the trailer block at the end of `lines`, as git's `find_trailer_block_start` has it: the last
/// paragraph but never the first, all of trailers, or with one that git itself writes and a quarter of trailers.
fn block(lines: &[&[u8]], comment: &[u8]) -> Option<usize> {
    let title = lines.iter().position(|line| !line.starts_with(comment) && is_blank(line))?;
    let (mut trailers, mut others, mut continued) = (0_usize, 0_usize, 0_usize);
    let (mut by_git, mut only_blank) = (false, true);
    for (index, line) in lines.iter().enumerate().skip(title).rev() {
        if line.starts_with(comment) {
            others += std::mem::take(&mut continued);
        } else if is_blank(line) {
            if only_blank {
                continue;
            }
            others += continued;
            let found = (by_git && trailers.saturating_mul(3) >= others) || (trailers > 0 && others == 0);
            return found.then_some(index + 1);
        } else {
            only_blank = false;
            if line.starts_with(b"Signed-off-by: ") || line.starts_with(b"(cherry picked from commit ") {
                (by_git, continued) = (true, 0);
                trailers += 1;
            } else if line.first().is_some_and(u8::is_ascii_whitespace) {
                continued += 1;
            } else if is_trailer(line) {
                continued = 0;
                trailers += 1;
            } else {
                others += 1 + std::mem::take(&mut continued);
            }
        }
    }
    None
}

/// Whether a line is `token: …`, the token of ASCII letters, digits and hyphens, blanks before the colon allowed.
fn is_trailer(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|b| *b == b':') else { return false };
    let token = line.get(..colon).unwrap_or_default();
    let length = token.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    length > 0 && token.iter().skip(length).all(|b| matches!(b, b' ' | b'\t'))
}

#[cfg(test)]
#[path = "trailer_tests.rs"]
mod tests;
