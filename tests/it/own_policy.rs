//! This repository's own policy.toml: it loads, what it names is there, and no source file is left out.

use std::path::Path;

use crate::support::*;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What guards nothing if it is wrong: tests, examples, words, and what cargo is told.
const NO_SOURCE: [&str; 12] = [
    "tests/",
    "benches/",
    "examples/",
    "docs/",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "policy.toml",
    "rustfmt.toml",
    "target/",
];

/// A repository that has this one's policy on its base.
fn under_own_policy() -> Repo {
    Repo::with_policy(&std::fs::read_to_string(Path::new(ROOT).join("policy.toml")).unwrap())
}

/// Every file of this repository. An export of a tree, where `guard test` runs this, holds exactly those.
fn files() -> Vec<String> {
    let root = Path::new(ROOT);
    if root.join(".git").exists() {
        let args = ["-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = Repo::new().git(&args).ok().out();
        return listed.split_terminator('\0').filter(|file| root.join(file).exists()).map(str::to_owned).collect();
    }
    let (mut files, mut left) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap()) {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            match entry.file_type().unwrap().is_dir() {
                true if name != "target" => left.push(path),
                true => {}
                false => files.push(name),
            }
        }
    }
    files
}

fn is_source(file: &str) -> bool {
    let script = file.starts_with("tests/") && file.ends_with(".sh") && file.matches('/').count() == 1;
    script || !(file.ends_with(".md") || NO_SOURCE.iter().any(|no| file == *no || (no.ends_with('/') && file.starts_with(no))))
}

/// The room that a file belongs to, as policy.toml names one.
fn room(file: &str) -> &str {
    match file.match_indices('/').nth(1) {
        Some((end, slash)) => &file[..end + slash.len()],
        None => file,
    }
}

#[test]
fn it_loads_and_names_nothing_that_is_not_there() {
    let policy = std::fs::read_to_string(Path::new(ROOT).join("policy.toml")).unwrap();
    // What is legal but weak (exit status 1) may be.
    let checked = Repo::new().write("policy.toml", &policy).guard(&["policy", "check"]);
    assert!(matches!(checked.status, 0 | 1), "{}\n{}{}", checked.status, checked.out(), checked.err());
    let lists = policy.split("\npaths = [").skip(1).map(|rest| rest.split(']').next().unwrap());
    for path in lists.flat_map(|list| list.split('"').skip(1).step_by(2)) {
        // `.gitmodules` and their like are guarded before they come
        if !path.contains('*') && !path.starts_with(".git") {
            assert!(Path::new(ROOT).join(path).exists(), "policy.toml guards `{path}`, which is not there");
        }
    }
}

#[test]
fn every_source_file_lies_in_an_area() {
    let repo = under_own_policy();
    let sources: Vec<String> = files().into_iter().filter(|file| is_source(file)).collect();
    for known in ["src/main.rs", "hooks/pre-receive", "install.sh", ".ci/run", "tests/run.sh"] {
        assert!(sources.iter().any(|file| file == known), "`{known}` is a source file, and was not looked at: {sources:?}");
    }
    let outside = |file: &&String| {
        let explained = repo.guard(&["explain", &format!("./{file}"), "--format", "json"]).ok();
        let facts: serde_json::Value = serde_json::from_slice(&explained.stdout).unwrap();
        facts["areas"].as_array().unwrap().is_empty()
    };
    let mut rooms: Vec<&str> = sources.iter().filter(outside).map(|file| room(file)).collect();
    rooms.dedup();
    rooms.sort_unstable();
    rooms.dedup();
    assert!(
        rooms.is_empty(),
        "no area of policy.toml covers these: add each to the `paths` of the area that it belongs to: {rooms:?}"
    );
}
