//! The real server: objects, refs and hooks of real git, and the guard's answer to a push.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::graph::{Commit, File, Graph, POLICY, Tree, lines, name};
use super::push::Push;
use crate::support::*;

const NONE: &str = "0000000000000000000000000000000000000000";

pub struct Server {
    pub bare: Repo,
    objects: git2::Repository,
    policy: String,
    blobs: BTreeMap<(u8, File), git2::Oid>,
    seconds: i64,
}

/// What the guard said of a push.
pub struct Answer {
    pub accepted: bool,
    pub rules: BTreeSet<String>,
    pub text: String,
}

impl Server {
    pub fn new(repo: &Repo, policy: String, clock: &std::path::Path) -> Self {
        let bare = repo.sibling("server.git");
        repo.git(&["init", "-q", "--bare", "-b", "main", "../server.git"]).ok();
        bare.git(&["config", "guard.identity", &format!("env:{ACCOUNT}")]).ok();
        bare.set("LD_PRELOAD", clock).set("GIT_PUSH_OPTION_COUNT", "1").set("GIT_PUSH_OPTION_0", "guard.format=json");
        let objects = git2::Repository::open_bare(bare.path()).unwrap();
        Self { bare, objects, policy, blobs: BTreeMap::new(), seconds: 1_700_000_000 }
    }

    /// Writes a commit, and takes it into the graph.
    pub fn commit(&mut self, graph: &mut Graph, parents: Vec<usize>, tree: Tree, marked: bool) -> usize {
        self.seconds += 60;
        let root = self.tree(&tree);
        let who = git2::Signature::new("An Author", "author@example.org", &git2::Time::new(self.seconds, 0)).unwrap();
        let message = if marked { format!("work\n\nIntegration-Tested: tests tree={root}\n") } else { "work\n".to_owned() };
        let root = self.objects.find_tree(root).unwrap();
        let of = |parent: &usize| self.objects.find_commit(graph.commits[*parent].id.parse().unwrap()).unwrap();
        let before: Vec<git2::Commit<'_>> = parents.iter().map(of).collect();
        let before: Vec<&git2::Commit<'_>> = before.iter().collect();
        let id = self.objects.commit(None, &who, &who, &message, &root, &before).unwrap().to_string();
        let place = graph.commits.len();
        let history = parents.iter().flat_map(|parent| graph.commits[*parent].history.iter().copied()).chain([place]).collect();
        graph.commits.push(Commit { parents, tree, marked, id, history });
        place
    }

    fn tree(&mut self, tree: &Tree) -> git2::Oid {
        let mut folders: BTreeMap<String, Vec<(String, git2::Oid)>> = BTreeMap::new();
        for (path, file) in tree {
            let (policy, objects) = (&self.policy, &self.objects);
            let text = || if *path == POLICY { policy.clone() } else { lines(*path, file).join("\n") + "\n" };
            let blob = *self.blobs.entry((*path, *file)).or_insert_with(|| objects.blob(text().as_bytes()).unwrap());
            let full = name(*path);
            let (folder, leaf) = full.split_once('/').unwrap_or(("", &full));
            folders.entry(folder.to_owned()).or_default().push((leaf.to_owned(), blob));
        }
        let mut root = self.objects.treebuilder(None).unwrap();
        for (folder, files) in folders {
            let mut inner = self.objects.treebuilder(None).unwrap();
            for (leaf, blob) in files {
                let to = if folder.is_empty() { &mut root } else { &mut inner };
                to.insert(leaf, blob, 0o100_644).unwrap();
            }
            if !folder.is_empty() {
                root.insert(folder, inner.write().unwrap(), 0o040_000).unwrap();
            }
        }
        root.write().unwrap()
    }

    /// Moves a ref without being judged.
    pub fn place(&self, reference: &str, id: &str) {
        self.bare.git(&["update-ref", reference, id]).ok();
    }

    /// Has the hooks judge a push and, where it is accepted, moves the refs and has it recorded.
    pub fn push(&self, graph: &Graph, push: &Push, minutes: i64) -> Answer {
        match push.account {
            Some(account) => self.bare.login(account),
            None => self.bare.unset(ACCOUNT),
        };
        self.bare.set("MODEL_CLOCK", (minutes * 60).to_string());
        let id = |commit: Option<usize>| commit.map_or(NONE, |commit| graph.commits[commit].id.as_str());
        let (mut lines, mut moves) = (String::new(), String::new());
        for update in &push.updates {
            let (old, new) = (id(update.old), id(update.new));
            writeln!(lines, "{old} {new} {}", update.reference).unwrap();
            writeln!(moves, "update {} {new} {old}", update.reference).unwrap();
        }
        let run = self.bare.run_with(GUARD, &["hook", "pre-receive"], lines.as_bytes());
        let answer = answer(&run);
        if answer.accepted {
            let args = ["-c", "core.hooksPath=/dev/null", "update-ref", "--stdin"];
            self.bare.run_with("git", &args, moves.as_bytes()).ok();
            self.bare.run_with(GUARD, &["hook", "post-receive"], lines.as_bytes()).ok();
        }
        answer
    }
}

fn answer(run: &Run) -> Answer {
    let text = format!("{}{}", run.out(), run.err());
    let start = text.find('{').unwrap_or_else(|| panic!("no JSON: {text}"));
    let json: Value = serde_json::Deserializer::from_str(&text[start..]).into_iter().next().unwrap().unwrap();
    let accepted = match json["decision"].as_str().unwrap() {
        "accepted" => true,
        "rejected" => false,
        other => panic!("{other}: {json:#}"),
    };
    assert_eq!(run.status, i32::from(!accepted), "{text}");
    let mut rules = BTreeSet::new();
    let mut told = String::new();
    for judgement in json["judgements"].as_array().into_iter().flatten() {
        let numbers = ["files", "insertions", "deletions"].map(|key| judgement[key].to_string());
        writeln!(told, "  {} {}: {numbers:?}", judgement["subject"], judgement["specialist"]["name"]).unwrap();
        for outcome in judgement["outcomes"].as_array().unwrap() {
            if outcome["outcome"] == "violated" {
                rules.insert(outcome["rule"].as_str().unwrap().to_owned());
                let said = outcome["violations"].as_array().unwrap().iter().map(|violation| &violation["message"]);
                let said: Vec<String> = said.map(ToString::to_string).collect();
                writeln!(told, "  {} {}: {}", judgement["subject"], judgement["specialist"], said.join("; ")).unwrap();
            }
        }
    }
    assert_eq!(accepted, rules.is_empty(), "{json:#}");
    Answer { accepted, rules, text: told }
}
