//! A repository with real git, for tests: trees in, git's own numbers out.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::change::{Entry, EntryKind, FileChange, LineCount, Oid, RepoPath};
use crate::evidence::Level;
use crate::policy::{
    Area, Cited, Count, EvidenceLevels, Limits, Owners, PathRules, Patterns, Policy, Position, RefPatterns, RefRules, Source,
    Submodules, Symlinks,
};

use super::super::Repo;
use super::super::delta::Delta;

/// The repository.
pub(in crate::git) struct Scratch {
    dir: tempfile::TempDir,
}

/// What stands at a path: mode and content (of a submodule, its id in hexadecimal).
pub(in crate::git) type File = (Vec<u8>, &'static str, Vec<u8>);

/// A file of a tree.
pub(in crate::git) fn file(path: impl AsRef<[u8]>, mode: &'static str, content: impl AsRef<[u8]>) -> File {
    (path.as_ref().to_vec(), mode, content.as_ref().to_vec())
}

/// One line of `--numstat`: insertions and deletions (`None`: binary), old path of a rename, path.
pub(in crate::git) type Stat = (Option<(u64, u64)>, Option<RepoPath>, RepoPath);

impl Scratch {
    /// An empty one.
    pub(in crate::git) fn new() -> Self {
        let scratch = Self { dir: tempfile::tempdir().unwrap() };
        scratch.git(&["init", "-q", "."], b"");
        scratch
    }

    pub(in crate::git) fn repo(&self) -> Repo {
        Repo::open_at(self.dir.path())
    }

    pub(in crate::git) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(in crate::git) fn git(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        run(self.dir.path(), args, input)
    }

    /// Writes a tree.
    pub(in crate::git) fn tree(&self, files: &[File]) -> Oid {
        let mut stream = b"commit refs/heads/scratch\ncommitter C <c@example.org> 1700000000 +0000\ndata 0\n\ndeleteall\n".to_vec();
        for (path, mode, content) in files {
            let quoted: String = path.iter().map(|b| format!("\\{b:03o}")).collect();
            if *mode == "160000" {
                stream.extend(format!("M {mode} {} \"{quoted}\"\n", String::from_utf8_lossy(content)).bytes());
            } else {
                stream.extend(format!("M {mode} inline \"{quoted}\"\ndata {}\n", content.len()).bytes());
                stream.extend(content);
                stream.push(b'\n');
            }
        }
        self.git(&["fast-import", "--quiet", "--force"], &stream);
        let tree = self.git(&["rev-parse", "refs/heads/scratch^{tree}"], b"");
        Oid::from_hex(std::str::from_utf8(&tree).unwrap().trim()).unwrap()
    }
}

/// Runs git, hermetically.
pub(in crate::git) fn run(dir: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env_clear()
        .envs([("PATH", std::env::var("PATH").unwrap().as_str()), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
        .envs([("GIT_ATTR_NOSYSTEM", "1"), ("HOME", "/nonexistent"), ("GIT_CEILING_DIRECTORIES", "/")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "git {args:?}");
    output.stdout
}

/// What differs between two trees (or commits), as git enumerates it.
pub(in crate::git) fn deltas(dir: &Path, old: &str, new: &str) -> Vec<Delta> {
    let raw = run(dir, &["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new], b"");
    let mut fields = raw.split(|b| *b == 0).filter(|f| !f.is_empty());
    let mut deltas = Vec::new();
    while let (Some(meta), Some(path)) = (fields.next(), fields.next()) {
        let words: Vec<&str> = std::str::from_utf8(meta).unwrap()[1..].split(' ').collect();
        let path = RepoPath::new(path);
        deltas.push(Delta { path, old: entry(words[0], words[2]), new: entry(words[1], words[3]) });
    }
    deltas.sort_by(|a, b| a.path.cmp(&b.path));
    deltas
}

fn entry(mode: &str, oid: &str) -> Option<Entry> {
    let kind = match mode {
        "000000" => return None,
        "100755" => EntryKind::Executable,
        "120000" => EntryKind::Symlink,
        "160000" => EntryKind::Submodule,
        _ => EntryKind::File,
    };
    Some(Entry { kind, oid: Oid::from_hex(oid).unwrap() })
}

/// git's numbers, sorted by path.
pub(in crate::git) fn numstat(dir: &Path, similarity: &str, old: &str, new: &str) -> Vec<Stat> {
    let raw = run(dir, &["diff-tree", "-r", "-z", "--numstat", similarity, old, new], b"");
    let mut fields = raw.split(|b| *b == 0);
    let mut stats = Vec::new();
    while let Some(line) = fields.next().filter(|line| !line.is_empty()) {
        let parts: Vec<&[u8]> = line.splitn(3, |b| *b == b'\t').collect();
        let number = |text: &[u8]| std::str::from_utf8(text).unwrap().parse::<u64>().ok();
        let lines = number(parts[0]).zip(number(parts[1]));
        let (from, path) = if parts[2].is_empty() {
            (fields.next().map(RepoPath::new), RepoPath::new(fields.next().unwrap()))
        } else {
            (None, RepoPath::new(parts[2]))
        };
        stats.push((lines, from, path));
    }
    stats.sort_by(|a, b| a.2.cmp(&b.2));
    stats
}

/// Our numbers in git's form.
pub(in crate::git) fn stats(changes: &[FileChange]) -> Vec<Stat> {
    let stat = |change: &FileChange| {
        let lines = match change.lines {
            LineCount::Binary => None,
            LineCount::Text { added, deleted } => Some((added.known().unwrap(), deleted.known().unwrap())),
        };
        (lines, change.paths().nth(1).cloned(), change.path.clone())
    };
    changes.iter().map(stat).collect()
}

/// A value that stands nowhere in a policy.
pub(in crate::git) fn cited<T>(value: T) -> Cited<T> {
    Cited { value, at: Position::default() }
}

/// A policy with areas of these names and patterns over lines, and nothing else.
pub(in crate::git) fn policy(areas: &[(&str, &[&str])]) -> Policy {
    let area = |(name, lines): &(&str, &[&str])| Area {
        name: cited((*name).to_owned()),
        paths: Patterns::default(),
        lines: lines.iter().map(|line| cited(regex::bytes::Regex::new(line).unwrap())).collect(),
        forbid: Vec::new(),
        owners_only: None,
        requires: Vec::new(),
        affects: Vec::new(),
    };
    Policy {
        source: Source { name: "test".to_owned(), commit: None, blob: None, trusted: true },
        text: String::new(),
        base: None,
        protected: None,
        owners: Owners::default(),
        defaults: Limits::default(),
        specialists: Vec::new(),
        areas: areas.iter().map(area).collect(),
        suites: Vec::new(),
        runners: Vec::new(),
        combined: None,
        evidence: EvidenceLevels {
            commit: (Level::None, None),
            branch: (Level::None, None),
            land: (Level::None, None),
            each_commit: false,
            max_age: None,
            independent: true,
        },
        count: Count::default(),
        paths: PathRules { portable: true, symlinks: Symlinks::Inside, submodules: Submodules::Allow },
        refs: RefRules { allowed: RefPatterns { patterns: Vec::new() }, max_per_push: cited(50) },
    }
}

/// A small generator, so that a failure repeats.
pub(in crate::git) struct Random(pub u64);

impl Random {
    pub(in crate::git) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    /// Lines of a small alphabet, so that many are equal; sometimes with CRLF, sometimes without a last newline.
    pub(in crate::git) fn lines(&mut self, most: usize, alphabet: usize) -> Vec<Vec<u8>> {
        let n = self.below(most + 1);
        let mut lines: Vec<Vec<u8>> = (0..n).map(|_| self.line(alphabet)).collect();
        if self.below(4) == 0
            && let Some(last) = lines.last_mut()
        {
            last.pop();
        }
        lines
    }

    pub(in crate::git) fn line(&mut self, alphabet: usize) -> Vec<u8> {
        let mut line = format!("line {}", self.below(alphabet)).into_bytes();
        if self.below(20) == 0 {
            line.extend(b" \xff\xfe");
        }
        line.extend(if self.below(10) == 0 { &b"\r\n"[..] } else { b"\n" });
        line
    }

    /// A few edits: lines in, out, changed, moved.
    pub(in crate::git) fn edit(&mut self, lines: &[Vec<u8>], edits: usize, alphabet: usize) -> Vec<Vec<u8>> {
        let mut lines = lines.to_vec();
        for _ in 0..self.below(edits + 1) {
            let at = self.below(lines.len() + 1);
            match self.below(4) {
                0 => lines.insert(at, self.line(alphabet)),
                1 if at < lines.len() => drop(lines.remove(at)),
                2 if at < lines.len() => lines[at] = self.line(alphabet),
                3 if at < lines.len() => {
                    let line = lines.remove(at);
                    let to = self.below(lines.len() + 1);
                    lines.insert(to, line);
                }
                _ => {}
            }
        }
        lines
    }
}
