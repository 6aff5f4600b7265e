//! Records as notes on trees, `refs/notes/guard/<writer>`: one writer a ref, one envelope a line.

use git2::{ErrorCode, ObjectType, Repository, Signature};

use super::delta::between;
use super::repo::{foreign, git, own};
use super::{Kind, Repo};
use crate::change::Oid;
use crate::error::{Error, Result};

/// Where all writers' refs stand.
pub const PREFIX: &str = "refs/notes/guard/";
/// A note over this many bytes isn't read, nor are all writers' notes on one object beyond four times as many.
const MAX_NOTE: usize = 16 << 20;
const MAX_ALL: usize = 4 * MAX_NOTE;
/// Notes that one push may change.
const MAX_CHANGED: u64 = 100_000;
/// How often an append is tried while others write the same ref.
const TRIES: u32 = 200;

/// One line of a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteLine {
    /// The ref's name below `refs/notes/guard/`; not escaped.
    pub writer: String,
    /// The line without its newline, raw bytes; or why this writer's notes can't be read (what others wrote can't stop a reader).
    pub content: std::result::Result<Vec<u8>, String>,
}

/// All lines on an object, of every writer, looked up by the fan-out path. `proposed`: (full ref name, tip) that stand in place of the
/// repository's own for the same name, as a push proposes them; other refs among them are passed over.
///
/// # Errors
/// An object is missing or damaged.
pub fn lines(repo: &Repo, on: Oid, proposed: &[(Vec<u8>, Oid)]) -> Result<Vec<NoteLine>> {
    let mut tips: std::collections::BTreeMap<Vec<u8>, Oid> = std::collections::BTreeMap::new();
    for reference in repo.raw().references_glob(&format!("{PREFIX}*")).map_err(git)? {
        let reference = reference.map_err(git)?;
        let name = reference.name_bytes().to_vec();
        let resolved = reference.resolve().map_err(|e| git(e).context("could not read a ref of notes"))?;
        tips.extend(resolved.target().and_then(own).map(|tip| (name, tip)));
    }
    tips.extend(proposed.iter().filter(|(name, _)| name.starts_with(PREFIX.as_bytes())).cloned());
    let (mut all, mut size) = (Vec::new(), 0);
    for (name, tip) in tips {
        let label = name.get(PREFIX.len()..).unwrap_or_default();
        let writer = std::str::from_utf8(label).map_or_else(|_not_text| crate::report::escape(label), str::to_owned);
        let line = |content| NoteLine { writer: writer.clone(), content };
        match note(repo.raw(), tip, on, MAX_ALL - size)? {
            Err(why) => all.push(line(Err(why))),
            Ok(content) => {
                size += content.len();
                all.extend(split(&content).map(|bytes| line(Ok(bytes.to_vec()))));
            }
        }
    }
    Ok(all)
}

/// The lines of a note. `git notes append` puts blank ones between.
fn split(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|b| *b == b'\n').filter(|line| !line.is_empty())
}

/// The notes on `on` below a ref's tip, joined: git looks at every fan-out and concatenates. Inner errors: what the tip holds is no
/// note.
fn note(repo: &Repository, tip: Oid, on: Oid, room: usize) -> Result<std::result::Result<Vec<u8>, String>> {
    let object = repo.find_object(foreign(tip)?, None).map_err(git)?;
    let Ok(commit) = object.peel_to_commit() else { return Ok(Err("its ref names no commit".to_owned())) };
    let odb = repo.odb().map_err(git)?;
    let mut tree = commit.tree().map_err(git)?;
    let (hex, mut content) = (on.to_string(), Vec::new());
    let mut rest = hex.as_str();
    loop {
        if let Some(entry) = tree.get_name(rest) {
            let (size, kind) = odb.read_header(entry.id()).map_err(git)?;
            if kind != ObjectType::Blob {
                return Ok(Err("its note is no blob".to_owned()));
            }
            if size > MAX_NOTE || content.len() + size > room {
                return Ok(Err(format!("its note of {size} bytes is over the bound")));
            }
            content.extend_from_slice(odb.read(entry.id()).map_err(git)?.data());
            content.push(b'\n');
        }
        let (Some(first), Some(others)) = (rest.get(..2), rest.get(2..)) else { break };
        let Some(next) = tree.get_name(first).filter(|e| e.kind() == Some(ObjectType::Tree)).map(|e| e.id()) else { break };
        tree = repo.find_tree(next).map_err(git)?;
        rest = others;
    }
    Ok(Ok(content))
}

