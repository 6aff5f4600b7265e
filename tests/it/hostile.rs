//! What somebody with plumbing can push. Every push is a real one, and what the hook took for it is measured: ten seconds and 512 MB at
//! most, whatever comes. It ends accepted where it is within bounds, else rejected or undecided, with the bound's name.

use crate::support::*;

mod alone;
mod breadth;
mod deadline;
mod measure;
mod memory;
mod objects;
mod size;
mod stdin;
mod trees;

use measure::Server;

/// Anybody may do anything, but what stands in `lines/` is looked into.
const OPEN: &str = "version = 1\nbase = \"main\"\n\n[specialist.\"*\"]\n\n[area.lines]\npaths = [\"lines/\"]\nlines = [\"^x\"]\n";

/// A repository under `OPEN` and its server, whose hook is measured.
fn hostile() -> (Repo, Server) {
    let repo = Repo::with_policy(OPEN);
    let server = Server::of(&repo);
    (repo, server)
}

/// A line for whoever asks (`--nocapture`).
#[expect(clippy::print_stderr, reason = "what is measured, and what can't be tried here, is worth a line")]
fn note(text: &str) {
    eprintln!("{text}");
}

/// Feeds `git fast-import`.
fn import(repo: &Repo, stream: impl AsRef<[u8]>) {
    repo.run_with("git", &["fast-import", "--quiet", "--force"], stream.as_ref()).ok();
}

/// The lines of `git fast-import` that begin a commit on `branch`; `from`: the first one's parent.
fn commit(branch: &str, from: &str, message: &str) -> String {
    let length = message.len();
    let from = if from.is_empty() { String::new() } else { format!("from {from}\n") };
    format!("commit refs/heads/{branch}\ncommitter C <c@example.org> 1700000000 +0000\ndata {length}\n{message}\n{from}")
}

/// A tree as it is given, whatever git thinks of it.
fn tree(repo: &Repo, entries: &[u8]) -> String {
    repo.run_with("git", &["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], entries).ok().line()
}

/// One entry of a tree, as git stores it: mode, name, id in hexadecimal.
fn entry(mode: &str, name: &str, id: &str) -> Vec<u8> {
    let raw = (0..id.len()).step_by(2).map(|i| u8::from_str_radix(&id[i..i + 2], 16).unwrap());
    [format!("{mode} {name}\0").into_bytes(), raw.collect()].concat()
}

/// A commit on `main` that adds `name`, a tree, to what is there.
fn commit_tree(repo: &Repo, name: &str, tree: &str) -> String {
    let listing = repo.git(&["ls-tree", "main"]).ok().out();
    let root = repo.run_with("git", &["mktree"], format!("{listing}040000 tree {tree}\t{name}\n").as_bytes()).ok().line();
    repo.git(&["commit-tree", &root, "-p", "main", "-m", name]).ok().line()
}

fn blob(repo: &Repo, content: &[u8]) -> String {
    repo.run_with("git", &["hash-object", "-w", "--stdin"], content).ok().line()
}
