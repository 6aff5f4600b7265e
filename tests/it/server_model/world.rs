//! What the model knows of the server: its policy, its refs, whose commits are, and what its ledger would hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::graph::{Amount, Change, FOLDERS, Graph};
use super::push::Dice;

/// What somebody may at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub commit_files: u64,
    pub commit_lines: u64,
    pub session_files: u64,
    pub session_lines: u64,
    pub session_bytes: u64,
    pub areas: u64,
}

/// Whose something is. A budget of `"*"` is the account's, any other the name's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Person {
    pub name: Option<String>,
    /// Under `"*"` alone.
    pub account: Option<String>,
}

/// What a push made of one ref, as far as it may count later.
#[derive(Clone, Debug)]
pub struct Layer {
    pub minutes: i64,
    pub tip: usize,
    pub work: BTreeMap<Person, BTreeMap<u8, (Change, Amount)>>,
}

pub struct World {
    pub graph: Graph,
    pub refs: BTreeMap<String, usize>,
    /// Symbolic refs and what they stand for.
    pub links: Vec<(String, String)>,
    pub limits: BTreeMap<String, Limits>,
    pub anybody: bool,
    /// In minutes; 0: off.
    pub window: i64,
    pub minutes: i64,
    pub whose: BTreeMap<usize, Person>,
    pub layers: BTreeMap<String, Vec<Layer>>,
    /// What protected branches got, and when.
    pub landed: Vec<(i64, Change)>,
}

fn limits(dice: &mut Dice) -> Limits {
    let mut up_to = |least: usize, more: usize| (least + dice.below(more)) as u64;
    Limits {
        commit_files: up_to(2, 4),
        commit_lines: up_to(10, 30),
        session_files: up_to(3, 8),
        session_lines: up_to(15, 60),
        session_bytes: up_to(400, 1600),
        areas: up_to(2, 3),
    }
}

impl Limits {
    fn text(&self) -> String {
        format!(
            "max-files-per-commit = {}\nmax-lines-per-commit = {}\nmax-files-per-session = {}\nmax-lines-per-session = {}\n\
             max-bytes-per-session = \"{} B\"\nmax-areas-per-session = {}\n",
            self.commit_files, self.commit_lines, self.session_files, self.session_lines, self.session_bytes, self.areas
        )
    }
}

impl World {
    pub fn random(dice: &mut Dice) -> Self {
        let mut all: BTreeMap<String, Limits> = BTreeMap::new();
        for who in ["boss", "dev", "web", "*"] {
            all.insert(who.to_owned(), limits(dice));
        }
        let mut links = Vec::new();
        for (alias, target) in [("trunk", "main"), ("stable", "release/1"), ("release/9", "plain")] {
            if dice.below(2) == 0 {
                links.push((format!("refs/heads/{alias}"), format!("refs/heads/{target}")));
            }
        }
        Self {
            graph: Graph::default(),
            refs: BTreeMap::new(),
            links,
            limits: all,
            anybody: dice.below(3) > 0,
            window: dice.pick(&[0, 125, 125, 485, 485]),
            minutes: 0,
            whose: BTreeMap::new(),
            layers: BTreeMap::new(),
            landed: Vec::new(),
        }
    }

    /// The policy; the owner has no entry, so that the defaults are theirs.
    pub fn policy(&self) -> String {
        let mut text = format!(
            "version = 1\nbase = \"main\"\nprotected = [\"main\", \"release/*\"]\nfree = [\"wip/**\"]\n\n[owners]\nusers = [\"boss\"]\n\n\
             [defaults]\n{}\n[specialist.dev]\nusers = [\"dev\", \"dev-two\"]\n{}\n[specialist.web]\nusers = [\"web\"]\n\
             prohibited = [\"closed/\"]\n{}\n[session]\nwindow = \"{}\"\n\n[refs]\nimmutable = [\"refs/tags/v*\"]\n\n\
             [suite.tests]\nrun = \"true\"\n\n[combined]\nrequires = [\"tests\"]\n\n\
             [evidence]\nbranch = \"none\"\nland = \"claimed\"\n",
            self.limits["boss"].text(),
            self.limits["dev"].text(),
            self.limits["web"].text(),
            if self.window == 0 { "0s".to_owned() } else { format!("{}m", self.window) }
        );
        if self.anybody {
            write!(text, "\n[specialist.\"*\"]\n{}", self.limits["*"].text()).unwrap();
        }
        for folder in FOLDERS {
            write!(text, "\n[area.{folder}]\npaths = [\"{folder}/\"]\n").unwrap();
        }
        text + "requires = [\"tests\"]\n"
    }

    /// The ref that really changes.
    pub fn target<'r>(&'r self, reference: &'r str) -> &'r str {
        self.links.iter().find(|(alias, _)| alias == reference).map_or(reference, |(_, target)| target)
    }

    pub fn is_linked(&self, reference: &str) -> bool {
        self.links.iter().any(|(alias, target)| alias == reference || target == reference)
    }

    /// A symbolic ref and what it stands for are protected where one of them is.
    pub fn is_protected(&self, reference: &str) -> bool {
        let target = self.target(reference);
        let same = self.links.iter().filter(|(_, other)| other == target).map(|(alias, _)| alias.as_str());
        same.chain([target]).any(|name| name == "refs/heads/main" || name.starts_with("refs/heads/release/"))
    }

    pub fn is_base(&self, reference: &str) -> bool {
        self.target(reference) == "refs/heads/main"
    }

    pub fn is_free(&self, reference: &str) -> bool {
        reference.starts_with("refs/heads/wip/")
    }

    pub fn base(&self) -> usize {
        self.refs["refs/heads/main"]
    }

    /// What protected branches hold.
    pub fn protected(&self) -> BTreeMap<&str, usize> {
        self.refs.iter().filter(|(name, _)| self.is_protected(name)).map(|(name, tip)| (name.as_str(), *tip)).collect()
    }

    pub fn person(&self, account: Option<&str>) -> Person {
        let name = match account {
            Some("dev" | "dev-two") => Some("dev"),
            Some("web") => Some("web"),
            Some("boss") => Some("boss"),
            _ => self.anybody.then_some("*"),
        };
        let account = if name == Some("*") { account.map(str::to_owned) } else { None };
        Person { name: name.map(str::to_owned), account }
    }

    pub fn limits_of(&self, person: &Person) -> Option<&Limits> {
        self.limits.get(person.name.as_deref()?)
    }

    /// The commits that some ref of the server holds.
    pub fn there(&self) -> BTreeSet<usize> {
        self.refs.values().flat_map(|tip| self.graph.commits[*tip].history.iter().copied()).collect()
    }
}