/// Whether every line of the notes of the commit `old` still stands in those of `new`, wherever git's fan-out has put them.
///
/// # Errors
/// An object is missing or damaged; a bound is exceeded.
pub fn keeps_lines(repo: &Repo, old: Oid, new: Oid) -> Result<bool> {
    let (old, new) = (repo.commit(old)?.tree, repo.commit(new)?.tree);
    let mut moved: std::collections::BTreeMap<Vec<u8>, [Vec<Oid>; 2]> = std::collections::BTreeMap::new();
    for delta in between(repo, Some(old), Some(new), MAX_CHANGED)?.deltas {
        let on: Vec<u8> = delta.path.components().flatten().copied().collect();
        let [before, after] = moved.entry(on).or_default();
        before.extend(delta.old.map(|entry| entry.oid));
        after.extend(delta.new.map(|entry| entry.oid));
    }
    let read = |notes: &[Oid]| notes.iter().map(|oid| bounded(repo, *oid)).collect::<Result<Vec<Vec<u8>>>>();
    for [before, after] in moved.values().filter(|[before, _]| !before.is_empty()) {
        let after = read(after)?;
        let there: std::collections::BTreeSet<&[u8]> = after.iter().flat_map(|note| split(note)).collect();
        if read(before)?.iter().flat_map(|note| split(note)).any(|line| !there.contains(line)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn bounded(repo: &Repo, oid: Oid) -> Result<Vec<u8>> {
    match repo.header(oid)? {
        (Kind::Blob, size) if size <= MAX_NOTE as u64 => repo.blob(oid),
        (Kind::Blob | Kind::Commit | Kind::Tree | Kind::Tag, size) => {
            Err(Error::new(format!("object {oid} of {size} bytes stands where a note of up to {MAX_NOTE} should")))
        }
    }
}

/// The name under which this clone writes what nobody signs: `local-` and the slug of `user.email`, or `local`. One person's clones
/// share it; where two copies of it meet, `git notes merge -s cat_sort_uniq` unites them.
///
/// # Errors
/// The configuration can't be read.
pub fn local_writer(repo: &Repo) -> Result<String> {
    let email = repo.config("user.email")?.unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = email.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").chars().take(64).collect();
    Ok(if slug.is_empty() { "local".to_owned() } else { format!("local-{slug}") })
}

/// Appends one line to `writer`'s note on an object; a line that is there already is kept once. Whoever else writes the same ref at
/// the same time loses nothing.
///
/// # Errors
/// The repository can't be written.
pub fn append(repo: &Repo, on: Oid, writer: &str, line: &str) -> Result<()> {
    let disk = repo.writable()?;
    let name = format!("{PREFIX}{writer}");
    let mut tries = 0;
    loop {
        match append_once(&disk, &name, on, line) {
            Ok(result) => return result,
            Err(e) if tries < TRIES && raced(&e) => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(u64::from(5 + std::process::id() % 20)));
            }
            Err(e) => {
                return Err(git(e).context(format!("could not write the record to `{}`", crate::report::escape(name.as_bytes()))));
            }
        }
    }
}

/// Another process holds the ref's lock, has moved it, or has just made it.
fn raced(error: &git2::Error) -> bool {
    let retried = [ErrorCode::Locked, ErrorCode::Modified, ErrorCode::Exists, ErrorCode::NotFastForward];
    retried.contains(&error.code())
}

fn append_once(disk: &Repository, name: &str, on: Oid, line: &str) -> std::result::Result<Result<()>, git2::Error> {
    let parent = match disk.find_reference(name) {
        Ok(reference) => Some(reference.peel_to_commit()?),
        Err(e) if e.code() == ErrorCode::NotFound => None,
        Err(e) => return Err(e),
    };
    if let Some(tip) = parent.as_ref().and_then(|commit| own(commit.id())) {
        match note(disk, tip, on, MAX_ALL) {
            Ok(Ok(content)) if split(&content).any(|there| there == line.as_bytes()) => return Ok(Ok(())),
            Ok(Ok(content)) if content.len() + line.len() + 1 > MAX_NOTE => {
                return Ok(Err(Error::new(format!("the note on tree {on} is full: it holds {} bytes", content.len()))
                    .next(format!("git notes --ref={name} remove {on}"))));
            }
            Ok(Ok(_)) => {}
            Ok(Err(why)) => return Ok(Err(Error::new(format!("the notes of `{name}` can't be continued: {why}")))),
            Err(e) => return Ok(Err(e)),
        }
    }
    let root = parent.as_ref().map(git2::Commit::tree).transpose()?;
    let tree = disk.find_tree(with_line(disk, root.as_ref(), &on.to_string(), line)?)?;
    let me = disk.signature().or_else(|_no_name| Signature::now("guard", "guard@localhost"))?;
    let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
    let commit = disk.commit(None, &me, &me, "Record a run\n", &tree, &parents)?;
    // With the zero id, that there is none is checked under the ref's lock; a plain creation checks it before.
    let old = parent.as_ref().map_or_else(|| git2::Oid::ZERO_SHA1, git2::Commit::id);
    disk.reference_matching(name, commit, true, old, "guard: record a run").map(|_written| Ok(()))
}

/// The notes' tree with one more line at `ab/cdef…`: git reads a note at any fan-out, and at this one no tree grows long.
fn with_line(
    disk: &Repository,
    root: Option<&git2::Tree<'_>>,
    hex: &str,
    line: &str,
) -> std::result::Result<git2::Oid, git2::Error> {
    let (directory, file) = hex.split_at(2);
    let below = match root.and_then(|tree| tree.get_name(directory)).filter(|entry| entry.kind() == Some(ObjectType::Tree)) {
        Some(entry) => Some(disk.find_tree(entry.id())?),
        None => None,
    };
    let mut content = match below.as_ref().and_then(|tree| tree.get_name(file)) {
        Some(entry) => disk.find_blob(entry.id())?.content().to_vec(),
        None => Vec::new(),
    };
    if !content.is_empty() && !content.ends_with(b"\n") {
        content.push(b'\n');
    }
    content.extend_from_slice(line.as_bytes());
    content.push(b'\n');
    let mut inner = disk.treebuilder(below.as_ref())?;
    inner.insert(file, disk.blob(&content)?, 0o100_644)?;
    let mut outer = disk.treebuilder(root)?;
    outer.insert(directory, inner.write()?, 0o040_000)?;
    outer.write()
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
