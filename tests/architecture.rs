//! The house as ARCHITECTURE.md draws it: rooms in one order, imports downwards alone, git2 in one room.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that fails is the point, and its paths are the repository's own"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the rooms are listed, the lowest first: `` - `room/` `` or `` - `room.rs` ``.
const PAGE: &str = "ARCHITECTURE.md";

/// One source file: where it stands, which room it is in, and what it names of this crate.
struct Source {
    file: PathBuf,
    room: String,
    /// Rooms that it names, each with the line where it does so first.
    names: BTreeMap<String, usize>,
    names_git2: bool,
    opens_a_repository: bool,
}

#[test]
fn every_file_is_in_a_room_that_the_page_names_and_every_named_room_is_there() {
    let rooms = rooms();
    let found: BTreeSet<String> = sources().into_iter().map(|source| source.room).filter(|room| !is_root(room)).collect();
    let named: BTreeSet<String> = rooms.iter().cloned().collect();
    assert_eq!(named.len(), rooms.len(), "{PAGE} names a room twice: {rooms:?}");
    let unnamed: Vec<&String> = found.difference(&named).collect();
    let absent: Vec<&String> = named.difference(&found).collect();
    assert!(unnamed.is_empty() && absent.is_empty(), "not on {PAGE}: {unnamed:?}; on it and not in src/: {absent:?}");
}

#[test]
fn imports_lead_downwards_and_so_in_no_circle() {
    let rooms = rooms();
    let floor = |room: &str| rooms.iter().position(|named| named == room);
    let mut upward = Vec::new();
    for source in sources().iter().filter(|source| !is_root(&source.room)) {
        for (named, line) in &source.names {
            let (Some(here), Some(there)) = (floor(&source.room), floor(named)) else {
                panic!("{}:{line} names `{named}`, which {PAGE} has no room for", source.file.display());
            };
            if there > here {
                upward.push(format!("{}:{line} `{}` names `{named}`, which stands above it", source.file.display(), source.room));
            }
        }
    }
    assert!(upward.is_empty(), "{} upward imports:\n{}", upward.len(), upward.join("\n"));
}

#[test]
fn git2_is_named_in_its_room_alone() {
    let strangers: Vec<PathBuf> =
        sources().into_iter().filter(|source| source.names_git2 && source.room != "git").map(|source| source.file).collect();
    assert!(strangers.is_empty(), "these name git2 outside of src/git: {strangers:?}");
}

/// What a command must know of a repository before it judges (whose it is, where git put the objects of a push) is asked in one place.
#[test]
fn commands_open_the_repository_in_one_way() {
    let openers: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|source| source.room == "command" && source.opens_a_repository)
        .map(|source| source.file)
        .collect();
    assert_eq!(openers, [PathBuf::from("src/command/invocation.rs")]);
}

#[test]
fn the_reader_of_imports_sees_every_way_to_name_a_room() {
    let text = "use crate::{git::Repo, policy::{self, Policy}};\nuse crate::text::escape;\nfn x() { crate::rules::judge(); }\n\
                // crate::audit\n/// [`crate::report`]\n\"crate::ledger\";\n#[cfg(test)]\nmod tests {\n    use crate::command::x;\n}\n";
    let names: Vec<String> = names(&code(text)).into_keys().collect();
    assert_eq!(names, ["git", "policy", "rules", "text"]);
}

/// The program's own roots: they see everything.
fn is_root(room: &str) -> bool {
    matches!(room, "main" | "lib")
}

/// The rooms in the page's order.
fn rooms() -> Vec<String> {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let name = |line: &str| {
        let rest = line.strip_prefix("- `src/")?;
        let (path, _) = rest.split_once('`')?;
        Some(path.trim_end_matches('/').trim_end_matches(".rs").to_owned())
    };
    page.lines().filter_map(name).filter(|room| !is_root(room)).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file but the ones that hold tests alone.
fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    below(&root().join("src"), &mut files);
    files.sort();
    assert!(files.len() > 100, "src/ has {} files", files.len());
    files.into_iter().map(source).collect()
}

fn below(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            // What tests alone are made of may look at anything.
            if name != "tests" && name != "scratch" {
                below(&path, files);
            }
        } else if name.ends_with(".rs") && !is_for_tests(&name) {
            files.push(path);
        }
    }
}

fn is_for_tests(name: &str) -> bool {
    name.ends_with("_tests.rs") || matches!(name, "tests.rs" | "fixture.rs" | "scratch.rs")
}

fn source(path: PathBuf) -> Source {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    let room = first.trim_end_matches(".rs").to_owned();
    let code = code(&fs::read_to_string(&path).unwrap());
    let mut names = names(&code);
    names.remove(&room);
    let names_git2 = code.iter().any(|(_, line)| line.contains("git2::") || line.contains("use git2"));
    // `open_at` is for tests alone.
    let opens_a_repository = code.iter().any(|(_, line)| line.replace("Repo::open_at(", "").contains("Repo::open"));
    Source { file: path.strip_prefix(root()).unwrap().to_owned(), room, names, names_git2, opens_a_repository }
}

/// Lines of code with their numbers: no comments, no strings, nothing from a file's own tests on.
fn code(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|two| two[0] == "#[cfg(test)]" && two[1].starts_with("mod ") && two[1].ends_with('{'));
    let own = lines.iter().take(tests.unwrap_or(lines.len())).enumerate();
    own.map(|(number, line)| (number + 1, without_strings(line.split("//").next().unwrap_or_default()))).collect()
}

fn without_strings(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"")
}

/// The rooms that code names, and the line where it names each first.
fn names(code: &[(usize, String)]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut group: Option<(usize, String)> = None;
    for (number, line) in code {
        if let Some((_, text)) = group.as_mut() {
            text.push_str(line);
        } else if let Some((_, rest)) = line.split_once("use crate::{") {
            group = Some((*number, rest.to_owned()));
        } else {
            for rest in line.split("crate::").skip(1) {
                note(&mut found, rest, *number);
            }
        }
        if group.as_ref().is_some_and(|(_, text)| text.contains(';')) {
            let (number, text) = group.take().unwrap();
            for part in top_level(&text) {
                note(&mut found, part.trim(), number);
            }
        }
    }
    found
}

fn note(found: &mut BTreeMap<String, usize>, path: &str, line: usize) {
    let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    // What stands at the crate's root is re-exported from a room, and named there.
    if !name.is_empty() && path[name.len()..].starts_with("::") {
        found.entry(name).or_insert(line);
    }
}

/// The members of a group, nested groups left whole.
fn top_level(group: &str) -> Vec<String> {
    let (mut members, mut member, mut depth) = (Vec::new(), String::new(), 0_usize);
    for c in group.chars() {
        match c {
            ',' if depth == 0 => members.push(std::mem::take(&mut member)),
            '}' if depth == 0 => break,
            _ => {
                depth = if c == '{' { depth + 1 } else { depth - usize::from(c == '}') };
                member.push(c);
            }
        }
    }
    members.push(member);
    members
}
